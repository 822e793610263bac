"""What the map draws adds up: over the boxes of every zoom the counts are as many as the list beside it has, and over
everything as many as the figure of the statistics, without those that have no place."""

import pytest

from accounts.watermark import recording
from figures.statistics import FIGURES, partitions
from institutions.models import LicenceStatus
from institutions.moments import Moment, today
from mapping.layers import Box, collection_of
from mapping.listing import Page, listed
from mapping.question import MapQuestion
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, day, institution, round_of, visit_of

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
ENDS: list[dict] = [
    {"verified_on": "2018-06-20", "outcome": outcome} for outcome in ("closed", "licensed", "corrected")
] + [{"due_on": "2018-06-10"}, {"due_on": "2019-01-31"}]


@pytest.fixture
def register():
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


def test_every_square_adds_up_by_status_and_by_licence_status(register, taskforce):
    for as_of in ("2018-06-30", str(today())):
        for each in drawn(taskforce, None, 11, as_of=as_of)[1]["features"]:
            told = each["properties"]
            statuses = [number for name, number in told.items() if name not in ("count", "licence_statuses", "bbox")]
            assert told["count"] == sum(statuses) == sum(told["licence_statuses"].values())
