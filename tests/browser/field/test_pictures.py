"""Pictures of phones through the app: made smaller and upright where the browser decodes them, else sent as they are;
also without a network, beside the page."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.field.phones import jpeg
from tests.inspections import phone_pictures
from tests.inspections.phone_pictures import CORNERS, IN_COLOUR

# What the server shows of a visit's photos, and whether the original is what was chosen.
SEEN = """
import json
from PIL import Image
from inspections.models import Photo
from inspections.photos import display_file, original_file
told = []
for photo in Photo.objects.filter(visit_id='{visit}', stored_at__isnull=False).order_by('slot'):
    shown = Image.open(display_file(photo.sha256))
    kept = original_file(photo.sha256).read_bytes()
    places = [(x, y) for y in (1, 3) for x in (1, 3)]
    corners = [shown.getpixel((shown.width * x // 4, shown.height * y // 4)) for x, y in places]
    told.append({{"sha256": photo.sha256, "size": shown.size, "corners": corners, "bytes": len(kept)}})
print(json.dumps(told))
"""
BESIDE_THE_PAGE = """
window.fromWorker = [];
const Known = window.Worker;
window.Worker = class extends Known {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => window.fromWorker.push(Object.keys(data).at(-1)));
    this.addEventListener("error", () => window.fromWorker.push("error"));
  }
};
"""


def seen(phone, visit: str) -> list[dict]:
    return json.loads(phone.server.run(SEEN.format(visit=visit)))


def choose(phone, *pictures: bytes, kind: str = "image/jpeg") -> None:
    there = phone.page.locator(".thumb").count()
    files = [{"name": f"{n}.jpg", "mimeType": kind, "buffer": data} for n, data in enumerate(pictures)]
    phone.page.set_input_files("#gallery", files)
    expect(phone.page.locator(".thumb")).to_have_count(there + len(pictures))
    expect(phone.page.locator(".thumb", has_text="正在处理")).to_have_count(0)


def is_the_scene(shown: dict) -> bool:
    pairs = zip(shown["corners"], CORNERS.values(), strict=True)
    return max(abs(one - other) for pair in pairs for one, other in zip(*pair, strict=True)) <= 16


def test_pictures_of_every_kind_come_to_the_server_upright(phone):
    """One of each orientation too large to be sent as it is; what Chromium decodes, and HEIC, which it does not."""
    laid = [phone_pictures.saved(phone_pictures.laid(number).resize(
        (3200, 2400) if number < 5 else (2400, 3200)), "JPEG", exif=phone_pictures.exif(number)) for number in range(1, 9)]  # fmt: skip
    names = ["jpeg with a gain map", "motion photo", "cmyk jpeg", "avif that lies as 6", "png of 16 bits", "heic that lies as 6"]  # fmt: skip
    visit = phone.begin()

    choose(phone, *laid, *(IN_COLOUR[name]() for name in names))
    phone.save()
    phone.says("stored")

    shown = seen(phone, visit)
    assert [each["size"] for each in shown] == [[1600, 1200]] * 8 + [[640, 480]] * len(names)
    assert [number for number, each in enumerate(shown) if not is_the_scene(each)] == []


def test_picture_the_phone_cannot_decode_is_sent_as_it_is(phone):
    heic = IN_COLOUR["heic that lies as 8"]()
    large = phone_pictures.large(12_000, 9_008)
    visit = phone.begin(1)

    choose(phone, heic, kind="image/heic")
    choose(phone, large)
    expect(phone.page.locator(".thumb", has_text="手机显示不了，原图照传")).to_have_count(2)
    phone.save()
    phone.says("stored")

    assert [each["bytes"] for each in seen(phone, visit)] == [len(heic), len(large)]


@pytest.mark.parametrize("no_picture", [b"%PDF-1.7", phone_pictures.VIDEO, b"\xff\xd8\xff\xe0 no more"])
def test_what_is_no_picture_is_said_at_once_and_not_kept(phone, no_picture):
    phone.begin(2)

    phone.page.set_input_files("#gallery", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": no_picture})

    expect(phone.page.locator("#s-photos [role=status]")).to_contain_text("“a.jpg”不是能识别的照片")
    expect(phone.page.locator(".thumb")).to_have_count(0)


def test_photo_is_made_smaller_beside_the_page_without_a_network(phone_of):
    """The worker's script comes from what is kept: neither the network nor the browser's own store is asked."""
    phone = phone_of(script=BESIDE_THE_PAGE)
    phone.wait_for_worker()
    phone.context.new_cdp_session(phone.page).send("Network.clearBrowserCache")
    phone.offline()
    phone.page.reload()
    phone.page.wait_for_selector("#age:not(:empty)")
    phone.begin(3)

    choose(phone, jpeg(4000, 3000))

    assert phone.page.evaluate("window.fromWorker") == ["here", "made"]
    expect(phone.page.locator(".thumb img")).to_have_count(1)


def test_notice_is_said_to_come_with_the_network_and_is_one_tap_away_then(phone):
    phone.begin(4)
    phone.page.click("[data-group=S]")
    phone.page.click("[data-code=S02] [data-value=problem]")
    phone.page.check("#order-it")
    phone.offline()

    phone.save()
    expect(phone.page.locator("#standing")).to_contain_text("整改通知书由服务器编号：上传后在这里打开、打印。")
    phone.offline(on=False)
    phone.says("stored")

    notice = phone.page.locator("#standing a", has_text="通知书（可打印）")
    expect(notice).to_have_count(1)
    phone.offline()
    expect(phone.page.locator("#standing .links a[href]")).to_have_count(0)
    expect(phone.page.locator("#standing")).to_contain_text("联网后可打开")
    phone.offline(on=False)
    expect(phone.page.locator("#standing .links a[href]").first).to_be_visible()
    notice.click()
    phone.page.wait_for_url("**/notice/")
    expect(phone.page.locator("main")).to_contain_text("通知书")
