"""What the server would not take, or what was logged by mistake, is put right on the phone."""

import json
import re

from playwright.sync_api import expect

ID_NUMBER = "110101199001011237"  # made up; its last digit is what the rule asks for
STATED = "import json; from inspections.models import Visit; print(json.dumps(Visit.objects.get(pk='{}').stated))"


def test_visit_that_was_refused_is_corrected_and_sent_with_its_photos(phone):
    refused = phone.begin(8)
    phone.photo()
    phone.page.locator("#s-others > summary").click()
    phone.page.fill("#note", f"负责人 {ID_NUMBER}")
    phone.save()
    phone.says("invalid")
    expect(phone.page.locator("#standing .reason")).to_contain_text("身份证")
    expect(phone.page.locator(".bar .send")).to_have_text("待更正 1 条")

    phone.page.click("text=更正后再传")
    phone.page.wait_for_selector("#save")
    expect(phone.page.locator(".thumb img")).to_have_count(1)
    visit = phone.page.url.rpartition("/")[2]
    phone.page.locator("#s-others > summary").click()
    phone.page.fill("#note", "负责人在场")
    phone.save()
    phone.says("stored")

    assert (phone.on_server(refused), phone.on_server(visit)) == ((0, 0), (1, 1))
    assert json.loads(phone.server.run(STATED.format(visit)))["note"] == "负责人在场"
    expect(phone.page.locator(".bar .send")).to_have_count(0)
    phone.page.goto(f"{phone.address}/field/#/done/{refused}")
    phone.says("replaced")


def test_visit_that_an_earlier_server_does_not_know_whole_waits_for_it(bare):
    """While several servers are upgraded one after the other: the app is of the new release already."""

    def newer(route):
        body = json.loads(route.request.post_data)
        for each in body.get("visits", [body]):
            each["weather"] = "雨"
        route.continue_(post_data=json.dumps(body))

    doors = re.compile(r"/api/v1/(field/visits|visits/[0-9a-f-]+)/$")
    bare.page.route(doors, newer)
    visit = bare.begin(10)
    bare.photo()
    bare.save()
    expect(bare.page.locator("#standing .reason")).to_have_text("服务器不认得的内容：weather")
    expect(bare.page.locator("#standing")).to_contain_text("服务器的版本比手机端旧")
    expect(bare.page.locator("#standing button", has_text="更正后再传")).to_be_visible()
    bare.says("waiting")
    refused = bare.on_server(visit)
    bare.page.unroute(doors)
    bare.send()
    bare.says("stored")

    assert (refused, bare.on_server(visit)) == ((0, 0), (1, 1))


def test_visit_is_withdrawn_on_the_day(phone):
    visit = phone.begin(9)
    phone.save()
    phone.says("stored")

    phone.page.locator("#standing a", has_text="更正或撤回").click()
    phone.page.fill("[name=reason]", "登记到了另一家")
    phone.page.click("main .primary")
    phone.page.wait_for_url(re.compile("/(visits|institutions)/"))

    asked = f"from inspections.models import Visit; print(Visit.objects.get(pk='{visit}').withdrawn_at is not None)"
    assert phone.server.run(asked) == "True"
