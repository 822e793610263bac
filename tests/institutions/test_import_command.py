"""A register in, whole or not at all, and out again."""

import csv
import io
import json
from datetime import date
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRow
from inspections.actions import record_visit
from institutions.actions import Registrations, add_licence, edit_institution, register_institution
from institutions.imports.commit import NotCommitted, commit_plan
from institutions.imports.plan import Plan
from institutions.imports.planned import PlannedRows
from institutions.management.commands import import_institutions
from institutions.models import Division, ImportBatch, Institution, Licence
from institutions.places import County
from institutions.positions import distance_m
from tests.factories import LIUSHI, at, institution, sent_visit
from tests.institutions.intake_files import planned as planned_sheet

HEAD = ["机构名称", "乡镇(街道)", "办学地址", "证照情况", "排摸日期", "统一社会信用代码", "联系电话", "经度", "纬度"]
GOOD = ["甲培训中心", "柳市镇", "乐清市柳市镇示例路1号", "无证无照", "2018-04-02", "", "13800000000", "", ""]

pytestmark = pytest.mark.django_db


def written(place: Path, *rows: list[str], head: list[str] = HEAD, encoding: str = "utf-8") -> str:
    """Writes rows as a CSV under a title row and a header; the answer is its path."""
    text = io.StringIO()
    csv.writer(text).writerows([["乐清市培训机构名册"], head, *rows])
    place.write_bytes(text.getvalue().encode(encoding))
    return str(place)


@pytest.fixture
def register(tmp_path):
    """`register(*rows)` is the path of a CSV with these rows."""
    return partial(written, tmp_path / "register.csv")


def run(file: str, *options: str, division: str = "330382") -> dict:
    said = StringIO()
    call_command("import_institutions", file, "--division", division, "--format", "json", *options, stdout=said)
    return json.loads(said.getvalue())


def refused(file: str, *options: str, division: str = "330382") -> tuple[str, list[str]]:
    """The command's refusal and its error messages."""
    said = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("import_institutions", file, "--division", division, "--format", "json", *options, stdout=said)
    told = json.loads(said.getvalue())["errors"] if said.getvalue() else []
    return str(failure.value), [error["message"] for error in told]


