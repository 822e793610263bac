"""The register to fill in: what comes with it, and what an import makes of it."""

import io

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import translation

from institutions.imports.example import example_register
from institutions.imports.plan import Plan
from institutions.imports.workbook import read_workbook
from institutions.models import Institution
from tests.institutions.intake_files import planned_workbook
from tests.institutions.test_import_command import run

pytestmark = pytest.mark.django_db


def planned(data: bytes) -> Plan:
    return planned_workbook(read_workbook(data, "register.xlsx"))


def filled_in(**cells: str) -> bytes:
    """The template with one institution in the row below its example."""
    book = openpyxl.load_workbook(io.BytesIO(example_register()))
    page = book["名册"]
    places = {cell.value: cell.column for cell in page[1]}
    for title, value in cells.items():
        page.cell(3, places[title], value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_template_that_comes_back_as_it_is_gives_nothing_and_says_so(language):
    with translation.override(language):
        data = example_register()

    plan = planned(data)

    assert (plan.rows, plan.errors, plan.questions) == ([], [], [])
    assert [each.message for each in plan.warnings] == ["表中只有填写示例，没有机构，没有可导入的内容"]
    assert [(each.sheet, each.first, each.reason) for each in plan.not_read] == [
        ("名册", 1, "只有表头，下面没有机构"),
        ("名册", 2, "填写示例"),
        ("填写说明", 0, "没有认出名册的表头（18 行）"),
    ]


def test_every_heading_of_the_template_is_taken():
    plan = planned(
        filled_in(
            机构名称="青竹教育", 类别="体育类", **{"乡镇（街道）": "虹桥镇", "学生人数": "60", "面积（平方米）": "120"}
        )
    )

    assert [(row.row, row.columns["name"], row.columns["category"], row.columns["learners"]) for row in plan.rows] == [
        (3, "青竹教育", "sports", 60)
    ]
    assert (plan.errors, plan.warnings, [each for each in plan.not_read if each.column]) == ([], [], [])


def test_example_row_without_its_mark_would_be_taken_whole():
    """What stands in the example is what may be filled in: every cell of it is right."""
    book = openpyxl.load_workbook(io.BytesIO(example_register()))
    book["名册"]["A2"] = "1"
    written = io.BytesIO()
    book.save(written)

    plan = planned(written.getvalue())

    assert [(row.columns["name"], row.columns["surveyed_on"] is None, len(row.licences)) for row in plan.rows] == [
        ("绘声馆艺术培训中心", False, 2)
    ]
    assert plan.errors == []


def test_page_hands_it_out_and_links_to_it(browse, taskforce):
    client = browse(taskforce)

    answer = client.get("/institutions/import/example/")

    assert (answer.status_code, openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames) == (
        200,
        ["名册", "填写说明"],
    )
    assert "/institutions/import/example/" in client.get("/institutions/import/").content.decode()


def test_nobody_else_gets_it(browse, inspector):
    assert browse(inspector).get("/institutions/import/example/").status_code == 403


def test_command_writes_it_and_imports_it_as_nothing(tmp_path):
    place = tmp_path / "register.xlsx"

    call_command("import_institutions", place, "--example")
    told = run(str(place))

    assert (told["rows"], told["errors"], Institution.objects.count()) == (0, [], 0)
