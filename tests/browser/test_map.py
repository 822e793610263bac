"""What people typed reaches the map as text, and every located institution is drawn."""

import pytest

HOSTILE = ['"><img src=x onerror=alert(1)>', "</script><script>alert(1)</script>", "`${alert(1)}`"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_text_on_the_map(signed_in, address, name):
    page = signed_in("taskforce")
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address}/institutions/new/")
    page.fill("#id_name", name)
    page.select_option("#id_division", "330382212")
    page.fill("#id_longitude", "120.98")
    page.fill("#id_latitude", "28.28")
    page.click("text=保存")
    page.wait_for_selector("h1")

    page.goto(f"{address}/map/?division=330382212")
    page.wait_for_selector("#map-status[data-drawn]")
    page.locator("#list button", has_text=name).click()
    page.wait_for_selector(".leaflet-popup-content a")

    assert page.locator(".leaflet-popup-content a", has_text=name).count() == 1
    assert alerts == []


def test_every_located_institution_is_drawn(signed_in, address):
    page = signed_in("supervisor")

    page.goto(f"{address}/map/?division=330382&as_of=2018-12-31&figure=surveyed")
    page.wait_for_selector("#map-status[data-drawn]")

    assert page.locator("#map-status").get_attribute("data-drawn") == "1435"  # 1495 less 60 without a position
    assert "60 家未定位" in page.locator("#map-counts").inner_text()
