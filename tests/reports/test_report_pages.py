"""The pages of a report's life: what each shows, refuses and leads to."""

import hashlib
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from institutions.moments import today
from reports import actions
from reports.models import Report, ReportExplanation
from reports.superior.sources import sources
from tests.factories import LIUSHI, at, institution, licence_of, user_with
from tests.reports.reporting import approved, begun, clerk, county, leader, sent, submitted

pytestmark = pytest.mark.django_db
NEW = {"division": "330382", "period": "month", "as_of": "2018-12-31", "begins_on": ""}


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def url(name: str, report: Report, *more) -> str:
    return reverse(name, args=[report.pk, *more])


def twins() -> None:
    for name in ("甲馆", "乙馆"):
        school = institution(LIUSHI, name=name)
        licence_of(school, "permit", number="教民133038270000001号", recorded_at=at("2018-12-01"))


# --- The list and a new one


def test_list_says_why_it_is_empty_and_what_next(browse):
    html = browse(clerk()).get(reverse("reports")).content.decode()

    assert "还没有编制过报告" in html and reverse("report_new") in html


def test_list_has_state_version_who_when_and_digest(browse):
    version = approved()

    html = browse(clerk()).get(reverse("reports")).content.decode()

    said = plain(html)
    assert "乐清市 月报" in said and "已批准" in said and "2019-01-03 15:00" in said and "leader1" in said
    assert version.sha256[:12] in html


def test_list_shows_reports_of_ones_own_divisions_only(browse):
    submitted()

    html = browse(user_with("task_force", LIUSHI)).get(reverse("reports")).content.decode()

    assert "还没有编制过报告" in html


def test_new_report_leads_to_its_figures(browse):
    answer = browse(clerk()).post(reverse("report_new"), NEW)

    assert answer.url == url("report_check", Report.objects.get())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"as_of": (today() + timedelta(days=1)).isoformat(), "period": "any", "begins_on": "2018-12-01"}, "还没有到"),
        ({"as_of": "2018-12-30"}, "不是月末"),
        ({"period": "any"}, "请填写起始日期"),
        ({"division": "330381"}, "330381"),
    ],
)
def test_new_report_that_cannot_be_is_refused_with_a_sentence(browse, changes, says):
    answer = browse(clerk()).post(reverse("report_new"), NEW | changes)

    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not Report.objects.exists()


def test_new_report_is_not_for_who_prepares_none(browse):
    assert browse(leader()).get(reverse("report_new")).status_code == 403


# --- Figures and contradictions


def test_check_shows_figures_of_both_periods_with_their_lists(browse):
    county()
    report = begun()

    html = browse(clerk()).get(url("report_check", report)).content.decode()

    assert "/institutions/?division=330382&amp;as_of=2018-12-31&amp;figure=rectified" in html
    assert "/institutions/?division=330382&amp;as_of=2018-11-30&amp;figure=rectified" in html
    assert "没有发现矛盾" in html


def test_contradiction_is_explained_and_then_lets_it_pass(browse):
    twins()
    report, client = begun(), browse(clerk())
    html = client.get(url("report_check", report)).content.decode()
    assert "还有 1 项没有改正或说明" in html and "乙馆" in html
    refused = client.post(url("report_preview", report), {"version": report.version})
    assert refused.status_code == 422 and "不能提交" in refused.content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', html)[1]

    client.post(url("report_explain", report), {"code": "permit_number_used_twice", "digest": digest, "text": "已核"})

    assert ReportExplanation.objects.get().by == clerk()
    assert "都已说明，可以提交" in client.get(url("report_check", report)).content.decode()
    report.refresh_from_db()
    assert client.post(url("report_preview", report), {"version": report.version}).status_code == 302
    assert report.versions.exists()


def test_explanation_without_words_is_refused(browse):
    twins()
    report = begun()

    answer = browse(clerk()).post(url("report_explain", report), {"code": "x", "digest": "y", "text": " "})

    assert answer.status_code == 422 and not ReportExplanation.objects.exists()


def test_preview_disables_submission_while_something_is_unexplained(browse):
    twins()
    report = begun()

    html = browse(clerk()).get(url("report_preview", report)).content.decode()

    assert "现在还不能提交" in html and " disabled>" in html


# --- The editor


def post_draft(client, report: Report, content: dict, version: int | None = None):
    body = {"version": version or report.version, **content}
    return client.post(url("report_draft", report), json.dumps(body), content_type="application/json")


