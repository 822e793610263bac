"""Take an imported batch back, whole or not at all, while nothing later depends on it.

ImportedRow.before of a row: `replaced`, the columns the batch changed as they were; `licences`, the keys of those it
entered; `version_found` and `version_left`, the institution's version before and after the row.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import ProtectedError, Q
from django.utils import timezone

from accounts import audit
from accounts.errors import Refusal
from accounts.models import AuditRow, User
from accounts.recording import NOW, recorded
from institutions.models import ImportBatch, ImportedRow, Institution, Licence


class CannotRollBack(Refusal):
    """Something later depends on the batch."""

    code = "cannot_roll_back"
    status = 409


@recorded
def roll_back(batch: ImportBatch, *, by: User | None, at: datetime = NOW) -> None:
    """Take a batch back. Effects: new institutions go, changed ones get the replaced columns back, licences it entered
    go; an audit row for each and for the batch.

    Raises CannotRollBack (409) with the first row on which something later rests, and why.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.rolled_back_at is not None:
        raise CannotRollBack(f"这一批已于 {timezone.localtime(batch.rolled_back_at):%Y-%m-%d %H:%M} 撤销。")
    rows = list(batch.rows.exclude(kind="unchanged"))
    institutions = Institution.objects.select_for_update().in_bulk([row.institution_id for row in rows])
    _check_nothing_later(batch, rows, institutions)
    for row in rows:
        institution = institutions[row.institution_id]
        if row.kind == "changed" and _kept(row)["replaced"]:
            _restore(row, institution, by, at)
        elif row.kind == "new":
            before = audit.snapshot(institution)
            audit.write(
                "import.rolled_back", institution, by=by, at=at, before=before, scope_code=institution.scope_code
            )
    _remove_licences(rows, institutions, by, at)
    _remove_new(batch)
    batch.rolled_back_at = at
    batch.save(update_fields=["rolled_back_at"])
    audit.write("import.rolled_back", batch, by=by, at=at, scope_code=batch.division.scope_code)


def _kept(row: ImportedRow) -> dict[str, Any]:
    """What the row kept for this; {} for one imported before anything was kept."""
    return row.before or {}


def _check_nothing_later(
    batch: ImportBatch, rows: list[ImportedRow], institutions: dict[uuid.UUID, Institution]
) -> None:
    """Raise CannotRollBack with the first row of whose institution something was recorded since the batch."""
    later = _later(batch, rows)
    for row in rows:
        institution = institutions.get(row.institution_id)  # type: ignore[arg-type]
        if institution is None:
            raise CannotRollBack(f"第{row.row_number}行的机构已不在册,不能撤销这一批。")
        reason = next((reason for reason, found in later.items() if institution.pk in found), "")
        if "version_left" not in _kept(row):
            reason = "导入时没有留下撤销所需的资料"
        elif not reason and institution.version != _kept(row)["version_left"]:
            reason = "的档案后来被人修改过"
        if reason:
            raise CannotRollBack(f"第{row.row_number}行“{institution.name}”{reason},不能撤销这一批。")


def _later(batch: ImportBatch, rows: list[ImportedRow]) -> dict[str, set[uuid.UUID]]:
    """Institutions of the batch of which something was recorded since, by what it was.

    Of a new institution all that is recorded is later, whatever the clocks say.
    """
    since = batch.recorded_at
    there = Institution.objects.filter(imported_rows__in=batch.rows.exclude(kind="unchanged"))
    new = Q(pk__in=batch.rows.filter(kind="new").values("institution"))
    later_import = ImportedRow.objects.exclude(kind="unchanged").exclude(batch=batch)
    later_import = later_import.filter(batch__recorded_at__gte=since, batch__rolled_back_at=None)
    entered = {pk for row in rows for pk in _kept(row).get("licences", [])}
    licences = Licence.objects.filter(institution__in=there).filter(
        Q(recorded_at__gte=since) | Q(institution__in=there.filter(new))
    )
    by_hand = {owner for pk, owner in licences.values_list("pk", "institution") if pk not in entered}

    def of(condition: Q) -> set[uuid.UUID]:
        return set(there.filter(condition).values_list("pk", flat=True))

    return {
        "已被后来的导入改过,请先撤销后来的一批": of(Q(pk__in=later_import.values("institution"))),
        "已有走访在这一批之后登记": of(Q(visits__recorded_at__gte=since) | new & Q(visits__isnull=False)),
        "已有整改在这一批之后登记": of(
            Q(rectifications__events__recorded_at__gte=since) | new & Q(rectifications__isnull=False)
        ),
        "已有证照在这一批之后登记": by_hand,
        "已有其他机构并入": of(new & Q(merged_from__isnull=False)),
        "由这一批登记的证照后来被人修改过": _with_licences_touched(rows),
    }


def _with_licences_touched(rows: list[ImportedRow]) -> set[uuid.UUID]:
    """Institutions a licence of the batch is gone from, or had something done to it other than being entered."""
    owner_of = {pk: row.institution_id for row in rows for pk in _kept(row).get("licences", [])}
    audited = AuditRow.objects.filter(object_type=Licence._meta.label_lower).exclude(action="licence.added")
    touched = {int(pk) for pk in audited.values_list("object_id", flat=True)}
    gone = owner_of.keys() - Licence.objects.in_bulk(owner_of).keys()
    return {owner for pk, owner in owner_of.items() if owner is not None and (pk in touched or pk in gone)}


def _remove_licences(
    rows: list[ImportedRow], institutions: dict[uuid.UUID, Institution], by: User | None, at: datetime
) -> None:
    licences = Licence.objects.in_bulk([pk for row in rows for pk in _kept(row)["licences"]])
    for licence in licences.values():
        scope_code = institutions[licence.institution_id].scope_code
        audit.write("licence.removed", licence, by=by, at=at, before=audit.snapshot(licence), scope_code=scope_code)
        licence.delete()


def _remove_new(batch: ImportBatch) -> None:
    try:
        Institution.objects.filter(pk__in=batch.rows.filter(kind="new").values("institution")).delete()
    except ProtectedError as problem:
        others = "、".join(str(each) for each in list(problem.protected_objects)[:3])
        raise CannotRollBack(f"有后来的记录依赖这一批的机构({others}),不能撤销这一批。") from problem


def _restore(row: ImportedRow, institution: Institution, by: User | None, at: datetime) -> None:
    """The columns the batch changed, as they were; the version goes on, so that no form opened meanwhile fits."""
    before = audit.snapshot(institution)
    replaced: dict[str, Any] = _kept(row)["replaced"]
    fields = [field for field in Institution._meta.concrete_fields if field.attname in replaced]
    for field in fields:
        setattr(institution, field.attname, field.to_python(replaced[field.attname]))
    institution.version += 1
    institution.save(update_fields=[*(field.name for field in fields), "version"])
    _carry_on(row, institution)
    after = audit.snapshot(institution)
    audit.write(
        "import.rolled_back", institution, by=by, at=at, before=before, after=after, scope_code=institution.scope_code
    )


def _carry_on(row: ImportedRow, institution: Institution) -> None:
    """The batch before this one left the institution as it is again: it can now be rolled back in its turn."""
    for earlier in institution.imported_rows.exclude(pk=row.pk).filter(batch__rolled_back_at=None):
        if earlier.before and earlier.before.get("version_left") == _kept(row)["version_found"]:
            earlier.before["version_left"] = institution.version
            earlier.save(update_fields=["before"])
