"""Numbers of which only the format shows the noughts in front: read as the sheet shows them."""

import io

import pytest
import xlsxwriter

from institutions.imports.marked import marked_workbook
from institutions.imports.workbook import Workbook, read_workbook
from tests.institutions.intake_files import planned, planned_workbook

HEAD = ["机构名称", "乡镇(街道)", "联系电话", "统一社会信用代码", "学生人数"]

pytestmark = pytest.mark.django_db


def register(number: int, shows: str, *, column: int) -> Workbook:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ["绘声馆", "柳市镇"])
        page.write_number(1, column, number, book.add_format({"num_format": shows}))
    return read_workbook(written.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("number", "shows", "phone"),
    [
        (57762000000, "000000000000", "057762000000"),
        (57762000000, "0000-00000000", "0577-62000000"),
        (57762000000, "0", "0577-62000000"),  # nothing is shown: the zero is put back
        (13800000000, "000 0000 0000", "13800000000"),
    ],
)
def test_phone_is_read_as_its_format_shows_it(number, shows, phone):
    plan = planned_workbook(register(number, shows, column=2))

    assert ([row.columns["phone"] for row in plan.rows], plan.errors) == ([phone], [])


def test_old_registration_number_keeps_its_noughts():
    plan = planned_workbook(register(30382600012345, "000000000000000", column=3))

    assert [row.columns["credit_code"] for row in plan.rows] == ["030382600012345"]


def test_number_of_learners_is_a_number_however_it_is_shown():
    plan = planned_workbook(register(5, "000", column=4))

    assert [row.columns["learners"] for row in plan.rows] == [5]


def test_marked_workbook_shows_them_again():
    workbook = register(57762000000, "0000-00000000", column=2)

    again = read_workbook(marked_workbook(workbook, planned_workbook(workbook)), "marked.xlsx")

    assert again.sheets[0].padded == {(1, 2): "0577-62000000"}


def test_number_that_lost_digits_is_an_error_however_it_is_shown():
    at = (1, 3)
    plan = planned(HEAD, ["绘声馆", "柳市镇", "", 1.35e17, ""], numbers={at: "1.35E+17"}, padded={at: "0135"})

    assert [(each.row, each.column) for each in plan.errors] == [(2, "统一社会信用代码")]


def test_struck_out_number_is_not_brought_back_by_its_format():
    plan = planned(HEAD, ["绘声馆", "柳市镇", 577, "", ""], padded={(1, 2): "0577"}, struck={(1, 2): ""})

    assert [row.columns["phone"] for row in plan.rows] == [""]