def test_draft_is_saved_and_answers_with_what_was_understood(browse):
    county()
    report, client = begun(), browse(clerk())
    content = sent(report)
    content["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": ["本月走访86次。"]})

    answer = post_draft(client, report, content)

    assert answer.status_code == 200
    own = answer.json()["paragraphs"][-1]
    assert [part if isinstance(part, str) else part["typed"] for part in own["parts"]] == ["本月走访", "86", "次。"]
    report.refresh_from_db()
    assert answer.json()["version"] == report.version == 2


def test_draft_of_an_older_page_is_refused_and_kept_beside_the_others(browse):
    county()
    report = begun()
    mine, theirs = sent(report), sent(report)
    mine["paragraphs"].append({"id": "own.1", "key": "own", "dropped": False, "parts": ["我写的。"]})
    theirs["paragraphs"].append({"id": "own.2", "key": "own", "dropped": False, "parts": ["他写的。"]})
    assert post_draft(browse(clerk("clerk2")), report, theirs).status_code == 200
    client = browse(clerk())
    refused = post_draft(client, report, mine, version=1)
    assert (refused.status_code, refused.json()["version"]) == (412, 2)

    answer = client.post(url("report_edit", report), {"version": 1, "draft": json.dumps(mine)})

    html = answer.content.decode()
    assert answer.status_code == 412
    assert "他写的。" in html and "我写的。" in json.loads(re.search(r'id="draft"[^>]*>(.*?)</script>', html)[1])[
        "paragraphs"
    ][-1]["parts"]  # fmt: skip
    again = client.post(url("report_edit", report), {"version": 2, "draft": json.dumps(mine)})
    assert again.url == url("report_preview", report)


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"heading": 1, "paragraphs": []}', '{"heading": {}, "paragraphs": [1]}']
)
def test_draft_that_is_none_is_refused(browse, body):
    report = begun()

    answer = browse(clerk()).post(url("report_draft", report), body, content_type="application/json")

    assert answer.status_code == 422 and "草稿" in answer.json()["message"]


def test_draft_is_not_written_by_who_prepares_none_nor_after_submission(browse):
    report = begun()
    content = sent(report)
    assert post_draft(browse(leader()), report, content).status_code == 403
    submitted(report)
    report.refresh_from_db()

    assert post_draft(browse(clerk()), report, content).status_code == 409


# --- What was submitted


def test_kept_page_links_each_number_to_the_members_that_were_kept(browse):
    county()
    version = approved()
    client = browse(leader())
    html = client.get(version.get_absolute_url()).content.decode()
    annex = url("report_annex", version.report, 1)
    assert f'<a href="{annex}?figure=rectified">2</a>' in html
    assert version.sha256 in html and version.audit_head in html

    listed = client.get(annex, {"figure": "rectified"}).content.decode()

    assert "甲馆" in listed and "乙馆" in listed and "丙馆" not in listed
    assert "已整改 2" in plain(listed)


def test_change_since_the_report_before_opens_the_difference_with_its_institutions(browse):
    county()
    new = institution(LIUSHI, surveyed_on="2018-12-10", name="新馆")
    client = browse(leader())
    html = client.get(approved().get_absolute_url()).content.decode()

    [opens] = re.findall(r'<a href="(/statistics/difference/\?[^"]*figure=surveyed)">增加1所</a>', html)
    page = client.get(unescape(opens))

    assert (page.status_code, page.context["count"]) == (200, 1)
    assert [each.listed.name for each in page.context["listed"]] == [new.name]


def test_files_of_a_version_are_those_that_were_made_then(browse):
    county()
    version = approved()
    client = browse(clerk())

    for file in version.files.all():
        content = b"".join(client.get(url("report_file", version.report, 1, file.kind)).streaming_content)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size, file.sha256)
    assert client.get(url("report_file", version.report, 1, "json")).content.decode() == version.content
    assert AuditRow.objects.filter(action="export", after__what="report_file").count() == version.files.count() + 1


def test_files_are_not_for_who_may_not_prepare_nor_approve(browse):
    version = approved()

    assert browse(user_with("auditor", "3303")).get(url("report_file", version.report, 1, "json")).status_code == 403
    assert browse(user_with("auditor", "3303")).get(version.get_absolute_url()).status_code == 200


def test_changes_since_stand_beside_what_was_submitted(browse):
    county()
    version = approved()
    client = browse(clerk())
    assert "没有机构变动" in client.get(url("report_changes", version.report, 1)).content.decode()

    institution(LIUSHI, surveyed_on="2018-12-20", surveyed_recorded="2019-01-08")

    html = client.get(url("report_changes", version.report, 1)).content.decode()
    assert "排摸总数 4 5" in plain(html)


