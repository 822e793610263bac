"""Do what a plan says, whole or not at all."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError

from accounts import audit
from accounts.errors import Refusal
from accounts.id_numbers import in_any_form
from accounts.models import User
from accounts.watermark import NOW, recorded
from institutions.actions import add_licence, edit_institution, register_institution, register_institutions
from institutions.imports import refusals
from institutions.imports.plan import Plan, PlannedRow
from institutions.models import ImportBatch, ImportedRow, Institution, Licence, RegisterFile
from institutions.moments import EARLIEST
from institutions.positions import LocationSource

NOT_RESTORED = {"version", "moved", "renamed"}  # the version goes on; that there are other places and names, too


class NotCommitted(Refusal):
    """A row that was planned could not be written; nothing was."""

    code = "not_committed"
    status = 409


def check_name(file_name: str) -> None:
    if in_any_form(file_name, old=False):
        raise Refusal(str(refusals.FILE_NAME_HAS_ID_NUMBER))


@recorded
def commit_plan(
    plan: Plan, *, file_name: str, sha256: str, by: User | None, file: RegisterFile | None = None, at: datetime = NOW
) -> ImportBatch:
    """Write every row of a plan without errors. Effects: institutions, licences, the batch with the original cells
    and what it takes to roll it back, audit rows.

    Raises ValueError for a plan with errors, Refusal (422) for a file name with an ID-card number in it, NotCommitted
    (409) when the register was changed since it was planned or the database refuses a row.
    """
    if plan.errors:
        raise ValueError("a plan with errors is not committed")
    check_name(file_name)
    batch = ImportBatch.objects.create(
        division=plan.division, file_name=file_name[:200], sha256=sha256, file=file, by=by, recorded_at=at
    )
    written = _write_all(plan.rows, batch, by, at)
    ImportedRow.objects.bulk_create(written, batch_size=500)
    _write_parts(plan, written, batch, by, at)
    batch.summary = plan.summary(str(batch.pk)) | {"layout": plan.layout}
    batch.save(update_fields=["summary"])
    audit.write(
        "import.committed", batch, by=by, at=at, after={"rows": len(plan.rows)}, scope_code=plan.division.scope_code
    )
    return batch


def _write_parts(plan: Plan, written: list[ImportedRow], batch: ImportBatch, by: User | None, at: datetime) -> None:
    institutions = ((row, each.institution) for row, each in zip(plan.rows, written, strict=True) if each.institution)
    plan.parts.write(institutions, batch=batch, by=by, at=at)


def _write_all(rows: list[PlannedRow], batch: ImportBatch, by: User | None, at: datetime) -> list[ImportedRow]:
    """Write the new rows together and the others one by one; all of them one by one when the database refuses the new,
    to name the row it refuses."""
    new = [row for row in rows if row.institution is None]
    entries = [(_new_columns(row), [each.columns for each in row.licences]) for row in new]
    try:
        registered = register_institutions(entries, by=by, at=at)
        made = {id(row): each for row, each in zip(new, registered, strict=True)}
    except (Refusal, IntegrityError, DataError):
        made = {}
    written = []
    for row in rows:
        try:
            done = _made(*made[id(row)]) if id(row) in made else _write(row, by, at)
        except (Refusal, IntegrityError, DataError) as problem:
            name = row.columns["name"]
            raise NotCommitted(refusals.ROW_NOT_WRITTEN.format(row=row.row, name=name, why=problem)) from problem
        written.append(_kept(row, batch, done))
    return written


@dataclass(frozen=True)
class Written:
    """What was written of a row: its institution, and what it takes to roll it back (see rollback.py)."""

    institution: Institution
    licences: list[int]
    replaced: dict[str, Any] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)


def _made(institution: Institution, licences: list[Licence]) -> Written:
    return Written(institution, [licence.pk for licence in licences])


def _write(row: PlannedRow, by: User | None, at: datetime) -> Written:
    institution, changed = row.institution, dict[str, Any]()
    if institution is None:
        institution = register_institution(by=by, columns=_new_columns(row), at=at)
    elif row.changes:
        institution, changed = _change(institution, row, by, at)
    licences = [add_licence(institution, by=by, columns=each.columns, shared=True, at=at).pk for each in row.licences]
    return Written(institution, licences, **changed)


def _change(
    institution: Institution, row: PlannedRow, by: User | None, at: datetime
) -> tuple[Institution, dict[str, Any]]:
    """The institution edited, the columns it had before, and the places and names that were written."""
    before, places, names = audit.snapshot(institution), _entered(institution.places), _entered(institution.names)
    version, columns = institution.version, _changed(row, at)
    institution = edit_institution(institution, by=by, version=version, columns=columns, from_on=row.from_on, at=at)
    after = audit.snapshot(institution)
    return institution, {
        "replaced": {name: before[name] for name in before if before[name] != after[name] and name not in NOT_RESTORED},
        "places": sorted(_entered(institution.places) - places),
        "names": sorted(_entered(institution.names) - names),
    }


def _entered(rows: Any) -> set[int]:
    """Keys of places or names but the first, which says what was before."""
    return set(rows.exclude(from_on=EARLIEST).values_list("pk", flat=True))


def _kept(row: PlannedRow, batch: ImportBatch, done: Written) -> ImportedRow:
    """The row as it is kept, not yet saved: in `before` what rolling back needs (see rollback.py)."""
    before = {name: getattr(done, name) for name in ("replaced", "licences", "places", "names")}
    before["version_found"] = row.institution.version if row.institution is not None else None
    before["version_left"] = done.institution.version
    return ImportedRow(
        batch=batch,
        row_number=row.row,
        sheet=row.sheet[:100],
        institution=done.institution,
        kind=row.kind,
        original=row.original,
        before=before,
    )


def _new_columns(row: PlannedRow) -> dict[str, Any]:
    return _placed({name: value for name, value in row.columns.items() if value is not None})


def _changed(row: PlannedRow, at: datetime) -> dict[str, Any]:
    """The new values of a row that changes an institution, with what goes with them."""
    columns = {column: new for column, (_old, new) in row.changes.items()}
    if "surveyed_on" in columns:
        columns["surveyed_recorded_at"] = at
    if "longitude" in columns or "latitude" in columns:
        columns |= {name: row.columns[name] for name in ("longitude", "latitude", "datum")}
    return _placed(columns)


def _placed(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns of a position say that it was imported; how accurate it is, is not known."""
    if "longitude" not in columns:
        return columns
    return columns | {"location_source": LocationSource.IMPORT, "location_accuracy_m": None}
