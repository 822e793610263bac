"""What every step of a report has in common: the row locked, its event, its audit row."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, enumerated
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.permissions import require
from accounts.roles import Permission
from institutions.moments import day_of
from reports.models import Report, ReportEvent
from reports.models.report import State
from reports.refusals import IllegalStep, StaleReport

MOST_NOTE = ReportEvent._meta.get_field("note").max_length or 0


def locked(report: Report, version: int | None, *states: str) -> Report:
    """The report as it is now, locked. Raises IllegalStep (409) unless it is in one of the states, StaleReport (412)
    when somebody changed it since `version`."""
    current = Report.objects.select_for_update().get(pk=report.pk)
    if current.state not in states:
        raise IllegalStep(
            _("这份报告现为“%(state)s”，不能这样办；这一步用于：%(states)s。")
            % {"state": State(current.state).label, "states": enumerated(State(each).label for each in states)},
            state=current.state,
        )
    if version is not None and current.version != version:
        raise StaleReport(current.version)
    return current


def permit(report: Report, by: User, *permissions: Permission) -> None:
    """Raise PermissionDenied unless `by` holds one of the permissions in the report's division."""
    held = by.prefixes
    if not any(report.scope_code.startswith(prefix) for each in permissions for prefix in held(each)):
        require(by, permissions[0], report.scope_code)


def reason_of(text: str, field: str = "reason") -> str:
    """A reason that somebody has to give. Raises Invalid (422) for none, and for one too long or with an ID number."""
    given = text.strip()
    if not given:
        raise Invalid({field: [_("请写明原因。")]})
    if len(given) > MOST_NOTE:
        raise Invalid({field: [_("最多 %(most)s 个字。") % {"most": MOST_NOTE}]})
    check_texts({field: given})
    return given


def snapshot(report: Report) -> dict[str, Any]:
    """The report's columns without the draft, of which the audit trail keeps what was saved when."""
    return {name: value for name, value in audit.snapshot(report).items() if name != "draft"}


def step(
    report: Report,
    action: str,
    kind: ReportEvent.Kind,
    *,
    by: User | None,
    at: datetime,
    state: str | None = None,
    audited: dict[str, Any] | None = None,
    **columns: Any,
) -> ReportEvent:
    """Write one event and put the report into `state`. Effects: the event, the report's state and version (it is
    saved), an audit row of what was done (`action`). Call it with the report locked."""
    before = snapshot(report)
    last = report.events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    event = ReportEvent.objects.create(
        report=report,
        sequence=last + 1,
        kind=kind,
        by=by,
        recorded_at=at,
        **{"happened_on": day_of(at), **columns},
    )
    report.version += 1
    report.state = state or report.state
    report.save(update_fields=["state", "version", "draft"])
    audit.write(
        action,
        report,
        by=by,
        at=at,
        before=before,
        after=snapshot(report) | (audited or {}),
        scope_code=report.scope_code,
    )
    return event


def note_hand(report: Report, kind: ReportEvent.Kind, *, by: User, at: datetime) -> None:
    """That somebody had a hand in it: once for each person since the last submission, for the four eyes."""
    since = report.events.filter(kind=ReportEvent.Kind.SUBMITTED).order_by("-sequence").values("sequence")[:1]
    written = report.events.filter(kind=kind, by=by)
    last = since.values_list("sequence", flat=True).first()
    if last is not None:
        written = written.filter(sequence__gt=last)
    if written.exists():
        return
    sequence = report.events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    ReportEvent.objects.create(
        report=report, sequence=sequence + 1, kind=kind, by=by, happened_on=day_of(at), recorded_at=at
    )
