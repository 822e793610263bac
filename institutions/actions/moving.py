"""迁址, 更名: from a day on an institution is elsewhere or called otherwise, and stays the same institution."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions.histories import (
    Past,
    check_day,
    check_in_force_while_held,
    is_news,
    write_name,
    write_place,
)
from institutions.actions.versions import locked
from institutions.former import held_on, holding, standing
from institutions.models import Division, Institution
from institutions.moments import day_of


@recorded
def move_institution(
    institution: Institution,
    *,
    by: User | None,
    version: int,
    division: Division,
    operating_address: str,
    from_on: date,
    at: datetime = NOW,
) -> Institution:
    """迁址: from a day on the institution is in this township and at this address. A later one on file stays: then this
    was its place until then.

    Effects: a Place, at first also that of the beginning; the columns of the present, the version, an audit row. Id,
    licences and rounds stay. Raises StaleInstitution (412); Invalid (422) for a day in the future, a division not in
    force on it or no more while this is the place, or a place that is on file for it.
    """
    current = locked(institution, version)
    before = audit.snapshot(current)
    check_day(from_on, at)
    held = holding(standing(current.places))
    check_in_force_while_held(division, from_on, held, at)
    place = (division.code, operating_address)
    if held_on(from_on, held, _present_place(current)) == place:
        raise Invalid({"division": [_("自 %(day)s 起的办学地点已是这里。") % {"day": from_on}]})
    write_place(current, division, operating_address, from_on=from_on, by=by, at=at)
    return _saved("institution.moved", current, before, from_on, by, at)


@recorded
def rename_institution(
    institution: Institution, *, by: User | None, version: int, name: str, from_on: date, at: datetime = NOW
) -> Institution:
    """更名: from a day on the institution is called so. Former names are kept and found.

    Effects: a Name, at first also that of the beginning; the column of the present, the version, an audit row. Raises
    StaleInstitution (412); Invalid (422) for a day in the future, no name, or the name that is on file for the day.
    """
    current = locked(institution, version)
    before = audit.snapshot(current)
    check_day(from_on, at)
    if not name:
        raise Invalid({"name": [_("请填写机构名称。")]})
    if held_on(from_on, holding(standing(current.names)), current.name) == name:
        raise Invalid({"name": [_("自 %(day)s 起的名称已是“%(name)s”。") % {"day": from_on, "name": name}]})
    write_name(current, name, from_on=from_on, by=by, at=at)
    return _saved("institution.renamed", current, before, from_on, by, at)


def take_place_and_name(
    current: Institution, columns: dict[str, Any], past: Past, *, from_on: date | None, by: User | None, at: datetime
) -> dict[str, Any]:
    """Take name, township and address out of `columns`: what of them is news is put into `past` as holding from a day
    on (without one: from today). The other columns are given back.

    An address where there was none is filled in, no move. Raises what `check_day` and `is_news` do.
    """
    rest = dict(columns)
    name = rest.pop("name", current.name)
    division, address = rest.pop("division", current.division), rest.pop("operating_address", current.operating_address)
    day = from_on or day_of(at)
    check_day(day, at)
    if from_on is not None or name != current.name:
        held = past.held_names(current) if current.renamed else {}
        if is_news(name, held, current.name, day):
            past.add_name(current, name, from_on=day, by=by, at=at)
    if from_on is not None or (division.code, address) != _present_place(current):
        _take_place(current, division, address, past, day, by, at)
    return rest


def _take_place(
    current: Institution, division: Division, address: str, past: Past, day: date, by: User | None, at: datetime
) -> None:
    held = past.held_places(current) if current.moved else {}
    if not is_news((division.code, address), held, _present_place(current), day):
        return
    if division.code == current.division_id and not current.operating_address and not current.moved:
        current.operating_address = address
        return
    check_in_force_while_held(division, day, held, at)
    past.add_place(current, division, address, from_on=day, by=by, at=at)


def _present_place(institution: Institution) -> tuple[str, str]:
    return institution.division_id, institution.operating_address


def _saved(
    action: str, current: Institution, before: dict[str, Any], from_on: date, by: User | None, at: datetime
) -> Institution:
    current.version += 1
    current.save()
    after = audit.snapshot(current) | {"from_on": str(from_on)}
    audit.write(action, current, by=by, at=at, before=before, after=after, scope_code=current.scope_code)
    return current
