"""What leaves as a table, and its columns, of institutions and of figures: the one place to add an export column.

Text stays text in every spreadsheet.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import DateField, Max, OuterRef, Subquery, TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from figures.statistics import FIGURE_NAMES, FIGURES, Figures, Row, Standing, due_on
from inspections.models import Visit
from institutions.models import InstitutionQuerySet, LicenceStatus
from institutions.moments import Moment
from institutions.past import Listed, as_listed
from institutions.sql_once import as_of

CHUNK = 500
Cell = str | int
Line = Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """A column of a table of institutions. `cell` gives what it says of a Listed, to be said in the words of `choices`.

    `listed.institution` has its `standing` and what `with_list_columns` annotates. None and "" are an empty cell.
    """

    head: str | Promise
    cell: Callable[[Any], Any]
    choices: type[TextChoices] | None = None


NAME = Column(_("机构名称"), lambda listed: listed.name)
TOWNSHIP = Column(_("乡镇(街道)"), lambda listed: listed.division_name)
STANDING = Column(_("状态"), lambda listed: listed.institution.standing, Standing)
LICENCE_AT_SURVEY = Column(_("排摸时证照情况"), lambda listed: listed.licence_status, LicenceStatus)
LICENCE_NOW = Column(_("证照情况"), lambda listed: listed.institution.licence_now, LicenceStatus)
SURVEYED_ON = Column(_("排摸日期"), lambda listed: listed.surveyed_on)
DUE_ON = Column(_("整改期限"), lambda listed: listed.institution.due_at_moment)
LAST_VISIT_ON = Column(_("最近检查"), lambda listed: listed.institution.last_visit_on)
ADDRESS = Column(_("办学地址"), lambda listed: listed.operating_address)

INSTITUTION_LIST = [
    NAME, TOWNSHIP, STANDING, LICENCE_AT_SURVEY, LICENCE_NOW, SURVEYED_ON, DUE_ON, LAST_VISIT_ON, ADDRESS,
]  # fmt: skip
REPORT_LIST = [NAME, TOWNSHIP, LICENCE_AT_SURVEY]
OUTSTANDING_LIST = [*REPORT_LIST, STANDING]


def heads(columns: Sequence[Column]) -> list[str]:
    return [str(column.head) for column in columns]


def table_of(rows: Iterable[Listed], columns: Sequence[Column], empty: str = "") -> list[list[Cell]]:
    """A line for each, in the language in force."""
    said = [
        ({value: str(label) for value, label in each.choices.choices} if each.choices else {}, each.cell)
        for each in columns
    ]
    return [[_cell(labels, cell(listed), empty) for labels, cell in said] for listed in rows]


def _cell(labels: dict[str, str], value: Any, empty: str) -> Cell:
    return labels.get(value) or (empty if value is None or value == "" else str(value))


def institution_lines(
    found: InstitutionQuerySet, moment: Moment, columns: Sequence[Column], empty: str = ""
) -> Iterator[Line]:
    """A line for each institution as it was, read in pieces; in the language now in force, whenever they are sent."""
    language = translation.get_language()
    rows = found.iterator(chunk_size=CHUNK)

    def written() -> Iterator[Line]:
        while chunk := list(islice(rows, CHUNK)):
            with translation.override(language):
                some = table_of(as_listed(chunk, moment), columns, empty)
            yield from some

    return written()


def with_list_columns(found: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """What INSTITUTION_LIST shows beside `standing`: licence status now, the open round's due date, the last visit."""
    return found.with_licence_now(moment).annotate(due_at_moment=due_on(moment), last_visit_on=_last_visit_on(moment))


@as_of(DateField())
def _last_visit_on(moment: Moment) -> Subquery:
    visits = Visit.objects.known_at(moment).filter(institution=OuterRef("pk")).order_by().values("institution")
    return Subquery(visits.annotate(last=Max("happened_on")).values("last"))


def figure_heads() -> list[str]:
    """The columns of a table of figures: every figure and the rate."""
    return [*(str(name) for name in FIGURE_NAMES.values()), str(_("完成率"))]


def figure_cells(figures: Figures) -> list[Cell]:
    return [*(getattr(figures, name) for name in FIGURES), figures.completion_percent]


def figure_table(rows: Iterable[Row]) -> Iterator[Line]:
    """Head and lines of the parts of a partition."""
    yield [str(_("代码")), str(_("名称")), *figure_heads()]
    for row in rows:
        yield [row.key, row.name, *figure_cells(row.figures)]


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(table: Iterable[Iterable[object]]) -> Iterator[str]:
    """Lines of a CSV that Excel opens as UTF-8, from a head and its lines."""
    writer = csv.writer(_Echo())
    for number, row in enumerate(table):
        yield ("\ufeff" if number == 0 else "") + writer.writerow([unformula(str(cell)) for cell in row])


def unformula(text: str) -> str:
    """Text as text: a leading sign that would begin a formula gets an apostrophe before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text


def figures_workbook(title: str, sheets: dict[str, list[Row]]) -> bytes:
    """A workbook of tables of figures, a sheet each under its name and the title."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, f"{name} · {title}", bold)
            for number, row in enumerate(figure_table(rows), start=1):
                sheet.write_row(number, 0, row, bold if number == 1 else None)
            sheet.set_column(0, 1, 18)
            sheet.freeze_panes(2, 2)
    return written.getvalue()
