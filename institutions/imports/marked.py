"""The workbook as it came, with the wrong cells marked and the reasons beside them."""

import io
from collections import defaultdict
from datetime import date
from typing import Any

from institutions.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells
from institutions.imports.columns import NOT_SCANNED, OF_A_PERSON, Remark
from institutions.imports.headers import HEADERS
from institutions.imports.plan import Plan
from institutions.imports.tables import Table
from institutions.imports.workbook import Sheet, Workbook

SHEET_NAME = 31  # signs at most


def marked_workbook(workbook: Workbook, plan: Plan) -> bytes:
    """An .xlsx with the visible sheets, the same rows at the same numbers, comments on the wrong cells, and reasons in
    a column after the last. Text stays text.

    ID-card numbers do not come back: REMOVED stands in their place.
    """
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(written, options) as book:
        looks = {
            "wrong": book.add_format({"bg_color": "#F8D0CC", "border": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrong day": book.add_format({"bg_color": "#F8D0CC", "border": 1, "num_format": "yyyy-mm-dd"}),
        }
        for sheet in workbook.sheets:
            if sheet.state == "visible":
                page = book.add_worksheet(sheet.name[:SHEET_NAME] or None)
                _write(page, sheet, [table for table in plan.tables if table.sheet is sheet], plan.errors, looks)
    return written.getvalue()


def _write(page: Any, sheet: Sheet, tables: list[Table], errors: list[Remark], looks: dict[str, Any]) -> None:
    wrong: dict[int, list[str]] = defaultdict(list)
    marked: dict[tuple[int, int], list[str]] = defaultdict(list)
    removed: set[tuple[int, int]] = set()
    for remark in errors:
        for table in tables:
            if remark.sheet != table.label or not table.header.top < remark.row <= table.header.end:
                continue
            wrong[remark.row].append(f"{remark.column}：{remark.message}")
            place = _place(table, remark.column)
            if place is not None:
                marked[remark.row, place].append(remark.message)
                if remark.unread:
                    removed.add((remark.row, place))
            break
    width = max((len(row) for row in sheet.rows), default=0)
    page.set_column(width, width, 70)
    for number, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            if cell == "" and (number, place) not in marked:
                continue
            if (number, place) in removed or _holds_id(tables, number, place, cell):
                cell = REMOVED
            look = "wrong" if (number, place) in marked else ""
            if isinstance(cell, date):
                page.write_datetime(number - 1, place, cell, looks["wrong day" if look else "day"])
            elif isinstance(cell, str):
                page.write_string(number - 1, place, cell, looks.get(look))
            else:
                page.write(number - 1, place, cell, looks.get(look))
    for (number, place), reasons in marked.items():
        page.write_comment(number - 1, place, "；".join(reasons))
    for number, reasons in wrong.items():
        page.write_string(number - 1, width, "；".join(reasons), looks["wrong"])


def _place(table: Table, title: str) -> int | None:
    """The column that messages call so."""
    places = {HEADERS[key][0]: place for key, place in table.places.items()}
    return places.get(title, next((at for at in table.header.texts if table.header.title(at) == title), None))


def _holds_id(tables: list[Table], number: int, place: int, cell: Any) -> bool:
    """An ID-card number, also in a row that is passed over."""
    keys = {key for table in tables for key, at in table.places.items() if at == place}
    if keys & NOT_SCANNED and any(table.header.bottom < number - 1 < table.header.end for table in tables):
        return False
    return holds_id_number(cells.text(cell), old=bool(keys & OF_A_PERSON))
