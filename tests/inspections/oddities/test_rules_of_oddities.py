"""疑点 to the metre, the minute and the bit: what is said of rows alone, without the database."""

from datetime import timedelta
from typing import Any

import pytest

from inspections.actions.oddity_rules import (
    FASTEST_KMH,
    MOST_BITS,
    PHOTO_APART,
    PHOTO_FAR_M,
    TRAVEL_SLACK,
    TRAVEL_WITHIN,
    Fix,
    are_alike,
    clock_is_off,
    fix_of,
    of_itself,
    point_of,
    too_fast,
)
from inspections.actions.rounds import CLOCK_TOLERANCE
from inspections.models import Photo, Visit
from inspections.models.oddities import Likeness
from institutions.models import Institution
from institutions.positions import distance_m
from tests.factories import at
from tests.inspections.oddities.scenes import HERE, north

SENT = at("2018-10-01", 9)


def placed(where: tuple[float | None, float | None]) -> dict[str, Any]:
    return {"longitude": where[0], "latitude": where[1]}


def stayed(where=HERE, *, after=timedelta(0), **columns) -> Visit:
    return Visit(happened_at=SENT + after, **placed(where), **columns)


def odd_of(visit: Visit, *photos: Photo) -> list[str]:
    return [each.kind for each in of_itself(visit, Institution(), photos, received_at=SENT, has_moved=False)]


# --- Positions


def test_half_a_position_and_nowhere_are_none():
    given = [(None, None), (None, HERE[1]), (HERE[0], None), (0.0, 0.0), HERE]

    assert [fix_of(stayed(where)) for where in given] == [None, None, None, None, Fix(HERE, 0.0)]


def test_institution_is_at_a_point_of_its_own_or_at_none():
    given = [
        placed((None, None)), placed((0.0, 0.0)), placed(HERE) | {"location_source": "township_centre"}, placed(HERE),
    ]  # fmt: skip

    assert [point_of(Institution(datum="wgs84", **each)) for each in given] == [None, None, None, Fix(HERE, 0.0)]


# --- Travel


def test_visit_without_a_position_is_no_travel():
    far, nowhere = stayed(north(900_000)), stayed((None, None))

    assert [too_fast(*two) is not None for two in ((stayed(), far), (nowhere, far), (far, nowhere))] == [
        True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("more", "is_odd"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
def test_travel_is_looked_at_within_twelve_hours(more, is_odd):
    assert bool(too_fast(stayed(), stayed(north(5_000_000), after=TRAVEL_WITHIN + more))) is is_odd


@pytest.mark.parametrize(("less", "is_odd"), [(0, False), (1, True)])
def test_travel_that_is_just_possible_is_not_odd(less, is_odd):
    there, possible = north(8000), FASTEST_KMH / 3.6 * TRAVEL_SLACK.total_seconds()
    explained = distance_m(HERE, there) - possible

    assert bool(too_fast(stayed(), stayed(there, accuracy_m=explained - less))) is is_odd


# --- Clocks and photos


@pytest.mark.parametrize("way", [1, -1])
def test_clock_is_off_beyond_the_tolerance(way):
    more = CLOCK_TOLERANCE + timedelta(microseconds=1)

    assert clock_is_off(SENT + way * CLOCK_TOLERANCE, SENT) is None
    assert clock_is_off(SENT + way * more, SENT) == way * more


def test_photo_is_taken_at_another_time_beyond_what_a_visit_lasts():
    just, over = (
        Photo(slot=1, taken_at=SENT + PHOTO_APART + more) for more in (timedelta(0), timedelta(microseconds=1))
    )

    assert (odd_of(stayed(), just), odd_of(stayed(), over)) == ([], ["photo_time"])


def test_photo_is_taken_elsewhere_beyond_the_grounds():
    explained = distance_m(HERE, north(450)) - PHOTO_FAR_M
    just, over = (Photo(slot=1, accuracy_m=explained - less, **placed(north(450))) for less in (0, 1))

    assert (odd_of(stayed(), just), odd_of(stayed(), over)) == ([], ["photo_place"])


def test_photo_with_a_position_of_a_visit_without_any_is_not_elsewhere():
    assert odd_of(stayed((None, None)), Photo(slot=1, **placed(HERE))) == []


def test_pictures_are_alike_but_for_a_few_bits_and_a_flat_one_is_like_none():
    plain, few, more = (0, 0, 0, 0), (2**MOST_BITS - 1, 0, 0, 0), (2**MOST_BITS - 1, 1, 0, 0)

    assert [are_alike(plain, other) for other in (plain, few, more, None)] == [True, True, False, False]
    assert not are_alike(None, plain)
    assert (Likeness(sha256="a").bands, list(Likeness(band_0=1, band_1=2, band_2=3, band_3=4).bands or ())) == (
        None, [1, 2, 3, 4],
    )  # fmt: skip
