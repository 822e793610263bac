"""Questions: asked once, answered by key, remembered; with a safe default said as a warning, without one an error."""

import json
from datetime import date

import pytest

from institutions.imports.fixes import with_fixes
from institutions.imports.questions import LEAVE_OUT, Questions
from institutions.imports.reading.frames import OfCells
from institutions.imports.stored import as_text
from institutions.imports.workbook import Sheet, read_workbook
from institutions.models import CellFix
from tests.institutions.intake_files import planned, planned_workbook, workbook
from tests.institutions.test_import_command import refused, run, told, written

HEAD = ["机构名称", "乡镇(街道)", "办学地址", "证照情况"]
FIRST, SECOND = ["绘声馆", "柳市镇", "井巷路1号", "无证无照"], ["青竹教育", "虹桥镇", "西街2号", "证照齐全"]

pytestmark = pytest.mark.django_db


def test_question_of_many_rows_is_one_error_of_the_file():
    plan = planned(HEAD, FIRST, SECOND)

    assert [(each.key, each.rows, each.default) for each in plan.questions] == [("surveyed_on", [2, 3], None)]
    assert [(remark.row, remark.column) for remark in plan.errors] == [(0, "排摸日期")]


@pytest.mark.parametrize(("answer", "days"), [("2018.12.31", ["2018-12-31"] * 2), ("none", [None, None])])
def test_answer_is_taken_for_all_of_them(answer, days):
    plan = planned(HEAD, FIRST, SECOND, answers={"surveyed_on": answer})

    assert plan.errors == []
    assert [row.columns["surveyed_on"] and str(row.columns["surveyed_on"]) for row in plan.rows] == days


def test_answer_that_is_no_choice_is_said_with_what_was_answered():
    plan = planned(HEAD, FIRST, answers={"surveyed_on": "昨天"})

    assert "答复“昨天”不在可选之列" in plan.errors[0].message


def test_answer_to_no_question_is_said():
    plan = planned(HEAD[:3], FIRST[:3], answers={"surveyed_on": "none"})

    assert ["surveyed_on" in remark.message for remark in plan.warnings] == [True]


def test_any_row_can_be_answered_to_be_left_out():
    plan = planned(HEAD[:3], ["绘声馆", "没有的镇", ""], SECOND[:3], answers={"row:2": "leave_out"})

    assert ([row.row for row in plan.rows], plan.errors) == ([3], [])
    assert [(each.first, each.reason) for each in plan.not_read] == [(2, "按答复不导入")]


def test_row_of_one_of_several_sheets_is_named_with_its_sheet():
    sheets = [Sheet(name, rows=[HEAD[:3], ["删除", "柳市镇", ""]]) for name in ("一", "二")]

    plan = planned_workbook(workbook(*sheets), {"name:二!2": "leave_out"})

    assert [(each.key, each.decided) for each in plan.questions] == [("name:一!2", None), ("name:二!2", "leave_out")]
    assert [(remark.sheet, remark.row) for remark in plan.errors] == [("一", 2)]
    assert str(plan.errors[0]).startswith("工作表“一”第2行 机构名称：")


def test_survey_days_of_sheets_whose_titles_differ_are_asked_apart():
    sheets = [
        Sheet(name, rows=[[f"截至2018年{month}月30日"], HEAD, row])
        for name, month, row in (("一", 6, FIRST), ("二", 9, SECOND))
    ]

    plan = planned_workbook(workbook(*sheets))

    assert [(each.key, each.proposal) for each in plan.questions] == [
        ("surveyed_on:一", "2018-06-30"),
        ("surveyed_on:二", "2018-09-30"),
    ]


def test_title_and_sheet_name_that_disagree_are_asked_about_once():
    rows = [["虹桥镇名册"], HEAD[:1] + HEAD[2:3], ["绘声馆", "井巷路1号"], ["青竹教育", "西街2号"]]
    sheets = [Sheet("柳市镇", rows=rows), Sheet("北白象镇", rows=[HEAD[:3], ["晨曦", "", "湖景路3号"]])]

    asked = planned_workbook(workbook(*sheets))
    answered = planned_workbook(workbook(*sheets), {"township:柳市镇": "330382108"})

    assert [(each.key, each.scope, each.rows) for each in asked.questions] == [("township:柳市镇", "sheet", [3, 4])]
    assert [row.columns["division"].name for row in answered.rows] == ["虹桥镇", "虹桥镇", "北白象镇"]


def test_status_of_a_table_without_such_a_column_is_asked():
    head, row = ["机构名称", "乡镇", "检查日期"], ["绘声馆", "柳市镇", "2018-9-3"]

    asked, answered = planned(head, row), planned(head, row, answers={"licence_status": "none"})

    assert [(each.key, each.default) for each in asked.questions] == [("licence_status", None)]
    assert answered.rows[0].columns["licence_status_at_survey"] == "none"


