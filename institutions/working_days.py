"""Working days of China: Monday to Friday but for the feasts, and the weekends worked in their place (调休).

The State Council announces a year's calendar in the autumn before; chinesecalendar keeps those announced so far.
"""

from datetime import date, timedelta


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`; in a year that is not announced Monday to Friday count, see
    `is_announced`."""
    while count:
        day += timedelta(days=1)
        count -= _is_working_day(day)
    return day


def is_announced(day: date) -> bool:
    """Whether the calendar of the day's year is known."""
    return _announced(day) is not None


def _is_working_day(day: date) -> bool:
    known = _announced(day)
    return day.weekday() < 5 if known is None else known


def _announced(day: date) -> bool | None:
    """Whether the day is worked on; None in a year before 2004 or not announced yet."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
