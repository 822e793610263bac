"""What only a browser shows: heads that stick, what is printed, colours by day and night, what stands beside what."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.server import DESKTOP, PHONE

AS_OF = "division=330382&as_of=2018-12-31"
TABLES = [f"/institutions/?{AS_OF}", f"/statistics/?{AS_OF}", f"/reports/?{AS_OF}"]


@pytest.mark.parametrize("width", [768, 1024, 1280])
@pytest.mark.parametrize("path", TABLES)
def test_head_of_a_table_stays_in_sight(signed_in, address, path, width):
    page = signed_in("supervisor")
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(address + path)

    table = page.locator(".scroll table").first
    table.locator("tbody tr").nth(18).scroll_into_view_if_needed()

    head = table.locator("th").nth(1)
    seen = "(th) => { const box = th.getBoundingClientRect(); return document.elementFromPoint(box.x + 5, box.y + 5) === th; }"
    assert head.evaluate(seen)


def test_printed_list_says_its_conditions(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/institutions/?{AS_OF}&licence_status=none&outcome=closed")

    page.emulate_media(media="print")

    assert page.locator(".asked li").all_inner_texts() == ["排摸时证照情况 无证无照", "整改结果 取缔（停办）"]
    assert "符合条件的机构" in page.locator("h1").inner_text()
    assert page.locator(".demonstration").is_visible()
    assert not page.locator(".sided aside").is_visible()


def test_link_beside_words_is_underlined(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/map/")

    lines = page.eval_on_selector_all(
        ".demonstration a, #map-counts a", "(links) => links.map((link) => getComputedStyle(link).textDecorationLine)"
    )
    assert lines == ["underline"] * 3


def test_code_is_read_in_the_dark(signed_in, address):
    page = signed_in("supervisor")
    page.emulate_media(color_scheme="dark")

    colours = page.evaluate("""() => {
      const code = document.querySelector("main").appendChild(document.createElement("code"));
      return [getComputedStyle(code).color, getComputedStyle(document.body).color];
    }""")
    assert colours[0] == colours[1]


def test_chart_of_the_trend_is_no_wider_than_it_is_read(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/statistics/trend/?{AS_OF}")

    assert page.locator("svg.chart").bounding_box()["width"] <= 704


def test_label_of_the_funnel_keeps_off_its_bar_in_english(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/statistics/?{AS_OF}")
    page.click("text=English")
    page.wait_for_selector("html[lang=en]")

    ends = page.eval_on_selector_all(
        "#funnel svg > text", "(labels) => labels.map((label) => label.getBBox().x + label.getBBox().width)"
    )
    bar = float(page.locator("#funnel rect").first.get_attribute("x"))
    assert (len(ends), max(ends) < bar - 4) == (3, True)


def test_line_of_the_annex_begins_with_the_township_and_opens(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/reports/?{AS_OF}")

    line = page.locator("#annex .lines > details").first
    name = line.locator("summary > *").first
    assert name.bounding_box()["x"] < line.locator("summary > *").last.bounding_box()["x"]
    assert page.locator("#annex > table").first.is_hidden()

    name.click()
    expect(line.locator("td").first).to_be_visible()


def test_bar_is_painted_in_the_middle_of_its_row(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/statistics/?{AS_OF}")

    cell = page.locator("#parts tbody td:has(svg)").first
    shot = Image.open(io.BytesIO(cell.screenshot())).convert("RGB")

    ground = shot.getpixel((20, 2))
    painted = [y for y in range(2, shot.height - 2) if shot.getpixel((20, y)) != ground]
    assert abs((painted[0] + painted[-1]) / 2 - shot.height / 2) <= 2


def test_page_of_the_interface_names_its_language(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/api/v1/docs/")

    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_printed_list_says_which_rows_it_has(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/institutions/?{AS_OF}&figure=outstanding")

    page.emulate_media(media="print")

    assert "1–50 / 72" in page.locator(".pages").inner_text()
    assert not page.locator(".pages a").first.is_visible()


def test_trend_in_english_is_no_wider_than_the_screen(signed_in, address):
    page = signed_in("supervisor")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/statistics/trend/?division=330382")
    page.click("text=English")
    page.wait_for_selector("html[lang=en]")

    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_name_with_words_beside_it_is_underlined(signed_in, address):
    page = signed_in("supervisor")
    page.goto(f"{address}/institutions/?division=330382&figure=surveyed")

    lines = page.eval_on_selector_all(
        "td.title:has(.soft) a", "(links) => links.map((link) => getComputedStyle(link).textDecorationLine)"
    )
    assert (len(lines) > 0, set(lines)) == (True, {"underline"})
