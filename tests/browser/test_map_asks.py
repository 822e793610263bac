"""What the page of the map asks and where it leads follows what is looked at: links, layers, areas, the edge of the world."""

import re
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest

from institutions.moments import today
from tests.browser.map_answers import answering, point, rows_of, square, township
from tests.browser.server import DESKTOP
from tests.browser.test_map_tools import printed
from tests.browser.test_map_view import DAY, query_of, wait_drawn
from tests.browser.waiting import wait_for, wait_until

BELOW = [township("330382108", "柳市镇", 120.9, 28.03, 0.62), township("330382001", "乐成街道", 120.97, 28.12, 0.78)]
AREA = {
    "type": "Feature",
    "properties": {"code": "330382108", "name": "柳市镇", "approval_number": "浙S（2018）16号"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[120.8, 28], [120.9, 28], [120.9, 28.1], [120.8, 28.1], [120.8, 28]]],
    },
}


def saying(said, asked: list[str]):
    def answer(route) -> None:
        asked.append(route.request.url)
        route.fulfill(json=said)

    return answer


@pytest.fixture
def on_map(signed_in, address):
    """`on_map(features, "layer=heat")`: the page with made-up answers, and the list of what it asked."""

    def opened(features, query: str = "", also=()):
        page = signed_in("taskforce")
        page.set_viewport_size(DESKTOP)
        asked = answering(page, lambda _query: features, BELOW)
        for path, said in also:
            page.route(path, saying(said, asked))
        page.goto(f"{address}/map/?{DAY}&{query}")
        wait_drawn(page)
        return page, asked

    return opened


def test_file_wall_and_chips_ask_what_is_looked_at(on_map):
    page, _asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "licence_status=none")

    page.click("#legend li[data-standing=overdue] button")
    page.click("#month-before")
    wait_for(page, lambda: query_of(page)["as_of"] == "2018-11-30")

    for said in (page.get_by_role("link", name="下载离线地图").get_attribute("href"), page.input_value("#wall-asked")):
        assert ("standing=overdue" in said, "as_of=2018-11-30" in said, "licence_status=none" in said) == (True,) * 3
    chip = page.locator(".asked a").filter(has_text="×").first
    assert "as_of=2018-11-30" in chip.get_attribute("href")


def test_today_is_asked_for_by_no_day_and_turns_at_midnight(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    answering(page, lambda _query: [point(1, 120.9, 28.0, "绘声馆")], BELOW)
    page.goto(f"{address}/map/?division=330382&as_of={today()}")
    wait_drawn(page)
    for said in (page.input_value("#wall-asked"), page.get_attribute("a[data-more]", "href")):
        assert ("division=330382" in said, "as_of" in said) == (True, False)

    with page.expect_navigation():
        page.click("form.map-filters button.primary")
    wait_drawn(page)
    assert (query_of(page)["division"], "as_of" in query_of(page)) == ("330382", False)
    later = datetime.combine(today() + timedelta(days=1), time(0, 5), ZoneInfo("Asia/Shanghai"))
    date = {"Date": format_datetime(later.astimezone(UTC), True)}
    answering(page, lambda _query: [point(1, 120.9, 28.0, "绘声馆")], BELOW, date)
    page.evaluate("mapOfInstitutions.setZoom(13)")

    said = f"{later.year}年{later.month}月{later.day}日"
    wait_until(page, "(day) => document.getElementById('day').textContent === day", said)
    on = str(later.date())
    assert [page.input_value("#as-of"), page.get_attribute("#as-of", "max")] == [on, on]
    page.click("#month-before")
    wait_for(page, lambda: "as_of" in query_of(page))
    page.click("#month-after")
    wait_for(page, lambda: "as_of" not in query_of(page))


def test_boundaries_and_their_number_leave_with_their_layer_and_follow_the_zoom(on_map):
    boundaries = ("**/map/boundaries/**", {"type": "FeatureCollection", "features": [AREA]})
    page, asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "layer=townships&at=120.9,28.05,9", [boundaries])
    wait_until(page, "document.getElementById('approval').textContent === '审图号：浙S（2018）16号'")

    page.evaluate("mapOfInstitutions.setZoom(13)")
    wait_for(page, lambda: any("boundaries" in url and "zoom=13" in url for url in asked))
    page.locator("#layers label").filter(has_text="机构").click()
    wait_drawn(page)

    assert page.locator("#approval").inner_text() == ""
    assert page.locator(".leaflet-areas-pane path").count() == 0


def test_print_on_boundaries_has_their_number(on_map, tmp_path):
    boundaries = ("**/map/boundaries/**", {"type": "FeatureCollection", "features": [AREA]})
    page, _asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "layer=townships&at=120.9,28.05,11", [boundaries])
    wait_until(page, "document.getElementById('approval').textContent === '审图号：浙S（2018）16号'")

    said, _picture = printed(page, tmp_path)

    assert ("审图号：浙S（2018）16号" in said, "≥ 90%" in said, "截至 2018年12月31日" in said) == (True, True, True)


def test_layer_of_changes_goes_on_with_the_slider(on_map):
    page, asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "layer=change&change_since=2018-11-30")

    for month in ("2018-11-30", "2018-10-31"):
        page.click("#month-before")
        wait_for(page, lambda month=month: query_of(page)["as_of"] == month)
        wait_drawn(page)

    days = [dict(re.findall(r"[?&](as_of|change_since)=([^&]*)", url)) for url in asked if "change_since" in url]
    assert {(each["as_of"], each["change_since"]) for each in days} == {
        ("2018-12-31", "2018-11-30"), ("2018-11-30", "2018-10-31"), ("2018-10-31", "2018-09-30"),
    }  # fmt: skip
    assert page.input_value("#change-since") == "2018-09-30"
    numbers = page.locator("#total, #legend li > a")
    assert numbers.evaluate_all("(links) => links.filter((link) => link.hasAttribute('href')).length") == 0
    page.locator("#layers label").filter(has_text="机构").click()
    wait_drawn(page)
    assert numbers.evaluate_all("(links) => links.filter((link) => !link.hasAttribute('href')).length") == 0


