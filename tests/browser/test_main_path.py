"""The main job in a real browser: find it on the map, open its file, log a visit with photo and order, see the ledger."""

import io
import re

import pytest
from PIL import Image, ImageDraw

from tests.browser.server import DESKTOP, PHONE


def picture() -> bytes:
    drawn = Image.new("RGB", (640, 480), "#dde8da")
    ImageDraw.Draw(drawn).rectangle((100, 100, 540, 420), fill="#8a6d4b")
    encoded = io.BytesIO()
    drawn.save(encoded, "JPEG")
    return encoded.getvalue()


def test_visit_with_photo_and_order_reaches_the_ledger(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/rectifications/")
    open_before = int(page.locator(".figure b").first.inner_text())

    # Find an institution without problems on the map and open its file.
    page.goto(f"{address}/map/?division=330382108&standing=clear")
    page.wait_for_selector("#map-status[data-drawn]")
    page.locator("#list button").first.click()
    link = page.locator(".leaflet-popup-content a").first
    name = link.inner_text()
    link.click()
    page.wait_for_selector("h1")
    assert name in page.locator("h1").inner_text()

    # Log a visit: a finding, a photo, an order.
    page.click("text=登记走访")
    page.check("input[name=inspectors][value=inspector2]")
    page.check("input[name=findings][value=S02]")
    page.fill("input[name=note_S02]", "灭火器过期")
    page.set_input_files("#id_photos", {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.wait_for_selector("#thumbs img")
    page.check("#id_order")
    page.click("text=保存走访")
    page.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))
    assert page.locator(".thumbs img").count() == 1
    assert "灭火器过期" in page.locator("main").inner_text()

    # The ledger has one more, and it is this one.
    page.goto(f"{address}/rectifications/")
    assert int(page.locator(".figure b").first.inner_text()) == open_before + 1
    assert page.locator("table a", has_text=name).count() == 1


PAGES = ["/", "/institutions/", "/rectifications/", "/map/", "/statistics/", "/reports/", "/visits/new/"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("path", PAGES)
def test_page_fits_its_screen(signed_in, address, path, size):
    page = signed_in("supervisor" if path != "/visits/new/" else "inspector")
    page.set_viewport_size(size)

    page.goto(address + path)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.locator("h1").count() == 1


def test_language_switch_changes_the_page_and_keeps_its_place(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/statistics/?as_of=2018-12-31")

    page.click("text=English")

    assert page.url.endswith("/statistics/?as_of=2018-12-31")
    assert page.locator("html").get_attribute("lang") == "en"
