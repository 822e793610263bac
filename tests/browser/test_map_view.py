"""What is seen on the map is in its URL: moves, filters, day and layer; Back leads to what was seen before."""

import re

import pytest

from tests.browser.map_answers import answering, point
from tests.browser.server import DESKTOP
from tests.browser.waiting import wait_for, wait_until

DAY = "division=330382&as_of=2018-12-31&figure=surveyed"  # without what other tests have registered


@pytest.fixture
def on_map(signed_in, address):
    """`on_map("layer=heat")`: the page of the map when it has drawn."""

    def opened(query: str = "", user: str = "taskforce"):
        page = signed_in(user)
        page.set_viewport_size(DESKTOP)
        page.goto(f"{address}/map/?{DAY}&{query}")
        wait_drawn(page)
        return page

    return opened


def wait_drawn(page) -> None:
    page.wait_for_selector("#map-status[data-drawn]", state="attached")  # a popup hides it
    wait_until(page, "document.getElementById('frame').getAttribute('aria-busy') === 'false'")
    wait_until(page, "document.getElementById('list').getAttribute('aria-busy') === 'false'")


def in_view(page) -> int:
    return int(page.locator("#in-view").inner_text())


def query_of(page) -> dict[str, str]:
    return dict(re.findall(r"[?&](\w+)=([^&#]*)", page.url))


def test_back_from_a_file_leads_to_the_same_view(on_map):
    page = on_map()
    page.locator("#list button").first.click()
    page.wait_for_selector(".leaflet-popup-content a")
    wait_for(page, lambda: "opened" in query_of(page))
    wait_drawn(page)
    seen, url = in_view(page), page.url
    name = page.locator(".leaflet-popup-content a").first.inner_text()

    page.locator(".leaflet-popup-content a").first.click()
    page.wait_for_selector(".timeline")
    page.go_back()
    wait_drawn(page)

    assert (page.url, in_view(page)) == (url, seen)
    assert seen < 1435
    page.wait_for_selector(".leaflet-popup-content a")
    assert page.locator(".leaflet-popup-content a").first.inner_text() == name


def test_legend_filters_by_several_statuses_and_back_takes_one_away(on_map):
    page = on_map()
    numbers = {
        each.get_attribute("data-standing"): int(each.locator("a").inner_text())
        for each in page.locator("#legend li").all()
    }
    assert sum(numbers.values()) == 1435

    page.click("#legend li[data-standing=overdue] button")
    wait_until(page, "(n) => document.getElementById('in-view').textContent == n", numbers["overdue"])
    page.click("#legend li[data-standing=open] button")
    wait_until(page, "(n) => document.getElementById('in-view').textContent == n", numbers["overdue"] + numbers["open"])

    assert query_of(page)["standing"] == "overdue,open"
    assert page.locator("#legend button[aria-pressed=true]").count() == 2
    page.go_back()
    wait_until(page, "(n) => document.getElementById('in-view').textContent == n", numbers["overdue"])
    assert page.locator("#legend button[aria-pressed=true]").count() == 1
    page.click("#legend-all")
    wait_until(page, "document.getElementById('in-view').textContent == 1435")
    assert "standing" not in query_of(page)


def test_number_of_the_legend_opens_as_long_a_list(on_map):
    page = on_map()
    link = page.locator("#legend li[data-standing=overdue] a")
    number = link.inner_text()

    link.click()

    page.wait_for_selector("h1")
    assert f" {number} 家" in page.locator("h1").inner_text()


def test_month_is_slid_by_keyboard_and_back_leads_to_the_day_before(on_map):
    page = on_map()
    assert page.locator("#day").inner_text() == "2018年12月31日"

    page.focus("#month")
    page.keyboard.press("ArrowLeft")
    wait_until(page, "document.getElementById('day').textContent === '2018年11月30日'")
    wait_drawn(page)

    assert query_of(page)["as_of"] == "2018-11-30"
    assert page.locator("#as-of").input_value() == "2018-11-30"
    page.go_back()
    wait_until(page, "document.getElementById('day').textContent === '2018年12月31日'")
    assert query_of(page)["as_of"] == "2018-12-31"
    page.goto(page.url.replace("2018-12-31", "2018-12-15"))
    wait_drawn(page)
    page.click("#month-before")
    assert page.locator("#day").inner_text() == "2018年11月30日"


