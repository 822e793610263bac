"""A worksheet's XML by the places of its bytes, so that single cells are replaced and every other byte stays."""

import re
from bisect import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.parsers import expat
from xml.sax.saxutils import escape

from institutions.imports.reading.frames import Place, Refused, letters
from institutions.imports.reading.tags import no_doctype

Value = int | Decimal | str

MOST_CELLS = 200_000  # of one sheet, blank ones with a style too
_TAG = re.compile(rb"<(?:\"[^\"]*\"|'[^']*'|[^'\">])*>")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(slots=True)
class Cell:
    """`start` and `end` are the bytes it takes; `value` those of what was calculated last, where it is a formula."""

    start: int
    end: int
    style: str = ""
    formula: bool = False
    value: tuple[int, int] | None = None


@dataclass(slots=True)
class Row:
    """`start` … `opened` is its first tag; `closing` where the tag that ends it begins, None of a `<row/>`."""

    number: int  # from 0
    start: int
    opened: int
    style: str = ""
    closing: int | None = None
    columns: list[tuple[int, int]] = field(default_factory=list)  # of its cells: column, first byte


@dataclass(slots=True)
class SheetXml:
    data: bytes
    prefix: str = ""
    cells: dict[Place, Cell] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    arrays: set[Place] = field(default_factory=set)  # what one formula fills: it stands in the first cell alone
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)  # first, last, style
    rows_opened: tuple[int, int] = (-1, -1)  # the first tag of sheetData
    rows_closing: int | None = None

    def style_at(self, place: Place) -> str:
        """The style a cell has, or would have if it were there: its own, its row's, its column's."""
        if place in self.cells:
            return self.cells[place].style
        if (row := self._row(place[0])) and row.style:
            return row.style
        return next((style for first, last, style in self.column_styles if first <= place[1] <= last), "")

    def with_cells(self, written: Mapping[Place, Value]) -> bytes:
        """The sheet with these numbers and texts, each in the style of its cell. Of every other formula the value that
        was calculated last is taken away. No other byte changes.
        """
        edits: list[tuple[int, int, bytes]] = []
        missing: dict[int, list[tuple[int, bytes]]] = {}
        for (row, column), value in sorted(written.items()):
            text = self._cell((row, column), value)
            if (cell := self.cells.get((row, column))) is not None:
                edits.append((cell.start, cell.end, text))
            else:
                missing.setdefault(row, []).append((column, text))
        for number, cells in missing.items():
            edits += self._put_into_row(number, cells)
        edits += [
            (*cell.value, b"")
            for place, cell in self.cells.items()
            if cell.formula and cell.value and place not in written
        ]
        return spliced(self.data, _gathered(edits))

    def _cell(self, place: Place, value: Value) -> bytes:
        """A text is written inside its cell, so that the table of shared texts stays as it is."""
        p, style = self.prefix, self.style_at(place)
        tag = f'<{p}c r="{address(place)}"' + (f' s="{style}"' if style else "")
        if isinstance(value, str):
            text = escape(_NO_XML.sub("", value))
            inside = f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is>'
            return f'{tag} t="inlineStr">{inside}</{p}c>'.encode()
        return f"{tag}><{p}v>{value}</{p}v></{p}c>".encode()

    def _put_into_row(self, number: int, cells: list[tuple[int, bytes]]) -> list[tuple[int, int, bytes]]:
        row = self._row(number)
        if row is None:
            name = f"{self.prefix}row".encode()
            text = b"<" + name + f' r="{number + 1}"'.encode() + b">" + b"".join(c for _, c in cells)
            return [self._new_row(number, text + b"</" + name + b">")]
        if row.closing is None:
            return [_opened_up(self.data, row.start, row.opened, f"{self.prefix}row", b"".join(c for _, c in cells))]
        edits = []
        for column, text in cells:
            after = [start for place, start in row.columns if place > column]
            at = after[0] if after else row.closing
            edits.append((at, at, text))
        return edits

    def _new_row(self, number: int, text: bytes) -> tuple[int, int, bytes]:
        if self.rows_closing is None:
            return _opened_up(self.data, *self.rows_opened, f"{self.prefix}sheetData", text)
        place = bisect([row.number for row in self.rows], number)
        at = self.rows[place].start if place < len(self.rows) else self.rows_closing
        return at, at, text

    def _row(self, number: int) -> Row | None:
        place = bisect([row.number for row in self.rows], number) - 1
        return self.rows[place] if place >= 0 and self.rows[place].number == number else None


def read_sheet_xml(data: bytes) -> SheetXml:
    """Raises Refused where it is no worksheet, brings a document type, or has more than MOST_CELLS cells."""
    reader = _Reader(SheetXml(data))
    parser = reader.parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as problem:
        raise Refused("READ_FAILED") from problem
    if reader.sheet.rows_opened == (-1, -1):
        raise Refused("READ_FAILED")
    for place in reader.sheet.arrays & reader.sheet.cells.keys():
        reader.sheet.cells[place].formula = True
    return reader.sheet


