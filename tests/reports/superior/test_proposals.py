"""What the words of a form mean is proposed; the clerk decides."""

import io

import openpyxl
import pytest

from reports.superior.proposals import figure_in, proposed
from reports.superior.workbook import open_form
from tests.reports.superior.forms import city_form
from tests.reports.superior.reports import CHILDREN, COLUMNS


def proposals(data: bytes) -> dict[str, str]:
    found = proposed(open_form(data, "表.xlsx"), CHILDREN, "乐清市")
    return {each.cell: each.key for each in found if each.sheet != "封面"}


def test_table_by_township_is_proposed_whole():
    table = {
        f"{column}{row}": f"{code}.{key}" for row, code in enumerate(CHILDREN, 6) for column, key in COLUMNS.items()
    }
    texts = {"B2": "text.division", "E2": "text.cut_off", "C11": "text.filled_by", "G11": "text.filled_on"}

    assert proposals(city_form()) == table | texts  # the sums are formulas


def test_row_of_sums_without_formulas_is_the_whole():
    book = openpyxl.Workbook()
    for line in (
        ["", "机构总数", "存在问题", "未整改", "整改率"],
        ["柳市", 1, 2, 3, 4],
        ["全市合计", None, None, None, None],
    ):
        book.active.append(line)

    assert proposals(_saved(book)) == {
        "B2": "330382114.surveyed", "C2": "330382114.with_problems", "D2": "330382114.outstanding",
        "E2": "330382114.completion_percent", "B3": "surveyed", "C3": "with_problems", "D3": "outstanding",
        "E3": "completion_percent",
    }  # fmt: skip


def test_label_with_its_value_is_proposed():
    book = openpyxl.Workbook()
    for line in (
        ["排摸总数", None],
        ["存在问题（所）", None],
        ["其中无证无照", None],
        ["无证无照取缔", None],
        ["备注", None],
    ):
        book.active.append(line)

    assert proposals(_saved(book)) == {"B1": "surveyed", "B2": "with_problems", "B4": "none.closed"}


@pytest.mark.parametrize(
    ("words", "figure"),
    [
        ("未完成整改数", "outstanding"),
        ("整改完成率", "completion_percent"),
        ("整改完成（其他）", "corrected"),
        ("整改完成数", "rectified"),
        ("整改办理证照", "licensed"),
        ("逾期未整改", "overdue"),
        ("其中超期尚未完成", "overdue"),
        ("应整改机构数", "with_problems"),
        ("至本月已整改", "rectified"),
        ("其中逾期", "overdue"),
        ("取缔（停办）", "closed"),
        ("存在问题机构总数", "with_problems"),
        ("培训机构总数", "surveyed"),
        ("备注", ""),
        ("完成率排名", ""),
        ("上期完成率", ""),
        ("较上月增加已整改", ""),
        ("本月整改完成数", ""),
        ("新增存在问题", ""),
        ("逾期率", ""),
        ("已整改占比", ""),
        ("学生总数", ""),
        ("检查机构数", ""),
        ("问题整改数", ""),
        ("未办证", ""),
        ("未逾期", ""),
    ],
)
def test_heading_means_a_figure(words, figure):
    assert figure_in(words) == figure


def test_heading_of_another_time_stands_above_its_figures():
    book = openpyxl.Workbook()
    for line in (
        ["乡镇", "上月", None, "累计", None],
        [None, "已整改", "占比", "已整改", "占比"],
        ["柳市镇", None, None, None, None],
    ):
        book.active.append(line)
    book.active.merge_cells("B1:C1")
    book.active.merge_cells("D1:E1")
    book.active["G1"] = "备注"  # else two columns of five are a title

    assert proposals(_saved(book)) == {"D3": "330382114.rectified"}


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("整改进展", {"B4": "330382114.surveyed", "C4": "330382114.closed", "B5": "surveyed", "C5": "closed"}),
        ("无证无照", {"B5": "none.surveyed", "C5": "none.closed"}),
        ("本月新增", {}),
    ],
)
def test_heading_over_nearly_the_whole_table_is_none_of_its_title(heading, found):
    book = openpyxl.Workbook()
    for line in (["本月情况表"], ["乡镇", heading], [None, "排摸数", "取缔", "备注"], ["柳市镇"], ["合计"]):
        book.active.append(line)
    book.active.merge_cells("A1:D1")
    book.active.merge_cells("B2:D2")

    assert proposals(_saved(book)) == found


def test_row_that_is_a_part_s_sum_is_not_the_whole():
    book = openpyxl.Workbook()
    for line in (["乡镇", "排摸总数"], ["柳市镇", None], ["小计", None], ["盘石镇", None], ["合计", None]):
        book.active.append(line)

    assert proposals(_saved(book)) == {"B2": "330382114.surveyed", "B4": "330382125.surveyed", "B5": "surveyed"}


def test_division_is_told_from_another_of_nearly_its_name():
    """A county called as its city, a town called as a township: the short name is neither."""
    children = {"330121": "甲山县", "330102": "东湖区", "330122": "东湖县", "330123": "乙水县"}
    book = openpyxl.Workbook()
    book.active.append(["单位", "排摸总数"])
    for name in ("甲山市", "甲山县", "甲山", "东湖区", "东湖县", "东湖", "乙水", "乙水市"):
        book.active.append([name, None])

    found = {each.cell: each.key for each in proposed(open_form(_saved(book), "表.xlsx"), children, "甲山市")}

    assert found == {
        "B2": "surveyed", "B3": "330121.surveyed", "B5": "330102.surveyed", "B6": "330122.surveyed",
        "B8": "330123.surveyed",
    }  # fmt: skip


def _saved(book) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
