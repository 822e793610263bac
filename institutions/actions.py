"""The doors through which the registry is written. Each is atomic and writes its audit row."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Reasons, Refusal
from accounts.models import User
from institutions.models import Division, Institution, Licence, scope_code_of
from institutions.positions import cell_of


class StaleInstitution(Refusal):
    """Somebody else changed the institution since it was read."""

    code = "stale_version"
    status = 412


def place(institution: Institution, columns: dict[str, Any]) -> None:
    """Set columns on a row, with what follows from them: the scope code and the map cell.

    `longitude` and `latitude` are WGS-84 degrees; `datum` says what they came in.
    """
    columns = dict(columns)
    if "division" in columns:
        division: Division = columns["division"]
        institution.scope_code = scope_code_of(division.code)
    if "longitude" in columns:
        longitude, latitude = columns["longitude"], columns["latitude"]
        if longitude is None:
            columns |= {"datum": "", "location_source": "", "location_accuracy_m": None}
            institution.cell = None
        else:
            institution.cell = cell_of(longitude, latitude)
    for name, value in columns.items():
        setattr(institution, name, value)


@transaction.atomic
def register_institution(*, by: User | None, columns: dict[str, Any], at: datetime | None = None) -> Institution:
    """Enter an institution into the register. Effects: the row, an audit row."""
    at = at or timezone.now()
    institution = Institution(recorded_at=at)
    place(institution, columns)
    if institution.surveyed_on is not None:
        institution.surveyed_recorded_at = at
    institution.save(force_insert=True)
    after = audit.snapshot(institution)
    audit.write("institution.registered", institution, by=by, at=at, after=after, scope_code=institution.scope_code)
    return institution


@transaction.atomic
def edit_institution(
    institution: Institution, *, by: User | None, version: int, columns: dict[str, Any], at: datetime | None = None
) -> Institution:
    """Change columns of an institution. Effects: the columns, its version, an audit row with before and after.

    Raises StaleInstitution (412) when somebody else changed it since `version`.
    """
    at = at or timezone.now()
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.version != version:
        raise StaleInstitution(_("这家机构的档案已被他人更新,请刷新后再改。"), version=current.version)
    before = audit.snapshot(current)
    place(current, columns)
    current.version += 1
    current.save()
    after = audit.snapshot(current)
    audit.write("institution.edited", current, by=by, at=at, before=before, after=after, scope_code=current.scope_code)
    return current


@transaction.atomic
def add_licence(
    institution: Institution, *, by: User | None, columns: dict[str, Any], at: datetime | None = None
) -> Licence:
    """Enter a licence of an institution. Effects: the row, an audit row.

    Raises Invalid (422) when it ends before it begins or is on file already.
    """
    at = at or timezone.now()
    _check_licence(institution, columns)
    licence = Licence.objects.create(institution=institution, recorded_at=at, **columns)
    after = audit.snapshot(licence)
    audit.write("licence.added", licence, by=by, at=at, after=after, scope_code=institution.scope_code)
    return licence


def _check_licence(institution: Institution, columns: dict[str, Any]) -> None:
    """Every reason at once. The institution stays locked, so that of two equal licences the second one is refused."""
    errors: Reasons = {}
    start, end = columns["valid_from"], columns.get("valid_to")
    if end is not None and end < start:
        errors["valid_to"] = [_("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start}]
    on_file = Institution.objects.select_for_update().get(pk=institution.pk).licences
    if on_file.filter(kind=columns["kind"], number=columns["number"], valid_from=start).exists():
        same = {"number": columns["number"], "start": start}
        errors["number"] = [_("证号“%(number)s”、自 %(start)s 起有效的证照已登记过。") % same]
    if errors:
        raise Invalid(errors)
