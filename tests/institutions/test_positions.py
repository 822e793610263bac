"""Positions: the datums at Yueqing, geodesic metres, the Morton key that groups on any engine."""

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from inspections.actions import Position, record_visit
from inspections.models import Visit
from institutions.models import Division
from institutions.positions import cell_of, distance_m, from_wgs84, to_wgs84
from tests.factories import at, institution, sent_visit

YUECHENG = (120.9631, 28.1194)  # 乐成街道, WGS-84
in_china = st.tuples(st.floats(75, 134), st.floats(18, 53))


def geodesic_m(here, there) -> float:
    return Geodesic.WGS84.Inverse(here[1], here[0], there[1], there[0])["s12"]


def test_gcj02_is_about_540_metres_off_at_yueqing():
    assert geodesic_m(YUECHENG, from_wgs84(*YUECHENG)) == pytest.approx(540, abs=20)


def test_gcj02_of_a_township_centre_is_that_of_its_source():
    # The source gives both: 乐成街道 120.9671 28.1161 in GCJ-02; to 4 decimals, about 10 m.
    assert to_wgs84(120.9671, 28.1161, "gcj02") == pytest.approx(YUECHENG, abs=1e-4)


def test_gcj02_of_every_township_centre_comes_back(db):
    for division in Division.objects.filter(level="township"):
        centre = (division.longitude, division.latitude)
        assert geodesic_m(to_wgs84(*from_wgs84(*centre), "gcj02"), centre) < 0.001


@given(in_china)
def test_gcj02_comes_back_to_a_millimetre_anywhere_in_china(place):
    assert geodesic_m(to_wgs84(*from_wgs84(*place), "gcj02"), place) < 0.001


@pytest.mark.parametrize("place", [(180.0, 90.0), (-180.0, -90.0), (0.0, 0.0)])
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_position_outside_of_china_is_taken_as_it_is(place, datum):
    assert to_wgs84(*place, datum) == place


def test_bd09_is_farther_off_than_gcj02():
    # BD-09 moves GCJ-02 on by about 0.0065° east and 0.006° north: 640 m and 670 m, together some 900 m.
    gcj02 = from_wgs84(*YUECHENG)
    bd09 = (gcj02[0] + 0.0065, gcj02[1] + 0.006)

    assert geodesic_m(to_wgs84(*bd09, "bd09"), YUECHENG) < 60  # its swing is a few ten metres
    assert geodesic_m(bd09, YUECHENG) > 900


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "unknown"])
def test_other_datums_are_taken_as_wgs84(datum):
    assert to_wgs84(*YUECHENG, datum) == YUECHENG


@pytest.mark.parametrize(
    ("here", "there"),
    [(YUECHENG, (120.9633, 28.1195)), (YUECHENG, (121.0, 28.3)), ((0.0, 0.0), (0.0, 1.0)), (YUECHENG, YUECHENG)],
)
def test_distance_is_geodesic(here, there):
    assert distance_m(here, there) == pytest.approx(geodesic_m(here, there), abs=0.001)


def recorded(inspector, school, position: Position) -> tuple[Visit, list[str]]:
    receipt = record_visit(
        sent_visit(school, inspectors=["inspector", "inspector"], position=position),
        by=inspector, received_at=at("2018-10-01"),
    )  # fmt: skip
    return Visit.objects.get(pk=receipt.id), receipt.warnings


def test_visit_keeps_its_distance_from_the_registered_point(inspector):
    # One thousandth of a degree north at latitude 28.12 is 110.83 m on the ellipsoid.
    school = institution(position=YUECHENG)

    visit, _warnings = recorded(inspector, school, Position(120.9631, 28.1204, accuracy_m=12.5))

    assert visit.distance_m == pytest.approx(110.8, abs=0.05)
    assert visit.distance_m == pytest.approx(geodesic_m(YUECHENG, (120.9631, 28.1204)), abs=0.05)
    assert visit.accuracy_m == 12.5


def test_visit_in_gcj02_is_stored_in_wgs84(inspector):
    school = institution(position=YUECHENG)
    longitude, latitude = from_wgs84(*YUECHENG)

    visit, warnings = recorded(inspector, school, Position(longitude, latitude, datum="gcj02"))

    assert (visit.longitude, visit.latitude) == pytest.approx(YUECHENG, abs=1e-8)
    assert (visit.datum, visit.distance_m) == ("gcj02", 0.0)
    assert len(warnings) == 1  # one inspector, not the distance


def test_visit_far_from_the_registered_point_says_so(inspector):
    _visit, warnings = recorded(inspector, institution(position=YUECHENG), Position(120.9631, 28.1294))

    assert any("1108" in warning for warning in warnings)  # 0.01° north


def test_visit_to_an_institution_without_a_position_has_no_distance(inspector):
    visit, _warnings = recorded(inspector, institution(), Position(*YUECHENG))

    assert visit.distance_m is None
    assert visit.longitude == YUECHENG[0]


# --- The Morton key


def test_cell_of_the_origin_is_its_quarter():
    # At 0° 0° x = y = 2^30: both top bits of the 62-bit key are set and nothing else.
    assert cell_of(0.0, 0.0) == 0b11 << 60


def test_cell_of_the_north_west_corner_is_zero():
    assert cell_of(-180.0, 89.9) == 0


@given(in_china)
def test_cell_holds_x_and_y_in_turn(place):
    from math import asinh, pi, radians, tan

    key = cell_of(*place)
    x = int("".join(f"{key:062b}"[1::2]), 2)
    y = int("".join(f"{key:062b}"[0::2]), 2)

    # Web mercator by its textbook formula, at zoom 31; one unit is 2 cm.
    assert x == pytest.approx((place[0] + 180) / 360 * 2**31, abs=1)
    assert y == pytest.approx((1 - asinh(tan(radians(place[1]))) / pi) / 2 * 2**31, abs=2)


@given(st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
def test_cell_fits_into_62_bits(place):
    assert 0 <= cell_of(*place) < 1 << 62
