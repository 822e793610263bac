"""The clerk's whole path of a report and the leader's approval, with the real server, in Chinese and in English."""

import pytest
from playwright.sync_api import expect

from tests.browser.server import DESKTOP, PHONE, sign_in
from tests.browser.test_accessibility import _by_day_and_night
from tests.browser.waiting import wait_until
from tests.reports.collecting.sent import content, figures, file_of

REFERENCE = (
    "截至2018年12月31日,全市排摸培训机构总数1495所,存在问题的培训机构1270所,已整改培训机构1198所,完成率94%,"
    "其中排摸“无证无照”培训机构779所,已整改763所(取缔449所、整改办理证照314所)。"
)


def accessible(page) -> None:
    """axe finds nothing, by day and by night, and nothing is wider than a phone."""
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    told = _by_day_and_night(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    assert (page.url, told, wide) == (page.url, [], PHONE["width"])


def ids(page) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('.sentence')].map((li) => li.draft.id)")


def saved(page) -> None:
    """Until what was written last is on the server: the version in the page has risen, and nothing waits."""
    wait_until(
        page,
        "() => document.getElementById('saved').textContent.startsWith(document.getElementById('editor').dataset.saved)",
    )


def paper(page) -> list[str]:
    return page.locator(".paper .text").all_inner_texts()


@pytest.mark.parametrize(("language", "period"), [("zh-Hans", "month"), ("en", "half_month")])
def test_clerk_writes_and_submits_a_report_and_the_leader_approves_it(signed_in, address, language, period):
    page = signed_in("taskforce")
    if language == "en":
        page.locator("header button[name=language]").click()
    assert page.locator("html").get_attribute("lang") == language

    # The period, the figures, the contradictions.
    page.goto(f"{address}/reports/")
    page.locator("a[href='/reports/new/']").first.click()
    page.select_option("#id_period", period)
    page.fill("#id_as_of", "2018-12-31")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/check/")
    report = page.url.removesuffix("check/")
    assert page.locator("a[href*='figure=with_problems'] b").first.inner_text() == "1270"

    accessible(page)

    # The editor, by the keyboard: a sentence is moved, one is dropped, one is added with a number from the list.
    page.locator(".savebar a.primary").click()
    page.wait_for_selector(".sentence .bound")
    before = ids(page)
    page.locator(".sentence").first.locator("[data-do=down]").focus()
    page.keyboard.press("Enter")
    assert ids(page) == [before[1], before[0], *before[2:]]
    page.keyboard.press("Shift+Tab")  # to the button that moves it up
    page.keyboard.press("Enter")
    assert ids(page) == before
    page.locator(".sentence", has_text="问题主要集中在").locator("[data-do=drop]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.do") == "bring-back"
    page.locator("#add").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("另据统计，尚有")
    own = page.locator(".sentence").last
    own.locator("[data-do=insert]").click()
    page.select_option("#figures-list", "330382114.outstanding")
    page.locator("#figures button.primary").click()
    expect(own.locator(".bound")).to_have_text(["19"])
    page.keyboard.type("所在柳市镇，走访86次。")
    saved(page)

    # A number that was typed stands out and blocks; explained, it does not.
    page.locator(".savebar button").click()
    page.wait_for_url("**/preview/")
    assert page.locator(".savebar button.primary").is_disabled()
    page.goto(f"{report}edit/")
    page.wait_for_selector(".sentence .unexplained")
    assert page.locator(".sentence").last.locator(".bound").all_inner_texts() == ["19", "86"]
    accessible(page)
    page.locator(".typed-numbers input").fill("按走访登记统计")
    page.fill("#id_addressees", "市教育局：")
    with page.expect_request("**/draft/") as request:  # which says over which words each sentence was written
        page.fill("#id_signed", "乐清市教育局")
    assert all(len(each["of"]) == 64 for each in request.value.post_data_json["paragraphs"])
    saved(page)
    page.locator(".savebar button").click()
    page.wait_for_url("**/preview/")
    text = paper(page)
    assert text[0] == REFERENCE
    assert text[-1] == "另据统计，尚有19所在柳市镇，走访86次。"
    assert not any(line.startswith("问题主要集中在") for line in text)

    accessible(page)

    # Submitted: it waits for another person, and is what was looked at.
    page.locator(".savebar button.primary").click()
    page.wait_for_url(report)
    assert page.locator(".report-state.submitted").count() == 1
    assert page.locator("form[action$='approve/']").count() == 0

    page.context.clear_cookies()
    sign_in(page, address, "supervisor")
    if language == "en":
        page.locator("header button[name=language]").click()
    page.goto(f"{address}/reports/")
    page.locator(f"a[href='{report.removeprefix(address)}']").click()
    page.locator("form[action$='approve/'] a").click()
    page.wait_for_url("**/versions/1/")
    assert paper(page) == text
    accessible(page)
    page.locator(".paper .text a").nth(1).click()  # 1270: the institutions that were kept
    page.wait_for_url("**/annex/**")
    assert "1270" in page.locator("h1").inner_text()
    page.goto(report)
    page.locator("form[action$='approve/'] button").click()
    page.wait_for_selector(".report-state.approved")

    # The clerk hands it over.
    page.context.clear_cookies()
    sign_in(page, address, "taskforce")
    page.goto(report)
    page.fill("#id_to", "温州市教育局")
    page.fill("#id_way", "公文系统")
    page.locator("form[action$='hand-over/'] button").click()
    page.wait_for_selector(".report-state.handed_over")
    assert "温州市教育局" in page.locator(".life").inner_text()
    accessible(page)
    page.goto(f"{report}versions/1/changes/")
    accessible(page)


