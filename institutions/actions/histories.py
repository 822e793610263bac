"""Places and names as rows: what each says holds from its day on, until the next begins. Of two of one day the one
recorded later holds. The columns of the institution are what holds at present.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from institutions import rules
from institutions.former import Said, held_on, standing
from institutions.models import Division, Institution, Name, Place, scope_code_of
from institutions.moments import EARLIEST, day_of


def check_day(from_on: date, at: datetime) -> None:
    """Raise Invalid (422) unless something can hold from this day on: not in the future, and in this century."""
    if not EARLIEST <= from_on <= day_of(at):
        reason = _("“%(day)s”不在 %(first)s 至今天之间。")
        raise Invalid({"from_on": [reason % {"day": from_on, "first": EARLIEST}]})


def check_in_force(division: Division, on: date) -> None:
    """Raise Invalid (422) when nothing can lie in a division on a day: it is not yet there, or not any more."""
    if reason := rules.in_force_reason(division, on):
        raise Invalid({"division": [reason]})


def check_in_force_while_held(division: Division, from_on: date, held: dict[date, Said], at: datetime) -> None:
    """Raise Invalid (422) unless an institution can lie in a division from a day on until the next place on file
    begins, or today: one that is no more is left on its last day at the latest."""
    check_in_force(division, from_on)
    after = min((day for day in held if day > from_on), default=None)
    check_in_force(division, after - timedelta(days=1) if after else day_of(at))


def is_news(what: Said, held: dict[date, Said], at_present: Said, from_on: date) -> bool:
    """Whether it is not on file that this holds from a day on, and still does.

    Raises Invalid (422) when something else is on file from a later day on: what was typed would not hold at present.
    """
    otherwise = next((day for day, other in held.items() if day > from_on and other != what), None)
    if otherwise is not None:
        reason = _("自 %(day)s 起另有登记，请填这一天或以后。")
        raise Invalid({"from_on": [reason % {"day": otherwise}]})
    return bool(what != held_on(from_on, held, at_present))


def write_place(
    institution: Institution, division: Division, address: str, *, from_on: date, by: User | None, at: datetime
) -> None:
    """Effects: a Place, at first also that of the beginning; on the instance, unsaved, what holds at present."""
    if not institution.moved:
        _place(
            institution, institution.division, institution.operating_address, EARLIEST, None, institution.recorded_at
        )
    _place(institution, division, address, from_on, by, at)
    institution.moved = True
    present = standing(institution.places).select_related("division").last()
    assert present is not None
    institution.division, institution.scope_code = present.division, present.scope_code
    institution.operating_address = present.operating_address


def _place(
    institution: Institution, division: Division, address: str, from_on: date, by: User | None, at: datetime
) -> None:
    Place.objects.create(
        institution=institution,
        division=division,
        scope_code=scope_code_of(division.code),
        operating_address=address,
        from_on=from_on,
        recorded_at=at,
        recorded_by=by,
    )


def write_name(institution: Institution, name: str, *, from_on: date, by: User | None, at: datetime) -> None:
    """Effects: a Name, at first also that of the beginning; on the instance, unsaved, what holds at present."""
    if not institution.renamed:
        Name.objects.create(
            institution=institution, name=institution.name, from_on=EARLIEST, recorded_at=institution.recorded_at
        )
    Name.objects.create(institution=institution, name=name, from_on=from_on, recorded_at=at, recorded_by=by)
    institution.renamed = True
    present = standing(institution.names).last()
    assert present is not None
    institution.name = present.name
