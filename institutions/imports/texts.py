"""Text files: comma, semicolon, tab or bar between the columns, in the encodings of Excel and WPS."""

import csv
import io

from institutions.imports import refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.reading.frames import Cell, Limits, Place, clean


def read_text(data: bytes, limits: Limits) -> tuple[list[list[Cell]], dict[Place, str], list[str]]:
    """Rows, what could not be read, and what was assumed. Raises UnreadableFile."""
    rows: list[list[Cell]] = []
    most = {"most_rows": limits.most_rows, "most_columns": limits.most_columns}
    try:
        for row in csv.reader(io.StringIO(clean(_decoded(data)), newline="")):
            rows.append(list(row))
            if len(rows) > limits.most_rows or len(row) > limits.most_columns:
                raise UnreadableFile(refusals.CSV_TOO_LARGE.format(rows=len(rows), columns=len(row), **most))
    except csv.Error as problem:
        raise UnreadableFile(refusals.CSV_BROKEN.format(row=len(rows) + 1)) from problem
    return rows, {}, []


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(refusals.CSV_ENCODING)
