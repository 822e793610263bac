"""Headings that are corrected where they stand, on the page of sheets and columns; the file stays as it was sent."""

from typing import Any

import pytest

from accounts.models import AuditRow
from institutions.models import CellFix
from tests.institutions.registers import clerk_of, handed_in, keys_of, plan_of
from tests.institutions.workbooks import by_xlsxwriter


@pytest.fixture
def clerk(client, db):
    return clerk_of(client)


def book(*rows: list[Any], merges: tuple[str, ...] = ()) -> bytes:
    def fill(made: Any) -> None:
        page = made.add_worksheet("名册")
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        for each in merges:
            page.merge_range(each, rows[0]["ABCDEF".index(each[0])])

    return by_xlsxwriter(fill)


def columns_of(clerk: Any, page: str) -> dict[str, tuple[str, str]]:
    shown = clerk.get(f"{page}columns/")
    return {
        column["letter"]: (column["typed"], column["key"])
        for table in shown.context["tables"]
        for column in table["columns"]
    }


def fields(clerk: Any, page: str) -> dict[str, str]:
    """The form as it is shown, to be sent back."""
    shown = clerk.get(f"{page}columns/")
    columns = [column for table in shown.context["tables"] for column in table["columns"]]
    return {column["name"]: column["chosen"] for column in columns} | {
        column["field"]: column["typed"] for column in columns
    }


ROWS = [["机构名称", "乡镇", "店铺位置"], ["绘声馆", "柳市镇", "井巷路1号"]]


def test_heading_that_is_corrected_is_read_as_what_it_says(clerk):
    page = handed_in(clerk, book(*ROWS))

    answer = clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "办学地址"}, follow=True)

    assert answer.status_code == 200
    assert columns_of(clerk, page)["C"] == ("办学地址", "operating_address")
    assert plan_of(page).row(0)["cells"] == ["绘声馆", "柳市镇", "井巷路1号"]
    assert [(fix.address, fix.old, fix.new) for fix in CellFix.objects.all()] == [("名册!C1", "店铺位置", "办学地址")]
    assert AuditRow.objects.filter(action="import.cell_fixed").count() == 1


def test_heading_that_is_typed_back_is_taken_back(clerk):
    page = handed_in(clerk, book(*ROWS))
    clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "办学地址"})

    clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "店铺位置"})

    assert columns_of(clerk, page)["C"] == ("店铺位置", "")


def test_heading_is_typed_where_there_is_none(clerk):
    page = handed_in(clerk, book(["机构名称", "乡镇", ""], ["绘声馆", "柳市镇", "井巷路1号"]))

    clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "办学地址"})

    assert columns_of(clerk, page)["C"] == ("办学地址", "operating_address")


def test_heading_of_a_merged_cell_is_corrected_where_it_stands(clerk):
    rows = [
        ["机构名称", "乡镇", "位置", "负责人", ""],
        ["", "", "", "姓名", "电话"],
        ["绘声馆", "柳市镇", "井巷路1号", "王某", "13800000001"],
    ]
    page = handed_in(clerk, book(*rows, merges=("A1:A2", "B1:B2", "C1:C2", "D1:E1")))

    clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "办学地址"})

    assert columns_of(clerk, page) == {
        "A": ("机构名称", "name"),
        "B": ("乡镇", "township"),
        "C": ("办学地址", "operating_address"),
        "D": ("姓名", "principal"),
        "E": ("电话", "phone"),
    }


def test_what_is_chosen_beside_a_corrected_heading_holds_for_it(clerk):
    page = handed_in(clerk, book(*ROWS))
    sent = {"heading:0:2": "位置(门牌)", "column:0:2": "operating_address"}

    clerk.post(f"{page}columns/", fields(clerk, page) | sent)

    assert columns_of(clerk, page)["C"] == ("位置(门牌)", "operating_address")
    assert keys_of(page, "question") == []


@pytest.mark.parametrize(
    ("heading", "said"), [("店铺", "每张名册都要有“机构名称”一列。"), ("", "每张名册都要有“机构名称”一列。")]
)
def test_heading_of_names_stays_one(clerk, heading, said):
    page = handed_in(clerk, book(*ROWS))

    answer = clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:0": heading})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert CellFix.objects.count() == 0


def test_heading_with_an_id_number_is_refused(clerk):
    page = handed_in(clerk, book(*ROWS))

    answer = clerk.post(f"{page}columns/", fields(clerk, page) | {"heading:0:2": "11010519491231002X"})

    assert answer.status_code == 422
    assert CellFix.objects.count() == 0


def test_heading_is_corrected_through_the_api(clerk):
    page = handed_in(clerk, book(*ROWS))
    api = page.replace("/institutions/import/", "/api/v1/imports/")

    answer = clerk.post(f"{api}fixes/", {"address": "名册!C1", "value": "办学地址"}, content_type="application/json")

    assert answer.status_code == 200
    assert columns_of(clerk, page)["C"] == ("办学地址", "operating_address")


def test_sheet_of_closed_ones_that_is_to_be_read_stays_so_when_columns_are_saved(clerk):
    def fill(made: Any) -> None:
        for name, row in (("在办", ["绘声馆", "柳市镇", "井巷路1号"]), ("已关停", ["青竹教育", "虹桥镇", "三八路6号"])):
            page = made.add_worksheet(name)
            page.write_row(0, 0, ["机构名称", "乡镇", "办学地址"])
            page.write_row(1, 0, row)

    page = handed_in(clerk, by_xlsxwriter(fill))
    asked = [each["key"] for each in plan_of(page).head["questions"]]
    clerk.post(f"{page}answers/", {"answer:sheet:已关停": "read"})
    sheets = clerk.get(f"{page}columns/").context["sheets"]

    clerk.post(f"{page}columns/", fields(clerk, page) | {sheet["field"]: sheet["chosen"] for sheet in sheets})

    assert asked == ["sheet:已关停"]
    assert [next(iter(sheet["choices"])) for sheet in sheets] == ["", "read"]
    assert keys_of(page, "new") == ["在办!2", "已关停!2"]
    assert [each["answer"] for each in plan_of(page).head["questions"]] == ["read"]
