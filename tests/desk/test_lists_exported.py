"""The lists as files: the rows and the order of the page, what may be read by whom, and the trail an export leaves."""

import csv
import io
from urllib.parse import quote

import pytest
from python_calamine import CalamineWorkbook

from accounts.models import AuditRow
from figures.columns import INSTITUTION_EXPORTED, INSTITUTION_LIST, LEDGER_COLUMNS
from institutions.models import Institution
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    hand,
    institution,
    licence_of,
    move_of,
    rename_of,
    round_of,
    supplement_of,
    user_with,
    visit_of,
)
from tests.urls import body

AS_OF = "as_of=2018-12-31"


def csv_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


def xlsx_of(answer) -> list[dict[str, str]]:
    head, *rows = sheet_of(answer)
    return [dict(zip(head, row, strict=True)) for row in rows]


def sheet_of(answer) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0).to_python()


READ = {"csv": csv_of, "xlsx": xlsx_of}


@pytest.fixture(params=["csv", "xlsx"])
def exported(request, client):
    """The rows of a list as a file, asked for by a user."""

    def rows(user, query: str = AS_OF, path: str = "/institutions/") -> list[dict[str, str]]:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(f"{path}?{query}&format={request.param}")
        assert answer.status_code == 200
        return READ[request.param](answer)

    return rows


@pytest.fixture
def school(db) -> Institution:
    found = institution(
        LIUSHI, name="甲培训", credit_code="91350200MA2YJ1XR9G", principal="王某某", phone="13800001111",
        operating_address="柳市镇甲路1号",
    )  # fmt: skip
    known = {"recorded_at": at("2018-10-01")}
    licence_of(found, "permit", "2015-09-01", number="教民000000000000001号", valid_to="2018-08-31", **known)
    licence_of(
        found,
        "permit",
        "2018-09-01",
        number="教民000000000000002号",
        valid_to="2021-08-31",
        revoked_on="2018-12-01",
        **known,
    )
    licence_of(found, "registration", "2017-01-01", number="照1", **known)
    return found


def test_export_has_the_chosen_columns_and_besides_what_a_clerk_needs(school, exported, taskforce):
    [row] = exported(taskforce, f"{AS_OF}&columns=name,signboard_name")

    besides = [str(each.head) for each in INSTITUTION_EXPORTED]
    assert list(row) == ["机构名称", "招牌名称", *besides]
    assert {name: row[name] for name in besides} == {
        "排摸日期": "2018-04-02",
        "办学地址": "柳市镇甲路1号",
        "统一社会信用代码": "91350200MA2YJ1XR9G",
        "办学许可证号": "教民000000000000002号、教民000000000000001号",
        "办学许可证有效期": "2018-09-01 至 2021-08-31（2018-12-01 吊销或注销）、2015-09-01 至 2018-08-31",
        "营业执照/登记证号": "照1",
        "营业执照/登记证有效期": "2017-01-01 至 长期",
        "负责人": "王某某",
        "联系电话": "13800001111",
    }


def test_column_that_is_shown_is_not_exported_twice(school, exported, taskforce):
    [row] = exported(taskforce)

    shown = [str(each.head) for each in INSTITUTION_LIST]
    assert list(row)[: len(shown)] == shown
    assert len(row) == len(shown) + len(INSTITUTION_EXPORTED) - 1  # the principal is shown already


def test_licences_of_an_export_are_those_known_at_the_moment(school, exported, taskforce):
    licence_of(school, "registration", "2018-01-01", number="后补", recorded_at=at("2019-02-01"))

    [row] = exported(taskforce, "as_of=2018-11-30&known_at=2018-12-31T20:00:00%2B08:00")

    assert row["办学许可证有效期"].startswith("2018-09-01 至 2021-08-31、")  # not revoked before December
    assert row["营业执照/登记证号"] == "照1"