def test_months_are_played_without_filling_the_history(on_map):
    page = on_map()
    page.goto(page.url.replace("2018-12-31", "2018-08-31"))
    wait_drawn(page)
    long = page.evaluate("history.length")

    page.click("#play")
    wait_until(page, "document.getElementById('day').textContent >= '2018年10月'")
    page.click("#play")
    stopped = page.locator("#day").inner_text()
    page.wait_for_timeout(2500)

    assert page.locator("#day").inner_text() == stopped
    assert page.evaluate("history.length") == long + 1


def test_nothing_plays_for_who_wants_less_motion(on_map):
    page = on_map()

    page.emulate_media(reduced_motion="reduce")

    page.wait_for_selector("#play", state="hidden")
    page.click("#month-before")
    wait_until(page, "document.getElementById('day').textContent === '2018年11月30日'")


def test_view_of_the_url_is_shown(on_map):
    page = on_map("at=120.95,28.12,14.5")

    assert page.evaluate("[mapOfInstitutions.getZoom(), Math.round(mapOfInstitutions.getCenter().lat * 100)]") == [
        14.5,
        2812,
    ]


def test_moves_replace_and_fields_keep_what_the_legend_says(on_map):
    page = on_map()
    long = page.evaluate("history.length")

    page.click(".leaflet-control-zoom-in")
    wait_for(page, lambda: "at" in query_of(page))
    assert page.evaluate("history.length") == long
    page.click("#legend li[data-standing=overdue] button")
    page.fill("input[name=q]", "培训")
    page.click("form.map-filters .primary")
    wait_for(page, lambda: "q" in query_of(page))

    assert query_of(page)["standing"] == "overdue"


def test_nearest_are_listed_first_from_a_chosen_one(on_map):
    page = on_map("at=120.95,28.12,14")
    page.locator("#list button").nth(3).click()
    page.click(".leaflet-popup-content .nearby")
    page.wait_for_selector("#by-distance:not([hidden])")
    wait_drawn(page)

    away = page.locator("#list li small .due:last-child").all_inner_texts()

    metres = [float(said.split()[0]) * (1000 if "千" in said else 1) for said in away if said.endswith("米")]
    assert metres == sorted(metres)
    assert len(metres) > 3
    page.click("#by-distance")
    wait_for(page, lambda: "near" not in query_of(page))


@pytest.mark.parametrize("layer", ["townships", "heat", "change"])
def test_layer_is_kept_in_the_url_and_left_by_back(on_map, layer):
    page = on_map()

    page.check(f"#layers input[value={layer}]", force=True)
    wait_for(page, lambda: query_of(page).get("layer") == layer)
    wait_drawn(page)

    if layer == "townships":
        page.wait_for_selector(".symbol")
        assert page.locator(".symbol").count() == 25
        assert page.locator("#rates li").count() == 6  # five classes, and those without problems
    elif layer == "heat":
        page.wait_for_selector("canvas.heat")
        painted = "[...document.querySelector('canvas.heat').getContext('2d').getImageData(0, 0, 800, 600).data].some(Boolean)"
        assert page.evaluate(painted)
    else:
        assert 0 < in_view(page) < 1435
        assert "原为" in page.locator("#list").inner_text()
    page.go_back()
    wait_until(page, "document.getElementById('in-view').textContent == 1435")
    assert page.locator(".symbol, canvas.heat").count() == 0


def test_popup_takes_the_focus_and_gives_it_back(on_map):
    page = on_map("at=120.95,28.12,16")
    first = page.locator("#list button").first
    name = first.inner_text()

    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup-content a:focus")
    assert page.evaluate("document.activeElement.textContent") == name
    wait_drawn(page)
    page.keyboard.press("Escape")

    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate("document.activeElement.textContent") == name


