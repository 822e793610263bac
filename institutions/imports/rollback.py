"""Take an imported batch back, whole or not at all, while nothing later depends on it. Nothing is deleted: what the
batch wrote is withdrawn, so that what was known before it was taken back stays known as of then.

ImportedRow.before of a row: `replaced`, the columns the batch changed as they were; `licences`, `places` and `names`,
the keys of those it entered; `version_found` and `version_left`, the institution's version before and after the row.

It is written in slices, as the batch was (docs/adr/0034), after it was looked whether anything rests on the batch; what
the parts wrote (parts.py) goes first. One that was interrupted, as it was written or taken back, is `unfinished`:
before the county imports again it is taken back to its end.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from accounts import audit, holding
from accounts.errors import Refusal
from accounts.models import AuditRow, User
from accounts.watermark import NOW, recording_in_slices
from institutions.actions import StaleInstitution
from institutions.imports import parts, refusals
from institutions.imports.collecting import little_mapped
from institutions.imports.placed_since import placed_since
from institutions.imports.restoring import Restored
from institutions.imports.slices import Slices
from institutions.models import Division, ImportBatch, ImportedRow, Institution, Licence

ROWS = 2_000  # rows that are looked at together


class CannotRollBack(Refusal):
    """Something later depends on the batch."""

    code = "cannot_roll_back"
    status = 409


class Unfinished(Refusal):
    """An import of the county was interrupted and has not been taken back."""

    code = "unfinished_import"
    status = 409


def roll_back(batch: ImportBatch, *, by: User | None, at: datetime = NOW) -> None:
    """Take a batch back. Effects: new institutions, and the licences, places and names it entered, are withdrawn;
    changed institutions get the replaced columns back, a survey that it set is withdrawn; with an address that it set
    goes the position that a machine has found for it; what the parts wrote is taken back; an audit row for each and for
    the batch.

    Raises CannotRollBack (409) with the first row on which something later rests, and why; Busy (503) while another
    import of the county is written. What somebody does to an institution of the batch after that was looked at, stays,
    and is named in the batch's audit row.
    """
    with holding.alone(batch.division_id), recording_in_slices(at) as moment, little_mapped():
        batch.refresh_from_db()
        if batch.unfinished:  # it was interrupted, or its taking back was
            _take_back(batch, by, moment)
            return
        if batch.rolled_back_at is not None:
            done_at = timezone.localtime(batch.rolled_back_at)
            raise CannotRollBack(refusals.UNDONE_ALREADY.format(at=f"{done_at:%Y-%m-%d %H:%M}"))
        check_taking_back(batch, by, moment)
        _take_back(batch, by, moment)


def check_taking_back(batch: ImportBatch, by: User | None, at: datetime) -> None:
    """Look whether anything later rests on a batch; one of which parts wrote something is unfinished from then on."""
    parts.check_taking_back(batch, by=by, at=at)
    _check_nothing_later(batch)
    if parts.wrote(batch):
        batch.taken_back_to, batch.taken_back_by = 0, by
        batch.save(update_fields=["taken_back_to", "taken_back_by"])


def take_back_at_once(batch: ImportBatch, *, by: User | None, at: datetime) -> None:
    """Take back what was written of a batch that goes no further, at the moment at which it was recorded; the caller
    holds the county, and nobody knows of it yet."""
    _take_back(batch, by, at)


def take_back_unfinished(division: Division, *, by: User | None) -> list[ImportBatch]:
    """Take back what was left of imports of a county that were interrupted; gives those. Institutions that somebody has
    changed or visited since stay, and are named in the audit row. Raises Busy (503) while one is being written."""
    if not ImportBatch.objects.unfinished().filter(division=division).exists():
        return []
    with holding.alone(division.pk):
        left = list(ImportBatch.objects.unfinished().filter(division=division).order_by("recorded_at"))
        for batch in left:
            with recording_in_slices(NOW) as moment:
                _take_back(batch, by, moment)
    return left


def check_none_unfinished(division: Division) -> None:
    """Raise Unfinished (409) for a county of which an import was interrupted; the caller holds it."""
    if batch := ImportBatch.objects.unfinished().filter(division=division).first():
        raise Unfinished(refusals.UNFINISHED.format(batch=batch.pk, file=batch.file_name))


def _take_back(batch: ImportBatch, by: User | None, at: datetime) -> None:
    if connection.in_atomic_block:
        with transaction.atomic():
            _take_back_in_slices(batch, by, at)
    else:
        _take_back_in_slices(batch, by, at)


def _take_back_in_slices(batch: ImportBatch, by: User | None, at: datetime) -> None:
    slices, accounted = Slices(at), parts.rounds_of(batch)
    touched = parts.take_back(batch, by=batch.taken_back_by or by, at=at)
    rows = batch.rows.exclude(kind="unchanged").order_by("pk").defer("original")
    while some := list(rows.filter(pk__gt=batch.taken_back_to or 0)[:ROWS]):
        for part in slices.of(some):
            touched += _slice_taken_back(slices, batch, part, by, accounted)
    with slices.turn(last=True):
        batch.rolled_back_at, batch.finished_at = at, batch.finished_at or at
        batch.save(update_fields=["rolled_back_at", "finished_at"])
        after = {"rows_kept": sorted(set(touched))} if touched else None
        audit.write("import.rolled_back", batch, by=by, at=at, after=after, scope_code=batch.division.scope_code)


def _slice_taken_back(
    slices: Slices, batch: ImportBatch, part: Sequence[ImportedRow], by: User | None, accounted: Collection[UUID]
) -> list[int]:
    """The numbers of rows that stay. What somebody changes between the look and the lock is looked at again."""
    while True:
        restored = Restored(part, by=by, at=slices.at, accounted=accounted)
        try:
            with slices.turn():
                stay = restored.write()
                batch.taken_back_to = part[-1].pk
                batch.save(update_fields=["taken_back_to"])
            return stay
        except StaleInstitution:
            continue


def _check_nothing_later(batch: ImportBatch) -> None:
    """Raise CannotRollBack with the first row of whose institution something was recorded since the batch."""
    rows = batch.rows.exclude(kind="unchanged").filter(pk__gt=batch.taken_back_to or 0)
    there = rows.values_list("row_number", "institution", "institution__version", "institution__name", "before")
    entered = {
        licence: pk for _row, pk, _version, _name, before in there.iterator(ROWS) for licence in _licences(before)
    }
    later = _later(batch, entered)
    placed = _placed(there.iterator(ROWS))
    for row, pk, version, name, before in there.iterator(ROWS):
        if pk is None:
            raise CannotRollBack(refusals.ROW_OF_NOBODY.format(row=row))
        reason: str | Promise = next((reason for reason, found in later.items() if pk in found), "")
        if "version_left" not in (before or {}):
            reason = refusals.NOTHING_KEPT
        elif not reason and version != (before or {})["version_left"] and pk not in placed:
            reason = refusals.EDITED_SINCE
        if reason:
            raise CannotRollBack(refusals.ROW_HOLDS_BATCH.format(row=row, name=name, why=reason))


def _placed(rows: Iterator[tuple[Any, ...]]) -> set[UUID]:
    """Institutions of which nothing was written since but positions that a machine found."""
    versions = ((pk, (before or {}).get("version_left"), now) for _row, pk, now, _name, before in rows)
    later = [(pk, left, now) for pk, left, now in versions if pk is not None and left is not None and now > left]
    return {pk for at in range(0, len(later), ROWS) for pk in placed_since(later[at : at + ROWS])}


def _licences(before: dict[str, Any] | None) -> list[int]:
    return (before or {}).get("licences", [])


def _later(batch: ImportBatch, entered: dict[int, UUID]) -> dict[str | Promise, set[UUID]]:
    """Institutions of the batch of which something was recorded since, by what it was.

    Of a new institution all that is recorded is later, whatever the clocks say.
    """
    since = batch.recorded_at
    there = Institution.objects.filter(imported_rows__in=batch.rows.exclude(kind="unchanged"))
    new = Q(pk__in=batch.rows.filter(kind="new").values("institution"))
    later_import = ImportedRow.objects.exclude(kind="unchanged").exclude(batch=batch)
    later_import = later_import.filter(batch__recorded_at__gte=since, batch__rolled_back_at=None)
    licences = (
        Licence.objects.standing()
        .filter(institution__in=there)
        .filter(Q(recorded_at__gte=since) | Q(institution__in=there.filter(new)))
    )
    by_hand = {owner for pk, owner in licences.values_list("pk", "institution") if pk not in entered}

    rounds = Institution._meta.get_field("rectifications").related_model._default_manager.all()
    rounds = rounds.exclude(pk__in=parts.rounds_of(batch))
    visits = Institution._meta.get_field("visits").related_model._default_manager.filter(withdrawn_at=None)
    visits = visits.exclude(pk__in=parts.visits_of(batch))

    def of(condition: Q) -> set[UUID]:
        return set(there.filter(condition).values_list("pk", flat=True))

    return {
        refusals.IMPORTED_SINCE: of(Q(pk__in=later_import.values("institution"))),
        refusals.VISITED_SINCE: of(
            Q(pk__in=visits.filter(recorded_at__gte=since).values("institution"))
            | new & Q(pk__in=visits.values("institution"))
        ),
        refusals.ROUND_SINCE: of(
            Q(pk__in=rounds.filter(events__recorded_at__gte=since).values("institution"))
            | new & Q(pk__in=rounds.values("institution"))
        ),
        refusals.LICENCE_SINCE: by_hand,
        refusals.MERGED_SINCE: of(new & Q(merged_from__isnull=False)),
        refusals.LICENCE_TOUCHED_SINCE: _with_licences_touched(entered),
    }


def _with_licences_touched(entered: dict[int, UUID]) -> set[UUID]:
    """Institutions a licence of the batch is gone from, or had something done to it other than being entered."""
    audited = AuditRow.objects.filter(object_type=Licence._meta.label_lower).exclude(action="licence.added")
    touched = {int(pk) for pk in audited.values_list("object_id", flat=True).iterator()}
    gone = set(entered)
    if entered:
        there = Licence.objects.filter(pk__range=(min(entered), max(entered)))
        gone -= set(there.values_list("pk", flat=True).iterator())
    return {owner for pk, owner in entered.items() if owner is not None and (pk in touched or pk in gone)}
