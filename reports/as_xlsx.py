"""The report as a workbook: narrative, annex table, partition by licence status, finding types and the lists behind."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation

from figures.statistics import FIGURE_NAMES, FIGURES, Figures, Standing, members
from institutions.models import Institution, LicenceStatus
from reports.as_docx import SYNTHETIC
from reports.monthly import MonthlyReport, text_of

Line = Sequence[str | int]
LISTED = ["机构名称", "乡镇(街道)", "排摸时证照情况"]


def as_xlsx(report: MonthlyReport) -> bytes:
    """A workbook in which text is text: nothing in it can become a formula or a link. Chinese, like the report."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with translation.override("zh-hans"), xlsxwriter.Workbook(written, options) as book:
        _story(book, report)
        figures = [*(str(FIGURE_NAMES[name]) for name in FIGURES), "完成率"]
        _sheet(book, "分下级区划", ["排名", report.children_name, *figures], _annex(report))
        licences = [[row.name, *_counted(row.figures)] for row in report.by_licence]
        _sheet(book, "证照情况", ["排摸时证照情况", *figures], [*licences, ["合计", *_counted(report.total)]])
        types = [[row.key, row.name, *_counted(row.figures)] for row in report.types]
        _sheet(book, "问题类型", ["代码", "问题", *figures], types)
        _sheet(book, "未完成名单", [*LISTED, "状态"], _outstanding(report))
        _sheet(book, "反弹名单", LISTED, map(_listed, report.rebounds))
        _sheet(book, "核对", ["矛盾", "家数", *LISTED], _contradictions(report))
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
    rows: list[Line] = [[each.rank or "—", each.row.name, *_counted(each.row.figures)] for each in report.ranking]
    return [*rows, ["", "合计", *_counted(report.total)]]


def _counted(figures: Figures) -> Line:
    """Every figure and the printed rate."""
    return [*(getattr(figures, name) for name in FIGURES), figures.completion_percent]


def _outstanding(report: MonthlyReport) -> Iterable[Line]:
    found = members("outstanding", report.population, report.moment).select_related("division")
    for institution in found.order_by("scope_code", "name", "pk"):
        yield [*_listed(institution), str(Standing(institution.standing).label)]  # type: ignore[attr-defined]


def _contradictions(report: MonthlyReport) -> Iterable[Line]:
    for each in report.contradictions:
        for institution in each.institutions:
            yield [each.says, each.count, *_listed(institution)]


def _listed(institution: Institution) -> Line:
    """As in LISTED; no personal data."""
    status = institution.licence_status_at_survey
    return [institution.name, institution.division.name, str(LicenceStatus(status).label) if status else "—"]


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
