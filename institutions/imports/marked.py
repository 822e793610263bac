"""The sheet as it came, with the wrong cells marked and the reasons beside them."""

import io

from institutions.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells
from institutions.imports.headers import HEADERS, find_header
from institutions.imports.plan import Plan
from institutions.imports.rows import NOT_SCANNED, OF_A_PERSON
from institutions.imports.workbook import Cells


def marked_workbook(sheet: Cells, plan: Plan) -> bytes:
    """An .xlsx with the same rows at the same numbers; reasons in a column after the last. Text stays text.

    ID-card numbers do not come back: REMOVED stands in their place.
    """
    import xlsxwriter

    header = find_header(sheet)
    column_of = {title: place for place, title in enumerate(header.titles)}
    column_of |= {HEADERS[key][0]: place for key, place in header.places.items()}
    key_of = {place: key for key, place in header.places.items()}
    wrong: dict[int, list[str]] = {}
    marked: set[tuple[int, int]] = set()
    removed: set[tuple[int, int]] = set()
    for remark in plan.errors:
        wrong.setdefault(remark.row, []).append(f"{remark.column}:{remark.message}")
        if remark.column in column_of:
            marked.add((remark.row, column_of[remark.column]))
            if remark.unread:
                removed.add((remark.row, column_of[remark.column]))
    width = max((len(row) for row in sheet), default=0)
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    ) as book:
        red = book.add_format({"bg_color": "#F8D0CC", "border": 1})
        page = book.add_worksheet()
        page.set_column(width, width, 70)
        for number, row in enumerate(sheet, start=1):
            for place, cell in enumerate(row):
                key = key_of.get(place, "")
                found = key not in NOT_SCANNED and holds_id_number(cells.text(cell), old=key in OF_A_PERSON)
                if found or (number, place) in removed:
                    cell = REMOVED
                page.write(number - 1, place, cell, red if (number, place) in marked else None)
            if number in wrong:
                page.write_string(number - 1, width, ";".join(wrong[number]), red)
    return written.getvalue()
