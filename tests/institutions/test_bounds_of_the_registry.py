"""First and last days of divisions, and what is masked of a phone number."""

from datetime import timedelta

import pytest

from institutions.models import Division, Institution
from institutions.moments import Moment, month_end, month_ends, today
from tests.factories import at, day

ON = day("2018-07-10")
BEFORE, AFTER = ON - timedelta(days=1), ON + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "in_force"),
    [
        (None, None, True),
        (ON, None, True),
        (AFTER, None, False),
        (None, ON, True),
        (None, BEFORE, False),
        (ON, ON, True),
        (BEFORE, AFTER, True),
    ],
)
def test_division_is_in_force_from_its_first_day_to_its_last(first, last, in_force):
    assert Division(code="330382199", in_force_from=first, in_force_to=last).in_force_on(ON) is in_force


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("", ""),
        ("13800001111", "138****1111"),
        ("123456789", "123****6789"),
        ("12345678", "****"),
        ("13800001111、12345678", "138****1111、****"),
    ],
)
def test_middle_of_a_phone_number_is_masked_and_all_of_a_short_one(phone, masked):
    assert Institution(phone=phone).masked_phone == masked


@pytest.mark.parametrize(
    ("longitude", "latitude", "placed"), [(120.9, 28.0, True), (None, 28.0, False), (120.9, None, False)]
)
def test_position_is_whole_or_none(longitude, latitude, placed):
    assert (Institution(longitude=longitude, latitude=latitude).position is not None) is placed


def test_months_end_on_their_last_days():
    assert [month_end(day(text)).day for text in ("2018-02-01", "2020-02-29", "2018-12-31")] == [28, 29, 31]
    assert list(month_ends(day("2018-11-30"), day("2019-01-01"))) == [
        day("2018-11-30"),
        day("2018-12-31"),
        day("2019-01-31"),
    ]
    assert list(month_ends(day("2018-11-01"), day("2018-10-31"))) == []


@pytest.mark.parametrize(("ago", "present"), [(0, True), (1, False)])
def test_only_of_today_what_stands_is_what_was(ago, present):
    known_at = at("2018-07-10")

    assert Moment(today() - timedelta(days=ago), known_at).as_it_stands().present is present
    assert Moment(today(), known_at).present is False
