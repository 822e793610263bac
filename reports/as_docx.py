"""The report as a Word file, from a template a clerk can edit (reports/templates/reports/monthly.docx)."""

import io
from pathlib import Path
from typing import Any

from accounts.errors import Invalid
from inspections.statistics import FIGURES
from reports.monthly import MonthlyReport, text_of

TEMPLATE = Path(__file__).resolve().parent / "templates" / "reports" / "monthly.docx"


def as_docx(report: MonthlyReport, template: Path = TEMPLATE) -> bytes:
    """The filled template. A placeholder nobody fills is an error, not a blank: raises Invalid with its name."""
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment

    document = DocxTemplate(template)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        document.render(placeholders(report), environment)
    except UndefinedError as problem:
        raise Invalid({"template": [f"模板中的占位符没有对应内容:{problem}"]}) from problem
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def placeholders(report: MonthlyReport) -> dict[str, Any]:
    """What a template may use; the list is repeated in docs/operations.md for those who edit one."""
    return {
        "title": report.title,
        "cut_off": report.cut_off,
        "headline": text_of(report.headline),
        "by_township": [text_of(sentence) for sentence in report.by_township],
        "change": text_of(report.change),
        "overdue": text_of(report.overdue),
        "problem_types": text_of(report.problem_types),
        "name": report.name,
        "rows": [
            {
                "rank": each.rank_printed,
                "name": each.row.name,
                "percent": each.row.figures.completion_percent,
                **{figure: getattr(each.row.figures, figure) for figure in FIGURES},
            }
            for each in report.ranking
        ],
        "total": {
            "percent": report.total.completion_percent,
            **{figure: getattr(report.total, figure) for figure in FIGURES},
        },
    }
