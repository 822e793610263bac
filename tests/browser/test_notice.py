"""A notice that was served is printed again: the same sheet to the byte, whatever happened since."""

import re
import uuid

from tests.browser.server import sign_in

# What Chromium writes into every PDF about the moment it was made.
OF_THE_MOMENT = re.compile(rb"/(CreationDate|ModDate) \([^)]*\)|/ID \[[^\]]*\]")


def printed(page, address: str, notice: str) -> tuple[bytes, str, bytes]:
    """The kept bytes by the API, the page as the browser has it, the PDF of its print."""
    kept = page.request.get(f"{address}/api/v1{notice}").body()
    page.goto(address + notice)
    page.wait_for_selector("#print:not([hidden])")
    return kept, page.content(), OF_THE_MOMENT.sub(b"", page.pdf(prefer_css_page_size=True))


def call(page, method: str, path: str, body: dict) -> dict:
    """Ask the API as who is signed in, from a page that has a form."""
    answer = page.evaluate(
        """async ([method, path, body]) => {
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
          const answer = await fetch(path, {method, headers, body: JSON.stringify(body)});
          return {status: answer.status, body: await answer.json()};
        }""",
        [method, path, body],
    )
    assert answer["status"] in (200, 201), answer
    return answer["body"]


def test_notice_printed_again_is_the_same_to_the_byte(signed_in, address):
    page = signed_in("taskforce")
    page.goto(f"{address}/rectifications/?state=open")
    page.locator("table .title > a").last.click()  # due last: ordered these days
    page.wait_for_selector("h1 a")
    round_ = page.url.removeprefix(address)
    school = page.locator("h1 a").get_attribute("href")
    notice = page.locator("a[href^='/notices/']").first.get_attribute("href")
    before = printed(page, address, notice)

    page.goto(f"{address}{school}edit/")
    page.fill("#id_name", "改了名字的培训中心")
    page.locator("main button.primary").first.click()
    page.wait_for_url(f"{address}{school}")
    page.goto(f"{address}{round_}")
    visit = {
        "institution": school.split("/")[2],
        "purpose": "routine",
        "result": "inspected",
        "happened_at": page.evaluate("new Date(Date.now() - 60000).toISOString()"),
        "findings": [{"type": "S02", "note": "又发现一处"}],
        "order": {},
    }
    call(page, "PUT", f"/api/v1/visits/{uuid.uuid4()}/", visit)

    def move(name: str, **given) -> None:
        page.goto(f"{address}{round_}")
        version = page.evaluate(f"fetch('/api/v1{round_}').then((answer) => answer.json())")["version"]
        call(page, "POST", f"/api/v1{round_}{name}/", {"version": version} | given)

    move("submit", outcome="closed")
    move("return", reason="缺照片")
    page.context.clear_cookies()
    sign_in(page, address, "supervisor")
    move("void", reason="开错")

    assert "改了名字的培训中心" in page.goto(f"{address}{round_}").text()
    assert [state for state in page.locator(".worklist small").all_inner_texts() if "已撤回" in state]
    after = printed(page, address, notice)
    assert [len(each) > 500 for each in before] == [True] * 3
    assert after == before
