"""审计: the trail in words, newest first, asked by person, day, action and object; exported, and the export noted."""

import csv
import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from accounts import audit
from accounts.models import AuditRow
from desk.audit_question import PAGE_SIZE
from inspections.actions import NewFinding, NewOrder, record_visit, submit_rectification
from inspections.models import Rectification
from institutions.actions import add_licence, edit_institution, register_institution
from institutions.models import Division, Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, at, day, institution, round_of, sent_visit, user_with
from tests.urls import body


@pytest.fixture
def school(db) -> Institution:
    return institution(name="甲培训", principal="王某某", phone="13800001111")


def ask(browser, **asked):
    return browser.get("/audit/", asked)


def told(answer) -> list[tuple[str, str]]:
    return [(each.action, each.object.name) for each in answer.context["rows"]]


def of(school, by, action="institution.edited", on="2018-10-01", **more) -> AuditRow:
    kept = {"before": {"learners": 1}, "after": {"learners": 2}} | more
    with_scope = {"scope_code": school.scope_code}
    return audit.write(action, school, by=by, at=at(on), **with_scope, **kept)


def test_change_is_told_by_field_from_old_to_new_in_words(browse, auditor, taskforce, school):
    columns = {"category": "arts", "learners": 40, "division": Division.objects.get(pk=NEXT_TO_LIUSHI)}
    edit_institution(school, by=taskforce, version=1, columns=columns)

    [row] = ask(browse(auditor)).context["rows"]

    assert (row.action, row.kind, row.object.name, row.place) == ("编辑", "培训机构", "甲培训", "北白象镇")
    assert row.object.url == school.get_absolute_url()
    assert row.changes == [
        ("乡镇（街道）", "柳市镇", "北白象镇"),
        ("类别", "学科类", "文化艺术类"),
        ("学生人数", "—", "40"),
    ]


def test_newest_comes_first(browse, auditor, taskforce, school):
    for on in ("2018-10-02", "2018-10-03", "2018-10-01"):
        of(school, taskforce, on=on)

    rows = ask(browse(auditor)).context["rows"]

    assert [f"{each.row.at:%d}" for each in rows] == ["03", "02", "01"]


def test_visit_round_and_licence_are_named_by_their_institution(browse, auditor, inspector, taskforce, school):
    receipt = record_visit(
        sent_visit(school, findings=[NewFinding("T01")], order=NewOrder()), by=inspector, received_at=at("2018-10-01")
    )
    add_licence(school, by=taskforce, columns={"kind": "permit", "number": "证一", "valid_from": date(2018, 1, 1)})

    rows = {each.row.action: each for each in ask(browse(auditor)).context["rows"]}

    number = school.rectifications.get().number
    assert rows["visit.recorded"].object == ("甲培训 2018-10-01", f"/visits/{receipt.id}/", f"institution:{school.pk}")
    assert rows["rectification.ordered"].object.name == f"甲培训 {number}"
    assert rows["licence.added"].object.name == "甲培训 办学许可证 证一"
    assert ("检查类型", "", "日常巡查") in rows["visit.recorded"].changes
    assert [each.after for each in rows["visit.recorded"].changes if each.label == "问题"][0].startswith("T01 ")


def test_step_of_a_round_is_told_with_its_day_and_its_words(browse, auditor, taskforce, school):
    round_ = round_of(school, "2018-10-01")
    submit_rectification(
        round_, by=taskforce, on=day("2018-10-08"), version=1, outcome="closed", note="已停办，电话13800001111"
    )

    [row] = [each for each in ask(browse(auditor)).context["rows"] if each.row.action == "rectification.submitted"]

    [step] = [each.after for each in row.changes if each.label == "经过"]
    assert step.startswith("2018-10-08 ")
    assert ("已停办" in step, "13800001111" in step) == (True, False)


def test_registration_is_told_by_what_it_holds(browse, auditor, taskforce):
    register_institution(by=taskforce, columns={"name": "乙培训", "division": Division.objects.get(pk=LIUSHI)})

    [row] = ask(browse(auditor)).context["rows"]

    assert row.changes == [("机构名称", "", "乙培训"), ("乡镇（街道）", "", "柳市镇"), ("类别", "", "学科类")]
    assert row.action == "登记机构"


