"""The visit form on a phone: photos are collected, and what was typed survives until the visit is stored."""

import re

import pytest

from tests.browser.server import PASSWORD, PHONE, sign_in
from tests.browser.test_main_path import picture


@pytest.fixture
def form(signed_in, address):
    """The visit form of the institution listed first, as the inspector."""
    return opened(signed_in("inspector"), address)


@pytest.fixture
def failing_form(page, address):
    """The same where the browser is expected to complain of an answer."""
    sign_in(page, address, "inspector")
    return opened(page, address)


def opened(page, address: str):
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/visits/new/")
    page.locator(".worklist a").first.click()
    page.wait_for_selector("#visit")
    return page


def choose(page, *names: str) -> None:
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": picture()} for name in names]
    page.set_input_files("#id_photos", files)


def chosen(page) -> list[str]:
    return page.evaluate("[...document.getElementById('id_photos').files].map((file) => file.name)")


def drafts(page) -> list[str]:
    return page.evaluate("Object.keys(localStorage)")


def test_second_choice_of_photos_adds_to_the_first(form):
    choose(form, "door.jpg")
    choose(form, "hall.jpg", "stairs.jpg")

    assert chosen(form) == ["door.jpg", "hall.jpg", "stairs.jpg"]
    assert form.locator("#thumbs img").count() == 3


def test_photo_is_taken_away_with_the_keyboard_and_the_focus_stays_there(form):
    choose(form, "door.jpg", "hall.jpg")
    button = form.get_by_role("button", name="去掉照片 door.jpg")
    size = button.bounding_box()

    button.focus()
    form.keyboard.press("Enter")
    assert chosen(form) == ["hall.jpg"]
    form.keyboard.press("Space")

    assert chosen(form) == []
    assert form.locator(":focus").get_attribute("id") == "id_photos"
    assert min(size["width"], size["height"]) >= 44


def test_draft_survives_a_save_without_network(failing_form):
    form, where = failing_form, failing_form.url
    form.fill("#id_note", "楼道堆放杂物")
    visit = form.input_value("#id_id")
    form.context.set_offline(True)
    with form.expect_event("requestfailed"):
        form.click("text=保存走访", no_wait_after=True)
    form.context.set_offline(False)

    form.goto(where)
    form.wait_for_selector("#draft:not([hidden])")

    assert form.input_value("#id_note") == "楼道堆放杂物"
    assert form.input_value("#id_id") == visit


def test_draft_survives_a_session_that_ended(form, address):
    where = form.url
    form.fill("#id_note", "楼道堆放杂物")
    form.context.clear_cookies(name="sessionid")
    form.click("text=保存走访")
    form.fill("#id_username", "inspector")
    form.fill("#id_password", PASSWORD)
    form.click("main button.primary")
    form.wait_for_selector("#draft:not([hidden])")

    assert form.url == where
    assert form.input_value("#id_note") == "楼道堆放杂物"


def test_draft_is_gone_once_its_visit_is_stored(form):
    form.fill("#id_note", "楼道堆放杂物")
    before = drafts(form)
    form.click("text=保存走访")
    form.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))

    assert [key.split(":")[:2] for key in before] == [["visit-draft", "inspector"]]
    assert drafts(form) == []


def test_receipt_of_another_visit_leaves_the_draft_alone(form, address):
    where = form.url
    form.click("text=保存走访")
    form.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))
    receipt = form.url
    form.goto(where)
    form.fill("#id_note", "第二次走访")

    form.goto(receipt)

    assert len(drafts(form)) == 1


def test_draft_of_another_user_is_not_shown(form, address):
    where = form.url
    form.fill("#id_note", "楼道堆放杂物")
    form.context.clear_cookies()
    sign_in(form, address, "taskforce")

    form.goto(where)

    assert form.input_value("#id_note") == ""
    assert form.locator("#draft").is_hidden()


def test_nobody_there_hides_what_needs_somebody_but_never_what_is_ticked(form):
    form.check("input[name=result][value=no_access]")
    assert form.locator("[data-needs-somebody]:visible").count() == 0

    form.check("input[name=result][value=inspected]")
    form.check("input[name=findings][value=S02]")
    form.check("input[name=result][value=no_access]")

    assert form.locator("[data-needs-somebody]:visible").count() == 1
    assert form.locator("input[name=findings][value=S02]").is_checked()


def test_error_leads_to_its_field(failing_form):
    form = failing_form
    for box in form.locator("input[name=inspectors]").all():
        box.uncheck()
    form.click("text=保存走访")

    form.click(".errors a")

    assert form.locator(":focus").get_attribute("id") == "id_inspectors"
