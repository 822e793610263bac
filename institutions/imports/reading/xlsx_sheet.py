"""One worksheet of an .xlsx -> its rows and looks."""

from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from institutions.imports.reading import formats
from institutions.imports.reading.frames import Cell, Refused, SheetFrames, error_in
from institutions.imports.reading.tags import Attributes, no_doctype, run, yes
from institutions.imports.reading.xlsx_strings import RichText, left_unstruck, unescaped

if TYPE_CHECKING:
    from institutions.imports.reading.xlsx import Book

DIGITS = "0123456789"
PICTURE = "=DISPIMG("  # how WPS stores a picture inside a cell; Excel stores it as an error with a rich value
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384  # of any sheet there is


def read_sheet(part: IO[bytes], frames: SheetFrames, book: "Book") -> None:
    """Raises Refused where the part is damaged, or larger than the limits."""
    reader = _SheetReader(frames, book)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    run(parser, part)


class _SheetReader:
    """`start`, `data` and `end` run for every cell, five times in all: they look up as little as can be."""

    def __init__(self, frames: SheetFrames, book: "Book"):
        self.frames, self.book = frames, book
        self.texts, self.struck = book.strings.texts, book.styles.struck
        self.prefix: str | None = None
        self.c = self.v = self.t = ""
        self.row_index, self.row = -1, list[Cell]()
        self.column = -1
        self.kind, self.style, self.stored = "n", "0", ""
        self.formula = self.collecting = self.phonetic = False
        self.rich: RichText | None = None
        self.rich_value: str | None = None
        self.columns: dict[str, int] = {}  # by letters

    # --- Events
    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == self.c:
            get = attributes.get
            self.kind, self.style, self.stored, self.formula = get("t", "n"), get("s", "0"), "", False
            self.rich_value = get("vm")
            reference = get("r")
            if reference is None:
                self.column += 1
            else:
                letters = reference.rstrip(DIGITS)
                column = self.columns.get(letters)
                self.column = self._column_of(letters) if column is None else column
        elif tag == self.v:
            self.collecting = True
        else:
            self._start_other(tag, attributes)

    def data(self, text: str) -> None:
        if self.collecting:
            self.stored += text
        elif self.rich is not None:
            self.rich.data(text)

    def end(self, tag: str) -> None:
        if tag == self.v:
            self.collecting = False
        elif tag == self.c:
            if self.kind == "s":
                self._end_shared_text()
            elif self.stored or self.formula:
                self._end_cell()
        else:
            self._end_other(tag)

    def _start_other(self, tag: str, attributes: Attributes) -> None:
        if tag == self.t and self.rich is None:
            self.collecting = not self.phonetic
        elif self.prefix is None:  # the root: all that is the sheet's own bears its prefix
            self.prefix = tag.rpartition(":")[0]
            self.prefix += ":" if self.prefix else ""
            self.c, self.v, self.t = (self.prefix + name for name in "cvt")
        elif tag.startswith(self.prefix):
            self._start_own(tag[len(self.prefix) :], attributes)

    def _start_own(self, tag: str, attributes: Attributes) -> None:
        if tag == "r" and self.rich is None:  # a text inside its cell, in runs
            self.rich = RichText()
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "f":
            self.formula = True
        elif self.rich is not None:
            self.rich.start(tag, attributes)
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "col":
            self._begin_columns(attributes)
        elif tag == "mergeCell":
            self.frames.merges.append(_area(attributes.get("ref", "")))
        elif tag == "filterColumn" or (tag == "sheetPr" and yes(attributes.get("filterMode"))):
            self.frames.filtered = True

    def _end_other(self, tag: str) -> None:
        if tag == self.t and self.rich is None:
            self.collecting = False
            return
        tag = tag.removeprefix(self.prefix or "")
        if tag == "row":
            if self.row:
                self.frames.add(self.row_index, self.row)
        elif tag == "is" and self.rich is not None:
            text, runs = self.rich.take()
            self.rich = None
            if self._put_text(text) and runs:
                self._put_runs(runs)
        elif tag == "rPh":
            self.phonetic = False
        elif self.rich is not None:
            self.rich.end(tag)

    # --- Rows and columns
    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        self.row_index = self.row_index + 1 if number is None else _whole(number) - 1
        if not 0 <= self.row_index < MOST_ROWS:
            raise Refused("READ_FAILED")
        if yes(attributes.get("hidden")) or attributes.get("ht") == "0":
            self.frames.hidden_rows.add(self.row_index)
        self.row, self.column = [], -1

    def _begin_columns(self, attributes: Attributes) -> None:
        if yes(attributes.get("hidden")) or attributes.get("width") == "0":
            last = min(_whole(attributes.get("max", "1")), self.frames.limits.most_columns)
            self.frames.hidden_columns.update(range(_whole(attributes.get("min", "1")) - 1, last))

    def _column_of(self, letters: str) -> int:
        column = self.columns[letters] = _column(letters)
        return column

    # --- Cells
    def _end_shared_text(self) -> None:
        try:
            number = int(self.stored)
            text = self.texts[number]
        except (ValueError, IndexError) as problem:
            if self.stored:
                raise Refused("READ_FAILED") from problem
            return
        if text:
            self._put(text)
            if number in self.book.strings.runs:
                self._put_runs(self.book.strings.runs[number])
        elif number in self.book.strings.errors:
            self._unread(self.book.strings.errors[number])

    def _end_cell(self) -> None:
        kind, stored = self.kind, self.stored
        if kind == "n":
            self._put_number(stored)
        elif kind in ("inlineStr", "str"):
            if not stored.startswith(PICTURE):
                self._put_text(unescaped(stored))
        elif kind == "e":
            if not (self.rich_value and self.book.has_pictures_in_cells):
                self._unread(stored or "#N/A")
        elif kind == "b":
            self._put(stored.strip() in ("1", "true"))
        elif kind == "d":
            self._put(_iso(stored))

    def _put_text(self, text: str) -> bool:
        """Whether there is any."""
        if not text or text.isspace():
            return False
        if error := error_in(text):
            self._unread(error)
            return False
        self._put(text)
        return True

    def _put_runs(self, runs: list[tuple[str, bool | None]]) -> None:
        left = left_unstruck(runs, self.style in self.struck)
        if left is None:
            self.frames.struck.pop((self.row_index, self.column), None)
        else:
            self.frames.struck[self.row_index, self.column] = left

    def _put_number(self, stored: str) -> None:
        if not stored:
            self._unread("=")
            return
        try:
            value = formats.number(stored)
        except ValueError as problem:
            raise Refused("READ_FAILED") from problem
        if self.formula and not value and self.book.uncalculated:
            self._unread("=")
            return
        meant = self.book.styles.meanings.get(self.style)
        at = self.book.moment(value, meant) if meant else None
        if at is None:
            self._put(value)
            if (type(value) is float or len(stored) > 15) and formats.is_more_than_a_float(stored):
                self.frames.numbers[self.row_index, self.column] = stored
            elif self.style in self.book.styles.padded and type(value) is int and value >= 0:
                shown = formats.padded(value, self.book.styles.padded[self.style])
                if shown != stored:
                    self.frames.padded[self.row_index, self.column] = shown
            return
        self._put(at)
        if meant in formats.PARTIAL:
            self.frames.partial_days[self.row_index, self.column] = meant

    def _put(self, value: Cell) -> None:
        row, column = self.row, self.column
        behind = len(row)
        if column == behind:
            row.append(value)
        elif column > behind:
            if column >= self.frames.limits.most_columns:
                self._too_wide()
                return
            row.extend([""] * (column - behind))
            row.append(value)
        else:
            row[column] = value
        if self.style in self.struck:
            self.frames.struck[self.row_index, column] = ""

    def _too_wide(self) -> None:
        if self.frames.shown:
            raise self.frames.too_large(self.row_index + 1, self.column + 1)
        self.frames.cut = True

    def _unread(self, what: str) -> None:
        """The cell is there, and empty: what it holds is said beside."""
        self._put("")
        self.frames.struck.pop((self.row_index, self.column), None)
        self.frames.unread[self.row_index, self.column] = what


def _whole(written: str) -> int:
    try:
        return int(written)
    except ValueError as problem:
        raise Refused("READ_FAILED") from problem


def _column(letters: str) -> int:
    """0 for A. Raises Refused for what is no column."""
    number = 0
    for letter in letters.replace("$", "").upper():
        if not "A" <= letter <= "Z" or number > MOST_COLUMNS:
            raise Refused("READ_FAILED")
        number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MOST_COLUMNS:
        raise Refused("READ_FAILED")
    return number - 1


def _area(reference: str) -> tuple[int, int, int, int]:
    """ "A2:B5" -> (1, 0, 4, 1)."""
    first, _, last = reference.replace("$", "").partition(":")
    corners = []
    for corner in (first, last or first):
        letters = corner.rstrip(DIGITS)
        corners.append((_whole(corner[len(letters) :]) - 1, _column(letters)))
    (top, left), (bottom, right) = corners
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def _iso(stored: str) -> str | date | datetime | time:
    """A day, moment or time as ISO text (strict workbooks); the text where it is none."""
    written = stored.strip().removesuffix("Z")
    try:
        if "-" not in written:
            return time.fromisoformat(written)
        found = datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return stored
    return found.date() if found.time() == time() else found
