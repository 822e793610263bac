"""Open a register somebody sent: refuse what is hostile within seconds, read the rest in a limited child process."""

import json
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import IO, Any

from django.conf import settings

from institutions.imports import progress, refusals
from institutions.imports.collecting import no_collecting
from institutions.imports.kinds import kind_of
from institutions.imports.package import UnreadableFile, check_package
from institutions.imports.reading.frames import LOOKS, Cell, Limits, OfCells
from institutions.spool import Spool

FOR_PAGES = Limits()
FOR_COMMANDS = Limits(
    most_bytes=200 * 1024 * 1024,
    most_inflated=2 * 1024 * 1024 * 1024,
    most_rows=1_048_576,
    most_cells=30_000_000,
    seconds=600,
)
MOST_KNOWN = 20_000  # texts that are looked for again
MAX_BYTES = FOR_PAGES.most_bytes


@dataclass(frozen=True)
class Sheet:
    """A sheet as it is, row 1 of the spreadsheet at index 0. Rows are as long as their last filled cell; white space
    alone is an empty cell, and what is blank below and right of the last filled cell is not there.
    """

    name: str  # "" for a text file
    state: str = "visible"  # "visible", "hidden" or "chart" (dialog and macro sheets, too)
    rows: Sequence[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False  # a filter hides rows
    # What could not be read, and is "" in its row: "#N/A", "#REF!" …, or "=": a formula that nobody has calculated.
    unread: OfCells = field(default_factory=OfCells)
    # Cells struck out, whole or in part: what is left without the struck part.
    struck: OfCells = field(default_factory=OfCells)
    # Numbers of more than 15 digits, or with an exponent: as stored.
    numbers: OfCells = field(default_factory=OfCells)
    # Days of which the sheet shows a part, and the spreadsheet added the rest: "month" or "day without year".
    partial_days: OfCells = field(default_factory=OfCells)
    # Whole numbers that the sheet shows with noughts in front: as shown, 0577 for 577.
    padded: OfCells = field(default_factory=OfCells)
    # Of a text file: how many cells each row has, the empty ones behind the last among them; 255 stands for more.
    lengths: bytes = b""


@dataclass(frozen=True)
class Workbook:
    file_name: str
    kind: str  # "xlsx", "xls", "ods" or "text", by what the file is, whatever its name says
    sheets: list[Sheet]
    epoch_1904: bool = False
    remarks: list[str] = field(default_factory=list)  # what was assumed or passed over in the file as a whole


def read_workbook(data: bytes, name: str, limits: Limits = FOR_PAGES) -> Workbook:
    """Raises UnreadableFile."""
    if len(data) > limits.most_bytes:
        raise UnreadableFile(refusals.TOO_MANY_BYTES.format(most=limits.most_bytes // 1024 // 1024))
    kind = kind_of(data, name)
    if kind in ("xlsx", "ods"):
        check_package(data, limits.most_inflated)
    with no_collecting():
        return _gathered(name, kind, frames_of(data, kind, limits))


def _gathered(name: str, kind: str, frames: Iterator[tuple[Any, ...]]) -> Workbook:
    sheets: list[dict[str, Any]] = []
    remarks: list[str] = []
    epoch_1904 = False
    known: dict[str, str] = {}
    for what, *content in frames:
        if what == "sheet":
            sheets.append({"name": content[0], "state": content[1], "rows": Spool()})
        elif what == "rows":
            sheets[-1]["rows"].extend([_one(known, cell) for cell in row] for row in content[0])
            progress.at("reading", sum(len(sheet["rows"]) for sheet in sheets))
        elif what == "looks":
            sheets[-1] |= content[0] | {look: OfCells.unpacked(*content[0][look]) for look in LOOKS}
        elif what == "remark":
            remarks.append(_sentence(*content))
        elif what == "book":
            epoch_1904 = content[0]["epoch_1904"]
    return Workbook(name, kind, [Sheet(**sheet) for sheet in sheets], epoch_1904, remarks)


def _one(known: dict[str, str], cell: Cell) -> Cell:
    """The same text for what stands in many cells, as townships and days do: a long register takes half the room."""
    if type(cell) is not str:
        return cell
    if len(known) >= MOST_KNOWN:
        known.clear()
    return known.setdefault(cell, cell)


def frames_of(data: bytes, kind: str, limits: Limits) -> Iterator[tuple[Any, ...]]:
    """What the child says, frame by frame (institutions/imports/reading), while it reads. Raises UnreadableFile."""
    command = [sys.executable, "-m", "institutions.imports.reading", kind, json.dumps(asdict(limits))]
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.BASE_DIR
        )
    overdue = threading.Event()

    def stop() -> None:
        overdue.set()
        child.kill()

    watch = threading.Timer(limits.seconds, stop)
    watch.start()
    try:
        assert child.stdout is not None
        yield from _frames(child.stdout)
    except (EOFError, pickle.UnpicklingError) as problem:
        too_long = overdue.is_set() or child.wait() in (-9, -24)  # killed, or out of processor time
        raise UnreadableFile(
            refusals.READ_TOO_LONG.format(seconds=limits.seconds) if too_long else refusals.READ_FAILED
        ) from problem
    finally:
        watch.cancel()
        child.kill()
        child.communicate()


def _frames(answers: IO[bytes]) -> Iterator[tuple[Any, ...]]:
    while (frame := _Frames(answers).load())[0] != "end":
        if frame[0] == "refused":
            raise UnreadableFile(_sentence(*frame[1:]))
        yield frame


class _Frames(pickle.Unpickler):
    """Takes nothing but plain values, days and times from the child."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "datetime" and name in ("date", "datetime", "time"):
            return {"date": date, "datetime": datetime, "time": time}[name]
        if module == "builtins" and name == "frozenset":
            return frozenset
        raise pickle.UnpicklingError(f"{module}.{name}")


def _sentence(key: str, values: dict[str, Any]) -> str:
    return str(getattr(refusals, key)).format(**values)
