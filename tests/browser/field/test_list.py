"""名单: on the phone whole, then only what has changed; the nearest first when asked."""

from playwright.sync_api import expect

from tests.browser.field.phones import SIZE


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