def test_number_is_called_what_it_is_the_number_of(browse, auditor, taskforce, school):
    columns = {"kind": "registration", "number": "52330382MJ0000001X", "valid_from": day("2018-01-01")}
    add_licence(school, by=taskforce, columns=columns)
    record_visit(
        sent_visit(school, findings=[NewFinding("T01")], order=NewOrder()),
        by=taskforce,
        received_at=at("2018-10-01", 20),
    )

    labels = {
        each.row.object_type: change.label
        for each in ask(browse(auditor)).context["rows"]
        for change in each.changes
        if change.after in ("52330382MJ0000001X", Rectification.objects.get().number)
    }

    assert labels == {"institutions.licence": "证号", "inspections.rectification": "通知书编号"}


def test_people_are_masked_also_in_running_text_and_in_words_searched(browse, auditor, taskforce, school):
    edit_institution(school, by=taskforce, version=1, columns={"principal": "李某某", "phone": "13900002222"})
    of(school, taskforce, "institution.withdrawn", before={}, after={"reason": "找王老师13700003333核实"})
    audit.note("search", by=taskforce, what={"q": "李某某 13900002222", "where": "institutions", "found": 1})
    audit.exported(by=taskforce, what="institutions", question="q=李某某&division=330382", rows=1, divisions=["330382"])

    page = ask(browse(auditor)).content.decode()

    assert re.findall("李某某|王某某|13800001111|13900002222|13700003333", page) == []
    assert "找王老师137****3333核实" in page
    assert "李** 139****2222" in page


@pytest.mark.parametrize("words", ["司徒空空13711112222", "司徒空空1111", "阿卜杜热合曼·艾尼", "阿卜杜热合曼"])
def test_name_searched_for_is_not_read_by_the_auditor(browse, taskforce, auditor, words):
    """Neither beside a number, as it is pasted from a message, nor however long it is."""
    browse(taskforce).get("/institutions/", {"q": words})

    page = ask(browse(auditor)).content.decode()

    assert "查询词" in page
    assert re.findall("司徒|阿卜杜", page) == []


def test_people_are_shown_to_an_auditor_who_may_see_them_there(browse, auditor, taskforce, school):
    auditor.grants.create(role="supervisor", division_prefix=LIUSHI, valid_from="2018-01-01")
    edit_institution(school, by=taskforce, version=1, columns={"phone": "13900002222"})

    [row] = ask(browse(auditor)).context["rows"]

    assert row.changes == [("联系电话", "13800001111", "13900002222")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"by": "taskforce"}, ["编辑"]),
        ({"by": "nobody"}, []),
        ({"by": "命令行"}, ["停办"]),
        ({"action": "institution.ceased"}, ["停办"]),
        ({"action": "registry"}, ["停办", "更名", "编辑"]),
        ({"action": "accounts"}, []),
        ({"since": "2018-10-02"}, ["停办", "更名"]),
        ({"until": "2018-10-02"}, ["更名", "编辑"]),
        ({"since": "2018-10-02", "until": "2018-10-02"}, ["更名"]),
        ({"division": LIUSHI}, ["停办", "更名", "编辑"]),
        ({"division": NEXT_TO_LIUSHI}, []),
    ],
)
def test_what_is_asked_for_filters(browse, auditor, taskforce, inspector, school, asked, expected):
    of(school, taskforce, on="2018-10-01")
    of(school, inspector, "institution.renamed", on="2018-10-02")
    of(school, None, "institution.ceased", on="2018-10-03")

    answer = ask(browse(auditor), **asked)

    assert [action for action, _name in told(answer)] == expected
    assert len(answer.context["asked"]) == len(asked)


def test_object_asks_for_everything_about_an_institution(browse, auditor, inspector, taskforce, school):
    other = institution(name="乙培训")
    for each in (school, other):
        record_visit(sent_visit(each), by=inspector, received_at=at("2018-10-01"))
        of(each, taskforce)
    audit.people_shown([school], by=inspector, where="institution")
    audit.people_shown([other], by=inspector, where="institution")

    rows = told(ask(browse(auditor), about=f"institution:{school.pk}"))

    assert sorted(action for action, _name in rows) == sorted(["查看个人信息", "编辑", "登记走访"])
    assert {name.split()[0] for _action, name in rows} == {"甲培训"}


