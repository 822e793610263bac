"""Rows on their way out of the child: in order, in chunks, without what is blank."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

Cell = str | int | float | bool | date | datetime | time  # "" is empty; a duration is its ISO text
Place = tuple[int, int]  # row, column, from 0

LOOKS = ("unread", "struck", "numbers", "partial_days", "padded")  # what a sheet's frames say of cells
CHUNK = 2_000  # rows in one frame
# Control characters but tab and line breaks.
CONTROLS = dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {0x09, 0x0A, 0x0D})
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# What a spreadsheet shows instead of a value; as text where its cells were saved as text or pasted as values.
ERRORS = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|#+)|Err:\d{3}|错误[:：]\d{3}"
)


class OfCells(MutableMapping[Place, str]):
    """What is said of cells: of each 12 bytes, as most say the same. They come by rows, and from left to right."""

    def __init__(self, cells: Mapping[Place, str] | None = None) -> None:
        self._places, self._numbers = array("Q"), array("I")
        self._texts: list[str] = []
        self._number_of: dict[str, int] = {}
        self.update(cells or {})

    @classmethod
    def unpacked(cls, places: bytes, numbers: bytes, texts: list[str]) -> "OfCells":
        """What was `packed`, which is plain values."""
        found = cls()
        found._places.frombytes(places)
        found._numbers.frombytes(numbers)
        found._texts, found._number_of = texts, {text: number for number, text in enumerate(texts)}
        return found

    def packed(self) -> tuple[bytes, bytes, list[str]]:
        return self._places.tobytes(), self._numbers.tobytes(), self._texts

    def __copy__(self) -> "OfCells":
        places, numbers, texts = self.packed()
        return self.unpacked(places, numbers, list(texts))

    def _at(self, place: Place) -> tuple[int, int, bool]:
        """The number of a place, where it stands or would, and whether it is there."""
        sought = place[0] << 32 | place[1]
        at = bisect_left(self._places, sought)
        return sought, at, at < len(self._places) and self._places[at] == sought

    def __contains__(self, place: object) -> bool:
        return isinstance(place, tuple) and self._at(place)[2]

    def __getitem__(self, place: Place) -> str:
        _sought, at, is_there = self._at(place)
        if not is_there:
            raise KeyError(place)
        return self._texts[self._numbers[at]]

    def get(self, place: Place, default: Any = None) -> Any:
        _sought, at, is_there = self._at(place)
        return self._texts[self._numbers[at]] if is_there else default

    def __setitem__(self, place: Place, text: str) -> None:
        number = self._number_of.setdefault(text, len(self._texts))
        if number == len(self._texts):
            self._texts.append(text)
        sought, at, is_there = self._at(place)
        if is_there:
            self._numbers[at] = number
        else:
            self._places.insert(at, sought)
            self._numbers.insert(at, number)

    def __delitem__(self, place: Place) -> None:
        _sought, at, is_there = self._at(place)
        if not is_there:
            raise KeyError(place)
        del self._places[at], self._numbers[at]

    def of_row(self, row: int) -> Iterator[tuple[int, str]]:
        """What is said of the cells of a row, by their columns."""
        at, behind = bisect_left(self._places, row << 32), bisect_left(self._places, (row + 1) << 32)
        return ((self._places[each] & 0xFFFFFFFF, self._texts[self._numbers[each]]) for each in range(at, behind))

    def __iter__(self) -> Iterator[Place]:
        return ((place >> 32, place & 0xFFFFFFFF) for place in self._places)

    def __len__(self) -> int:
        return len(self._places)


def clean(text: str) -> str:
    """Without control characters."""
    return text.translate(CONTROLS) if _CONTROL.search(text) else text


def error_in(text: str) -> str:
    """The error that a text is; "" where it is none."""
    return text.strip() if text[0:1] in "#E错 \u3000" and ERRORS.fullmatch(text.strip()) else ""


class SignsWithoutCode:
    """Characters of a private area, or lost on the way: another computer shows something else, or a box."""

    LISTED = 5
    SIGN = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010fffd]")

    def __init__(self) -> None:
        self.found: list[tuple[int, int, str]] = []

    def look_at(self, rows: list[list[Cell]], first: int) -> None:
        """`first` is the index of the first of these rows."""
        if not self.SIGN.search("".join(cell for row in rows for cell in row if isinstance(cell, str))):
            return
        for index, row in enumerate(rows, first):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and (sign := self.SIGN.search(cell)):
                    self.found.append((index, column, sign[0]))

    def remarks(self, sheet: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for row, column, sign in self.found[: self.LISTED]:
            values = {"sheet": sheet, "row": row + 1, "column": letters(column), "code": f"U+{ord(sign):04X}"}
            yield "SIGN_WITHOUT_CODE" if sheet else "SIGN_WITHOUT_CODE_IN_TEXT", values
        if len(self.found) > self.LISTED:
            yield "MORE_SIGNS_WITHOUT_CODE", {"count": len(self.found) - self.LISTED}


def letters(column: int) -> str:
    """A for 0, AA for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(frozen=True)
