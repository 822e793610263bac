"""Open a register somebody sent: refuse what is hostile within seconds, then read it in a child process with limits."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from accounts.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 200
MAX_INFLATED = 100 * 1024 * 1024
MAX_RATIO = 100
MAX_ROWS, MAX_COLUMNS = 20_000, 100
MEMORY = 1024 * 1024 * 1024
SECONDS = 60
Cells = list[list[Any]]  # rows of cells as read: str, float, bool, ISO date text, ""


class UnreadableFile(Refusal):
    """The file is not taken; the sentence says why and what is."""

    code = "unreadable_file"


def read_sheet(data: bytes, name: str) -> Cells:
    """The first sheet's rows, as the spreadsheet numbers them (row 1 is index 0). Raises UnreadableFile."""
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"文件 {len(data) / 1024 / 1024:.1f} MB,超过 10 MB 的上限。请只保留名册所在的工作表。")
    ending = Path(name).suffix.lower()
    if ending == ".csv":
        rows = _read_csv(data)
    elif ending == ".xlsx":
        _check_package(data)
        rows = _read_in_child(data)
    else:
        raise UnreadableFile(f"不能读取“{ending or name}”文件,请另存为 .xlsx 或 .csv。")
    if len(rows) > MAX_ROWS:
        raise UnreadableFile(f"名册有 {len(rows)} 行,超过 {MAX_ROWS} 行的上限,请分成几个文件。")
    return rows


def _read_csv(data: bytes) -> Cells:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [list(row[:MAX_COLUMNS]) for row in csv.reader(io.StringIO(text, newline=""))]
    raise UnreadableFile("CSV 的编码不是 UTF-8 或 GB18030,请在 Excel 中另存为“CSV UTF-8”。")


def _check_package(data: bytes) -> None:
    """An .xlsx is a zip of XML: bound its parts and sizes before any parser sees it."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except zipfile.BadZipFile as problem:
        raise UnreadableFile("这不是 .xlsx 文件(打不开压缩包),请在 Excel 中重新另存。") from problem
    if len(parts) > MAX_PARTS:
        raise UnreadableFile(f"工作簿内有 {len(parts)} 个部件,超过 {MAX_PARTS} 个的上限。")
    inflated = 0
    for part in parts:
        path = PurePosixPath(part.filename)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() in (".zip", ".xlsx", ".xlsm"):
            raise UnreadableFile(f"工作簿内有不应有的部件“{part.filename[:60]}”。")
        if path.name.lower() == "vbaproject.bin":
            raise UnreadableFile("工作簿带有宏,请另存为不带宏的 .xlsx。")
        inflated += _inflated(package, part, inflated)
    if "[Content_Types].xml" not in package.namelist():
        raise UnreadableFile("这不是 Excel 工作簿,请在 Excel 中另存为 .xlsx。")


def _inflated(package: zipfile.ZipFile, part: zipfile.ZipInfo, before: int) -> int:
    """Bytes a part inflates to, counted while reading: what its header claims is not believed."""
    size, begun = 0, b""
    try:
        with package.open(part) as file:
            while block := file.read(1 << 16):
                size += len(block)
                begun = begun if len(begun) > 4096 else begun + block[:4096]
                if before + size > MAX_INFLATED:
                    raise UnreadableFile("工作簿解开后超过 100 MB,请只保留名册所在的工作表。")
    except (zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError) as problem:
        raise UnreadableFile("工作簿已损坏或加密,请重新另存、去掉密码。") from problem
    if part.compress_size and size > 1 << 20 and size / part.compress_size > MAX_RATIO:
        raise UnreadableFile("工作簿的压缩比异常,已拒绝。请在 Excel 中重新另存。")
    if b"<!DOCTYPE" in begun.upper():
        raise UnreadableFile("工作簿的 XML 中有 DOCTYPE,已拒绝。请在 Excel 中重新另存。")
    return size


# Runs alone: reads the workbook from standard input, writes the first sheet's rows as JSON.
CHILD = """
import io, json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
from python_calamine import CalamineWorkbook
sheet = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
end = sheet.end or (0, 0)
if end[0] + 1 > int(sys.argv[3]) or end[1] + 1 > int(sys.argv[4]):
    print(json.dumps({"too_large": [end[0] + 1, end[1] + 1]}))
else:
    def plain(cell):
        if hasattr(cell, "isoformat"):
            return cell.isoformat()
        return cell if isinstance(cell, (str, float, int, bool)) else str(cell)
    rows = [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    print(json.dumps({"rows": rows}))
"""


def _read_in_child(data: bytes) -> Cells:
    """Parse with python-calamine in a process of its own: what goes wrong there stays there."""
    limits = [str(MEMORY), str(SECONDS), str(MAX_ROWS), str(MAX_COLUMNS)]
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
