"""The files a report can be handed in as, and what they are called."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from figures.questions import parse_moment
from reports.as_docx import as_docx
from reports.as_pdf import as_pdf
from reports.as_xlsx import as_xlsx
from reports.models.report import Period

if TYPE_CHECKING:
    from reports.printed import Printed


@dataclass(frozen=True)
class Format:
    make: "Callable[[Printed], bytes]"
    content_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    "docx": Format(as_docx, f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": Format(as_xlsx, f"{_OFFICE}.spreadsheetml.sheet"),
    "pdf": Format(as_pdf, "application/pdf"),
}
NOT_IN_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ud800-\udfff]+')  # of Windows, and what no header takes


def file_name(printed: "Printed", fmt: str) -> str:
    """乐清市_截至2018-12-31_第2版.docx; one that was not submitted says 草稿, and what it knew where that was asked."""
    parts = [printed["name"], days_of(printed)]
    if asked := printed.content.get("asked_known_at"):
        parts.append(f"已知至{_minute(asked)}")
    parts.append(f"第{printed['version']}版" if printed["version"] else "草稿")
    return f"{NOT_IN_A_NAME.sub(' ', '_'.join(parts)).strip()[:150]}.{fmt}"


def days_of(printed: "Printed") -> str:
    """截至2018-12-31; with the day with which the period begins where it is no month: a report of the half month and
    one of the month end on the same day."""
    if printed["period"] == Period.MONTH:
        return f"截至{printed['as_of']}"
    begins_on = date.fromisoformat(printed["before"]) + timedelta(days=1)
    return f"自{begins_on}_截至{printed['as_of']}"


def _minute(known_at: str) -> str:
    """2019-01-03T1700 in Asia/Shanghai: no colon, which Windows takes in no name."""
    return timezone.localtime(parse_moment(known_at)).strftime("%Y-%m-%dT%H%M")
