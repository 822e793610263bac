"""台账: its views and their numbers, the doors and warnings of a round, a move that is refused, the printed notice."""

import re
from datetime import timedelta
from hashlib import sha256

import pytest

from inspections.actions import (
    extend_rectification,
    order_rectification,
    return_rectification,
    submit_rectification,
    void_rectification,
)
from inspections.models import Finding, FindingType
from institutions.models import Institution
from institutions.moments import today
from tests.factories import LIUSHI, institution, round_of, supplement_of, visit_of
from tests.urls import body

DAY, WEEK = today(), timedelta(days=7)


@pytest.fixture
def ledger(browse, taskforce):
    """What a view of the ledger lists, and the number over it."""

    def ask(state: str, **more) -> tuple[list[str], int | None]:
        answer = browse(taskforce).get("/rectifications/", {"state": state, **more})
        rows = [row.institution.name for row in answer.context["page"]]
        return rows, answer.context["heads"].get(state)

    return ask


def order(name: str, due_in: int = 9, **how):
    days = {"ordered_on": DAY - timedelta(days=60), "due_on": DAY + timedelta(days=due_in)}
    return round_of(institution(name=name), **(days | how))


def test_ledger_is_sorted_by_days_left(db, ledger):
    order("明天到期", 1)
    order("逾期五天", -5)
    order("今天到期", 0)

    assert ledger("open") == (["逾期五天", "今天到期", "明天到期"], 3)
    assert ledger("overdue") == (["逾期五天"], 1)


def test_struck_off_this_month_counts_from_the_first_to_today(db, ledger):
    first = DAY.replace(day=1)
    order("上月销号", verified_on=first - timedelta(days=1))
    order("月初销号", verified_on=first)

    assert ledger("month") == (["月初销号"], 1)
    assert sorted(ledger("verified")[0]) == sorted(["上月销号", "月初销号"])


def test_heads_count_what_the_words_find(db, ledger):
    order("甲培训")
    order("乙培训")

    assert ledger("open", q="甲") == (["甲培训"], 1)


def test_unknown_view_is_refused(browse, taskforce):
    answer = browse(taskforce).get("/rectifications/?state=nonsense")

    assert (answer.status_code, "“nonsense”不可用" in answer.content.decode()) == (422, True)


def test_ledger_without_a_view_is_the_open_rounds(db, ledger):
    order("甲培训")

    assert ledger("")[0] == ["甲培训"]


def verify(browser, round_, **typed):
    data = {"verify-version": round_.version, "verify-on": str(DAY), "verify-outcome": "closed", "verify-note": "已看"}
    return browser.post(f"/rectifications/{round_.pk}/verify/", data | {f"verify-{k}": v for k, v in typed.items()})


def test_strike_off_without_evidence_is_foretold_and_refused_with_what_was_typed(browse, taskforce):
    round_, browser = order("甲培训", submitted_on=DAY), browse(taskforce)

    before = browser.get(f"/rectifications/{round_.pk}/").content.decode()
    answer = verify(browser, round_)

    assert "缺少停办证据" in before
    assert answer.status_code == 422
    assert [reason for _field, reason in answer.context["errors"]] == [
        "缺少停办证据：需有一次复查显示“已停办”，或显示已搬迁、查无此处并附有现场照片。"
    ]
    assert 'value="已看"' in answer.content.decode()
    assert answer.content.decode().count("缺少停办证据") == 1  # in the summary, and not once more beside the form


def test_stale_move_comes_back_with_the_present_version_and_what_was_typed(browse, taskforce):
    round_, browser = order("甲培训"), browse(taskforce)
    typed = {"extend-on": str(DAY), "extend-due_on": str(DAY + timedelta(days=40)), "extend-reason": "场地改造"}

    answer = browser.post(f"/rectifications/{round_.pk}/extend/", typed | {"extend-version": round_.version + 3})
    shown = answer.content.decode()
    again = browser.post(
        f"/rectifications/{round_.pk}/extend/",
        typed | {"extend-version": re.search(r'name="extend-version" value="(\d+)"', shown).group(1)},
    )

    assert answer.status_code == 412
    assert answer.context["errors"] == [("", "内容已被他人更新，已显示最新内容，请核对后再办理。")]
    assert 'value="场地改造"' in shown
    assert again.status_code == 302
    round_.refresh_from_db()
    assert round_.due_on == DAY + timedelta(days=40)