def test_second_of_two_clerks_is_told_and_loses_nothing(page, address, browser):
    """Not watched: a browser notes each 412 on its console."""
    sign_in(page, address, "taskforce")
    page.goto(f"{address}/reports/new/")
    page.select_option("#id_period", "week")
    page.fill("#id_as_of", "2018-12-30")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/check/")
    editor = page.url.replace("check/", "edit/")
    page.goto(editor)
    page.wait_for_selector(".sentence .bound")
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    other = context.new_page()
    sign_in(other, address, "taskforce2")
    other.goto(editor)
    other.wait_for_selector(".sentence .bound")
    other.locator("#add").click()
    other.keyboard.type("同事写的一句。")
    saved(other)
    context.close()

    page.locator("#add").click()
    page.keyboard.type("我写的一句。")
    page.wait_for_selector("#stale:not([hidden])")
    page.locator("#stale button").click()
    page.wait_for_selector("#meanwhile")

    assert "同事写的一句。" in page.locator("#meanwhile").inner_text()
    assert page.locator(".sentence .text").last.inner_text() == "我写的一句。"
    page.locator(".savebar button").click()
    page.wait_for_url("**/preview/")
    assert paper(page)[-1] == "我写的一句。"


def test_preview_asked_for_while_the_draft_is_being_saved_waits_for_its_version(signed_in, address):
    """The draft is stored, and the answer is under way: without its version the page would be someone else's."""
    page = signed_in("taskforce")
    page.goto(f"{address}/reports/new/")
    page.select_option("#id_period", "week")
    page.fill("#id_as_of", "2018-12-23")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/check/")
    page.goto(page.url.replace("check/", "edit/"))
    page.wait_for_selector(".sentence .bound")
    under_way = []
    page.route("**/draft/", lambda route: under_way.append((route, route.fetch())))
    page.fill("#id_signed", "乐清市教育局")
    while not under_way:
        page.wait_for_timeout(50)
    page.locator(".savebar button").click(no_wait_after=True)
    page.wait_for_timeout(500)
    route, answer = under_way.pop()
    route.fulfill(response=answer)

    page.wait_for_url("**/preview/")
    assert "乐清市教育局" in page.locator(".paper").inner_text()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_roll_up_with_a_contradiction_is_no_wider_than_the_screen(signed_in, address, language):
    page = signed_in("supervisor")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.goto(f"{address}/reports/collected/?as_of=2018-12-31")
    wrong = content("330303", figures(300, 200, 100, 50))
    wrong["figures"]["none.licensed"] = 9
    files = [file_of(content("330302", figures(1200, 980, 700, 200, 12))), file_of(wrong)]
    sent = [{"name": name, "mimeType": "application/json", "buffer": data} for name, data in files]
    page.set_input_files("#id_files", sent)
    page.locator("main form[method=post] button.primary").click()
    page.wait_for_selector(".arrived.contradicts")

    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == DESKTOP["width"]
