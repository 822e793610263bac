"""What a register brings, thousands at once: new institutions, licences of those on file. The rules are those of
`register_institution` and `add_licence`; what is worked out first needs no lock, and what is written is short."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import audit, many
from accounts.errors import Invalid
from accounts.models import User
from institutions.actions.licences import reasons_of_licence
from institutions.actions.registering import check_columns, with_what_follows
from institutions.actions.versions import check_on_register
from institutions.models import Institution, Licence
from institutions.moments import day_of
from institutions.places import County

# The columns of an institution, those of its licences, and the day on which the rules took it as it is, if they did.
Entry = tuple[dict[str, Any], Sequence[dict[str, Any]]] | tuple[dict[str, Any], Sequence[dict[str, Any]], date | None]
NewLicence = tuple[UUID, str, dict[str, Any]]  # of which institution, its scope code, its columns

STATED = (
    "name", "signboard_name", "credit_code", "registered_address", "operating_address", "division_id", "scope_code",
    "longitude", "latitude", "datum", "location_source", "cell", "principal", "phone", "learners", "teachers",
    "area_m2", "surveyed_on", "surveyed_recorded_at", "licence_status_at_survey", "category",
)  # fmt: skip
UNSAID = {field.attname: field.get_default() for field in Institution._meta.concrete_fields if field.attname in STATED}
LICENCE_STATED = ("id", "institution_id", "kind", "number", "issued_by", "valid_from", "valid_to")


class Registrations:
    """New institutions of one county, checked and put into rows; `write` enters them."""

    def __init__(self, entries: Iterable[Entry], *, by: User | None, at: datetime, county: County):
        """Raises Invalid (422) for columns that the rules do not take."""
        self.by, self.at = by, at
        form = _form_of_institutions(at)
        self.columns = form.columns
        self.ids: list[UUID] = []
        self.rows: list[many.Row] = []
        self.licences: list[list[NewLicence]] = []
        self.trail = audit.trail("institution.registered", Institution, by=by, at=at)
        today = day_of(at)
        for pk, (columns, licences, *taken_on) in zip(many.ids(), entries, strict=False):
            if taken_on != [today]:
                check_columns(columns, columns["division"], at, county)
            said = UNSAID | with_what_follows(columns) | {"id": pk, "division_id": columns["division"].pk}
            if said["surveyed_on"] is not None:
                said["surveyed_recorded_at"] = at
            row, text = form.of(said)
            self.ids.append(pk)
            self.rows.append(row)
            self.trail.add(str(pk), said["scope_code"], None, text)
            self.licences.append([(pk, said["scope_code"], each) for each in licences])

    def write(self) -> list[list[int]]:
        """Effects: the rows and audit rows of `register_institution` and `add_licence`, in the caller's transaction.
        Gives the numbers of the licences of each."""
        many.insert(Institution, self.columns, self.rows)
        self.trail.append()
        entered = iter(_enter([each for of_one in self.licences for each in of_one], by=self.by, at=self.at))
        return [[next(entered) for _ in of_one] for of_one in self.licences]


def add_licences(entries: Sequence[tuple[Institution, dict[str, Any]]], *, by: User | None, at: datetime) -> list[int]:
    """Enter licences of institutions on file, of which somebody has looked whose they are; gives their numbers.

    Effects: the rows and audit rows of `add_licence`, in the caller's transaction. Raises as `add_licence` does.
    """
    if not entries:
        return []
    pks = {institution.pk for institution, _columns in entries}
    for current in Institution.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        check_on_register(current)
    standing = Licence.objects.standing().filter(institution__in=pks)
    there = set(standing.values_list("institution_id", "kind", "number", "valid_from"))
    for institution, columns in entries:
        same = (institution.pk, columns["kind"], columns["number"], columns["valid_from"])
        if reasons := reasons_of_licence(columns, at, on_file=same in there):
            raise Invalid(reasons)
        there.add(same)
    return _enter([(each.pk, each.scope_code, columns) for each, columns in entries], by=by, at=at)


def _enter(licences: Sequence[NewLicence], *, by: User | None, at: datetime) -> list[int]:
    if not licences:
        return []
    same = {"recorded_at": at, "recorded_by_id": by.pk if by else None}
    form = _form(Licence, LICENCE_STATED, same)
    trail = audit.trail("licence.added", Licence, by=by, at=at)
    numbers, rows = many.reserved(Licence, len(licences)), []
    for pk, (institution, scope_code, columns) in zip(numbers, licences, strict=True):
        said = {"id": pk, "institution_id": institution, "issued_by": "", "valid_to": None} | columns
        row, text = form.of(said)
        rows.append(row)
        trail.add(str(pk), scope_code, None, text)
    many.insert(Licence, form.columns, rows)
    trail.append()
    return numbers


def _form_of_institutions(at: datetime) -> many.Form:
    return _form(Institution, ("id", *STATED), {"recorded_at": at})


def _form(model: Any, stated: Sequence[str], same: dict[str, Any]) -> many.Form:
    """What is not stated of a row is the default of its column, or what is the same for all."""
    fields = [field for field in model._meta.concrete_fields if field.attname not in stated]
    return many.form(model, stated, {field.attname: field.get_default() for field in fields} | same)
