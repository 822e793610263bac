"""Layouts of registers and the dirt in them: whatever the two are, the same three institutions come out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from institutions.imports.plan import Plan
from institutions.imports.workbook import Sheet, Workbook
from tests.institutions.intake_files import planned, planned_workbook, workbook

Row = list[Any]
HEAD = ["序号", "机构名称", "乡镇(街道)", "办学地址", "负责人", "联系电话", "学生人数"]
SCHOOLS = [
    [1, "绘声馆", "柳市镇", "井巷路105号二层", "王某", "13800000001", 50],
    [2, "青竹教育", "柳市镇", "三八路6号", "王某", "13800000002", 60],
    [3, "晨曦教育", "虹桥镇", "湖景路16号", "李某", "0577-62000000", 70],
]
EXPECTED = [tuple(map(str, row[1:])) for row in SCHOOLS]

pytestmark = pytest.mark.django_db


def taken(plan: Plan) -> list[tuple[str, ...]]:
    columns = ("name", "division", "operating_address", "principal", "phone", "learners")
    rows = [row.columns | {"division": row.columns["division"].name} for row in plan.rows]
    return sorted(tuple(str(row[name]) for name in columns) for row in rows)


# --- Dirt: what is done to the rows of a table below its header; what is passed over by it


def with_tail(rows: list[Row]) -> list[Row]:
    return [*rows, ["合计", "3家", "", "", "", "", 180], ["填表人：赵某"], ["审核："], ["2018年12月31日"]]


def with_sums(rows: list[Row]) -> list[Row]:
    return [rows[0], ["", "柳市镇小计", "", "", "", "", 50], *rows[1:], ["", "", "总计", "3家"]]


def with_example(rows: list[Row]) -> list[Row]:
    return [["例", "某某培训中心", "柳市镇", "某某路1号", "张三", "13800000000", 100], *rows]


def with_units(rows: list[Row]) -> list[Row]:
    return [["", "", "", "", "", "", "（人）"], *rows]


def with_column_numbers(rows: list[Row]) -> list[Row]:
    return [["1", "2", "3", "4", "5", "6", "7"], *rows]


def with_empty_numbered(rows: list[Row]) -> list[Row]:
    return [*rows, [4], [5, "", ""], [], [""]]


def with_notes(rows: list[Row]) -> list[Row]:
    return [*rows, ["备注：以上数据截至年底"], ["以下空白"], ["注：1.本表一式两份"]]


def with_ditto(rows: list[Row]) -> list[Row]:
    return [rows[0], [*rows[1][:4], "同上", *rows[1][5:]], *rows[2:]]


def with_serials(rows: list[Row]) -> list[Row]:
    return [[row[0], f"{row[0]}、{row[1]}", *row[2:]] for row in rows]


def with_wide_signs(rows: list[Row]) -> list[Row]:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    return [[row[0], f" {row[1]}\u200b", *row[2:5], str(row[5]).translate(wide), f"{row[6]}人"] for row in rows]


def clean(rows: list[Row]) -> list[Row]:
    return rows


DIRT: list[Callable[[list[Row]], list[Row]]] = [
    clean, with_tail, with_sums, with_example, with_units, with_column_numbers, with_empty_numbered, with_notes,
    with_ditto, with_serials, with_wide_signs,
]  # fmt: skip


# --- Layouts: where header and rows stand


def tidy(dirt: Callable) -> Workbook:
    return workbook(Sheet("", rows=[HEAD, *dirt(SCHOOLS)]))


def under_titles(dirt: Callable) -> Workbook:
    titles = [["乐清市校外培训机构名册"], [], ["填报单位：某科", "", "", "", "单位：人"]]
    return workbook(Sheet("名册", rows=[*titles, HEAD, *dirt(SCHOOLS)], merges=[(0, 0, 0, 6)]))


def decorated(dirt: Callable) -> Workbook:
    head = [
        "*序号",
        "★培训机构\n名称（必填）",
        "所属镇街",
        "2.详细地址：",
        "法定代表人（负责人）",
        "联系\n方式",
        "学生数（人）",
    ]
    return workbook(Sheet("名册", rows=[head, *dirt(SCHOOLS)]))


def two_rows_merged(dirt: Callable) -> Workbook:
    top = ["序号", "机构名称", "乡镇(街道)", "办学地址", "负责人", "", "学生人数"]
    below = ["", "", "", "", "姓名", "电话", ""]
    merges = [(0, place, 1, place) for place in (0, 1, 2, 3, 6)] + [(0, 4, 0, 5)]
    return workbook(Sheet("名册", rows=[top, below, *dirt(SCHOOLS)], merges=merges))


def two_rows_plain(dirt: Callable) -> Workbook:
    top = ["序号", "机构名称", "乡镇(街道)", "办学地址", "负责人", "", "学生人数"]
    return workbook(Sheet("", rows=[top, ["", "", "", "", "姓名", "联系电话"], *dirt(SCHOOLS)]))


def three_rows_merged(dirt: Callable) -> Workbook:
    rows = [
        ["序号", "基本情况", "", "", "", "", "规模"],
        ["", "机构名称", "所属", "", "负责人", "", "学生人数"],
        ["", "", "乡镇", "办学地址", "姓名", "手机", ""],
    ]
    merges = [(0, 0, 2, 0), (0, 1, 0, 5), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5), (1, 6, 2, 6)]
    return workbook(Sheet("名册", rows=[*rows, *dirt(SCHOOLS)], merges=merges))


def header_again(dirt: Callable) -> Workbook:
    rows = dirt(SCHOOLS)
    return workbook(Sheet("名册", rows=[HEAD, *rows[:-1], HEAD, *rows[-1:]]))


def header_again_in_another_order(dirt: Callable) -> Workbook:
    last = SCHOOLS[2]
    other = [HEAD[0], HEAD[1], *reversed(HEAD[2:])]
    return workbook(Sheet("名册", rows=[HEAD, *dirt(SCHOOLS[:2]), other, [*last[:2], *reversed(last[2:])]]))


def beside_each_other(dirt: Callable) -> Workbook:
    right = [[*HEAD], SCHOOLS[2]]
    left = [HEAD, *dirt(SCHOOLS[:2])]
    rows = [[*row, *[""] * (8 - len(row)), *(right[at] if at < len(right) else [])] for at, row in enumerate(left)]
    return workbook(Sheet("名册", rows=rows))


def sheets_and_other_sheets(dirt: Callable) -> Workbook:
    return workbook(
        Sheet("填表说明", rows=[["一、各镇街填写"], ["二、不得改动"]]),
        Sheet("去年", state="hidden", rows=[HEAD, [1, "旧机构", "柳市镇", "旧路1号", "", "", ""]]),
        Sheet("一", rows=[HEAD, *dirt(SCHOOLS[:2])]),
        Sheet("二", rows=[HEAD, SCHOOLS[2]]),
        Sheet("汇总", rows=[["单位名称", "机构数", "学生人数"], ["柳市镇", 2, 110], ["虹桥镇", 1, 70]]),
        Sheet("图", state="chart"),
        Sheet("空表"),
    )


LAYOUTS = [
    tidy, under_titles, decorated, two_rows_merged, two_rows_plain, three_rows_merged, header_again,
    header_again_in_another_order, beside_each_other, sheets_and_other_sheets,
]  # fmt: skip


@pytest.mark.parametrize("dirt", DIRT, ids=lambda each: each.__name__)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: each.__name__)
def test_same_institutions_come_out(layout, dirt):
    plan = planned_workbook(layout(dirt))

    assert [str(error) for error in plan.errors] == []
    assert taken(plan) == sorted(EXPECTED)


def test_what_is_passed_over_is_said_row_by_row():
    plan = planned_workbook(sheets_and_other_sheets(with_tail))

    assert [(each.sheet, each.first, each.last, each.reason) for each in plan.not_read] == [
        ("填表说明", 0, 0, "没有认出名册的表头（2 行）"),
        ("去年", 0, 0, "工作表是隐藏的（2 行）"),
        ("一", 4, 4, "合计、小计一类的行"),
        ("一", 5, 7, "填表、审核一类的落款"),
        ("汇总", 1, 3, "是按乡镇或类别汇总的表，不是机构名册"),
        ("图", 0, 0, "不是表格，是图表或对话框"),
        ("空表", 0, 0, "是空的"),
    ]


def test_sheet_with_nothing_below_its_header_is_named():
    plan = planned_workbook(workbook(Sheet("一", rows=[HEAD, *SCHOOLS]), Sheet("二", rows=[["名册"], HEAD])))

    assert [(each.sheet, each.first, each.reason) for each in plan.not_read] == [
        ("二", 2, "只有表头，下面没有机构"),
        ("二", 1, "标题行"),
    ]


# --- Sections and sheets that carry the township


def test_township_in_headings_of_sections_and_status_in_those_below():
    head = ["序号", "机构名称", "办学地址", "排摸日期"]
    day = "2018-09-03"

    plan = planned(
        head,
        ["一、柳市镇（2家）"], ["（一）证照齐全"], [1, "绘声馆", "井巷路1号", day], ["（二）无证无照"], [2, "青竹", "西街2号", day],
        ["二、虹桥镇"], ["（一）无证无照"], [3, "晨曦", "湖景路3号", day],
    )  # fmt: skip

    assert [
        (row.columns["name"], row.columns["division"].name, row.columns["licence_status_at_survey"])
        for row in plan.rows
    ] == [("绘声馆", "柳市镇", "full"), ("青竹", "柳市镇", "none"), ("晨曦", "虹桥镇", "none")]
    assert plan.errors == []


def test_section_heading_that_says_nothing_ends_the_one_before():
    plan = planned(
        ["序号", "机构名称", "办学地址"],
        ["一、柳市镇"],
        [1, "绘声馆", "井巷路1号"],
        ["二、其他"],
        [2, "青竹", "西街2号"],
    )

    assert [(remark.row, remark.column) for remark in plan.errors] == [(5, "乡镇(街道)")]


def test_ditto_mark_does_not_reach_over_a_section():
    plan = planned(
        ["序号", "机构名称", "办学地址", "负责人"], ["柳市镇"], [1, "绘声馆", "井巷路1号", "王某"], ["虹桥镇"],
        [2, "青竹", "西街2号", "同上"],
    )  # fmt: skip

    assert [(remark.row, remark.column) for remark in plan.errors] == [(5, "负责人")]


# --- Order does not matter


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(3)), st.permutations(range(7)))
def test_order_of_rows_and_columns_does_not_matter(django_db_blocker, rows, columns):
    shuffled = [[row[at] for at in columns] for row in [HEAD, *(SCHOOLS[at] for at in rows)]]

    plan = planned(*shuffled)

    assert (taken(plan), plan.errors) == (sorted(EXPECTED), [])
