"""Cells and rows of an .ods, each of which may stand for a million alike."""

import re
from datetime import date, datetime, time

from institutions.imports.reading import formats
from institutions.imports.reading.frames import LOOKS, Cell, Refused, SheetFrames, clean, error_in
from institutions.imports.reading.ods_styles import OdsStyles
from institutions.imports.reading.tags import Attributes

_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")

TRUTHS = {"TRUE": True, "FALSE": False}


class OdsCell:
    """Takes the elements inside a cell; its paragraphs are lines, its spans may be struck out."""

    def __init__(self, attributes: Attributes, style: str):
        self.attributes, self.style = attributes, style
        self.runs: list[tuple[str, str]] = []  # text, style of its span
        self.spans: list[str] = []
        self.in_paragraph = self.paragraphs = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag in ("text:p", "text:h"):
            if self.paragraphs:
                self.runs.append(("\n", ""))
            self.paragraphs += 1
            self.in_paragraph += 1
        elif tag == "text:span":
            self.spans.append(attributes.get("text:style-name", ""))
        elif tag == "text:s":
            self.data(" " * min(int(attributes.get("text:c", "1") or 1), 1000))
        elif tag in ("text:tab", "text:line-break"):
            self.data("\t" if tag == "text:tab" else "\n")

    def data(self, text: str) -> None:
        if self.in_paragraph:
            self.runs.append((text, self.spans[-1] if self.spans else ""))

    def end(self, tag: str) -> None:
        if tag in ("text:p", "text:h"):
            self.in_paragraph -= 1
        elif tag == "text:span" and self.spans:
            self.spans.pop()

    @property
    def text(self) -> str:
        return clean("".join(text for text, _ in self.runs))

    @property
    def unread(self) -> str:
        """ "" where the cell could be read."""
        text = self.text.strip()
        if self.attributes.get("calcext:value-type") == "error":
            return text or "#N/A"
        if error := error_in(text):
            return error
        kind = self.attributes.get("office:value-type")
        return "=" if "table:formula" in self.attributes and not kind and not text else ""

    def value(self) -> Cell:
        """Raises Refused for a value that is none."""
        get = self.attributes.get
        kind = get("office:value-type", "string")
        try:
            if kind == "float" and self.text.strip() in TRUTHS:  # =TRUE() is kept as 1 that is shown as TRUE
                return TRUTHS[self.text.strip()]
            if kind in ("float", "percentage", "currency"):
                return formats.number(get("office:value", ""))
            if kind == "date":
                return _day(get("office:date-value", ""))
            if kind == "time":
                return _time(get("office:time-value", ""))
            if kind == "boolean":
                return get("office:boolean-value") == "true"
        except ValueError as problem:
            raise Refused("READ_FAILED") from problem
        text = self.text if self.paragraphs else clean(get("office:string-value", ""))
        return "" if text.isspace() else text

    def left_unstruck(self, styles: OdsStyles) -> str | None:
        """What is left without the struck part; None where nothing is struck."""
        own = bool(styles.is_struck(self.style))
        if not self.runs:
            return "" if own else None
        marks = [(text, styles.is_struck(style) if style else None) for text, style in self.runs]
        parts = [(text, own if out is None else out) for text, out in marks]
        if not any(out for text, out in parts if text.strip()):
            return None
        return clean("".join(text for text, out in parts if not out)).strip()


class RowBuilder:
    def __init__(self, sheet: SheetFrames, styles: OdsStyles, index: int, style: str):
        self.sheet, self.styles, self.index, self.style = sheet, styles, index, style
        self.cells: list[Cell] = []
        self.column = 0
        self.unread: dict[int, str] = {}
        self.struck: dict[int, str] = {}
        self.numbers: dict[int, str] = {}
        self.partial_days: dict[int, str] = {}
        self.padded: dict[int, str] = {}

    def add(self, cell: OdsCell) -> None:
        columns = times(cell.attributes, "table:number-columns-repeated")
        unread = cell.unread
        value = "" if unread else cell.value()
        self._merge(cell)
        if value != "" or unread:
            self._fill(cell, value, unread, columns)
        self.column += columns

    def _fill(self, cell: OdsCell, value: Cell, unread: str, columns: int) -> None:
        most = self.sheet.limits.most_columns
        if self.column + columns > most:
            if self.sheet.shown:
                raise self.sheet.too_large(self.index + 1, self.column + columns)
            self.sheet.cut = True
        until = min(self.column + columns, most)
        self.cells += [""] * (self.column - len(self.cells)) if self.column < until else []
        left = cell.left_unstruck(self.styles)
        stored = cell.attributes.get("office:value", "")
        is_day = cell.attributes.get("office:value-type") == "date"
        for column in range(self.column, until):
            self.cells.append(value)
            if unread:
                self.unread[column] = unread
            elif left is not None:
                self.struck[column] = left
            if type(value) in (int, float) and formats.is_more_than_a_float(stored):
                self.numbers[column] = stored
            elif type(value) is int and (shown := cell.text.strip()).startswith("0") and shown != str(value):
                self.padded[column] = shown
            if is_day and (partial := self.styles.partial_day(cell.style)):
                self.partial_days[column] = partial

    def _merge(self, cell: OdsCell) -> None:
        down, right = (times(cell.attributes, f"table:number-{what}-spanned") for what in ("rows", "columns"))
        if down > 1 or right > 1:
            self.sheet.merges.append((self.index, self.column, self.index + down - 1, self.column + right - 1))

    def put(self, repeated: int) -> None:
        """The row, as often as it is there; blank ones cost nothing."""
        if not self.cells:
            return
        sheet = self.sheet
        if self.index + repeated > sheet.limits.most_rows and sheet.shown:
            raise sheet.too_large(self.index + repeated, len(self.cells))
        for index in range(self.index, min(self.index + repeated, sheet.limits.most_rows + 1)):
            sheet.add(index, list(self.cells))
            for name in LOOKS:
                kept = getattr(sheet, name)
                kept.update({(index, column): what for column, what in getattr(self, name).items()})


def times(attributes: Attributes, name: str) -> int:
    """How often something is there. Raises Refused for what is no number."""
    written = attributes.get(name, "1")
    if not (written.isdecimal() and len(written) < 10):
        raise Refused("READ_FAILED")
    return max(int(written), 1)


def _day(stored: str) -> date | datetime:
    at = datetime.fromisoformat(stored.removesuffix("Z")).replace(tzinfo=None)
    return at if at.time() != time() else at.date()


def _time(stored: str) -> str | time:
    found = _DURATION.fullmatch(stored)
    if not found:
        raise ValueError(stored)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if found[1] or total >= 86_400:
        return formats.duration(-total if found[1] else total)
    return time(total // 3600, total // 60 % 60, total % 60)
