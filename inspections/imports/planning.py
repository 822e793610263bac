"""What the rows of a ledger would do: which visits, orders and submissions, in words; what is wrong or asked.

A row is of the round that was opened by the visit of its day: with one on file only what is missing is added, so that
the same ledger again does nothing, and next month's adds what has been completed since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.errors import enumerated
from inspections.actions.notices import usual_due_on
from inspections.actions.rounds import LONGEST_TERM
from inspections.imports import sentences
from inspections.imports.on_file import KnownRound, KnownVisit, OnFile
from inspections.imports.people import People
from inspections.imports.problems import Catalogues, Matched
from inspections.imports.reading import Stated, Term, outcome_of
from inspections.imports.vocabulary import DONE, OPEN, OPERATING, PREFIX, SUSPENDED
from inspections.models import LEGAL_OUTCOMES, Outcome, State, Visit
from institutions.id_numbers import in_any_form
from institutions.imports.columns import Remark
from institutions.imports.matching import Effect, PlannedRow
from institutions.imports.questions import Questions
from institutions.models import Division, Licence, LicenceStatus
from institutions.moments import EARLIEST, today

HOLD, WORDS, NOT_A_SURVEY, AT_COMPLETION, AT_VERIFICATION = (
    "hold",
    "words",
    "not_surveyed",
    "completion",
    "verification",
)
MOST_NOTE = 300  # characters of a finding's note
ENDINGS = {*Outcome.values, DONE}


@dataclass
class Entry:
    """What one row would do. `visit` and `round_` are those on file that it is of; None where it makes them."""

    row: PlannedRow
    visited_on: date
    purpose: str
    status: str  # the licence status stated with the visit, where that is the first survey
    findings: dict[str, str] = field(default_factory=dict)  # code -> the words of the ledger
    inspectors: list[str] = field(default_factory=list)
    note: str = ""
    measure: str = ""
    due_on: date | None = None
    visit: KnownVisit | None = None
    round_: KnownRound | None = None
    records: bool = False  # makes the visit
    orders: bool = False
    submits: bool = False
    outcome: str = ""
    ended_on: date | None = None
    registered_scope: str = ""
    rechecked_by: list[str] = field(default_factory=list)
    recheck_note: str = ""
    struck_off_on: date | None = None
    stated: dict[str, str] = field(default_factory=dict)  # the row's own words, by column
    strikes_off: bool = False  # says a day of strike-off that is not on file yet

    @property
    def does_something(self) -> bool:
        return self.records or self.orders or self.submits or self.strikes_off


class Held(Exception):
    """The row waits for an answer, or is wrong: nothing of it is planned, nor of its institution."""


class Postponed(Exception):
    """The row's visit and round are not recorded for a reason that is said; its institution is."""


class Planner:
    """Plans the rows of one file; the rows of an institution in the order of their days."""

    def __init__(self, rows: Sequence[PlannedRow], division: Division, questions: Questions):
        self.division, self.questions, self.today = division, questions, today()
        self.errors: list[Remark] = []
        self.warnings: list[Remark] = []
        self.held: set[tuple[str, int]] = set()
        self.entries: list[Entry] = []
        self.catalogues = Catalogues(division.scope_code)
        self.people = People(division.scope_code)
        self.on_file = OnFile(row.institution.pk for row in rows if row.institution is not None)
        for row in rows:
            self._row(row)
        self._sum_up()

    def _row(self, row: PlannedRow) -> None:
        said = Stated.of(row.read.said)
        if said.says_nothing:
            return
        try:
            entry = _OfARow(self, row, said).entry()
        except Postponed as why:
            self.warn(row, "problems", sentences.HELD.format(why=why))
        except Held:
            self.held.add((row.sheet, row.row))
        else:
            if entry.does_something:
                row.of_parts += self._effects(entry)
                self.entries.append(entry)

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

    # --- What is said

    def title(self, row: PlannedRow, key: str) -> str:
        """What the file calls a column, or what it would be called."""
        table = row.read.table
        if PREFIX + key in table.places:
            return table.titled(PREFIX + key)
        return str(sentences.PLACES.get(key, sentences.PLACES["problems"]))

    def warn(self, row: PlannedRow, key: str, message: Any, received: Any = "") -> None:
        self.warnings.append(Remark(row.row, self.title(row, key), str(message), str(received), sheet=row.sheet))

    def refuse(self, row: PlannedRow, key: str, message: Any, received: Any = "") -> None:
        self.errors.append(Remark(row.row, self.title(row, key), str(message), str(received), sheet=row.sheet))


