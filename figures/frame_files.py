"""The tables of frames.py as files: one each, with a dictionary of their columns beside. Whole, or none of them.

CSV and workbooks are read by spreadsheets: text stays text in them, numbers are numbers and days are days. Parquet
keeps every type.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refusal, enumerated
from figures.exports import NO_MOMENT, XLSX_OPTIONS, unformula
from figures.frame_tables import TABLES, Of, Table
from figures.frames import DTYPES, Frames

if TYPE_CHECKING:
    import pandas as pd

DICTIONARY = "tables.json"
MOST_IN_A_SHEET = 1_048_575  # rows under the head
HOLDS: dict[Of, str | Promise] = {
    "then": gettext_lazy("截至 D 日、以 K 时所知"),
    "kept": gettext_lazy("登记后不变"),
    "today": gettext_lazy("导出时的现状"),
}


class WouldOverwrite(Refusal):
    """A file of that name is there already."""

    code = "would_overwrite"
    status = 409


def write_tables(
    frames: Frames,
    folder: Path,
    suffix: str,
    *,
    of: dict[str, Any],
    force: bool = False,
    noted: Callable[[int], None] = lambda rows: None,
) -> dict[str, int]:
    """Write every table into a folder, made when missing, and the dictionary, which says `of` what they are; how many
    rows each has.

    The dictionary comes last, with each file's SHA-256: where it is, all are. A new folder and the files are readable
    by their owner alone. `noted` is called with the number of rows when all is written and nothing has left yet.
    Raises WouldOverwrite unless `force`, Refusal for more rows than a sheet takes, OSError.
    """
    names = [*(f"{name}.{suffix}" for name in TABLES), DICTIONARY]
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        said = {"folder": folder, "files": enumerated(there)}
        raise WouldOverwrite(_("%(folder)s 里已有 %(files)s；要替换请加 --force。") % said)
    if suffix == "xlsx":
        _check_fits(frames)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder if folder.exists() else folder.parent
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=beside))
    try:
        rows = {}
        for table in TABLES.values():
            rows[table.name] = WRITERS[suffix](frames.chunks(table.name), table, unfinished / f"{table.name}.{suffix}")
        _write_dictionary(unfinished, suffix, of, rows)
        for name in names:
            (unfinished / name).chmod(0o600)
        noted(sum(rows.values()))
        _put_in_place(unfinished, folder, names)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return rows


def _put_in_place(unfinished: Path, folder: Path, names: Iterable[str]) -> None:
    """A new folder in one step. Into one that is there file by file, its former dictionary and what that named first
    taken away."""
    if not folder.exists():
        os.rename(unfinished, folder)
        return
    for former in _of_dictionary(folder / DICTIONARY):
        (folder / former).unlink(missing_ok=True)
    for name in names:
        os.replace(unfinished / name, folder / name)


def _of_dictionary(dictionary: Path) -> list[str]:
    """The files that an earlier export wrote, its dictionary first."""
    try:
        said = json.loads(dictionary.read_text(encoding="utf-8"))
        suffix = said["format"] if said["format"] in WRITERS else ""
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [DICTIONARY, *(f"{name}.{suffix}" for name in TABLES)]


def _check_fits(frames: Frames) -> None:
    for table in TABLES.values():
        count = frames.count(table.name)
        if count > MOST_IN_A_SHEET:
            said = {"table": table.name, "count": count, "most": MOST_IN_A_SHEET}
            raise Refusal(_("%(table)s 共 %(count)s 行，工作表至多 %(most)s 行。请改用 parquet 或 csv。") % said)


def _write_dictionary(folder: Path, suffix: str, of: dict[str, Any], rows: dict[str, int]) -> None:
    tables = [
        {
            "table": table.name,
            "file": f"{table.name}.{suffix}",
            "sha256": _digest_of(folder / f"{table.name}.{suffix}"),
            "rows": rows[table.name],
            "says": str(table.says),
            "columns": _columns_in_words(table),
        }
        for table in TABLES.values()
    ]
    said = {**of, "format": suffix, "tables": tables}
    (folder / DICTIONARY).write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _digest_of(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns_in_words(table: Table) -> list[dict[str, Any]]:
    return [
        {"column": each.name, "type": DTYPES[each.kind], "says": str(each.says), "holds": str(HOLDS[each.of])}
        | ({"unit": str(each.unit)} if each.unit else {})
        | ({"words": each.known_words} if each.kind == "word" else {})
        for each in table.columns
    ]


# --- Formats


def write_csv(pieces: Iterable["pd.DataFrame"], table: Table, place: Path) -> int:
    """UTF-8 that Excel opens as such. Days as 2018-12-31, moments with their offset; the number of rows."""
    rows = 0
    for number, piece in enumerate(pieces):
        written = piece.copy()
        for each in table.columns:
            if each.kind in ("text", "word"):
                written[each.name] = piece[each.name].astype("object").map(unformula, na_action="ignore")
            elif each.kind == "day":
                written[each.name] = piece[each.name].dt.strftime("%Y-%m-%d")
            elif each.kind == "moment":
                written[each.name] = piece[each.name].map(lambda moment: moment.isoformat(), na_action="ignore")
        first = number == 0
        with place.open("w" if first else "a", encoding="utf-8-sig" if first else "utf-8", newline="") as file:
            written.to_csv(file, index=False, header=first, lineterminator="\r\n")
        rows += len(piece)
    return rows


def write_parquet(pieces: Iterable["pd.DataFrame"], table: Table, place: Path) -> int:
    """Every type as it is, the time zone with it; the number of rows."""
    import pyarrow
    import pyarrow.parquet

    rows, writer = 0, None
    try:
        for piece in pieces:
            arrows = pyarrow.Table.from_pandas(piece, preserve_index=False)
            writer = writer or pyarrow.parquet.ParquetWriter(place, arrows.schema, compression="zstd")
            writer.write_table(arrows)
            rows += len(piece)
    finally:
        if writer:
            writer.close()
    return rows


def write_xlsx(pieces: Iterable["pd.DataFrame"], table: Table, place: Path) -> int:
    """One sheet under a head that stays. Days and moments are a spreadsheet's own, moments in the local time (a
    spreadsheet knows no zone); the number of rows."""
    import xlsxwriter

    rows = 0
    options = {"constant_memory": True, "tmpdir": str(place.parent), **XLSX_OPTIONS}
    with xlsxwriter.Workbook(place, options) as book:
        book.set_properties({"created": NO_MOMENT})
        bold = book.add_format({"bold": True})
        looks = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(table.columns) - 1, 16)
        sheet.write_row(0, 0, [each.name for each in table.columns], bold)
        cells = [_cell_of(sheet, each.kind, looks.get(each.kind)) for each in table.columns]
        for piece in pieces:
            for each in (each.name for each in table.columns if each.kind == "moment"):
                piece[each] = piece[each].dt.tz_localize(None)
            for values in zip(*(_plain(piece[each.name]) for each in table.columns), strict=True):
                rows += 1
                for column, value in enumerate(values):
                    if value is not None:
                        cells[column](rows, column, value)
    return rows


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """The values as Python's own, None where nothing is stated."""
    return column.astype("object").where(column.notna(), None).tolist()


def _cell_of(sheet: Any, kind: str, look: Any) -> Callable[..., Any]:
    if kind in ("day", "moment"):
        return lambda row, column, value: sheet.write_datetime(row, column, value, look)
    if kind in ("whole", "number"):
        return sheet.write_number
    return sheet.write_boolean if kind == "yes" else sheet.write_string


WRITERS: dict[str, Callable[[Iterable["pd.DataFrame"], Table, Path], int]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
}
