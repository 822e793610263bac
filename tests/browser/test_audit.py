"""The auditor's pages, and the telephone that is shown on asking, in a real browser."""

import re

import pytest

from tests.browser.server import DESKTOP, PHONE, sign_in
from tests.browser.test_accessibility import _by_day_and_night

AUDITOR = ["/audit/", "/audit/?action=registry&since=2018-01-01", "/audit/?by=nobody", "/audit/verify/"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_the_pages_of_the_auditor(page, address, size):
    page.set_default_timeout(10_000)
    page.set_viewport_size(size)
    sign_in(page, address, "auditor")

    found = {}
    for path in AUDITOR:
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        found[path] = _by_day_and_night(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == size["width"], path

    assert {path: said for path, said in found.items() if said} == {}


def some_file(page, address: str) -> None:
    page.goto(f"{address}/institutions/")
    page.locator("tbody a").first.click()


def test_telephone_is_shown_in_its_place_and_dials(signed_in, address):
    page = signed_in("inspector")
    page.set_viewport_size(PHONE)
    some_file(page, address)
    at = page.url
    assert page.locator("a[href^='tel:']").count() == 0

    page.locator("form.reveal button").click()

    dialled = page.locator("a[href^='tel:']").first
    dialled.wait_for()
    assert re.fullmatch(r"[0-9]{7,12}", dialled.inner_text())
    assert dialled.get_attribute("href") == f"tel:{dialled.inner_text()}"
    assert dialled.evaluate("(link) => link === document.activeElement")
    assert (page.url, page.locator("form.reveal").count(), page.locator("main :text('****')").count()) == (at, 0, 0)


def test_telephone_is_shown_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    sign_in(page, address, "inspector")
    some_file(page, address)

    page.locator("form.reveal button").click()

    assert re.fullmatch(r"tel:[0-9]{7,12}", page.locator("a[href^='tel:']").first.get_attribute("href"))
    context.close()


def test_auditor_verifies_the_trail_and_reads_who_saw_a_telephone(browser, signed_in, address):
    asking = browser.new_context(viewport=DESKTOP).new_page()
    sign_in(asking, address, "taskforce")
    some_file(asking, address)
    name = asking.locator("h1").inner_text().split()[0]
    asking.locator("form.reveal button").click()
    asking.locator("a[href^='tel:']").first.wait_for()
    asking.context.close()

    page = signed_in("auditor")
    page.goto(f"{address}/audit/?action=personal_data.read&by=taskforce")
    assert name in page.locator("table.trail tbody tr").first.inner_text()
    page.goto(f"{address}/audit/verify/")
    page.locator("main button.primary").click()

    page.locator("main .notice.success").wait_for()
    assert "全部相符" in page.locator("main .notice.success").inner_text()


def test_folded_rows_are_printed_open(signed_in, address):
    page = signed_in("auditor")
    page.goto(f"{address}/audit/")
    folded = page.locator("table.trail td.changes").first
    folded.evaluate("(cell) => { cell.innerHTML = '<details><summary>7</summary><p>内容</p></details>'; }")
    shown = (
        "(words) => words.checkVisibility({ contentVisibilityAuto: true }) && words.getBoundingClientRect().height > 0"
    )

    on_screen = folded.locator("p").evaluate(shown)
    page.emulate_media(media="print")

    assert (on_screen, folded.locator("p").evaluate(shown)) == (False, True)
    assert page.locator(".sided aside").is_hidden()