@pytest.mark.parametrize(
    "name",
    ["report", "report_check", "report_edit", "report_preview", "report_draft", "report_explain"],
)
def test_report_out_of_sight_is_absent(browse, name):
    report = begun()
    outsider = browse(user_with("task_force", "330381"))

    method = outsider.post if name in ("report_draft", "report_explain") else outsider.get
    assert method(url(name, report)).status_code == 404


# --- What is done to it


def test_leader_approves_on_the_page_and_the_clerk_cannot(browse):
    report = submitted().report
    report.refresh_from_db()
    html = browse(clerk()).get(report.get_absolute_url()).content.decode()
    assert url("report_step", report, "approve") not in html

    answer = browse(leader()).post(url("report_step", report, "approve"), {"version": report.version})

    assert answer.url == report.get_absolute_url()
    report.refresh_from_db()
    assert report.state == "approved"


def test_stale_step_comes_back_with_what_was_typed(browse):
    report = submitted().report

    answer = browse(leader()).post(url("report_step", report, "send-back"), {"version": 1, "reason": "请补主送"})

    html = answer.content.decode()
    assert (answer.status_code, "请补主送" in html, "已被他人更新" in html) == (412, True, True)


def test_who_edited_is_told_why_he_cannot_approve(browse):
    both = user_with("task_force", "330382", "both")
    both.grants.create(role="supervisor", division_prefix="330382", valid_from="2018-01-01")
    report = submitted(begun(by=both)).report
    client = browse(both)

    html = client.get(report.get_absolute_url()).content.decode()

    assert "不能批准，须由另一人批准" in html
    report.refresh_from_db()
    assert client.post(url("report_step", report, "approve"), {"version": report.version}).status_code == 403


def test_correction_is_given_up_on_the_page(browse):
    version = approved()
    report, client = version.report, browse(clerk())
    report.refresh_from_db()
    client.post(url("report_step", report, "correct"), {"version": report.version, "reason": "点错了"})
    report.refresh_from_db()
    assert "放弃更正" in plain(client.get(report.get_absolute_url()).content.decode())

    answer = client.post(url("report_step", report, "discard"), {"version": report.version, "reason": "不用更正"})

    report.refresh_from_db()
    assert (answer.url, report.state) == (report.get_absolute_url(), "approved")
    html = client.get(answer.url).content.decode()
    assert "已放弃更正" in html and url("report_step", report, "hand-over") in html


def test_version_that_nobody_approved_replaces_none(browse):
    """v1 is approved, v2 waits, is sent back; v3 is approved."""
    first = approved()
    report, client = Report.objects.get(), browse(clerk())

    def says() -> tuple[bool, list[str]]:
        offered = [each.label for each in sources("330382") if each.value.startswith("version:")]
        return "这一版已有新的一版替代" in client.get(first.get_absolute_url()).content.decode(), offered

    actions.correct_report(report, by=clerk(), version=report.version, reason="少算一家", at=at("2019-01-05"))
    submitted(report, at=at("2019-01-05", 15))
    report.refresh_from_db()
    assert says() == (False, ["截至2018-12-31 第2版（待审批）", "截至2018-12-31 第1版（已批准）"])

    actions.send_back_report(report, by=leader(), version=report.version, reason="不对", at=at("2019-01-06"))
    assert says() == (False, ["截至2018-12-31 第1版（已批准）"])

    submitted(report, at=at("2019-01-06", 15))
    report.refresh_from_db()
    actions.approve_report(report, by=leader(), version=report.version, at=at("2019-01-07"))
    assert says() == (True, ["截至2018-12-31 第3版（已批准）"])


def test_edited_sentence_that_is_outdated_is_named_on_the_preview_and_read_in_the_editor(browse):
    """A draft of which one paragraph was written over other words than are generated now."""
    county()
    report, client = begun(), browse(clerk())
    content = sent(report)
    headline = content["paragraphs"][0]
    headline |= {"parts": ["我市", *headline["parts"][1:]], "of": "other words"}
    assert post_draft(client, report, content).json()["paragraphs"][0]["of"] == "other words"

    html = client.get(url("report_preview", report)).content.decode()
    page = client.get(url("report_edit", report)).content.decode()
    draft = json.loads(re.search(r'id="draft"[^>]*>(.*?)</script>', page)[1])
    post_draft(client, report, draft | {"heading": {}})
    read = client.get(url("report_preview", report)).content.decode()

    assert "系统生成的句子已变" in html and " disabled>提交审批" in html
    assert 'id="outdated"' in page and "全市排摸培训机构总数4所" in plain(page)
    assert "系统生成的句子已变" not in read and " disabled>提交审批" not in read
