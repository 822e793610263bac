"""Every state of the app, one after the other: to be looked at, and for axe-core."""

import json
from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.field.phones import Phone

VISITS = "**/api/v1/visits/**"
ANSWERS = {
    "invalid": (422, {"code": "invalid", "message": "", "errors": {"happened_at": ["检查时间 2031-01-01 10:00 在收到时间之后，请核对手机时间。"]}}),
    "conflict": (409, {"code": "conflict", "message": "同一编号已有另一份内容。", "errors": {}}),
    "aside": (202, {"kept_aside": "登记已撤销", "missing_photos": [], "received_at": "2026-11-29T10:00:00+08:00"}),
}  # fmt: skip


def every_state(phone: Phone) -> Iterator[str]:
    yield from _list(phone)
    yield from _form(phone)
    yield from _afterwards(phone)
    yield from _refused(phone)
    page = phone.page
    page.click("text=本机")
    page.wait_for_selector(".able")
    yield "this phone"
    page.goto(f"{phone.address}/field/#/found")
    page.wait_for_selector("#found-name")
    yield "new institution"
    page.goto(f"{phone.address}/field/#/")
    phone.context.clear_cookies(name="sessionid")
    page.reload()
    page.wait_for_selector("#said a")
    yield "session ended"


def _list(phone: Phone) -> Iterator[str]:
    page = phone.page
    yield "list"
    page.fill("#find", "没有这样一家")
    page.wait_for_selector(".empty")
    yield "nothing found"
    page.fill("#find", "")
    page.locator("button", has_text="导航").first.click()
    page.wait_for_selector(".sheet[open]")
    yield "way there"
    page.click(".sheet .close")
    page.locator("button", has_text="拨打").first.click()
    page.wait_for_selector(".sheet a[href^='tel:']")
    yield "telephone"
    page.click(".sheet .close")
    page.locator("[data-filter=nearby]").click()
    page.wait_for_selector(".away")
    yield "nearby"
    page.locator("[data-filter=open]").click()


def _form(phone: Phone) -> Iterator[str]:
    page = phone.page
    page.locator(".card", has_text="整改中").first.locator("[data-visit]").click()
    page.wait_for_selector("#save")
    yield "form"
    page.click("#save")
    page.wait_for_selector("#form-said:not(:empty)")
    yield "form lacks something"
    page.click("#s-result [data-value=inspected]")
    page.locator("[data-finding] [data-value=right]").first.click()
    page.check("#submit-round")
    page.locator("#s-earlier .of-problem .answer").first.click()
    page.click("[data-group=S]")
    page.locator("[data-code]:not(:has(.was)) [data-value=problem]").first.click()  # a new one, not one of last time
    page.click("[data-key='fine:P']")
    page.check("#order-it")
    phone.photo()
    yield "form filled in"
    page.click("[data-slot]")
    page.wait_for_selector(".sheet[open]")
    yield "photo"
    page.click(".sheet .close")
    page.click("#pin")
    page.wait_for_selector(".pin-name")
    yield "pin"
    page.click("#pin-here")
    page.locator("#s-others > summary").click()
    yield "form unfolded"
    page.fill("#find-item", "消防")
    yield "item found"
    page.fill("#find-item", "")


def _afterwards(phone: Phone) -> Iterator[str]:
    page = phone.page
    phone.offline()
    phone.save()
    phone.says("waiting")
    yield "saved without network"
    page.click("text=我做的 >> nth=0")
    page.wait_for_selector("#done .card")
    yield "my visits"
    phone.offline(False)
    expect(page.locator("#done [data-state=stored]")).to_have_count(1)
    page.locator("#done a").first.click()
    page.wait_for_selector(".facts")
    yield "receipt"


def _refused(phone: Phone) -> Iterator[str]:
    page = phone.page
    for place, name in enumerate(ANSWERS, start=2):
        page.goto(f"{phone.address}/field/#/")
        page.locator("[data-filter=everything]").click()
        page.route(VISITS, _answering(*ANSWERS[name]))
        phone.begin(place)
        phone.save()
        phone.says(name)
        page.unroute(VISITS)
        yield name


def _answering(status: int, answer: dict):
    """Instead of the server."""

    def answered(route):
        told = answer | {"id": route.request.url.rstrip("/").rpartition("/")[2]}
        route.fulfill(status=status, content_type="application/json", body=json.dumps(told))

    return answered
