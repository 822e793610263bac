"""Excel 97-2003's .xls, through xlrd, which keeps the looks of cells."""

import ast
import io
import re
import struct
from typing import IO, Any

import xlrd

from institutions.imports.reading import formats
from institutions.imports.reading.frames import Cell, Limits, Refused, Send, SheetFrames, clean, error_in

# What xlrd raises on a file that is none, or broken.
DAMAGED: tuple[type[Exception], ...] = (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, AssertionError)
DAMAGED += (
    LookupError,
    RecursionError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    NotImplementedError,
)
MACROS = ("0x01", "0x06")
_PASSED_OVER = re.compile(r"Ignoring non-worksheet data named (.+) \(type (0x\w\w) ")


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    data, log = file.read(), io.StringIO()
    try:
        book = _opened(data, log, send)
        others = _PASSED_OVER.findall(log.getvalue())
        if any(kind in MACROS for _, kind in others):
            raise Refused("HAS_MACROS")
        send("book", {"epoch_1904": book.datemode == 1})
        for number in range(book.nsheets):
            _Sheet(book, number, limits, send).read()
            book.unload_sheet(number)
    except DAMAGED as problem:
        raise Refused("HAS_PASSWORD" if "encrypted" in str(problem) else "OLE_NOT_A_WORKBOOK") from problem
    for name, _ in others:
        SheetFrames(send, limits, str(ast.literal_eval(name)), "chart").close()


def _opened(data: bytes, log: IO[str], send: Send) -> Any:
    how = {"formatting_info": True, "on_demand": True, "ragged_rows": True, "logfile": log, "verbosity": 1}
    book = xlrd.open_workbook(file_contents=data, **how)
    if book.biff_version < 80 and book.codepage is None:  # Excel 95 and before say the encoding in a record of its own
        send("remark", "READ_AS_ENCODING", {"encoding": "GB18030"})
        return xlrd.open_workbook(file_contents=data, encoding_override="gb18030", **how)
    return book


class _Sheet:
    def __init__(self, book: Any, number: int, limits: Limits, send: Send):
        self.book, self.sheet = book, book.sheet_by_index(number)
        state = "hidden" if self.sheet.visibility else "visible"
        self.frames = SheetFrames(send, limits, clean(self.sheet.name), state)
        self.meanings: dict[int, str] = {}
        self.blank_formulas = 0

    def read(self) -> None:
        sheet, frames = self.sheet, self.frames
        for row in range(sheet.nrows):
            cells: list[Cell] = []
            for column in range(sheet.row_len(row)):
                value = self._cell(row, column)
                if value != "" or (row, column) in frames.unread:
                    cells.extend([""] * (column - len(cells)))
                    cells.append(value)
            if cells:
                frames.add(row, cells)
        frames.hidden_rows |= {row for row, info in sheet.rowinfo_map.items() if info.hidden}
        frames.hidden_columns |= {column for column, info in sheet.colinfo_map.items() if info.hidden}
        frames.merges += [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        frames.close()
        if self.blank_formulas:
            frames.send("remark", "BLANK_FORMULAS", {"sheet": frames.name, "count": self.blank_formulas})

    def _cell(self, row: int, column: int) -> Cell:
        kind, value = self.sheet.cell_type(row, column), self.sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return ""
        if kind == xlrd.XL_CELL_ERROR:
            self.frames.unread[row, column] = xlrd.error_text_from_code.get(value, "#N/A")
            return ""
        if kind == xlrd.XL_CELL_TEXT:
            return self._text(row, column, clean(value))
        self._look(row, column, None)
        return bool(value) if kind == xlrd.XL_CELL_BOOLEAN else self._number(row, column, value)

    def _text(self, row: int, column: int, text: str) -> Cell:
        if not text:
            self.blank_formulas += 1  # text cells are never empty: the stored result of a formula is
        if not text or text.isspace():
            return ""
        if error := error_in(text):
            self.frames.unread[row, column] = error
            return ""
        self._look(row, column, text)
        return text

    def _number(self, row: int, column: int, value: float) -> Cell:
        xf = self._xf(row, column)
        if xf.format_key not in self.meanings:
            code = self.book.format_map[xf.format_key].format_str
            self.meanings[xf.format_key] = formats.BUILTIN.get(xf.format_key) or formats.meaning(code)
        meant = self.meanings[xf.format_key]
        at = formats.moment(value, meant, self.book.datemode == 1) if meant else None
        if at is not None:
            if meant in formats.PARTIAL:
                self.frames.partial_days[row, column] = meant
            return at
        if not value.is_integer():
            return value
        if abs(value) >= 10**15:
            self.frames.numbers[row, column] = str(int(value))
        code = self.book.format_map[xf.format_key].format_str
        if value >= 0 and formats.is_padded(code) and (shown := formats.padded(int(value), code)) != str(int(value)):
            self.frames.padded[row, column] = shown
        return int(value)

    def _xf(self, row: int, column: int) -> Any:
        return self.book.xf_list[self.sheet.cell_xf_index(row, column)]

    def _look(self, row: int, column: int, text: str | None) -> None:
        """Note what is struck out, of a cell or of a part of its text."""
        fonts = self.book.font_list
        own = bool(fonts[self._xf(row, column).font_index].struck_out)
        runs = self.sheet.rich_text_runlist_map.get((row, column)) if text else None
        if not text or not runs:
            if own:
                self.frames.struck[row, column] = ""
            return
        marks = [(0, own), *((start, bool(fonts[font].struck_out)) for start, font in runs)]
        ends = [start for start, _ in marks[1:]] + [len(text)]
        parts = [(text[start:end], out) for (start, out), end in zip(marks, ends, strict=True)]
        if any(out for part, out in parts if part):
            self.frames.struck[row, column] = "".join(part for part, out in parts if not out).strip()
