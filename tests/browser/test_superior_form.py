"""A superior's form: uploaded, bound by clicks, by keys and by its header words, saved, filled; on a screen and a phone."""

import io
import re

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.server import DESKTOP, PHONE
from tests.browser.test_accessibility import WCAG, _complaints
from tests.reports.superior.forms import city_form

SHEET = "table[data-sheet='汇总表']"


def cell(page, address: str):
    return page.locator(f"{SHEET} button[data-cell='{address}']")


def test_clerk_binds_the_form_of_the_city_and_takes_it_away_filled(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/reports/forms/")
    page.set_input_files("#id_file", {"name": "市表.xlsx", "mimeType": "application/zip", "buffer": city_form()})
    page.locator("main form button.primary").click()
    page.wait_for_selector(SHEET)

    # By a click: one township's cell, and those of the others in the same column.
    cell(page, "C6").click()
    page.fill("#choose-search", "排摸总数")
    page.locator("#choose-options button").first.click()
    expect(cell(page, "C6").locator(".figure-name")).to_contain_text("柳市镇 · 排摸总数")
    expect(cell(page, "C7").locator(".figure-name")).to_contain_text("北白象镇 · 排摸总数")

    # By the keyboard: to the next cell, its figure by what it is called, and back where one was.
    cell(page, "C6").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("存在问题")
    page.keyboard.press("Enter")
    expect(cell(page, "D6").locator(".figure-name")).to_contain_text("柳市镇 · 存在问题")
    expect(cell(page, "D6")).to_be_focused()

    # One is taken off again; the rest is proposed by the words of the header.
    cell(page, "C7").click()
    page.locator("#choose-remove").click()
    expect(cell(page, "C7").locator(".figure-name")).to_have_count(0)
    page.locator("#propose").click()
    expect(cell(page, "G7").locator(".figure-name")).to_contain_text("北白象镇 · 整改完成率")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert _complaints(page, WCAG) == []
    page.set_viewport_size(PHONE)
    cell(page, "C6").click()
    assert _complaints(page, WCAG) == []
    page.keyboard.press("Escape")
    page.set_viewport_size(DESKTOP)

    page.locator("#bindings button.primary").click()
    page.wait_for_selector("form[action*='/fill/']")
    page.fill("#id_as_of", "2018-12-31")
    with page.expect_download() as taken:
        page.locator("form[action*='/fill/'] button.primary").click()

    filled = load_workbook(io.BytesIO(taken.value.path().read_bytes()))["汇总表"]
    # A draft, or the report that another test has submitted.
    assert re.fullmatch(r"市表_截至2018-12-31_(草稿|第\d+版)\.xlsx", taken.value.suggested_filename)
    assert [filled[place].value for place in ("B6", "C6", "D6", "C9")] == ["柳市镇", 296, 252, "=SUM(C6:C8)"]
