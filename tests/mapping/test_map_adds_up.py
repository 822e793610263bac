"""What the map draws adds up: over the boxes of every zoom the counts are as many as the list beside it has, and over
everything as many as the figure of the statistics, without those that have no place."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from accounts.watermark import recording
from figures import keeping
from figures.statistics import FIGURES, partitions
from figures.unseen import Status
from institutions.models import LicenceStatus
from institutions.moments import Moment, today
from mapping.layers import Box, collection_of
from mapping.listing import Page, listed
from mapping.question import MapQuestion
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, move_of, round_of, user_with, visit_of
from tests.mapping.views import QUESTIONS

pytestmark = pytest.mark.django_db
COUNTY = "330382"
# Four that touch and hold everything, their edges where institutions are; what lies on one is in two of them.
QUARTERS = [
    Box(119, 27, 120.91, 28.02),
    Box(120.91, 27, 123, 28.02),
    Box(119, 28.02, 120.91, 29),
    Box(120.91, 28.02, 123, 29),
]
DAYS = ["2018-06-30", "2018-12-31", ""]
PAST_K = "2018-08-01T12:00:00+08:00"
LATER = "2018-09-03"  # becomes known
ENDS: list[dict] = [
    {"verified_on": "2018-06-20", "outcome": outcome} for outcome in ("closed", "licensed", "corrected")
] + [{"due_on": "2018-06-10"}, {"due_on": "2019-01-31"}]


@pytest.fixture(scope="module")
def register(for_the_module):
    """Of each licence status one without a problem, one seen, and one of each end of a round; every fifth nowhere."""
    with recording():
        for number, status in enumerate(LicenceStatus.values * 7):
            place = None if number % 5 == 4 else (120.90 + number % 3 / 100, 28.00 + number % 4 / 100)
            school = institution(
                [LIUSHI, NEXT_TO_LIUSHI][number % 2], name=f"第{number}所", position=place, status=status
            )
            kind = number // 4
            if kind == 0:
                visit_of(school, "2018-06-01")
            elif kind <= len(ENDS):
                round_of(school, "2018-05-10", **ENDS[kind - 1])


def drawn(user, box, zoom, **question) -> tuple[int, dict]:
    answer = collection_of(MapQuestion(division=COUNTY, **question), user, box, zoom)
    return sum(each["properties"].get("count", 1) for each in answer["features"]), answer


def in_list(user, box, **question) -> int:
    asked = MapQuestion(division=COUNTY, **question)
    shown = listed(asked.institutions(user), asked.moment, box, Page(size=200))
    assert len(shown["results"]) == shown["count"]
    return shown["count"]


@pytest.mark.parametrize("as_of", DAYS[1:])
@pytest.mark.parametrize("zoom", range(21))
def test_squares_of_every_zoom_are_as_many_as_the_list(register, taskforce, zoom, as_of):
    for box in (None, *QUARTERS):
        for standing in ("", "overdue,open"):
            question = {"as_of": as_of, "standing": standing}
            assert drawn(taskforce, box, zoom, **question)[0] == in_list(taskforce, box, **question)


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("figure", FIGURES)
def test_counts_are_the_figure_by_licence_status_without_those_that_have_no_place(register, taskforce, figure, as_of):
    moment = Moment.of(day(as_of) if as_of else None)
    rows = {row.key: row.figures for row in partitions(COUNTY, moment)["licence_status"].rows}

    for status in LicenceStatus.values:
        question = {"as_of": as_of, "figure": figure, "licence_status": status}
        for zoom in (3, 9, 12, 16):
            found, answer = drawn(taskforce, None, zoom, **question)
            assert answer["total"] == getattr(rows[status], figure)
            assert (
                found
                == answer["located"]
                == answer["total"] - answer["unlocated"]
                == in_list(taskforce, None, **question)
            )


@pytest.fixture
def known_later(register):
    """Of what is true of the days before PAST_K, some that nobody knew then."""
    with recording():
        place = {"position": (120.91, 28.03), "status": "none"}
        institution(name="后报", surveyed_recorded=LATER, **place)
        institution(name="后登记", recorded_at=at(LATER), **place)
        institution(name="后撤销", withdrawn_at=at(LATER), **place)
        round_of(institution(name="后核销", **place), "2018-05-10", verified_on="2018-06-20", verified_recorded=LATER)
        round_of(institution(name="后责令", **place), "2018-05-10", due_on="2018-06-10", ordered_recorded=LATER)
        round_of(institution(name="后作废", **place), "2018-05-10", due_on="2018-06-10", voided=LATER)
        visit_of(institution(name="后录走访", **place), "2018-06-01", recorded=LATER)
        move_of(institution(name="后迁", **place), NEXT_TO_LIUSHI, "2018-06-01", recorded=LATER)
    keeping.rebuild()  # written here today, known since then


@pytest.mark.parametrize("as_of", DAYS[:2])
@pytest.mark.parametrize("figure", FIGURES)
def test_counts_are_the_figure_as_it_was_known_at_a_past_moment(known_later, taskforce, figure, as_of):
    moments = [Moment(day(as_of), datetime.fromisoformat(PAST_K)), Moment.of(day(as_of))]
    then, now = [
        {row.key: getattr(row.figures, figure) for row in partitions(COUNTY, each)["licence_status"].rows}
        for each in moments
    ]

    assert then != now or figure not in ("rectified", "outstanding", "overdue", "closed")
    for status in LicenceStatus.values:
        question = {"as_of": as_of, "known_at": PAST_K, "figure": figure, "licence_status": status}
        for zoom in (3, 9, 12, 16):
            found, answer = drawn(taskforce, None, zoom, **question)
            assert answer["total"] == then[status]
            assert found == answer["located"] == in_list(taskforce, None, **question)


EDGES = (
    st.sampled_from([119.0, 120.9, 120.905, 120.91, 120.92, 123.0]),
    st.sampled_from([27.0, 28.0, 28.015, 28.03, 29]),
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    west=EDGES[0], south=EDGES[1], wide=st.sampled_from([0.001, 0.01, 3]), zoom=st.integers(0, 20),
    asked=st.sampled_from([{}, {"change_since": "2018-05-20"}, {"finding_type": "L01"}, {"q": "第1"}, *QUESTIONS]),
    as_of=st.sampled_from(DAYS), known_at=st.sampled_from(["", PAST_K]), grant=st.sampled_from([COUNTY, LIUSHI]),
)  # fmt: skip
def test_list_has_just_those_that_the_map_shows(known_later, west, south, wide, zoom, asked, as_of, known_at, grant):
    user = User.objects.filter(username=f"of-{grant}").first() or user_with("task_force", grant, f"of-{grant}")
    question = MapQuestion(division=grant, as_of=as_of, known_at=known_at, **asked)
    box = Box(west, south, west + wide, south + wide)

    shown = listed(question.institutions(user), question.moment, box, Page(size=200))
    answer = collection_of(question, user, box, zoom)

    rows = {each["id"]: each["standing"] for each in shown["results"]}
    if not answer["grouped"]:
        assert rows == {each["id"]: each["properties"]["standing"] for each in answer["features"]}
    for status in Status.values:
        counted = sum(each["properties"].get(status, 0) for each in answer["features"])
        assert not answer["grouped"] or counted == sum(standing == status for standing in rows.values())
    assert shown["count"] == len(rows)


def test_every_square_adds_up_by_status_and_by_licence_status(register, taskforce):
    for as_of in ("2018-06-30", str(today())):
        for each in drawn(taskforce, None, 11, as_of=as_of)[1]["features"]:
            told = each["properties"]
            statuses = [number for name, number in told.items() if name not in ("count", "licence_statuses", "bbox")]
            assert told["count"] == sum(statuses) == sum(told["licence_statuses"].values())
