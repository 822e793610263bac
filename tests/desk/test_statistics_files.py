"""The statistics page as files: numbers are numbers, rates are shown as printed, and the name says what is in it."""

import csv
import io
from collections import Counter
from datetime import date
from urllib.parse import unquote

import openpyxl
import pytest

from accounts.models import AuditRow
from figures.statistics import DEFINITIONS_VERSION, Figures
from figures.statistics_files import rate_of
from institutions.models import Division
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, round_of, visit_of
from tests.urls import body

AS_OF = "as_of=2018-12-31"
COMPARED = f"{AS_OF}&compare=2018-06-30"


@pytest.fixture
def county(db):
    """Three with problems, two of them rectified; of 柳市镇 one of two, of 北白象镇 the only one."""
    round_of(institution(LIUSHI, status="none"), "2018-05-01", verified_on="2018-06-01", outcome="licensed")
    late = institution(LIUSHI, status="registration_only")
    order = round_of(late, "2018-10-01", due_on="2018-11-01")
    visit_of(late, "2018-10-01", findings=("T01",), round_=order)
    round_of(institution(NEXT_TO_LIUSHI, status="full"), "2018-07-01", verified_on="2018-12-01", outcome="corrected")
    institution("330382", status="permit_only")


@pytest.fixture
def table(browse, taskforce):
    """Asked for a CSV: its rows by their heads."""

    def ask(asked: str) -> list[dict[str, str]]:
        text = body(browse(taskforce).get(f"/statistics/?{asked}&format=csv")).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    return ask


@pytest.fixture
def workbook(browse, taskforce):
    def ask(asked: str) -> openpyxl.Workbook:
        return openpyxl.load_workbook(io.BytesIO(browse(taskforce).get(f"/statistics/?{asked}&format=xlsx").content))

    return ask


def test_csv_has_the_whole_and_every_part_by_its_group(county, table):
    rows = table(AS_OF)

    assert Counter(row["分组"] for row in rows) == {
        "合计": 1,
        "乡镇街道": 26,
        "排摸时证照情况": 4,
        "问题（可重叠）": 1,
    }
    # 3 with problems, of them 2 rectified: 66.67%; nothing ÷ nothing is an empty cell, and so is the rank of the whole
    shown = ("名称", "名次", "存在问题", "已整改", "完成率（%）")
    assert [tuple(row[head] for head in shown) for row in rows[:4]] == [
        ("乐清市", "", "3", "2", "66.67"),
        ("北白象镇", "1", "1", "1", "100.00"),
        ("柳市镇", "2", "2", "1", "50.00"),
        ("城东街道", "", "0", "0", ""),
    ]


def test_csv_of_two_days_has_both_and_a_change_that_may_be_negative(county, table):
    whole = table(COMPARED)[0]

    heads = ("已整改", "已整改（2018-06-30）", "已整改变化", "完成率（%）", "完成率（%）（2018-06-30）")
    assert [whole[head] for head in heads] == ["2", "1", "1", "66.67", "100.00"]
    assert whole["完成率变化（百分点）"] == "-33.33"


def test_workbook_has_the_tables_under_their_day_and_division(county, workbook):
    book = workbook(AS_OF)

    assert [sheet["A1"].value for sheet in book.worksheets[:4]] == [
        f"{name} · 乐清市 · 截至 2018-12-31" for name in ("分下级区划", "按证照", "按问题", "走势")
    ]
    parts = {row[1]: row[3] for row in book["分下级区划"].iter_rows(min_row=3, values_only=True) if row[3]}
    assert parts == {"北白象镇": 1, "柳市镇": 2, "乐清市（未分到下级）": 1, "乐清市": 4}
    # three with problems, each of another licence status, two of them rectified
    assert [row[4] for row in book["按证照"].iter_rows(min_row=3, values_only=True)] == [1, 1, 0, 1, 3]
    assert [row[0] for row in book["按问题"].iter_rows(min_row=3, values_only=True)] == ["T01"]
    assert [row[0].date() for row in book["走势"].iter_rows(min_row=14, values_only=True)] == [
        date(2018, 11, 30), date(2018, 12, 31),
    ]  # fmt: skip


def test_rate_is_a_number_shown_as_percent_and_none_is_an_empty_cell(county, workbook):
    sheet = workbook(AS_OF)["分下级区划"]

    rates = {row[1].value: row[11] for row in sheet.iter_rows(min_row=3)}
    assert (rates["乐清市"].value, rates["乐清市"].data_type, rates["乐清市"].number_format) == (0.6667, "n", "0.00%")
    assert rates["城东街道"].value is None
    assert [cell.data_type for cell in sheet[3][2:11]] == ["n"] * 9


