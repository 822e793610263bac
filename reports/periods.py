"""The period of a report: from the day after the cut-off before to its own, by what kind of report it is."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from accounts.errors import Invalid, enumerated
from institutions.moments import EARLIEST, month_end, today
from reports.models.report import Period

HALF = 15
ONE_DAY = timedelta(days=1)


def cut_off_before(period: str, as_of: date, begins_on: date | None = None) -> date:
    """The cut-off day of the report before: seven days earlier, the half month's or the month's end before, or the day
    before `begins_on`.

    Raises Invalid (422) for a kind that is none, a day in the future or before 2000, and a day with which no period of
    the kind ends.
    """
    if period not in Period.values:
        known = enumerated(Period.values)
        raise Invalid({"period": [_("“%(given)s”不可用，可用：%(known)s。") % {"given": period[:20], "known": known}]})
    if as_of > today():
        raise Invalid({"as_of": [_("截至日期 %(day)s 还没有到，不能编制将来的报告。") % {"day": as_of}]})
    # Before anything is worked out: seven days before the first day of all there is none.
    if min(as_of, begins_on or as_of) <= EARLIEST or (before := _before(period, as_of, begins_on)) < EARLIEST:
        raise Invalid({"as_of": [_("只能编制 %(first)s 以后的报告。") % {"first": EARLIEST}]})
    return before


def _before(period: str, as_of: date, begins_on: date | None) -> date:
    if period == Period.ANY:
        if begins_on is None or begins_on > as_of:
            raise Invalid({"begins_on": [_("请填写起始日期，且不晚于截至日期。")]})
        return begins_on - ONE_DAY
    if period == Period.WEEK:
        return as_of - 7 * ONE_DAY
    last_month_end = as_of.replace(day=1) - ONE_DAY
    if period == Period.MONTH and as_of == month_end(as_of):
        return last_month_end
    if period == Period.HALF_MONTH and as_of.day == HALF:
        return last_month_end
    if period == Period.HALF_MONTH and as_of == month_end(as_of):
        return as_of.replace(day=HALF)
    said = {
        Period.MONTH: _("月报截至月末，%(day)s 不是月末；要截至这一天，请选“任意时段”。"),
        Period.HALF_MONTH: _("半月报截至15日或月末，%(day)s 不是；要截至这一天，请选“任意时段”。"),
    }
    raise Invalid({"as_of": [said[Period(period)] % {"day": as_of}]})


def last_ended(period: str, on: date) -> date:
    """The last day, not after `on`, with which a period of the kind ended: Sundays, the 15th, month ends; else `on`."""
    last_month_end = on.replace(day=1) - ONE_DAY
    if period == Period.WEEK:
        return on - timedelta(days=(on.weekday() + 1) % 7)
    if period == Period.MONTH:
        return on if on == month_end(on) else last_month_end
    if period == Period.HALF_MONTH:
        if on == month_end(on):
            return on
        return on.replace(day=HALF) if on.day >= HALF else last_month_end
    return on
