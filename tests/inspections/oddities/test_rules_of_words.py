"""疑点 in words: how far and how long to the bound, which others are named first, and how many more there are."""

import pytest

from inspections.models import Oddity
from inspections.oddities import MOST_OF_A_KIND, length_in_words, odd_of, span_in_words
from tests.factories import NEXT_TO_LIUSHI, institution, user_with, visit_of


@pytest.mark.parametrize(("metres", "said"), [(1999, "1999 米"), (2000, "2.0 公里"), (2001, "2.0 公里")])
def test_length_is_said_in_metres_below_two_kilometres(metres, said):
    assert length_in_words(metres) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(119, "119 分钟"), (120, "2 小时"), (48 * 60 - 1, "48 小时"), (48 * 60, "2 天"), (48 * 60 + 59, "2 天")],
)
def test_span_is_said_in_minutes_below_two_hours_and_in_hours_below_two_days(minutes, said):
    assert span_in_words(minutes) == said


def odd(visit, kind: str, other=None, **facts) -> Oddity:
    return Oddity.objects.create(visit=visit, kind=kind, other=other, facts=facts)


def said_of(visit, reader) -> list[str]:
    return [each.said for each in odd_of([visit.pk], reader)[visit.pk].reasons]


@pytest.mark.parametrize("more", [0, 1])
def test_more_visits_than_are_named_are_counted(inspector, more):
    school = institution()
    visit = visit_of(school)
    for number in range(MOST_OF_A_KIND + more):
        odd(visit, "same_photo", visit_of(school, f"2018-06-0{number + 1}"), pairs=[[1, 2]])

    named = ["照片 1 与本机构另一天走访的照片 2 相同。"] * MOST_OF_A_KIND
    assert said_of(visit, inspector) == named + ["另有 1 次走访也是如此。"] * more


def test_visits_in_sight_are_named_first_as_they_happened_and_by_whose_they_are(inspector):
    school = institution()
    visit = visit_of(school)
    for kind, facts in (("same_photo", {"pairs": [[1, 2]]}), ("travel", {"people": [], "minutes": 7, "m": 9000})):
        for other in (
            visit_of(institution(NEXT_TO_LIUSHI), "2018-06-01"),
            visit_of(institution(), "2018-06-03"),
            visit_of(school, "2018-06-02"),
        ):
            odd(visit, kind, other, **facts)

    reasons = odd_of([visit.pk], inspector)[visit.pk].reasons
    days = [each.other and str(each.other.happened_on) for each in reasons]
    assert days == ["2018-06-02", "2018-06-03", None] * 2
    assert [each.said[:12] for each in reasons[:3]] == [
        "照片 1 与本机构另一天",
        "照片 1 与另一家机构的",
        "照片 1 与辖区以外一家",
    ]
    assert ["辖区以外" in each.said for each in reasons[3:]] == [False, False, True]


def test_people_of_a_journey_are_named(inspector):
    first, second = user_with("inspector", "330382", "甲"), user_with("inspector", "330382", "乙")
    visit, other = visit_of(institution()), visit_of(institution(), "2018-06-01")
    odd(visit, "travel", other, people=[first.pk, second.pk], minutes=7, m=9000)

    assert said_of(visit, inspector) == ["甲、乙 另有一次走访，前后相隔 7 分钟，相距 9.0 公里。"]
