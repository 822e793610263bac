"""周期设置: which reports of a division are made ready on their cut-off days, and the making of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Refusal, enumerated
from accounts.models import User
from accounts.permissions import require
from accounts.roles import Permission
from accounts.watermark import NOW, recorded
from institutions.models import Division, scope_code_of
from institutions.moments import day_of
from reports.actions.beginning import begin_report
from reports.models import Report, ReportSchedule
from reports.periods import cut_off_before, last_ended


@recorded
def set_schedule(division: Division, period: str, *, by: User, at: datetime = NOW) -> ReportSchedule:
    """Say which reports of a division are begun by themselves from now on; "none" for none.

    Effects: a ReportSchedule, an audit row; nothing when it is so already. Raises PermissionDenied, Invalid (422).
    """
    require(by, Permission.PREPARE_REPORT, scope_code_of(division.code))
    if period not in ReportSchedule.Period.values:
        known = enumerated(ReportSchedule.Period.values)
        raise Invalid({"period": [_("“%(given)s”不可用，可用：%(known)s。") % {"given": period[:20], "known": known}]})
    last = schedule_of(division)
    if last is not None and last.period == period or last is None and period == ReportSchedule.Period.NONE:
        return last or ReportSchedule(division=division, period=period)
    made = ReportSchedule.objects.create(division=division, period=period, by=by, set_at=at)
    kept = {"division_id": division.code, "period": period}
    scope_code = scope_code_of(division.code)
    audit.write("report_schedule.set", made, by=by, at=at, after=kept, scope_code=scope_code, first=True)
    return made


def schedule_of(division: Division) -> ReportSchedule | None:
    return ReportSchedule.objects.filter(division=division).last()


def prepare_reports(on: date) -> Iterator[tuple[ReportSchedule, Report | None, str]]:
    """Begin the report of every division whose period ended on `on` or before it and is not begun yet: its setting, the
    report (None where it was there, or could not be begun), and why it could not.

    A cut-off day on which nothing ran (a machine that was off) is made up for, the last one alone; none before the day
    on which it was set. A report that was begun, whatever became of it, is not begun again.
    """
    for schedule in _in_force():
        as_of = last_ended(schedule.period, on)
        if as_of < _set_on(schedule) - timedelta(days=1):
            continue
        before = cut_off_before(schedule.period, as_of)
        if Report.objects.filter(division=schedule.division, as_of=as_of, before=before).exists():
            yield schedule, None, ""
            continue
        try:
            yield schedule, begin_report(schedule.division_id, schedule.period, as_of, by=None), ""
        except Refusal as refusal:
            yield schedule, None, refusal.message


def _in_force() -> list[ReportSchedule]:
    last: dict[str, ReportSchedule] = {}
    for schedule in ReportSchedule.objects.select_related("division").order_by("pk"):
        last[schedule.division_id] = schedule
    return [last[code] for code in sorted(last) if last[code].period != ReportSchedule.Period.NONE]


def _set_on(schedule: ReportSchedule) -> date:
    return day_of(schedule.set_at)
