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
        ("逾期未整改", "outstanding"),
        ("其中逾期", "overdue"),
        ("取缔（停办）", "closed"),
        ("存在问题机构总数", "with_problems"),
        ("培训机构总数", "surveyed"),
        ("备注", ""),
    ],
)
def test_heading_means_a_figure(words, figure):
    assert figure_in(words) == figure


def _saved(book) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
