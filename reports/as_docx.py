"""The report as a Word file, from a template a clerk can edit (reports/templates/reports/monthly.docx)."""

import io
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from figures.statistics import FIGURES
from reports.monthly import MonthlyReport, text_of

TEMPLATE = Path(__file__).resolve().parent / "templates" / "reports" / "monthly.docx"
SYNTHETIC = "演示数据：全部机构与记录均为虚构，不得作为正式通报使用。"


def as_docx(report: MonthlyReport, template: Path | None = None) -> bytes:
    """The filled template: the one given, else the bureau's own (REPORT_TEMPLATE), else ours.

    A placeholder nobody fills is an error, not a blank: raises Invalid with its name. So does a file that is no
    template.
    """
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment

    chosen = template or (Path(settings.REPORT_TEMPLATE) if settings.REPORT_TEMPLATE else TEMPLATE)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    written = io.BytesIO()
    try:
        document = DocxTemplate(chosen)
        document.render(placeholders(report), environment)
        document.save(written)
    except UndefinedError as problem:
        raise _unusable(chosen, _("模板中的占位符没有对应内容：%(problem)s") % {"problem": problem}) from problem
    except TemplateError as problem:
        raise _unusable(chosen, _("模板中的占位符写法有误：%(problem)s") % {"problem": problem}) from problem
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as problem:
        raise _unusable(chosen, _("文件不存在，或不是 Word 文档（.docx）")) from problem
    return written.getvalue()


def _unusable(template: Path, reason: str) -> Invalid:
    return Invalid(
        {"template": [_("不能使用报告模板 %(name)s：%(reason)s。") % {"name": template.name, "reason": reason}]}
    )


def placeholders(report: MonthlyReport) -> dict[str, Any]:
    """What a template may use; the list is repeated in docs/statistics.md for those who edit one."""
    return {
        "notice": SYNTHETIC if report.synthetic else "",
        "title": report.title,
        "cut_off": report.cut_off,
        "headline": text_of(report.headline),
        "by_township": [text_of(sentence) for sentence in report.by_township],
        "change": text_of(report.change),
        "overdue": text_of(report.overdue),
        "problem_types": text_of(report.problem_types),
        "name": report.name,
        "children": report.children_name,
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
