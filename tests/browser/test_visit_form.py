"""What only a browser shows of the visit form and the ledger.

Photos are collected, what was typed survives until the visit is stored, a finger hits what it means, tables fit.
"""

import re

import pytest

from tests.browser.server import PHONE, sign_in
from tests.browser.test_main_path import picture
from tests.browser.waiting import wait_for


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


def test_draft_is_gone_once_its_visit_is_stored(form):
    form.fill("#id_note", "楼道堆放杂物")
    before = drafts(form)
    form.click("text=保存走访")
    form.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))

    assert [key.split(":")[:2] for key in before] == [["visit-draft", "inspector"]]
    wait_for(form, lambda: drafts(form) == [])


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


def test_focused_field_is_not_under_the_save_bar(form):
    form.emulate_media(reduced_motion="reduce")  # else the page is still scrolling
    bar = form.locator(".savebar").bounding_box()

    for box in form.locator("input[name=findings]").all():
        box.focus()
        place = box.bounding_box()
        assert place["y"] + place["height"] <= bar["y"]


def test_label_of_the_photos_shows_the_focus_of_its_input(form):
    form.focus("#id_photos")
    form.keyboard.press("Shift+Tab")
    form.keyboard.press("Tab")

    outline = form.locator("label[for=id_photos]").evaluate("(label) => getComputedStyle(label).outlineStyle")
    assert outline == "solid"


# --- The ledger on narrow screens


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_ledger_fits_every_width(signed_in, address, language):
    page = signed_in("taskforce")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])

    page.goto(f"{address}/rectifications/")

    for width in (320, 390, 576, 768, 801, 900, 1010, 1011, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


SMALL = """
() => [...document.querySelectorAll("main a.button, main button, .tabs a, main summary")]
  .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
  .map((each) => each.textContent.trim())
"""


@pytest.mark.parametrize("path", ["/", "/rectifications/", "/visits/new/", "first round", "first form"])
def test_finger_hits_every_button_and_row(signed_in, address, path):
    page = signed_in("inspector")
    page.set_viewport_size(PHONE)
    page.goto(address + {"first round": "/rectifications/", "first form": "/visits/new/"}.get(path, path))
    if path.startswith("first"):
        page.locator("table.cards .title a, .worklist a").first.click()
        page.wait_for_load_state()

    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize(("path", "row"), [("/rectifications/", "table.cards tbody tr"), ("/", ".worklist li")])
def test_row_opens_from_anywhere_on_it(signed_in, address, path, row):
    page = signed_in("taskforce")
    page.set_viewport_size(PHONE)
    page.goto(address + path)
    first = page.locator(row).first
    name = first.locator("a").first.inner_text()
    size = first.bounding_box()

    first.click(position={"x": size["width"] - 12, "y": size["height"] - 8})
    page.wait_for_url(re.compile(r"/rectifications/[0-9a-f-]{36}/$"))

    assert name in page.locator("h1").inner_text()


def test_notice_prints_on_one_upright_sheet(signed_in, address):
    page = signed_in("inspector")
    page.goto(f"{address}/rectifications/")
    page.locator("table.cards .title a").first.click()
    page.click("text=打印通知书")
    page.wait_for_selector("#print:not([hidden])")

    sheet = page.pdf(prefer_css_page_size=True)

    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet)
    assert [(round(float(width)), round(float(height))) for width, height in boxes] == [(595, 842)]  # A4 in points


def test_going_back_after_saving_does_not_refill_what_was_sent(form):
    form.fill("#id_note", "门口贴有招生广告")
    form.locator(".savebar .primary").click()
    form.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/"))

    form.go_back()

    assert form.input_value("#id_note") == ""


def test_second_click_while_the_first_is_on_its_way_sends_nothing(signed_in, address):
    page = signed_in("taskforce")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/institutions/new/")
    page.fill("#id_name", "点两次培训中心")
    page.select_option("#id_division", label="柳市镇")

    page.locator("main button.primary").dblclick()
    page.wait_for_url(re.compile(r"/institutions/[0-9a-f-]{36}/"))

    assert sent == [f"{address}/institutions/new/"]


def test_draft_does_not_change_the_kind_of_visit_a_button_asked_for(form):
    form.select_option("#id_purpose", "routine")
    form.fill("#id_note", "草稿")
    form.goto(f"{form.url}&purpose=recheck")

    assert (form.input_value("#id_note"), form.input_value("#id_purpose")) == ("草稿", "recheck")


def test_deadline_of_an_order_follows_what_is_ticked_and_the_day(form):
    said = form.locator("#usual-due")
    box = {
        severity: form.locator(f'input[name="findings"][data-severity="{severity}"]').first for severity in ("A", "C")
    }
    form.locator("#id_happened_at").fill("2018-12-28T10:00")

    assert said.inner_text().startswith("留空按最严重问题的常用期限")
    box["C"].check()
    assert said.inner_text() == "留空即按 C 类：2019-01-04"
    box["A"].check()
    assert said.inner_text() == "留空即按 A 类：2018-12-29"
    box["A"].uncheck()
    form.locator("#id_happened_at").fill("2018-12-29T10:00")
    form.locator("#id_happened_at").blur()
    assert said.inner_text() == "留空即按 C 类：2019-01-05"