def test_illegal_move_shows_what_was_typed_though_its_form_is_gone(browse, taskforce):
    round_, browser = order("甲培训", verified_on=DAY), browse(taskforce)

    answer = verify(browser, round_, note="补记的意见")

    assert answer.status_code == 409
    assert ("核验意见", "补记的意见") in answer.context["typed"]
    assert "补记的意见" in answer.content.decode()


def test_errors_of_a_move_link_to_their_fields(browse, taskforce):
    round_, browser = order("甲培训"), browse(taskforce)

    answer = browser.post(f"/rectifications/{round_.pk}/extend/", {"extend-version": 1, "extend-on": "昨天"})

    assert answer.status_code == 422
    said = dict(answer.context["errors"])
    assert said == {
        "extend-on": "日期：输入一个有效的日期。",
        "extend-due_on": "新期限：该字段是必填项。",
        "extend-reason": "延期原因：该字段是必填项。",
    }
    assert all(f'id="id_{field}"' in answer.content.decode() for field in said)


def test_heading_says_which_view_of_which_division_is_printed(db, browse, taskforce):
    page = browse(taskforce).get("/rectifications/", {"state": "overdue", "division": LIUSHI}).content.decode()

    heading = re.sub(r"<[^>]+>", "", re.search(r"<h1>(.*?)</h1>", page, re.S).group(1))
    assert heading == f"整改台账 逾期 · 柳市镇 · {DAY}"


# --- Doors and warnings of one round


RECHECK = "登记复查"


@pytest.mark.parametrize(
    ("how", "offered"),
    [({"due_in": 9}, True), ({"due_in": -9}, True), ({"submitted_on": DAY}, False), ({"verified_on": DAY}, False)],
)
def test_recheck_is_offered_while_the_round_waits_for_one(browse, taskforce, how, offered):
    page = browse(taskforce).get(f"/rectifications/{order('甲培训', **how).pk}/").content.decode()

    assert (RECHECK in page) is offered


def test_recheck_is_offered_to_nobody_who_may_not_record_one(browse, auditor, supervisor):
    round_ = order("甲培训", -9)

    for user in (auditor, supervisor):
        page = browse(user).get(f"/rectifications/{round_.pk}/").content.decode()
        assert "/visits/new/" not in page
        assert "已过期限" in page


def test_submitting_is_warned_of_what_the_strike_off_will_need(browse, taskforce):
    round_ = order("甲培训")
    browser = browse(taskforce)

    before = browser.get(f"/rectifications/{round_.pk}/").context["missing_by_outcome"]
    visit_of(round_.institution, DAY, purpose="recheck", result="ceased", round_=round_)
    after = browser.get(f"/rectifications/{round_.pk}/").context["missing_by_outcome"]

    assert [str(outcome) for outcome, _reasons in before] == [
        "取缔（停办）",
        "整改办理证照",
    ]  # unlicensed: the legal two
    assert [str(outcome) for outcome, _reasons in after] == ["整改办理证照"]


def test_after_a_strike_off_the_one_that_waits_longest_is_next(browse, taskforce):
    visited = order("甲培训", submitted_on=DAY)
    visit_of(visited.institution, DAY, purpose="recheck", result="ceased", round_=visited)
    order("丙培训", submitted_on=DAY)
    longest = order("乙培训", submitted_on=DAY - timedelta(days=3))
    order("自己提交的", submitted_on=DAY - timedelta(days=9), submitted_by=taskforce)

    page = browse(taskforce).get(verify(browse(taskforce), visited).url).content.decode()

    assert f'下一条待核验：<a href="/rectifications/{longest.pk}/">乙培训</a>' in page


