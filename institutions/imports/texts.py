"""Text files: comma, semicolon, tab or bar between the columns, in the encodings of Excel and WPS."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from institutions.imports import refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.reading.encodings import damaged_row, encoding_of
from institutions.imports.reading.frames import Cell, Limits, Place, SignsWithoutCode, clean, error_in

SEPARATORS = {",": "", "\t": refusals.TAB, ";": refusals.SEMICOLON, "|": refusals.BAR}
LOOKED_AT = 100  # rows by which the separator is known
_DECLARED = re.compile(r'"?sep=(.)"?\r?\n?', re.I)
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def read_text(data: bytes, limits: Limits) -> tuple[list[list[Cell]], dict[Place, str], list[str]]:
    """Rows, what could not be read, and what was assumed. Raises UnreadableFile."""
    encoding = encoding_of(data)
    if encoding is None:
        if row := damaged_row(data):
            raise UnreadableFile(refusals.CSV_DAMAGED.format(row=row))
        raise UnreadableFile(refusals.CSV_ENCODING)
    remarks = [] if encoding.startswith("utf-8") else [refusals.READ_AS_ENCODING.format(encoding=encoding.upper())]
    first = next(_lines(data, encoding), "")
    declared = _DECLARED.fullmatch(first)
    separator = declared[1] if declared else _separator(data, encoding)
    if separator != ",":
        remarks.append(refusals.DIVIDED_BY.format(sign=SEPARATORS.get(separator, separator)))
    reading, quotes_are_signs = _read(data, encoding, separator, 1 if declared else 0, limits)
    if quotes_are_signs:
        remarks.append(str(refusals.QUOTES_AS_SIGNS))
    if reading.unwrapped:
        remarks.append(refusals.TEXTS_UNWRAPPED.format(count=reading.unwrapped, row=reading.first_unwrapped))
    signs = SignsWithoutCode()
    signs.look_at(reading.rows, 0)
    remarks += [str(getattr(refusals, key)).format(**values) for key, values in signs.remarks("")]
    return reading.rows, reading.unread, remarks


def _read(data: bytes, encoding: str, separator: str, start: int, limits: Limits) -> "tuple[_Reading, bool]":
    """What was read, and whether quotes had to be taken for signs: one that has no second swallows what follows."""
    broken: csv.Error | None = None
    for strict in (True, False):  # "绘声馆"柳市分校 is not strict
        reading = _Reading(limits)
        try:
            reading.take(_records(data, encoding, separator, start, strict=strict))
        except csv.Error as problem:
            broken = problem
            if "unexpected end" in str(problem) or not strict:
                break
            continue
        if not reading.swallowed(separator):
            return reading, False
        break
    row = len(reading.rows) + 1
    plain = _Reading(limits)
    try:
        plain.take(_records(data, encoding, separator, start, quoting=csv.QUOTE_NONE))
    except csv.Error as problem:
        raise UnreadableFile(refusals.CSV_BROKEN.format(row=row)) from problem
    if plain.is_uneven():
        raise UnreadableFile(refusals.CSV_BROKEN.format(row=row)) from broken
    return plain, True


class _Reading:
    def __init__(self, limits: Limits):
        self.limits = limits
        self.rows: list[list[Cell]] = []
        self.unread: dict[Place, str] = {}
        self.unwrapped = self.first_unwrapped = 0

    def take(self, records: Iterator[list[str]]) -> None:
        """Raises csv.Error, and UnreadableFile where the text is larger than the limits."""
        blank = 0
        for index, record in enumerate(records):
            row = self._row(index, record)
            if not row:
                blank += 1
                continue
            self._check_size(index + 1, len(row))
            self.rows.extend([] for _ in range(blank))
            self.rows.append(row)
            blank = 0

    def _check_size(self, rows: int, columns: int) -> None:
        if rows > self.limits.most_rows or columns > self.limits.most_columns:
            most = {"most_rows": self.limits.most_rows, "most_columns": self.limits.most_columns}
            raise UnreadableFile(refusals.CSV_TOO_LARGE.format(rows=rows, columns=columns, **most))

    def _row(self, index: int, record: list[str]) -> list[Cell]:
        row: list[Cell] = ["" if not cell or cell.isspace() else cell for cell in record]
        while row and row[-1] == "":
            row.pop()
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell[:1] in ("=", "'", "#"):
                row[column] = self._special(index, column, cell)
        return row

    def _special(self, index: int, column: int, cell: str) -> str:
        if error := error_in(cell):
            self.unread[index, column] = error
            return ""
        if (text := unwrapped(cell)) != cell:
            self.unwrapped += 1
            self.first_unwrapped = self.first_unwrapped or index + 1
            return text
        if cell.startswith("="):
            self.unread[index, column] = "="
            return ""
        return cell

    def swallowed(self, separator: str) -> bool:
        """Whether a quote that is a mere sign has taken whole lines into one cell."""
        usual = self._usual_width()
        return usual > 1 and any(
            isinstance(cell, str) and "\n" in cell and cell.count(separator) >= usual - 1
            for row in self.rows
            for cell in row
        )

    def is_uneven(self) -> bool:
        return any(len(row) > self._usual_width() for row in self.rows)

    def _usual_width(self) -> int:
        widths = Counter(map(len, self.rows[:LOOKED_AT]))
        return max(widths, key=lambda width: (widths[width], width), default=1)


def unwrapped(cell: str) -> str:
    """="0577" and '0577 are how a text is kept from becoming a number: 0577. Anything else comes back as it is."""
    if found := _AS_FORMULA.fullmatch(cell.strip()):
        return found[1].replace('""', '"')
    if len(cell) > 1 and cell[0] == "'" and "'" not in cell[1:]:
        return cell[1:]
    return cell


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        yield from map(clean, text)


def _records(
    data: bytes,
    encoding: str,
    separator: str,
    passed_over: int = 0,
    *,
    strict: bool = False,
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL,
) -> Iterator[list[str]]:
    lines = islice(_lines(data, encoding), passed_over, None)
    return csv.reader(lines, delimiter=separator, quoting=quoting, strict=strict)


def _separator(data: bytes, encoding: str) -> str:
    """The sign that divides most rows into most columns, all alike."""

    def divided(sign: str) -> int:
        try:
            widths = Counter(len(record) for record in islice(_records(data, encoding, sign), LOOKED_AT) if any(record))
        except csv.Error:
            return 0
        return max(((width - 1) * rows for width, rows in widths.items()), default=0)

    best = max(SEPARATORS, key=divided)
    return best if divided(best) else ","
