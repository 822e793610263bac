"""The catalogue of a day: an item may be found from its first day to its last."""

from datetime import date

import pytest

from inspections.models import FindingType

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "offered"),
    [
        ("2018-02-28", False),
        ("2018-03-01", True),
        ("2018-06-01", True),
        ("2018-08-31", True),
        ("2018-09-01", False),
    ],
)
def test_item_is_found_from_its_first_day_to_its_last(day, offered):
    FindingType.objects.filter(code="T02").update(in_force_from="2018-03-01", in_force_to="2018-08-31")

    found = FindingType.objects.in_force_on(date.fromisoformat(day))

    assert found.filter(code="T02").exists() is offered


def test_item_without_a_last_day_is_found_ever_after():
    FindingType.objects.filter(code="T02").update(in_force_from="2018-03-01", in_force_to=None)

    assert FindingType.objects.in_force_on(date(2999, 12, 31)).filter(code="T02").exists()