def test_after_the_last_strike_off_nothing_is_next(browse, taskforce):
    visited = order("甲培训", submitted_on=DAY)
    visit_of(visited.institution, DAY, purpose="recheck", result="ceased", round_=visited)

    page = browse(taskforce).get(verify(browse(taskforce), visited).url).content.decode()

    assert "核验销号已办理" in page
    assert "下一条待核验" not in page


# --- 责令限期整改通知书


def test_notice_has_what_was_found_its_basis_and_what_is_demanded(browse, inspector):
    school = institution(name="甲培训", operating_address="柏树路1号", principal="王某某")
    visit = visit_of(school, "2018-05-01", findings=(("S02", "灭火器过期"),))
    round_ = round_of(school, "2018-05-02", due_on="2018-06-01", extensions=[("2018-05-20", "2018-06-15")], visit=visit)

    answer = browse(inspector).get(f"/rectifications/{round_.pk}/notice/")

    sheet = answer.content.decode()
    finding = visit.findings.get().type
    for words in (
        "校外培训机构排查整治", "责令限期整改通知书", round_.number, "甲培训", "柏树路1号", finding.name_zh,
        finding.legal_basis, "灭火器过期", "2018年6月1日", "印章", "签收",
    ):  # fmt: skip
        assert words in sheet, words
    assert "2018年6月15日" not in sheet  # an extension is no part of what was served
    assert "王某某" not in sheet
    assert "<header" not in sheet


def test_notice_is_in_chinese_whatever_the_language_of_the_pages(browse, inspector):
    school = institution()
    round_ = round_of(school, DAY, visit=visit_of(school, DAY, findings=("S02",)))
    browser = browse(inspector)
    browser.cookies["django_language"] = "en"

    sheet = browser.get(f"/rectifications/{round_.pk}/notice/").content.decode()

    assert "消防" in re.search(r"<tbody>.*</tbody>", sheet, re.S).group()
    assert "Back to the round" in sheet


def test_withdrawal_of_a_voided_round_is_a_sheet_of_its_own(browse, inspector):
    round_ = order("甲培训", voided=DAY)
    withdrawal = round_.notices.get(kind="withdrawal")

    sheet = browse(inspector).get(f"/notices/{withdrawal.pk}/").content.decode()

    assert "<h1>撤回通知书</h1>" in sheet
    assert round_.number in sheet
    assert "撤回原因：开错" in sheet


@pytest.fixture
def lived(db, taskforce, supervisor):
    """A notice that was served, and then everything happens: renamed, more found, handed in, returned, voided."""
    school = institution(name="甲培训", operating_address="柏树路1号")
    round_ = order_rectification(visit_of(school, DAY - WEEK, findings=("S02",)), by=taskforce, on=DAY - WEEK)

    def happen() -> None:
        Institution.objects.update(name="乙培训", operating_address="另一路2号")
        FindingType.objects.filter(pk="S02").update(name_zh="另一说法", legal_basis="另一依据")
        supplement_of(round_, DAY - WEEK, findings=("T01",))
        Finding.objects.create(visit=round_.opened_by_visit, type_id="S03", rectification=round_)
        for act, by, how in (
            (submit_rectification, taskforce, {"outcome": "closed"}),
            (return_rectification, supervisor, {"reason": "缺照片"}),
            (extend_rectification, taskforce, {"due_on": DAY + WEEK, "reason": "迟"}),
            (void_rectification, supervisor, {"reason": "开错"}),
        ):
            round_.refresh_from_db()
            act(round_, by=by, on=DAY, version=round_.version, **how)

    return round_, happen


