"""What leaves as a table: CSV and workbooks. Text stays text in every spreadsheet. The columns are in columns.py."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from figures.columns import Cell, Column, Line, table_of
from figures.statistics import FIGURE_NAMES, FIGURES, Figures
from institutions.asked import parse_moment
from institutions.models import InstitutionQuerySet
from institutions.moments import Moment
from institutions.past import as_listed

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NO_MOMENT = datetime(2000, 1, 1)  # in the properties of a workbook: the same rows make the same file


def lines_of(
    found: Any,
    rows_of: Callable[[list[Any]], list[Any]],
    columns: Sequence[Column],
    empty: str = "",
    *,
    people_in: Sequence[str] = (),
) -> Iterator[Line]:
    """A line for each of a QuerySet, read in pieces of which `rows_of` makes rows; in the language now in force,
    whenever they are sent."""
    language = translation.get_language()
    each_one = found.iterator(chunk_size=CHUNK)

    def written() -> Iterator[Line]:
        while chunk := list(islice(each_one, CHUNK)):
            with translation.override(language):
                some = table_of(rows_of(chunk), columns, empty, people_in=people_in)
            yield from some

    return written()


def institution_lines(
    found: InstitutionQuerySet,
    moment: Moment,
    columns: Sequence[Column],
    empty: str = "",
    *,
    people_in: Sequence[str] = (),
) -> Iterator[Line]:
    """A line for each institution as it was, read in pieces."""
    return lines_of(found, lambda chunk: as_listed(chunk, moment), columns, empty, people_in=people_in)


def file_named(parts: Iterable[str], suffix: str) -> str:
    """A file's name of its parts, without what no file system takes."""
    return (
        "_".join("".join("-" if sign in '\\/:*?"<>|\n\r\t' else sign for sign in part) for part in parts) + f".{suffix}"
    )


def known_local(asked: str) -> str:
    """The moment that was asked for, in Asia/Shanghai, to the second; "" where none was."""
    return f"{timezone.localtime(parse_moment(asked)):%Y-%m-%d %H:%M:%S}" if asked else ""


def known_part(asked: str) -> list[str]:
    """The moment that was asked for, as a part of a file's name; none where none was."""
    known = known_local(asked).replace(" ", "T").replace(":", "")
    return [gettext("以%(moment)s所知") % {"moment": known}] if known else []


def figure_heads() -> list[str]:
    """The columns of a table of figures: every figure and the rate."""
    return [*(str(name) for name in FIGURE_NAMES.values()), str(_("完成率"))]


def figure_cells(figures: Figures) -> list[Cell]:
    return [*(getattr(figures, name) for name in FIGURES), figures.completion_percent]


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(table: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV that Excel opens as UTF-8, from a head and its lines."""
    writer = csv.writer(_Echo())
    for number, row in enumerate(table):
        yield ("\ufeff" if number == 0 else "") + writer.writerow(map(_as_text, row))


def _as_text(cell: object) -> str:
    """A cell of a CSV: a number as it is, though it be negative; nothing for None."""
    if cell is None:
        return ""
    return str(cell) if isinstance(cell, int | float | Decimal) else unformula(str(cell))


def unformula(text: str) -> str:
    """Text as text: a leading sign that would begin a formula gets an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text


def table_workbook(name: str, table: Iterable[Line]) -> IO[bytes]:
    """A workbook of one sheet under a head that stays, written row by row into a file that is gone when closed."""
    import xlsxwriter

    written = tempfile.TemporaryFile()  # noqa: SIM115 (closed by who sends it)
    with xlsxwriter.Workbook(written, {"constant_memory": True, **XLSX_OPTIONS}) as book:
        book.set_properties({"created": NO_MOMENT})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(table):
            if number == 0:
                sheet.set_column(0, 0, 30)
                sheet.set_column(1, len(row) - 1, 16)
                sheet.repeat_rows(0)
                sheet.set_landscape()
            for place, cell in enumerate(row):
                sheet.write_string(number, place, str(cell), bold if number == 0 else None)
    written.seek(0)
    return written
