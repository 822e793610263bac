"""What is of other people leaves the phone with its person; what waits does not."""

from playwright.sync_api import expect

COUNT = """
(store) => new Promise((resolve) => {
  const asked = indexedDB.open("field");
  asked.onsuccess = () => {
    const count = asked.result.transaction(store).objectStore(store).count();
    count.onsuccess = () => { asked.result.close(); resolve(count.result); };
  };
})
"""


def test_signing_out_takes_the_register_along(phone):
    assert phone.page.evaluate(COUNT, "institutions") > 0

    phone.page.click("text=本机")
    phone.page.click("#sign-out")
    phone.page.wait_for_url("**/accounts/login/")

    assert phone.page.evaluate(COUNT, "institutions") == 0


def test_signing_out_without_network_is_said_not_to_have_happened_and_takes_nothing(phone):
    phone.page.click("text=本机")
    phone.offline()
    phone.page.click("#sign-out")
    expect(phone.page.locator("#not-signed-out")).to_contain_text("还没有退出")
    assert phone.page.evaluate(COUNT, "institutions") > 0

    phone.offline(False)
    phone.page.click(".sheet .close")
    phone.page.click("#sign-out")
    phone.page.wait_for_url("**/accounts/login/")
    assert phone.page.evaluate(COUNT, "institutions") == 0


def test_signing_out_on_another_page_does_too(phone):
    phone.page.goto(f"{phone.address}/institutions/")
    phone.page.route("**/accounts/logout/", lambda route: route.fulfill(status=503, body="busy"))
    phone.page.click(".who button:has-text('退出')")
    expect(phone.page.locator("body")).to_have_text("busy")
    phone.page.unroute("**/accounts/logout/")
    phone.page.goto(f"{phone.address}/institutions/")
    assert phone.page.evaluate(COUNT, "institutions") > 0

    phone.page.click(".who button:has-text('退出')")
    phone.page.wait_for_url("**/accounts/login/")

    assert phone.page.evaluate(COUNT, "institutions") == 0


def test_signing_out_on_another_page_asks_about_what_waits_and_leaves_it_here(bare):
    bare.page.click("[data-filter=everything]")
    bare.page.locator("[data-visit]", has_text="登记走访").first.click()
    expect(bare.page.locator("#kept")).to_contain_text("已存")
    bare.page.goto(f"{bare.address}/institutions/")
    bare.page.evaluate(COUNT, "drafts")
    expect(bare.page.locator("#field-waiting")).to_be_hidden()  # it was only opened
    bare.open()
    bare.begin(1)
    expect(bare.page.locator("#kept")).to_contain_text("已存")
    bare.page.goto(f"{bare.address}/institutions/")
    expect(bare.page.locator("#field-waiting")).to_have_text("待上传 1")

    bare.page.once("dialog", lambda asked: asked.dismiss())
    with bare.page.expect_event("dialog") as asked:
        bare.page.click(".who button:has-text('退出')")
    assert "还有 1 条走访没有上传" in asked.value.message
    assert bare.page.evaluate(COUNT, "institutions") > 0
    bare.page.once("dialog", lambda asked: asked.accept())
    bare.page.click(".who button:has-text('退出')")
    bare.page.wait_for_url("**/accounts/login/")

    assert (bare.page.evaluate(COUNT, "institutions"), bare.page.evaluate(COUNT, "drafts")) == (0, 2)


def test_what_waits_is_saved_as_a_file_that_is_handed_in_before_signing_out(bare, tmp_path):
    bare.page.route("**/api/v1/**visits/**", lambda route: route.abort())
    visit = bare.begin()
    bare.photo()
    bare.save()
    bare.says("waiting")
    bare.page.click("text=本机")
    bare.page.click("#sign-out")
    with bare.page.expect_download() as saving:
        bare.page.click(".sheet >> text=导出未上传")
    file = tmp_path / "outbox.json"
    saving.value.save_as(file)
    bare.page.click("#saved-sign-out")
    bare.page.wait_for_url("**/accounts/login/")
    assert (bare.page.evaluate(COUNT, "institutions"), bare.page.evaluate(COUNT, "outbox")) == (0, 1)

    bare.sign_in("taskforce")
    bare.page.goto(f"{bare.address}/field/handin/")
    bare.page.set_input_files("input[type=file]", file)
    bare.page.click("main button.primary")
    expect(bare.page.locator("main")).to_contain_text("已入库 1")

    assert bare.on_server(visit) == (1, 1)


def test_only_one_s_own_townships_are_on_the_phone(phone):
    own = int(
        phone.server.run(
            "from institutions.models import Institution; print(Institution.objects.filter(scope_code__startswith='330382114', merged_into=None, withdrawn_at=None).count())"
        )
    )

    assert phone.page.evaluate(COUNT, "institutions") == own
