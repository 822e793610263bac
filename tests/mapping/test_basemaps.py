"""Base maps by setting: tiles through a keeping proxy that asks nobody but the provider of the settings."""

import os
import time
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from django.core.checks import run_checks
from PIL import Image

from mapping import basemaps, tiles_kept
from mapping.tiles_page import BLANK
from tests.mapping.tile_server import picture, serving

RED, BLUE = picture((255, 0, 0, 255)), picture((0, 0, 255, 255))
TILE = "/map/tiles/xyz/14/13693/6846"


@pytest.fixture
def provider(settings, monkeypatch):
    """An XYZ provider that has one tile, red."""
    monkeypatch.setattr(tiles_kept, "_allowance", tiles_kept._Allowance())
    monkeypatch.setattr(tiles_kept, "_rests_until", {})
    with serving() as server:
        settings.BASEMAPS, settings.XYZ_URL, settings.XYZ_KEY = (
            ["xyz"],
            server.url + "/{z}/{x}/{y}.png?k={key}",
            "the-key",
        )
        settings.XYZ_NAME, settings.XYZ_DATUM, settings.XYZ_ATTRIBUTION = "县底图", "cgcs2000", "某某测绘院"
        settings.XYZ_APPROVAL_NUMBER = "浙S（2018）16号"
        server.says("/14/13693/6846.png", RED, ETag='"one"')
        yield server


def errors() -> list[str]:
    return [each.id for each in run_checks() if str(each.id).startswith("mapping.E01")]


def test_tile_is_asked_of_the_provider_once_and_kept(browse, inspector, provider):
    client = browse(inspector)

    first, again = client.get(TILE), client.get(TILE)

    assert (first.status_code, first.content, first["Content-Type"]) == (200, RED, "image/png")
    assert (again.content, len(provider.asked)) == (RED, 1)
    assert first["Cache-Control"] == "private, max-age=86400"
    assert client.get(TILE, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304


def test_provider_learns_nothing_of_who_asks(browse, inspector, provider):
    browse(inspector).get(TILE, HTTP_REFERER="http://testserver/institutions/1/", HTTP_X_FORWARDED_FOR="10.1.2.3")

    ((path, headers),) = provider.asked
    assert path == "/14/13693/6846.png?k=the-key"
    assert {name.lower() for name in headers} == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_key_is_in_no_page_and_no_path(browse, inspector, provider, settings):
    answer = browse(inspector).get(TILE)

    assert "the-key" not in str(basemaps.for_page()) + str(answer.headers)
    assert [path for path in Path(settings.DATA_DIR, "tiles").rglob("*") if "the-key" in str(path)] == []


def test_old_tile_is_asked_about_and_kept_on_when_it_has_not_changed(browse, inspector, provider, settings):
    settings.BASEMAP_CACHE_DAYS = 0
    client = browse(inspector)

    answers = [client.get(TILE).content, client.get(TILE).content]

    assert answers == [RED, RED]
    assert [headers.get("If-None-Match") for _path, headers in provider.asked] == [None, '"one"']


def test_old_tile_that_has_changed_is_replaced(browse, inspector, provider, settings):
    settings.BASEMAP_CACHE_DAYS = 0
    client = browse(inspector)
    client.get(TILE)

    provider.says("/14/13693/6846.png", BLUE, ETag='"two"')

    assert client.get(TILE).content == BLUE


def test_old_tile_is_shown_while_the_provider_fails(browse, inspector, provider, settings):
    settings.BASEMAP_CACHE_DAYS = 0
    client = browse(inspector)
    client.get(TILE)

    provider.says("/14/13693/6846.png", b"", status=500)

    assert client.get(TILE).content == RED
    assert basemaps.for_page()[0]["problem"] == "底图服务出错，暂以空白代替。"


def test_blank_tile_lets_the_ground_be_seen():
    assert Image.open(BytesIO(BLANK)).convert("RGBA").getpixel((0, 0))[3] == 0  # its alpha


@pytest.mark.parametrize(
    ("status", "kind", "content", "said"),
    [
        (500, "text/html", b"<h1>broken</h1>", "底图服务出错，暂以空白代替。"),
        (403, "text/html", b"no", "底图服务拒绝了请求，请系统管理员核对密钥和配额；暂以空白代替。"),
        (200, "text/html", b"<script>alert(1)</script>", "底图服务给的不是图片，请系统管理员核对地址和密钥；暂以空白代替。"),
        (200, "image/png", b"<script>alert(1)</script>", "底图服务给的不是图片，请系统管理员核对地址和密钥；暂以空白代替。"),
        (200, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "底图服务给的不是图片，请系统管理员核对地址和密钥；暂以空白代替。"),
        (200, "image/png", RED + b"\0" * (3 << 20), "底图服务给的不是图片，请系统管理员核对地址和密钥；暂以空白代替。"),
        (302, "text/html", b"", "底图服务出错，暂以空白代替。"),
    ],
)  # fmt: skip
def test_what_is_no_tile_is_blank_and_said_on_the_page(browse, inspector, provider, status, kind, content, said):
    moved = {"Location": provider.url + "/elsewhere.png"} if status == 302 else {}
    provider.says("/14/13693/6846.png", content, status, kind, **moved)
    provider.says("/elsewhere.png", RED)

    answer = browse(inspector).get(TILE)

    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, BLANK, "private, no-store")
    assert basemaps.for_page()[0]["problem"] == said
    assert [path for path, _headers in provider.asked] == ["/14/13693/6846.png?k=the-key"]  # a redirect is not followed


