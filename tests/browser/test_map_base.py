"""A base map under the institutions: every tile comes, though the server fetches few at once, with its 审图号."""

import pytest
from PIL import Image

from tests.browser.server import DESKTOP, running_demonstration, sign_in
from tests.browser.test_map_tools import pixels_like, printed
from tests.browser.test_map_view import wait_drawn
from tests.browser.waiting import wait_until
from tests.mapping.tile_server import picture, serving


class Everywhere(dict):
    def get(self, _path, _otherwise=None):
        return 200, {"Content-Type": "image/png"}, picture((226, 236, 226, 255))


@pytest.fixture(scope="module")
def with_base():
    """The demonstration with a provider of tiles that takes its time."""
    with serving() as provider:
        provider.answers, provider.delay = Everywhere(), 0.1
        settings = {
            "BASEMAPS": "xyz", "XYZ_URL": f"{provider.url}/{{z}}/{{x}}/{{y}}.png", "XYZ_DATUM": "cgcs2000",
            "XYZ_ATTRIBUTION": "某某测绘院", "XYZ_APPROVAL_NUMBER": "浙S（2018）16号",
        }  # fmt: skip
        with running_demonstration(**settings) as bureau:
            yield bureau.address


@pytest.fixture
def on_base(page, with_base):
    """`on_base("layer=heat")`: the page of the map when all its tiles have come."""

    def opened(query: str = ""):
        page.set_default_timeout(20_000)
        sign_in(page, with_base, "taskforce")
        page.set_viewport_size(DESKTOP)
        page.goto(f"{with_base}/map/?division=330382&as_of=2018-12-31&figure=surveyed&at=120.95,28.1,13&{query}")
        drawn = "[...document.querySelectorAll('.leaflet-tile')].filter((each) => each.naturalWidth === 256).length"
        wait_until(page, f"{drawn} >= 12 && {drawn} === document.querySelectorAll('.leaflet-tile').length")
        wait_drawn(page)
        return page

    return opened


def test_all_tiles_of_a_screen_come_and_the_number_is_said(on_base):
    assert "浙S（2018）16号" in on_base().locator("#source").inner_text()


@pytest.mark.parametrize("layer", ["heat", "change"])
def test_number_of_the_base_map_is_on_the_print_of_every_layer(on_base, tmp_path, layer):
    said, picture = printed(on_base(f"layer={layer}"), tmp_path)

    assert "底图：某某测绘院" in said
    assert "浙S（2018）16号" in said
    assert pixels_like(picture, "#e2ece2", 3) > 100_000


def test_picture_has_a_line_for_the_base_map_whatever_the_legend_takes(on_base):
    page = on_base()
    names = page.locator("#legend button span:last-child")
    names.evaluate_all("(all) => all.forEach((each) => { each.textContent += '很长的名称'.repeat(5); })")

    with page.expect_download() as taken:
        page.click("#png")

    picture = Image.open(taken.value.path()).convert("L")
    line = picture.crop((0, picture.height - 50, picture.width, picture.height))
    assert sum(line.histogram()[:160]) > 200  # written on
