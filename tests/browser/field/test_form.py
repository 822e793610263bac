"""The form as an inspector fills it in: what is found, what follows, how far away anything is."""

import json

from playwright.sync_api import expect

from tests.browser.field.phones import SIZE, jpeg

STATED = (
    "import json; from inspections.models import Visit; v = Visit.objects.get(pk='{}'); print(json.dumps(v.stated))"
)


def stated(phone, visit: str) -> dict:
    return json.loads(phone.server.run(STATED.format(visit)))


def test_common_case_is_within_two_screens(phone):
    """Nobody there, nothing wrong or one problem: what is needed is unfolded, or one tap away."""
    phone.begin()

    assert phone.page.evaluate("document.documentElement.scrollHeight") <= 2 * SIZE["height"]


def test_what_was_looked_at_and_what_was_found_is_on_record(phone):
    visit = phone.begin(3)
    phone.page.click("[data-group=S]")
    phone.page.click("[data-code=S02] [data-value=problem]")
    phone.page.fill("[data-code=S02] .of-problem input", "灭火器过期")
    phone.page.click("[data-code=S05] [data-value=not_applicable]")
    phone.page.click("[data-key='fine:S']")
    phone.page.check("#order-it")
    assert phone.page.input_value("#due-on") != ""

    phone.save()
    phone.says("stored")

    sent = stated(phone, visit)
    assert [(each["type"], each["note"]) for each in sent["findings"]] == [("S02", "灭火器过期")]
    answers = {each["type"]: each["answer"] for each in sent["items"] if each["type"].startswith("S")}
    assert (answers["S02"], answers["S05"], answers["S06"]) == ("problem", "not_applicable", "ok")
    assert sent["order"]["due_on"] is not None
    expect(phone.page.locator("a", has_text="通知书")).to_have_count(1)


def test_photo_is_of_the_problem_with_its_place_and_time(phone):
    visit = phone.begin(4)
    phone.page.click("[data-group=F]")
    phone.page.click("[data-code=F01] [data-value=problem]")
    with phone.page.expect_file_chooser() as choosing:
        phone.page.click("[data-key='photo:F01']")
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(4000, 3000)}
    choosing.value.set_files(picture)
    expect(phone.page.locator(".thumb img")).to_have_count(1)

    phone.save()
    phone.says("stored")

    [photo] = stated(phone, visit)["photos"]
    assert (photo["finding"], photo["longitude"], photo["accuracy_m"]) == ("F01", 120.9, 12.0)
    assert photo["taken_at"] is not None
    code = "from inspections.models import Photo; from inspections import photos; from PIL import Image; "
    code += (
        f"p = Photo.objects.get(visit_id='{visit}'); print(max(Image.open(photos.display_file(p.sha256)).size) <= 2560)"
    )
    assert phone.server.run(code) == "True"


def test_open_problems_come_first_on_a_recheck_and_are_marked_put_right(phone_of):
    phone = phone_of("taskforce")
    phone.page.locator("[data-filter=open]").click()
    card = phone.page.locator(".card", has_text="整改中").first
    card.locator("[data-visit]").click()
    phone.page.click("#s-result [data-value=inspected]")
    first = phone.page.locator("main > .section").nth(1)
    assert first.get_attribute("id") == "s-earlier"
    for row in phone.page.locator("#s-earlier [data-finding]").all():
        row.locator("[data-value=right]").click()
    visit = phone.page.url.rpartition("/")[2]

    phone.save()
    phone.says("stored")

    sent = stated(phone, visit)
    assert sent["purpose"] == "recheck"
    assert sent["put_right"] != []


def test_photo_of_an_open_problem_shows_it_as_it_is_now(phone_of):
    phone = phone_of("taskforce")
    phone.page.locator("[data-filter=open]").click()
    phone.page.locator(".card", has_text="整改中").first.locator("[data-visit]").click()
    phone.page.click("#s-result [data-value=inspected]")
    row = phone.page.locator("#s-earlier [data-finding]").first
    code = row.locator(".wording b").inner_text()
    with phone.page.expect_file_chooser() as choosing:
        row.locator(f"[data-key='after:{code}']").click()
    choosing.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    expect(phone.page.locator(".thumb img")).to_have_count(1)
    phone.page.click("[data-slot='1']")
    expect(phone.page.locator("#photo-of option:checked")).to_have_text(f"{code} 整改后")
    phone.page.click(".sheet .close")
    visit = phone.page.url.rpartition("/")[2]

    phone.save()
    phone.says("stored")

    assert [photo["finding"] for photo in stated(phone, visit)["photos"]] == [code]
    asked = f"from inspections.models import Photo; p = Photo.objects.get(visit_id='{visit}'); "
    asked += "print(p.finding.type_id, p.finding.rectification_id == p.visit.rectification_id)"
    assert phone.server.run(asked) == f"{code} True"


