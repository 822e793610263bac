"""Pictures of phones through the form of the desk, and the frames they fill on the pages."""

import re

import pytest

from tests.browser.server import DESKTOP, PHONE
from tests.browser.waiting import wait_until
from tests.inspections import phone_pictures
from tests.inspections.phone_pictures import IN_COLOUR, IN_GREY

KINDS = [
    "jpeg that lies as 6", "jpeg with a gain map", "motion photo", "heic that lies as 6", "avif that lies as 8",
    "cmyk jpeg", "png of 16 bits", "webp", "grey png of 16 bits",
]  # fmt: skip
# Of each picture: pixels of the file that was fetched for each pixel of its frame, across and down.
FILLED = """
() => [...document.querySelectorAll("main .thumbs img, main .before-after img")].map((image) => {
  const [, edge] = image.currentSrc.match(/\\/(\\d+)\\/$/);
  const scale = Number(edge) / Math.max(image.naturalWidth, image.naturalHeight);
  return [image.naturalWidth * scale / image.clientWidth, image.naturalHeight * scale / image.clientHeight];
})
"""


@pytest.fixture
def stored(signed_in, address):
    """The page of a visit with a large picture of every kind, sent by the form."""
    page = signed_in("inspector")
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/visits/new/")
    page.locator(".worklist a").first.click()
    files = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": (IN_COLOUR | IN_GREY)[name]()} for name in KINDS
    ]
    files.append({"name": "200.jpg", "mimeType": "image/jpeg", "buffer": phone_pictures.large()})
    page.set_input_files("#id_photos", files)
    return page


def test_picture_the_browser_cannot_show_is_named_in_the_form(stored):
    unseen = stored.locator("#thumbs .unseen")
    unseen.first.wait_for()

    assert unseen.all_inner_texts()[0] == "heic that lies as 6.jpg\n这里显示不了，保存时照传"
    assert stored.locator("#thumbs li").count() == len(KINDS) + 1


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_every_picture_is_stored_and_fills_its_frame(stored, size):
    stored.click("text=保存走访")
    stored.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))
    visit = stored.url
    stored.set_viewport_size(size)
    pages = [visit, stored.locator("h1 a").first.get_attribute("href")]

    filled = []
    for path in pages:
        stored.goto(path if path.startswith("http") else f"{visit.partition('/visits/')[0]}{path}")
        pictures = stored.locator("main .thumbs img")
        for picture in pictures.all():
            picture.scroll_into_view_if_needed()
        wait_until(stored, "[...document.querySelectorAll('main .thumbs img')].every((each) => each.complete)")
        filled.append(stored.evaluate(FILLED))
        assert stored.evaluate("document.documentElement.scrollWidth") <= size["width"]

    assert len(filled[0]) == len(KINDS) + 1
    for across, down in sum(filled, []):
        assert 1 <= across <= 3
        assert 1 <= down <= 3


def test_original_is_saved_as_it_came(stored):
    stored.click("text=保存走访")
    stored.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))

    with stored.expect_download() as download:
        stored.locator("a", has_text="下载原图").nth(3).click()

    assert download.value.suggested_filename.endswith(".heic")
    assert download.value.path().read_bytes() == IN_COLOUR["heic that lies as 6"]()
