"""An institution found on the spot: it comes onto the register with the visit, under the id that the phone made."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from inspections.actions.sent_visit import Found, SentVisit
from institutions.actions import AlreadyRegistered, check_columns, register_if_new
from institutions.models import Division, Institution, scope_code_of
from institutions.positions import LocationSource, to_wgs84


def institution_found(found: Found, id: Any) -> Institution:
    """What was found as an institution that is not on the register yet."""
    return Institution(pk=id, division_id=found.division, scope_code=scope_code_of(found.division))


def check_found(found: Found, at: datetime) -> None:
    """Raise Invalid (422) with the reasons, under `found`, why the register does not take it."""
    division = Division.objects.filter(pk=found.division).first()
    if division is None:
        raise Invalid({"found.division": [_("没有代码为“%(code)s”的行政区划。") % {"code": found.division}]})
    try:
        check_columns(_columns(found, division), division, at)
    except Invalid as refusal:
        raise Invalid(
            {f"found.{_NAMES.get(name, name)}": reasons for name, reasons in refusal.errors.items()}
        ) from None


def register_found(sent: SentVisit, by: User, at: datetime) -> list[str]:
    """Register what was found unless it is on the register under its id, and what is to be said of it: what is there
    already that may be the same, for a person to decide. Inside the caller's transaction."""
    if sent.found is None or Institution.objects.filter(pk=sent.institution.pk).exists():
        return []
    columns: dict[str, Any] = _columns(sent.found, Division.objects.get(pk=sent.found.division))
    try:
        register_if_new(by=by, columns=columns, id=sent.institution.pk, at=at)
    except AlreadyRegistered as known:
        register_if_new(by=by, columns=columns, id=sent.institution.pk, apart=True, at=at)
        said = {"name": known.institution.name, "where": known.institution.operating_address}
        return [_("现场发现的机构可能就是已登记的“%(name)s”（%(where)s），请核对是否重复。") % said]
    return [_("现场发现的机构已登记入册。")]


_NAMES = {"operating_address": "address"}


def _columns(found: Found, division: Division) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "name": found.name,
        "operating_address": found.address,
        "division": division,
        "category": found.category,
    }
    if found.longitude is not None and found.latitude is not None:
        longitude, latitude = to_wgs84(found.longitude, found.latitude, found.datum)
        columns |= {"longitude": longitude, "latitude": latitude, "datum": found.datum}
        columns["location_source"] = LocationSource.PHONE
    return columns