def test_export_is_in_the_order_of_the_page_and_has_all_of_its_rows(db, exported, taskforce):
    for number in range(60):
        round_of(institution(name=f"第{number:02}"), "2018-10-01", due_on=f"2018-11-{number % 30 + 1:02}")

    rows = exported(taskforce, f"{AS_OF}&figure=overdue&sort=-due_on&page_size=25&page=2&columns=name,due_on")

    days = [row["整改期限"] for row in rows]
    assert (len(rows), days) == (60, sorted(days, reverse=True))
    assert [row["机构名称"] for row in rows[:2]] == ["第29", "第59"]


def test_export_of_a_past_day_calls_things_as_they_were(db, exported, taskforce):
    school = institution(LIUSHI, name="旧名")
    rename_of(school, "新名", "2018-11-01")
    move_of(school, NEXT_TO_LIUSHI, "2018-11-01")

    then, now = exported(taskforce, "as_of=2018-10-31"), exported(taskforce)

    assert [(row["机构名称"], row["乡镇（街道）"]) for row in [*then, *now]] == [
        ("旧名", "柳市镇"),
        ("新名", "北白象镇"),
    ]


# --- Who may read what


def test_export_of_somebody_with_two_grants_holds_what_they_see_and_names_where_they_may_read_them(exported, seconded):
    """Of the 专班 in one township, auditor in another: both are listed, people of the second are masked."""
    for township, name in ((NEXT_TO_LIUSHI, "乙"), (PANSHI, "丙"), (LIUSHI, "甲")):
        institution(township, name=f"{name}培训", principal=f"{name}某某", phone="13800001111")

    rows = exported(seconded, f"{AS_OF}&division={NEXT_TO_LIUSHI}") + exported(seconded, f"{AS_OF}&division={PANSHI}")

    assert [(row["机构名称"], row["负责人"], row["联系电话"]) for row in rows] == [
        ("乙培训", "乙某某", "13800001111"),
        ("丙培训", "丙**", "138****1111"),
    ]


def test_ledger_of_somebody_with_two_grants_is_exported_the_same_way(exported, seconded):
    for township, name in ((NEXT_TO_LIUSHI, "乙"), (PANSHI, "丙"), (LIUSHI, "甲")):
        school = institution(township, name=f"{name}培训", principal=f"{name}某某", phone="13800001111")
        round_of(school, "2018-05-01")

    rows = [
        row
        for division in (NEXT_TO_LIUSHI, PANSHI)
        for row in exported(seconded, f"division={division}", "/rectifications/")
    ]

    assert [(row["机构名称"], row["负责人"], row["联系电话"]) for row in rows] == [
        ("乙培训", "乙某某", "13800001111"),
        ("丙培训", "丙**", "138****1111"),
    ]


@pytest.mark.parametrize("path", ["/institutions/", "/rectifications/"])
def test_export_of_an_auditor_is_masked(school, exported, auditor, path):
    round_of(school, "2018-05-01")

    [row] = exported(auditor, "", path)

    assert (row["负责人"], row["联系电话"]) == ("王**", "138****1111")


@pytest.mark.parametrize("path", ["/institutions/", "/rectifications/"])
@pytest.mark.parametrize(
    ("role", "fmt", "personal"),
    [("task_force", "csv", True), ("task_force", "xlsx", True), ("auditor", "csv", False)],
)
def test_export_leaves_a_row_in_the_audit_trail(school, browse, role, fmt, personal, path):
    round_of(school, "2018-05-01")
    user = user_with(role, "330382")

    body(browse(user).get(f"{path}?q=甲&sort=-name&format={fmt}"))

    row = AuditRow.objects.get(action="export")
    assert (row.by, row.object_id, row.scope_code) == (user, str(user.pk), "330382000000")
    state = "state=open&" if path == "/rectifications/" else ""
    told = {"what": path.strip("/"), "question": f"division=330382&{state}q={quote('甲')}", "rows": 1}
    assert row.after == told | ({"personal": True} if personal else {})


def test_page_leaves_no_export_in_the_audit_trail(school, browse, taskforce):
    browse(taskforce).get("/institutions/")

    assert not AuditRow.objects.filter(action="export").exists()


