"""区划边界 from the file to the map's door and back: upload, preview, put in force, take back."""

import csv
import json
import os

import pytest
import shapely
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.server import DESKTOP, PHONE, sign_in
from tests.browser.test_accessibility import _by_day_and_night
from tests.mapping.boundary_files import gauss_krueger, shapefile_parts, zipped

DIVISIONS = settings.BASE_DIR / "institutions" / "data" / "yueqing_divisions.csv"


def townships() -> bytes:
    """Each township of 乐清 as what lies nearest to its centre, as GeoJSON; one of them by a name of nobody's."""
    with DIVISIONS.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if len(row["code"]) == 9]
    centres = [shapely.Point(float(row["lon_wgs84"]), float(row["lat_wgs84"])) for row in rows]
    around = shapely.MultiPoint(centres).buffer(0.05).convex_hull
    cells = [cell.intersection(around) for cell in shapely.voronoi_polygons(shapely.MultiPoint(centres)).geoms]
    features = []
    for row, centre in zip(rows, centres, strict=True):
        area = next(cell for cell in cells if cell.contains(centre))
        name = "某某飞地" if row["name"] == "磐石镇" else row["name"]
        geometry = json.loads(shapely.to_geojson(area))
        features.append({"type": "Feature", "properties": {"NAME": name}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def sound(page, name: str) -> None:
    """Nothing sticks out, and axe-core finds nothing by day or night."""
    page.wait_for_load_state("networkidle")
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/boundaries-{name}-{page.viewport_size['width']}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert _by_day_and_night(page) == []


def upload(page, address: str, name: str, data: bytes) -> None:
    page.goto(f"{address}/map/boundaries/")
    page.set_input_files("#id_file", [{"name": name, "mimeType": "application/octet-stream", "buffer": data}])
    page.select_option("#id_datum", "cgcs2000")
    page.fill("#id_source", "县自然资源局")
    page.fill("#id_approval_number", "浙S（2018）16号")
    page.fill("#id_dated_on", "2018-06-30")
    page.click("text=上传并预览")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_boundaries_are_looked_at_put_in_force_and_taken_back(signed_in, address, size):
    page = signed_in("taskforce")
    page.set_viewport_size(size)

    upload(page, address, "townships.geojson", townships())
    page.wait_for_url("**/map/boundaries/*-*/")
    sound(page, "preview")
    assert page.locator(".boundary-drawing title").count() == 24  # the one of an unknown name is not drawn
    expect(page.locator("main")).to_contain_text("有 1 个面请确认是哪个区划。")

    page.locator("select[name^=area_]").select_option(label="磐石镇")
    if page.locator("#id_datum_checked").count():
        page.check("#id_datum_checked")
    page.fill("#id_from_on", "2018-07-01")
    page.click("text=启用这些边界")
    expect(page.locator("main")).to_contain_text("已启用 25 个区划的边界。")
    sound(page, "in-force")
    collection = page.request.get(f"{address}/api/v1/map/boundaries/?division=330382&zoom=9").json()
    assert len(collection["features"]) == 25

    page.click(".head >> text=所属乡镇与位置不符")
    expect(page.locator("main")).to_contain_text("按 25 个乡镇（街道）的边界核对了")
    sound(page, "mismatches")
    page.go_back()

    page.fill("#id_reason", "试用")
    page.click("text=撤回这些边界")
    expect(page.locator("main")).to_contain_text("已撤回。此前启用的边界重新有效。")
    assert page.request.get(f"{address}/api/v1/map/boundaries/?division=330382").json()["features"] == []


def test_file_that_is_refused_says_why_beside_what_was_declared(page, address):
    sign_in(page, address, "taskforce")
    page.set_viewport_size(PHONE)

    upload(page, address, "a.zip", zipped(shapefile_parts(gauss_krueger(120, 500_000)), prj=""))

    expect(page.locator("#errors")).to_contain_text("坐标是米，没有 .prj，横坐标也不带带号")
    expect(page.locator("#id_source")).to_have_value("县自然资源局")
    sound(page, "refused")


def test_file_over_the_limit_is_not_sent(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/map/boundaries/")
    page.evaluate("document.querySelector('form[data-most-mb]').dataset.mostMb = 0.001")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    page.set_input_files("#id_file", [{"name": "a.geojson", "mimeType": "application/json", "buffer": b"x" * 2000}])
    page.click("text=上传并预览")

    expect(page.locator("#too-large")).to_contain_text("没有上传")
    assert sent == []
