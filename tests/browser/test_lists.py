"""The lists people work in, in a browser: the way back, the rows beside, columns, keyboard, phone and paper."""

import pytest

from tests.browser.server import DESKTOP, PHONE
from tests.browser.waiting import wait_until

AS_OF = "division=330382&as_of=2018-12-31"
WIDE = "name,township,standing,licence_status,licence_now,principal,due_on,last_visit_on,address,credit_code,permit"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_file_leads_on_to_the_next_row_and_back_to_its_place_in_the_list(signed_in, address, size):
    page = signed_in("taskforce")
    page.set_viewport_size(size)
    asked = f"{address}/institutions/?{AS_OF}&figure=outstanding&sort=-due_on&page=2&page_size=25"
    page.goto(asked)
    names = page.locator("td.title > a").all_inner_texts()

    page.locator("td.title > a").nth(20).click()
    page.click("[data-way=next]")
    page.locator("h1").get_by_text(names[21]).wait_for()
    page.get_by_role("link", name="编辑", exact=True).click()
    page.go_back()
    page.click("[data-way=back]")
    page.wait_for_url(f"{asked}#r-*")

    row = page.locator("tr:target")
    assert row.locator("td.title > a").inner_text() == names[21]
    seen = "() => { const { top } = document.querySelector('tr:target').getBoundingClientRect(); return 0 <= top && top < innerHeight; }"
    wait_until(page, seen)


def test_first_row_has_none_before_it_and_the_last_none_after(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/rectifications/")
    ways = ["previous", "next"]

    page.locator("td.title > a").first.click()
    first = [page.locator(f"[data-way={way}]").is_visible() for way in ways]
    page.click("[data-way=back]")
    page.locator("tbody tr:last-child td.title > a").first.click()
    last = [page.locator(f"[data-way={way}]").is_visible() for way in ways]

    assert (first, last) == ([False, True], [True, False])


def test_list_of_somebody_else_in_this_tab_is_no_way_back(signed_in, watched, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/institutions/?{AS_OF}")
    file = page.locator("td.title > a").first.get_attribute("href")
    page.click("text=退出")
    page.wait_for_url("**/accounts/login/**")
    signed_in("supervisor")

    page.goto(address + file)

    assert not page.locator(".way-back").is_visible()


def test_columns_are_chosen_and_sorted_by_keyboard(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/institutions/?{AS_OF}")

    page.locator("details.columns summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("统一社会信用代码").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="应用").press("Enter")
    page.locator("th", has_text="统一社会信用代码").wait_for()
    page.locator("th a", has_text="最近检查").press("Enter")
    page.locator("th[aria-sort=ascending]", has_text="最近检查").wait_for()

    assert "credit_code" in page.url
    assert "sort=last_visit_on" in page.url


@pytest.mark.parametrize(
    "path", [f"/institutions/?columns={WIDE}", "/rectifications/?columns=name,number,inspectors,phone"]
)
def test_row_is_a_card_with_labels_on_a_phone(signed_in, address, path):
    page = signed_in("taskforce")
    page.set_viewport_size(PHONE)
    page.goto(address + path)

    cells = page.locator("tbody tr").first.locator("td:not(.title):not(:empty)")
    labels = cells.evaluate_all("(cells) => cells.map((cell) => getComputedStyle(cell, '::before').content)")
    assert labels
    assert [label for label in labels if label in ('""', "none")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_wide_table_scrolls_beside_its_names_and_not_the_page(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    page.goto(f"{address}/institutions/?columns={WIDE}")

    scroll = page.locator(".scroll")
    before = page.locator("td.title").first.bounding_box()["x"]
    scroll.evaluate("(section) => { section.scrollLeft = 300; section.scrollTop = 400; }")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("td.title").first.bounding_box()["x"] == before
    assert page.locator("th").nth(3).bounding_box()["y"] >= scroll.bounding_box()["y"] - 1


def test_printed_ledger_has_its_heads_on_every_page_and_nothing_to_press(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/rectifications/?state=verified&page_size=100&finding_type=L01")

    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.locator(".asked li").all_inner_texts() == ["问题 L01 无证无照办学"]
    for pressed in ("details.columns", "form[role=search]", ".pages form", ".pages .sizes", ".head .actions"):
        assert not page.locator(pressed).first.is_visible(), pressed