def test_provider_that_is_slow_is_given_up(browse, inspector, provider, settings):
    settings.BASEMAP_TIMEOUT_S, provider.delay = 0.2, 1.0

    answer = browse(inspector).get(TILE)

    assert (answer.content, basemaps.for_page()[0]["problem"]) == (BLANK, "底图服务没有按时答复，暂以空白代替。")


def test_provider_that_is_away_is_said(browse, inspector, provider, settings):
    settings.XYZ_URL = "http://127.0.0.1:1/{z}/{x}/{y}.png"

    assert browse(inspector).get(TILE).content == BLANK
    assert basemaps.for_page()[0]["problem"] == "连不上底图服务，暂以空白代替。"


def test_problem_is_said_for_minutes_only(browse, inspector, provider, settings):
    settings.XYZ_URL = "http://127.0.0.1:1/{z}/{x}/{y}.png"
    browse(inspector).get(TILE)
    long_ago = time.time() - 301

    os.utime(Path(settings.DATA_DIR, "tiles", "xyz.problem"), (long_ago, long_ago))

    assert basemaps.for_page()[0]["problem"] == ""


def test_provider_is_asked_so_often_and_no_more(browse, inspector, provider, settings):
    settings.BASEMAP_PER_SECOND = 0.001  # two at once, then one in a thousand seconds
    client = browse(inspector)

    statuses = [client.get(f"/map/tiles/xyz/14/13693/{y}").status_code for y in range(4)]

    assert (len(provider.asked), statuses) == (2, [200, 200, 503, 503])


@pytest.mark.parametrize(
    "path", ["xyz/19/0/0", "xyz/3/8/0", "xyz/3/0/8", "xyz/99999999999/0/0", "tianditu_vec/3/0/0", "none/3/0/0", "xyz/-1/0/0", "xyz/3/../0"]
)  # fmt: skip
def test_tile_that_is_none_is_absent_and_nobody_is_asked(browse, inspector, provider, path):
    assert browse(inspector).get(f"/map/tiles/{path}").status_code == 404
    assert provider.asked == []


def test_tiles_are_for_who_is_signed_in(client, db, provider):
    assert client.get(TILE).status_code == 302
    assert provider.asked == []


def test_names_of_tianditu_are_drawn_over_its_map_in_one_tile(browse, inspector, provider, settings):
    settings.BASEMAPS, settings.TIANDITU_URL, settings.TIANDITU_KEY = ["tianditu_vec"], provider.url, "tk"
    names = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    names.paste((0, 0, 255, 255), (100, 100, 120, 120))
    written = BytesIO()
    names.save(written, "PNG")
    provider.says("/vec_w/wmts", RED)
    provider.says("/cva_w/wmts", written.getvalue())

    answer = browse(inspector).get("/map/tiles/tianditu_vec/14/13693/6846")

    drawn = Image.open(BytesIO(answer.content)).convert("RGB")
    assert (drawn.getpixel((10, 10)), drawn.getpixel((110, 110))) == ((255, 0, 0), (0, 0, 255))
    asked = "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=cva&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=14&TILEROW=6846&TILECOL=13693&tk=tk"
    assert provider.asked[1][0] == f"/cva_w/wmts?{asked}"


