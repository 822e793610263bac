"""The headline counts institutions: those merged into another through the one that stays, and nobody off the register."""

import pytest

from figures.headline import headline, not_ordered_yet
from figures.statistics import completion
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, merge_of, round_of

pytestmark = pytest.mark.django_db


def withdrawn(school: Institution) -> None:
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at("2018-09-01"))


def of(division: str = "330382") -> tuple[int, int, int]:
    """(surveyed, with problems, rectified), which are those of the definition."""
    found, total = headline([division]), completion(division, Moment.of()).total
    said = (found.surveyed, found.with_problems, found.rectified)
    assert said == (total.surveyed, total.with_problems, total.rectified)
    return said


# --- What was merged into another


@pytest.fixture
def elsewhere() -> None:
    """A round of somebody else, which is nothing of theirs."""
    round_of(institution(NEXT_TO_LIUSHI), "2018-05-01", verified_on="2018-06-01")


@pytest.mark.parametrize(
    ("round_", "problems"),
    [(None, 0), ({"verified_on": "2018-06-01"}, 1), ({"voided": "2018-06-01"}, 0)],
    ids=["none", "struck off", "voided"],
)
def test_problem_of_what_was_merged_is_one_of_the_one_that_stays(elsewhere, round_, problems):
    stays, merged = institution(LIUSHI), institution(LIUSHI)
    if round_ is not None:
        round_of(merged, "2018-05-01", **round_)
    merge_of(merged, stays, "2018-07-01")

    assert of(LIUSHI) == (1, problems, problems)


def test_problems_of_both_are_one():
    stays, merged = institution(LIUSHI), institution(LIUSHI)
    for each in (stays, merged):
        round_of(each, "2018-05-01", verified_on="2018-06-01")
    merge_of(merged, stays, "2018-07-01")

    assert of(LIUSHI) == (1, 1, 1)


@pytest.mark.parametrize("counted", ["not surveyed", "withdrawn"])
def test_problem_of_what_was_merged_is_none_where_the_one_that_stays_does_not_count(counted):
    stays = institution(LIUSHI, surveyed_on=None if counted == "not surveyed" else "2018-04-02")
    merged = institution(LIUSHI, surveyed_on=None)
    round_of(merged, "2018-05-01", verified_on="2018-06-01")
    merge_of(merged, stays, "2018-07-01")
    if counted == "withdrawn":
        withdrawn(stays)

    assert of(LIUSHI) == (0, 0, 0)


# --- What nobody ordered anything of


def test_not_ordered_yet_are_those_surveyed_and_on_the_register_that_lack_something():
    institution(LIUSHI, status="none")
    institution(LIUSHI, status="permit_only")
    institution(LIUSHI, status="full")
    institution(LIUSHI, surveyed_on=None)
    withdrawn(institution(LIUSHI, status="none"))
    merge_of(institution(LIUSHI, status="none"), institution(LIUSHI, status="full"), "2018-07-01")
    institution(NEXT_TO_LIUSHI, status="none")

    assert not_ordered_yet([LIUSHI]) == 2


@pytest.mark.parametrize(
    ("round_", "count"), [({}, 0), ({"verified_on": "2018-06-01"}, 0), ({"voided": "2018-06-01"}, 1)]
)
def test_round_that_was_voided_is_no_order(round_, count):
    round_of(institution(LIUSHI, status="none"), "2018-05-01", **round_)

    assert not_ordered_yet([LIUSHI]) == count
