"""The Chinese datums against prcoords, which others wrote independently of this project; and there and back."""

import random
import warnings

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from institutions.positions import from_wgs84, in_china, to_wgs84

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import prcoords

FORWARDS = {"gcj02": prcoords.wgs_gcj, "bd09": prcoords.wgs_bd}
BACKWARDS = {"gcj02": prcoords.gcj_wgs_bored, "bd09": prcoords.bd_wgs_bored}
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
_draw = random.Random(20181231)
ALL_OVER_CHINA = [(_draw.uniform(73.5, 135.1), _draw.uniform(18.1, 53.6)) for _ in range(1500)]
KNOWN_PLACES = {
    "乐清": (120.9631, 28.1194),
    "北京": (116.3975, 39.9087),
    "香港": (114.1694, 22.3193),
    "澳门": (113.5439, 22.1987),
    "台北": (121.5654, 25.0330),
    "三沙": (112.3333, 16.8333),
    "漠河": (122.5370, 52.9720),
    "喀什": (75.9938, 39.4677),
    "河内": (105.8342, 21.0278),  # no part of China, and within the rectangle
}
places = st.tuples(st.floats(73.5, 135.1), st.floats(18.1, 53.6))


def metres(here, there) -> float:
    return Geodesic.WGS84.Inverse(here[1], here[0], there[1], there[0])["s12"]


def by_prcoords(convert, place) -> tuple[float, float]:
    """prcoords takes and gives (latitude, longitude)."""
    latitude, longitude = convert((place[1], place[0]))
    return longitude, latitude


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_datum_is_that_of_an_independent_implementation_within_a_metre(datum):
    worst = max(metres(from_wgs84(*place, datum), by_prcoords(FORWARDS[datum], place)) for place in ALL_OVER_CHINA)

    assert worst < 1


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_way_back_is_that_of_an_independent_implementation_within_a_metre(datum):
    worst = max(metres(to_wgs84(*place, datum), by_prcoords(BACKWARDS[datum], place)) for place in ALL_OVER_CHINA)

    assert worst < 1


@pytest.mark.parametrize("name", KNOWN_PLACES)
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_places_of_china_and_near_it_are_shifted_as_elsewhere(datum, name):
    place = KNOWN_PLACES[name]

    shifted = from_wgs84(*place, datum)

    assert metres(shifted, by_prcoords(FORWARDS[datum], place)) < 1
    assert 100 < metres(shifted, place) < 1500


@pytest.mark.parametrize("longitude", [WEST, EAST])
@pytest.mark.parametrize("latitude", [SOUTH, NORTH])
@pytest.mark.parametrize("outwards", [0.0, 1e-9])
def test_rectangle_holds_its_edges_and_nothing_beyond(longitude, latitude, outwards):
    place = (
        longitude + (outwards if longitude == EAST else -outwards),
        latitude + (outwards if latitude == NORTH else -outwards),
    )

    assert in_china(*place) is (outwards == 0.0)
    assert in_china(*place) is prcoords.sanity_in_china_p(prcoords.Coords(place[1], place[0]))
    assert (from_wgs84(*place) == place) is (outwards > 0)


@pytest.mark.parametrize("place", [(139.6917, 35.6895), (103.8198, -1.0), (37.6173, 55.7558)])
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_outside_of_the_rectangle_there_is_no_offset_either_way(datum, place):
    assert from_wgs84(*place, datum) == place
    assert to_wgs84(*place, datum) == place


@given(places)
@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "cgcs2000", "unknown"])
def test_place_comes_back_within_a_centimetre(datum, place):
    assert metres(to_wgs84(*from_wgs84(*place, datum), datum), place) <= 0.01


@given(places)
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_given_degrees_come_back_within_a_centimetre(datum, place):
    assert metres(from_wgs84(*to_wgs84(*place, datum), datum), place) <= 0.01
