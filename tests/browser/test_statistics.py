"""The statistics in a browser: a phone's lines that open, what is printed, the keyboard, and two days beside each other."""

import re

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.server import DESKTOP, PHONE
from tests.browser.waiting import wait_until

AS_OF = "division=330382&as_of=2018-12-31"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


def test_page_of_twenty_five_townships_is_read_on_a_phone(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/statistics/?{AS_OF}")

    assert page.evaluate("document.documentElement.scrollHeight") <= 4000
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    lines = page.locator("#parts .lines > details")
    assert lines.count() == 25
    assert not page.locator("#parts table.figures-table").is_visible()
    heights = lines.locator("summary").evaluate_all("(lines) => lines.map((line) => line.offsetHeight)")
    assert min(heights) >= 44 and max(heights) <= 46  # one line each, a finger high


def test_line_of_a_township_opens_by_keyboard_and_leads_to_its_lists(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/statistics/?{AS_OF}")
    line = page.locator("#parts .lines > details", has_text="柳市镇")

    assert re.sub(r"\s+", " ", line.locator("summary").inner_text()) == "22 柳市镇 未完成 19 完成率 92.46%"
    line.locator("summary").focus()
    page.keyboard.press("Enter")
    number = line.get_by_role("row", name="未完成").get_by_role("link")
    assert (number.inner_text(), number.bounding_box()["height"]) == ("19", 44)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "柳市镇"
    number.press("Enter")
    page.locator("h1").wait_for()
    assert "19" in page.locator("main").inner_text()
    assert "figure=outstanding" in page.url


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("asked", [f"{AS_OF}&compare=2018-09-30", "division=330382&as_of=2012-01-01"])
def test_axe_finds_nothing_of_two_days_and_of_nothing_with_all_that_opens_open(signed_in, address, size, scheme, asked):
    page = signed_in("supervisor")
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/statistics/?{asked}")

    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")

    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(each["id"], node["target"]) for each in found for node in each["nodes"][:3]] == []


def test_two_days_are_chosen_with_one_click_and_taken_away(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/statistics/?{AS_OF}")

    page.get_by_role("link", name="上月末").click()
    page.locator("#compared").wait_for()
    assert page.locator("#id_compare").input_value() == "2018-11-30"
    row = page.locator("#compared tr", has_text="已整改").first
    assert row.locator("td").all_inner_texts() == ["已整改", "1093", "1198", "+105"]
    page.get_by_role("link", name="不对比").click()
    page.wait_for_url(f"**/statistics/?{AS_OF}")
    assert page.locator("#compared").count() == 0


def test_earlier_day_is_typed_into_the_form(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/statistics/?{AS_OF}")

    page.fill("#id_compare", "2018-06-30")
    page.locator("#id_compare").press("Enter")
    page.locator("#compared").wait_for()

    assert page.locator("h1").inner_text() == "统计 温州市 › 乐清市 · 截至 2018-12-31 · 对比 2018-06-30"


@pytest.mark.parametrize("compare", ["", "&compare=2018-11-30"])
def test_paper_is_landscape_with_all_that_is_folded_and_heads_on_every_page(signed_in, address, compare):
    page = signed_in("supervisor")
    page.goto(f"{address}/statistics/?{AS_OF}{compare}")

    pages = list(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)))

    assert {tuple(map(round, each.get_size())) for each in pages} == {(842, 595)}
    texts = [re.sub(r"\s+", "", each.get_textpage().get_text_bounded()) for each in pages]
    of_townships = [text for text in texts if re.search("盐盆街道.*26|清江镇.*41|乐成街道.*175", text)]
    assert len(of_townships) > 1
    assert all("整改完成（其他）" in text and "名次" in text for text in of_townships)
    whole = "".join(texts)
    assert "2026-11版" in whole and "其后的名次跳过" in whole  # the definitions
    assert "2017-12-31" in whole  # the table of the months
    assert ("导出Excel" in whole, "对比日期（可空）" in whole) == (False, False)
    assert len(pages) <= (6 if not compare else 9)


def test_table_fits_the_paper(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size({"width": 1032, "height": 700})  # A4 landscape without its margins
    page.emulate_media(media="print")
    page.goto(f"{address}/statistics/?{AS_OF}&compare=2018-11-30")

    wide = page.locator("main table:visible").evaluate_all(
        "(all) => all.map((each) => each.getBoundingClientRect().right)"
    )
    assert len(wide) >= 4 and max(wide) <= 1032


def test_months_stand_beside_the_chart_on_a_desktop_and_fold_on_a_phone(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/statistics/?{AS_OF}")
    table = page.locator(".months table")

    page.set_viewport_size(DESKTOP)
    chart, beside = page.locator("#trend svg").bounding_box(), table.bounding_box()
    assert beside["x"] > chart["x"] + chart["width"] and abs(beside["y"] - chart["y"]) < 100
    page.set_viewport_size(PHONE)
    assert not table.is_visible()
    page.locator(".months summary").click()
    wait_until(page, "() => document.querySelector('.months table').checkVisibility()")


@pytest.mark.parametrize(
    ("scheme", "line", "overdue"),
    [("light", "rgb(0, 90, 140)", "rgb(179, 38, 30)"), ("dark", "rgb(124, 195, 240)", "rgb(255, 157, 148)")],
)
def test_charts_have_the_colours_of_day_and_night(signed_in, address, scheme, line, overdue):
    page = signed_in("supervisor")
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}/statistics/?{AS_OF}")

    assert page.evaluate("getComputedStyle(document.querySelector('#trend .line')).stroke") == line
    assert page.evaluate("getComputedStyle(document.querySelector('.bar-of .overdue')).fill") == overdue


def test_english_page_is_no_wider_than_the_screen(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/statistics/?{AS_OF}&compare=2018-11-30")
    page.click("text=English")
    page.wait_for_selector("html[lang=en]")

    widths = {}
    for width in (390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        widths[width] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == {width: width for width in widths}
