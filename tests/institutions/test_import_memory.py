"""What a row of a long register takes of memory while it is planned: its cells, what it would do and the institutions on
file are on disk, and what rows are compared with are hashes."""

import csv
import io
import tracemalloc
from dataclasses import replace

import pytest

from institutions import spool
from institutions.duplicates import on_file as entries_on_file
from institutions.duplicates import reading
from institutions.imports import on_file
from institutions.imports import rows as rows_of_a_table
from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan, make_plan
from institutions.imports.workbook import Workbook, read_workbook
from institutions.models import Division
from institutions.spool import BLOCK, Records, Spool

HEAD = ["乡镇(街道)", "机构名称", "办学地址", "负责人", "联系电话", "学生人数", "证照情况", "排摸日期"]
FIRST, SECOND = "晨青博慧启明新文星雅乐思源童画知行卓远优", "晓竹学海航德艺语声韵音舞科创想未来光辉悦"
FEW, MANY = 2_000, 6_000
MOST_OF_A_ROW = 700  # bytes; it was 3 000 when cells, rows and keys were objects
MOST_OF_A_CHANGED_ROW = 1_000  # with the institution on file; it was beyond 9 000


@pytest.fixture(autouse=True)
def as_if_registers_were_longer(monkeypatch):
    """What is kept of a few thousand rows lately asked for is kept of a few hundred."""
    monkeypatch.setattr(spool, "IN_MEMORY", 2)
    monkeypatch.setattr(rows_of_a_table, "LINES_AT_ONCE", BLOCK)
    monkeypatch.setattr(reading, "MOST_KEPT", BLOCK)


def register(rows: int, begins: str = "138") -> Workbook:
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(HEAD)
    for number in range(rows):
        name = FIRST[number % 20] + SECOND[number // 20 % 20] + FIRST[number // 400 % 20] + f"{number // 8000}馆"
        place = f"柳市镇{SECOND[number % 20]}{FIRST[number // 20 % 20]}路{number + 1}号"
        day = f"2018-03-{1 + number % 28:02d}"
        phone = f"{begins}{number:08d}"
        written.writerow(["柳市镇", name, place, f"赵{name[:2]}", phone, str(10 + number % 90), "无证无照", day])
    return read_workbook(text.getvalue().encode(), "register.csv")


def planned(rows: int, begins: str = "138") -> tuple[Plan, int]:
    """The plan of a register, and the bytes that were held at most while it was made."""
    tracemalloc.start()
    workbook = register(rows, begins)
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


def commit(rows: int) -> None:
    plan = make_plan(register(rows), Division.objects.get(pk="330382"))
    commit_plan(plan, file_name="register.csv", sha256="0" * 64, by=None)


def test_changed_row_takes_little_memory_with_its_institution_on_file(db, monkeypatch):
    monkeypatch.setattr(on_file, "MOST_KEPT", 50)
    monkeypatch.setattr(entries_on_file, "AT_ONCE", 50)
    planned(10)
    commit(FEW)

    few, of_few = planned(FEW, "139")
    commit(MANY)
    many, of_many = planned(MANY, "139")

    assert (few.count("changed"), many.count("changed"), many.errors) == (FEW, MANY, [])
    assert 0 < (of_many - of_few) / (MANY - FEW) < MOST_OF_A_CHANGED_ROW


def test_changed_rows_on_disk_say_what_they_change(db):
    commit(3 * BLOCK)

    plan = make_plan(register(3 * BLOCK, "139"), Division.objects.get(pk="330382"))

    asked = [plan.rows[at] for at in (0, BLOCK, -1)]
    numbers = (0, BLOCK, 3 * BLOCK - 1)
    assert [row.changes["phone"] for row in asked] == [(f"138{at:08d}", f"139{at:08d}") for at in numbers]
    assert [row.institution.name for row in asked] == [row.columns["name"] for row in asked]
    assert (plan.rows.in_memory, {row.kind for row in plan.rows}) == ([], {"changed"})
    assert [place for place, _pk, _version in plan.rows.found_as()] == list(range(3 * BLOCK))


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


def test_records_are_found_by_their_places_in_any_order(db):
    records = Records()
    for number in range(3):
        records.append((number, f"第{number}"))

    asked = [records[at] for at in (2, 0)]
    records.append((3, "后来"))

    assert (asked, records[3], len(records)) == ([(2, "第2"), (0, "第0")], (3, "后来"), 4)
    with pytest.raises(IndexError):
        records[4]
