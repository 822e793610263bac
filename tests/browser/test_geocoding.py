"""自动定位 from the page to the worker beside the server, and back: nobody reloads anything."""

import re

from playwright.sync_api import expect

from tests.browser.server import DESKTOP, PHONE


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_run_is_carried_out_beside_the_server_and_its_page_says_so_by_itself(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/map/")
    page.click("#map-counts >> text=自动定位")
    assert fits(page)

    page.fill("#id_limit", "3")
    page.click("text=开始定位")

    expect(page.locator("#run")).to_contain_text("已完成", timeout=60_000)
    expect(page.locator("#run")).to_contain_text("3 / 3 家")
    assert page.locator("progress").count() == 0
    expect(page.locator("tbody tr")).to_have_count(3)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert fits(page)

    page.locator("tbody a").first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"未定位\s+乡镇（街道）中心，误差约 \d+ 米"))
    assert page.locator(".place-map").count() == 0
