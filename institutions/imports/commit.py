"""Do what a plan says, whole or not at all."""

from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.recording import NOW, recorded
from institutions.actions import add_licence, edit_institution, register_institution, register_institutions
from institutions.imports.plan import Plan, PlannedRow
from institutions.models import ImportBatch, ImportedRow, Institution, Licence
from institutions.positions import LocationSource


class NotCommitted(Refusal):
    """A row that was planned could not be written; nothing was."""

    code = "not_committed"
    status = 409


@recorded
def commit_plan(plan: Plan, *, file_name: str, sha256: str, by: User | None, at: datetime = NOW) -> ImportBatch:
    """Write every row of a plan without errors. Effects: institutions, licences, the batch with the original cells
    and what it takes to roll it back, audit rows.

    Raises ValueError for a plan with errors, NotCommitted (409) when the register was changed since it was planned or
    the database refuses a row.
    """
    if plan.errors:
        raise ValueError("a plan with errors is not committed")
    batch = ImportBatch.objects.create(
        division=plan.division, file_name=file_name[:200], sha256=sha256, by=by, recorded_at=at
    )
    ImportedRow.objects.bulk_create(_write_all(plan.rows, batch, by, at), batch_size=500)
    batch.summary = plan.summary(str(batch.pk))
    batch.save(update_fields=["summary"])
    audit.write(
        "import.committed", batch, by=by, at=at, after={"rows": len(plan.rows)}, scope_code=plan.division.scope_code
    )
    return batch


def _write_all(rows: list[PlannedRow], batch: ImportBatch, by: User | None, at: datetime) -> list[ImportedRow]:
    """Write the new rows together and the others one by one; all of them one by one when the database refuses the new,
    to name the row it refuses."""
    new = [row for row in rows if row.institution is None]
    entries = [(_new_columns(row), [each.columns for each in row.licences]) for row in new]
    try:
        made = dict(zip((row.row for row in new), register_institutions(entries, by=by, at=at), strict=True))
    except (IntegrityError, DataError):
        made = {}
    written = []
    for row in rows:
        try:
            institution, replaced, licences = _made(made[row.row]) if row.row in made else _write(row, by, at)
        except (Refusal, IntegrityError, DataError) as problem:
            name = row.columns["name"]
            raise NotCommitted(f"第{row.row}行“{name}”写不进去:{problem} 没有写入任何内容。") from problem
        written.append(_kept(row, batch, institution, {"replaced": replaced, "licences": licences}))
    return written


Written = tuple[Institution, dict[str, Any], list[int]]  # the institution, the columns it had before, its new licences


def _made(entry: tuple[Institution, list[Licence]]) -> Written:
    institution, licences = entry
    return institution, {}, [licence.pk for licence in licences]


def _write(row: PlannedRow, by: User | None, at: datetime) -> Written:
    institution, replaced = row.institution, {}
    if institution is None:
        institution = register_institution(by=by, columns=_new_columns(row), at=at)
    elif row.changes:
        before = audit.snapshot(institution)
        version = institution.version
        institution = edit_institution(institution, by=by, version=version, columns=_changed(row, at), at=at)
        after = audit.snapshot(institution)
        replaced = {name: before[name] for name in before if before[name] != after[name] and name != "version"}
    licences = [add_licence(institution, by=by, columns=each.columns, at=at).pk for each in row.licences]
    return institution, replaced, licences


def _kept(row: PlannedRow, batch: ImportBatch, institution: Institution, before: dict[str, Any]) -> ImportedRow:
    """The row as it is kept, not yet saved: in `before` what rolling back needs (see rollback.py)."""
    return ImportedRow(
        batch=batch,
        row_number=row.row,
        institution=institution,
        kind=row.kind,
        original=row.original,
        before=before | _versions(row, institution),
    )


def _versions(row: PlannedRow, institution: Institution) -> dict[str, Any]:
    found = row.institution.version if row.institution is not None else None
    return {"version_found": found, "version_left": institution.version}


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
