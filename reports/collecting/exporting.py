"""A roll-up as a file: numbers are numbers, a rate is a number shown as percent, text is text."""

import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from figures.exports import NO_MOMENT, XLSX, XLSX_OPTIONS, csv_lines, figure_heads
from figures.statistics import FIGURES, Figures
from reports.collecting.rolling import RollUp

FORMATS = ("xlsx", "csv", "json")
RATE = 4 + len(FIGURES)  # the column of the rate


def exported(found: RollUp, wanted: str) -> tuple[str, bytes]:
    """The content type and the bytes, in one of FORMATS."""
    if wanted == "json":
        text = json.dumps(found.as_json(), ensure_ascii=False, indent=2)
        return "application/json; charset=utf-8", text.encode()
    if wanted == "csv":
        return "text/csv; charset=utf-8", "".join(csv_lines(table(found))).encode()
    return XLSX, _workbook(found)


def table(found: RollUp) -> Iterator[list[Any]]:
    yield [_("代码"), _("下级辖区"), _("状态"), _("排名"), *figure_heads(), _("核对")]
    for row in found.rows:
        figures = _cells(row.figures) if row.kept else [""] * (len(FIGURES) + 1)
        says = "；".join(doubt.says for doubt in row.doubts)
        yield [row.code, row.name, str(row.state.label), row.rank or "", *figures, says]
    counted = f"{len(found.received)}/{len(found.rows)}"
    yield [found.division, _("合计"), counted, "", *_cells(found.total), ""]


def _cells(figures: Figures) -> list[Any]:
    return [*(getattr(figures, name) for name in FIGURES), figures.completion_percent]


def _workbook(found: RollUp) -> bytes:
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **XLSX_OPTIONS}) as book:
        book.set_properties({"created": NO_MOMENT})
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0.00%"})
        sheet = book.add_worksheet(_("下级汇总"))
        sheet.set_column(0, 1, 16)
        sheet.set_column(RATE + 1, RATE + 1, 60)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        for number, row in enumerate(table(found)):
            for place, cell in enumerate(row):
                if place == RATE and str(cell).endswith("%"):
                    sheet.write_number(number, place, Decimal(str(cell).rstrip("%")) / 100, percent)
                elif isinstance(cell, int):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, str(cell), bold if number == 0 else None)
    return written.getvalue()