def test_dry_run_writes_nothing(register):
    told = run(register(GOOD), "--dry-run")

    assert (told["batch"], told["new"]) == (None, 1)
    assert (Institution.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_one_bad_row_stops_all_and_every_error_is_told(register):
    bad = ["乙培训中心", "柳市镇", "", "无证", "9月3日", "9.13502E+17", "330382199001011234", "28.1", "120.9"]

    failure, messages = refused(register(GOOD, bad))

    assert failure == "5 处错误，没有写入任何内容。"
    assert all(message.startswith("第4行 ") for message in messages)
    assert Institution.objects.count() == 0


@pytest.mark.parametrize(
    ("title", "cell", "says"),
    [
        ("面积", "999999999999", "面积(平方米)：“999999999999”过大，最大 10000000"),
        ("学生人数", "99999999999", "学生人数：“99999999999”过大，最大 1000000"),
        ("学生人数", "12.5", "学生人数：“12.5”不是整数，例：120"),
        ("教师人数", "-1", "教师人数：“-1”不是数字，例：120"),
        ("负责人", "陈" * 51, f"负责人：“{'陈' * 30}…”有 51 个字，最多 50 个"),
        ("电话", "、".join(["13800000000"] * 6), "联系电话：“13800000000、13800000000、138000…”有 71 个字，最多 60 个"),
        ("办学许可证号", "证" * 41, f"办学许可证号：“{'证' * 30}…”有 41 个字，最多 40 个"),
        ("注册地址", "路" * 201, f"注册地址：“{'路' * 30}…”有 201 个字，最多 200 个"),
    ],
)
def test_value_beyond_its_column_is_a_row_error(register, title, cell, says):
    head = ["机构名称", "乡镇", "证照情况", "排摸日期", title]

    assert refused(register(["甲", "柳市镇", "无证无照", "2018-04-02", cell], head=head))[1] == [f"第3行 {says}"]


def test_largest_values_are_stored_and_read_back(register):
    head = ["机构名称", "乡镇", "学生人数", "教师人数", "面积"]
    row = ["甲", "柳市镇", "1000000", "1000000", "10000000"]

    assert (run(register(row, head=head))["new"], run(register(row, head=head))["unchanged"]) == (1, 1)


@pytest.mark.parametrize("day", ["1999-12-31", "2099-01-01"])
def test_survey_before_2000_or_after_today_is_an_error(register, day):
    assert f"“{day}”不在 2000-01-01 至今天之间" in refused(register([*GOOD[:4], day, *GOOD[5:]]))[1][0]


def test_permit_that_ended_before_the_survey_day_it_would_begin_on_is_an_error(register):
    head = ["机构名称", "乡镇", "证照情况", "排摸日期", "办学许可证号", "有效期至"]
    row = ["甲", "柳市镇", "有证无照", "2018-04-02", "教民133038200000077号", "2017-08-31"]

    assert refused(register(row, head=head))[1] == ["第3行 许可证有效期至：2017-08-31 早于排摸日期 2018-04-02"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_each_encoding(register, encoding):
    assert run(register(GOOD, encoding=encoding))["new"] == 1


def test_synonyms_summary_rows_and_repeated_header(register):
    head = ["序号", "学校名称", "详细地址", "证照情况", "检查日期", "法定代表人", "手机", "所属街道"]
    row = ["1", "甲培训中心", "示例路1号", "有照无证", "2018.4.2", "陈某", "13800000000", "虹桥镇"]

    told = run(register(row, head, ["2"], ["合计", "1"], head=head))

    found = Institution.objects.get()
    assert told["rows"] == 1
    assert (found.name, found.principal, found.division_id) == ("甲培训中心", "陈某", "330382108")
    assert found.licence_status_at_survey == "registration_only"


@pytest.mark.parametrize(
    ("address", "township"),
    [("浙江省温州市乐清市北白象镇示例路2号", "330382115"), ("乐清市旭阳社区示例路3号", "330382001")],
)
def test_township_from_the_address(register, address, township):
    row = ["甲培训中心", "", address, "", "", "", "", "", ""]

    run(register(row))

    assert Institution.objects.get().division_id == township


def test_address_in_another_county_is_an_error(register):
    row = ["甲培训中心", "", "瑞安市示例路2号", "", "", "", "", "", ""]

    assert refused(register(row))[1] == ["第3行 办学地址：地址在瑞安市，不在乐清市"]


def test_positions_are_converted_from_the_datum_of_the_file(register):
    row = [*GOOD[:7], "120.8922", "28.0383"]

    run(register(row), "--datum", "gcj02")

    found = Institution.objects.get()
    assert 500 < distance_m(found.position, (120.8922, 28.0383)) < 600  # about 540 m at Yueqing
    assert (found.datum, found.location_source, found.cell is not None) == ("gcj02", "import", True)


def test_longitude_and_latitude_swapped_are_far_away(register):
    assert "不是经纬度" in refused(register([*GOOD[:7], "28.0383", "120.8922"]))[1][0]


def test_same_code_changes_the_same_institution(register):
    code = "91350200MA2YJ1XR9G"
    run(register([*GOOD[:5], code, *GOOD[6:]]))

    told = run(register(["甲培训中心(新)", *GOOD[1:5], code, "13900000000", "", ""]))

    found = Institution.objects.get()
    assert told["changed"] == 1
    assert (found.name, found.phone) == ("甲培训中心(新)", "13900000000")


def test_same_name_at_another_address_is_for_a_person_to_decide(register):
    institution(name="甲培训中心", operating_address="乐清市柳市镇别处9号")

    told = run(register(GOOD))

    assert (told["new"], len(told["duplicates"])) == (1, 1)
    assert Institution.objects.count() == 2


def test_row_repeated_in_the_file_is_an_error(register):
    assert refused(register(GOOD, GOOD))[1] == ["第4行 机构名称：与第3行重复"]


def test_errors_come_back_as_a_marked_workbook(register, tmp_path):
    out = tmp_path / "errors.xlsx"

    refused(register([*GOOD[:4], "昨天", *GOOD[5:]]), "--errors", str(out))

    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows[2][4] == "昨天"
    assert "不是日期" in rows[2][-1]


def test_unknown_division_and_missing_file(register):
    with pytest.raises(CommandError, match="没有代码为“99”的县"):
        call_command("import_institutions", register(GOOD), "--division", "99")
    with pytest.raises(CommandError, match="不能读取"):
        call_command("import_institutions", "nowhere.xlsx", "--division", "330382")


# --- What is said


def told(*arguments: str) -> str:
    said = StringIO()
    call_command("import_institutions", *arguments, "--division", "330382", stdout=said)
    return said.getvalue()


def test_plan_lists_old_and_new_of_each_row(register):
    run(register(GOOD))
    changed = [*GOOD[:6], "13900000000", "", ""]
    added = ["乙培训中心", "柳市镇", "", "", "", "", "", "", ""]

    plan = run(register(changed, added), "--dry-run")["plan"]

    assert [(row["row"], row["kind"], row["name"]) for row in plan] == [
        (3, "changed", "甲培训中心"),
        (4, "new", "乙培训中心"),
    ]
    assert plan[0]["changes"] == [
        {"field": "phone", "title": "联系电话", "old": "13800000000", "new": "13900000000"},
    ]
    assert {"field": "division", "title": "乡镇(街道)", "old": "", "new": "柳市镇"} in plan[1]["changes"]


def test_plan_lists_the_licences_of_a_row(register):
    head = ["机构名称", "乡镇", "办学许可证号", "有效期"]

    plan = run(register(["甲", "柳市镇", "教民133038200000077号", "2017.9-2020.8"], head=head))["plan"]

    assert plan[0]["changes"][-1] == {
        "field": "licence.permit",
        "title": "办学许可证",
        "old": "",
        "new": "教民133038200000077号（2017-09-01至2020-08-31）",
    }


def test_text_says_old_and_new_and_when_the_list_is_cut(register, monkeypatch):
    monkeypatch.setattr(import_institutions, "LISTED", 1)
    other = ["乙培训中心", *GOOD[1:]]
    told(register(GOOD, other))

    said = told(register([*GOOD[:6], "13900000000", "", ""], [*other[:6], "13900000001", "", ""]))

    assert said.splitlines()[:3] == [
        "[变更] 第3行 甲培训中心：联系电话 13800000000 → 13900000000",
        "[变更] 还有 1 行没有列出，用 --format json 可看全部。",
        "新增 0，变更 2，无变化 0。",
    ]


def test_columns_not_taken_are_named_once(register):
    head = ["机构名称", "乡镇", "存在问题", "备注", "完成日期", "", "电话", "手机", "类别"]
    row = ["甲", "柳市镇", "无证", "", "2018-9-3", "x", "13800000000", "13900000000", "艺术类"]

    warnings = run(register(row, ["乙", *row[1:]], head=head))["warnings"]

    # 备注 is empty; the second column of telephones is none of ours.
    assert [warning["message"] for warning in warnings] == [
        "第2行 表头：这些列不读取，其中内容没有导入：存在问题、完成日期、(F列)、手机"
    ]


def test_errors_to_an_unwritable_place_stop_before_anything_is_written(register, tmp_path):
    with pytest.raises(CommandError, match="不能把错误写到") as failure:
        told(register(GOOD), "--errors", str(tmp_path / "nowhere" / "errors.xlsx"))

    assert failure.value.returncode == 1
    assert Institution.objects.count() == 0


def test_errors_file_is_not_left_when_there_are_none(register, tmp_path):
    run(register(GOOD), "--errors", str(tmp_path / "errors.xlsx"))

    assert not (tmp_path / "errors.xlsx").exists()


def test_unreadable_file_is_said_in_json_with_the_same_keys(tmp_path, register):
    (tmp_path / "broken.xlsx").write_bytes(b"no zip")
    said = StringIO()

    with pytest.raises(CommandError, match="打不开压缩包"):
        call_command(
            "import_institutions", tmp_path / "broken.xlsx", "--division", "330382", "--format", "json", stdout=said
        )

    answer = json.loads(said.getvalue())
    assert answer.keys() == run(register(GOOD)).keys()
    assert (answer["batch"], answer["rows"], answer["new"]) == (None, 0, 0)
    assert answer["errors"] == [
        {
            "row": 0,
            "column": "",
            "message": "这不是 .xlsx 文件（打不开压缩包），请在 Excel 中重新另存为 .xlsx。",
            "received": "broken.xlsx",
            "sheet": "",
        }
    ]


def planned(*rows: list) -> Plan:
    return planned_sheet(["机构名称", "乡镇(街道)", "办学地址", "负责人"][: len(rows[0])], *rows)


def test_row_that_the_database_refuses_is_named_and_nothing_is_written(db):
    plan = planned(["甲", "柳市镇"], ["乙", "柳市镇"])
    rows = list(plan.rows)
    rows[1].read.columns["category"] = "magic"
    plan.rows = PlannedRows(plan.tables, rows)

    with pytest.raises(NotCommitted, match="第3行“乙”写不进去：.*institution_category_is_known"):
        commit_plan(plan, file_name="a.csv", sha256="0" * 64, by=None)

    assert (Institution.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_row_changed_since_it_was_planned_is_named_and_nothing_is_written(db):
    commit_plan(planned(["甲", "柳市镇", "柏树路1号"]), file_name="a.csv", sha256="0" * 64, by=None)
    again = planned(["甲", "柳市镇", "柏树路1号", "王某"], ["乙", "柳市镇", "柏树路2号", "李某"])
    school = Institution.objects.get()
    edit_institution(school, by=None, version=1, columns={"phone": "13800000001"})

    with pytest.raises(NotCommitted, match="第2行“甲”写不进去：这家机构的档案已被他人更新"):
        commit_plan(again, file_name="b.csv", sha256="1" * 64, by=None)

    assert list(Institution.objects.values_list("name", "principal")) == [("甲", "")]


def test_survey_that_a_visit_entered_since_it_was_planned_is_not_overwritten(inspector):
    school = institution(LIUSHI, name="甲", operating_address="柏树路1号", surveyed_on=None)
    head = ["机构名称", "乡镇(街道)", "办学地址", "证照情况", "排摸日期"]
    plan = planned_sheet(head, ["甲", "柳市镇", school.operating_address, "证照齐全", "2018-04-02"])
    planned_as = [(row.kind, "surveyed_on" in row.changes) for row in plan.rows]
    sent = sent_visit(school, purpose="survey", happened_at=at("2018-03-01"), licence_status="none")
    record_visit(sent, by=inspector, received_at=at("2018-03-01", 20))

    with pytest.raises(NotCommitted, match="第2行“甲”写不进去：这家机构的档案已被他人更新"):
        commit_plan(plan, file_name="b.csv", sha256="1" * 64, by=None)

    school.refresh_from_db()
    assert planned_as == [("changed", True)]
    assert (school.surveyed_on, school.licence_status_at_survey) == (date(2018, 3, 1), "none")
    assert school.surveyed_recorded_at == at("2018-03-01", 20)


def test_rows_written_together_are_those_written_one_by_one(db):
    """The same entry once in bulk and once by itself: the same audit rows, and chains that hold."""
    columns = {"name": "甲", "division": Division.objects.get(pk="330382114"), "surveyed_on": date(2026, 5, 1),
               "licence_status_at_survey": "none"}  # fmt: skip
    permit = {"kind": "permit", "number": "教民1", "valid_from": date(2026, 1, 1), "valid_to": None}
    now = timezone.now()

    county = County.of(columns["division"])
    registrations = Registrations([(columns, [permit])], by=None, at=now, county=county)
    ((licence,),) = registrations.write()
    together, licence = Institution.objects.get(pk=registrations.ids[0]), Licence.objects.get(pk=licence)
    alone = register_institution(by=None, columns=columns, at=now)
    alone_licence = add_licence(alone, by=None, columns=permit, shared=True, at=now)

    for one, other in ((together, alone), (licence, alone_licence)):
        rows = [
            AuditRow.objects.get(object_type=each._meta.label_lower, object_id=str(each.pk)) for each in (one, other)
        ]
        kept = [{k: v for k, v in row.after.items() if k not in ("id", "institution_id")} for row in rows]
        assert kept[0] == kept[1]
        assert {(row.action, row.scope_code, row.at) for row in rows} == {(rows[0].action, together.scope_code, now)}
    assert list(audit.broken_rows()) == []


@pytest.mark.parametrize("name", ["合计教育培训中心", "说明文字机构", "备注小学培训", "注册会计师培训"])
def test_name_that_begins_like_a_summary_is_an_institution(register, name):
    assert run(register([name, *GOOD[1:]]))["new"] == 1


@pytest.mark.parametrize(
    "cells",
    [["合计"], ["合 计", "1"], ["小计:1"], ["合计 64 所"], ["备注:新增机构"], ["注:一", "二"], ["填表人 张三"]],
)
def test_summary_and_note_rows_are_passed_over(register, cells):
    assert run(register(GOOD, cells))["rows"] == 1


def test_nothing_filled_in_as_wu_or_a_stroke(register):
    head = ["机构名称", "乡镇", "统一社会信用代码", "办学许可证号", "电话", "学生人数", "类别"]
    nothing = ["柳市镇", "无", "/", "—", "无", "艺术类"]

    told = run(register(["甲", *nothing], ["乙", *nothing], head=head))

    assert (told["new"], told["warnings"]) == (2, [])
