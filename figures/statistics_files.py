"""The statistics page as files: a workbook of its tables and a CSV, in which numbers are numbers.

A rate is the number that is printed, so that a spreadsheet shows no other one: in the workbook 0.9433 shown as 94.33%,
in the CSV 94.33 under a head that says %. Where there is no rate, no rank and no earlier day the cell is empty.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from figures.definitions import DEFINITIONS
from figures.exports import NO_MOMENT, XLSX_OPTIONS, file_named, known_local, known_part
from figures.statistics import DEFINITIONS_VERSION, FIGURE_NAMES, FIGURES, Completion, Figures
from figures.tables import Line, Statistics

A4 = 9
Written = str | int | Decimal | date | None


class Percent(Decimal):
    """A rate in percent: 94.33."""


class Points(Decimal):
    """A difference of two rates in percentage points: -3.21."""


class Change(int):
    """A difference of two figures, in institutions."""


def file_name(found: Statistics, suffix: str) -> str:
    """乐清市_统计_截至2018-12-31.xlsx, with the earlier day and the moment where they were asked for."""
    parts = [found.name, _("统计"), _("截至%(day)s") % {"day": found.moment.on}]
    if found.before:
        parts.append(_("对比%(day)s") % {"day": found.before.on})
    return file_named([*parts, *known_part(found.question.known_at)], suffix)


def statistics_table(found: Statistics) -> Iterator[list[Written]]:
    """One table of all: the whole, its sub-divisions, licence statuses and problem types, told apart by their group."""
    yield [_("分组"), *_head(found, percent=_("完成率（%）"))]
    groups = {
        _("合计"): [found.total],
        found.parts_name: found.divisions if found.has_parts else [],
        _("排摸时证照情况"): found.licences,
        _("问题（可重叠）"): found.findings,
    }
    for group, lines in groups.items():
        for line in lines:
            yield [group, *_cells(line)]


def _head(found: Statistics, percent: str) -> list[Written]:
    heads: list[Written] = [_("代码"), _("名称"), _("名次")]
    then = f"（{found.before.on}）" if found.before else ""
    if then:
        heads.append(_("名次") + then)
    for label in FIGURE_NAMES.values():
        heads += [str(label), *([f"{label}{then}", _("%(figure)s变化") % {"figure": label}] if then else [])]
    return [*heads, percent, *([percent + then, _("完成率变化（百分点）")] if then else [])]


def _cells(line: Line) -> list[Written]:
    cells: list[Written] = [line.key, line.name, line.rank]
    if line.then:
        cells.append(line.rank_then)
    for each in line.numbers:
        cells += [each.now, *([each.then, Change(each.change)] if each.change is not None else [])]
    cells.append(rate_of(line.figures))
    if line.then:
        change = line.rate_change.replace("−", "-").replace("±", "")
        cells += [rate_of(line.then), None if change == "—" else Points(change)]
    return cells


def rate_of(figures: Figures) -> Percent | None:
    """The rate in percent as printed; None for nothing ÷ nothing."""
    return Percent(figures.completion_percent.removesuffix("%")) if figures.with_problems else None


def statistics_workbook(found: Statistics) -> bytes:
    """A workbook of the tables of the page, a sheet each under a row that says of where, of when and as known when; the
    last says what the figures are. The same figures make the same file.

    Finding types overlap: their table has no row of the whole.
    """
    import xlsxwriter

    head = _head(found, percent=_("完成率"))
    divisions = found.divisions if found.has_parts else []
    month_head: list[Written] = [_("日期"), *map(str, FIGURE_NAMES.values()), _("完成率")]
    sheets: dict[str, list[list[Written]]] = {
        _("分下级区划"): [head, *map(_cells, [*divisions, found.total])],
        _("按证照"): [head, *map(_cells, [*found.licences, found.total])],
        _("按问题"): [head, *map(_cells, found.findings)],
    }
    if found.months:
        sheets[_("走势")] = [month_head, *map(_month, found.months)]
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **XLSX_OPTIONS}) as book:
        book.set_properties({"created": NO_MOMENT})
        formats = _Formats(book)
        for name, table in sheets.items():
            _sheet(book.add_worksheet(name), formats, f"{name} · {title(found)}", table)
        _explained(book.add_worksheet(_("口径")), formats, found)
    return written.getvalue()


def title(found: Statistics) -> str:
    """Of where, of which day, beside which, as known when where that was asked."""
    said = _("%(where)s · 截至 %(on)s") % {"where": found.name, "on": found.moment.on}
    if found.before:
        said += " · " + _("对比 %(on)s") % {"on": found.before.on}
    if known := known_local(found.question.known_at):
        said += " · " + _("以 %(moment)s 所知为准") % {"moment": known}
    return said


def _month(month: Completion) -> list[Written]:
    return [month.moment.on, *(getattr(month.total, name) for name in FIGURES), rate_of(month.total)]


class _Formats:
    """The looks of cells by what is in them."""

    def __init__(self, book: Any):
        self.title = book.add_format({"bold": True, "font_size": 12})
        look = {"bold": True, "bg_color": "#E8EEF2", "border": 1, "text_wrap": True, "valign": "vcenter"}
        self.head = book.add_format(look)
        self.text = book.add_format({"border": 1})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        numbers = {Percent: "0.00%", Points: "+0.00;-0.00;0.00", Change: "+0;-0;0", int: "0", date: "yyyy-mm-dd"}
        self.of = {kind: book.add_format({"border": 1, "num_format": shown}) for kind, shown in numbers.items()}

    def write(self, sheet: Any, row: int, column: int, cell: Written) -> None:
        if cell is None:
            sheet.write_blank(row, column, None, self.text)
        elif isinstance(cell, str):
            sheet.write_string(row, column, cell, self.text)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self.of[date])
        else:
            value = cell / 100 if isinstance(cell, Percent) else cell
            sheet.write_number(row, column, value, self.of[type(cell)])


def _sheet(sheet: Any, formats: _Formats, said: str, table: Sequence[Sequence[Written]]) -> None:
    head, *lines = table
    names = 2 if len(head) > 2 and lines and isinstance(lines[0][0], str) else 1
    sheet.write_string(0, 0, said, formats.title)
    for column, each in enumerate(head):
        sheet.write_string(1, column, str(each), formats.head)
        sheet.set_column(column, column, _width(column, names, [line[column] for line in lines]))
    for row, line in enumerate(lines, start=2):
        for column, cell in enumerate(line):
            formats.write(sheet, row, column, cell)
    sheet.freeze_panes(2, names)
    _for_paper(sheet, repeated=(0, 1))


def _width(column: int, names: int, cells: Iterable[Written]) -> float:
    """In characters of the standard font; a Chinese one takes two."""
    if column >= names or names == 1:
        return 11
    longest = max((sum(2 if ord(sign) > 0xFF else 1 for sign in str(cell)) for cell in cells), default=0)
    return min(max(longest + 2, 11), 40)


def _explained(sheet: Any, formats: _Formats, found: Statistics) -> None:
    """What the figures are, in which edition."""
    lines = [(_("本表"), title(found)), (_("口径版本"), DEFINITIONS_VERSION)]
    lines += [(str(each.label), str(each.text)) for each in DEFINITIONS]
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, formats.head)
        sheet.write_string(row, 1, text, formats.wrapped)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    _for_paper(sheet)


def _for_paper(sheet: Any, repeated: tuple[int, int] | None = None) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if repeated:
        sheet.repeat_rows(*repeated)
