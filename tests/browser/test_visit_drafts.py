"""The session ends or the network drops in mid-form: text and photos come back, and 今日 says that a draft waits."""

import re

import pytest

from tests.browser.server import PASSWORD, sign_in
from tests.browser.test_visit_form import choose, chosen, drafts, opened
from tests.browser.waiting import wait_until

RECEIPT = re.compile(r"/visits/[0-9a-f-]{36}/$")


@pytest.fixture
def form(page, address):
    """The visit form with a text and two photos, as the inspector; the browser may complain of what fails."""
    page.set_default_timeout(10_000)
    sign_in(page, address, "inspector")
    opened(page, address)
    page.fill("#id_note", "楼道堆放杂物")
    choose(page, "door.jpg", "hall.jpg")
    _wait_for_photos(page)
    return page


# Whether this device keeps so many photos, of whichever draft.
KEPT = """
(count) => new Promise((resolve) => {
  const asked = indexedDB.open("visit-drafts", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("photos");
  asked.onsuccess = () => {
    const all = asked.result.transaction("photos").objectStore("photos").getAll();
    all.onsuccess = () => { asked.result.close(); resolve(all.result.flat().length === count); };
  };
})
"""


def _wait_for_photos(page, count: int = 2) -> None:
    wait_until(page, KEPT, arg=count)


def save(page) -> None:
    page.click(".savebar .primary", no_wait_after=True)


def is_back(page) -> bool:
    page.wait_for_selector("#draft:not([hidden])")
    wait_until(page, "document.getElementById('id_photos').files.length === 2")
    return (page.input_value("#id_note"), chosen(page)) == ("楼道堆放杂物", ["door.jpg", "hall.jpg"])


def test_text_and_photos_are_back_after_a_session_that_ended(form):
    where, visit = form.url, form.input_value("#id_id")
    form.context.clear_cookies(name="sessionid")

    save(form)
    form.fill("#id_username", "inspector")
    form.fill("#id_password", PASSWORD)
    form.click("main button.primary")

    assert is_back(form)
    assert (form.url, form.input_value("#id_id")) == (where, visit)


def test_what_came_back_is_stored_with_its_photos_and_the_draft_is_gone(form):
    form.reload()
    assert is_back(form)

    save(form)
    form.wait_for_url(RECEIPT)

    assert form.locator(".thumbs img").count() == 2
    assert "楼道堆放杂物" in form.inner_text("main")
    _wait_for_photos(form, 0)
    assert drafts(form) == []


def test_save_without_network_says_so_and_loses_nothing(form):
    form.context.set_offline(True)

    save(form)
    form.wait_for_selector("#draft-offline:not([hidden])")
    assert (form.input_value("#id_note"), len(chosen(form))) == ("楼道堆放杂物", 2)
    form.context.set_offline(False)
    form.wait_for_selector("#draft-offline", state="hidden")
    save(form)
    form.wait_for_url(RECEIPT)

    assert form.locator(".thumbs img").count() == 2


def test_text_and_photos_are_back_after_a_line_that_broke_on_the_way(form):
    """The browser believes that it is online; what it sends arrives nowhere."""
    where = form.url
    form.route("**/visits/new/**", lambda route: route.abort())
    with form.expect_event("requestfailed"):
        save(form)
    form.unroute("**/visits/new/**")

    form.goto(where)

    assert is_back(form)


def test_photos_are_still_in_the_draft_after_a_form_that_came_back(form):
    """The server has them then, and the page sends them by name; who signs in again needs them all the same."""
    where = form.url
    form.fill("#id_happened_at", "2031-01-01T10:00")
    save(form)
    form.wait_for_selector(".errors")
    choose(form, "stairs.jpg")
    _wait_for_photos(form, 3)

    form.goto(where)
    wait_until(form, "document.getElementById('id_photos').files.length === 3")

    assert chosen(form) == ["door.jpg", "hall.jpg", "stairs.jpg"]


def test_today_lists_the_draft_with_a_link_to_it(form, address):
    name = form.locator("h1 .soft").inner_text()

    form.goto(f"{address}/")
    form.wait_for_selector("#drafts:not([hidden]) small")
    listed = form.locator("#drafts li")
    assert listed.count() == 1
    assert name in listed.inner_text()
    assert "照片 2" in listed.inner_text()
    listed.locator("a").click()

    assert is_back(form)


def test_next_person_at_the_device_sees_neither_draft_nor_photos(form, address):
    where = form.url
    form.context.clear_cookies()
    sign_in(form, address, "taskforce")

    assert form.locator("#drafts").is_hidden()
    form.goto(where)
    form.wait_for_load_state("networkidle")
    assert (form.input_value("#id_note"), chosen(form)) == ("", [])
    form.context.clear_cookies()
    sign_in(form, address, "inspector")
    form.goto(where)
    assert is_back(form)


def test_draft_that_is_thrown_away_takes_its_photos_along(form, address):
    form.reload()
    form.wait_for_selector("#draft:not([hidden])")

    form.click("#draft-drop")
    form.wait_for_selector("#draft", state="hidden")

    _wait_for_photos(form, 0)
    form.goto(f"{address}/")
    assert form.locator("#drafts").is_hidden()


# --- Colleagues


def test_colleague_is_searched_for_and_named(form):
    form.fill("#id_more_inspectors", "taskforce2")
    box = form.locator("#colleagues input[value=taskforce2]")
    box.check()
    save(form)
    form.wait_for_url(RECEIPT)

    assert form.locator("dt:has-text('检查人员') + dd").inner_text().count("、") == 1
