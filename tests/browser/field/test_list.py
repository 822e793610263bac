"""名单: on the phone whole, then only what has changed; the nearest first when asked."""

from playwright.sync_api import expect

from tests.browser.field.phones import HERE, SIZE
from tests.browser.waiting import wait_until

ALL_ARE_FAR = """
() => [...document.querySelectorAll(".away")]
  .every(({ textContent: said }) => said.endsWith(" km") && parseFloat(said) > 10)
"""


def test_only_what_has_changed_is_fetched_again(phone):
    phone.page.click("text=本机")
    with phone.page.expect_response(lambda answer: "/worklist/" in answer.url) as again:
        phone.page.click("text=全部下载或更新")

    assert "updated_since" in again.value.url
    assert again.value.json()["institutions"] == []
    expect(phone.page.locator(".areas")).to_contain_text("kB")


def test_nearest_come_first_when_asked(phone):
    phone.page.click("[data-filter=nearby]")
    phone.page.wait_for_selector(".away")

    said = phone.page.locator(".away").all_inner_texts()
    metres = [float(text.split()[0]) * (1000 if "km" in text else 1) for text in said]
    assert len(metres) == 30
    assert metres == sorted(metres)

    phone.context.set_geolocation(HERE | {"longitude": HERE["longitude"] + 0.5})  # 49 km on
    wait_until(phone.page, ALL_ARE_FAR)


def test_institution_is_found_by_a_part_of_its_address_without_network(phone):
    phone.offline()
    address = phone.page.locator(".card .where").nth(1).inner_text()

    phone.page.fill("#find", address[-6:])

    expect(phone.page.locator(".card .where").first).to_contain_text(address[-6:])
    assert phone.page.locator(".card").count() < 10


def test_list_waits_for_no_answer_of_the_server(phone_of):
    """What is on the phone is shown at once; the news come when they come."""
    phone = phone_of(service_workers="block")
    phone.page.route("**/api/v1/field/**", lambda route: None)
    phone.page.route("**/field/who/", lambda route: None)

    phone.page.reload()

    phone.page.wait_for_selector(".card")


def test_app_is_left_to_the_desk_s_pages_and_back(phone):
    phone.page.set_viewport_size(SIZE)
    phone.page.click(".bar .brand")
    phone.page.wait_for_url(f"{phone.address}/")
    phone.page.click("main a:has-text('手机端')")

    phone.page.wait_for_selector(".card")


def test_visits_that_were_begun_stand_first_on_the_list(phone):
    """Also of an institution that needs nothing else, and of one that is on no list yet."""
    phone.begin(6)
    phone.page.click(".back")
    phone.page.click("text=登记新发现的机构")
    phone.page.fill("#found-name", "晨曦教育新发现点")
    phone.page.click("text=下一步")
    phone.page.wait_for_selector("#save")

    phone.page.close()
    phone.page = phone.new_page()
    phone.open()

    first = phone.page.locator(".card")
    expect(phone.page.locator("[data-filter=todo][aria-pressed=true]")).to_have_count(1)
    expect(first.nth(0).locator("[data-visit]")).to_have_text("继续填写")
    expect(first.nth(1).locator("[data-visit]")).to_have_text("继续填写")
    expect(phone.page.locator(".card", has_text="晨曦教育新发现点").locator(".states")).to_contain_text("草稿")
    phone.page.locator(".card", has_text="晨曦教育新发现点").locator("[data-visit]").click()
    expect(phone.page.locator("h1")).to_have_text("晨曦教育新发现点")


FOUND_UNSURVEYED = """
from tests.factories import institution
institution(name="青竹教育未排摸点", surveyed_on=None, operating_address="柳市镇车站路9号")
"""


def test_institution_that_was_not_surveyed_yet_is_to_do_and_its_visit_is_the_survey(phone_of, server):
    server.run(FOUND_UNSURVEYED)
    phone = phone_of()
    card = phone.page.locator(".card", has_text="青竹教育未排摸点")
    expect(card.locator(".states")).to_contain_text("未排摸")

    phone.page.click("[data-filter=unsurveyed]")
    card.locator("[data-visit]").click()
    phone.page.click("#s-result [data-value=inspected]")
    phone.page.click("#s-others [data-value=none]")
    visit = phone.page.url.rpartition("/")[2]
    phone.save()
    phone.says("stored")

    asked = f"from inspections.models import Visit; v = Visit.objects.get(pk='{visit}'); "
    asked += "print(v.purpose, v.institution.surveyed_on == v.happened_on, v.institution.licence_status_at_survey)"
    assert server.run(asked) == "survey True none"
    phone.page.click("text=下一家")
    expect(card).to_have_count(0)  # the list has followed
