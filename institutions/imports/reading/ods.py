"""OpenDocument's .ods as LibreOffice and WPS write it. package.py has bounded its parts and their XML before."""

import re
import zipfile
from typing import IO
from xml.parsers import expat

from institutions.imports.reading.frames import Limits, Refused, Send, SheetFrames
from institutions.imports.reading.ods_cells import OdsCell, RowBuilder, times
from institutions.imports.reading.ods_styles import OdsStyles
from institutions.imports.reading.tags import Attributes, no_doctype, run

CALC = b"application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACE = re.compile(r".*:xmlns:(\w+):[\d.]+ (.*)|.*:(calcext):[\w.]+ (.*)")
# What stands inside a sheet or a cell, and is no text of it; other files' tables that are kept as copies.
BESIDE = {"office:annotation", "drawing:frame", "drawing:custom-shape", "drawing:g", "drawing:control", "table:shapes"}
NOT_OURS = {"table:tracked-changes", "table:dde-links", "table:table-source", "text:note", "text:ruby-text"}


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    package = zipfile.ZipFile(file)
    names = set(package.namelist())
    if "mimetype" in names and not package.read("mimetype").startswith(CALC):
        raise Refused("NOT_A_WORKBOOK")
    reader = _Reader(limits, send)
    for part in ("styles.xml", "content.xml"):  # what the first defines, the second refers to
        if part in names:
            reader.read(package.open(part))
    send("book", {"epoch_1904": reader.epoch_1904})
    pictures = sum(name.startswith("Pictures/") and not name.endswith("/") for name in names)
    for key, count in (("PICTURES_NOT_READ", pictures), ("COMMENTS_NOT_READ", reader.comments)):
        if count:
            send("remark", key, {"count": count})


class _Reader:
    def __init__(self, limits: Limits, send: Send):
        self.limits, self.send = limits, send
        self.styles = OdsStyles()
        self.epoch_1904 = False
        self.comments = self.passing = 0
        self.path: list[str] = []
        self.names: dict[str, str] = {}
        self.sheet: SheetFrames | None = None
        self.row: RowBuilder | None = None
        self.cell: OdsCell | None = None
        self.row_index = self.column_index = 0
        self.repeated = 1
        self.column_styles: list[tuple[int, str]] = []  # the first column behind those that have the style

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = no_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        run(parser, part)

    # --- Events
    def _short(self, name: str) -> str:
        found = self.names.get(name)
        if found is None:
            match = _NAMESPACE.fullmatch(name)
            found = self.names[name] = f"{match[1] or match[3]}:{match[2] or match[4]}" if match else name
        return found

    def _start(self, name: str, given: Attributes) -> None:
        tag = self._short(name)
        self.path.append(tag)
        self.comments += tag == "office:annotation"
        if self.passing or tag in BESIDE or tag in NOT_OURS:
            self.passing += 1
            return
        attributes = {self._short(key): value for key, value in given.items()}
        if self.cell is not None:
            self.cell.start(tag, attributes)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            if self.row is not None:
                style = attributes.get("table:style-name") or self.row.style or self._column_style(self.row.column)
                self.cell = OdsCell(attributes, style)
        elif tag.startswith("table:"):
            self._start_table(tag, attributes)
        else:
            self.styles.start(tag, attributes)

    def _data(self, text: str) -> None:
        if self.cell is not None and not self.passing:
            self.cell.data(text)

    def _end(self, name: str) -> None:
        tag = self.path.pop()
        if self.passing:
            self.passing -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            if self.row is not None and self.cell is not None:
                self.row.add(self.cell)
            self.cell = None
        elif self.cell is not None:
            self.cell.end(tag)
        elif tag == "table:table-row":
            self._end_row()
        elif tag == "table:table" and self.sheet is not None and self.path[-1:] == ["office:spreadsheet"]:
            self.sheet.close()
            self.sheet = None

    # --- Sheets, columns, rows
    def _start_table(self, tag: str, attributes: Attributes) -> None:
        if tag == "table:table":
            self._begin_sheet(attributes)
        elif tag == "table:null-date":
            self.epoch_1904 = attributes.get("table:date-value", "").startswith("1904")
        elif self.sheet is None:
            return
        elif tag == "table:table-column":
            self._begin_columns(self.sheet, attributes)
        elif tag == "table:table-row":
            self._begin_row(self.sheet, attributes)

    def _begin_sheet(self, attributes: Attributes) -> None:
        style = attributes.get("table:style-name", "")
        if self.path[-2:-1] != ["office:spreadsheet"] or style == "ta_extref":  # a copy of another file's table
            self.passing = 1
            return
        state = "hidden" if style in self.styles.hidden_tables else "visible"
        self.sheet = SheetFrames(self.send, self.limits, attributes.get("table:name", ""), state)
        self.row_index = self.column_index = 0
        self.column_styles = []

    def _begin_columns(self, sheet: SheetFrames, attributes: Attributes) -> None:
        first = self.column_index
        self.column_index += times(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility", "visible") != "visible":
            sheet.hidden_columns.update(range(first, min(self.column_index, self.limits.most_columns)))
        self.column_styles.append((self.column_index, attributes.get("table:default-cell-style-name", "")))

    def _column_style(self, column: int) -> str:
        return next((style for behind, style in self.column_styles if column < behind), "")

    def _begin_row(self, sheet: SheetFrames, attributes: Attributes) -> None:
        self.repeated = times(attributes, "table:number-rows-repeated")
        seen = attributes.get("table:visibility", "visible")
        if seen != "visible":
            last = min(self.row_index + self.repeated, self.limits.most_rows)
            sheet.hidden_rows.update(range(self.row_index, last))
            sheet.filtered = sheet.filtered or seen == "filter"
        self.row = RowBuilder(sheet, self.styles, self.row_index, attributes.get("table:default-cell-style-name", ""))

    def _end_row(self) -> None:
        if self.row is not None and self.sheet is not None:
            self.row.put(self.repeated)
            self.row_index += self.repeated
        self.row = None
