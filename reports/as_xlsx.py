"""The report as a workbook: narrative, annex table, partition by licence status, finding types and the lists behind."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F
from django.utils import translation

from figures.columns import OUTSTANDING_LIST, REPORT_LIST, heads, table_of
from figures.exports import figure_cells, figure_heads, institution_lines
from figures.statistics import members
from reports.as_docx import SYNTHETIC
from reports.monthly import MonthlyReport, text_of

Line = Sequence[str | int]
NONE = "—"


def as_xlsx(report: MonthlyReport) -> bytes:
    """A workbook in which text is text: nothing in it can become a formula or a link. Chinese, like the report."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with translation.override("zh-hans"), xlsxwriter.Workbook(written, options) as book:
        _story(book, report)
        figures, listed = figure_heads(), heads(REPORT_LIST)
        _sheet(book, "分下级区划", ["排名", report.children_name, *figures], _annex(report))
        licences = [[row.name, *figure_cells(row.figures)] for row in report.by_licence]
        _sheet(book, "证照情况", ["排摸时证照情况", *figures], [*licences, ["合计", *figure_cells(report.total)]])
        types = [[row.key, row.name, *figure_cells(row.figures)] for row in report.types]
        _sheet(book, "问题类型", ["代码", "问题", *figures], types)
        _sheet(book, "未完成名单", heads(OUTSTANDING_LIST), _outstanding(report))
        _sheet(book, "反弹名单", listed, table_of(report.rebounds, REPORT_LIST, NONE))
        _sheet(book, "核对", ["矛盾", "家数", *listed], _contradictions(report))
    return written.getvalue()


def _story(book: Any, report: MonthlyReport) -> None:
    sheet = book.add_worksheet("通报")
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, f"{report.title}(截至{report.cut_off})", book.add_format({"bold": True, "font_size": 14}))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [*([SYNTHETIC] if report.synthetic else []), *map(text_of, report.sentences)]
    for number, line in enumerate(lines, start=1):
        sheet.write_string(number, 0, line, wrapped)


def _annex(report: MonthlyReport) -> list[Line]:
    rows: list[Line] = [[each.rank or "—", each.row.name, *figure_cells(each.row.figures)] for each in report.ranking]
    return [*rows, ["", "合计", *figure_cells(report.total)]]


def _outstanding(report: MonthlyReport) -> Iterable[Line]:
    found = members("outstanding", report.population, report.moment).annotate(stands_as=F("standing"))
    return institution_lines(found.in_list_order(report.moment), report.moment, OUTSTANDING_LIST, NONE)


def _contradictions(report: MonthlyReport) -> Iterable[Line]:
    for each in report.contradictions:
        for listed in table_of(each.institutions, REPORT_LIST, NONE):
            yield [each.says, each.count, *listed]


def _sheet(book: Any, name: str, head: Line, lines: Iterable[Line]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 13)
    for title in {"矛盾", "机构名称", "问题"}.intersection(map(str, head)):
        sheet.set_column(head.index(title), head.index(title), 36)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.write_row(0, 0, head, book.add_format({"bold": True, "bg_color": "#E8EEF2", "border": 1}))
    cell = book.add_format({"border": 1})
    for number, line in enumerate(lines, start=1):
        sheet.write_row(number, 0, line, cell)
