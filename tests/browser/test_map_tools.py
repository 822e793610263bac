"""Selecting, handing over, placing, printing and taking a picture of the map."""

import io
import re

import pypdfium2
import pytest
from openpyxl import load_workbook
from PIL import Image, ImageColor

from tests.browser.map_answers import answering, point, township
from tests.browser.server import DESKTOP
from tests.browser.test_map_view import DAY, in_view, wait_drawn
from tests.browser.waiting import wait_until

TOWN = "division=330382108&as_of=2018-12-31"


@pytest.fixture
def on_map(signed_in, address):
    def opened(query: str):
        page = signed_in("taskforce")
        page.set_viewport_size(DESKTOP)
        page.goto(f"{address}/map/?{query}")
        wait_drawn(page)
        return page

    return opened


def drag(page, *fractions: tuple[float, float]) -> None:
    """From one place of the map to another, as fractions of its width and height."""
    box = page.locator("#frame").bounding_box()
    (x1, y1), (x2, y2) = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in fractions]
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
    page.mouse.move(x2, y2)
    page.mouse.up()


def drag_by_finger(page, *fractions: tuple[float, float]) -> None:
    box = page.locator("#frame").bounding_box()
    points = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in fractions]
    devtools = page.context.new_cdp_session(page)
    for what, at in (("Start", points[:1]), *(("Move", [each]) for each in points[1:]), ("End", [])):
        devtools.send("Input.dispatchTouchEvent", {"type": f"touch{what}", "touchPoints": at})


def pan(page) -> None:
    page.evaluate("mapOfInstitutions.panBy([0, 20], { animate: false })")
    wait_drawn(page)


def unlocated(page) -> int:
    return int(page.locator("#unlocated-link").inner_text().split()[0])


def choose(page, how: str) -> None:
    page.click(".choose summary")
    page.click(f"#choose-{how}")


def test_all_on_screen_are_handed_over_on_a_sheet_and_as_a_workbook(on_map):
    page = on_map(f"{DAY}&standing=overdue")
    shown = in_view(page)

    choose(page, "screen")
    page.wait_for_selector("#selection:not([hidden])")
    assert page.locator("#selected").inner_text() == f"已选 {shown} 家"
    page.fill("#handover-due", "2100-01-31")
    page.fill("#handover-inspector", "巡查一")
    with page.context.expect_page() as opened:
        page.click("#selection button.primary")
    sheet = opened.value
    sheet.wait_for_selector("h1")

    assert sheet.locator("tbody tr").count() == shown
    assert "2100-01-31" in sheet.locator(".facts").inner_text()
    page.wait_for_timeout(1500)  # once.js
    with page.expect_download() as taken:
        page.click("#selection button[value=xlsx]")
    rows = list(load_workbook(io.BytesIO(taken.value.path().read_bytes())).active.iter_rows())
    assert len(rows) == shown + 1


def test_rectangle_drawn_on_the_map_selects_what_is_in_it(on_map):
    page = on_map(f"{DAY}&standing=overdue,open")
    shown = in_view(page)

    choose(page, "box")
    drag(page, (0.2, 0.55), (0.9, 0.9))
    page.wait_for_selector("#selection:not([hidden])")

    selected = int(re.search(r"\d+", page.locator("#selected").inner_text())[0])
    assert 0 < selected < shown
    assert page.locator("#selected-ids").input_value().count(",") == selected - 1
    page.click("#selection-clear")
    choose(page, "box")
    drag_by_finger(page, (0.2, 0.55), (0.5, 0.7), (0.9, 0.9))
    page.wait_for_selector("#selection:not([hidden])")
    assert page.locator("#selected").inner_text() == f"已选 {selected} 家"


