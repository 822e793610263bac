"""Excel 2003's XML (SpreadsheetML), which programs of offices still save under .xls."""

import io
from datetime import datetime, time
from typing import IO
from xml.parsers import expat

from institutions.imports.reading import formats
from institutions.imports.reading.encodings import encoding_of
from institutions.imports.reading.frames import Cell, Limits, Refused, Send, SheetFrames, clean, error_in
from institutions.imports.reading.tags import Attributes, by_local_name, no_doctype, run

NAMED_FORMATS = {"General Date": "day", "Long Date": "day", "Medium Date": "day", "Short Date": "day"}


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    data = file.read()
    text = data.decode(encoding_of(data) or "utf-8", "replace").lstrip("\ufeff").encode()
    states = _States()
    _parse(text, states.start, states.end, states.data)
    if not states.of_sheets:
        raise Refused("READ_FAILED")
    send("book", {"epoch_1904": states.epoch_1904})
    reader = _Reader(states.of_sheets, limits, send)
    _parse(text, reader.start, reader.end, reader.data)


def _parse(text: bytes, start, end, data) -> None:  # type: ignore[no-untyped-def]
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], by_local_name(given))
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = data
    run(parser, io.BytesIO(text))


class _States:
    """Whether a sheet is hidden stands behind its rows: it is looked up before."""

    def __init__(self) -> None:
        self.of_sheets: list[str] = []
        self.epoch_1904 = self.inside = False

    def start(self, tag: str, _: Attributes) -> None:
        if tag == "Worksheet":
            self.of_sheets.append("visible")
        self.epoch_1904 = self.epoch_1904 or tag == "Date1904"
        self.inside = tag == "Visible"

    def data(self, text: str) -> None:
        if self.inside and "Hidden" in text and self.of_sheets:
            self.of_sheets[-1] = "hidden"

    def end(self, _: str) -> None:
        self.inside = False


class _Reader:
    def __init__(self, states: list[str], limits: Limits, send: Send):
        self.states, self.limits, self.send = iter(states), limits, send
        self.struck: set[str] = set()
        self.meanings: dict[str, str] = {}
        self.style = self.kind = ""
        self.sheet: SheetFrames | None = None
        self.row_index = self.column = self.across = -1
        self.row: list[Cell] = []
        self.cell: Attributes = {}
        self.parts: list[tuple[str, bool]] = []  # text of a cell, struck out or not
        self.in_data = self.in_comment = self.in_struck = False

    def start(self, tag: str, given: Attributes) -> None:
        if tag == "Style":
            self.style = given.get("ID", "")
        elif tag == "Font" and given.get("StrikeThrough") == "1" and self.sheet is None:
            self.struck.add(self.style)
        elif tag == "NumberFormat":
            code = given.get("Format", "")
            self.meanings[self.style] = NAMED_FORMATS.get(code) or formats.meaning(code)
        elif tag == "Worksheet":
            self.sheet = SheetFrames(self.send, self.limits, clean(given.get("Name", "")), next(self.states))
            self.row_index = self.column = -1
        elif self.sheet is not None:
            self._start_in_sheet(self.sheet, tag, given)

    def _start_in_sheet(self, sheet: SheetFrames, tag: str, given: Attributes) -> None:
        if tag == "Column":
            self.column = _place(given, self.column)
            last = self.column + _whole(given.get("Span", "0"))
            if given.get("Hidden") == "1":
                sheet.hidden_columns.update(range(self.column, min(last + 1, self.limits.most_columns)))
            self.column = last
        elif tag == "Row":
            self._begin_row(sheet, given)
        elif tag == "Cell":
            self.column = _place(given, self.column + self.across)
            self.across = _whole(given.get("MergeAcross", "0"))
            self.cell, self.kind, self.parts = given, "", []
        elif tag == "Comment":
            self.in_comment = True
        elif tag == "Data" and not self.in_comment:
            self.kind, self.in_data = given.get("Type", "String"), True
        elif tag == "S":
            self.in_struck = True
        elif tag == "FilterOn" or (tag == "AutoFilterColumn" and given.get("Type", "All") != "All"):
            sheet.filtered = True

    def _begin_row(self, sheet: SheetFrames, given: Attributes) -> None:
        self.row_index = _place(given, self.row_index)
        self.row, self.column, self.across = [], -1, 0
        last = self.row_index + _whole(given.get("Span", "0"))
        if given.get("Hidden") == "1":
            sheet.hidden_rows.update(range(self.row_index, min(last + 1, self.limits.most_rows)))

    def data(self, text: str) -> None:
        if self.in_data:
            self.parts.append((text, self.in_struck))

    def end(self, tag: str) -> None:
        if tag == "Data":
            self.in_data = False
        elif tag == "S":
            self.in_struck = False
        elif tag == "Comment":
            self.in_comment = False
        elif self.sheet is None:
            return
        elif tag == "Cell":
            self._end_cell(self.sheet)
        elif tag == "Row" and self.row:
            self.sheet.add(self.row_index, self.row)
        elif tag == "Worksheet":
            self.sheet.close()
            self.sheet = None

    def _end_cell(self, sheet: SheetFrames) -> None:
        place = self.row_index, self.column
        down = _whole(self.cell.get("MergeDown", "0"))
        if self.across or down:
            sheet.merges.append((*place, place[0] + down, place[1] + self.across))
        text = clean("".join(part for part, _ in self.parts))
        what = (text or "#N/A") if self.kind == "Error" else error_in(text)
        if not what and not self.kind and "Formula" in self.cell:
            what = "="
        value = "" if what else self._value(place, text)
        if value == "" and not what:
            return
        if self.column >= self.limits.most_columns:
            if sheet.shown:
                raise sheet.too_large(self.row_index + 1, self.column + 1)
            sheet.cut = True
            return
        self.row += [""] * (self.column - len(self.row)) + [value]
        if what:
            sheet.unread[place] = what
        elif self.cell.get("StyleID", "") in self.struck:
            sheet.struck[place] = ""
        elif any(out for _, out in self.parts):
            sheet.struck[place] = clean("".join(part for part, out in self.parts if not out)).strip()

    def _value(self, place: tuple[int, int], text: str) -> Cell:
        assert self.sheet is not None
        try:
            if self.kind == "Number":
                if formats.is_more_than_a_float(text.strip()):
                    self.sheet.numbers[place] = text.strip()
                return formats.number(text.strip())
            if self.kind == "DateTime":
                return self._moment(place, datetime.fromisoformat(text.strip()))
        except ValueError as problem:
            raise Refused("READ_FAILED") from problem
        if self.kind == "Boolean":
            return text.strip() == "1"
        return "" if text.isspace() else text

    def _moment(self, place: tuple[int, int], at: datetime) -> Cell:
        meant = self.meanings.get(self.cell.get("StyleID", ""), "")
        if meant in formats.PARTIAL and self.sheet is not None:
            self.sheet.partial_days[place] = meant
        if at.year in (1899, 1904) and meant == "time":
            return at.time()
        return at.date() if at.time() == time() else at


def _place(given: Attributes, before: int) -> int:
    """The index that an element says of itself, else the one behind the one before."""
    return _whole(given["Index"]) - 1 if "Index" in given else before + 1


def _whole(written: str) -> int:
    if not written.isdecimal() or len(written) > 9:
        raise Refused("READ_FAILED")
    return int(written)
