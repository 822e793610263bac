"""The drill-down grammar where no page shows it: populations of the past, what was not visited, who may search people."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid
from accounts.models import Grant
from figures.drilldown import Drilldown
from institutions.moments import today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, user_with, visit_of


@pytest.fixture
def ask(taskforce):
    def names(user=taskforce, **query) -> list[str]:
        found = Drilldown.from_query({"division": "330382"} | query, user).institutions(user)
        return sorted(found.values_list("name", flat=True))

    return names


def test_what_was_not_surveyed_by_the_day_is_told_apart(ask):
    institution(name="早", surveyed_on="2018-04-02")
    round_of(institution(name="晚", surveyed_on="2018-07-02"), "2018-07-10")

    assert ask(as_of="2018-06-30", standing="unsurveyed") == ["晚"]
    assert ask(as_of="2018-06-30", standing="clear") == ["早"]
    assert ask(as_of="2018-07-31", standing="unsurveyed") == []


def test_what_was_registered_later_is_not_in_what_was_known(ask):
    institution(name="新", recorded_at="2019-02-01T00:00:00Z", surveyed_on=None)

    assert ask(known_at="2019-01-03T09:00:00Z") == []
    assert ask(known_at="2019-02-03T09:00:00Z") == ["新"]


@pytest.mark.parametrize(
    ("unvisited", "found"), [("30", ["从未", "旧", "百天"]), ("180", ["从未", "旧"]), ("ever", ["从未"])]
)
def test_unvisited_counts_days_back_from_the_moment(ask, unvisited, found):
    for name, days in (("昨天", 1), ("百天", 100), ("旧", 400)):
        visit_of(institution(name=name), today() - timedelta(days=days))
    institution(name="从未")
    round_of(institution(name="停办"), "2018-05-01", verified_on="2018-06-01", outcome="closed")

    assert ask(unvisited=unvisited) == sorted(found)


def test_unvisited_is_one_of_the_offered_spans(taskforce):
    with pytest.raises(Invalid) as refusal:
        Drilldown.from_query({"unvisited": "²"}, taskforce)

    assert list(refusal.value.errors) == ["unvisited"]


def test_people_are_found_only_where_they_are_not_masked(ask):
    """An auditor of the county who inspects one township."""
    both = user_with("auditor", "330382")
    Grant.objects.create(user=both, role="inspector", division_prefix=LIUSHI, valid_from="2018-01-01")
    institution(LIUSHI, name="这里", principal="王小二")
    institution(NEXT_TO_LIUSHI, name="那里", principal="王小二")

    assert ask(both, q="王小二") == ["这里"]
    assert ask(both, q="里") == sorted(["这里", "那里"])


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ""),
        ("2019-01-03T17:00", "2019-01-03T17:00"),
        ("2019-01-03T09:00:00Z", "2019-01-03T17:00"),
        ("2019-01-03T17:00:30+08:00", "2019-01-03T17:00:30"),
        ("2019-01-03T17:00:30.566239+08:00", "2019-01-03T17:00:30.567"),
        ("2019-01-03T17:00:30.566000+08:00", "2019-01-03T17:00:30.566"),
    ],
)
def test_moment_asked_for_goes_back_into_its_field_in_local_time(asked, shown):
    assert Drilldown(known_at=asked).known_at_local == shown
