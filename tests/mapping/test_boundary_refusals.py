"""Boundary files that are refused: a sentence that says what is wrong, where, and what is taken; and bounded work."""

import io
import json
import struct
import zipfile
from dataclasses import replace

import pytest
import shapefile

from accounts.errors import Refusal
from mapping.boundaries.files import limits_now, read_boundaries
from tests.mapping.boundary_files import (
    BEIJING,
    DEGREES,
    SOUTH,
    WEST,
    WIDE,
    XIAN,
    gauss_krueger,
    geojson,
    gk_prj,
    moved,
    packed,
    rows,
    shapefile_parts,
    square,
    zipped,
)

BOW = [(WEST, SOUTH), (WEST + WIDE, SOUTH + WIDE), (WEST + WIDE, SOUTH), (WEST, SOUTH + WIDE), (WEST, SOUTH)]
HOLE_AWAY = [(WEST + 1, SOUTH), (WEST + 1.01, SOUTH), (WEST + 1.01, SOUTH + 0.01), (WEST + 1, SOUTH)]


def second(*rings):
    """The three townships, the second with other rings."""
    return rows([[square(0)], list(rings), [square(2)]])


def without(*parts: str) -> bytes:
    return zipped({suffix: content for suffix, content in shapefile_parts().items() if suffix not in parts})


def geometry(kind: str, coordinates) -> bytes:
    feature = {
        "type": "Feature",
        "properties": {"NAME": "柳市镇"},
        "geometry": {"type": kind, "coordinates": coordinates},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def encrypted() -> bytes:
    whole = bytearray(zipped(shapefile_parts()))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 4)
    return bytes(whole)


def refused(data: bytes, datum: str = "cgcs2000", **limits) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        read_boundaries(data, datum, replace(limits_now(), **limits))
    return refusal.value.status, refusal.value.message


