"""What a form of a division can be filled from: its submitted reports, drafts that are being written, or the figures
as they stand as of a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from figures.questions import parse_day
from institutions.models import Division
from institutions.moments import Moment, today
from institutions.past import as_called
from reports.live import as_it_stands, counted
from reports.models import Report, ReportVersion
from reports.models.report import State
from reports.monthly import monthly_report
from reports.printed import Printed

OFFERED = 24


@dataclass(frozen=True)
class Source:
    value: str  # "version:…", "draft:…"; "live" goes with a day
    label: str


def sources(division: str) -> list[Source]:
    """The newest first: what is approved and counts, what waits to be; the last is the figures as they stand."""
    versions = ReportVersion.objects.filter(report__division=division).select_related("report").with_approvals()
    counts = Q(is_approved=True, is_replaced=False)
    waits = Q(report__state=State.SUBMITTED, replaced_by__isnull=True)
    newest = versions.filter(counts | waits).order_by("-report__as_of", "-number")[:OFFERED]
    drafts = Report.objects.filter(division=division, state=State.DRAFT).newest_first()[:OFFERED]
    return [
        *(Source(f"version:{each.pk}", _submitted(each)) for each in newest),
        *(
            Source(f"draft:{each.pk}", _("截至%(day)s 编制中（草稿）") % {"day": each.as_of.isoformat()})
            for each in drafts
        ),
        Source("live", _("按现在的数字（草稿），截至所选日期")),
    ]


def _submitted(version: Any) -> str:
    """With what became of it: a version that is approved stays so while the report is corrected."""
    corrected = version.is_approved and version.report.state in (State.DRAFT, State.SUBMITTED)
    said = {
        "day": version.report.as_of.isoformat(),
        "number": version.number,
        "state": State.APPROVED.label if corrected else version.report.get_state_display(),
    }
    return _("截至%(day)s 第%(number)s版（%(state)s）") % said


def printed_from(division: str, source: str, day: str) -> Printed:
    """The report that was chosen. Raises Invalid (422) for one that is not of this division, or a day that is none."""
    kind, _colon, key = source.partition(":")
    if kind == "live":
        return live(division, _day(day))
    pk = _uuid(key)
    if kind == "version" and pk:
        version = ReportVersion.objects.filter(pk=pk, report__division=division).first()
        if version is not None:
            return version.printed
    if kind == "draft" and pk:
        report = Report.objects.filter(pk=pk, division=division, state=State.DRAFT).first()
        if report is not None:
            return as_it_stands(report, counted(report))[0]
    raise Invalid({"source": [_("请选择这个辖区的一份报告，或“按现在的数字”。")]})


def live(division: str, on: date) -> Printed:
    """The figures as they are known now: a draft."""
    return Printed.of(monthly_report(division, Moment.of(on)))


def to_choose_from(division: str) -> Printed:
    """A report whose figures stand beside the names in the list: the last that was submitted, else as of last month."""
    version = ReportVersion.objects.filter(report__division=division).order_by("-report__as_of", "-number").first()
    return version.printed if version else live(division, today().replace(day=1) - timedelta(days=1))


def children_of(division: str, on: date) -> dict[str, str]:
    """The divisions below by code, with their names of the day."""
    moment = Moment.of(on)
    below = Division.objects.children_of(division).in_force_at(moment)
    return {each.code: each.name for each in as_called(below, moment)}


def _day(given: str) -> date:
    try:
        return parse_day(given)
    except ValueError as problem:
        raise Invalid({"as_of": [str(problem)]}) from problem


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