def test_notice_printed_again_is_the_same_sheet_whatever_happened_since(browse, api, inspector, settings, lived):
    round_, happen = lived
    notice = round_.notices.get()
    paths = [f"/rectifications/{round_.pk}/notice/", f"/notices/{notice.pk}/"]
    before = [body(browse(inspector).get(path)) for path in paths]
    kept = api(inspector).get(f"/api/v1/notices/{notice.pk}/")

    happen()
    settings.BUREAU_NAME = "另一个局"

    assert [body(browse(inspector).get(path)) for path in paths] == before
    again = api(inspector).get(f"/api/v1/notices/{notice.pk}/")
    assert (again.content, again["ETag"]) == (kept.content, kept["ETag"])
    assert kept.content == notice.content.encode()
    assert kept["ETag"] == f'"{sha256(kept.content).hexdigest()}"'


def test_voided_round_still_shows_what_it_held_and_was_handed(browse, taskforce, lived):
    round_, happen = lived
    happen()
    order_rectification(round_.opened_by_visit, by=taskforce, on=DAY)

    answer = browse(taskforce).get(round_.get_absolute_url())

    assert {each["code"] for each in answer.context["held"]} == {"S02", "T01"}
    assert [str(each.state) for each in answer.context["notices"]] == ["已撤回", "已撤回", ""]


def test_round_shows_what_each_submission_marked(browse, taskforce, supervisor):
    school = institution()
    round_ = order_rectification(visit_of(school, DAY - WEEK, findings=("S02", "T01")), by=taskforce, on=DAY - WEEK)
    visit_of(school, DAY, purpose="recheck", round_=round_)
    first, second = round_.findings.order_by("type")
    for marks in ([first.pk], [first.pk, second.pk]):
        round_.refresh_from_db()
        submit_rectification(round_, by=taskforce, on=DAY, version=round_.version, outcome="closed", put_right=marks)
        round_.refresh_from_db()
        return_rectification(round_, by=supervisor, on=DAY, version=round_.version, reason="缺照片")

    marked = [
        said for _event, _number, said in browse(taskforce).get(round_.get_absolute_url()).context["events"] if said
    ]

    assert marked == [first.type.name_zh, f"{first.type.name_zh}、{second.type.name_zh}"]


def test_deadline_of_a_supplement_is_the_one_that_runs(browse, taskforce, ledger):
    round_ = order("甲培训", 9)
    notice = supplement_of(round_, DAY - WEEK, due_on=DAY - timedelta(days=2))

    page = browse(taskforce).get(round_.get_absolute_url()).content.decode()

    assert f'href="/notices/{notice.pk}/"' in page
    assert "逾期 2 天" in page
    assert "已过期限" in page
    assert ledger("overdue") == (["甲培训"], 1)
    assert ledger("recheck")[0] == ["甲培训"]


def test_notice_is_reached_from_the_round_and_from_the_file(browse, auditor):
    round_ = order("甲培训")

    for page in (f"/rectifications/{round_.pk}/", f"/institutions/{round_.institution_id}/"):
        assert f'href="/rectifications/{round_.pk}/notice/"' in browse(auditor).get(page).content.decode()


def test_address_of_a_refused_move_leads_back_to_the_round(browse, taskforce):
    """Whoever signs in again or changes the language there asks for it with GET."""
    round_, browser = order("甲培训"), browse(taskforce)

    assert browser.get(f"/rectifications/{round_.pk}/extend/").url == round_.get_absolute_url()
    assert browser.get(f"/rectifications/{round_.pk}/unknown/").status_code == 404


def test_what_was_typed_is_shown_in_words(browse, taskforce):
    round_, browser = order("甲培训", verified_on=DAY), browse(taskforce)

    answer = verify(browser, round_)

    assert ("整改结果", "取缔（停办）") in answer.context["typed"]


def test_number_is_found_however_its_brackets_are_typed(browse, taskforce):
    number = round_of(institution(), "2018-05-01").number

    html = (
        browse(taskforce).get("/rectifications/", {"q": number.replace("〔", "[").replace("〕", "]")}).content.decode()
    )

    assert number in html.split("<tbody>")[1]


def test_round_is_found_by_the_number_of_its_supplement(db, ledger):
    round_ = order("甲培训")
    order("乙培训")
    supplement = supplement_of(round_, DAY - WEEK)

    assert ledger("open", q=supplement.number)[0] == ["甲培训"]
