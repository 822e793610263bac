"""What the rows of a ledger would do: which visits, orders and submissions, in words; what is wrong or asked.

A row is of the round that was opened by the visit of its day: with one on file only what is missing is added, so that
the same ledger again does nothing, and next month's adds what has been completed since.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.errors import enumerated
from inspections.imports import sentences
from inspections.imports.ending import ENDINGS, Ending
from inspections.imports.entries import MOST_NOTE, Entry, Held, OfAFile, Postponed
from inspections.imports.on_file import Known, KnownRound
from inspections.imports.reading import Stated, merged, without_result
from inspections.imports.visiting import Visiting
from inspections.imports.vocabulary import PREFIX
from inspections.models import Outcome, State, Visit
from institutions.imports.columns import Remark
from institutions.imports.planned import Effect, PlannedRow
from institutions.imports.questions import Questions
from institutions.imports.read_row import ReadRow
from institutions.models import Division, LicenceStatus


class Planner(OfAFile):
    """Plans the rows of one file."""

    def __init__(self, rows: Sequence[PlannedRow], division: Division, questions: Questions):
        super().__init__(rows, division, questions)
        self.held: set[tuple[str, int]] = set()
        self.entries: list[Entry] = []
        for row in rows:
            self._row(row)
        self._sum_up()

    def _row(self, row: PlannedRow) -> None:
        """The rows of one institution, in the order of their days; several of one day are one visit."""
        known = self.on_file.of(row.institution)
        by_day: dict[date | None, list[ReadRow]] = defaultdict(list)
        for read in (row.read, *row.read.more):
            by_day[Stated.of(read.said).visited_on].append(read)
        for day in sorted(by_day, key=lambda each: each or date.max):
            reads = sorted(by_day[day], key=lambda each: (each.sheet, each.row))
            stated = [Stated.of(each.said) for each in reads]
            for place in without_result(stated):
                self.warn(reads[place], "outcome", sentences.OPEN_WITHOUT_RESULT)
            said = merged(stated)
            if not said.says_nothing:
                self._entry(row, reads[0], said, known)

    def _entry(self, row: PlannedRow, read: ReadRow, said: Stated, known: Known) -> None:
        try:
            entry = _OfARow(self, row, read, said, known).entry()
        except Postponed as why:
            self.warn(read, "problems", sentences.HELD.format(why=why))
        except Held:
            self.held.add((row.sheet, row.row))
        else:
            if entry.does_something:
                row.of_parts += self._effects(entry)
                self.entries.append(entry)
                known.add(entry)

    def _effects(self, entry: Entry) -> list[Effect]:
        """The row's words of what it would do."""
        effects = []
        items = self.catalogues.on(entry.visited_on).items
        found = enumerated(items[code] for code in entry.findings)
        if entry.records:
            survey = entry.purpose == Visit.Purpose.SURVEY
            said = [str(entry.visited_on)]
            if survey and entry.status:
                said.append(str(LicenceStatus(entry.status).label))
            if entry.inspectors:
                said.append(sentences.BY.format(names=enumerated(self.people.called(entry.inspectors))))
            said.append(sentences.FOUND.format(findings=found) if found else str(sentences.FOUND_NOTHING))
            effects.append(_effect("visit", sentences.SURVEY if survey else sentences.VISIT, said))
        if entry.orders:
            effects.append(_effect("order", sentences.ORDER, [found, sentences.DUE.format(due=entry.due_on)]))
        if entry.submits:
            outcome = Outcome(entry.outcome).label
            effects.append(
                _effect("submit", sentences.SUBMIT, [sentences.ENDS_AS.format(on=entry.ended_on, outcome=outcome)])
            )
        if entry.submits or entry.strikes_off:
            day = entry.struck_off_on
            waits = sentences.WAITS.format(on=day) if day else str(sentences.WAITS_FOR_DAY)
            effects.append(_effect("strike_off", sentences.STRIKE_OFF, [waits]))
        return effects

    def _sum_up(self) -> None:
        if self.entries:
            counted = sentences.COUNTED.format(
                visits=sum(each.records for each in self.entries),
                orders=sum(each.orders for each in self.entries),
                submitted=sum(each.submits for each in self.entries),
            )
            self.warnings.append(Remark(0, "", counted))


class _OfARow(Visiting, Ending):
    """Goes through one row, column by column."""

    def entry(self) -> Entry:
        visited_on = self._visited_on()
        self._check_days(visited_on)
        known = self.known
        entry = Entry(self.row, self.read, visited_on, *self._survey(visited_on))
        entry.stated = {key: str(value) for key, value in self.read.said.items() if value not in (None, "", [])}
        judged = self._judged(entry)
        try:
            self._find(entry, judged)
        except Held:
            self._ending()  # asks what it asks now, too
            raise
        self._say_who(entry)
        entry.round_ = known.round_opened_on(visited_on)
        entry.visit = entry.round_.opened_by if entry.round_ else known.visit_on(visited_on)
        entry.records = entry.visit is None
        if entry.round_ is not None:
            judged = entry.round_.judged_as or judged
            self._compare_findings(entry)
        else:
            self._order(entry, known.rounds)
        self._end(entry, judged or self._found_status(entry))
        entry.rechecked_by, _unknown = self.planner.people.named(self.said.recheckers, entry.ended_on or visited_on)
        self._note(entry)
        if self.wrong:
            raise Held
        return entry

    # --- The round

    def _compare_findings(self, entry: Entry) -> None:
        assert entry.round_ is not None
        more = [code for code in entry.findings if code not in entry.round_.codes]
        if more:
            said = sentences.MORE_FINDINGS.format(number=entry.round_.number, findings=enumerated(more))
            self._warn("problems", said)

    def _order(self, entry: Entry, rounds: Sequence[KnownRound]) -> None:
        """Whether the visit's problems are ordered put right, as recording it would do."""
        if not entry.findings:
            return
        if entry.visit is not None and not entry.findings.keys() <= entry.visit.free:
            missing = [code for code in entry.findings if code not in entry.visit.free]
            why = sentences.WHY_OTHER_VISIT.format(on=entry.visited_on, findings=enumerated(missing))
            raise Postponed(why)
        later = [each.verified_on for each in rounds if each.verified_on and each.verified_on > entry.visited_on]
        if later:
            self._warn("problems", sentences.NOT_ORDERED.format(on=max(later)))
            return
        open_round = next((each for each in rounds if each.is_open), None)
        if open_round is not None:
            if open_round.state == State.SUBMITTED:
                raise Postponed(sentences.WHY_SUBMITTED.format(number=open_round.number))
            if self._ending() in ENDINGS or open_round.ordered_on > entry.visited_on:
                raise Postponed(sentences.WHY_OTHER_ROUND.format(number=open_round.number))
            self._warn("problems", sentences.SUPPLEMENTED.format(number=open_round.number))
        entry.orders = True
        entry.measure = (self.said.demand or self.said.measures)[:MOST_NOTE]
        entry.due_on = self._due_on(entry.visited_on, entry.findings)


def _effect(name: str, title: Any, said: list[str]) -> Effect:
    return Effect(PREFIX + name, str(title), None, str(sentences.AND).join(said))
