"""Figures, lists and map of several divisions at once, counted one by one beside: nothing twice, nothing left out."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Invalid
from accounts.models import User
from accounts.scope import common_prefix, outermost, ranges, within_prefixes
from figures.drilldown import Drilldown
from figures.places import ALL
from figures.questions import Question
from figures.statistics import FIGURES, completion, members, partitions, population, trend
from institutions.models import Division, Institution
from institutions.moments import Moment
from tests.factories import at, day, institution, move_of, round_of, user_with

D = Moment(day("2018-12-31"), at("2019-01-03"))
GRANTS = ["32", "3303", "330382114", "330382", "34", "350102"]


def division(code: str) -> None:
    """On file with those above it."""
    levels = {2: "province", 4: "city", 6: "county", 9: "township"}
    above = ""
    for digits, level in levels.items():
        if digits <= len(code):
            Division.objects.get_or_create(
                code=code[:digits],
                defaults={"name": f"区划{code[:digits]}", "level": level, "parent_id": above or None},
            )
            above = code[:digits]


@pytest.fixture
def country(db):
    """Institutions in five provinces, clear, open and rectified; some have moved within and out of the grants."""
    places = ["320102101", "330382114", "330382115", "330102101", "340102101", "350102101", "360102101", "350202101"]
    for code in places:
        division(code)
        institution(code, name=f"清{code}")
        round_of(institution(code, name=f"开{code}"), "2018-05-01")
        round_of(
            institution(code, name=f"完{code}", status="full"),
            "2018-05-01",
            verified_on="2018-06-01",
            outcome="corrected",
        )
    for number, (start, to) in enumerate(combinations(places, 2)):
        move_of(institution(start, name=f"迁{number}"), to, "2018-08-01" if number % 2 else "2019-06-01")


def granted(*prefixes: str) -> User:
    user = user_with("supervisor", prefixes[0])
    for prefix in prefixes[1:]:
        user.grants.create(role="supervisor", division_prefix=prefix, valid_from="2018-01-01")
    return user


def lay_in(school: Institution, prefixes: list[str]) -> bool:
    """Where it was on the day, by hand: the last place begun by then, else where it is."""
    places = school.places.filter(from_on__lte=D.on).order_by("from_on", "recorded_at")
    code = places.last().scope_code if places else school.scope_code
    return any(code.startswith(prefix) for prefix in prefixes)


def expected(prefixes: list[str]) -> set[str]:
    """Those in one of the divisions on the day that are in one of them today."""
    seen = [each for each in Institution.objects.all() if any(each.scope_code.startswith(one) for one in prefixes)]
    return {each.name for each in seen if lay_in(each, prefixes)}


@pytest.mark.parametrize("prefixes", [list(each) for size in (2, 3, 6) for each in combinations(GRANTS, size)])
def test_all_divisions_are_counted_as_they_are_one_by_one(country, prefixes):
    user, own = granted(*prefixes), outermost(prefixes)
    visible = Institution.objects.visible_to(user)
    question = Drilldown.from_query({"as_of": "2018-12-31"}, user)

    found = partitions(question.divisions(user), D, within=visible)
    alone = [completion(code, D, within=visible).total for code in own]
    listed = question.institutions(user, D)

    assert question.division == (ALL if len(own) > 1 else own[0])
    assert set(listed.values_list("name", flat=True)) == expected(own)
    for figure in FIGURES:
        whole = getattr(found["division"].total, figure)
        assert whole == sum(getattr(each, figure) for each in alone)
        assert whole == members(figure, population(own, D, visible), D).count()
    for partition in ("division", "licence_status"):
        rows = found[partition].rows
        assert sum(row.figures.surveyed for row in rows) == found[partition].total.surveyed
    if len(own) > 1:
        assert [row.key for row in found["division"].rows] == own
        assert [row.figures for row in found["division"].rows] == alone
        assert all(found["division"].is_below(row) for row in found["division"].rows)


def test_trend_of_all_divisions_is_the_sum_of_theirs(country):
    user = granted("32", "330382", "34")
    visible = Institution.objects.visible_to(user)

    def months(divisions) -> list[int]:
        ends = trend(divisions, day("2018-04-01"), day("2018-12-01"), known_at=D.known_at, within=visible)
        return [end.total.surveyed for end in ends]

    each = [months(code) for code in ("32", "330382", "34")]
    assert months(["32", "330382", "34"]) == [sum(numbers) for numbers in zip(*each, strict=True)]


def test_all_of_one_division_is_that_division(country, taskforce):
    for query in ({}, {"division": ""}, {"division": ALL}):
        assert Question.from_query(query, taskforce).division == "330382"


def test_grant_within_another_is_no_second_division(country):
    assert Question.from_query({}, granted("330382114", "330382")).division == "330382"


def test_pages_and_doors_answer_for_all_divisions(country, browse):
    user = granted("32", "330382114")
    asked = {"as_of": "2018-12-31", "division": ALL}

    page = browse(user).get("/institutions/", asked)
    answer = browse(user).get("/api/v1/statistics/completion/", asked | {"by": "division"}).json()
    shown = browse(user).get("/api/v1/map/", asked).json()
    statistics = browse(user).get("/statistics/", asked)
    ledger = browse(user).get("/rectifications/", {"division": ALL, "state": "verified"})

    names = expected(["32", "330382114"])
    assert page.context["page"].paginator.count == shown["total"] == len(names)
    assert (answer["division"], [row["key"] for row in answer["rows"]]) == (ALL, ["32", "330382114"])
    assert sum(row["surveyed"] for row in answer["rows"]) == answer["total"]["surveyed"] == len(names)
    assert statistics.context["total"].figures.surveyed == len(names)
    assert {each.institution.name for each in ledger.context["page"]} == {"完320102101", "完330382114"}
    for each in (page, statistics, ledger, browse(user).get("/map/", asked)):
        assert '<option value="all" selected>全部辖区</option>' in each.content.decode()


def test_everything_is_not_offered_to_who_has_one_division(browse, taskforce, db):
    assert 'value="all"' not in browse(taskforce).get("/institutions/").content.decode()


def test_report_is_of_one_division(country, browse):
    user = granted("32", "330382114")

    assert browse(user).get("/reports/", {"as_of": "2018-12-31"}).context["report"].division == "32"
    refused = browse(user).get("/reports/", {"division": ALL})
    assert (refused.status_code, "月报按一个辖区编制" in refused.content.decode()) == (422, True)


def test_division_of_somebody_else_is_not_in_all(country):
    with pytest.raises(Exception, match="没有代码为"):
        Question.from_query({"division": "35"}, granted("32", "34"))
    with pytest.raises(Invalid):
        Question.from_query({"division": ALL, "as_of": "x"}, granted("32", "34"))


# --- The union of ranges by itself


PREFIXES = st.sampled_from([2, 4, 6, 9, 12]).flatmap(
    lambda digits: st.text("0123", min_size=digits, max_size=digits).filter(lambda code: set(code) != {"9"})
)


@given(st.lists(PREFIXES, max_size=8), st.text("0123", min_size=12, max_size=12))
def test_union_of_ranges_holds_what_a_prefix_holds(prefixes, code):
    union = ranges(prefixes)

    assert any(first <= code < after for first, after in union) == any(code.startswith(each) for each in prefixes)
    assert all(one[1] < other[0] for one, other in zip(union, union[1:], strict=False))


def test_provinces_that_touch_are_one_range():
    assert ranges(["33", "32", "", "3301", "34"]) == [("32", "35")]
    assert ranges(["3303", "330401"]) == [("3303", "3304"), ("330401", "330402")]
    assert ranges(["3303", "3304", "330500"]) == [("3303", "330501")]
    assert str(within_prefixes("code", [])) == "(AND: ('pk__in', []))"


@pytest.mark.parametrize(
    ("codes", "common"),
    [
        (["3303", "3304"], "33"),
        (["330382", "330381"], "3303"),
        (["330382114", "330382115"], "330382"),
        (["330382114001", "330382114002"], "330382114"),
        (["330382114000"], "330382114000"),
        (["33", "34"], ""),
        (["3303", "330382"], "3303"),
        ([], ""),
    ],
)
def test_common_prefix_is_a_division(codes, common):
    assert common_prefix(codes) == common
