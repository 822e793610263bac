"""axe-core finds nothing in any state of the app, by day and night, and no line is wider than the phone."""

import pytest

from tests.browser.field.states import every_state
from tests.browser.test_accessibility import _by_day_and_night

WIDER = "document.documentElement.scrollWidth > innerWidth"
SMALL = """
[...document.querySelectorAll("main button, main a.button, nav a, .sheet button, .sheet a")]
  .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
  .map((each) => each.textContent.trim())
"""  # px: what a thumb hits


@pytest.mark.parametrize("width", [390, 320])
def test_every_state_is_for_everybody(phone_of, width):
    phone = phone_of(size={"width": width, "height": 844}, service_workers="block")
    found = {}
    for name in every_state(phone):
        found[name] = _by_day_and_night(phone.page)
        found[name] += ["wider than the screen"] if phone.page.evaluate(WIDER) else []
        found[name] += [f"too small: {text}" for text in phone.page.evaluate(SMALL)]

    assert {name: said for name, said in found.items() if said} == {}
