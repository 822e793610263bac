"""The map as a file: with the network off every marker is drawn, nothing is asked for, and names stay text."""

import pytest

from figures.drilldown import Drilldown
from mapping.standalone import made
from tests.browser.server import DESKTOP, PHONE
from tests.browser.test_accessibility import WCAG, _complaints
from tests.factories import institution, round_of
from tests.mapping.hostile import NAMES

AS_OF = "2018-12-31"


@pytest.fixture
def opened(browser, tmp_path, taskforce):
    """`opened(as_of=…)`: the file of 乐清市, opened from a folder with the network off; at the end nothing was asked
    for but the file, and nothing was said on the console."""
    asked, complaints, contexts = [], [], []

    def open_(viewport=DESKTOP, **conditions: str):
        question = Drilldown.from_query({"as_of": AS_OF} | conditions, taskforce)
        path = tmp_path / "地图 1.html"
        path.write_text(made(question, taskforce, by="甲")[0], encoding="utf-8")
        context = browser.new_context(offline=True, viewport=viewport)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url) if request.url != path.as_uri() else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(path.as_uri())
        page.wait_for_selector("#status[data-drawn]")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert (asked, complaints) == ([], [])


def spread(count: int) -> None:
    for number in range(count):
        school = institution(name=f"青竹教育{number}", position=(120.85 + number % 40 / 200, 28.0 + number // 40 / 200))
        if number % 5 == 0:
            round_of(school, "2018-05-01", due_on="2018-06-01")


@pytest.mark.parametrize("count", [10, 1495])
def test_every_marker_is_drawn_without_a_network(opened, count):
    spread(count)

    page = opened()

    assert page.locator(".pin-icon").count() == count
    assert page.locator("#list li").count() == count
    assert page.locator("#status").inner_text() == f"地图上有 {count} 家"
    assert page.locator(".pin-icon path[d='M2 2h14v14H2z']").count() == count // 5  # squares: overdue


def test_as_many_as_a_file_holds_are_drawn(opened, monkeypatch):
    spread(300)
    monkeypatch.setattr("mapping.standalone.MOST_POINTS", 300)

    assert opened(PHONE).locator(".pin-icon").count() == 300


def test_status_is_left_out_and_brought_back_by_the_legend(opened):
    spread(10)
    page = opened()

    page.locator("#legend li[data-standing=overdue] button").click()
    without = page.locator(".pin-icon").count()
    page.locator("#legend li[data-standing=overdue] button").press("Enter")

    assert (without, page.locator(".pin-icon").count()) == (8, 10)


def test_institution_is_found_and_opened_by_keyboard(opened):
    spread(30)
    page = opened()

    page.fill("#words", "青竹教育17")
    page.locator("#list button:visible").focus()
    page.keyboard.press("Enter")

    assert page.locator(".leaflet-popup-content b").inner_text() == "青竹教育17"
    assert [each.get_attribute("aria-label") for each in page.locator(".leaflet-container a[role=button]").all()] == [
        "关闭",
        "放大",
        "缩小",
    ]
    assert page.locator(".pin-icon").count() == 1


def test_several_at_one_place_are_listed_together(opened):
    for name in ("甲", "乙", "丙"):
        institution(name=name, position=(120.9, 28.03))
    page = opened()

    page.locator("#list button").first.click()

    assert page.locator(".leaflet-popup-content b").first.inner_text() == "这里有 3 家"
    assert sorted(page.locator(".leaflet-popup-content li b").all_inner_texts()) == ["丙", "乙", "甲"]


def test_hostile_names_are_shown_as_they_are(opened):
    for number, name in enumerate(NAMES):
        institution(name=name[:120], position=(120.9 + number / 1000, 28.03) if number % 2 else None)
    page = opened()

    for button in page.locator("#list button").all():
        button.click()
        assert page.locator(".leaflet-popup-content b").text_content() == button.text_content()

    shown = page.locator("#list button").all_text_contents()
    listed = [each.rsplit(" 柳市镇", 1)[0] for each in page.locator("details li").all_text_contents()]
    assert sorted(shown + listed) == sorted(NAMES)
    assert page.evaluate("typeof window.ran") == "undefined"
    assert page.locator("main script, main img, main iframe, main svg[onload]").count() == 0


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_file_keeps_nobody_out(opened, viewport):
    spread(10)
    institution()

    assert _complaints(opened(viewport), WCAG) == []
