"""The files a report can be handed in as."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.as_docx import as_docx
from reports.as_pdf import as_pdf
from reports.as_xlsx import as_xlsx
from reports.monthly import MonthlyReport


@dataclass(frozen=True)
class Format:
    make: Callable[[MonthlyReport], bytes]
    content_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    "docx": Format(as_docx, f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": Format(as_xlsx, f"{_OFFICE}.spreadsheetml.sheet"),
    "pdf": Format(as_pdf, "application/pdf"),
}
