"""A hundred names that would be script to a careless page: text on the map, in the list, in the popup, on the sheet."""

import re

from tests.browser.map_answers import answering, point, township
from tests.browser.server import DESKTOP
from tests.browser.test_map_view import wait_drawn

WAYS = [
    "<img src=x onerror={}>", "</script><script>{}</script>", "<svg onload={}>", '"><b onmouseover={}>', "`${{{}}}`",
    "'-{}-'", "{{{{{}}}}}", "<iframe srcdoc='<script>parent.{}</script>'>", "javascript:{}", "<a href='javascript:{}'>x</a>",
]  # fmt: skip
NAMES = [way.format(f"alert({number})") + str(number) for number in range(10) for way in WAYS]


def test_a_hundred_hostile_names_are_text(signed_in, address):
    page = signed_in("taskforce")
    page.set_viewport_size(DESKTOP)
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    places = [(120.9 + n % 10 / 100, 28.0 + n // 10 / 100) for n in range(len(NAMES))]
    features = [point(n, *at, name) for n, (name, at) in enumerate(zip(NAMES, places, strict=True))]
    answering(page, lambda query: features, [township("330382001", NAMES[0], 120.95, 28.15, 0.5)])
    page.goto(f"{address}/map/")
    wait_drawn(page)

    assert page.locator(".pin-icon").count() == len(NAMES) == 100
    assert page.locator("#list button").all_inner_texts() == [re.sub(r"\s+", " ", name) for name in NAMES]
    for number, name in enumerate(NAMES):
        page.locator("#list button").nth(number).click()
        assert page.locator(".leaflet-popup-content a").first.inner_text() == name
    assert NAMES[0] in page.locator(".place span").all_inner_texts() + page.locator(".place span").all_text_contents()
    assert (alerts, page.locator("main img, main iframe, main svg[onload]").count()) == ([], 0)
