"""Do what the plan of a ledger says, through the usual actions, and take it back by adding."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import DataError, IntegrityError

from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import has_permission
from accounts.roles import Permission
from inspections.actions import (
    LEDGER,
    NewFinding,
    NewOrder,
    SentVisit,
    Submission,
    order_rectification,
    record_visit,
)
from inspections.imports import sentences
from inspections.imports.entries import Entry
from inspections.models import LedgerEntry, Outcome, Rectification, Visit
from institutions.imports import progress, refusals
from institutions.imports.commit import NotCommitted
from institutions.imports.slices import Slices
from institutions.models import ImportBatch, Institution
from institutions.moments import start_of

NEEDED = (Permission.RECORD_VISIT, Permission.ORDER, Permission.SUBMIT)
OF_LEDGERS = uuid.UUID("6a1c8a0e-6c5b-4c0a-9f43-0d9a5f6b7e21")
AFTERWARDS = timedelta(minutes=1)  # a recheck of the same day comes after the visit


class MayNot(Refusal):
    """Whoever imports may not record what the ledger says."""

    code = "forbidden"
    status = 403


class Writer:
    """Writes the entries of one batch, in the order of their days, each some 20 ms: a few in a transaction."""

    def __init__(self, batch: ImportBatch, by: User, at: datetime):
        self.batch, self.by, self.at = batch, by, at
        scope_code = batch.division.scope_code
        if not all(has_permission(by, needed, scope_code) for needed in NEEDED):
            raise MayNot(sentences.NO_PERMISSION.format(user=by))

    def write(self, entries: list[Entry], institutions: Mapping[tuple[str, int], Institution]) -> None:
        here = [each for each in entries if (each.row.sheet, each.row.row) in institutions]
        here.sort(key=lambda each: (each.visited_on, each.row.columns["name"], each.read.row))
        slices, done = Slices(self.at, first=1, fewest=1), 0
        for some in slices.of(here):
            progress.at("recording", done, len(here))
            done += len(some)
            with slices.turn():
                for entry in some:
                    self._write(entry, institutions[entry.row.sheet, entry.row.row])

    def _write(self, entry: Entry, institution: Institution) -> None:
        try:
            self._do(entry, institution)
        except (Refusal, IntegrityError, DataError) as problem:
            said = {"row": entry.read.row, "name": institution.name, "why": problem}
            raise NotCommitted(refusals.ROW_NOT_WRITTEN.format(**said)) from problem

    def _do(self, entry: Entry, institution: Institution) -> None:
        visit = self._visit(entry, institution) if entry.records else None
        round_ = self._round(entry, visit)
        recheck = self._recheck(entry, institution, round_) if entry.submits and round_ is not None else None
        ends = bool(entry.ended_on) and (entry.submits or entry.strikes_off)
        LedgerEntry.objects.create(
            batch=self.batch,
            sheet=entry.read.sheet[:100],
            row_number=entry.read.row,
            institution=institution,
            visit=visit,
            recheck=recheck,
            rectification=round_,
            ordered=entry.orders,
            submitted=entry.submits,
            ends=ends,
            ended_on=entry.ended_on if ends else None,
            struck_off_on=entry.struck_off_on if ends else None,
            stated=entry.stated,
        )

    def _visit(self, entry: Entry, institution: Institution) -> Visit:
        return self._record(
            SentVisit(
                id=_free_id(institution, "visit", entry.visited_on),
                institution=institution,
                purpose=entry.purpose,
                result=Visit.Result.INSPECTED,
                happened_at=start_of(entry.visited_on),
                inspectors=tuple(entry.inspectors),
                findings=tuple(NewFinding(code, words) for code, words in sorted(entry.findings.items())),
                order=NewOrder(entry.due_on, entry.measure) if entry.orders else None,
                note=entry.note,
                licence_status=entry.status,
                source=LEDGER,
            )
        )

    def _record(self, sent: SentVisit) -> Visit:
        receipt = record_visit(sent, by=self.by, received_at=self.at)
        return Visit.objects.get(pk=receipt.id)

    def _round(self, entry: Entry, visit: Visit | None) -> Rectification | None:
        """The round on file, or the one that was ordered; a visit on file is ordered now."""
        if entry.round_ is not None:
            return Rectification.objects.get(pk=entry.round_.pk)
        if not entry.orders:
            return None
        if visit is not None:
            held = Rectification.objects.filter(findings__visit=visit).first()
            if held is None:  # recording it says why
                raise Refusal("".join(visit.warnings))
            return held
        assert entry.visit is not None
        return order_rectification(
            Visit.objects.get(pk=entry.visit.pk),
            by=self.by, on=entry.visited_on, due_on=entry.due_on, measure=entry.measure, at=self.at,
        )  # fmt: skip

    def _recheck(self, entry: Entry, institution: Institution, round_: Rectification) -> Visit:
        """The visit that saw it put right, or closed, with which the round is handed in."""
        assert entry.ended_on is not None
        opened = round_.opened_by_visit
        not_before = opened.happened_at + AFTERWARDS if opened is not None else start_of(entry.ended_on)
        closed = entry.outcome == Outcome.CLOSED
        put_right = () if closed else tuple(round_.findings.order_by("pk").values_list("pk", flat=True))
        return self._record(
            SentVisit(
                id=_free_id(institution, "recheck", entry.ended_on),
                institution=institution,
                purpose=Visit.Purpose.RECHECK,
                result=Visit.Result.CEASED if closed else Visit.Result.INSPECTED,
                happened_at=max(start_of(entry.ended_on) + AFTERWARDS, not_before),
                inspectors=tuple(entry.rechecked_by),
                submits=Submission(round_.pk, entry.outcome, put_right, entry.registered_scope),
                note=entry.recheck_note,
                source=LEDGER,
            )
        )


def _free_id(institution: Institution, what: str, day: date) -> uuid.UUID:
    """The same for the same row, so that it is stored once; another for one that was withdrawn."""
    number = 0
    while True:
        number += 1
        found = uuid.uuid5(OF_LEDGERS, f"{institution.pk} {what} {day} {number}")
        if not Visit.objects.filter(pk=found, withdrawn_at__isnull=False).exists():
            return found