class _Reader:
    parser: expat.XMLParserType

    def __init__(self, sheet: SheetXml):
        self.sheet = sheet
        self.depth = 0
        self.row: Row | None = None
        self.cell: Cell | None = None
        self.number = self.column = -1
        self.value_from = -1
        self.covered = 0

    def start(self, tag: str, given: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            self.sheet.prefix = tag.rpartition(":")[0] + ":" if ":" in tag else ""
            return
        if not tag.startswith(self.sheet.prefix):
            return
        name, at = tag[len(self.sheet.prefix) :], self.parser.CurrentByteIndex
        if name == "c" and self.row is not None and self.depth == 4:
            self._begin_cell(at, given)
        elif self.cell is not None and self.depth == 5:
            self._begin_in_cell(name, at, given)
        elif name == "row" and self.depth == 3:
            self._begin_row(at, given)
        elif name == "sheetData" and self.depth == 2:
            self.sheet.rows_opened = (at, tag_end(self.sheet.data, at))
        elif name == "mergeCell":
            self.sheet.merges.append(area(given.get("ref", "")))
        elif name == "col" and given.get("style"):
            first, last = (_whole(given.get(key, "")) - 1 for key in ("min", "max"))
            self.sheet.column_styles.append((first, last, given["style"]))

    def end(self, tag: str) -> None:
        depth, self.depth = self.depth, self.depth - 1
        at, name = self.parser.CurrentByteIndex, tag[len(self.sheet.prefix) :]
        if not tag.startswith(self.sheet.prefix):
            return
        if depth == 5 and self.cell is not None and name == "v":
            self.cell.value = (self.value_from, self._after(self.value_from, at))
        elif depth == 4 and self.cell is not None:
            self.cell.end = self._after(self.cell.start, at)
            self.cell = None
        elif depth == 3 and self.row is not None:
            if not self._is_empty_tag(self.row.start):
                self.row.closing = at
            self.row = None
        elif depth == 2 and name == "sheetData" and not self._is_empty_tag(self.sheet.rows_opened[0]):
            self.sheet.rows_closing = at

    def _begin_row(self, at: int, given: dict[str, str]) -> None:
        self.number = _whole(given["r"]) - 1 if "r" in given else self.number + 1
        before = self.sheet.rows[-1].number if self.sheet.rows else -1
        if self.number <= before:
            raise Refused("READ_FAILED")
        style = given.get("s", "") if given.get("customFormat") in ("1", "true") else ""
        self.row = Row(self.number, at, tag_end(self.sheet.data, at), style)
        self.sheet.rows.append(self.row)
        self.column = -1

    def _begin_cell(self, at: int, given: dict[str, str]) -> None:
        assert self.row is not None
        if "r" in given:
            row, column = place_of(given["r"])
            if row != self.number or column <= self.column:
                raise Refused("READ_FAILED")
            self.column = column
        else:
            self.column += 1
        self.cell = Cell(at, at, _number(given.get("s", "")))
        self.sheet.cells[self.number, self.column] = self.cell
        self.row.columns.append((self.column, at))
        if len(self.sheet.cells) > MOST_CELLS:
            raise Refused("TOO_MANY_CELLS", most=MOST_CELLS)

    def _begin_in_cell(self, name: str, at: int, given: dict[str, str]) -> None:
        assert self.cell is not None
        if name == "f":
            self.cell.formula = True
            if given.get("t") in ("array", "dataTable") and given.get("ref"):
                self._fill_area(*area(given["ref"]))
        elif name == "v":
            self.value_from = at

    def _fill_area(self, top: int, left: int, bottom: int, right: int) -> None:
        self.covered += max(0, bottom - top + 1) * max(0, right - left + 1)
        if self.covered > MOST_CELLS:
            raise Refused("TOO_MANY_CELLS", most=MOST_CELLS)
        self.sheet.arrays |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}

    def _after(self, start: int, at: int) -> int:
        """The byte behind an element that begins at `start` and of which the end was told at `at`."""
        if self._is_empty_tag(start):
            return tag_end(self.sheet.data, start)
        return self.sheet.data.index(b">", at) + 1

    def _is_empty_tag(self, start: int) -> bool:
        return self.sheet.data[tag_end(self.sheet.data, start) - 2 : tag_end(self.sheet.data, start) - 1] == b"/"


def tag_end(data: bytes, start: int) -> int:
    """The byte behind the tag that begins at `start`."""
    found = _TAG.match(data, start)
    if found is None:
        raise Refused("READ_FAILED")
    return found.end()


def spliced(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """The bytes with each [start, end) replaced; the edits are in order and do not overlap."""
    parts, at = [], 0
    for start, end, text in edits:
        parts += [data[at:start], text]
        at = end
    return b"".join([*parts, data[at:]])


def _gathered(edits: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """In the order of their places; what is put in at one place stays in its order."""
    return sorted(edits, key=lambda edit: edit[:2])


def _opened_up(data: bytes, start: int, end: int, name: str, content: bytes) -> tuple[int, int, bytes]:
    """`<row …/>` with something in it."""
    tag = data[start:end].rstrip(b">").rstrip(b"/")
    return start, end, tag + b">" + content + f"</{name}>".encode()


def place_of(reference: str) -> Place:
    """ "C7" -> (6, 2). Raises Refused for what is no reference to a cell."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Refused("READ_FAILED")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def address(place: Place) -> str:
    """(6, 2) -> "C7"."""
    return f"{letters(place[1])}{place[0] + 1}"


def area(reference: str) -> tuple[int, int, int, int]:
    """ "A1:C2" -> first row, first column, last row, last column."""
    first, _, last = reference.partition(":")
    return (*place_of(first), *place_of(last or first))


def _whole(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 9):
        raise Refused("READ_FAILED")
    return int(written)


def _number(written: str) -> str:
    return str(_whole(written)) if written else ""
