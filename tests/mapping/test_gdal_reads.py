"""GDAL, as pyogrio brings it along, reads the register from the real server: all of it, a box, days, one's own."""

import re
import urllib.request
from json import load
from struct import unpack

import pyogrio
import pytest

from tests.browser.server import ROOT
from tests.mapping.record_requests import of_gdal
from tests.mapping.recording import recorded_demonstration


@pytest.fixture(scope="module")
def server():
    with recorded_demonstration() as recorded:
        yield recorded


@pytest.fixture(scope="module")
def as_taskforce(server):
    return {"USERPWD": f"taskforce:{server.token('taskforce')}"}


@pytest.fixture(scope="module")
def everything(server, as_taskforce):
    return server.read_by_gdal(**as_taskforce)


def position(geometry: bytes) -> tuple[float, float]:
    """Longitude and latitude of a point in WKB."""
    return unpack("<dd", geometry[5:21])


def test_all_are_read_with_every_property(everything):
    rows, geometries = everything

    assert len({row["id"] for row in rows}) == len(rows) == 1495
    assert sum(geometry is None for geometry in geometries) == 60
    assert {type(row["due"]) for row in rows} == {str}
    assert {row["standing"] for row in rows} >= {"overdue", "closed", "licensed", "corrected"}
    assert len([row for row in rows if row["standing"] == "closed"]) == 562


def test_all_are_read_by_pages(server, as_taskforce, everything):
    server.asked()

    rows, _geometries = server.read_by_gdal(PAGE_SIZE=400, **as_taskforce)

    assert [row["id"] for row in rows] == [row["id"] for row in everything[0]]
    pages = [line for line in server.asked() if "limit=400" in line]
    assert len(pages) == 4


def test_box_is_read_as_the_box_holds_them(server, as_taskforce, everything):
    west, south, east, north = box = (120.9, 28.0, 121.0, 28.1)
    inside = {
        row["id"]
        for row, geometry in zip(*everything, strict=True)
        if geometry is not None and west <= position(geometry)[0] <= east and south <= position(geometry)[1] <= north
    }

    rows, _geometries = server.read_by_gdal(bbox=box, **as_taskforce)

    assert {row["id"] for row in rows} == inside
    assert 0 < len(inside) < 1435


@pytest.mark.parametrize(
    ("where", "first", "last"),
    [
        ("surveyed_on <= '2018-06-30'", "2000-01-01", "2018-06-30"),
        ("surveyed_on >= '2018-07-01'", "2018-07-01", "2099-12-31"),
        ("surveyed_on >= '2018-05-01' AND surveyed_on <= '2018-06-30'", "2018-05-01", "2018-06-30"),
        ("surveyed_on = '2018-05-10'", "2018-05-10", "2018-05-10"),
        ("surveyed_on <= '2018-12-31'", "2000-01-01", "2018-12-31"),
    ],
)
def test_days_are_read_from_the_server(server, as_taskforce, everything, where, first, last):
    expected = sorted(row["id"] for row in everything[0] if first <= str(row["surveyed_on"]) <= last)
    server.asked()

    rows, _geometries = server.read_by_gdal(where=where, **as_taskforce)

    assert sorted(row["id"] for row in rows) == expected
    assert any("datetime=" in line for line in server.asked())
    assert len(expected) == 1495 or last != "2018-12-31"


@pytest.mark.parametrize(("where", "count"), [("standing = 'closed'", 562), ("licence_status = 'none'", 779)])
def test_property_that_is_also_a_parameter_is_asked_of_the_server(server, as_taskforce, where, count):
    server.asked()

    rows, _geometries = server.read_by_gdal(where=where, **as_taskforce)

    assert len(rows) == count
    assert any(where.replace(" ", "").replace("'", "") in line for line in server.asked())


def test_deadline_is_text_and_filtered_where_it_is_read(server, as_taskforce, everything):
    expected = [row["id"] for row in everything[0] if row["due"] >= "2018年12月01日"]

    rows, _geometries = server.read_by_gdal(where="due >= '2018年12月01日'", **as_taskforce)

    assert [row["id"] for row in rows] == expected != []


def test_question_behind_the_address_is_a_layer(server, as_taskforce):
    rows, _geometries = server.read_by_gdal(question="?as_of=2018-12-31&standing=overdue", PAGE_SIZE=10, **as_taskforce)

    assert (len(rows), {row["standing"] for row in rows}) == (23, {"overdue"})


def test_one_of_a_township_reads_that_township(server):
    token = server.token("inspector")
    counted = urllib.request.Request(
        f"{server.bureau.address}/api/v1/statistics/completion/", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(counted) as answer:
        surveyed = load(answer)["total"]["surveyed"]

    rows, _geometries = server.read_by_gdal(USERPWD=f"inspector:{token}")

    assert {row["township_code"] for row in rows} == {"330382114"}
    assert 0 < len(rows) == surveyed < 1495


def test_bearer_token_is_taken_as_well(server):
    given = {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": server.token("taskforce")}
    pyogrio.set_gdal_config_options(given)
    try:
        rows, _geometries = server.read_by_gdal()
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(given))

    assert len(rows) == 1495


def test_without_a_token_nothing_is_read(server):
    with pytest.raises(pyogrio.errors.DataSourceError, match="401"):
        server.read_by_gdal()


def test_what_gdal_asks_is_what_the_document_says(server):
    written = (ROOT / "docs/ogc.md").read_text()
    blocks = re.findall(r"<!-- GDAL .*? -->\n\n```\n(.*?)\n```", written, re.S)

    assert blocks == ["\n".join(lines) for _title, lines in of_gdal(server)]
