"""证照不全而尚未责令: as many as the list behind the number shows."""

import pytest

from figures.drilldown import not_ordered_yet
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, institution, merge_of, round_of

pytestmark = pytest.mark.django_db


def withdrawn(school: Institution) -> None:
    Institution.objects.filter(pk=school.pk).update(withdrawn_at=at("2018-09-01"))


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