def test_tiles_are_kept_within_a_bound_the_latest(settings):
    folder = Path(settings.DATA_DIR, "tiles", "xyz", "1", "0")
    folder.mkdir(parents=True)
    for number in range(10):
        (folder / f"{number}.tile").write_bytes(b"x" * 100)
        os.utime(folder / f"{number}.tile", (number, number))

    tiles_kept.trim(1000)
    all_there = len(list(folder.iterdir()))
    tiles_kept.trim(600)

    assert (all_there, sorted(path.stem for path in folder.iterdir())) == (10, ["5", "6", "7", "8", "9"])


def test_disk_that_takes_nothing_costs_only_the_keeping(browse, inspector, provider, settings):
    Path(settings.DATA_DIR, "tiles").write_text("a file where the folder should be")

    assert browse(inspector).get(TILE).content == RED


def test_page_gets_what_it_needs(provider):
    assert basemaps.for_page() == [
        {
            "key": "xyz", "name": "县底图", "url": "/map/tiles/xyz/{z}/{x}/{y}", "min_zoom": 0, "max_zoom": 18,
            "attribution": "某某测绘院 审图号：浙S（2018）16号", "approval_number": "浙S（2018）16号", "datum": "cgcs2000",
            "problem": "",
        }
    ]  # fmt: skip


def test_without_setting_there_is_no_base_map_and_nothing_to_complain_of(settings):
    assert (basemaps.for_page(), errors()) == ([], [])


@pytest.mark.parametrize(
    ("changed", "id"),
    [
        ({"BASEMAPS": ["amap"]}, "mapping.E010"),
        ({"XYZ_URL": "ftp://tiles.example/{z}/{x}/{y}"}, "mapping.E011"),
        ({"XYZ_URL": "https://tiles.example/{z}/{x}"}, "mapping.E011"),
        ({"XYZ_KEY": ""}, "mapping.E012"),
        ({"XYZ_APPROVAL_NUMBER": ""}, "mapping.E013"),
        ({"XYZ_ATTRIBUTION": ""}, "mapping.E013"),
        ({"XYZ_DATUM": "gcj02"}, "mapping.E014"),
        ({"XYZ_DATUM": ""}, "mapping.E014"),
        ({"XYZ_URL": "https://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}"}, "mapping.E015"),
        ({"BASEMAP_PER_SECOND": 0}, "mapping.E016"),
        ({"BASEMAPS": ["tianditu_img"], "TIANDITU_KEY": "k"}, "mapping.E013"),
        ({"BASEMAPS": ["tianditu_img"], "TIANDITU_APPROVAL_NUMBER": "GS（2018）1号"}, "mapping.E012"),
    ],
)
def test_setting_that_cannot_be_is_an_error_of_the_check(provider, settings, changed, id):
    assert errors() == []

    for name, value in changed.items():
        setattr(settings, name, value)

    assert errors() == [id]


def test_provider_that_does_not_answer_is_left_alone_for_a_while(browse, inspector, provider, settings):
    there, settings.XYZ_URL = settings.XYZ_URL, "http://127.0.0.1:9/{z}/{x}/{y}.png?k={key}"
    first = browse(inspector).get(TILE)
    settings.XYZ_URL = there

    second = browse(inspector).get(TILE)

    assert (first.content, second.content) == (BLANK, BLANK)
    assert provider.asked == []


def test_threads_of_the_server_do_not_all_wait_for_the_provider(browse, inspector, provider, monkeypatch):
    monkeypatch.setattr(tiles_kept, "_waiting", BoundedSemaphore(1))
    with tiles_kept._waiting:
        answer = browse(inspector).get(TILE)

    assert (answer.status_code, answer["Retry-After"], provider.asked) == (503, "1", [])
    assert basemaps.for_page()[0]["problem"] == ""  # not the provider's, and over in a second
