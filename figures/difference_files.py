"""A difference as files: a workbook with the table and the list, real numbers and days; a CSV of the list."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from figures.difference_question import DifferenceQuestion
from figures.differences import CHUNK, Change, Compared, Differences, as_changed
from figures.exports import NO_MOMENT, XLSX_OPTIONS, file_named, known_local, known_part
from figures.reasons import REASONS
from figures.statistics import FIGURE_NAMES, FIGURES
from institutions.models import LicenceStatus

Cell = str | int | date | datetime | None


def list_lines(changes: Iterable[Change], found: Differences) -> Iterator[list[Cell]]:
    """Head and lines of the institutions, with what each adds to every figure; read in pieces."""
    yield [
        _("变动"), _("机构名称"), _("乡镇（街道）"), _("原状态"), _("现状态"), _("原证照情况"), _("现证照情况"),
        _("发生日期"), _("登记时间"), *map(str, FIGURE_NAMES.values()),
    ]  # fmt: skip
    rest = iter(changes)
    while chunk := list(islice(rest, CHUNK)):
        for each in as_changed(chunk, found.earlier, found.later):
            was, now = each.change.was.licence_status, each.change.now.licence_status
            known_at = timezone.localtime(each.known_at).replace(tzinfo=None) if each.known_at else None
            yield [
                each.says, each.listed.name, each.listed.division_name, each.was, each.now,
                str(LicenceStatus(was).label) if was else "", str(LicenceStatus(now).label) if now else "",
                each.happened_on, known_at, *map(each.change.effect, FIGURES),
            ]  # fmt: skip


def list_texts(changes: Iterable[Change], found: Differences) -> Iterator[list[str]]:
    """The same as text, for a CSV."""
    return ([_text(cell) for cell in line] for line in list_lines(changes, found))


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def table_lines(question: DifferenceQuestion, found: Differences) -> Iterator[list[Cell]]:
    """The figures at the earlier moment, what each part adds, their sum and the figures at the later moment."""
    yield [_("变动"), _("机构数"), *map(str, FIGURE_NAMES.values())]
    total = found.total
    earlier = _("期初 %(on)s") % {"on": found.earlier.on} + _known(question.before_known_at or question.known_at)
    later = _("期末 %(on)s") % {"on": found.later.on} + _known(question.known_at)
    yield [earlier, None, *(getattr(total.before, name) for name in FIGURES)]
    for part in found.parts:
        yield [part.says, part.count, *part.effects.values()]
    yield [_("各项合计"), found.count, *found.sums.values()]
    yield [later, None, *(getattr(total.after, name) for name in FIGURES)]


def _known(asked: str) -> str:
    """As known when, where that was asked."""
    return _("，") + _("以 %(moment)s 所知为准") % {"moment": known_local(asked)} if asked else ""


def file_name(question: DifferenceQuestion, found: Differences, suffix: str) -> str:
    """差异说明_乐清市_2018-12-31_以2019-01-03T170000所知_2018-12-31_新发现问题.xlsx: what was asked, no more."""
    earlier = [str(found.earlier.on), *known_part(question.before_known_at)]
    later = [str(found.later.on), *known_part(question.known_at)]
    narrowed = [
        str(names[asked]) for names, asked in ((REASONS, question.part), (FIGURE_NAMES, question.figure)) if asked
    ]
    return file_named([_("差异说明"), found.total.name, *earlier, *later, *narrowed], suffix)


def division_lines(found: Differences) -> Iterator[list[Cell]]:
    yield [_("名称"), _("代码"), *map(str, FIGURE_NAMES.values())]
    for each in found.by_division:
        yield [each.name, each.key, *_changes(each)]
    yield [found.total.name, found.total.key, *_changes(found.total)]


def _changes(compared: Compared) -> Iterable[int]:
    return compared.change.values()


def difference_workbook(question: DifferenceQuestion, changes: Iterable[Change], found: Differences) -> IO[bytes]:
    """A workbook of three sheets: the parts, the divisions below, the institutions; written row by row into a file that
    is gone when closed."""
    import xlsxwriter

    written = tempfile.TemporaryFile()  # noqa: SIM115 (closed by who sends it)
    with xlsxwriter.Workbook(written, {"constant_memory": True, **XLSX_OPTIONS}) as book:
        book.set_properties({"created": NO_MOMENT})
        _sheet(book, _("差异"), table_lines(question, found))
        _sheet(book, _("下级区划"), division_lines(found))
        _sheet(book, _("名单"), list_lines(changes, found))
    written.seek(0)
    return written


def _sheet(book: Any, name: str, lines: Iterable[list[Cell]]) -> None:
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, 20, 15)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, place, cell, moment)
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, datetime(cell.year, cell.month, cell.day), day)
            elif isinstance(cell, int):
                sheet.write_number(number, place, cell)
            elif cell:
                sheet.write_string(number, place, cell, bold if number == 0 else None)
