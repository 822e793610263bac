"""The visits and rounds on file of the institutions that a ledger speaks of: read once, for all of its rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from inspections.actions.rectifications import last_asked_on
from inspections.imports import sentences
from inspections.models import OPEN_STATES, LedgerEntry, Rectification, State, Visit
from institutions.models import Institution
from institutions.moments import start_of

if TYPE_CHECKING:
    from inspections.imports.entries import Entry


@dataclass
class KnownVisit:
    """A visit that stands; `free` are the codes of its findings that no round holds."""

    pk: UUID | None  # None of one that a row before will record
    on: date
    at: datetime
    result: str
    free: set[str] = field(default_factory=set)


@dataclass
class KnownRound:
    """A round that is not voided. `judged_as` is "" where the survey of the row's own institution says it."""

    pk: UUID | None
    number: str
    state: str
    ordered_on: date
    opened_by: KnownVisit | None
    codes: set[str]
    judged_as: str
    outcome: str
    submitted_outcome: str
    submitted_on: date | None
    verified_on: date | None
    asked_on: date  # of the order, or of the last supplementary notice; before it it is not handed in
    struck_off_on: date | None = None  # as a ledger says
    returned: set[date] = field(default_factory=set)  # days of submissions by ledgers, of one that was sent back

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def awaits_submission(self) -> bool:
        return self.state in (State.ORDERED, State.RETURNED)


@dataclass
class Known:
    """What is on file of one institution, in the order in which it happened."""

    visits: list[KnownVisit] = field(default_factory=list)
    rounds: list[KnownRound] = field(default_factory=list)
    surveyed: bool = False  # by a row before
    surveyed_as: str = ""  # the licence status that it states

    def visit_on(self, day: date) -> KnownVisit | None:
        return next((each for each in self.visits if each.on == day), None)

    def round_opened_on(self, day: date) -> KnownRound | None:
        of_day = (each for each in self.rounds if each.ordered_on == day or each.opened_by and each.opened_by.on == day)
        return next(of_day, None)

    def seen_operating_after(self, day: date) -> date | None:
        """The last day after this one on which a visit found it operating."""
        days = [each.on for each in self.visits if each.on > day and each.result == Visit.Result.INSPECTED]
        return max(days, default=None)

    def add(self, entry: "Entry") -> None:
        """What a row before will have brought about, as far as later rows of the institution meet it."""
        if entry.purpose == Visit.Purpose.SURVEY:
            self.surveyed, self.surveyed_as = True, entry.status
        if entry.records:
            self.visits.append(KnownVisit(None, entry.visited_on, start_of(entry.visited_on), Visit.Result.INSPECTED))
        if entry.orders:
            state = State.SUBMITTED if entry.submits else State.ORDERED
            self.rounds.append(
                KnownRound(
                    None, str(sentences.OF_THIS_FILE.format(row=entry.read.row)), state, entry.visited_on, None,
                    set(entry.findings), entry.status, "", entry.outcome, entry.ended_on, None,
                    entry.visited_on,
                )
            )  # fmt: skip


class OnFile:
    def __init__(self, institutions: Iterable[UUID]):
        self._known: dict[UUID, Known] = defaultdict(Known)
        pks = list(institutions)
        visits: dict[UUID, KnownVisit] = {}
        seen = Visit.objects.standing().filter(institution__in=pks).exclude(result=Visit.Result.NO_ACCESS)
        for pk, owner, on, at, result in seen.order_by("happened_at").values_list(
            "pk", "institution", "happened_on", "happened_at", "result"
        ):
            visits[pk] = KnownVisit(pk, on, at, result)
            self._known[owner].visits.append(visits[pk])
        voided_or_none = seen.filter(findings__isnull=False).values_list(
            "pk", "findings__type", "findings__rectification__state"
        )
        for pk, code, state in voided_or_none:
            if state in (None, State.VOIDED):
                visits[pk].free.add(code)
        self._read_rounds(pks, visits)

    def _read_rounds(self, pks: list[UUID], visits: dict[UUID, KnownVisit]) -> None:
        rounds = Rectification.objects.standing().filter(institution__in=pks).select_related("institution")
        for each in rounds.prefetch_related("findings", "ledger_entries").order_by("round_no"):
            waits = each.state in (State.ORDERED, State.RETURNED)
            known = KnownRound(
                each.pk, each.number, each.state, each.ordered_on, visits.get(each.opened_by_visit_id),  # type: ignore[arg-type]
                {finding.type_id for finding in each.findings.all()}, each.judged_as, each.outcome,
                each.submitted_outcome, each.submitted_on, each.verified_on,
                last_asked_on(each) if waits else each.ordered_on,
            )  # fmt: skip
            self._say_of_ledgers(known, [entry for entry in each.ledger_entries.all() if entry.taken_back_at is None])
            self._known[each.institution_id].rounds.append(known)

    def _say_of_ledgers(self, known: KnownRound, entries: list[LedgerEntry]) -> None:
        for entry in sorted(entries, key=lambda each: each.pk):
            if entry.ends:
                known.struck_off_on = entry.struck_off_on
            if entry.submitted and entry.ended_on and known.state == State.RETURNED:
                known.returned.add(entry.ended_on)

    def of(self, institution: Institution | None) -> Known:
        return self._known[institution.pk] if institution is not None else Known()