class _OfARow:
    """Goes through one row, column by column."""

    def __init__(self, planner: Planner, row: PlannedRow, said: Stated):
        self.planner, self.row, self.said, self.questions = planner, row, said, planner.questions
        self.wrong = False

    def entry(self) -> Entry:
        visited_on = self._visited_on()
        self._check_days(visited_on)
        known = self.planner.on_file.of(self.row.institution)
        entry = Entry(self.row, visited_on, *self._survey(visited_on))
        entry.stated = {key: str(value) for key, value in self.row.read.said.items() if value not in (None, "", [])}
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
        self._end(entry, judged)
        entry.rechecked_by, _unknown = self.planner.people.named(self.said.recheckers, entry.ended_on or visited_on)
        self._note(entry)
        if self.wrong:
            raise Held
        return entry

    def _refuse(self, key: str, message: Any, received: Any = "") -> None:
        self.planner.refuse(self.row, key, message, received)
        self.wrong = True

    def _warn(self, key: str, message: Any, received: Any = "") -> None:
        self.planner.warn(self.row, key, message, received)

    def _ask(self, question: str, message: Any, choices: dict[str, Any], *, key: str, **more: Any) -> str:
        """The answer. Raises Held while there is none, Postponed when it is to wait."""
        column = self.planner.title(self.row, key)
        more.setdefault("sheet", self.row.sheet if more.get("scope", "row") == "row" else "")
        answer = self.questions.ask(question, message, choices, row=self.row.row, column=column, **more)
        if answer is None:
            raise Held
        if answer == HOLD:
            raise Postponed(sentences.WHY_ANSWER)
        return answer

    # --- Days

    def _visited_on(self) -> date:
        found = self.said.visited_on or self.row.columns["surveyed_on"]
        if found is None:
            choices = {HOLD: sentences.HOLD}
            answer = self._ask(
                "ledger.visited_on", sentences.ASK_VISITED_ON, choices, key="visited_on", scope="file", takes_day=True
            )
            found = date.fromisoformat(answer)
        return found

    def _check_days(self, visited_on: date) -> None:
        said = self.said
        for key, day in (
            ("visited_on", visited_on), ("done_on", said.done_on), ("rechecked_on", said.rechecked_on),
            ("struck_off_on", said.struck_off_on),
        ):  # fmt: skip
            if day is not None and not EARLIEST <= day <= self.planner.today:
                self._refuse(key, sentences.IN_THE_FUTURE.format(day=day), day)
        if self.wrong:
            raise Held
        done, rechecked = said.done_on, said.rechecked_on
        if done and done < visited_on:
            self._refuse("done_on", sentences.DONE_BEFORE_VISIT.format(done=done, visited=visited_on), done)
        if rechecked and rechecked < visited_on:
            message = sentences.RECHECK_BEFORE_VISIT.format(rechecked=rechecked, visited=visited_on)
            self._refuse("rechecked_on", message, rechecked)
        elif rechecked and done and rechecked < done:
            message = sentences.RECHECK_BEFORE_DONE.format(rechecked=rechecked, done=done)
            self._refuse("rechecked_on", message, rechecked)
        ended = max((day for day in (done, rechecked) if day), default=visited_on)
        if said.struck_off_on and said.struck_off_on < ended:
            message = sentences.STRUCK_OFF_EARLY.format(struck=said.struck_off_on, done=ended)
            self._refuse("struck_off_on", message, said.struck_off_on)
        if self.wrong:
            raise Held

    def _due_on(self, visited_on: date, codes: Iterable[str]) -> date:
        due = self.said.due
        if due is None:
            items = self.planner.catalogues.on(visited_on).items
            day = usual_due_on([items[code] for code in codes], visited_on)
            self._warn("due_on", sentences.DUE_BY_SEVERITY.format(due=day))
            return day
        day = due.after(visited_on) if isinstance(due, Term) else due
        if day < visited_on:
            self._refuse("due_on", sentences.DUE_BEFORE_VISIT.format(due=day, visited=visited_on), day)
        elif day > visited_on + LONGEST_TERM:
            self._refuse("due_on", sentences.DUE_TOO_LATE.format(due=day), day)
        return day

    # --- The visit

    def _survey(self, visited_on: date) -> tuple[str, str]:
        """The purpose of the visit, and the licence status that is stated with it: the first visit is the survey."""
        found = self.row.institution
        status = self.row.read.stated_status
        if self.row.columns["surveyed_on"] or (found and found.surveyed_on):
            if found is not None and status not in ("", found.licence_status_at_survey):
                on_file = LicenceStatus(found.licence_status_at_survey).label
                said = sentences.STATUS_KEPT.format(on_file=on_file, given=LicenceStatus(status).label)
                self._warn("licence_status", said, status)
            return Visit.Purpose.ROUTINE, ""
        if status or self._says_status(visited_on):
            return Visit.Purpose.SURVEY, status
        choices = {str(value): str(label) for value, label in LicenceStatus.choices}
        answer = self._ask(
            "ledger.licence_status", sentences.ASK_STATUS,
            choices | {NOT_A_SURVEY: sentences.NOT_A_SURVEY, HOLD: sentences.HOLD}, key="problems", scope="file",
        )  # fmt: skip
        return (Visit.Purpose.ROUTINE, "") if answer == NOT_A_SURVEY else (Visit.Purpose.SURVEY, answer)

    def _says_status(self, visited_on: date) -> bool:
        """Whether the problems, or licences on file or in the row, say what the status is."""
        catalogue = self.planner.catalogues.on(visited_on)
        found = (each.code for wording in self.said.wordings for each in catalogue.match(wording))
        answered = (self.questions.answers.get(_finding_key(wording), "") for wording in self.said.wordings)
        codes = {*found, *answered} & catalogue.items.keys()
        return any(catalogue.items[code].meaning for code in codes) or self._on_file(visited_on) != LicenceStatus.NONE

    def _on_file(self, day: date) -> str:
        """The licence status that the licences on file, and those of the row, say of a day."""
        found = self.row.institution
        kinds = {each.kind for each in self.row.licences if each.valid_from <= day <= (each.valid_to or date.max)}
        if found is not None:
            kinds |= {
                each.kind
                for each in found.licences.all()
                if each.valid_from <= day <= (each.valid_to or date.max)
                and (each.revoked_on is None or each.revoked_on > day)
            }
        if Licence.Kind.PERMIT in kinds:
            return LicenceStatus.FULL if Licence.Kind.REGISTRATION in kinds else LicenceStatus.PERMIT_ONLY
        return LicenceStatus.REGISTRATION_ONLY if Licence.Kind.REGISTRATION in kinds else LicenceStatus.NONE

    def _judged(self, entry: Entry) -> str:
        """The licence status by which its round is judged, as far as survey, row and licences say it; "" where only the
        problems may."""
        found = self.row.institution
        survey = self.row.columns["licence_status_at_survey"] or (found.licence_status_at_survey if found else "")
        on_file = self._on_file(entry.visited_on)
        return survey or entry.status or (on_file if on_file != LicenceStatus.NONE else "")

    def _find(self, entry: Entry, status: str) -> None:
        """The problems as items of the catalogue of that day; what is in doubt is asked about, each wording once."""
        catalogue = self.planner.catalogues.on(entry.visited_on)
        waiting, matched = False, list[Matched]()
        for wording in self.said.wordings:
            for each in catalogue.match(wording, status):
                if each.code:
                    matched.append(each)
                    continue
                try:
                    matched.append(Matched(each.wording, self._ask_finding(each.wording, catalogue)))
                except Held:
                    waiting = True
        if waiting:
            raise Held
        for each in matched:
            if each.code == WORDS:
                self._warn("problems", sentences.NOT_IN_CATALOGUE.format(wording=each.wording), each.wording)
                continue
            if each.near:
                item = catalogue.items[each.code]
                self._warn("problems", sentences.NEAR_WORDING.format(wording=each.wording, item=item), each.wording)
            before = entry.findings.get(each.code)
            entry.findings[each.code] = f"{before}；{each.wording}" if before else each.wording
        entry.findings = dict(sorted(entry.findings.items()))
        for code, words in entry.findings.items():
            if len(words) > MOST_NOTE:
                entry.findings[code] = words[:MOST_NOTE]
                self._warn("problems", sentences.NOTE_CUT.format(most=MOST_NOTE))
        for code in entry.findings:
            if entry.status and catalogue.items[code].meaning not in ("", entry.status):
                stated, item = LicenceStatus(entry.status).label, catalogue.items[code]
                self._refuse("problems", sentences.STATUS_DENIES.format(status=stated, item=item))

    def _ask_finding(self, wording: str, catalogue: Any) -> str:
        choices = catalogue.choices(wording) | {WORDS: sentences.NOT_AN_ITEM, HOLD: sentences.HOLD}
        asked = sentences.ASK_FINDING.format(wording=wording)
        return self._ask(_finding_key(wording), asked, choices, key="problems", scope="file")

    def _say_who(self, entry: Entry) -> None:
        entry.inspectors, unknown = self.planner.people.named(self.said.inspectors, entry.visited_on)
        if unknown:
            self._warn("inspectors", sentences.NAMES_KEPT.format(names=enumerated(unknown)), self.said.inspectors)

    def _note(self, entry: Entry) -> None:
        """The words of the ledger, kept with the visits that come of it."""
        said = self.said
        entry.note = self._lines(
            inspectors=said.inspectors, problems="；".join(said.wordings), found=said.found, remark=said.remark
        )
        entry.recheck_note = self._lines(
            progress=said.progress, outcome=said.outcome, done_on=str(said.done_on or ""),
            recheckers=said.recheckers, recheck=said.recheck,
        )  # fmt: skip
        if in_any_form(entry.note) or in_any_form(entry.recheck_note) or in_any_form(entry.measure):
            self._refuse("problems", sentences.TEXT_REFUSED)

    def _lines(self, **texts: str) -> str:
        lines = [
            str(sentences.NOTE.format(title=self.planner.title(self.row, key), text=text))
            for key, text in texts.items()
            if text
        ]
        return "\n".join([str(sentences.FROM_LEDGER), *lines])

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

    def _ending(self) -> str:
        """How the row says that it ended: an outcome, DONE, OPEN; asked where its words say none for certain."""
        said, words = self.said, self.said.ending
        found = outcome_of(said.outcome) or (outcome_of(said.progress) if not said.outcome else "")
        if found == SUSPENDED:
            self._warn("outcome", sentences.SUSPENDED_IS_OPEN.format(given=words), words)
            return OPEN
        if found:
            return found
        ended = said.done_on or said.struck_off
        if words and (said.outcome or ended):
            choices = {str(value): str(label) for value, label in Outcome.choices}
            choices |= {OPEN: sentences.STILL_OPEN, HOLD: sentences.HOLD}
            asked = sentences.ASK_OUTCOME.format(given=words)
            return self._ask(f"outcome:{words}"[:200], asked, choices, key="outcome", scope="file")
        return DONE if ended else OPEN

    def _end(self, entry: Entry, judged: str) -> None:
        """Submission and strike-off, of the round on file or the one that the row orders."""
        ending, said = self._ending(), self.said
        words = said.ending
        if ending not in ENDINGS:
            if said.done_on:
                self._refuse("done_on", sentences.OPEN_BUT_DONE.format(given=words, done=said.done_on), said.done_on)
            elif said.struck_off:
                self._refuse("struck_off", sentences.STRUCK_OFF_BUT_OPEN.format(given=words))
            return
        if entry.round_ is None and not entry.orders:
            if not entry.findings:
                self._refuse("outcome", sentences.DONE_WITHOUT_PROBLEM.format(given=words or said.done_on), words)
            return
        entry.outcome = self._outcome(entry, ending, judged)
        entry.ended_on = self._ended_on(entry)
        self._check_closed(entry)
        round_ = entry.round_
        if round_ is not None and round_.awaits_submission and entry.ended_on < round_.ordered_on:
            message = sentences.DONE_BEFORE_ORDER.format(
                done=entry.ended_on, number=round_.number, on=round_.ordered_on
            )
            self._refuse("done_on", message, entry.ended_on)
        if round_ is not None and round_.state == State.VERIFIED:
            if entry.outcome != round_.outcome:
                on, was, given = round_.verified_on, Outcome(round_.outcome).label, Outcome(entry.outcome).label
                message = sentences.ENDED_OTHERWISE.format(number=round_.number, on=on, outcome=was, given=given)
                self._warn("outcome", message, words)
            return
        if round_ is not None and round_.state == State.SUBMITTED and entry.outcome != round_.submitted_outcome:
            was, given = Outcome(round_.submitted_outcome).label, Outcome(entry.outcome).label
            self._warn("outcome", sentences.SUBMITTED_OTHERWISE.format(number=round_.number, outcome=was, given=given))
            return
        if round_ is not None and entry.ended_on in round_.returned:
            self._warn("outcome", sentences.WAS_RETURNED.format(number=round_.number))
            return
        entry.submits = round_ is None or round_.state != State.SUBMITTED
        entry.struck_off_on = self._struck_off_on(entry)
        known = round_.struck_off_on if round_ is not None else None
        entry.strikes_off = entry.struck_off_on is not None and entry.struck_off_on != known

    def _outcome(self, entry: Entry, ending: str, judged: str) -> str:
        """An outcome that the licence status allows; asked where the words say none, or one that it does not."""
        if entry.round_ is not None and not entry.round_.awaits_submission:
            if ending == DONE:
                return entry.round_.outcome or entry.round_.submitted_outcome
            return ending
        judged = judged or self._found_status(entry)
        legal = [outcome for outcome in Outcome.values if outcome in LEGAL_OUTCOMES[judged]]
        confined = judged == LicenceStatus.REGISTRATION_ONLY
        wanted = Outcome.CORRECTED if ending == DONE and judged == LicenceStatus.FULL and self.said.ending else ending
        if wanted in legal and not (wanted == Outcome.CORRECTED and confined):
            return str(wanted)
        scope = self.said.progress or self.said.measures
        choices: dict[str, Any] = {each: Outcome(each).label for each in legal if each != Outcome.CORRECTED}
        if Outcome.CORRECTED in legal and not confined:
            choices[Outcome.CORRECTED] = Outcome.CORRECTED.label
        elif confined and scope:
            choices[Outcome.CORRECTED] = sentences.CONFINED.format(scope=scope[:60])
        if self.said.ending:
            label = LicenceStatus(judged).label
            asked = sentences.ASK_HOW.format(given=self.said.ending, status=label)
        else:
            asked = sentences.ASK_HOW_DONE.format(on=self.said.done_on or self.said.struck_off_on or "")
        choices[HOLD] = sentences.HOLD_ROW
        answer = self._ask(f"how:{self.row.read.key}", asked, choices, key="outcome")
        if answer == Outcome.CORRECTED and confined:
            entry.registered_scope = scope[:200]
        return answer

    def _found_status(self, entry: Entry) -> str:
        """That which recording the visit will enter as the survey's (actions/surveys.py)."""
        items = self.planner.catalogues.on(entry.visited_on).items
        meanings = [items[code].meaning for code in sorted(entry.findings) if items[code].meaning]
        return entry.status or (meanings[0] if meanings else self._on_file(entry.visited_on))

    def _ended_on(self, entry: Entry) -> date:
        """The day of the recheck that shows it, else of the completion; asked where there is none."""
        said = self.said
        if said.rechecked_on:
            if not said.done_on:
                self._warn("done_on", sentences.DAY_FROM_RECHECK.format(on=said.rechecked_on))
            return said.rechecked_on
        if said.done_on:
            return said.done_on
        if entry.round_ is not None and entry.round_.submitted_on and not entry.round_.awaits_submission:
            return entry.round_.submitted_on
        has_column = PREFIX + "done_on" in self.row.read.table.places
        question = f"ledger.done_on:{self.row.read.key}" if has_column else "ledger.done_on"
        scope, words = ("row", sentences.HOLD_ROW) if has_column else ("file", sentences.HOLD)
        asked = sentences.ASK_DONE_ON.format(given=said.ending or said.struck_off_on)
        answer = self._ask(question, asked, {HOLD: words}, key="done_on", scope=scope, takes_day=True)
        day = date.fromisoformat(answer)
        if not entry.visited_on <= day <= self.planner.today:
            self._refuse("done_on", sentences.DONE_BEFORE_VISIT.format(done=day, visited=entry.visited_on), day)
        return day

    def _check_closed(self, entry: Entry) -> None:
        """Closed, and yet operating: by the row's own word, or by a visit that saw it."""
        if entry.outcome != Outcome.CLOSED:
            return
        said, known = self.said, self.planner.on_file.of(self.row.institution)
        if said.operating in OPERATING:
            message = sentences.CLOSED_BUT_OPERATING.format(given=said.ending, operating=said.operating)
            self._refuse("operating", message, said.operating)
        seen = known.seen_operating_after(entry.ended_on) if entry.ended_on else None
        if seen is not None and (entry.round_ is None or entry.round_.awaits_submission):
            self._refuse("outcome", sentences.CLOSED_BUT_SEEN.format(given=said.ending, on=seen), said.ending)

    def _struck_off_on(self, entry: Entry) -> date | None:
        """The day of strike-off that the ledger states; asked once a file where it states none."""
        said, places = self.said, self.row.read.table.places
        if said.struck_off_on:
            return said.struck_off_on
        if said.struck_off is False:
            return None
        if said.struck_off is None and {PREFIX + "struck_off", PREFIX + "struck_off_on"} & places.keys():
            return None  # there is a column for it, and nothing stands in it
        choices = {AT_COMPLETION: sentences.AT_COMPLETION, AT_VERIFICATION: sentences.AT_VERIFICATION}
        answer = self._ask(
            "ledger.struck_off_on", sentences.ASK_STRUCK_OFF, choices | {HOLD: sentences.HOLD}, key="struck_off_on",
            scope="file", takes_day=True,
        )  # fmt: skip
        if answer == AT_VERIFICATION:
            return None
        day = entry.ended_on if answer == AT_COMPLETION else date.fromisoformat(answer)
        return max(day, entry.ended_on) if day and entry.ended_on else day


def _finding_key(wording: str) -> str:
    return f"finding:{wording}"[:200]


def _effect(name: str, title: Any, said: list[str]) -> Effect:
    return Effect(PREFIX + name, str(title), None, str(sentences.AND).join(said))
