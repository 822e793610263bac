"""The way to the server: once, whoever sends it and wherever the line or the server breaks."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.waiting import wait_for, wait_until

# Whether the app on this phone is the task force's.
IS_THE_TASK_FORCES = """
() => new Promise((resolve) => {
  const asked = indexedDB.open("field");
  asked.onsuccess = () => {
    const meta = asked.result.transaction("meta").objectStore("meta");
    const [who, owner] = [meta.get("who"), meta.get("owner")];
    owner.onsuccess = () => {
      asked.result.close();
      resolve(who.result.username === "taskforce" && owner.result === "taskforce");
    };
  };
})
"""
NO_LOCKS = "delete Navigator.prototype.locks;"


def puts(phone) -> Counter:
    return Counter(each for each in phone.sent if each.startswith(("PUT", "POST")))


@pytest.mark.parametrize("script", ["", NO_LOCKS], ids=["locks", "lease"])
def test_two_tabs_send_nothing_twice(phone_of, script):
    phone = phone_of(script=script, service_workers="block")
    phone.page.context.route("**/api/v1/**visits/**", lambda route: route.abort())
    visit = phone.begin()
    phone.photo()
    phone.photo()
    phone.save()
    phone.says("waiting")
    other = phone.new_page()
    other.goto(f"{phone.address}/field/#/done/{visit}")
    other.wait_for_selector("[data-state]")
    phone.sent.clear()
    phone.page.context.unroute("**/api/v1/**visits/**")

    for page in (phone.page, other):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (phone.page, other):
        page.wait_for_selector("[data-state=stored]")

    assert phone.on_server(visit) == (1, 2)
    assert set(puts(phone).values()) == {1}


def test_page_and_worker_at_once_send_nothing_twice(phone):
    """The browser tells both that there is a network again; the worker is told once more by hand, for it may wait."""
    phone.offline()
    visit = phone.begin()
    phone.photo()
    phone.photo()
    phone.save()
    phone.says("waiting")
    phone.sent.clear()
    asking = set()
    phone.context.on(
        "request", lambda asked: asked.url.endswith("/field/who/") and asking.add(bool(asked.service_worker))
    )
    sync = background_sync(phone)

    phone.offline(False)
    phone.page.evaluate("window.dispatchEvent(new Event('online'))")
    sync()
    phone.says("stored")
    wait_for(phone.page, lambda: asking == {True, False})

    assert phone.on_server(visit) == (1, 2)
    assert sorted(puts(phone).values()) == [1, 1, 1]


def background_sync(phone):
    """What tells the worker of the phone's page that there is a network."""
    devtools, registrations = phone.context.new_cdp_session(phone.page), []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    wait_for(phone.page, lambda: registrations)
    given = {"origin": phone.address, "tag": "field-outbox", "lastChance": False}
    return lambda: devtools.send(
        "ServiceWorker.dispatchSyncEvent", given | {"registrationId": registrations[-1]["registrationId"]}
    )


def test_answer_that_was_not_heard_is_asked_for_again(bare):
    before = bare.all_on_server()
    lost = []

    def answer_is_lost(route):
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    bare.page.route("**/api/v1/visits/**", answer_is_lost)
    visit = bare.begin()
    bare.photo()
    bare.save()
    bare.says("waiting")
    bare.send()
    bare.says("stored")

    assert lost == [201]
    assert (bare.on_server(visit), bare.all_on_server()) == ((1, 1), before + 1)


def test_server_killed_between_visit_and_photo_has_both_afterwards(bare):
    before = bare.all_on_server()
    killed = []

    def killed_at_the_photo(route):
        if "/photos/" in route.request.url and not killed:
            killed.append(route.request.url)
            bare.server.kill()
        route.continue_()

    bare.page.route("**/api/v1/visits/**", killed_at_the_photo)
    visit = bare.begin()
    bare.photo()
    bare.photo()
    bare.save()
    bare.says("photos")
    wait_for(bare.page, bare.server.is_down)
    expect(bare.page.locator(".bar .send")).to_be_enabled()
    bare.server.start()
    bare.send()
    bare.says("stored")

    assert (bare.on_server(visit), bare.all_on_server()) == ((1, 2), before + 1)


@pytest.mark.parametrize(("thing", "stored"), [("/visits/", 201), ("/photos/", 200)])
def test_server_killed_between_commit_and_answer_has_everything_once(bare, thing, stored):
    before = bare.all_on_server()
    committed = []

    def killed_after_commit(route):
        if route.request.method == "PUT" and thing in route.request.url and not committed:
            committed.append(route.fetch().status)
            bare.server.kill()
            route.abort()
        else:
            route.continue_()

    bare.page.route("**/api/v1/visits/**", killed_after_commit)
    visit = bare.begin()
    bare.photo()
    bare.save()
    wait_for(bare.page, bare.server.is_down)
    expect(bare.page.locator(".bar .send")).to_be_enabled()
    bare.server.start()
    bare.send()
    bare.says("stored")

    assert committed == [stored]
    assert (bare.on_server(visit), bare.all_on_server()) == ((1, 1), before + 1)