# --- The file


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_text_that_begins_a_formula_is_text_in_both_kinds_of_file(db, browse, taskforce, sign):
    institution(name=f"{sign}1+1")
    browser = browse(taskforce)

    [line] = csv_of(browser.get(f"/institutions/?{AS_OF}&format=csv"))
    sheet = sheet_of(browser.get(f"/institutions/?{AS_OF}&format=xlsx"))

    assert line["机构名称"] == f"'{sign}1+1"
    assert sheet[1][0] == f"{sign}1+1"  # the result of a formula would be 0


def test_every_cell_of_a_workbook_is_text(school, browse, taskforce):
    school.credit_code = "913502000000000000"
    school.save()

    sheet = sheet_of(browse(taskforce).get(f"/institutions/?{AS_OF}&format=xlsx"))

    assert {type(cell) for row in sheet for cell in row} == {str}
    assert "913502000000000000" in sheet[1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"/institutions/?{AS_OF}&division={LIUSHI}", "机构_柳市镇_2018-12-31"),
        (f"/rectifications/?{AS_OF}&division={LIUSHI}&state=overdue", "整改台账_逾期_柳市镇_2018-12-31"),
    ],
)
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_file_is_named_in_the_words_of_the_page(school, browse, taskforce, path, name, fmt):
    answer = browse(taskforce).get(f"{path}&format={fmt}")

    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(f'{name}.{fmt}')}"
    assert body(answer)


def test_same_rows_make_the_same_workbook(school, browse, taskforce):
    path = f"/institutions/?{AS_OF}&format=xlsx"

    assert body(browse(taskforce).get(path)) == body(browse(taskforce).get(path))


def test_more_rows_than_a_workbook_takes_are_refused_with_what_to_do(school, browse, taskforce, monkeypatch):
    monkeypatch.setattr("desk.views.lists.MOST_IN_A_WORKBOOK", 0)

    answer = browse(taskforce).get("/institutions/?format=xlsx")

    assert answer.status_code == 422
    assert "共 1 行，工作簿至多 0 行。请改用 CSV，或先选辖区或加条件。" in answer.content.decode()
    assert not AuditRow.objects.filter(action="export").exists()
    assert len(csv_of(browse(taskforce).get("/institutions/?format=csv"))) == 1


# --- 台账


def test_ledger_is_exported_with_problems_deadlines_states_and_who_was_there(school, exported, taskforce):
    opened = visit_of(school, "2018-05-01", findings=("L01", "T01"), by=hand("甲巡查"))
    round_ = round_of(
        school, "2018-05-01", due_on="2018-06-01", visit=opened, extensions=[("2018-05-20", "2018-07-01")]
    )
    visit_of(school, "2018-06-05", purpose="recheck", round_=round_, by=hand("乙巡查"))
    supplement_of(round_, "2018-06-05", due_on="2018-06-20")

    [row] = exported(taskforce, "state=overdue", "/rectifications/")

    assert {str(each.head) for each in LEDGER_COLUMNS} <= set(row)
    assert (row["机构名称"], row["乡镇（街道）"], row["通知书编号"]) == ("甲培训", "柳市镇", round_.number)
    assert [each[:3] for each in sorted(row["问题"].split("、"))] == ["L01", "S02", "T01"]
    assert (row["责令日期"], row["责令人"], row["期限"]) == ("2018-05-01", "clerk", "2018-06-20")
    assert (row["状态"], row["检查人员"]) == ("逾期 · 已责令", "甲巡查、乙巡查")
    assert (row["统一社会信用代码"], row["负责人"], row["联系电话"]) == ("91350200MA2YJ1XR9G", "王某某", "13800001111")
    assert row["办学许可证号"].startswith("教民")


def test_ledger_of_what_was_struck_off_says_how_and_when(school, exported, taskforce):
    round_of(school, "2018-05-01", submitted_on="2018-06-01", verified_on="2018-06-02", outcome="licensed")

    [row] = exported(taskforce, "state=verified", "/rectifications/")

    assert [row[name] for name in ("提交日期", "销号日期", "整改结果", "状态")] == [
        "2018-06-01", "2018-06-02", "整改办理证照", "已销号",
    ]  # fmt: skip
