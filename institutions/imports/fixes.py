"""Cells that somebody corrected on the page: put into the workbook before it is planned, the file itself stays."""

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import datetime

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import REMOVED, check_texts, holds_id_number, in_any_form
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.imports import cells, refusals
from institutions.imports.columns import NOT_SCANNED
from institutions.imports.reading.frames import LOOKS, Cell, Place, letters
from institutions.imports.workbook import Sheet, Workbook
from institutions.models import CellFix, RegisterFile

MOST = 500  # characters of a cell
ADDRESS = re.compile(r"(?:(.+)!)?([A-Z]{1,3})([1-9]\d{0,6})", re.DOTALL)


def address_of(sheet: str, row: int, place: int) -> str:
    """虹桥镇!D7: `row` as the spreadsheet numbers it, `place` the index of the column."""
    return f"{sheet}!{letters(place)}{row}" if sheet else f"{letters(place)}{row}"


def place_of(address: str) -> tuple[str, int, int] | None:
    """Sheet, row and index of the column; None for what is no address."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        return None
    column = 0
    for letter in found[2]:
        column = column * 26 + ord(letter) - 64
    return found[1] or "", int(found[3]), column - 1


def standing(file: RegisterFile) -> dict[str, CellFix]:
    """The corrections that hold, by their address: the last to each that was not taken back."""
    last = {fix.address: fix for fix in file.fixes.select_related("by").order_by("pk")}
    return {address: fix for address, fix in last.items() if not fix.taken_back}


def with_fixes(workbook: Workbook, fixes: Iterable[CellFix]) -> Workbook:
    """The workbook as if these cells had been typed so: text, neither struck out nor a formula."""
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    opened: dict[str, Sheet] = {}
    rows: dict[str, list[list[Cell]]] = {}
    for fix in fixes:
        place = place_of(fix.address)
        if place is None or place[0] not in sheets:
            continue
        name, row, column = place
        if name not in opened:
            rows[name] = list(sheets[name].rows)
            opened[name] = _opened(sheets[name], rows[name])
        _type(opened[name], rows[name], (row - 1, column), fix.new)
    return replace(workbook, sheets=[opened.get(sheet.name, sheet) for sheet in workbook.sheets])


def _opened(sheet: Sheet, rows: list[list[Cell]]) -> Sheet:
    """A copy of which cells can be changed."""
    return replace(sheet, rows=rows, **{name: copy(getattr(sheet, name)) for name in (*LOOKS, "merges")})


def _type(sheet: Sheet, rows: list[list[Cell]], at: Place, value: str) -> None:
    row, column = at
    _take_out_of_merge(sheet, rows, at)
    rows.extend([] for _row in range(row + 1 - len(rows)))
    typed = list(rows[row])
    typed += [""] * (column + 1 - len(typed))
    typed[column] = value
    rows[row] = typed
    for look in LOOKS:
        getattr(sheet, look).pop(at, None)


def _take_out_of_merge(sheet: Sheet, rows: list[list[Cell]], at: Place) -> None:
    """A cell that only shows what is merged over it becomes one of its own; the first of a merge speaks for all,
    and its look is that of each."""
    row, column = at
    for merge in list(sheet.merges):
        first, left, last, right = merge
        if (first, left) == at or not (first <= row <= last and left <= column <= right):
            continue
        sheet.merges.remove(merge)
        shown = rows[first][left] if first < len(rows) and left < len(rows[first]) else ""
        for covered in range(first + 1, min(last + 1, len(rows))):
            spread = list(rows[covered])
            spread += [""] * (left + 1 - len(spread))
            spread[left] = shown
            rows[covered] = spread
            for look in (getattr(sheet, name) for name in LOOKS):
                if (first, left) in look:
                    look[covered, left] = look[first, left]


@recorded
def fix_cell(
    file: RegisterFile, address: str, *, old: str, new: str, key: str = "", by: User, at: datetime = NOW
) -> CellFix:
    """Keep the correction of a cell. Effects: a CellFix, an audit row; the file is not touched.

    `key` is what the column was taken as. Raises Invalid (422) for an ID-card number (that of a licence is known by its
    own rule), for a text that is too long.
    """
    new = cells.text(new)
    if len(new) > MOST:
        raise Invalid({"value": [refusals.FIX_TOO_LONG.format(most=MOST, length=len(new))]})
    check_texts({"value": new}, old=key not in NOT_SCANNED)
    hidden = REMOVED if in_any_form(old) or holds_id_number(old, old=True) else old
    fix = CellFix.objects.create(file=file, address=address, old=hidden[:MOST], new=new, by=by, fixed_at=at)
    audit.write("import.cell_fixed", file, by=by, at=at, after={"cell": address}, scope_code=file.division.scope_code)
    return fix


@recorded
def take_back_fix(fix: CellFix, *, by: User, at: datetime = NOW) -> CellFix:
    """The cell is again what the file says. Effects: a CellFix, an audit row."""
    file, address = fix.file, fix.address
    back = CellFix.objects.create(
        file=file, address=address, old=fix.new, new=fix.old, taken_back=True, by=by, fixed_at=at
    )
    audit.write(
        "import.cell_restored", file, by=by, at=at, after={"cell": address}, scope_code=file.division.scope_code
    )
    return back
