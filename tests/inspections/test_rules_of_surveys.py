"""What a first survey takes over from before it, and what is said of that; what a visit states of a round."""

from uuid import uuid4

import pytest

from accounts.errors import Invalid
from inspections.actions import NewFinding, NewOrder, Submission
from inspections.models import Notice
from institutions.models import Demonstration
from tests.factories import day, institution, licence_of, round_of


@pytest.fixture
def unsurveyed(db):
    """Licensed from 1 July 2018 on: what is ordered before is judged without a licence, later with a registration."""
    school = institution(surveyed_on=None)
    licence_of(school, "registration", "2018-07-01")
    return school


def surveyed_as(record, school) -> str:
    record(institution=school, purpose="survey")
    school.refresh_from_db()
    return school.licence_status_at_survey


def test_survey_takes_over_the_status_by_which_the_first_round_was_judged(record, unsurveyed):
    """Not the one that is due first."""
    round_of(unsurveyed, "2018-05-01", due_on="2018-12-31", verified_on="2018-06-01")
    round_of(unsurveyed, "2018-08-01", due_on="2018-08-05")

    assert surveyed_as(record, unsurveyed) == "none"


def test_survey_takes_over_nothing_from_a_round_that_was_taken_back(record, unsurveyed):
    round_of(unsurveyed, "2018-05-01", voided="2018-05-02")
    round_of(unsurveyed, "2018-08-01")

    assert surveyed_as(record, unsurveyed) == "registration_only"


@pytest.mark.parametrize(("kinds", "said"), [((), 1), (("registration",), 0), (("permit", "registration"), 0)])
def test_survey_without_a_status_says_so_only_where_no_licence_is_on_file(record, kinds, said):
    school = institution(surveyed_on=None)
    for kind in kinds:
        licence_of(school, kind)

    assert len(record(institution=school, purpose="survey").warnings) == said


# --- What a visit states of a round


def test_outcome_that_is_none_is_refused_with_those_that_are(record, opened):
    stated = Submission(opened.pk, "suspended")

    with pytest.raises(Invalid) as refusal:
        record(institution=opened.institution, submits=stated)

    [reason] = refusal.value.errors["submits.outcome"]
    assert all(f"{name}" in reason for name in ("suspended", "closed", "licensed", "corrected"))


# --- The sheet of a made-up world


@pytest.mark.parametrize("synthetic", [True, False])
def test_notice_says_whether_the_data_is_made_up(record, synthetic):
    if synthetic:
        Demonstration.objects.create(division_id="330382", loaded_on=day("2018-10-01"))

    receipt = record(id=uuid4(), findings=[NewFinding("T01")], order=NewOrder())

    assert Notice.objects.get(rectification=receipt.rectification).sheet["synthetic"] is synthetic
