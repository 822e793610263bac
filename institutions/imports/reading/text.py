"""Text files: comma (， too), semicolon, tab or bar between the columns, in the encodings of Excel and WPS."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, Any, Literal

from institutions.imports.reading.encodings import damaged_row, encoding_of
from institutions.imports.reading.frames import Cell, Limits, Refused, Send, SheetFrames, clean, error_in

SEPARATORS = {
    ",": "",
    "\t": "DIVIDED_BY_TABS",
    ";": "DIVIDED_BY_SEMICOLONS",
    "|": "DIVIDED_BY_BARS",
    "，": "DIVIDED_BY",
}
LOOKED_AT = 100  # rows by which the separator and the usual width are known
_DECLARED = re.compile(r'"?sep=(.)"?\r?\n?', re.I)
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def read(file: IO[bytes], limits: Limits, send: Send) -> None:
    """Goes through the text twice: once to know how its quotes are meant, once to send its rows."""
    text = _opened(file.read(), send)
    text = _with_quotes_understood(text, send)
    rows = _Rows(send, limits)
    for index, record in enumerate(text.records()):
        rows.lengths.append(min(len(record), 255))
        if row := rows.taken(index, record):
            rows.add(index, row)
    rows.close()
    if rows.unwrapped:
        send("remark", "TEXTS_UNWRAPPED", {"count": rows.unwrapped, "row": rows.first_unwrapped})


@dataclass(frozen=True)
class _Text:
    """A text and how it is read."""

    data: bytes
    encoding: str
    separator: str
    passed_over: int = 0  # lines at its beginning
    strict: bool = True
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL

    def lines(self) -> Iterator[str]:
        with io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline="") as text:
            yield from islice(map(clean, text), self.passed_over, None)

    def records(self) -> Any:
        return csv.reader(self.lines(), delimiter=self.separator, quoting=self.quoting, strict=self.strict)

    def usual_width(self) -> int:
        """Columns of most of the first rows."""
        widths = Counter(map(_width, islice(replace(self, strict=False).records(), LOOKED_AT)))
        del widths[0]
        return max(widths, key=lambda width: (widths[width], width), default=1)


def _opened(data: bytes, send: Send) -> _Text:
    encoding = encoding_of(data)
    if encoding is None:
        row = damaged_row(data)
        raise Refused("CSV_DAMAGED", row=row) if row else Refused("CSV_ENCODING")
    if not encoding.startswith("utf-8"):
        send("remark", "READ_AS_ENCODING", {"encoding": encoding.upper()})
    text = _Text(data, encoding, ",")
    if declared := _DECLARED.fullmatch(next(text.lines(), "")):
        text = replace(text, separator=declared[1], passed_over=1)
    else:
        text = replace(text, separator=_separator(text))
    if said := SEPARATORS.get(text.separator, "DIVIDED_BY"):
        send("remark", said, {"sign": text.separator})
    return text


def _separator(text: _Text) -> str:
    """The sign that divides most rows into most columns, all alike."""

    def divided(sign: str) -> int:
        records = replace(text, separator=sign, strict=False).records()
        try:
            widths = Counter(len(record) for record in islice(records, LOOKED_AT) if any(record))
        except csv.Error:
            return 0
        return max(((width - 1) * rows for width, rows in widths.items()), default=0)

    best = max(SEPARATORS, key=divided)
    return best if divided(best) else ","


def _with_quotes_understood(text: _Text, send: Send) -> _Text:
    """A quote that is a mere sign swallows what follows, up to the next. Raises Refused where nothing helps."""
    fault = _fault(text)
    if fault is not None and fault[1] == "not strict":  # "绘声馆"柳市分校
        text = replace(text, strict=False)
        fault = _fault(text)
    if fault is None:
        return text
    plain = replace(text, quoting=csv.QUOTE_NONE)
    try:
        usual = plain.usual_width()
        uneven = any(_width(record) > usual for record in plain.records())
    except csv.Error:
        uneven = True
    if uneven:
        raise Refused("CSV_BROKEN", row=fault[0])
    send("remark", "QUOTES_AS_SIGNS", {})
    return plain


def _fault(text: _Text) -> tuple[int, str] | None:
    """The row, from 1, from which on quotes are not as they should be; None where they are."""
    row, lines = 0, 0
    try:
        usual = text.usual_width()
        records = text.records()
        for row, record in enumerate(records, 1):
            if records.line_num - lines > 1 and usual > 1 and any(_swallows(cell, text, usual) for cell in record):
                return row, "swallows rows"
            lines = records.line_num
    except csv.Error as problem:
        return row + 1, "swallows rows" if "unexpected end" in str(problem) or not text.strict else "not strict"
    return None


def _swallows(cell: str, text: _Text, usual: int) -> bool:
    return "\n" in cell and cell.count(text.separator) >= usual - 1


def _width(record: list[str]) -> int:
    return next((index for index in range(len(record), 0, -1) if record[index - 1].strip()), 0)


class _Rows(SheetFrames):
    def __init__(self, send: Send, limits: Limits):
        super().__init__(send, limits, "", "visible")
        self.unwrapped = self.first_unwrapped = 0

    def too_large(self, rows: int, columns: int) -> Refused:
        most = {"most_rows": self.limits.most_rows, "most_columns": self.limits.most_columns}
        return Refused("CSV_TOO_LARGE", rows=rows, columns=columns, **most)

    def taken(self, index: int, record: list[str]) -> list[Cell]:
        """A row without what is blank; [] where nothing is left."""
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


def unwrapped(cell: str) -> str:
    """="0577" and '0577 are how a text is kept from becoming a number: 0577. Anything else comes back as it is."""
    if found := _AS_FORMULA.fullmatch(cell.strip()):
        return found[1].replace('""', '"')
    if len(cell) > 1 and cell[0] == "'" and "'" not in cell[1:]:
        return cell[1:]
    return cell
