"""A list with many columns on a phone, in English: nothing of a card is cut off."""

from tests.browser.server import PHONE, sign_in

WIDE = "/institutions/?columns=name,standing,principal,due_on,credit_code,permit,permit_valid,registration,phone"


def test_nothing_of_a_card_is_cut_off(page, address):
    page.set_viewport_size(PHONE)
    sign_in(page, address, "taskforce")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": address}])
    page.goto(address + WIDE)

    cut = page.evaluate("[...document.querySelectorAll('.scroll')].map(box => box.scrollWidth - box.clientWidth)")

    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('main td')].map(e => e.getBoundingClientRect().right))"
    )
    assert right <= PHONE["width"], cut
