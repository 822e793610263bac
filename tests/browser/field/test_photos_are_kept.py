"""A photo that was taken is kept: whatever is done to it while it is made smaller, and wherever else its visit is open."""

import json

from playwright.sync_api import expect

from tests.browser.field.phones import jpeg
from tests.browser.waiting import wait_until

STATED = (
    "import json; from inspections.models import Visit; print(json.dumps(Visit.objects.get(pk='{}').stated['photos']))"
)
SHORT_OF_MEMORY = """
delete window.Worker;
window.createImageBitmap = () => Promise.reject(new DOMException("The source image could not be decoded.", "InvalidStateError"));
"""
SLOW = """
const decode = window.createImageBitmap;
delete window.Worker;
window.createImageBitmap = async (...given) => {
  await new Promise((resolve) => { window.goOn = resolve; });
  return decode(...given);
};
"""
NO_LOCKS = "delete Navigator.prototype.locks;"


def stated(phone, visit: str) -> list[dict]:
    return json.loads(phone.server.run(STATED.format(visit)))


def test_photo_said_to_be_of_a_problem_while_it_is_made_smaller_is_sent_with_it(phone_of):
    phone = phone_of(script=SLOW, service_workers="block")
    visit = phone.begin(5)
    phone.page.click("[data-group=F]")
    phone.page.click("[data-code=F01] [data-value=problem]")
    phone.photo(wait=False)
    wait_until(phone.page, "window.goOn !== undefined")
    phone.page.click("[data-slot='1']")
    phone.page.evaluate("window.goOn()")
    expect(phone.page.locator(".thumb img")).to_have_count(1)

    phone.page.select_option("#photo-of", "F01")
    expect(phone.page.locator(".thumb .of")).to_have_text("F01")
    phone.page.click(".sheet .close")
    phone.save()
    phone.says("stored")

    assert [each["finding"] for each in stated(phone, visit)] == ["F01"]
    assert phone.on_server(visit) == (1, 1)


def test_photo_that_was_deleted_while_it_was_made_smaller_does_not_come_back(phone_of):
    phone = phone_of(script=SLOW, service_workers="block")
    visit = phone.begin(5)
    phone.photo(wait=False)
    wait_until(phone.page, "window.goOn !== undefined")
    phone.page.click("[data-slot='1']")
    phone.page.click(".sheet .danger")
    expect(phone.page.locator(".thumb")).to_have_count(0)

    phone.page.evaluate("window.goOn()")
    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 0)


def test_photo_that_a_phone_short_of_memory_cannot_decode_is_sent_as_it_is(phone_of):
    phone = phone_of(script=SHORT_OF_MEMORY, service_workers="block")
    visit = phone.begin(5)

    phone.photo(wait=False)
    expect(phone.page.locator(".thumb", has_text="手机显示不了，原图照传")).to_have_count(1)
    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 1)


def test_photo_is_made_smaller_on_the_page_when_the_script_beside_it_does_not_come(bare):
    visit = bare.begin(5)
    bare.page.route("**/shrink_worker*.js", lambda route: None)

    bare.photo(wait=False)
    expect(bare.page.locator(".thumb img")).to_have_count(1, timeout=20_000)
    bare.save()
    bare.says("stored")

    assert bare.on_server(visit) == (1, 1)


def test_photos_of_one_visit_in_two_tabs_are_both_kept(phone_of):
    """Over plain http nothing keeps a second tab from going on with the first one's draft."""
    phone = phone_of(script=NO_LOCKS, service_workers="block")
    visit = phone.begin(5)
    other = phone.new_page()
    other.goto(phone.page.url)
    other.wait_for_selector("#save")
    expect(phone.page.locator("main .notice")).to_contain_text("另一个标签页")
    phone.page.evaluate(
        """async (visit) => {
          const { take } = await import(document.querySelector("script[src*='app']").src.replace(/app[^/]*$/, "photos.js"));
          await take(visit, new File([new Uint8Array(8)], "a"), { slot: 1 }).catch(() => {});
        }""",
        visit,
    )
    for data in (jpeg(), jpeg()):
        there = other.locator(".thumb img").count()
        other.set_input_files("#camera", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": data})
        expect(other.locator(".thumb img")).to_have_count(there + 1)

    other.click("#save")
    other.wait_for_selector("[data-state=stored]")

    assert phone.on_server(visit) == (1, 2)