AREAS = "边界要用面（Polygon 或 MultiPolygon）。"
CASES = {
    "self-crossing": (geojson(second(BOW)), "第 2 个图形的边界自相交，在 120.91000° 28.03000° 附近。"),
    "hole outside": (geojson(second(square(1), HOLE_AWAY)), "第 2 个图形有一个洞在面的外面，在 121.88000° 28.00000° 附近。"),
    "not closed": (geojson(second(square(1)[:-1])), "第 2 个图形有一圈没有闭合：起点 120.94 28，终点 121 28。"),
    "too few points": (geojson(second(square(1)[:2] + square(1)[:1])), "第 2 个图形有一圈不足 4 个点"),
    "empty": (geojson(second()), "第 2 个图形是空的。"),
    "no geometry": (geometry("Polygon", []), "第 1 个图形是空的。"),
    "points": (geometry("Point", [WEST, SOUTH]), f"第 1 个图形是点，不是面。{AREAS}"),
    "lines": (geometry("LineString", [[WEST, SOUTH], [WEST, SOUTH + 1]]), f"第 1 个图形是线，不是面。{AREAS}"),
    "no numbers": (geometry("Polygon", [[["a", "b"], [1, 2], [2, 3], ["a", "b"]]]), "第 1 个图形的坐标不是数字。"),
    "huge number": (geometry("Polygon", [[[1e999, 1], [1, 2], [2, 3], [1e999, 1]]]), "JSON 里有 NaN 或 Infinity"),
    "number without end": (geometry("Polygon", [[[10**400, 1], [1, 2], [2, 3], [10**400, 1]]]), "的坐标不是数字。"),
    "shapes of points": (zipped(shapefile_parts(kind=shapefile.POINT)), f"文件里是点，不是面。{AREAS}"),
    "shapes of lines": (zipped(shapefile_parts(kind=shapefile.POLYLINE)), f"文件里是线，不是面。{AREAS}"),
    "no .shx": (without(".shx"), "压缩包里缺 .shx。一个图层要有同名的 .shp、.shx、.dbf（和 .prj）。"),
    "no .dbf": (without(".dbf"), "压缩包里缺 .dbf。"),
    "neither": (without(".shx", ".dbf"), "压缩包里缺 .shx、.dbf。"),
    "no .shp": (packed({"readme.txt": b"x"}), "压缩包里没有 .shp。"),
    "several layers": (
        zipped(shapefile_parts(), more={"县界.shp": b"x"}), "压缩包里有 2 个图层：townships.shp、县界.shp。",
    ),
    "password": (encrypted(), "压缩包有密码。"),
    "damaged zip": (zipped(shapefile_parts())[:-40], "压缩包已损坏或打不开。"),
    "damaged shapefile": (
        zipped(shapefile_parts() | {".shp": shapefile_parts()[".shp"][:150]}), "shapefile 已损坏",
    ),
    "Xi'an 1980": (zipped(shapefile_parts(), prj=XIAN), "坐标系是西安 1980。它与 CGCS2000 之间要用本地的转换参数"),
    "Beijing 1954": (zipped(shapefile_parts(gauss_krueger(120, 40_500_000)), prj=BEIJING), "坐标系是北京 1954。"),
    "Xi'an 1980 by code": (geojson(gauss_krueger(120, 40_500_000), crs="EPSG:2364"), "坐标系是西安 1980。"),
    "another system": (
        zipped(shapefile_parts(), prj=DEGREES["wgs84"].replace("WGS_1984", "Pulkovo_1995")), "坐标系“GCS_Pulkovo_1995”不认识。",
    ),
    "metres called degrees": (
        zipped(shapefile_parts(gauss_krueger(120, 40_500_000)), prj=DEGREES["esri"]), "是经纬度，坐标却是米。",
    ),
    "degrees called metres": (zipped(shapefile_parts(), prj=gk_prj(120, 40_500_000)), "是米，坐标却像经纬度。"),
    "metres of nowhere": (zipped(shapefile_parts(gauss_krueger(120, 500_000)), prj=""), "横坐标也不带带号"),
    "another zone": (
        zipped(shapefile_parts(gauss_krueger(120, 40_500_000)), prj=gk_prj(117, 39_500_000)), "横坐标的带号是 40，与 .prj 写的",
    ),
    "swapped": (geojson(moved(rows(), lambda x, y: (y, x))), "经度和纬度颠倒了"),
    "elsewhere": (geojson(moved(rows(), lambda x, y: (x - 120, y))), "不在中国。"),
    "no feature": (geojson([]), "文件里一个面也没有。"),
    "topology": (b'{"type": "Topology"}', "JSON 里写的类型是“Topology”"),
    "half a file": (geojson()[:-30], "不是完整的 JSON，第 1 行起读不下去。"),
    "nested without end": (b"[" * 200_000, "JSON 的嵌套太深"),
    "not UTF-8 and not GBK": (geojson()[:-1] + b"\xff\xff}", "属性表的文字编码不认识。可用：UTF-8、GBK（GB18030）。"),
    "something else": (b"%PDF-1.4", "这不是边界文件。可用：GeoJSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_file_is_refused_with_a_sentence(name):
    data, said = CASES[name]

    status, message = refused(data)

    assert status == 422
    assert said in message
    assert message.endswith("。")


def test_metres_declared_as_gcj02_are_refused():
    data = zipped(shapefile_parts(gauss_krueger(120, 40_500_000)), prj=gk_prj(120, 40_500_000))

    assert refused(data, "gcj02") == (
        422,
        "坐标系“CGCS2000_3_Degree_GK_Zone_40”是平面坐标，不会是 GCJ-02 或 BD-09。请改选 CGCS2000，或传经纬度的文件。",
    )


def test_too_many_bytes_are_refused_unread():
    assert refused(b"x" * 1025, most_bytes=1024)[0] == 413


def test_zip_that_inflates_too_much_is_refused_whatever_it_claims():
    parts = shapefile_parts() | {".prj": b" " * (3 << 20)}

    assert refused(zipped(parts, prj=""), most_inflated=2 << 20) == (
        422, "压缩包解开后超过 2 MB 的上限。请只保留本辖区的边界。",
    )  # fmt: skip


def test_zip_that_lies_about_its_sizes_is_refused():
    whole = bytearray(zipped(shapefile_parts() | {".prj": b" " * (3 << 20)}, prj=""))
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        whole[at + 24 : at + 28] = struct.pack("<I", 10)
        at = whole.find(b"PK\x01\x02", at + 4)
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        assert {each.file_size for each in package.infolist()} == {10}

    assert refused(bytes(whole), most_inflated=2 << 20)[0] == 422


def test_file_with_too_many_features_vertices_or_seconds_is_refused():
    assert "文件里有 3 个图形，最多 2 个。" in refused(geojson(), most_features=2)[1]
    assert "边界的顶点超过 14 个。" in refused(geojson(), most_vertices=14)[1]
    assert "0 秒内没有读完这个文件。" in refused(geojson(), seconds=0)[1]


def test_shapefile_that_claims_a_billion_points_is_refused_within_its_memory():
    parts = shapefile_parts()
    shp = bytearray(parts[".shp"])
    shp[100 + 8 + 4 + 32 + 4 : 100 + 8 + 4 + 32 + 8] = struct.pack("<i", 2**30)  # points of the first shape

    status, _message = refused(zipped(parts | {".shp": bytes(shp)}))

    assert status == 422
