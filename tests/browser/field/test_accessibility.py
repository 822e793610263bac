"""axe-core finds nothing in any state of the app, by day and night, no line is wider than the phone, and everything is
reached by the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.field.states import every_state
from tests.browser.test_accessibility import _by_day_and_night

WIDER = "document.documentElement.scrollWidth > innerWidth"
SMALL = """
[...document.querySelectorAll("main button, main a.button, nav a, .sheet button, .sheet a")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
  .map((each) => each.textContent.trim())
"""  # px: what a thumb hits

# What a finger can press and a keyboard cannot reach: the inputs of the camera have buttons of their own.
UNREACHED = """
[...document.querySelectorAll("button, a, input, select, textarea, summary, [role=application]")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.type !== "file" && each.ariaDisabled !== "true")
  .filter((each) => each.tabIndex < 0 || each.matches("a:not([href])"))
  .map((each) => each.outerHTML.slice(0, 100))
"""


@pytest.mark.parametrize("width", [390, 320])
def test_every_state_is_for_everybody(phone_of, width):
    phone = phone_of(size={"width": width, "height": 844}, service_workers="block")
    found = {}
    for name in every_state(phone):
        found[name] = _by_day_and_night(phone.page)
        found[name] += ["wider than the screen"] if phone.page.evaluate(WIDER) else []
        found[name] += [f"too small: {text}" for text in phone.page.evaluate(SMALL)]
        found[name] += [f"not by keyboard: {text}" for text in phone.page.evaluate(UNREACHED)]

    assert {name: said for name, said in found.items() if said} == {}


def test_visit_is_logged_by_the_keyboard_alone(phone):
    page = phone.page
    _press(page, "[data-filter=everything]")
    page.fill("#find", "")
    _press(page, ".card:not(:has(.standing.open, .standing.overdue)) [data-visit]")
    page.wait_for_selector("#save")
    visit = page.url.rpartition("/")[2]

    _press(page, "#s-result [data-value=inspected]")
    _press(page, "[data-group=S]")
    _press(page, "[data-code=S02] [data-value=problem]")
    _press(page, "[data-code=S02] .of-problem input", "灭火器过期")
    with page.expect_file_chooser():
        _press(page, "[data-key='photo:S02']")
    _press(page, "#pin")
    page.wait_for_selector(".pin-name")
    _press(page, "#pin-here")
    expect(page.locator("#s-place .sum")).to_contain_text("图上标点")
    _press(page, "#order-it", " ")
    _press(page, "#save")
    phone.says("stored")

    assert phone.on_server(visit) == (1, 0)


def _press(page, selector: str, key: str = "Enter") -> None:
    """Goes on by Tab until the first of these has the focus, and presses the key, or types the text."""
    wanted = page.locator(selector).first
    wanted.wait_for()
    for _ in range(300):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            break
    else:
        raise AssertionError(f"Tab does not come to {selector}")
    if len(key) > 1 and key != "Enter":
        page.keyboard.type(key)
    else:
        page.keyboard.press(key)