def test_institution_found_on_the_spot_is_registered_with_its_visit(phone):
    phone.page.click("text=登记新发现的机构")
    phone.page.fill("#found-name", "青竹教育新发现点")
    phone.page.fill("#found-address", "柳市镇车站路8号")
    phone.page.click("text=下一步")
    phone.page.click("#s-result [data-value=inspected]")
    phone.page.click("[data-value=none]")
    phone.page.click("#locate")
    expect(phone.page.locator("#s-place .sum")).to_contain_text("±12")

    phone.save()
    phone.says("stored")

    code = "from institutions.models import Institution; print(Institution.objects.get(name='青竹教育新发现点').division_id)"
    assert phone.server.run(code).startswith("330382")


def test_answers_of_the_last_visit_are_filled_in_and_its_problems_are_to_be_seen(phone):
    phone.begin(5)
    name = phone.page.inner_text("h1")
    phone.page.click("[data-group=S]")
    phone.page.click("[data-code=S02] [data-value=problem]")
    phone.page.click("[data-code=S05] [data-value=not_applicable]")
    phone.page.click("[data-code=S06] [data-value=ok]")
    phone.save()
    phone.says("stored")
    phone.page.click("text=本机")
    phone.page.click("text=全部下载或更新")
    expect(phone.page.locator("main button", has_text="全部下载或更新")).to_be_enabled()

    phone.page.click("nav >> text=名单")
    phone.page.fill("#find", name)
    phone.page.locator(".card", has_text=name).first.locator("[data-visit]").click()
    phone.page.click("[data-group=S]")

    expect(phone.page.locator("[data-code=S05] .answer[aria-pressed=true]")).to_have_attribute(
        "data-value", "not_applicable"
    )
    expect(phone.page.locator("[data-code=S06] .mark")).to_have_text("沿用上次")
    expect(phone.page.locator("[data-code=S02] .mark")).to_contain_text("上次有问题")
    expect(phone.page.locator("[data-code=S02] .answer[aria-pressed=true]")).to_have_count(0)


def test_missing_result_is_said_and_nothing_is_saved(phone):
    phone.page.locator("[data-visit]").first.click()

    phone.page.click("#save")

    expect(phone.page.locator("#form-said")).to_contain_text("现场情况")
    assert "#/visit/" in phone.page.url


def test_telephone_is_shown_on_a_tap_and_the_tap_is_in_the_trail(phone):
    count = "from accounts.models import AuditRow; print(AuditRow.objects.filter(action='personal_data.read').count())"
    before = int(phone.server.run(count))

    phone.page.locator("button", has_text="拨打").first.click()

    expect(phone.page.locator(".sheet a[href^='tel:']").first).to_be_visible()
    assert int(phone.server.run(count)) == before + 1


def test_ways_to_a_place_are_in_the_datum_of_each_app(phone):
    phone.page.locator("button", has_text="导航").first.click()

    links = [each.get_attribute("href") for each in phone.page.locator(".sheet a").all()]
    assert [link.split("/")[2] for link in links[:3]] == ["uri.amap.com", "api.map.baidu.com", "apis.map.qq.com"]
    assert links[3].startswith("geo:")


def test_saving_waits_for_no_network_and_holds_up_no_frame(bare):
    bare.page.route("**/api/v1/**visits/**", lambda route: None)  # the line is there and nothing comes back
    visit = bare.begin()
    bare.photo()
    bare.page.evaluate(
        "window.long = []; new PerformanceObserver((list) => window.long.push(...list.getEntries())).observe({ type: 'longtask' })"
    )

    bare.save()

    marks = "['field:save', 'field:saved'].map((name) => performance.getEntriesByName(name).at(-1).startTime)"
    start, end = bare.page.evaluate(marks)
    held_up = bare.page.evaluate("window.long.map(({ startTime, duration }) => [startTime, duration])")
    assert [task for task in held_up if start <= task[0] < end] == []
    bare.says("waiting")
    assert bare.page.url.endswith(visit)


# What the phone knows of one thing; forgets it where nothing is given.
KNOWS = """
([name, value]) => new Promise((done) => {
  const asked = indexedDB.open("field");
  asked.onsuccess = () => {
    const transaction = asked.result.transaction("meta", "readwrite");
    const meta = transaction.objectStore("meta");
    if (value === null) meta.delete(name);
    else meta.put(value, name);
    transaction.oncomplete = () => { asked.result.close(); done(); };
  };
})
"""


def test_who_has_left_goes_along_no_more_and_can_be_unticked(phone):
    phone.page.evaluate(KNOWS, ["partners", ["has_left", "taskforce"]])
    phone.begin(4)
    phone.page.click("#s-others > summary")
    expect(phone.page.locator("#s-others [value=taskforce]")).to_be_checked()
    expect(phone.page.locator("#s-others [value=has_left]")).to_have_count(0)
    phone.page.click(".back")
    phone.page.wait_for_selector(".card")

    phone.page.evaluate(KNOWS, ["colleagues", None])  # nobody has told this phone who is there
    visit = phone.begin(4)
    phone.page.click("#s-others > summary")
    phone.page.uncheck("#s-others [value=has_left]")
    phone.save()
    phone.says("stored")

    assert stated(phone, visit)["inspectors"] == ["inspector", "taskforce"]
