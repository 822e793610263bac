"""What the server cannot take costs nothing else, and what it keeps aside has its photos."""

import json

from playwright.sync_api import expect

ASIDE = """
from inspections.models import QuarantinedVisit
print([copy.photos_here.count() for copy in QuarantinedVisit.objects.filter(visit_id='{}')])
"""


def test_fault_at_one_visit_holds_up_no_other(bare):
    """The first of three makes the server fail, alone and in a batch."""
    waiting, reached = [], []

    def fault(route):
        if not reached:
            route.abort()
        elif waiting[0] in route.request.url or waiting[0] in (route.request.post_data or ""):
            route.fulfill(status=500, content_type="text/html", body="Server Error (500)")
        else:
            route.continue_()

    bare.page.route("**/api/v1/**visits/**", fault)
    for place in range(3):
        bare.page.goto(f"{bare.address}/field/#/")
        waiting.append(bare.begin(place))
        bare.photo()
        bare.save()
        bare.says("waiting")
    reached.append(True)
    bare.page.goto(f"{bare.address}/field/#/done")
    bare.send()
    expect(bare.page.locator("#done [data-state=stored]")).to_have_count(2)
    expect(bare.page.locator("#done [data-state=waiting]")).to_have_count(1)
    expect(bare.page.locator("#said")).to_contain_text("服务器忙，稍后自动再传")
    bare.page.unroute("**/api/v1/**visits/**")
    bare.send()
    expect(bare.page.locator("#done [data-state=stored]")).to_have_count(3)

    assert [bare.on_server(visit) for visit in waiting] == [(1, 1)] * 3


def test_visit_under_a_used_id_is_kept_aside_with_its_photos(bare):
    bare.page.route("**/api/v1/**visits/**", lambda route: route.abort())
    visit = bare.begin(7)
    bare.photo()
    bare.save()
    bare.says("waiting")
    body = {"purpose": "routine", "result": "no_access", "inspectors": ["inspector"]}
    school = bare.page.evaluate(
        "async () => (await (await fetch('/api/v1/institutions/?division=330382114&page_size=1')).json()).results[0].id"
    )
    token = next(each["value"] for each in bare.context.cookies() if each["name"] == "csrftoken")
    first = bare.page.request.put(
        f"{bare.address}/api/v1/visits/{visit}/",
        data=json.dumps(body | {"institution": school, "happened_at": "2026-11-01T09:00:00+08:00"}),
        headers={"X-CSRFToken": token, "Content-Type": "application/json", "Referer": f"{bare.address}/"},
    )
    assert first.status == 201, first.text()

    bare.page.unroute("**/api/v1/**visits/**")
    bare.send()
    bare.says("conflict")
    expect(bare.page.locator(".bar .send")).to_have_count(0)

    assert bare.server.run(ASIDE.format(visit)) == "[1]"


def test_photo_that_the_server_refuses_can_be_given_up_and_waits_no_more(bare):
    refused = {"code": "invalid", "message": "这不是照片。", "errors": {}}
    bare.page.route(
        "**/api/v1/visits/*/photos/**",
        lambda route: route.fulfill(status=422, content_type="application/json", body=json.dumps(refused)),
    )
    visit = bare.begin()
    bare.photo()
    bare.save()
    bare.says("photos")
    expect(bare.page.locator("main .reason")).to_contain_text("这不是照片。")

    bare.page.click("[data-give-up]")
    bare.page.click("#give-up")
    bare.says("stored")
    expect(bare.page.locator("main .reason")).to_contain_text("已不再上传")
    bare.page.goto(f"{bare.address}/field/#/phone")
    expect(bare.page.locator("main")).to_contain_text("没有待上传的走访")
    bare.page.goto(f"{bare.address}/field/#/done/{visit}")
    bare.page.unroute("**/api/v1/visits/*/photos/**")
    bare.page.click("main .reason button")  # it may be tried again all the same
    expect(bare.page.locator("main .reason")).to_have_count(0)

    assert bare.on_server(visit) == (1, 1)
