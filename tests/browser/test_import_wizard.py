"""A dirty three-sheet workbook through the whole wizard: columns, a candidate, two cells, imported, taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.dirty_register import WRONG_LEARNERS, WRONG_PHONE, dirty_register
from tests.browser.server import DESKTOP, PHONE
from tests.browser.test_accessibility import _by_day_and_night

WORDS = {
    "zh": {
        "upload": "上传并预览", "columns": "查看、更正工作表和列", "save": "保存，重新预览", "same": "是同一家，按本行更改",
        "fixed": "已改", "confirm": "确认导入", "imported": "已导入", "undo": "整批撤销", "undone": "已撤销",
    },
    "en": {
        "upload": "Upload and preview", "columns": "See and correct sheets and columns", "save": "Save and preview again",
        "same": "the same institution, changed by this row", "fixed": "Corrected", "confirm": "Confirm import", "imported": "Imported",
        "undo": "Take the batch back", "undone": "Taken back",
    },
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sound(page) -> None:
    """Nothing sticks out, and axe-core finds nothing by day or night."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert _by_day_and_night(page) == []


def correct(page, address: str, value: str) -> None:
    """By the keyboard: Enter in the cell saves it."""
    cell = page.locator(f"[id='cell-{address}']")
    cell.fill(value)
    cell.press("Enter")
    expect(cell).to_have_count(0)  # among the errors no more


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_dirty_workbook_goes_through_the_wizard(signed_in, address, language, size):
    page, words = signed_in("taskforce"), WORDS[language]
    page.set_viewport_size(size)
    page.goto(f"{address}/institutions/?division=330382114")
    # Another one each time: what was decided of a row is not asked again.
    known = page.locator("tbody td.title a").nth(2 * (language == "en") + (size == PHONE)).inner_text()
    if language == "en":
        page.click("text=English")
    page.goto(f"{address}/institutions/import/")
    sound(page)

    page.set_input_files(
        "#id_file", [{"name": "register.xlsx", "mimeType": XLSX, "buffer": dirty_register(known, "柳市镇")}]
    )
    page.click(f"text={words['upload']}")
    page.wait_for_url("**/import/*-*-*/")
    file = page.url
    sound(page)

    page.click(f"text={words['columns']}")
    sound(page)
    places = page.locator("tr:has(input[value='场所说明']) select").all()
    assert places
    for column in places:
        column.select_option("operating_address")
    page.click(f"text={words['save']}")
    page.wait_for_url(file)
    expect(page.locator(".brief").first).to_contain_text("柳市镇前街")

    page.goto(f"{file}?kind=candidate")
    expect(page.locator("table.beside")).to_contain_text(known)
    sound(page)
    page.click(f"text={words['same']}")
    expect(page.locator("#rows .empty")).to_be_visible()

    page.goto(f"{file}?kind=error")
    sound(page)
    correct(page, WRONG_LEARNERS, "40")
    assert page.evaluate("document.activeElement.id") == f"cell-{WRONG_PHONE}"
    correct(page, WRONG_PHONE, "13800000202")

    page.goto(f"{file}?kind=fixed")
    expect(page.locator(".plan-row")).to_have_count(2)
    expect(page.locator(".was").first).to_contain_text(words["fixed"])
    sound(page)

    page.locator("button.primary", has_text=words["confirm"]).click()
    expect(page.locator("main")).to_contain_text(words["imported"])
    expect(page.locator("td.title a", has_text="青竹书画社")).to_be_visible()
    sound(page)

    page.click(f'summary:has-text("{words["undo"]}")')
    page.check("#id_undo-sure")
    page.locator("button.danger").click()
    expect(page.locator("h2", has_text=words["undone"])).to_be_visible()
    sound(page)
