"""Do what a plan says, whole or not at all; and take a batch back while nothing later depends on it."""

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from institutions.actions import add_licence, edit_institution, register_institution
from institutions.imports.plan import Plan
from institutions.models import ImportBatch, ImportedRow, Institution
from institutions.positions import LocationSource


class CannotRollBack(Refusal):
    """Something later depends on the batch."""

    code = "cannot_roll_back"
    status = 409


@transaction.atomic
def commit_plan(plan: Plan, *, file_name: str, sha256: str, by: User | None, at: datetime | None = None) -> ImportBatch:
    """Write every row of a plan without errors. Effects: institutions, licences, the batch with the original cells,
    audit rows. Raises ValueError for a plan with errors."""
    if plan.errors:
        raise ValueError("a plan with errors is not committed")
    at = at or timezone.now()
    batch = ImportBatch.objects.create(
        division=plan.division, file_name=file_name[:200], sha256=sha256, by=by, recorded_at=at
    )
    for row in plan.rows:
        before = None
        if row.institution is None:
            columns = {name: value for name, value in row.columns.items() if value is not None}
            institution = register_institution(by=by, columns=_placed(columns), at=at)
        else:
            institution = row.institution
            if row.changes:
                before = audit.snapshot(institution)
                changed = {column: new for column, (_old, new) in row.changes.items()}
                if "surveyed_on" in changed:
                    changed["surveyed_recorded_at"] = at
                if "longitude" in changed or "latitude" in changed:
                    changed |= {name: row.columns[name] for name in ("longitude", "latitude", "datum")}
                institution = edit_institution(
                    institution, by=by, version=institution.version, columns=_placed(changed), at=at
                )
        for licence in row.licences:
            add_licence(institution, by=by, columns=licence, at=at)
        ImportedRow.objects.create(
            batch=batch,
            row_number=row.row,
            institution=institution,
            kind=row.kind,
            original=row.original,
            before=before,
        )
    batch.summary = plan.as_json(str(batch.pk))
    batch.save(update_fields=["summary"])
    audit.write(
        "import.committed", batch, by=by, at=at, after={"rows": len(plan.rows)}, scope_code=plan.division.scope_code
    )
    return batch


def _placed(columns: dict[str, object]) -> dict[str, object]:
    """Columns of a position say that it was imported."""
    return columns | {"location_source": LocationSource.IMPORT} if "longitude" in columns else columns


@transaction.atomic
def roll_back(batch: ImportBatch, *, by: User | None, at: datetime | None = None) -> None:
    """Take a batch back: new institutions go, changed ones get their old columns. Raises CannotRollBack (409)."""
    at = at or timezone.now()
    if batch.rolled_back_at is not None:
        raise CannotRollBack(f"这一批已于 {timezone.localtime(batch.rolled_back_at):%Y-%m-%d %H:%M} 撤销。")
    rows = list(batch.rows.select_related("institution"))
    _check_nothing_later(batch, rows)
    for row in rows:
        institution = row.institution
        if institution is None or row.kind == "unchanged":
            continue
        if row.kind == "new":
            before = audit.snapshot(institution)
            institution.licences.all().delete()
            try:
                Institution.objects.filter(pk=institution.pk).delete()
            except ProtectedError as problem:
                raise CannotRollBack(f"“{institution.name}”已有后来的记录,不能撤销。") from problem
            audit.write(
                "import.rolled_back", institution, by=by, at=at, before=before, scope_code=institution.scope_code
            )
        else:
            institution.licences.filter(recorded_at=batch.recorded_at).delete()
            _restore(institution, row.before or {}, by, at)
    batch.rolled_back_at = at
    batch.save(update_fields=["rolled_back_at"])


def _check_nothing_later(batch: ImportBatch, rows: list[ImportedRow]) -> None:
    for row in rows:
        institution = row.institution
        if institution is None or row.kind == "unchanged":
            continue
        for later, name in (("visits", "走访"), ("rectifications", "整改")):
            if row.kind == "new" and getattr(institution, later).exists():
                raise CannotRollBack(f"第{row.row_number}行“{institution.name}”已有{name},不能撤销这一批。")
        if (
            institution.imported_rows.filter(batch__recorded_at__gt=batch.recorded_at, batch__rolled_back_at=None)
            .exclude(kind="unchanged")
            .exists()
        ):
            raise CannotRollBack(f"第{row.row_number}行“{institution.name}”已被后来的导入改过,请先撤销后来的一批。")


def _restore(institution: Institution, before: dict[str, object], by: User | None, at: datetime) -> None:
    now = audit.snapshot(institution)
    for field in institution._meta.concrete_fields:
        if field.attname in before and field.attname not in ("id", "version"):
            try:
                setattr(institution, field.attname, field.to_python(before[field.attname]))
            except ObjectDoesNotExist as problem:  # a division that is gone
                raise CannotRollBack(f"“{institution.name}”原来的资料已不可恢复。") from problem
    institution.version += 1
    institution.save()
    after = audit.snapshot(institution)
    audit.write(
        "import.rolled_back", institution, by=by, at=at, before=now, after=after, scope_code=institution.scope_code
    )