def test_mark_is_opened_by_keyboard(on_map):
    page = on_map("at=120.95,28.12,16")

    page.locator(".pin-icon").first.focus()
    page.keyboard.press("Enter")

    page.wait_for_selector(".leaflet-popup-content a:focus")
    assert page.locator(".leaflet-popup-content a").first.inner_text() == page.evaluate(
        "document.activeElement.textContent"
    )


def shown_first(page) -> tuple[str, str]:
    """The institution that the popup begins with, and the one of the URL."""
    wait_for(page, lambda: page.locator(".leaflet-popup-content a").count() > 0)
    return page.locator(".leaflet-popup-content a").first.inner_text(), query_of(page)["opened"]


def test_opened_one_that_is_counted_in_a_ring_is_opened(signed_in, address):
    page = signed_in("taskforce")
    said = page.request.get(f"{address}/api/v1/map/list/?{DAY}&standing=closed&bbox=120,27,122,29&page_size=200").json()
    wanted = said["results"][-1]

    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/map/?{DAY}&opened={wanted['id']}")
    wait_drawn(page)

    assert page.locator(f"#list button[data-id='{wanted['id']}']").count() == 0  # nor is it in the list beside the map
    assert shown_first(page) == (wanted["name"], wanted["id"])
    there = page.evaluate(
        "([y, x]) => { const { x: left, y: top } = mapOfInstitutions.latLngToContainerPoint([y, x]);"
        "const tip = document.querySelector('.leaflet-popup-tip').getBoundingClientRect();"
        "const frame = mapOfInstitutions.getContainer().getBoundingClientRect();"
        "return [Math.abs(left + frame.x - tip.x - tip.width / 2), Math.abs(top + frame.y - tip.bottom)]; }",
        [wanted["latitude"], wanted["longitude"]],
    )
    assert max(there) < 20


def test_opened_one_out_of_question_opens_nothing(on_map):
    page = on_map("opened=00000000-0000-4000-8000-000000000001")
    wait_for(page, lambda: "opened" not in query_of(page))

    assert page.locator(".leaflet-popup").count() == 0
    assert "failed" not in (page.locator("#map-status").get_attribute("class") or "")


def test_opened_one_of_several_at_a_point_is_the_first_of_them(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    answering(page, lambda _query: [point(number, 120.95, 28.05, f"第{number}所") for number in (1, 2, 3)])
    second = "00000000-0000-4000-8000-000000000002"

    page.goto(f"{address}/map/?at=120.95,28.05,15&opened={second}")
    wait_drawn(page)

    assert shown_first(page) == ("第2所", second)
    assert page.locator(".leaflet-popup-content li").count() == 3


def test_marks_are_seen_before_the_view_has_come(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    held, released = [], []
    hold = re.compile(r"/api/v1/map/\?.*bbox=")
    page.route(hold, lambda route: route.continue_() if released else held.append(route))

    page.goto(f"{address}/map/?{DAY}")
    page.wait_for_selector(".leaflet-marker-pane > *", state="attached")
    wait_for(page, lambda: held)

    released.append(True)
    for route in held:
        route.continue_()
    wait_drawn(page)
    assert page.locator("#map-status").get_attribute("data-drawn") == "1435"


@pytest.mark.parametrize(
    "query", ["", "q=%E5%9F%B9%E8%AE%AD*~&standing=open", "at=120.95000,28.10000,13", "layer=heat"]
)
def test_what_is_asked_first_is_asked_once_and_while_the_modules_are_still_read(on_map, watched, query):
    asked = []
    watched.on("request", lambda request: asked.append(request.url.split("/")[-1]))

    on_map(query)

    [first] = [
        place for place, each in enumerate(asked) if each.startswith("?") and "zoom=" in each and "bbox=" not in each
    ]
    [last] = [place for place, each in enumerate(asked) if each.startswith("map.") and each.endswith(".js")]
    assert first < last
    assert "standing" not in asked[first]