def test_rate_below_one_is_no_hundred_percent_in_a_workbook():
    """What is shown is what the page prints: 1 of 20,001 outstanding is 99.995%, printed 99.99%, not 100.00%."""
    rate = rate_of(Figures(with_problems=20_001, rectified=20_000))

    assert f"{float(rate / 100):.2%}" == "99.99%"


def test_workbook_of_two_days_has_changes_with_their_sign(county, workbook):
    sheet = workbook(COMPARED)["分下级区划"]

    heads = [cell.value for cell in sheet[2]]
    whole = dict(zip(heads, list(sheet.iter_rows())[-1], strict=True))
    assert sheet["A1"].value == "分下级区划 · 乐清市 · 截至 2018-12-31 · 对比 2018-06-30"
    assert [whole[head].value for head in ("已整改", "已整改（2018-06-30）", "已整改变化")] == [2, 1, 1]
    assert whole["已整改变化"].number_format == "+0;-0;0"
    assert (whole["完成率变化（百分点）"].value, whole["完成率变化（百分点）"].data_type) == (-33.33, "n")
    assert whole["完成率（2018-06-30）"].value == 1


def test_workbook_keeps_heads_and_names_in_sight_and_prints_landscape(county, workbook):
    sheets = workbook(AS_OF).worksheets

    assert [sheet.freeze_panes for sheet in sheets] == ["C3", "C3", "C3", "B3", None]
    assert {sheet.page_setup.orientation for sheet in sheets} == {"landscape"}
    assert {(sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) for sheet in sheets} == {(9, 0)}
    assert {sheet.print_title_rows for sheet in sheets[:4]} == {"$1:$2"}
    assert sheets[0].column_dimensions["B"].width > 18  # 乐清市（未分到下级） in one line


def test_workbook_says_what_the_figures_are(county, workbook):
    book = workbook(f"{AS_OF}&known_at=2019-01-03T17:00")

    said = dict(book["口径"].iter_rows(values_only=True))
    assert said["本表"] == "乐清市 · 截至 2018-12-31 · 以 2019-01-03 17:00:00 所知为准"
    assert said["口径版本"] == DEFINITIONS_VERSION
    assert said["逾期"] == "未完成的机构中，有整改期限早于截至日的；当天到期不算逾期"


def test_neither_file_takes_a_name_for_a_formula(county, workbook, table):
    Division.objects.filter(code=LIUSHI).update(name="=1+1")

    cells = {cell.coordinate: cell for row in workbook(AS_OF)["分下级区划"].iter_rows() for cell in row}

    assert [cell.data_type for cell in cells.values() if cell.value == "=1+1"] == ["s"]
    assert "'=1+1" in [row["名称"] for row in table(AS_OF)]


def test_same_figures_make_the_same_file(county, browse, taskforce):
    first, again = (browse(taskforce).get(f"/statistics/?{AS_OF}&format=xlsx").content for _ in range(2))

    assert first == again


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("format=xlsx", "乐清市_统计_截至2018-12-31.xlsx"),
        ("format=csv", "乐清市_统计_截至2018-12-31.csv"),
        ("format=xlsx&compare=2018-06-30", "乐清市_统计_截至2018-12-31_对比2018-06-30.xlsx"),
        ("format=csv&known_at=2019-01-03T17:00", "乐清市_统计_截至2018-12-31_以2019-01-03T170000所知.csv"),
    ],
)
def test_file_is_called_what_is_in_it(county, browse, taskforce, asked, name):
    answer = browse(taskforce).get(f"/statistics/?{AS_OF}&{asked}")

    assert unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''{name}"


def test_file_of_a_division_called_like_a_path_is_no_path(county, browse, taskforce):
    Division.objects.filter(code="330382").update(name="../乐清:市")

    answer = browse(taskforce).get(f"/statistics/?{AS_OF}&format=csv")

    assert unquote(answer["Content-Disposition"]).endswith("''..-乐清-市_统计_截至2018-12-31.csv")


def test_export_is_noted_with_its_question_and_rows(county, browse, taskforce):
    body(browse(taskforce).get(f"/statistics/?{COMPARED}&format=csv"))

    [row] = AuditRow.objects.filter(action="export")
    # the whole, 25 townships and what lies in none, 4 licence statuses, 1 problem type
    assert (row.after["question"], row.after["rows"]) == (f"division=330382&{COMPARED}", 32)
