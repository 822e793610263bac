"""What counts as having looked at a place, since its survey; and what as having found something there."""

import pytest

from figures.columns import STANDING, with_list_columns
from figures.standing import with_standing
from figures.statistics import with_finding
from figures.unseen import Status
from institutions.models import Institution
from institutions.moments import Moment
from institutions.past import as_listed
from tests.factories import at, day, institution, visit_of, withdraw_visit_of

D = Moment(day("2018-12-31"), at("2019-01-31"))
UNSEEN = Status.UNSEEN.value


def said(school: Institution) -> str:
    """The standing in the list of the day."""
    rows = with_list_columns(with_standing(Institution.objects.filter(pk=school.pk), D), D)
    [listed] = as_listed(rows, D)
    return STANDING.cell(listed)


@pytest.fixture
def school(db) -> Institution:
    return institution(surveyed_on="2018-04-02")


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ({"on": "2018-04-01"}, UNSEEN),
        ({"on": "2018-04-02"}, "clear"),
        ({"on": "2018-04-03"}, "clear"),
        ({"on": "2018-04-03", "result": "no_access"}, UNSEEN),
        ({"on": "2018-04-03", "result": "not_found"}, UNSEEN),
        ({"on": "2018-04-03", "recorded": at("2019-02-01")}, UNSEEN),  # not known yet
    ],
)
def test_place_was_looked_at_by_who_stood_there_since_its_survey(school, visit, expected):
    visit_of(school, visit.pop("on"), **visit)

    assert said(school) == expected


def test_visit_that_was_withdrawn_has_seen_nothing(school):
    withdraw_visit_of(visit_of(school, "2018-05-01"), "2018-06-01")

    assert said(school) == UNSEEN


def test_visit_elsewhere_has_not_seen_it(school):
    visit_of(institution(), "2018-05-01")

    assert said(school) == UNSEEN


# --- Who has a finding of a kind


def test_institutions_with_a_finding_are_those_of_which_a_visit_found_it(db):
    has, has_another, _without = institution(), institution(), institution()
    visit_of(has, "2018-05-01", findings=("T01",))
    visit_of(has_another, "2018-05-01", findings=("S02",))

    assert list(with_finding(Institution.objects.all(), "T01", D)) == [has]