@pytest.mark.parametrize(
    ("words", "expected"), [("甲培", ["编辑"]), ("乙培", []), ("王某某", []), ("taskf", ["更改密码"])]
)
def test_words_find_institutions_and_accounts(browse, auditor, taskforce, school, words, expected):
    of(school, taskforce)
    audit.write("user.password_changed", taskforce, by=taskforce)

    answer = ask(browse(auditor), q=words)

    assert [action for action, _name in told(answer)] == expected
    noted = AuditRow.objects.get(action="search")
    assert (noted.by, noted.after["q"], noted.after["where"]) == (auditor, words, "audit")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "nope"}, "since"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "2018-10-02", "until": "2018-10-01"}, "until"),
        ({"action": "institution.eaten"}, "action"),
        ({"about": "institution:7"}, "about"),
        ({"before": "x-1"}, "before"),
        ({"before": "99999999999999999999-1"}, "before"),
        ({"format": "pdf"}, "format"),
    ],
)
def test_what_is_not_understood_is_refused_and_named(browse, auditor, asked, field):
    answer = ask(browse(auditor), **asked)

    assert answer.status_code == 422
    assert f"#id_{field}" in answer.content.decode()


def test_pages_go_back_in_time_and_forth_again_without_gap_or_repetition(browse, auditor, taskforce, school):
    rows = [of(school, taskforce, on=date(2018, 1, 1) + timedelta(days=n // 3)) for n in range(2 * PAGE_SIZE + 5)]
    client = browse(auditor)

    pages, asked = [], {}
    while asked is not None:
        page = ask(client, **asked).context["page"]
        pages.append([row.pk for row in page.rows])
        asked = {"before": page.older} if page.older else None
    last = page
    back = ask(client, after=last.newer).context["page"]

    newest_first = [row.pk for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)]
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    assert [pk for page in pages for pk in page] == newest_first
    assert [row.pk for row in back.rows] == pages[1]
    assert (bool(back.newer), bool(back.older)) == (True, True)


def test_empty_trail_says_what_will_stand_there(browse, auditor):
    assert "您的辖区还没有审计记录。" in ask(browse(auditor)).content.decode()
    assert "没有符合这些条件的记录。" in ask(browse(auditor), action="export").content.decode()


def test_export_holds_the_rows_in_words_and_is_noted(browse, auditor, taskforce, school):
    edit_institution(school, by=taskforce, version=1, columns={"name": "=甲", "phone": "13900002222"})

    answer = ask(browse(auditor), format="csv", by="taskforce")

    head, row = list(csv.reader(io.StringIO(body(answer).decode().lstrip("\ufeff"))))
    assert head[:7] == ["时间", "操作人", "操作", "对象类型", "对象", "辖区", "内容"]
    assert row[1:6] == ["taskforce", "编辑", "培训机构", "'=甲", "柳市镇"]
    assert row[6] == "机构名称 甲培训 → =甲；联系电话 138****1111 → 139****2222"
    assert row[8] == str(school.pk)
    noted = AuditRow.objects.get(action="export")
    assert (noted.by, noted.after) == (auditor, {"what": "audit", "question": "by=taskforce", "rows": 1})


def test_export_that_is_too_large_is_refused_and_not_noted(browse, auditor, taskforce, school, monkeypatch):
    monkeypatch.setattr("desk.views.audit.MOST_EXPORTED", 2)
    for _row in range(3):
        of(school, taskforce)

    answer = ask(browse(auditor), format="csv")

    assert answer.status_code == 422
    assert not AuditRow.objects.filter(action="export").exists()


def test_export_is_told_by_what_was_asked_in_words(browse, auditor, taskforce, school):
    asked = "division=330382&as_of=2018-12-31&figure=rectified&state=open"
    audit.exported(by=taskforce, what="institutions", question=asked, rows=7, divisions=["330382"], personal=True)

    [row] = ask(browse(auditor)).context["rows"]

    assert (row.action, row.object.name, row.place) == ("导出", "", "乐清市")
    assert row.changes == [
        ("导出内容", "", "机构列表"),
        ("条件", "", "统计指标 已整改；辖区 乐清市；截至日期 2018-12-31；台账视图 未销号"),
        ("行数", "", "7"),
        ("含个人信息", "", "是"),
    ]


QUESTIONS = {
    "state=ordered&oddity=any&inspector=甲&due_from=2018-01-01&due_to=2018-12-31":
        "台账视图 已责令；疑点 有疑点；责令或检查人员 甲；期限自 2018-01-01；期限至 2018-12-31",
    "before=2018-11-30&code=base_shrank": "对比日期 2018-11-30；矛盾 上期已排摸或存在问题、本期不再计入的机构",
    "part=newly_surveyed": "原因 新排摸",
    "state=concluded&kind=paid_tutoring": "状态 查结；类别 有偿补课",
    f"version=2&sha256={'a1' * 32}": "版次 2；文件指纹 a1a1a1a1a1a1…",
}  # fmt: skip


@pytest.mark.parametrize(("asked", "words"), QUESTIONS.items())
def test_question_of_an_export_holds_no_codes(browse, auditor, taskforce, asked, words):
    audit.exported(by=taskforce, what="rectifications", question=asked, rows=7, divisions=["330382"])

    [row] = ask(browse(auditor)).context["rows"]

    assert row.changes[1] == ("条件", "", words)


def test_paragraphs_of_a_report_and_what_was_explained_are_told_in_words(browse, auditor, taskforce):
    division = {"scope_code": "330382000000"}
    kept = {"paragraphs": ["headline", "by_township.1", "by_township.2", "own.1f", "order", "heading"]}
    audit.write("report.edited", taskforce, by=taskforce, after=kept, **division)
    audit.write("report.explained", taskforce, by=taskforce, after={"contradiction": "base_shrank"}, **division)

    [explained, edited] = ask(browse(auditor)).context["rows"]

    assert edited.changes == [("段落", "", "导语、各下级区划、自己写的、段落顺序、公文格式")]
    assert explained.changes == [("矛盾", "", "上期已排摸或存在问题、本期不再计入的机构")]


def test_photo_that_was_taken_away_is_named_by_its_visit(browse, auditor, taskforce, inspector, school):
    visit = record_visit(sent_visit(school), by=inspector, received_at=at("2018-10-01", 20)).id
    for pk in (visit, uuid4()):
        audit.exported(by=taskforce, what="photo", question=f"visit={pk}&slot=1", rows=1, divisions=["330382"])

    [absent, there] = ask(browse(auditor), action="export").context["rows"]

    assert there.changes[1].after == "走访 甲培训 2018-10-01；照片 1"
    assert absent.changes[1].after == "走访 不在您的辖区内；照片 1"


@pytest.mark.parametrize("role", ["inspector", "task_force", "supervisor", "admin"])
def test_page_opens_for_auditors_alone(db, browse, role):
    client = browse(user_with(role, "" if role == "admin" else "330382"))

    assert [client.get("/audit/").status_code, client.get("/audit/verify/").status_code] == [403, 403]
    assert client.post("/audit/verify/").status_code == 403
    assert 'href="/audit/"' not in client.get("/statistics/").content.decode()


def test_auditor_finds_the_page_in_the_head_and_from_the_file(browse, auditor, school):
    page = browse(auditor).get(school.get_absolute_url()).content.decode()

    assert 'href="/audit/"' in page
    assert f'href="/audit/?about=institution:{school.pk}"' in page


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "命令行"), ("en", "command line")])
def test_link_of_what_commands_did_opens_it_in_either_language(browse, auditor, school, language, words):
    of(school, None, action="institution.ceased")
    of(school, auditor)
    client = browse(auditor)
    client.cookies["django_language"] = language
    link = re.search(rf'href="([^"]+)">{words}</a>', client.get("/audit/").content.decode())[1].replace("&amp;", "&")

    answers = []
    for each in ("zh-hans", "en"):
        client.cookies["django_language"] = each
        answers.append(client.get("/audit/" + link))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [[told.row.action for told in answer.context["rows"]] for answer in answers] == [["institution.ceased"]] * 2
    assert [answer.context["asked"][0].value for answer in answers] == ["命令行", "command line"]
