"""The report's figures as a workbook: the narrative, the annex table, the partition by licence status and finding."""

import io

from inspections.statistics import FIGURE_NAMES, FIGURES
from reports.monthly import MonthlyReport, text_of


def as_xlsx(report: MonthlyReport) -> bytes:
    """A workbook in which text is text: nothing in it can become a formula or a link."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF2", "border": 1})
        cell = book.add_format({"border": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        story = book.add_worksheet("通报")
        story.set_column(0, 0, 110)
        story.write_string(0, 0, f"{report.title}(截至{report.cut_off})", bold)
        for line, sentence in enumerate(report.sentences, start=1):
            story.write_string(line, 0, text_of(sentence), wrap)
        head = ["排名", "乡镇(街道)", *(str(FIGURE_NAMES[name]) for name in FIGURES), "完成率"]
        lines = [
            [each.rank_printed, each.row.name, *(getattr(each.row.figures, name) for name in FIGURES),
             each.row.figures.completion_percent]
            for each in report.ranking
        ]  # fmt: skip
        total = [getattr(report.total, name) for name in FIGURES]
        lines.append(["", "合计", *total, report.total.completion_percent])
        _sheet(book.add_worksheet("分乡镇"), head, lines, bold, cell)
        types = [
            [row.key, row.name, row.figures.with_problems, row.figures.rectified, row.figures.outstanding]
            for row in report.types
        ]
        _sheet(book.add_worksheet("问题类型"), ["代码", "问题", "存在问题", "已整改", "未完成"], types, bold, cell)
    return written.getvalue()


def _sheet(sheet, head, lines, bold, cell) -> None:  # type: ignore[no-untyped-def]
    sheet.freeze_panes(1, 2)
    sheet.set_column(1, 1, 24)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.write_row(0, 0, head, bold)
    for number, line in enumerate(lines, start=1):
        sheet.write_row(number, 0, line, cell)
