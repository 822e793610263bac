"""What a row of a long register takes of memory while it is planned: its cells and what it would do are on disk, and
what later rows are compared with are hashes."""

import csv
import io
import tracemalloc
from dataclasses import replace

import pytest

from institutions import spool
from institutions.duplicates import reading
from institutions.imports import rows as rows_of_a_table
from institutions.imports.plan import Plan, make_plan
from institutions.imports.workbook import Workbook, read_workbook
from institutions.models import Division
from institutions.spool import BLOCK, Spool

HEAD = ["乡镇(街道)", "机构名称", "办学地址", "负责人", "联系电话", "学生人数", "证照情况", "排摸日期"]
FIRST, SECOND = "晨青博慧启明新文星雅乐思源童画知行卓远优", "晓竹学海航德艺语声韵音舞科创想未来光辉悦"
FEW, MANY = 2_000, 6_000
MOST_OF_A_ROW = 700  # bytes; it was 3 000 when cells, rows and keys were objects


@pytest.fixture(autouse=True)
def as_if_registers_were_longer(monkeypatch):
    """What is kept of a few thousand rows lately asked for is kept of a few hundred."""
    monkeypatch.setattr(spool, "IN_MEMORY", 2)
    monkeypatch.setattr(rows_of_a_table, "LINES_AT_ONCE", BLOCK)
    monkeypatch.setattr(reading, "MOST_KEPT", BLOCK)


def register(rows: int) -> Workbook:
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(HEAD)
    for number in range(rows):
        name = FIRST[number % 20] + SECOND[number // 20 % 20] + FIRST[number // 400 % 20] + f"{number // 8000}馆"
        place = f"柳市镇{SECOND[number % 20]}{FIRST[number // 20 % 20]}路{number + 1}号"
        day = f"2018-03-{1 + number % 28:02d}"
        phone = str(13_800_000_000 + number)
        written.writerow(["柳市镇", name, place, f"赵{name[:2]}", phone, str(10 + number % 90), "无证无照", day])
    return read_workbook(text.getvalue().encode(), "register.csv")


def planned(rows: int) -> tuple[Plan, int]:
    """The plan of a register, and the bytes that were held at most while it was made."""
    tracemalloc.start()
    workbook = register(rows)
    tracemalloc.reset_peak()
    plan = make_plan(workbook, Division.objects.get(pk="330382"))
    _held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return plan, most


def test_row_of_a_long_register_takes_little_memory(db):
    planned(10)  # what is read once for all registers

    (few, of_few), (many, of_many) = planned(FEW), planned(MANY)

    assert (few.count("new"), many.count("new"), many.errors) == (FEW, MANY, [])
    assert 0 < (of_many - of_few) / (MANY - FEW) < MOST_OF_A_ROW


def test_plan_on_disk_says_what_each_row_said(db):
    plan = make_plan(register(3 * BLOCK), Division.objects.get(pk="330382"))

    again = [row.columns["phone"] for row in plan.rows]

    assert again == [str(13_800_000_000 + number) for number in range(3 * BLOCK)]
    assert [plan.rows[at].read.original["机构名称"] for at in (0, BLOCK, -1)] == [
        plan.rows[at].columns["name"] for at in (0, BLOCK, -1)
    ]
    assert plan.rows[7].columns["division"].name == "柳市镇"


def test_rows_before_are_found_where_they_are_on_disk(db):
    workbook = register(3 * BLOCK)
    rows = [*workbook.sheets[0].rows, workbook.sheets[0].rows[1]]
    workbook = replace(workbook, sheets=[replace(workbook.sheets[0], rows=Spool(rows))])

    plan = make_plan(workbook, Division.objects.get(pk="330382"))

    assert [(remark.row, remark.message) for remark in plan.errors] == [(3 * BLOCK + 2, "与第2行重复")]
    assert len(plan.rows) == 3 * BLOCK


def test_spool_is_the_list_of_what_was_put_in(db):
    plain = [[number, str(number)] for number in range(7 * BLOCK + 3)]

    spooled = Spool(plain)

    assert spooled == plain
    assert (len(spooled), spooled[-1], spooled[BLOCK - 1 : BLOCK + 1]) == (
        len(plain), plain[-1], plain[BLOCK - 1 : BLOCK + 1],
    )  # fmt: skip
    assert [spooled[at] for at in (0, 6 * BLOCK, 2 * BLOCK, 0)] == [plain[at] for at in (0, 6 * BLOCK, 2 * BLOCK, 0)]
    with pytest.raises(IndexError):
        spooled[len(plain)]
