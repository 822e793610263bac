"""疑点 in a browser: beside photos that stand large, before beside after, in the file and in the ledger."""

import io
import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from inspections.photos import sha256_of
from tests.browser.server import DESKTOP, PHONE
from tests.browser.test_accessibility import _by_day_and_night

DAY_BEFORE = timedelta(days=1)


def classroom(seed: int) -> bytes:
    """A picture with shapes in it, as wide as a phone shrinks one."""
    chance, picture = random.Random(seed), Image.new("RGB", (1600, 1200), "#c9b79c")
    pen = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y, width, height = (chance.randrange(most) for most in (1400, 1000, 500, 400))
        pen.rectangle([x, y, x + width, y + height], fill=tuple(chance.randrange(256) for _ in range(3)))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def put(page, address: str, path: str, data, **headers) -> dict:
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    headers |= {"X-CSRFToken": token, "Referer": f"{address}/"}
    answer = page.request.put(f"{address}/api/v1/{path}", data=data, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def visit(
    page, address: str, school: str, happened_at: datetime, pictures: list[tuple[bytes, str | None]], **stated
) -> str:
    """A visit as a phone sends it, then its photos; its id."""
    own = str(uuid.uuid4())
    photos = [
        {"sha256": sha256_of(data), "slot": slot, "finding": finding, "taken_at": happened_at.isoformat()}
        for slot, (data, finding) in enumerate(pictures, 1)
    ]
    body = {"institution": school, "purpose": "routine", "result": "inspected", "photos": photos}
    put(page, address, f"visits/{own}/", body | {"happened_at": happened_at.isoformat()} | stated)
    for data, _finding in pictures:
        put(page, address, f"visits/{own}/photos/{sha256_of(data)}/", data, **{"Content-Type": "image/jpeg"})
    return own


def odd_round(page, address: str) -> tuple[str, str]:
    """A round handed in after a recheck far away, with a photo of another institution; its path and its file's."""
    listed = page.request.get(f"{address}/api/v1/institutions/?figure=rectified&page_size=200").json()["results"]
    school, other = (each["id"] for each in listed[uuid.uuid4().int % 90 :][:2])
    now = datetime.now(UTC).replace(microsecond=0)
    seed = uuid.uuid4().int
    shared = classroom(seed)
    found = {"findings": [{"type": "S02"}, {"type": "T01"}], "order": {}, "purpose": "routine"}
    visit(page, address, other, now - 3 * DAY_BEFORE, [(shared, None)])
    visit(
        page,
        address,
        school,
        now - 2 * DAY_BEFORE,
        [(classroom(seed + 1), "S02"), (classroom(seed + 2), "T01")],
        **found,
    )
    rounds = page.request.get(f"{address}/api/v1/rectifications/?state=ordered&page_size=200").json()["results"]
    own = next(each["id"] for each in rounds if each["institution"] == school)
    far = {"longitude": 120.70, "latitude": 28.40, "accuracy_m": 12, "datum": "wgs84"}
    visit(
        page, address, school, now - DAY_BEFORE, [(shared, "S02"), (classroom(seed + 3), "T01")], purpose="recheck", position=far,
        device_sent_at=(datetime.now(UTC) - timedelta(hours=9)).isoformat(),
        submits={"rectification": own, "outcome": "closed", "put_right": [], "registered_scope": ""},
    )  # fmt: skip
    return f"/rectifications/{own}/", f"/institutions/{school}/"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_photos_stand_large_before_beside_after(signed_in, address, size):
    page = signed_in("taskforce")
    page.set_viewport_size(size)
    path, _file = odd_round(page, address)
    page.goto(address + path)

    pairs = page.locator(".before-after")
    assert pairs.count() == 2
    for pair in pairs.all():
        pair.scroll_into_view_if_needed()
        for image in pair.locator("img").all():
            expect(image).to_have_js_property("complete", True)
        # Both at once: what is still loading elsewhere moves the page.
        before, after = pair.evaluate(
            "(it) => [...it.querySelectorAll('img')].map((each) => each.getBoundingClientRect().toJSON())"
        )
        assert abs(before["y"] - after["y"]) < 2
        assert before["x"] + before["width"] <= after["x"]
        assert min(before["width"], after["width"]) >= (500 if size == DESKTOP else 140)
    assert "照片相同" in pairs.first.locator("figure").nth(1).inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_where_something_is_odd(signed_in, address, size):
    page = signed_in("taskforce")
    page.set_viewport_size(size)
    path, file = odd_round(page, address)

    found = {}
    for name, where in {
        "round": path,
        "file": file,
        "ledger": "/rectifications/?oddity=any",
        "visit form": f"/visits/new/?institution={file.split('/')[2]}",
    }.items():
        page.goto(address + where)
        page.wait_for_load_state("networkidle")
        assert name == "visit form" or "疑点" in page.locator("main").inner_text()
        found[name] = _by_day_and_night(page)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    assert {name: said for name, said in found.items() if said} == {}


def test_desk_says_which_problem_a_photo_shows(signed_in, address):
    page = signed_in("taskforce")
    path, file = odd_round(page, address)
    page.goto(f"{address}/visits/new/?institution={file.split('/')[2]}")
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": classroom(1)}

    page.set_input_files("#id_photos", [picture, picture | {"name": "b.jpg", "buffer": classroom(2)}])
    page.locator("#thumbs select").nth(1).select_option("T01")
    page.locator("#thumbs li button").first.click()

    assert page.locator("#thumbs select").evaluate_all("(all) => all.map((each) => each.value)") == ["T01"]
    page.reload()
    page.locator("#thumbs select").first.wait_for()
    assert page.locator("#thumbs select").evaluate_all("(all) => all.map((each) => each.value)") == ["T01"]
