"""Open a register somebody sent: refuse what is hostile within seconds, then read it in a child process with limits."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from institutions.imports import refusals
from institutions.imports.cells import CONTROLS
from institutions.imports.package import UnreadableFile, check_package

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 20_000, 100
MEMORY = 1024 * 1024 * 1024
SECONDS = 60
Cells = list[list[Any]]  # rows of cells as read: str, float, bool, ISO date text, ""


def read_sheet(data: bytes, name: str) -> Cells:
    """The first sheet's rows, as the spreadsheet numbers them (row 1 is index 0). Raises UnreadableFile."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(refusals.TOO_MANY_BYTES)
    ending = Path(name).suffix.lower()
    if ending == ".csv":
        return _read_csv(data)
    if ending == ".xlsx":
        check_package(data)
        return _read_in_child(data)
    raise UnreadableFile(refusals.NOT_XLSX_OR_CSV.format(ending=ending or name))


def _read_csv(data: bytes) -> Cells:
    rows: Cells = []
    try:
        for row in csv.reader(io.StringIO(_decoded(data).translate(CONTROLS), newline="")):
            rows.append(list(row))
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                most = {"most_rows": MAX_ROWS, "most_columns": MAX_COLUMNS}
                raise UnreadableFile(refusals.CSV_TOO_LARGE.format(rows=len(rows), columns=len(row), **most))
    except csv.Error as problem:
        raise UnreadableFile(refusals.CSV_BROKEN.format(row=len(rows) + 1)) from problem
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(refusals.CSV_ENCODING)


# Runs alone: reads the workbook from standard input, writes the first sheet's rows as JSON.
CHILD = """
import io, json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
controls = dict.fromkeys(json.loads(sys.argv[5]))
from python_calamine import CalamineWorkbook
sheet = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
end = sheet.end or (0, 0)
if end[0] + 1 > int(sys.argv[3]) or end[1] + 1 > int(sys.argv[4]):
    print(json.dumps({"too_large": [end[0] + 1, end[1] + 1]}))
else:
    def plain(cell):
        if hasattr(cell, "isoformat"):
            return cell.isoformat()
        if isinstance(cell, str):
            return cell.translate(controls)
        return cell if isinstance(cell, (float, int, bool)) else str(cell)
    rows = [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    print(json.dumps({"rows": rows}))
"""


def _read_in_child(data: bytes) -> Cells:
    """Parse with python-calamine in a process of its own: what goes wrong there stays there."""
    limits = [str(MEMORY), str(SECONDS), str(MAX_ROWS), str(MAX_COLUMNS), json.dumps(list(CONTROLS))]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and text)
            [sys.executable, "-c", CHILD, *limits], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise UnreadableFile(refusals.READ_TOO_LONG) from problem
    if done.returncode:
        raise UnreadableFile(refusals.READ_FAILED)
    answer = json.loads(done.stdout)
    if "too_large" in answer:
        tall, wide = answer["too_large"]
        most = {"most_rows": MAX_ROWS, "most_columns": MAX_COLUMNS}
        raise UnreadableFile(refusals.SHEET_TOO_LARGE.format(rows=tall, columns=wide, **most))
    rows: Cells = answer["rows"]
    return rows
