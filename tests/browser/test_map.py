"""What people typed reaches the map as text, and every located institution is drawn."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.map_answers import answering, point, square
from tests.browser.server import DESKTOP, sign_in

HOSTILE = ['"><img src=x onerror=alert(1)>', "</script><script>alert(1)</script>", "`${alert(1)}`"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_text_on_the_map(signed_in, address, name):
    page = signed_in("taskforce")
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}/institutions/new/")
    page.fill("#id_name", name)
    page.select_option("#id_division", "330382212")
    page.fill("#id_longitude", "120.98")
    page.fill("#id_latitude", "28.28")
    page.click("text=保存")
    page.wait_for_selector("h1")

    page.goto(f"{address}/map/?division=330382212")
    page.wait_for_selector("#map-status[data-drawn]")
    page.locator("#list button", has_text=name).click()
    page.wait_for_selector(".leaflet-popup-content a")

    assert page.locator(".leaflet-popup-content a", has_text=name).count() == 1
    assert alerts == []


def test_every_located_institution_is_drawn(signed_in, address):
    page = signed_in("supervisor")

    page.goto(f"{address}/map/?division=330382&as_of=2018-12-31&figure=surveyed")
    page.wait_for_selector("#map-status[data-drawn]")

    assert page.locator("#map-status").get_attribute("data-drawn") == "1435"  # 1495 less 60 without a position
    assert page.locator("#unlocated-link").inner_text() == "60 家未定位"
    numbers = page.locator(".ring b").all_inner_texts()
    assert sum(map(int, numbers)) + page.locator(".pin-icon").count() == 1435
    expect(page.locator("#in-view")).to_have_text("1435")  # the list beside it comes by itself


COVERED = """() => {
  const boxes = (chosen) => [...document.querySelectorAll(chosen)].map((each) => each.getBoundingClientRect());
  const meet = (a, b) => Math.min(a.right - b.left, b.right - a.left, a.bottom - b.top, b.bottom - a.top) > 1;
  const names = boxes(".place span:not([hidden])");
  return [names.length, names.filter((name) => boxes(".bubble, .pin-icon").some((other) => meet(name, other))).length];
}"""


@pytest.mark.parametrize("times", [0, 1, 2])
def test_names_of_townships_stand_beside_what_is_drawn(signed_in, address, times):
    page = signed_in("supervisor")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/map/?division=330382&as_of=2018-12-31")
    page.wait_for_selector("#map-status[data-drawn]")

    for _ in range(times):
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(500)  # it moves there

    names, covered = page.evaluate(COVERED)
    assert (names >= 5, covered) == (True, 0)


def test_nothing_covers_a_popup(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/map/?division=330382108")
    page.wait_for_selector("#map-status[data-drawn]")
    assert page.locator("#map-status").is_visible()

    page.locator("#list button").first.click()
    page.wait_for_selector(".leaflet-popup-content a")

    assert not page.locator("#map-status").is_visible()


def test_day_in_the_list_stays_on_one_line(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/map/?standing=open")
    page.wait_for_selector("#list .due")

    assert (
        page.evaluate(
            "Math.max(...[...document.querySelectorAll('#list .due')].map((due) => due.getClientRects().length))"
        )
        == 1
    )


def test_map_without_a_match_says_so_and_leads_back(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/map/?q=没有这样的")
    page.wait_for_selector("#map-status[data-drawn]")

    assert page.locator("#map-status").inner_text() == "没有符合条件的机构"
    assert not page.locator("#list").is_visible()
    page.click("text=清除全部条件")
    page.wait_for_url(f"{address}/map/")


def test_failed_fetch_is_said_on_the_page(page, address):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/api/v1/map/**", lambda route: route.fulfill(status=500, body="{}"))
    sign_in(page, address, "taskforce")

    page.goto(f"{address}/map/")
    page.wait_for_load_state("networkidle")

    assert (page.locator("#map-status").inner_text(), errors) == ("没有取到数据（500）。 重试", [])


def test_squares_are_drawn_until_one_is_close(signed_in, address):
    page = signed_in("taskforce")
    squares = [square(1, 120.96, 28.12, clear=3999, overdue=1), square(2, 121.06, 28.30, clear=2000)]

    def features(query):
        close = int(query["zoom"]) >= 15 and "bbox" in query if "zoom" in query else True
        return [point(1, 120.96, 28.12, "甲")] if close else squares

    asked = answering(page, features)
    page.goto(f"{address}/map/")
    page.wait_for_selector("#map-status[data-drawn='6000']")

    assert page.locator(".bubble b").all_inner_texts() == ["4000", "2000"]
    assert page.locator("#legend li[data-standing=clear] a").inner_text() == "5999"
    assert page.locator(".bubble").first.locator("svg").count() == 1  # the shape of the worst of its statuses
    while page.locator(".bubble").count():
        page.locator(".bubble").first.click()
        page.wait_for_timeout(400)
    page.wait_for_selector("#list button")
    assert page.locator("#list button").all_inner_texts() == ["甲"]
    assert re.search(r"bbox=120\.\d+,28\.\d+,12[01]\.\d+,28\.\d+&zoom=1\d", asked[-2] + asked[-1])


def test_several_at_one_point_open_as_a_list(signed_in, address):
    page = signed_in("taskforce")
    answering(page, lambda query: [point(number, 120.96, 28.12, name) for number, name in enumerate("甲乙丙")])
    page.goto(f"{address}/map/")
    page.wait_for_selector("#map-status[data-drawn='3']")

    page.locator(".bubble.stack").click()

    assert page.locator(".leaflet-popup-content li a").all_inner_texts() == ["甲", "乙", "丙"]
    assert page.locator(".leaflet-popup-content b").first.inner_text() == "这里有 3 家"


def test_map_of_one_place_draws_its_marker_and_township(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/map/?q=没有这样的")
    page.wait_for_selector("#map-status[data-drawn]")

    page.evaluate("""async () => {
      const frame = document.createElement("div");
      frame.className = "place-map";
      Object.assign(frame.dataset, {
        longitude: "120.90", latitude: "28.03", standing: "overdue",
        township: "柳市镇", townshipLongitude: "120.89", townshipLatitude: "28.04",
      });
      document.querySelector("main").prepend(frame);
      await import("/static/mapping/place.js");
    }""")

    assert page.locator(".place-map .pin-icon path").count() == 1
    assert page.locator(".place-map .place").inner_text() == "柳市镇"
    assert page.locator(".place-map [tabindex], .place-map a").count() == 0  # to look at: nothing in it takes the focus
