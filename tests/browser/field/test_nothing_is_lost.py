"""Whatever happens to the phone: what was filled in is there again, and reaches the server once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import wait_until

CLOSED_BY_FORCE = """
window.opened = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...given) {
  const request = open.apply(this, given);
  request.addEventListener("success", () => window.opened.push(request.result));
  return request;
};
window.closeByForce = () => {
  for (const database of window.opened.splice(0)) {
    database.close();
    database.dispatchEvent(new Event("close"));
  }
};
"""

NO_WAY_FOR_PHOTOS = """
const fetched = window.fetch;
window.fetch = (path, sent) => {
  if (sent?.method === "PUT" && path.includes("/photos/") && !window.thereIsAWay) return Promise.reject(new TypeError());
  return fetched(path, sent);
};
"""

# Takes what room there is, to the last hundred bytes.
FILL = """
() => new Promise((done) => {
  const asked = indexedDB.open("filler", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("filled", { autoIncrement: true });
  asked.onsuccess = () => {
    const fill = (size) => {
      if (size < 100) return done();
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
      const transaction = asked.result.transaction("filled", "readwrite", { durability: "strict" });
      transaction.objectStore("filled").add(bytes);
      transaction.oncomplete = () => fill(size);
      transaction.onabort = () => fill(size / 2);
    };
    fill(2 ** 20);
  };
})
"""


def test_visit_without_network_is_kept_over_a_reload_and_sent_when_there_is_one(phone):
    phone.offline()
    phone.page.reload()
    phone.page.wait_for_selector(".card")
    visit = phone.begin()
    phone.photo()
    phone.photo()
    phone.save()
    phone.says("waiting")

    phone.page.reload()
    phone.says("waiting")
    expect(phone.page.locator(".bar .send")).to_contain_text("1")
    phone.offline(False)
    phone.says("stored")

    assert phone.on_server(visit) == (1, 2)
    expect(phone.page.locator(".bar .send")).to_have_count(0)


def test_form_is_there_again_after_its_tab_was_killed(phone):
    visit = phone.begin()
    phone.photo()
    phone.page.click("[data-group=S]")
    phone.page.click("[data-code=S01] [data-value=problem]")
    phone.page.fill("[data-code=S01] .of-problem input", "楼道堆放杂物")
    expect(phone.page.locator("#kept")).to_contain_text("已存")

    phone.page.close()
    phone.page = phone.new_page()
    phone.open()
    phone.page.locator("[data-visit]", has_text="继续填写").click()
    phone.page.click("[data-group=S]")

    assert phone.page.url.endswith(visit)
    assert phone.page.input_value("[data-code=S01] .of-problem input") == "楼道堆放杂物"
    expect(phone.page.locator(".thumb img")).to_have_count(1)
    phone.save()
    phone.says("stored")
    assert phone.on_server(visit) == (1, 1)


def test_photo_is_there_again_after_its_tab_was_killed_while_it_was_made_smaller(bare):
    visit = bare.begin()
    bare.page.route("**/shrink_worker*.js", lambda route: None)  # never comes
    bare.photo(wait=False)
    bare.page.wait_for_selector(".thumb .working")

    bare.page.close()
    bare.page = bare.new_page()
    bare.open()
    bare.page.locator("[data-visit]", has_text="继续填写").click()
    expect(bare.page.locator(".thumb img")).to_have_count(1)
    bare.save()
    bare.says("stored")

    assert bare.on_server(visit) == (1, 1)


def test_photo_for_which_there_is_no_room_is_sent_from_the_page(phone_of, tmp_path):
    phone = phone_of(folder=tmp_path, room=4_000_000)  # the room of a private window is not restricted
    visit = phone.begin()
    phone.photo(width=2400, height=1800, grain=1)
    expect(phone.page.locator("#said [role=alert]")).to_contain_text("只在这个页面里")

    phone.save()
    phone.says("stored", seconds=60)  # a photo of some megabytes

    assert phone.on_server(visit) == (1, 1)
    expect(phone.page.locator("#said [role=alert]")).to_have_count(0)


def test_photo_that_only_one_tab_holds_is_sent_by_it_whatever_another_says(phone_of, tmp_path):
    phone = phone_of(folder=tmp_path, room=4_000_000, script=NO_WAY_FOR_PHOTOS)
    visit = phone.begin()
    phone.photo(width=2400, height=1800, grain=1)
    expect(phone.page.locator("#said [role=alert]")).to_contain_text("只在这个页面里")
    leaves = "window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert phone.page.evaluate(leaves) is False  # the browser asks first

    phone.save()
    phone.says("photos")
    other = phone.new_page()
    other.goto(phone.page.url)
    expect(other.locator("main .reason")).to_contain_text("照片已不在这台手机上")
    phone.page.evaluate("window.thereIsAWay = true")
    phone.send()
    phone.says("stored", seconds=60)

    assert phone.on_server(visit) == (1, 1)
    assert phone.page.evaluate(leaves) is True


def test_form_for_which_there_is_no_room_is_said_and_is_there_when_there_is(phone_of, tmp_path):
    phone = phone_of(folder=tmp_path, room=8_000_000)
    visit = phone.begin()
    expect(phone.page.locator("#kept")).to_contain_text("草稿已存")
    phone.page.evaluate(FILL)

    phone.page.click("[data-group=S]")
    phone.page.click("[data-code=S01] [data-value=problem]")
    phone.page.fill("[data-code=S01] .of-problem input", "楼道堆放杂物" * 40)
    expect(phone.page.locator("#kept")).to_contain_text("手机存储已满")
    phone.page.click("#save")
    expect(phone.page.locator("#form-said")).to_contain_text("手机存储已满")
    phone.page.click(".back")
    phone.page.locator("[data-visit]", has_text="继续填写").click()
    phone.page.click("[data-group=S]")
    assert phone.page.input_value("[data-code=S01] .of-problem input") == "楼道堆放杂物" * 40
    phone.has_room(100_000_000)
    expect(phone.page.locator("#kept")).to_contain_text("草稿已存", timeout=30_000)

    phone.page.close()
    phone.page = phone.new_page()
    phone.open()
    phone.page.locator("[data-visit]", has_text="继续填写").click()
    phone.page.click("[data-group=S]")
    assert phone.page.input_value("[data-code=S01] .of-problem input") == "楼道堆放杂物" * 40
    phone.save()
    phone.says("stored")
    assert phone.on_server(visit) == (1, 0)


def test_form_can_be_begun_and_is_kept_later_where_there_is_no_room(phone_of, tmp_path):
    phone = phone_of(folder=tmp_path, room=8_000_000)
    phone.page.evaluate(FILL)

    visit = phone.begin()
    expect(phone.page.locator("#kept")).to_contain_text("手机存储已满")
    phone.has_room(100_000_000)
    expect(phone.page.locator("#kept")).to_contain_text("草稿已存", timeout=30_000)
    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 0)


# Every draft on the phone was begun two days ago, somewhere else.
BEGUN_BEFORE = """
() => new Promise((done) => {
  const asked = indexedDB.open("field");
  asked.onsuccess = () => {
    const transaction = asked.result.transaction("drafts", "readwrite");
    const cursor = transaction.objectStore("drafts").openCursor();
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      const happened_at = new Date(Date.now() - 172800000).toISOString();
      const position = { longitude: 120.7, latitude: 28.0, accuracy_m: 9, source: "gps" };
      cursor.result.update({ ...cursor.result.value, happened_at, position });
      cursor.result.continue();
    };
    transaction.oncomplete = () => { asked.result.close(); done(); };
  };
})
"""


def when_and_where(phone, visit: str) -> str:
    """Whether the visit is of just now, and its longitude as it was sent."""
    code = f"from inspections.models import Visit; v = Visit.objects.get(pk='{visit}'); "
    code += "print((v.recorded_at - v.happened_at).total_seconds() < 1800, round(v.longitude, 1))"
    return phone.server.run(code)


def test_form_that_was_only_opened_is_of_when_and_where_it_is_filled_in(phone):
    phone.page.click("[data-filter=everything]")
    phone.page.locator("[data-visit]", has_text="登记走访").first.click()
    expect(phone.page.locator("#s-place .sum")).to_contain_text("精度")
    expect(phone.page.locator("#kept")).to_contain_text("已存")
    visit = phone.page.url.rpartition("/")[2]
    phone.page.click(".back")
    phone.page.wait_for_selector(".card")
    phone.page.evaluate(BEGUN_BEFORE)

    phone.page.locator("[data-visit]", has_text="继续填写").first.click()
    phone.page.click("#s-result [data-value=no_access]")
    expect(phone.page.locator("#s-place .sum")).to_contain_text("精度 ±12 米")
    assert phone.page.url.endswith(visit)
    phone.save()
    phone.says("stored")

    assert when_and_where(phone, visit) == "True 120.9"


def test_form_that_was_opened_and_put_away_begins_when_it_is_taken_out(phone):
    phone.offline()  # nobody tells the phone what time it is
    phone.page.click("[data-filter=everything]")
    phone.page.locator("[data-visit]", has_text="登记走访").first.click()
    expect(phone.page.locator("#s-place .sum")).to_contain_text("精度")
    before = phone.page.locator("#happened").input_value()

    phone.page.evaluate("() => { const now = Date.now; Date.now = () => now() + 7200000; }")
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    wait_until(phone.page, "(before) => document.querySelector('#happened')?.value > before", before)


@pytest.mark.parametrize(("answer", "stored"), [("#it_was_then", "False 120.7"), ("#it_is_now", "True 120.9")])
def test_form_that_was_filled_in_before_is_asked_whether_it_was_then(phone, answer, stored):
    visit = phone.begin(result="no_access")
    expect(phone.page.locator("#s-place .sum")).to_contain_text("精度")
    expect(phone.page.locator("#kept")).to_contain_text("已存")
    phone.page.click(".back")
    phone.page.wait_for_selector(".card")
    phone.page.evaluate(BEGUN_BEFORE)

    phone.page.locator("[data-visit]", has_text="继续填写").first.click()
    expect(phone.page.locator("#whether-then")).to_contain_text("检查时间仍是")
    phone.page.click(answer)
    expect(phone.page.locator("#whether-then")).to_have_count(0)
    expect(phone.page.locator("#s-place .sum")).to_contain_text("精度")
    phone.save()
    phone.says("stored")

    assert when_and_where(phone, visit) == stored


def test_second_tap_saves_nothing_twice(phone):
    before = phone.all_on_server()
    visit = phone.begin()

    phone.page.dblclick("#save")
    phone.says("stored")

    assert (phone.on_server(visit), phone.all_on_server()) == ((1, 0), before + 1)


def test_form_goes_on_after_the_database_was_closed_by_force(phone_of):
    phone = phone_of(script=CLOSED_BY_FORCE)
    visit = phone.begin()
    phone.page.evaluate("closeByForce()")
    phone.photo()
    phone.page.evaluate("closeByForce()")
    phone.page.click("#s-result [data-value=ceased]")
    phone.page.evaluate("closeByForce()")

    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 1)


def test_new_version_waits_until_the_visit_is_over(phone):
    """Another name of the bureau is another page, and so another version."""
    visit = phone.begin()
    phone.photo()
    phone.server.kill()
    phone.server.start(BUREAU_NAME="青竹县教育局")
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((each) => each.update())")
    wait_until(phone.page, "async () => (await navigator.serviceWorker.getRegistration('/field/')).waiting !== null")

    assert phone.page.locator("#save").is_visible()
    phone.page.click(".back")
    phone.page.locator("#said button", has_text="现在更新").click()
    expect(phone.page).to_have_title(re.compile("青竹县教育局"))
    phone.page.locator("[data-visit]", has_text="继续填写").click()
    expect(phone.page.locator(".thumb img")).to_have_count(1)
    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 1)


@pytest.mark.parametrize("clock", ["+172800000", "-172800000", "-Date.now()", "+2145916800000-Date.now()"])
def test_visit_of_a_phone_whose_clock_is_wrong_happened_when_it_did(phone_of, clock):
    """Two days either way, 1970, 2038."""
    wrong = f"const off = (0{clock}); const now = Date.now; Date = class extends Date {{"
    wrong += " constructor(...given) { given.length ? super(...given) : super(now() + off); }"
    wrong += " static now() { return now() + off; } };"
    phone = phone_of(script=wrong)
    expect(phone.page.locator("#said")).to_contain_text("手机时间")
    visit = phone.begin()
    phone.photo()

    phone.save()
    phone.says("stored")

    assert phone.on_server(visit) == (1, 1)
    code = f"from inspections.models import Visit; v = Visit.objects.get(pk='{visit}'); "
    code += "print(abs((v.recorded_at - v.happened_at).total_seconds()) < 120)"
    assert phone.server.run(code) == "True"


def test_form_goes_on_in_the_tab_that_was_opened_last(phone):
    visit = phone.begin()
    phone.photo()
    other = phone.new_page()
    other.goto(phone.page.url)
    expect(other.locator(".thumb img")).to_have_count(1)

    expect(phone.page.locator("main .notice")).to_contain_text("另一个标签页")
    other.click("#save")
    other.wait_for_selector("[data-state=stored]")
    phone.page.click("text=在这里继续")
    phone.says("stored")

    assert phone.on_server(visit) == (1, 1)
