"""Plain http under a name of the intranet: no service worker, no position, no crypto.subtle. It works online."""

import pytest
from playwright.sync_api import expect

from tests.browser.field.phones import Phone
from tests.browser.field.serving import ELSEWHERE
from tests.browser.server import CHROMIUM


@pytest.fixture
def plain(browser_type, server):
    rules = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    browser = browser_type.launch(**CHROMIUM | {"args": [*CHROMIUM["args"], rules]})
    phone = Phone(browser, server, address=f"http://{ELSEWHERE}:{server.port}")
    phone.sign_in("inspector")
    phone.open()
    yield phone
    browser.close()
    assert phone.complaints == []


def test_visit_with_photo_and_a_pin_is_stored(plain):
    assert plain.page.evaluate("[isSecureContext, 'serviceWorker' in navigator, 'subtle' in crypto]") == [False] * 3
    visit = plain.begin()
    plain.photo()
    expect(plain.page.locator("#s-place")).to_contain_text("HTTPS")

    plain.page.click("#pin")
    plain.page.wait_for_selector(".pin-name")
    plain.page.click("#pin-here")
    expect(plain.page.locator("#s-place .sum")).to_contain_text("图上标点")
    plain.save()
    plain.says("stored")

    assert plain.on_server(visit) == (1, 1)


# Clicks as soon as the map stands, and waits until whatever the map still had in hand would have run.
AT_ONCE = """
async () => {
  document.querySelector("#pin").click();
  while (!document.querySelector(".pin-map.leaflet-container")) await new Promise(requestAnimationFrame);
  document.querySelector(".pin-map .leaflet-control-zoom-in").click();
  document.querySelector("#pin-here").click();
  await new Promise((then) => setTimeout(then, 400));
}
"""


def test_place_pinned_before_the_map_has_settled_leaves_no_error(plain):
    plain.begin()

    plain.page.evaluate(AT_ONCE)

    expect(plain.page.locator("#s-place .sum")).to_contain_text("图上标点")
    assert plain.complaints == []


def test_page_says_what_it_cannot_do_and_why(plain):
    plain.page.click("text=本机")

    expect(plain.page.locator(".able")).to_contain_text("没有使用 HTTPS")
