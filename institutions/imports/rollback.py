"""Take an imported batch back, whole or not at all, while nothing later depends on it.

ImportedRow.before of a row: `replaced`, the columns the batch changed as they were; `licences`, the keys of those it
entered; `version_found` and `version_left`, the institution's version before and after the row.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.errors import Refusal
from accounts.models import AuditRow, User
from institutions.models import ImportBatch, ImportedRow, Institution, Licence


class CannotRollBack(Refusal):
    """Something later depends on the batch."""

    code = "cannot_roll_back"
    status = 409


@transaction.atomic
def roll_back(batch: ImportBatch, *, by: User | None, at: datetime | None = None) -> None:
    """Take a batch back. Effects: new institutions go, changed ones get the replaced columns back, licences it entered
    go; an audit row for each and for the batch.

    Raises CannotRollBack (409) with the first row on which something later rests, and why.
    """
    at = at or timezone.now()
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.rolled_back_at is not None:
        raise CannotRollBack(f"这一批已于 {timezone.localtime(batch.rolled_back_at):%Y-%m-%d %H:%M} 撤销。")
    for row in batch.rows.exclude(kind="unchanged"):
        institution = Institution.objects.select_for_update().filter(pk=row.institution_id).first()
        if institution is None:
            raise CannotRollBack(f"第{row.row_number}行的机构已不在册,不能撤销这一批。")
        if reason := _later(row, institution, batch):
            raise CannotRollBack(f"第{row.row_number}行“{institution.name}”{reason},不能撤销这一批。")
        _remove_licences(row, institution, by, at)
        if row.kind == "new":
            _remove(row, institution, by, at)
        elif _kept(row)["replaced"]:
            _restore(row, institution, by, at)
    batch.rolled_back_at = at
    batch.save(update_fields=["rolled_back_at"])
    audit.write("import.rolled_back", batch, by=by, at=at, scope_code=batch.division.scope_code)


def _kept(row: ImportedRow) -> dict[str, Any]:
    """What the row kept for this; {} for one imported before anything was kept."""
    return row.before or {}


def _later(row: ImportedRow, institution: Institution, batch: ImportBatch) -> str:
    """What was done to the institution since the batch; "" when nothing was."""
    left = _kept(row)
    if "version_left" not in left:
        return "导入时没有留下撤销所需的资料"
    since = batch.recorded_at
    others = institution.imported_rows.exclude(kind="unchanged").exclude(batch=batch)
    if others.filter(batch__recorded_at__gte=since, batch__rolled_back_at=None).exists():
        return "已被后来的导入改过,请先撤销后来的一批"
    new = row.kind == "new"  # whatever is recorded of it is later, whatever the clocks say
    visits, rounds = institution.visits.all(), institution.rectifications.all()
    if (visits if new else visits.filter(recorded_at__gte=since)).exists():
        return "已有走访在这一批之后登记"
    if (rounds if new else rounds.filter(events__recorded_at__gte=since)).exists():
        return "已有整改在这一批之后登记"
    others_licences = institution.licences.exclude(pk__in=left["licences"])
    if (others_licences if new else others_licences.filter(recorded_at__gte=since)).exists():
        return "已有证照在这一批之后登记"
    if institution.version != left["version_left"]:
        return "的档案后来被人修改过"
    if _licences_touched(left["licences"]):
        return "由这一批登记的证照后来被人修改过"
    return ""


def _licences_touched(licences: list[int]) -> bool:
    """Whether something other than entering them was done to licences."""
    if Licence.objects.filter(pk__in=licences).count() < len(licences):
        return True
    rows = AuditRow.objects.filter(object_type=Licence._meta.label_lower, object_id__in=[str(pk) for pk in licences])
    return rows.exclude(action="licence.added").exists()


def _remove_licences(row: ImportedRow, institution: Institution, by: User | None, at: datetime) -> None:
    for licence in institution.licences.filter(pk__in=_kept(row)["licences"]):
        before = audit.snapshot(licence)
        audit.write("licence.removed", licence, by=by, at=at, before=before, scope_code=institution.scope_code)
        licence.delete()


def _remove(row: ImportedRow, institution: Institution, by: User | None, at: datetime) -> None:
    before = audit.snapshot(institution)
    audit.write("import.rolled_back", institution, by=by, at=at, before=before, scope_code=institution.scope_code)
    try:
        Institution.objects.filter(pk=institution.pk).delete()
    except ProtectedError as problem:
        reason = f"第{row.row_number}行“{institution.name}”已有后来的记录,不能撤销这一批。"
        raise CannotRollBack(reason) from problem


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
