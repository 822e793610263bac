"""The sheet as it came, with the wrong cells marked and the reasons beside them."""

import io

from institutions.imports.plan import HEADERS, Plan, find_header
from institutions.imports.workbook import Cells


def marked_workbook(sheet: Cells, plan: Plan) -> bytes:
    """An .xlsx with the same rows at the same numbers; reasons in a column after the last. Text stays text."""
    import xlsxwriter

    _header_row, places = find_header(sheet)
    column_of = {words[0]: places[key] for key, words in HEADERS.items() if key in places}
    wrong: dict[int, list[str]] = {}
    cells: set[tuple[int, int]] = set()
    for remark in plan.errors:
        wrong.setdefault(remark.row, []).append(f"{remark.column}:{remark.message}")
        if remark.column in column_of:
            cells.add((remark.row, column_of[remark.column]))
    width = max((len(row) for row in sheet), default=0)
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        red = book.add_format({"bg_color": "#F8D0CC", "border": 1})
        page = book.add_worksheet()
        page.set_column(width, width, 70)
        for number, row in enumerate(sheet, start=1):
            for place, cell in enumerate(row):
                page.write(number - 1, place, cell, red if (number, place) in cells else None)
            if number in wrong:
                page.write_string(number - 1, width, ";".join(wrong[number]), red)
    return written.getvalue()
