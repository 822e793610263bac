"""The files that are made when a report is submitted, kept as they are from then on. The workbook of a long annex is
made afterwards, of what was kept (reports/preparing.py): nobody's submission waits for it, the bytes are the same."""

from reports.as_pdf import NoChineseFont
from reports.files import keep
from reports.formats import FORMATS, file_name
from reports.models import ReportFile
from reports.preparing import is_long
from reports.printed import Printed


def documents(printed: Printed) -> list[ReportFile]:
    """The documents of a version, each kept, as rows that are not saved yet. Without PDF where no Chinese font is
    installed: a report does not wait for a font; without the workbook of a long annex."""
    made = []
    for name, format_ in FORMATS.items():
        if name == ReportFile.Kind.XLSX and is_long(printed):
            continue
        try:
            content = format_.make(printed)
        except NoChineseFont:
            continue
        sha256, size = keep([content])
        made.append(ReportFile(kind=name, sha256=sha256, size=size, name=file_name(printed, name)))
    return made
