"""A base map under the institutions: every tile comes, though the server fetches few at once, with its 审图号."""

import pytest

from tests.browser.server import DESKTOP, running_demonstration, sign_in
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


def test_all_tiles_of_a_screen_come_and_the_number_is_said(page, with_base):
    page.set_default_timeout(20_000)
    sign_in(page, with_base, "taskforce")
    page.set_viewport_size(DESKTOP)

    page.goto(f"{with_base}/map/?division=330382&as_of=2018-12-31&at=120.95,28.1,13")

    drawn = "[...document.querySelectorAll('.leaflet-tile')].filter((each) => each.naturalWidth === 256).length"
    wait_until(page, f"{drawn} >= 12 && {drawn} === document.querySelectorAll('.leaflet-tile').length")
    assert "浙S（2018）16号" in page.locator("#source").inner_text()
