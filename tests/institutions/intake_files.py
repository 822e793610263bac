"""Registers for tests: sheets from rows, and the plan of a file in `intake/`."""

from pathlib import Path
from typing import Any

from institutions.imports.plan import Plan, make_plan
from institutions.imports.reading.frames import LOOKS, OfCells
from institutions.imports.workbook import Sheet, Workbook, read_workbook
from institutions.models import Division

FILES = Path(__file__).parent / "intake"


def workbook(*sheets: Sheet, **more: Any) -> Workbook:
    return Workbook("a.xlsx", "xlsx", list(sheets), **more)


def planned(*rows: list[Any], answers: dict[str, str] | None = None, **sheet: Any) -> Plan:
    """The plan of one sheet with these rows, for 乐清市."""
    sheet |= {look: OfCells(sheet[look]) for look in LOOKS if look in sheet}
    return planned_workbook(workbook(Sheet("", rows=[list(row) for row in rows], **sheet)), answers)


def planned_workbook(book: Workbook, answers: dict[str, str] | None = None) -> Plan:
    """Without the sentence on lists that have no categories, as nearly all of these have none."""
    plan = make_plan(book, Division.objects.get(pk="330382"), answers=answers)
    plan.warnings = [each for each in plan.warnings if "没有写类别" not in each.message]
    return plan


def planned_file(name: str, answers: dict[str, str] | None = None) -> Plan:
    return planned_workbook(read_workbook((FILES / name).read_bytes(), name), answers)