def test_list_of_the_unlocated_is_of_what_changed_and_has_each_page_once(on_map):
    unlocated = ("**/map/unlocated/**", {"count": 60, "next": "x", "results": rows_of([point(1, 0, 0, "无处馆")])})
    page, asked = on_map([point(2, 120.9, 28.0, "绘声馆")], "layer=change&change_since=2018-11-30", [unlocated])

    page.evaluate("document.getElementById('unlocated').hidden = false")
    page.click("#unlocated summary")
    page.wait_for_selector("#unlocated-list li")
    page.evaluate("for (const _ of [1, 2]) document.getElementById('unlocated-more').click()")
    wait_for(page, lambda: any("after=x" in url for url in asked))
    page.wait_for_timeout(300)  # in which a second page would be appended

    assert {re.search(r"change_since=[^&]*", url)[0] for url in asked if "/unlocated/" in url} == {
        "change_since=2018-11-30"
    }
    assert page.locator("#unlocated-list li").count() == 2


def test_rates_of_all_stand_beside_the_number_of_all(on_map):
    page, asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "layer=townships&standing=overdue")

    assert [url for url in asked if "standing=overdue" in url] == []
    assert "standing" not in page.get_attribute("#total", "href")
    page.locator("#layers label").filter(has_text="机构").click()
    wait_for(page, lambda: any("bbox=" in url and "standing=overdue" in url for url in asked))


def test_late_answer_draws_nothing_in_another_layer(on_map):
    page, _asked = on_map([point(1, 120.9, 28.0, "绘声馆")])
    held = []

    def hold(path) -> None:
        held.clear()
        page.route(path, lambda route: held.append(route), times=1)

    def choose(layer: str, *, late: bool = False) -> None:
        page.locator("#layers label").filter(has_text=layer).click()
        if late:
            wait_for(page, lambda: held)

    def let_go() -> None:
        held[0].fallback()
        page.wait_for_timeout(300)  # in which it would be drawn

    hold("**/map/townships/**")
    choose("下级完成率", late=True)
    choose("机构")
    let_go()
    wait_drawn(page)
    assert page.locator(".symbol").count() == 0

    hold(re.compile(r"/api/v1/map/\?.*bbox="))
    choose("热力", late=True)
    heat = held[0]
    hold("**/map/townships/**")
    choose("下级完成率", late=True)
    heat.fallback()
    page.wait_for_timeout(300)
    let_go()
    wait_drawn(page)
    assert (page.locator("canvas.heat").count(), page.locator(".symbol").count()) == (0, 2)


def test_one_of_several_in_a_ring_is_opened_from_the_list_with_all_at_its_point(on_map):
    rows = rows_of([point(number, 120.9, 28.0, f"青竹教育{number}") for number in range(5)])
    pressing = ("**/map/list/**", {"count": 600, "next": None, "results": rows[:1]})
    there = (re.compile("/map/list/.*opened="), {"count": 5, "next": None, "results": rows})
    page, _asked = on_map([square(1, 120.9, 28.0, clear=599, overdue=1)], "at=120.9,28.0,12", [pressing, there])

    page.click("#list button")

    assert "这里有 5 家" in page.locator(".leaflet-popup-content").inner_text()
    assert page.locator(".leaflet-popup-content li a").count() == 5


def test_view_does_not_leave_the_world(on_map):
    page, asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "at=120.9,28.0,3")

    page.evaluate("mapOfInstitutions.setView([28, 300], 3)")
    wait_for(page, lambda: not query_of(page)["at"].startswith("120.9"))

    assert query_of(page)["at"] == "-60.00000,28.00000,3"
    boxes = [list(map(float, re.search(r"bbox=([^&]*)", url).group(1).split(","))) for url in asked if "bbox=" in url]
    assert all(west < east for west, _south, east, _north in boxes)
    page.reload()
    wait_drawn(page)


def test_many_at_one_point_are_counted_whole(on_map):
    rows = rows_of([point(number, 120.9, 28.0, f"青竹教育{number}") for number in range(50)])
    listed = ("**/map/list/**", {"count": 60, "next": "x", "results": rows})
    page, _asked = on_map([square(1, 120.9, 28.0, clear=60)], "at=120.9,28.0,18", [listed])

    page.locator(".bubble").click()
    said = page.locator(".leaflet-popup-content").inner_text()

    assert ("这里有 60 家" in said, "先列 50 家，其余请先筛选再看。" in said) == (True, True)


def test_area_too_wide_is_said_with_what_lies_around_it(on_map):
    row = rows_of([point(1, 120.5, 27.5, "远方馆")])
    listed = ("**/map/list/**", {"count": 6000, "next": "x", "results": row})
    page, _asked = on_map([point(1, 120.9, 28.0, "绘声馆")], "at=120.9,28.0,12", [listed])

    page.click(".choose summary")
    page.click("#choose-area")
    box = page.locator("#frame").bounding_box()
    for x, y in ((0.3, 0.3), (0.6, 0.3), (0.5, 0.6)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        page.wait_for_timeout(400)  # of two clicks at once Leaflet makes one
    page.keyboard.press("Enter")

    wait_until(page, "document.getElementById('map-status').textContent.includes('所圈范围太大，四周有 6000 家')")