def test_misspelt_heading_is_not_read_until_it_is_answered():
    head, row = ["机构名称", "乡镇", "办学地扯"], ["绘声馆", "柳市镇", "井巷路1号"]

    asked = planned(head, row)
    answered = planned(head, row, answers={"heading:办学地扯": "operating_address"})

    assert [(each.key, each.default) for each in asked.questions] == [("heading:办学地扯", "ignore")]
    assert [plan.rows[0].columns["operating_address"] for plan in (asked, answered)] == ["", "井巷路1号"]


def test_misspelt_heading_of_the_names_has_no_default():
    head, row = ["机沟名称", "乡镇", "办学地址"], ["绘声馆", "柳市镇", "井巷路1号"]

    assert [remark.row for remark in planned(head, row).errors] == [0]
    assert planned(head, row, answers={"heading:机沟名称": "name"}).errors == []


def test_any_heading_can_be_given_a_meaning():
    head, row = ["机构名称", "乡镇", "位于"], ["绘声馆", "柳市镇", "井巷路1号"]

    plan = planned(head, row, answers={"heading:位于": "operating_address"})

    assert plan.rows[0].columns["operating_address"] == "井巷路1号"


def test_two_periods_each_behind_its_licence_are_not_asked_about():
    plan = planned(
        ["机构名称", "乡镇", "营业执照号", "有效期", "办学许可证号", "有效期", "证照情况", "检查日期"],
        ["绘声馆", "柳市镇", "91330382MA0000005Y", "2016.3.1-2036.2.28", "教民133038200000011号", "2017.9-2020.8",
         "证照齐全", "2018-9-3"],
    )  # fmt: skip

    assert plan.questions == []
    assert [(each.kind, str(each.valid_to)) for each in plan.rows[0].licences] == [
        ("permit", "2020-08-31"),
        ("registration", "2036-02-28"),
    ]


@pytest.mark.parametrize(("answer", "rows"), [({}, [2, 3]), ({"hidden_rows": "leave_out"}, [2])])
def test_hidden_rows_are_asked_about_once_and_taken_by_default(answer, rows):
    plan = planned(HEAD[:3], FIRST[:3], SECOND[:3], hidden_rows=frozenset({2}), filtered=True, answers=answer)

    assert [row.row for row in plan.rows] == rows
    assert [(each.key, each.default, each.rows) for each in plan.questions] == [("hidden_rows", "keep", [3])]


@pytest.mark.parametrize(("answer", "name"), [({}, "绘声馆"), ({"struck_parts": "keep"}, "绘声馆旧址")])
def test_of_a_cell_struck_out_in_part_the_rest_is_taken_by_default(answer, name):
    plan = planned(HEAD[:3], ["绘声馆旧址", *FIRST[1:3]], struck={(1, 0): "绘声馆"}, answers=answer)

    assert plan.rows[0].columns["name"] == name


@pytest.mark.parametrize(("answer", "principals"), [({}, ["", ""]), ({"struck_parts": "keep"}, ["王某", "王某"])])
def test_what_is_struck_out_of_a_merged_cell_is_so_for_each_row_beside_it(answer, principals):
    head = [*HEAD[:3], "负责人"]

    plan = planned(
        head, [*FIRST[:3], "王某"], [*SECOND[:3], ""], merges=[(1, 3, 2, 3)], struck={(1, 3): ""}, answers=answer
    )

    assert [row.columns["principal"] for row in plan.rows] == principals
    assert [(each.key, each.rows) for each in plan.questions] == [("struck_parts", [2])]


def test_what_is_struck_out_of_a_merged_cell_is_asked_about_though_its_first_row_is_left_out():
    plan = planned(
        [*HEAD[:3], "负责人"],
        [*FIRST[:3], "王某"],
        [*SECOND[:3], ""],
        merges=[(1, 3, 2, 3)],
        struck={(1, 0): "", (1, 3): ""},
    )

    assert [(row.columns["name"], row.columns["principal"]) for row in plan.rows] == [(SECOND[0], "")]
    assert [each.key for each in plan.questions] == ["struck_rows", "struck_parts"]


def test_day_of_a_merged_cell_that_the_sheet_shows_in_part_is_refused_in_each_row_beside_it():
    head = ["排摸日期", *HEAD[:3]]

    plan = planned(
        head,
        [date(2018, 9, 3), *FIRST[:3]],
        ["", *SECOND[:3]],
        merges=[(1, 0, 2, 0)],
        partial_days={(1, 0): "day without year"},
    )

    assert [(each.row, each.column) for each in plan.errors] == [(2, "排摸日期"), (3, "排摸日期")]


def test_cell_typed_beside_what_is_struck_out_of_a_merged_cell_leaves_the_others_struck():
    rows = [[*HEAD[:3], "负责人"], [*FIRST[:3], "王某"], [*SECOND[:3], ""], ["石桥棋院", "柳市镇", "后街7号", ""]]
    book = workbook(Sheet("", rows=rows, merges=[(1, 3, 3, 3)], struck=OfCells({(1, 3): ""})))

    plan = planned_workbook(with_fixes(book, [CellFix(address="D3", new="李某")]))

    assert [row.columns["principal"] for row in plan.rows] == ["", "李某", ""]


