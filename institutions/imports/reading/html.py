"""Tables of a web page that was saved under .xls, as the web programs of bureaus export them."""

import re
from html.parser import HTMLParser
from typing import IO

from institutions.imports.reading import formats
from institutions.imports.reading.encodings import encoding_of
from institutions.imports.reading.frames import Cell, Limits, Refused, Send, SheetFrames, clean, error_in

STRUCK = {"s", "strike", "del"}
_LINE_THROUGH = re.compile(r"text-decoration[^;}]*:[^;}]*line-through", re.I)
_STRUCK_CLASS = re.compile(r"\.([\w-]+)\s*\{[^}]*text-decoration[^;}]*:[^;}]*line-through", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    """All tables of the page, one under the other, as one sheet."""
    data = file.read()
    send("remark", "READ_AS_WEB_PAGE", {})
    page = _Page(SheetFrames(send, limits, "", "visible"))
    page.feed(data.decode(encoding_of(data) or "utf-8", "replace"))
    page.close()
    page.end_row()
    if not page.sheet.height:
        raise Refused("IS_WEB_PAGE")
    page.sheet.close()


class _Page(HTMLParser):
    def __init__(self, sheet: SheetFrames):
        super().__init__()
        self.sheet = sheet
        self.row_index = -1
        self.row: list[Cell] | None = None
        self.column = 0
        self.below: dict[int, int] = {}  # rows that a cell above still takes, by column
        self.parts: list[tuple[str, bool]] | None = None  # of the open cell: text, struck out or not
        self.cell: dict[str, str] = {}
        self.struck: list[str] = []  # open elements that strike out
        self.struck_classes: set[str] = set()
        self.in_style = False

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag == "tr":
            self.end_row()
            self._begin_row(attributes)
        elif tag in ("td", "th"):
            self._end_cell()
            if self.row is None:
                self._begin_row({})
            self.cell, self.parts = attributes, []
        elif tag in ("br", "p", "div") and self.parts:
            self.parts.append(("\n", False))
        elif tag == "style":
            self.in_style = True
        if self.parts is not None and tag not in ("td", "th", "br", "img", "input") and self._strikes(tag, attributes):
            self.struck.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()
        elif tag == "style":
            self.in_style = False
        elif self.struck and self.struck[-1] == tag:
            self.struck.pop()

    def handle_data(self, text: str) -> None:
        if self.in_style:
            self.struck_classes.update(_STRUCK_CLASS.findall(text))
        elif self.parts is not None:
            self.parts.append((re.sub(r"\s+", " ", text), bool(self.struck)))

    def _strikes(self, tag: str, attributes: dict[str, str]) -> bool:
        classes = set(attributes.get("class", "").split())
        return tag in STRUCK or bool(_LINE_THROUGH.search(attributes.get("style", "")) or classes & self.struck_classes)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self.row_index += 1
        self.row, self.column = [], 0
        if _HIDDEN.search(attributes.get("style", "")):
            self.sheet.hidden_rows.add(self.row_index)

    def end_row(self) -> None:
        self._end_cell()
        if self.row:
            self.sheet.add(self.row_index, self.row)
        if self.row is not None:
            self.below = {column: rows - 1 for column, rows in self.below.items() if rows > 1}
        self.row = None

    def _end_cell(self) -> None:
        if self.parts is None or self.row is None:
            return
        while self.column in self.below:
            self.column += 1
        wide, tall = _span(self.cell, "colspan", 1000), _span(self.cell, "rowspan", 65_534)
        self._put(self.row, (self.row_index, self.column))
        if wide > 1 or tall > 1:
            last = self.row_index + tall - 1, self.column + wide - 1
            self.sheet.merges.append((self.row_index, self.column, *last))
        if tall > 1:
            self.below.update(dict.fromkeys(range(self.column, self.column + wide), tall))
        self.column += wide
        self.parts, self.struck = None, []

    def _put(self, row: list[Cell], place: tuple[int, int]) -> None:
        parts = self.parts or []
        text = clean("".join(part for part, _ in parts)).strip()
        what = error_in(text)
        value: Cell = "" if what else self._number() if "x:num" in self.cell and text else text
        if value == "" and not what:
            return
        if place[1] >= self.sheet.limits.most_columns:
            raise self.sheet.too_large(place[0] + 1, place[1] + 1)
        row += [""] * (place[1] - len(row)) + [value]
        if what:
            self.sheet.unread[place] = what
        elif self._strikes("td", self.cell):
            self.sheet.struck[place] = ""
        elif any(out and part.strip() for part, out in parts):
            self.sheet.struck[place] = clean("".join(part for part, out in parts if not out)).strip()

    def _number(self) -> Cell:
        """x:num is how Excel keeps the number beside what its format shows of it."""
        shown = "".join(part for part, _ in self.parts or []).strip()
        stored = self.cell["x:num"] or shown
        try:
            return formats.number(stored) if re.fullmatch(r"-?[\d.]+", shown) else shown
        except ValueError:
            return shown


def _span(cell: dict[str, str], name: str, most: int) -> int:
    written = cell.get(name, "1").strip()
    return min(max(int(written[:9]), 1), most) if written.isdecimal() else 1