def test_area_drawn_by_points_selects_what_is_in_it(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    corners = [(120.90, 28.00), (121.00, 28.00), (120.90, 28.10), (121.00, 28.10)]
    answering(page, lambda query: [point(number, *at, f"第{number}") for number, at in enumerate(corners)])
    page.goto(f"{address}/map/?at=120.95,28.05,12")
    wait_drawn(page)

    choose(page, "area")
    pixels = page.evaluate(
        "(ring) => ring.map(([x, y]) => { const p = mapOfInstitutions.latLngToContainerPoint([y, x]); return [p.x, p.y]; })",
        [[120.88, 27.99], [121.02, 27.98], [120.89, 28.13]],  # a triangle without the corner in the north-east
    )
    frame = page.locator(".leaflet-container").bounding_box()
    for x, y in pixels:
        page.mouse.click(frame["x"] + x, frame["y"] + y)
    page.keyboard.press("Enter")
    page.wait_for_selector("#selection:not([hidden])")

    assert page.locator("#selected-list li > div").evaluate_all("(rows) => rows.map((row) => row.firstChild.data)") == [
        "第0",
        "第1",
        "第2",
    ]


def test_too_many_are_not_selected_and_it_is_said(on_map):
    page = on_map(DAY)

    choose(page, "screen")
    wait_until(page, "document.getElementById('map-status').textContent.includes('一次至多交办 200 家')")

    assert not page.locator("#selection").is_visible()


def test_unlocated_institution_is_placed_by_a_click_and_taken_back(on_map):
    page = on_map(TOWN)
    before = unlocated(page)
    page.click("#unlocated summary")
    page.wait_for_selector("#unlocated-list button")
    name = page.locator("#unlocated-list a").first.inner_text()

    page.locator("#unlocated-list button").first.click()
    pan(page)
    assert f"点地图上“{name}”所在的位置" in page.locator("#map-status").inner_text()
    box = page.locator("#frame").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    wait_until(page, "(name) => document.getElementById('map-status').textContent.includes(`“${name}”已标注`)", name)

    assert unlocated(page) == before - 1
    pan(page)
    page.click("#map-status button")
    wait_until(page, "document.getElementById('map-status').textContent.includes('已撤销')")
    assert unlocated(page) == before


def test_placing_by_keyboard_is_at_the_cross_and_escape_leaves_it(on_map):
    page = on_map(TOWN)
    page.click("#unlocated summary")
    page.wait_for_selector("#unlocated-list button")

    page.locator("#unlocated-list button").first.click()
    assert page.locator(".cross").count() == 1
    page.keyboard.press("Escape")
    assert (page.locator(".cross").count(), page.locator("#map-status").inner_text()) == (0, "已取消。")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    page.locator("#unlocated-list button").first.click()
    page.keyboard.press("Enter")
    page.wait_for_selector("#map-status button")

    centre = page.evaluate("(() => { const c = mapOfInstitutions.getCenter(); return [c.lng, c.lat]; })()")
    assert [sent[0]["longitude"], sent[0]["latitude"]] == pytest.approx(centre, abs=2e-6)
    page.click("#map-status button")
    wait_until(page, "document.getElementById('map-status').textContent.includes('已撤销')")


def test_picture_is_a_png_with_the_marks_on_it(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    answering(page, lambda query: [point(1, 120.95, 28.05, "甲", "overdue"), point(2, 121.0, 28.1, "乙", "licensed")])
    page.goto(f"{address}/map/?at=120.97,28.07,12")
    wait_drawn(page)

    with page.expect_download() as taken:
        page.click("#png")

    picture = Image.open(io.BytesIO(taken.value.path().read_bytes()))
    colours = {colour for _number, colour in picture.convert("RGB").getcolors(1 << 24)}
    assert (picture.format, page.locator("#png").get_attribute("data-marks")) == ("PNG", "2")
    assert {(0xD5, 0x5E, 0x00), (0x00, 0x72, 0xB2)} <= colours


def printed(page, tmp_path) -> tuple[str, Image.Image]:
    """The only sheet of the print, read back: its text, and its picture."""
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    document = pypdfium2.PdfDocument(page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True))
    [sheet] = list(document)
    assert [round(side) for side in sheet.get_size()] == [842, 595]
    return re.sub(r"\s+", " ", sheet.get_textpage().get_text_range()), sheet.render(scale=2).to_pil().convert("RGB")


def pixels_like(picture: Image.Image, colour: str, within: int = 12) -> int:
    wanted = ImageColor.getrgb(colour)
    counted = picture.getcolors(1 << 24)
    return sum(
        number for number, found in counted if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < within
    )


def test_print_is_one_landscape_sheet_with_all_that_it_must_say(on_map, tmp_path):
    page = on_map(DAY)
    assert page.locator("#map-status").inner_text().endswith("，位置为现在登记的")
    said, picture = printed(page, tmp_path)

    for each in (
        "乐清市",
        "机构",
        "截至 2018年12月31日",
        "所知截至",
        "共 1495 家",
        "60 家未定位",
        "统计指标 排摸总数",
        "位置为现在登记的",
        "逾期",
        "未配置底图",
    ):
        assert each in said
    assert pixels_like(picture, "#d55e00") > 100


def test_print_of_a_tall_screen_is_white_beside_what_was_looked_at(signed_in, address, tmp_path):
    page = signed_in("taskforce")
    page.set_viewport_size({"width": 900, "height": 900})
    answering(page, lambda query: [point(1, 120.95, 28.05, "甲", "overdue")])
    page.goto(f"{address}/map/?at=120.95,28.05,12")
    wait_drawn(page)

    printed(page, tmp_path)

    side, middle = page.evaluate(
        """[10, 1040].map((x) => {
          const { data } = document.getElementById("sheet-map").getContext("2d").getImageData(x, 0, 20, 1170);
          return data.every((value) => value === 255);
        })"""
    )
    assert (side, middle) == (True, False)


def test_print_of_the_heat_has_its_colours_and_says_what_they_mean(on_map, tmp_path):
    said, picture = printed(on_map(f"{DAY}&layer=heat"), tmp_path)

    for each in ("乐清市 · 热力", "截至 2018年12月31日", "所知截至", "共 1495 家", "颜色越深，机构越密", "未配置底图"):
        assert each in said
    assert "已办证照" not in said  # none of its shapes is on the sheet
    assert min(pixels_like(picture, colour, 40) for colour in ("#fed976", "#fd8d3c", "#d7301f")) > 1000


def test_print_of_the_heat_of_some_says_of_which(on_map, tmp_path):
    said, _picture = printed(on_map(f"{DAY}&layer=heat&standing=overdue"), tmp_path)

    for each in ("颜色越深，机构越密", "共 23 家", "2 家未定位", "只含状态：逾期", "位置为现在登记的", "逾期 21"):
        assert each in said
    assert "已办证照" not in said


def test_print_of_the_changes_says_since_when(on_map, tmp_path):
    page = on_map(f"{DAY}&layer=change&change_since=2018-11-30")
    said, picture = printed(page, tmp_path)

    total = page.locator("#total").inner_text()
    for each in (
        "乐清市 · 变化",
        "截至 2018年12月31日",
        "所知截至",
        total,
        "自 2018-11-30 至 2018-12-31 状态有变的机构",
    ):
        assert each in said
    assert total != "共 1495 家"
    assert pixels_like(picture, "#0072b2") > 100  # 已办证照


@pytest.mark.parametrize("layer", ["heat", "change"])
def test_picture_of_a_layer_says_what_its_print_does(on_map, layer):
    page = on_map(f"{DAY}&layer={layer}")

    with page.expect_download() as taken:
        page.click("#png")

    picture = Image.open(io.BytesIO(taken.value.path().read_bytes())).convert("RGB")
    legend = picture.crop((0, picture.height - 112, picture.width, picture.height))
    colours = ("#fed976", "#fd8d3c", "#d7301f", "#7f0000") if layer == "heat" else ("#d55e00", "#0072b2")
    assert all(pixels_like(legend, colour) > 50 for colour in colours)


def test_symbols_say_the_rate_and_lead_below(signed_in, address):
    page = signed_in("taskforce")
    below = [township("330382108", "柳市镇", 120.9, 28.03, 0.5), township("330382109", "北白象镇", 120.85, 28.1, 1.0)]
    answering(page, lambda query: [point(1, 120.9, 28.03, "甲")], below)
    page.goto(f"{address}/map/?layer=townships&at=120.9,28.05,12")
    page.wait_for_selector(".symbol")

    assert sorted(page.locator(".disc").evaluate_all("(discs) => discs.map((disc) => disc.style.backgroundColor)")) == [
        "rgb(184, 67, 15)",
        "rgb(31, 111, 168)",
    ]
    page.locator(".symbol").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup-content a:focus")
    assert "division=3303821" in page.locator(".leaflet-popup-content a").get_attribute("href")
    names = page.locator(".place span:not([hidden])")
    assert any("%" in said for said in names.all_inner_texts())
    assert min(names.evaluate_all("(all) => all.map((each) => parseFloat(getComputedStyle(each).fontSize))")) >= 14