def test_photos_that_have_a_receipt_are_not_sent_again(bare):
    lost = []

    def second_breaks_off(route):
        if "/photos/" in route.request.url:
            lost.append(route.request.url)
        if len(lost) == 2:
            route.abort()
        else:
            route.continue_()

    bare.page.route("**/api/v1/visits/**", second_breaks_off)
    visit = bare.begin()
    for _photo in range(3):
        bare.photo()
    with bare.page.expect_event("requestfailed"):
        bare.save()
    bare.page.unroute("**/api/v1/visits/**")
    bare.send()
    bare.says("stored")

    assert bare.on_server(visit) == (1, 3)
    assert sorted(puts(bare).values()) == [1, 1, 1, 2]  # the visit, two photos, the one that broke off


def test_session_that_ended_keeps_the_visit_until_its_person_is_back(phone):
    visit = phone.begin()
    phone.photo()
    phone.context.clear_cookies(name="sessionid")

    phone.save()
    phone.says("waiting")
    phone.page.locator("#said a", has_text="登录").click()
    phone.sign_in_again()
    phone.says("stored")

    assert phone.page.url.endswith(f"#/done/{visit}")
    assert phone.on_server(visit) == (1, 1)


def test_visit_is_not_sent_in_the_name_of_who_signs_in_next(phone):
    phone.offline()
    visit = phone.begin()
    phone.save()
    phone.context.clear_cookies(name="sessionid")
    phone.offline(False)
    phone.page.locator("#said a", has_text="登录").click()
    phone.sign_in_again("taskforce")
    expect(phone.page.locator("#said")).to_contain_text("其他人未上传的走访 1 条")

    assert phone.on_server(visit) == (0, 0)
    phone.context.clear_cookies(name="sessionid")
    phone.sign_in("inspector")
    phone.open()
    phone.page.goto(f"{phone.address}/field/#/done/{visit}")
    phone.says("stored")
    assert phone.on_server(visit) == (1, 0)


def test_visit_is_of_who_signed_in_last_also_before_the_app_has_asked(phone):
    phone.context.clear_cookies(name="sessionid")
    phone.page.goto("about:blank")
    phone.sign_in("taskforce")
    name = phone.page.locator(".who .name").inner_text()
    phone.page.goto(f"{phone.address}/institutions/")
    wait_until(phone.page, IS_THE_TASK_FORCES)

    phone.offline()
    phone.page.goto(f"{phone.address}/field/")
    expect(phone.page.locator(".bar .name")).to_have_text(name)
    expect(phone.page.locator(".empty")).to_have_count(1)
    expect(phone.page.locator(".card")).to_have_count(0)


def test_several_visits_go_in_one_request_and_each_has_its_receipt(phone):
    phone.offline()
    visits = []
    for place in range(3):
        visits.append(phone.begin(place))
        phone.photo()
        phone.save()
        phone.page.click("text=下一家")
        phone.page.wait_for_selector(".card")
    phone.sent.clear()

    phone.offline(False)
    phone.page.goto(f"{phone.address}/field/#/done")
    expect(phone.page.locator("#done [data-state=stored]")).to_have_count(3)

    assert [phone.on_server(visit) for visit in visits] == [(1, 1)] * 3
    assert len([each for each in phone.sent if "/photos/" not in each]) == 1


def test_every_page_says_how_many_wait(bare):
    bare.page.route("**/api/v1/**visits/**", lambda route: route.abort())
    bare.begin()
    bare.save()
    bare.says("waiting")

    for path in ("/", "/institutions/"):
        bare.page.goto(bare.address + path)
        expect(bare.page.locator("#field-waiting")).to_have_text("待上传 1")


def test_visit_is_sent_by_the_worker_when_its_page_is_closed(phone):
    """Background Sync: the browser says that there is a network again."""
    phone.offline()
    visit = phone.begin()
    phone.photo()
    phone.save()
    phone.page.goto("about:blank")
    with phone.context.expect_event("requestfinished", lambda request: "/photos/" in request.url):
        phone.offline(False)

    assert phone.on_server(visit)[0] == 1


def test_phone_whose_browser_forbids_it_does_not_promise_to_send_in_the_background(phone_of):
    phone = phone_of(permissions=["geolocation"])  # and no other
    phone.page.click("text=本机")

    line = phone.page.locator(".able li", has_text="关闭页面后自动上传")
    expect(line).to_contain_text("不可以")
    expect(line).to_contain_text("设置不允许后台同步")


GIVEN = """
from datetime import date, timedelta
from accounts.models import Grant, User
user = User(username="{name}", name="{name}")
user.set_password("yueqing-demo-2018")
user.save()
Grant.objects.create(user=user, role="inspector", division_prefix="330382114", valid_from="2018-01-01")
"""
TAKEN = """
from datetime import timedelta
from accounts.models import Grant
from institutions.moments import today
Grant.objects.filter(user__username="{name}").update(valid_to=today() - timedelta(days=1))
"""
ASIDE = "from inspections.models import QuarantinedVisit; print(QuarantinedVisit.objects.filter(content__contains='{}').count())"


def test_visit_of_somebody_whose_grant_has_ended_is_kept_and_said_to_wait_for_a_person(phone_of, server):
    server.run(GIVEN.format(name="leaving"))
    phone = phone_of("leaving")
    phone.wait_for_worker()
    phone.offline()
    visit = phone.begin()
    phone.photo()
    phone.save()
    server.run(TAKEN.format(name="leaving"))

    phone.offline(False)
    phone.says("aside")

    assert (server.run(ASIDE.format(visit)), phone.on_server(visit)[0]) == ("1", 0)
    expect(phone.page.locator(".bar .send")).to_have_count(0)