def test_row_typed_below_the_end_of_a_text_file_is_read():
    book = read_workbook("机构名称,乡镇\n绘声馆,柳市镇\n".encode(), "a.csv")

    plan = planned_workbook(
        with_fixes(book, [CellFix(address="A3", new="青竹教育"), CellFix(address="B3", new="虹桥镇")])
    )

    assert [row.columns["name"] for row in plan.rows] == ["绘声馆", "青竹教育"]


def test_later_question_without_a_default_takes_it_from_the_first():
    questions = Questions()

    first = questions.ask("key", "?", {LEAVE_OUT: "x"}, default=LEAVE_OUT)
    second = questions.ask("key", "?", {LEAVE_OUT: "x"})

    assert (first, second, [each.key for each in questions.open]) == (LEAVE_OUT, None, ["key"])


# --- By the command


def test_command_tells_questions_and_takes_answers(tmp_path):
    file = written(tmp_path / "register.csv", FIRST, head=HEAD)

    assert refused(file)[1] == [
        "填了证照情况，没有排摸日期。排摸是哪一天？（请答复 surveyed_on：日期，例：2018-12-31；none=不登记排摸（证照情况不记））"
    ]
    answer = run(file, "--answer", "surveyed_on=2018-09-03")

    assert (answer["new"], answer["errors"]) == (1, [])
    [question] = answer["questions"]
    assert {name: question[name] for name in ("key", "scope", "rows", "answer", "default", "takes_day")} == {
        "key": "surveyed_on",
        "scope": "file",
        "rows": [3],
        "answer": "2018-09-03",
        "default": None,
        "takes_day": True,
    }


def test_answer_without_a_value_is_refused(tmp_path):
    assert refused(written(tmp_path / "a.csv", FIRST, head=HEAD), "--answer", "surveyed_on")[0] == (
        "--answer 应写成 KEY=VALUE，收到“surveyed_on”。"
    )


def test_command_says_what_is_not_read(tmp_path):
    file = written(tmp_path / "register.csv", FIRST[:3], ["合计", "1家", ""], head=HEAD[:3])

    assert "未读取：第4行“合计 1家”，合计、小计一类的行" in told(file, "--dry-run")
    assert [each["rows"] for each in run(file, "--dry-run")["not_read"]] == [[4, 4], [1, 1]]


def test_hidden_column_is_read_and_said():
    plan = planned(HEAD[:3], FIRST[:3], hidden_columns=frozenset({2}))

    assert plan.rows[0].columns["operating_address"] == FIRST[2]
    assert [remark.message for remark in plan.warnings] == ["隐藏的列也一样读取：C"]


def test_id_number_in_a_row_or_line_that_is_left_out_is_not_repeated():
    number = "330382199001011234"

    plan = planned(
        [f"填表人 {number}"],
        HEAD[:3],
        [f"绘声馆{number}", "柳市镇", ""],
        SECOND[:3],
        [f"审核：{number}"],
        struck={(2, 0): ""},
    )

    assert number not in str(plan.as_json(None))
    assert [each.first for each in plan.not_read] == [5, 1, 3]


def test_question_of_rows_on_several_sheets_names_each_with_its_own():
    head = ["机构名称", "办学地址"]
    sheets = [
        Sheet("柳市镇", rows=[head, ["绘声馆（已停办）", "井巷路1号"]]),
        Sheet("虹桥镇", rows=[head, ["青竹教育（已停办）", "三八路6号"]]),
    ]
    book = workbook(*sheets)

    plan = planned_workbook(book)

    (question,) = plan.questions
    assert question.places == [("柳市镇", 2), ("虹桥镇", 2)]
    assert [(each.sheet, each.row) for each in plan.errors] == question.places
    rows = [json.loads(line) for line in as_text(plan, book, {}).lines[1:]]
    assert [(row["key"], row["says"][0]) for row in rows] == [("柳市镇!2", "question"), ("虹桥镇!2", "question")]


def test_rows_that_wait_for_an_answer_to_one_question_of_the_file_are_shown():
    rows = [["乡镇", "机构名称"], ["柳市镇", "绘声馆"], ["", "青竹教育"], ["", "晨曦琴房"]]
    book = workbook(Sheet("", rows=rows))

    asked, answered = planned_workbook(book), planned_workbook(book, {"township_above": "above"})

    assert [(each.row, each.message) for each in asked.errors] == [(0, asked.questions[0].asks)]
    rows = [json.loads(line) for line in as_text(asked, book, {}).lines[1:]]
    assert [(row["row"], row["kind"], row["says"]) for row in rows] == [
        (2, "new", []), (3, "", ["question"]), (4, "", ["question"]),
    ]  # fmt: skip
    assert [row.columns["division"].name for row in answered.rows] == ["柳市镇"] * 3


def test_rows_below_a_group_that_have_no_township_are_errors_when_it_was_answered():
    plan = planned(["乡镇", "机构名称"], ["柳市镇", "绘声馆"], ["", "青竹教育"], answers={"township_above": "none"})

    assert [(each.row, each.column) for each in plan.errors] == [(3, "乡镇(街道)")]
