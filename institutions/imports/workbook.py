"""Open a register somebody sent: refuse what is hostile within seconds, then read it in a child process with limits."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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
        raise UnreadableFile("文件超过 10 MB 的上限。请只保留名册所在的工作表。")
    ending = Path(name).suffix.lower()
    if ending == ".csv":
        return _read_csv(data)
    if ending == ".xlsx":
        check_package(data)
        return _read_in_child(data)
    raise UnreadableFile(f"不能读取“{ending or name}”文件,请另存为 .xlsx 或 .csv。")


def _read_csv(data: bytes) -> Cells:
    rows: Cells = []
    try:
        for row in csv.reader(io.StringIO(_decoded(data).translate(CONTROLS), newline="")):
            rows.append(list(row))
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                where = f"读到第 {len(rows)} 行,{len(row)} 列"
                raise UnreadableFile(f"CSV 超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列的上限({where}),请分成几个文件。")
    except csv.Error as problem:
        raise UnreadableFile(f"CSV 第 {len(rows) + 1} 行读不了:单元格过长,或引号没有配对。") from problem
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("CSV 的编码不是 UTF-8 或 GB18030,请在 Excel 中另存为“CSV UTF-8”。")


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
        raise UnreadableFile("读取工作簿超过 60 秒,已停止。请只保留名册所在的工作表。") from problem
    if done.returncode:
        raise UnreadableFile("读取工作簿失败:文件损坏,或所用区域过大。请把名册复制到新的工作簿再试。")
    answer = json.loads(done.stdout)
    if "too_large" in answer:
        tall, wide = answer["too_large"]
        raise UnreadableFile(
            f"工作表用到 {tall} 行、{wide} 列,超过 {MAX_ROWS} 行、{MAX_COLUMNS} 列。请删去名册以外的单元格。"
        )
    rows: Cells = answer["rows"]
    return rows
