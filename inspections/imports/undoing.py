"""Take back what a batch wrote of a ledger: rounds are voided, submissions returned, visits withdrawn, with the reason.

Two persons, as for any voiding: whoever imported the rounds does not take them back. What rests on it since, says so.
Of a batch that never ended nobody was told: anybody takes it back, whoever imported it too.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.errors import Refusal
from accounts.models import User
from inspections.actions import return_rectification, void_rectification, withdraw_notice, withdraw_visit
from inspections.imports import sentences
from inspections.models import LedgerEntry, Notice, Rectification, State, Visit
from institutions.imports import progress
from institutions.imports.rollback import CannotRollBack
from institutions.imports.slices import Slices
from institutions.models import ImportBatch
from institutions.moments import day_of


def rounds_of(batch: ImportBatch) -> Collection[UUID]:
    """The rounds that a batch ordered or handed in."""
    moved = LedgerEntry.objects.filter(Q(ordered=True) | Q(submitted=True), batch=batch, rectification__isnull=False)
    return set(moved.order_by().values_list("rectification_id", flat=True))


def visits_of(batch: ImportBatch) -> Collection[UUID]:
    """The visits that a batch recorded, rechecks too."""
    made = LedgerEntry.objects.standing().filter(batch=batch).order_by().values_list("visit_id", "recheck_id")
    return {pk for pair in made for pk in pair if pk is not None}


def check_taking_back(batch: ImportBatch, *, by: User | None, at: datetime) -> None:
    """Raises CannotRollBack (409) with the first row on which something rests, Refusal where no person is named, and
    what the actions refuse: FourEyes (403) for whoever ordered the rounds."""
    entries = _entries(batch)
    if not entries:
        return
    if by is None:
        raise Refusal(str(sentences.NEEDS_ANOTHER))
    for entry in entries:
        if why := _rests_on(entry, batch):
            said = {"row": entry.row_number, "name": entry.institution.name, "why": why}
            raise CannotRollBack(sentences.ROW_HOLDS.format(**said))
    own = set(Rectification.objects.filter(ordered_by=by, pk__in=rounds_of(batch)).values_list("pk", flat=True))
    _try(next((entry for entry in entries if entry.rectification_id in own), entries[-1]), by, at)


def _try(entry: LedgerEntry, by: User, at: datetime) -> None:
    """Take an entry back, and leave it as it was: what the actions refuse is refused before anything is written."""
    with Slices(at).turn(), transaction.atomic():
        _take_back(entry, by, at)
        transaction.set_rollback(True)


def take_back(batch: ImportBatch, *, by: User | None, at: datetime) -> list[int]:
    """Effects: those of the actions, each with the reason, in slices; the entries are kept. One that never ended, and
    where no person is named, in the name of whoever imported it. Gives the numbers of rows on which something rests by
    now: they stay."""
    unfinished = batch.finished_at is None
    by, slices, stay = by or batch.by, Slices(at, first=1, fewest=1), list[int]()
    if by is None:
        return stay
    entries, done = _entries(batch)[::-1], 0
    for some in slices.of(entries):
        progress.at("undoing", done, len(entries))
        done += len(some)
        with slices.turn():
            for entry in some:
                if _rests_on(entry, batch):
                    stay.append(entry.row_number)
                else:
                    _take_back(entry, by, at, unfinished=unfinished)
    return stay


def _entries(batch: ImportBatch) -> list[LedgerEntry]:
    standing = LedgerEntry.objects.standing().filter(batch=batch)
    return list(standing.select_related("batch", "institution", "visit", "recheck"))


def _rests_on(entry: LedgerEntry, batch: ImportBatch) -> str:
    """What was done since in the round of an entry; "" when nothing was."""
    round_ = entry.rectification
    if round_ is None or not (entry.ordered or entry.submitted):
        return ""
    said = {"number": round_.number}
    if round_.state == State.VERIFIED:
        return sentences.STRUCK_OFF_SINCE.format(**said)
    undone = LedgerEntry.objects.filter(rectification=round_, taken_back_at__isnull=False).select_related("batch")
    moments = {
        batch.recorded_at,
        *(moment for each in undone for moment in (each.batch.recorded_at, each.taken_back_at)),
    }
    later = round_.events.filter(recorded_at__gt=batch.recorded_at).exclude(recorded_at__in=moments)
    if later.filter(visit__isnull=False, visit__withdrawn_at__isnull=True).exists():
        return sentences.VISITED_SINCE.format(**said)
    return sentences.MOVED_SINCE.format(**said) if later.exists() else ""


def _take_back(entry: LedgerEntry, by: User, at: datetime, *, unfinished: bool = False) -> None:
    on, reason = day_of(at), str(sentences.TAKEN_BACK.format(file=entry.batch.file_name))[:300]
    round_ = _current(entry)
    if entry.submitted and round_ is not None and round_.state == State.SUBMITTED:
        return_rectification(round_, by=by, on=on, version=round_.version, reason=reason, at=at)
    if entry.ordered and round_ is not None:
        _take_order_back(entry, by, on, reason, at, unfinished)
    for visit in (entry.recheck, entry.visit):
        if visit is not None:
            withdraw_visit(visit, by=by, reason=reason, at=at, unfinished=unfinished)
    entry.taken_back_at = at
    entry.save(update_fields=["taken_back_at"])


def _take_order_back(entry: LedgerEntry, by: User, on: date, reason: str, at: datetime, unfinished: bool) -> None:
    """The round, or the supplementary notice where another round was open."""
    round_ = _current(entry)
    if round_ is None or round_.state == State.VOIDED:
        return
    if _opened_by(round_, entry.visit):
        void_rectification(round_, by=by, on=on, version=round_.version, reason=reason, at=at, unfinished=unfinished)
        return
    notice = round_.notices.filter(kind=Notice.Kind.SUPPLEMENT, visit=entry.visit).first()
    if notice is not None:
        withdraw_notice(
            round_, by=by, on=on, version=round_.version, notice=notice.pk, reason=reason, at=at, unfinished=unfinished
        )


def _opened_by(round_: Rectification, visit: Visit | None) -> bool:
    """Whether the round was opened by this visit; by one that was on file before, where the entry made none."""
    return visit is None or round_.opened_by_visit_id == visit.pk


def _current(entry: LedgerEntry) -> Rectification | None:
    return Rectification.objects.filter(pk=entry.rectification_id).first()
