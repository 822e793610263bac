"""The drill-down grammar where no page shows it: populations of the past, what was not visited, who may search people."""

from datetime import timedelta

import pytest

from accounts.errors import Invalid, UnknownDivision
from accounts.models import Grant
from figures.drilldown import Drilldown
from figures.questions import parse_day, parse_moment
from institutions.moments import EARLIEST, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, licence_of, round_of, user_with, visit_of


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
    assert ask(as_of="2018-06-30", standing="unseen") == ["早"]
    assert ask(as_of="2018-07-31", standing="unsurveyed") == []


@pytest.mark.parametrize(
    ("standing", "found"),
    [("overdue", ["逾期"]), ("overdue,open", ["整改", "逾期"]), ("unseen,overdue", ["未查", "逾期"]),
     ("clear,unseen", ["未查", "查过"]), ("without_problems", ["未查", "查过"]), ("clear,unsurveyed", ["尚未", "查过"]),
     ("without_problems,clear,open", ["整改", "未查", "查过"]), ("closed,licensed", [])],
)  # fmt: skip
def test_several_standings_are_asked_for_at_once(ask, standing, found):
    institution(name="未查")
    institution(name="尚未", surveyed_on=None)
    visit_of(institution(name="查过"), "2018-06-01")
    round_of(institution(name="整改"), "2018-12-01", due_on="2019-01-31")
    round_of(institution(name="逾期"), "2018-05-01", due_on="2018-06-01")

    assert ask(as_of="2018-12-31", standing=standing) == found


@pytest.mark.parametrize("standing", ["open,open", "open,", ",", "open,nonsense", "open，overdue", "open, overdue"])
def test_list_of_standings_holds_each_known_word_once(taskforce, standing):
    with pytest.raises(Invalid) as refusal:
        Drilldown.from_query({"standing": standing}, taskforce)

    assert list(refusal.value.errors) == ["standing"]


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


# --- Each condition narrows the list


@pytest.fixture
def three(db):
    """乙 is rectified without a position, 丙 overdue, 甲 without problems; the last two have a position."""
    round_of(institution(name="乙", status="full"), "2018-05-01", verified_on="2018-06-01", outcome="corrected")
    found = visit_of(institution(name="丙", position=(120.9, 28.0)), "2018-05-01", findings=("T01",))
    round_of(found.institution, "2018-05-01", visit=found)
    licence_of(institution(name="甲", status="full", position=(120.9, 28.0)), "permit")


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["丙", "乙", "甲"]),
        ({"located": "yes"}, ["丙", "甲"]),
        ({"located": "no"}, ["乙"]),
        ({"figure": "surveyed"}, ["丙", "乙", "甲"]),
        ({"figure": "with_problems"}, ["丙", "乙"]),
        ({"figure": "outstanding"}, ["丙"]),
        ({"standing": "unseen"}, ["甲"]),
        ({"standing": "clear"}, []),
        ({"standing": "without_problems"}, ["甲"]),
        ({"outcome": "corrected"}, ["乙"]),
        ({"licence_status": "full"}, ["乙", "甲"]),
        ({"licence_now": "permit_only"}, ["甲"]),
        ({"finding_type": "T01"}, ["丙"]),
        ({"q": "丙"}, ["丙"]),
        ({"division": LIUSHI}, ["丙", "乙", "甲"]),
        ({"division": NEXT_TO_LIUSHI}, []),
        ({"figure": "with_problems", "licence_status": "full"}, ["乙"]),
    ],
)
def test_condition_narrows_the_list_to_what_it_says(three, ask, asked, names):
    assert ask(**asked) == sorted(names)


def test_institution_not_surveyed_is_in_the_list_and_in_no_figure(ask):
    institution(name="未", surveyed_on=None)

    assert (ask(), ask(figure="surveyed")) == (["未"], [])


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, "unknown") for name in ("figure", "standing", "licence_status", "licence_now", "outcome", "located", "unvisited")]
    + [("finding_type", "Z99"), ("as_of", "2018-13-01"), ("known_at", "yesterday")],
)  # fmt: skip
def test_condition_that_is_none_is_refused_by_its_name(taskforce, name, given):
    with pytest.raises(Invalid) as refusal:
        Drilldown.from_query({name: given}, taskforce)

    assert list(refusal.value.errors) == [name]


# --- Divisions, days and moments


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("330382", True),
        (LIUSHI, True),
        ("330382000", True),  # of the county, in none of its townships
        ("330382114000", True),  # of the township, in none of its villages
        ("3303820000", False),
        ("33038200", False),
        ("330382999", False),
        ("330381", False),
        ("3303", False),
    ],
)
def test_division_is_one_on_file_or_what_lies_in_it_but_in_none_below(taskforce, code, known):
    if known:
        assert Drilldown.from_query({"division": code}, taskforce).division == code
    else:
        with pytest.raises(UnknownDivision):
            Drilldown.from_query({"division": code}, taskforce)


def test_day_is_from_the_year_2000_to_today():
    assert parse_day(today().isoformat()) == today()
    assert parse_day("2000-01-01") == EARLIEST
    for day in (today() + timedelta(days=1), EARLIEST - timedelta(days=1)):
        with pytest.raises(ValueError, match=day.isoformat()):
            parse_day(day.isoformat())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-01-03T17:00:00+08:00", at("2019-01-03", 17)),
        ("2019-01-03T17:00:00 08:00", at("2019-01-03", 17)),  # a "+" that was not encoded
        ("2019-01-03T09:00:00Z", at("2019-01-03", 17)),
        ("2019-01-03T17:00", at("2019-01-03", 17)),
        ("2000-01-01T00:00", at("2000-01-01", 0)),
        ("2019-01-03", at("2019-01-03", 0)),
        ("2019-01-32T00:00", None),
        ("1999-12-31T23:59", None),
    ],
)
def test_moment_without_an_offset_is_of_shanghai(text, moment):
    if moment is not None:
        assert parse_moment(text) == moment
    else:
        with pytest.raises(ValueError, match=text):
            parse_moment(text)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", ""),
        ("2019-01-03T17:00", "2019-01-03T17:00"),
        ("2019-01-03T09:00:00Z", "2019-01-03T17:00"),
        ("2019-01-03T17:00:30+08:00", "2019-01-03T17:00:30"),
        ("2019-01-03T17:00:30.566239+08:00", "2019-01-03T17:00:30.567"),
        ("2019-01-03T17:00:30.566000+08:00", "2019-01-03T17:00:30.566"),
        ("2019-01-03T17:00:30.000001+08:00", "2019-01-03T17:00:30.001"),
    ],
)
def test_moment_asked_for_goes_back_into_its_field_in_local_time(asked, shown):
    assert Drilldown(known_at=asked).known_at_local == shown
