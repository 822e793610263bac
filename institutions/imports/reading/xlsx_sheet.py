"""One worksheet of an .xlsx -> its rows and looks. What runs for every cell is short and looks up little."""

from datetime import date, datetime, time
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

from institutions.imports.reading import formats
from institutions.imports.reading.frames import Cell, Refused, SheetFrames, error_in
from institutions.imports.reading.tags import Attributes, no_doctype, run, yes
from institutions.imports.reading.xlsx_strings import RichText, Runs, left_unstruck, unescaped

if TYPE_CHECKING:
    from institutions.imports.reading.xlsx import Book

DIGITS = "0123456789"
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
    def __init__(self, frames: SheetFrames, book: "Book"):
        self.frames, self.book = frames, book
        self.texts, self.meanings, self.struck = book.strings.texts, book.styles.meanings, book.styles.struck
        self.prefix: str | None = None
        self.c = self.v = ""
        self.row_index, self.row = -1, list[Cell]()
        self.column = -1
        self.kind, self.style, self.stored = "n", "0", ""
        self.formula = self.collecting = False
        self.rich: RichText | None = None
        self.columns: dict[str, int] = {}

    # --- Events
    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == self.c:
            get = attributes.get
            self.kind, self.style, self.stored, self.formula = get("t", "n"), get("s", "0"), "", False
            reference = get("r")
            self.column = self.column + 1 if reference is None else self._column_of(reference)
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
            self._end_cell()
        else:
            self._end_other(tag)

    def _start_other(self, tag: str, attributes: Attributes) -> None:
        if self.prefix is None:  # the root: all that is the sheet's own bears its prefix
            self.prefix = tag.rpartition(":")[0]
            self.prefix += ":" if self.prefix else ""
            self.c, self.v = self.prefix + "c", self.prefix + "v"
        elif tag.startswith(self.prefix):
            self._start_own(tag[len(self.prefix) :], attributes)

    def _start_own(self, tag: str, attributes: Attributes) -> None:
        if self.rich is not None:
            self.rich.start(tag, attributes)
        elif tag == "f":
            self.formula = True
        elif tag == "is":
            self.rich = RichText()
        elif tag == "row":
            self._begin_row(attributes)
        elif tag == "col":
            self._begin_columns(attributes)
        elif tag == "mergeCell":
            self.frames.merges.append(_area(attributes.get("ref", "")))
        elif tag == "filterColumn" or (tag == "sheetPr" and yes(attributes.get("filterMode"))):
            self.frames.filtered = True

    def _end_other(self, tag: str) -> None:
        tag = tag.removeprefix(self.prefix or "")
        if tag == "row":
            if self.row:
                self.frames.add(self.row_index, self.row)
        elif tag == "is" and self.rich is not None:
            text, runs = self.rich.take()
            self.rich = None
            self._put_text(text, runs)
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

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(DIGITS)
        column = self.columns.get(letters)
        if column is None:
            column = self.columns[letters] = _column(letters)
        return column

    # --- Cells
    def _end_cell(self) -> None:
        kind, stored = self.kind, self.stored
        if kind == "s":
            try:
                number = int(stored)
                self._put_text(self.texts[number], self.book.strings.runs.get(number))
            except (ValueError, IndexError) as problem:
                if stored:
                    raise Refused("READ_FAILED") from problem
        elif kind == "n":
            self._put_number(stored)
        elif kind == "e":
            self._unread(stored or "#N/A")
        elif kind == "b":
            self._put(stored.strip() in ("1", "true"))
        elif kind == "d":
            self._put(_iso(stored))
        elif kind == "str":
            self._put_text(unescaped(stored), None)

    def _put_text(self, text: str, runs: Runs | None) -> None:
        if not text or text.isspace():
            return
        if text[0] == "#" and (error := error_in(text)):
            self._unread(error)
            return
        self._put(text)
        if runs and (left := left_unstruck(runs, self.style in self.struck)) is not None:
            self.frames.struck[self.row_index, self.column] = left
        elif runs:
            self.frames.struck.pop((self.row_index, self.column), None)

    def _put_number(self, stored: str) -> None:
        if not stored:
            if self.formula:
                self._unread("=")
            return
        try:
            value = formats.number(stored)
        except ValueError as problem:
            raise Refused("READ_FAILED") from problem
        if self.formula and not value and self.book.uncalculated:
            self._unread("=")
            return
        meant = self.meanings.get(self.style)
        at = formats.moment(value, meant, self.book.epoch_1904) if meant else None
        if at is None:
            self._put(value)
            if formats.is_more_than_a_float(stored):
                self.frames.numbers[self.row_index, self.column] = stored
            return
        self._put(at)
        if meant in formats.PARTIAL:
            self.frames.partial_days[self.row_index, self.column] = meant

    def _put(self, value: Cell) -> None:
        row, column = self.row, self.column
        if column == len(row):
            row.append(value)
        elif column > len(row):
            if column >= self.frames.limits.most_columns:
                self._too_wide()
                return
            row.extend([""] * (column - len(row)))
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
    for kind in (time, date, datetime) if stored[:1] != "T" else (time,):
        try:
            found = kind.fromisoformat(stored.strip().removesuffix("Z"))
        except ValueError:
            continue
        return found.date() if isinstance(found, datetime) and found.time() == time() else found
    return stored
