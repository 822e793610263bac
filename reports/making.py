"""The files that are made when a report is submitted, kept as they are from then on."""

from reports.as_pdf import NoChineseFont
from reports.files import keep
from reports.formats import FORMATS
from reports.models import ReportFile
from reports.monthly import MonthlyReport
from reports.printed import Printed


def documents(printed: Printed, report: MonthlyReport) -> list[ReportFile]:
    """The documents of a version, each kept, as rows that are not saved yet. Without PDF where no Chinese font is
    installed: a report does not wait for a font."""
    made = []
    for name, format_ in FORMATS.items():
        try:
            content = format_.make(report)
        except NoChineseFont:
            continue
        sha256, size = keep([content])
        made.append(ReportFile(kind=name, sha256=sha256, size=size, name=file_name(printed, name)))
    return made


def file_name(printed: Printed, format_: str) -> str:
    """乐清市_截至2018-12-31_第2版.docx"""
    return f"{printed['name']}_截至{printed['as_of']}_第{printed['version']}版.{format_}"
