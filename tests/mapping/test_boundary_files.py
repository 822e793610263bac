"""Boundary files in the encodings and systems that bureaus send, made with public libraries: each gives the same areas."""

import pytest

from mapping.boundaries.files import read_boundaries
from mapping.boundaries.reading.frames import Limits
from tests.mapping.boundary_files import (
    DEGREES,
    NAMES,
    SOUTH,
    WEST,
    WIDE,
    gauss_krueger,
    geojson,
    gk_prj,
    moved,
    rows,
    shapefile_parts,
    shifted,
    square,
    zipped,
)

TO_A_DECIMETRE = 1e-6
QGIS = gk_prj(120, 500000, "CGCS2000 / 3-degree Gauss-Kruger CM 120E", "Transverse_Mercator")


def read(data: bytes, datum: str = "cgcs2000"):
    """Names, and the bounds of the second township."""
    found = read_boundaries(data, datum)
    return [each.values["NAME"] for each in found.features], found.features[1].area.bounds


def expected():
    return list(NAMES.values()), pytest.approx((WEST + WIDE, SOUTH, WEST + 2 * WIDE, SOUTH + WIDE), abs=TO_A_DECIMETRE)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_geojson_is_read_in_each_encoding(encoding):
    assert read(geojson(encoding=encoding), "wgs84") == expected()


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_degrees_are_taken_back_by_the_declared_datum(datum):
    assert read(geojson(shifted(datum)), datum) == expected()


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"])
def test_geojson_that_names_its_degrees_is_read(crs):
    assert read(geojson(crs=crs)) == expected()


@pytest.mark.parametrize(
    ("code", "meridian", "easting"),
    [(4528, 120, 40_500_000), (4549, 120, 500_000), (4499, 123, 21_500_000), (4510, 123, 500_000)],
)
def test_geojson_in_metres_is_read_by_its_epsg_code(code, meridian, easting):
    assert read(geojson(gauss_krueger(meridian, easting), crs=f"urn:ogc:def:crs:EPSG::{code}")) == expected()


@pytest.mark.parametrize(("language_byte", "cpg"), [(0x57, ""), (0x4D, ""), (0x00, ""), (0x57, "UTF-8"), (0x57, "936")])
def test_shapefile_in_gbk_is_read_whatever_it_says_of_its_encoding(language_byte, cpg):
    assert read(zipped(shapefile_parts(encoding="gbk", language_byte=language_byte), cpg=cpg)) == expected()


@pytest.mark.parametrize(("language_byte", "cpg"), [(0x57, "UTF-8"), (0x57, ""), (0x4D, "GBK")])
def test_shapefile_in_utf8_is_read_whatever_it_says_of_its_encoding(language_byte, cpg):
    assert read(zipped(shapefile_parts(encoding="utf-8", language_byte=language_byte), cpg=cpg)) == expected()


def test_name_whose_last_byte_looks_like_a_blank_is_whole():
    # In GBK 睜 ends in 0xA0 and 厖 in 0x85: both are blanks to str.strip() when read as Latin-1.
    names = {"330382114": "柳市睜", "330382115": "北白厖", "330382125": "磐石镇"}

    found = read_boundaries(zipped(shapefile_parts(rows(names=names))), "cgcs2000")

    assert [each.values["NAME"] for each in found.features] == list(names.values())


def test_name_that_its_field_cuts_in_mid_character_loses_that_character_only():
    features = [({"NAME": "x" * 40, "CODE": code}, [square(place)]) for place, code in enumerate(NAMES)]
    parts = shapefile_parts(features)
    parts[".dbf"] = parts[".dbf"].replace(b"x" * 40, ("x" + "镇" * 20).encode("gbk")[:40])

    found = read_boundaries(zipped(parts), "cgcs2000")

    assert {each.values["NAME"] for each in found.features} == {"x" + "镇" * 19}  # 40 bytes: 1, and 19 characters of 2


@pytest.mark.parametrize("spelling", DEGREES)
def test_each_spelling_of_degrees_is_known(spelling):
    assert read(zipped(shapefile_parts(), prj=DEGREES[spelling])) == expected()


@pytest.mark.parametrize(
    ("meridian", "easting", "prj"),
    [
        (120, 40_500_000, gk_prj(120, 40_500_000)),
        (120, 500_000, gk_prj(120, 500_000, "CGCS2000_3_Degree_GK_CM_120E")),
        (123, 21_500_000, gk_prj(123, 21_500_000, "CGCS2000_GK_Zone_21")),
        (123, 500_000, gk_prj(123, 500_000, "CGCS2000_GK_CM_123E")),
        (120, 500_000, QGIS),
        (120, 500_000, gk_prj(120, 40_500_000)),  # the .prj has the number of the zone, the file does not
        (120, 40_500_000, gk_prj(120, 500_000)),  # and the other way round
        (120, 40_500_000, ""),  # the number of the zone says it all
        (123, 21_500_000, ""),
    ],
)
def test_metres_are_read_with_and_without_the_number_of_the_zone(meridian, easting, prj):
    assert read(zipped(shapefile_parts(gauss_krueger(meridian, easting)), prj=prj)) == expected()


def test_degrees_without_prj_are_what_was_declared():
    assert read(zipped(shapefile_parts(shifted("gcj02")), prj=""), "gcj02") == expected()


def test_hole_and_several_parts_are_kept():
    hole = [
        (WEST + 0.02, SOUTH + 0.02),
        (WEST + 0.04, SOUTH + 0.02),
        (WEST + 0.04, SOUTH + 0.04),
        (WEST + 0.02, SOUTH + 0.02),
    ]
    whole = rows([[square(0), hole], [square(1)], [square(2), square(4)]])

    found = read_boundaries(zipped(shapefile_parts(whole)), "cgcs2000")

    first, second, third = (each.area for each in found.features)
    assert len(first.interiors) == 1
    assert first.area == pytest.approx(WIDE * WIDE - 0.02 * 0.02 / 2)
    assert (second.geom_type, third.geom_type, len(third.geoms)) == ("Polygon", "MultiPolygon", 2)


def test_ring_that_touches_itself_is_one_area():
    x, y = WEST, SOUTH
    touching = [
        (x, y),
        (x, y + 0.06),
        (x + 0.03, y + 0.03),
        (x + 0.06, y + 0.06),
        (x + 0.06, y),
        (x + 0.03, y + 0.03),
        (x, y),
    ]

    found = read_boundaries(geojson(rows([[touching], [square(1)], [square(2)]])), "wgs84")

    assert found.features[0].area.area == pytest.approx(2 * 0.03 * 0.06 / 2)


def test_numbers_kept_as_fractions_are_whole_codes():
    features = [({"CODE": float(code)}, [square(place)]) for place, code in enumerate(NAMES)]

    found = read_boundaries(geojson(features), "wgs84")

    assert [each.values["CODE"] for each in found.features] == list(NAMES)


def test_third_coordinate_is_left_out():
    features = moved(rows(), lambda x, y: (x, y, 12.5))

    assert read(geojson(features), "wgs84") == expected()


def test_areas_over_one_another_are_told_where_the_file_is_read_and_not_beyond_a_bound():
    row = [[square(0)], [square(0.1)], [square(2)]]

    found = read_boundaries(geojson(rows(row)), "wgs84")
    many = read_boundaries(geojson(rows([[square(0)], [square(0.1)], [square(0.2)]])), "wgs84", Limits(most_overlaps=2))

    assert found.overlaps == [[1, 2]]
    assert many.overlaps == [[1, 2], [1, 3]]
