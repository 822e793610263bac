"""What stands around the text of a division's reports, and the Word template they are made from: of a setting the
newest of the division, else of the nearest above it."""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from reports.models import Report, ReportSetting, ReportTemplate, ReportVersion, TemplateUse
from reports.models.templates import above

if TYPE_CHECKING:
    from reports.printed import Printed

HEADING = ("red_head", "addressees", "signed")


def setting_of(division: str) -> ReportSetting | None:
    return _nearest(ReportSetting.objects.select_related("division", "by"), division)


def use_of(division: str) -> TemplateUse | None:
    """The template that is in use, without its bytes; None, or one without a template, for the shipped one."""
    uses = TemplateUse.objects.select_related("division", "by", "template").defer("template__content")
    return _nearest(uses, division)


def _nearest(rows: Any, division: str) -> Any:
    codes = above(division)
    found = {row.division_id: row for row in rows.filter(division__in=codes).order_by("pk")}  # the last of each stays
    return next((found[code] for code in codes if code in found), None)


def heading_of(division: str, day: date) -> dict[str, str]:
    """What a report begun on `day` has above and below its text: red head, number, addressees, signature, date. The
    number follows those that reports of the division have already."""
    setting = setting_of(division)
    if setting is None:
        return dict.fromkeys((*HEADING, "number"), "") | {"dated_on": day.isoformat()}
    return {name: str(getattr(setting, name)) for name in HEADING} | {
        "number": setting.number_on(day, _used(division)),
        "dated_on": day.isoformat(),
    }


def _used(division: str) -> set[str]:
    """The document numbers of the division's reports, drafts among them."""
    kept = ReportVersion.objects.filter(report__division=division).values_list("content", flat=True)
    drafts = Report.objects.standing().filter(division=division).values_list("draft", flat=True)
    return {json.loads(text)["heading"].get("number", "") for text in [*kept, *drafts]}


def template_for(printed: "Printed") -> bytes | None:
    """The Word template of a report: the one that was kept with it, else the one in use in its division, else that of
    REPORT_TEMPLATE; None for the shipped one. Raises Invalid where a file is missing."""
    if kept := printed["template"]:
        found: ReportTemplate | None = (
            ReportTemplate.objects.filter(sha256=kept["sha256"]).order_by("received_at").first()
        )
        return bytes(found.content) if found else None
    use = use_of(printed["division"])
    if use is not None:
        return bytes(use.template.content) if use.template else None
    return _of_the_machine()


def template_named(division: str) -> dict[str, str] | None:
    """The name and digest of the template in use, as a report keeps them; None for the shipped one."""
    use = use_of(division)
    return {"name": use.template.file_name, "sha256": use.template.sha256} if use and use.template else None


def _of_the_machine() -> bytes | None:
    if not settings.REPORT_TEMPLATE:
        return None
    try:
        with open(settings.REPORT_TEMPLATE, "rb") as file:
            return file.read()
    except OSError as problem:
        said = {"name": settings.REPORT_TEMPLATE, "problem": problem.strerror}
        raise Invalid(
            {"template": [_("读不了报告模板 %(name)s（REPORT_TEMPLATE）：%(problem)s。") % said]}
        ) from problem
