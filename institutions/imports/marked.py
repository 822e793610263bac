"""The workbook as it came, with the wrong cells marked and the reasons beside them."""

import io
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, time
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone

from accounts.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, refusals
from institutions.imports.columns import NOT_SCANNED, OF_A_PERSON, Remark
from institutions.imports.fixes import place_of
from institutions.imports.plan import Plan
from institutions.imports.reading.frames import Place
from institutions.imports.stored import place_of_title
from institutions.imports.tables import Table
from institutions.imports.workbook import Sheet, Workbook
from institutions.models import CellFix

SHEET_NAME = 31  # signs at most
UNCALCULATED = "#N/A"  # what is written where a formula was that nobody has calculated
DAYS_IN_PART = {"month": 'yyyy"年"m"月"', "day without year": 'm"月"d"日"'}


def marked_workbook(workbook: Workbook, plan: Plan, fixed: Mapping[str, CellFix] | None = None) -> bytes:
    """An .xlsx with the visible sheets, the same rows at the same numbers, comments on the wrong cells and on those
    that were corrected (`fixed`, which the workbook has taken in), and reasons in a column after the last. Text stays
    text.

    ID-card numbers do not come back: REMOVED stands in their place.
    """
    import xlsxwriter

    written = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True,
        "date_1904": workbook.epoch_1904,
    }  # fmt: skip
    with xlsxwriter.Workbook(written, options) as book:
        looks = Looks(book)
        for sheet in workbook.sheets:
            if sheet.state == "visible":
                page = book.add_worksheet(sheet.name[:SHEET_NAME] or None)
                _lay_out(page, sheet)
                tables = [table for table in plan.tables if table.sheet.name == sheet.name]
                _write(page, sheet, tables, plan.errors, looks, _told(sheet, fixed or {}))
    return written.getvalue()


def _told(sheet: Sheet, fixed: Mapping[str, CellFix]) -> dict[tuple[int, int], str]:
    """What is commented on the corrected cells of a sheet: what stood there, who corrected it and when."""
    told = {}
    for address, fix in fixed.items():
        place = place_of(address)
        if place is not None and place[0] == sheet.name:
            day = f"{timezone.localtime(fix.fixed_at):%Y-%m-%d %H:%M}"
            old = fix.old or refusals.NOTHING
            told[place[1], place[2]] = refusals.CELL_FIXED.format(old=old, by=fix.by, at=day)
    return told


class Looks:
    """The formats of cells, each made once."""

    def __init__(self, book: Any):
        self.book = book
        self.known: dict[tuple[bool, bool, str], Any] = {}

    def of(self, *, wrong: bool = False, struck: bool = False, shows: str = "") -> Any:
        """None for a cell that looks like any other. `shows` is the code in which a day or number is shown."""
        key = (wrong, struck, shows)
        if key not in self.known:
            said: dict[str, Any] = {"font_strikeout": struck} | ({"num_format": shows} if shows else {})
            said |= {"bg_color": "#F8D0CC", "border": 1} if wrong else {}
            self.known[key] = self.book.add_format(said) if any(key) else None
        return self.known[key]


def _lay_out(page: Any, sheet: Sheet) -> None:
    """What is merged and hidden, as far as there are cells: it says something when the workbook comes back."""
    from xlsxwriter.exceptions import OverlappingRange

    width = max((len(row) for row in sheet.rows), default=0)
    for first, left, last, right in sheet.merges:
        last, right = min(last, len(sheet.rows) - 1), max(left, min(right, width - 1))
        if first <= last and (first, left) != (last, right):
            with suppress(OverlappingRange):
                page.merge_range(first, left, last, right, "")
    for row in sheet.hidden_rows:
        if row < len(sheet.rows):
            page.set_row(row, None, None, {"hidden": True})
    for column in sheet.hidden_columns:
        if column < width:
            page.set_column(column, column, None, None, {"hidden": True})


def _write(
    page: Any, sheet: Sheet, tables: list[Table], errors: list[Remark], looks: Looks, told: dict[tuple[int, int], str]
) -> None:
    wrong: dict[int, list[str]] = defaultdict(list)
    marked: dict[tuple[int, int], list[str]] = defaultdict(list)
    removed: set[tuple[int, int]] = set()
    for remark in errors:
        for table in tables:
            if remark.sheet != table.label or not table.header.top < remark.row <= table.header.end:
                continue
            wrong[remark.row].append(f"{remark.column}：{remark.message}")
            place = place_of_title(table, remark.column)
            if place is not None:
                marked[remark.row, place].append(remark.message)
                if remark.unread:
                    removed.add((remark.row, place))
            break
    width = max((len(row) for row in sheet.rows), default=0)
    page.set_column(width, width, 70)
    for number, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            is_marked = (number, place) in marked
            if cell == "" and not is_marked:
                continue
            if (number, place) in removed or _holds_id(tables, number, place, cell):
                page.write_string(number - 1, place, REMOVED, looks.of(wrong=is_marked))
            else:
                _write_cell(page, sheet, (number - 1, place), cell, looks, wrong=is_marked)
    for (row_index, place), said in sheet.unread.items():  # not as an empty cell: it would be taken for one
        look = looks.of(wrong=(row_index + 1, place) in marked)
        page.write_string(row_index, place, UNCALCULATED if said == "=" else said, look)
    for number, place in sorted({*marked, *told}):
        comments = [*marked.get((number, place), ()), *filter(None, [told.get((number, place))])]
        page.write_comment(number - 1, place, "；".join(comments))
    for number, reasons in wrong.items():
        page.write_string(number - 1, width, "；".join(reasons), looks.of(wrong=True))


def _write_cell(page: Any, sheet: Sheet, at: Place, cell: Any, looks: Looks, *, wrong: bool) -> None:
    """A cell as it was: struck out, shown as a month, 0577 for 577."""
    left = sheet.struck.get(at)
    struck = left is not None and not left
    if left and isinstance(cell, str) and left != cell:
        page.write_rich_string(*at, *_with_struck_parts(cell, left, looks), looks.of(wrong=wrong, shows="@"))
    elif isinstance(cell, date | time):
        usual = "h:mm:ss" if isinstance(cell, time) else "yyyy-mm-dd"
        shows = DAYS_IN_PART.get(sheet.partial_days.get(at, ""), usual)
        page.write_datetime(*at, cell, looks.of(wrong=wrong, struck=struck, shows=shows))
    elif isinstance(cell, str):
        page.write_string(*at, cell, looks.of(wrong=wrong, struck=struck))
    else:
        shows = "".join("0" if sign.isdigit() else f"\\{sign}" for sign in sheet.padded.get(at, ""))
        page.write(*at, cell, looks.of(wrong=wrong, struck=struck, shows=shows))


def _with_struck_parts(whole: str, left: str, looks: Looks) -> list[Any]:
    """The parts of a text, each struck one with its format before it, as XlsxWriter takes them."""
    parts: list[Any] = []
    for what, first, last, _, _ in SequenceMatcher(None, whole, left, autojunk=False).get_opcodes():
        if first < last:
            parts += [whole[first:last]] if what == "equal" else [looks.of(struck=True), whole[first:last]]
    return parts


def _holds_id(tables: list[Table], number: int, place: int, cell: Any) -> bool:
    """An ID-card number, also in a row that is passed over."""
    keys = {key for table in tables for key, at in table.places.items() if at == place}
    if keys & NOT_SCANNED and any(table.header.bottom < number - 1 < table.header.end for table in tables):
        return False
    return holds_id_number(cells.text(cell), old=bool(keys & OF_A_PERSON))
