"""The second factor in a real browser: enrolment, the second step of signing in, recovery codes, and giving it up."""

import time
from base64 import b32decode

import pytest
from django_otp.oath import TOTP

from tests.browser.server import DESKTOP, PASSWORD, PHONE
from tests.browser.test_accessibility import _by_day_and_night


def shown_by_the_app(secret: str) -> str:
    clock = TOTP(b32decode(secret))
    clock.time = time.time()
    return f"{clock.token():06d}"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_second_factor_from_enrolment_to_giving_it_up(signed_in, address, size):
    page = signed_in("taskforce2")
    page.set_viewport_size(size)
    page.click(".menu summary")
    found = {"menu": _by_day_and_night(page)}
    page.click(".menu a[href='/accounts/second-factor/']")
    picture = page.locator(".to-scan svg").bounding_box()
    assert 250 < picture["width"] == picture["height"] < size["width"]

    page.fill("#id_code", shown_by_the_app(page.locator("main code").inner_text().replace(" ", "")))
    page.click("main button.primary")
    page.wait_for_selector(".recovery-codes")
    codes = page.locator(".recovery-codes code").all_inner_texts()
    found["recovery codes"] = _by_day_and_night(page)
    page.click("main a.primary")
    page.wait_for_url(f"{address}/")

    page.click(".who form:last-child button")
    page.fill("#id_username", "taskforce2")
    page.fill("#id_password", PASSWORD)
    page.click("main button.primary")
    page.wait_for_selector("#id_code:focus")
    found["second step"] = _by_day_and_night(page)
    page.fill("#id_code", codes[0])
    page.click("main button.primary")
    page.wait_for_url(f"{address}/")

    page.goto(f"{address}/accounts/second-factor/")
    assert "尚余恢复码 9 个" in page.locator("main").inner_text()
    found["enrolled"] = _by_day_and_night(page)
    page.fill("#id_code", codes[1])
    page.click("button[name=remove]")
    page.wait_for_selector(".to-scan")

    assert len(codes) == 10
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_account_pages_fit_the_screen(signed_in, address, size):
    page = signed_in("taskforce2")
    page.set_viewport_size(size)

    for path in ("/accounts/password/", "/accounts/second-factor/"):
        page.goto(address + path)
        page.click(".menu summary")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
