"""A submitted report is approved by another person, sent back, or withdrawn by who submitted it; an approved one is
handed over."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from institutions.moments import day_of
from reports.actions.steps import locked, permit, reason_of, step
from reports.models import Report, ReportEvent
from reports.models.report import State
from reports.refusals import FourEyes

MOST_TO, MOST_BY = 120, 60


@recorded
def approve_report(report: Report, *, by: User, version: int, at: datetime = NOW) -> Report:
    """Approve what was submitted.

    Effects: the state, an event, an audit row. Raises PermissionDenied, IllegalStep (409), StaleReport (412), FourEyes
    (403) for who prepared or submitted it (the database refuses that, too).
    """
    permit(report, by, Permission.APPROVE_REPORT)
    current = locked(report, version, State.SUBMITTED)
    if by.pk in current.hands:
        raise FourEyes(_("编制或提交过这份报告的人不能批准，须由另一人批准。"))
    step(
        current,
        "report.approved",
        ReportEvent.Kind.APPROVED,
        by=by,
        at=at,
        state=State.APPROVED,
        version=current.last_version,
    )
    return current


@recorded
def send_back_report(report: Report, *, by: User, version: int, reason: str, at: datetime = NOW) -> Report:
    """Send back what was submitted, to be written again; what was submitted stays on file.

    Effects: the state, an event with the reason, an audit row. Raises PermissionDenied, IllegalStep (409), StaleReport
    (412), Invalid (422) without a reason.
    """
    permit(report, by, Permission.APPROVE_REPORT)
    note = reason_of(reason)
    current = locked(report, version, State.SUBMITTED)
    kind = ReportEvent.Kind.SENT_BACK
    step(current, "report.sent_back", kind, by=by, at=at, state=State.DRAFT, version=current.last_version, note=note)
    return current


@recorded
def withdraw_submission(report: Report, *, by: User, version: int, reason: str, at: datetime = NOW) -> Report:
    """Take back one's own submission before it is approved; what was submitted stays on file.

    Effects: the state, an event with the reason, an audit row. Raises PermissionDenied, FourEyes (403) for who did not
    submit it, IllegalStep (409), StaleReport (412), Invalid (422) without a reason.
    """
    permit(report, by, Permission.PREPARE_REPORT)
    note = reason_of(reason)
    current = locked(report, version, State.SUBMITTED)
    if current.last_version is None or current.last_version.submitted_by_id != by.pk:
        raise FourEyes(_("只有提交人能撤回提交；审批人不同意的，请退回修改。"))
    kind = ReportEvent.Kind.WITHDRAWN
    step(current, "report.withdrawn", kind, by=by, at=at, state=State.DRAFT, version=current.last_version, note=note)
    return current


@recorded
def hand_over_report(
    report: Report, *, by: User, version: int, on: date, to: str, way: str, note: str = "", at: datetime = NOW
) -> Report:
    """Say that an approved report was handed over: on which day, to whom, by which way.

    Effects: the state, an event, an audit row. May be said of several. Raises PermissionDenied, IllegalStep (409),
    StaleReport (412), Invalid (422) for a day before it was approved or in the future, and without to whom or how.
    """
    permit(report, by, Permission.PREPARE_REPORT, Permission.APPROVE_REPORT)
    columns: dict[str, Any] = {"handed_to": to.strip(), "handed_by": way.strip(), "note": note.strip()}
    current = locked(report, version, State.APPROVED, State.HANDED_OVER)
    approved = current.events.filter(kind=ReportEvent.Kind.APPROVED).latest("sequence")
    errors = {
        "to": [_("请写明报送给谁。")] if not columns["handed_to"] else [],
        "way": [_("请写明报送方式。")] if not columns["handed_by"] else [],
        "on": []
        if approved.happened_on <= on <= day_of(at)
        else [_("报送日期应在批准之日（%(day)s）以后，且不晚于今天。") % {"day": approved.happened_on}],
    }
    for name, given, most in (("to", to, MOST_TO), ("way", way, MOST_BY), ("note", note, 300)):
        if len(given) > most:
            errors[name] = [_("最多 %(most)s 个字。") % {"most": most}]
    if found := {name: reasons for name, reasons in errors.items() if reasons}:
        raise Invalid(found)
    check_texts({"to": to, "way": way, "note": note})
    kind, state = ReportEvent.Kind.HANDED_OVER, State.HANDED_OVER
    step(
        current,
        "report.handed_over",
        kind,
        by=by,
        at=at,
        state=state,
        version=approved.version,
        happened_on=on,
        **columns,
    )
    return current