class Limits:
    """How much of a file is read. The page's; a command may ask for more."""

    most_bytes: int = 10 * 1024 * 1024
    most_inflated: int = 100 * 1024 * 1024  # bytes of all parts
    most_rows: int = 20_000  # of a sheet
    most_columns: int = 100
    most_cells: int = 2_000_000  # of all sheets; a blank row counts as one, a sheet as a hundred
    memory: int = 1024 * 1024 * 1024  # bytes, of the child
    seconds: int = 30


class Refused(Exception):
    """The file is not taken, by the sentence `key` of refusals.py."""

    def __init__(self, key: str, **values: Any):
        super().__init__(key)
        self.key, self.values = key, values


class Send:
    """Where frames go, and how many cells have gone."""

    def __init__(self, write: Callable[[tuple[Any, ...]], None], limits: Limits):
        self.write, self.limits, self.cells = write, limits, 0

    def __call__(self, *frame: Any) -> None:
        self.write(frame)

    def count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self.limits.most_cells:
            raise Refused("TOO_MANY_CELLS", most=self.limits.most_cells)


class SheetFrames:
    """Takes one sheet's rows, top to bottom, and sends them; keeps what is said about single cells."""

    def __init__(self, send: Send, limits: Limits, name: str, state: str):
        self.send, self.limits, self.name, self.shown = send, limits, name, state == "visible"
        self.rows: list[list[Cell]] = []
        self.height = 0  # rows sent or waiting
        self.width = 0
        self.cut = False  # a hidden sheet is longer than what is read
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.filtered = False
        self.unread = OfCells()
        self.struck = OfCells()
        self.numbers = OfCells()
        self.partial_days = OfCells()
        self.padded = OfCells()
        self.lengths = bytearray()  # of a text file: cells of each row, the empty ones behind the last among them
        self.signs = SignsWithoutCode()
        send.count(100)
        send("sheet", name, state)

    def add(self, index: int, row: list[Cell]) -> None:
        """A row that holds something. What lies above it without being added is blank."""
        if index < self.height:
            raise Refused("READ_FAILED")
        if index >= self.limits.most_rows or len(row) > self.limits.most_columns:
            if self.shown:
                raise self.too_large(index + 1, len(row))
            self.cut = True
            if index >= self.limits.most_rows:
                return
            row = row[: self.limits.most_columns]
        self.send.count(index - self.height + len(row))
        self.rows.extend([] for _ in range(index - self.height))
        self.rows.append(row)
        self.height = index + 1
        self.width = max(self.width, len(row))
        if len(self.rows) >= CHUNK:
            self._flush()

    def too_large(self, rows: int, columns: int) -> Refused:
        most = {"most_rows": self.limits.most_rows, "most_columns": self.limits.most_columns}
        return Refused("SHEET_TOO_LARGE", sheet=self.name or "1", rows=rows, columns=columns, **most)

    def close(self) -> None:
        """Send what is left, and what is said about cells inside the rows that were read."""
        self._flush()
        if self.cut:
            self.send("remark", "HIDDEN_SHEET_CUT", {"sheet": self.name})
        for key, values in self.signs.remarks(self.name):
            self.send("remark", key, values)
        last_row, last_column = self.height - 1, self.width - 1
        inside = {
            (top, left, min(bottom, last_row), min(right, last_column))
            for top, left, bottom, right in self.merges
            if top <= last_row and left <= last_column
        }
        self.send(
            "looks",
            {
                "merges": sorted(merge for merge in inside if merge[:2] != merge[2:]),
                "hidden_rows": frozenset(row for row in self.hidden_rows if row <= last_row),
                "hidden_columns": frozenset(column for column in self.hidden_columns if column <= last_column),
                "filtered": self.filtered,
                "unread": self.unread.packed(),
                "struck": self.struck.packed(),
                "numbers": self.numbers.packed(),
                "partial_days": self.partial_days.packed(),
                "padded": self.padded.packed(),
                "lengths": bytes(self.lengths),
            },
        )

    def _flush(self) -> None:
        if self.rows:
            self.signs.look_at(self.rows, self.height - len(self.rows))
            self.send("rows", self.rows)
            self.rows = []
