"""A report is begun, or a draft that nobody submitted is given up."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.canonical import canonical
from accounts.models import User
from accounts.permissions import require
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from figures.places import unknown_division
from institutions.models import Division, scope_code_of
from institutions.moments import day_of
from reports.actions.steps import locked, permit, reason_of, snapshot, step
from reports.letterheads import heading_of
from reports.models import Report, ReportEvent
from reports.models.report import State
from reports.periods import cut_off_before
from reports.refusals import IllegalStep


@recorded
def begin_report(
    division: str,
    period: str,
    as_of: date,
    *,
    by: User | None,
    begins_on: date | None = None,
    at: datetime = NOW,
) -> Report:
    """The report of a division for the period that ends with a day: begun now, or the one that was begun before.

    `begins_on` is the first day of a period of any length. `by` is None for a command. Effects: a Report with an empty
    draft under the bureau's heading, its event, an audit row; nothing when there is one already. Raises
    UnknownDivision (404), PermissionDenied (403), Invalid (422) for a period in the future or that is none.
    """
    found = Division.objects.filter(pk=division).first()
    if found is None:
        raise unknown_division(division)
    scope_code = scope_code_of(found.code)
    if by is not None:
        require(by, Permission.PREPARE_REPORT, scope_code)
    before = cut_off_before(period, as_of, begins_on)
    # Held until the end, so that of two who begin the same one finds the other's.
    Division.objects.select_for_update().get(pk=found.pk)
    there = Report.objects.standing().filter(division=found, as_of=as_of, before=before).first()
    if there is not None:
        return there
    report = Report.objects.create(
        division=found,
        scope_code=scope_code,
        period=period,
        as_of=as_of,
        before=before,
        draft=canonical({"heading": heading_of(found.code, day_of(at)), "paragraphs": []}),
        begun_by=by,
        begun_at=at,
    )
    ReportEvent.objects.create(
        report=report, sequence=1, kind=ReportEvent.Kind.BEGUN, by=by, happened_on=day_of(at), recorded_at=at
    )
    audit.write("report.begun", report, by=by, at=at, after=snapshot(report), scope_code=scope_code, first=True)
    return report


@recorded
def discard_report(report: Report, *, by: User, version: int, reason: str, at: datetime = NOW) -> Report:
    """Give up a draft of which nothing was ever submitted, another one of the period can be begun; or a correction of
    which nothing was submitted: the report is what it was before, and what was written stays for the next.

    Effects: the state, an event with the reason, an audit row. Raises PermissionDenied, IllegalStep (409), StaleReport
    (412), Invalid (422) without a reason.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    note = reason_of(reason)
    current = locked(report, version, State.DRAFT)
    state = current.state_if_given_up
    if not state:
        raise IllegalStep(_("提交过的报告不能作废，只能更正。"))
    step(current, "report.discarded", ReportEvent.Kind.DISCARDED, by=by, at=at, state=state, note=note)
    return current
