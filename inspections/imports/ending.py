"""How the round of a row ended: submission, outcome, strike-off; and what contradicts it."""

from datetime import date
from typing import Any

from inspections.imports import sentences
from inspections.imports.entries import HOLD, Entry, OfARow
from inspections.imports.reading import outcome_of
from inspections.imports.vocabulary import DONE, OPEN, OPERATING, PREFIX, SUSPENDED
from inspections.models import LEGAL_OUTCOMES, Outcome, State
from institutions.models import LicenceStatus

AT_COMPLETION, AT_VERIFICATION = "completion", "verification"
ENDINGS = {*Outcome.values, DONE}


class Ending(OfARow):
    """Reads what a row says of the end of its round."""

    def _ending(self) -> str:
        """How the row says that it ended: an outcome, DONE, OPEN; asked where its words say none for certain."""
        said, words = self.said, self.said.ending
        self._check_ticks()
        found = outcome_of(said.outcome) or (outcome_of(said.progress) if not said.outcome else "")
        if found == SUSPENDED:
            self._warn("outcome", sentences.SUSPENDED_IS_OPEN.format(given=words), words)
            return OPEN
        if found:
            return found
        ended = said.done_on or said.struck_off
        if words and (said.outcome or ended):
            choices: dict[str, Any] = {str(value): str(label) for value, label in Outcome.choices}
            choices |= {OPEN: sentences.STILL_OPEN, HOLD: sentences.HOLD}
            asked = sentences.ASK_OUTCOME.format(given=words)
            return self._ask(f"outcome:{words}"[:200], asked, choices, key="outcome", scope="file")
        return DONE if ended else OPEN

    def _check_ticks(self) -> None:
        """One outcome is ticked, and none that a column of outcomes denies."""
        said = self.said
        if len(said.ticked) > 1:
            self._refuse("outcome", sentences.TICKED_TWICE.format(names="、".join(said.ticked)))
        elif said.ticked and outcome_of(said.outcome) not in (outcome_of(said.ticked[0]), DONE, ""):
            self._refuse("outcome", sentences.TICK_DISAGREES.format(ticked=said.ticked[0], given=said.outcome))

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
            if not entry.findings and said.wordings:  # none of them an item of the catalogue
                self._warn("outcome", sentences.ENDED_IN_WORDS.format(given=words or said.done_on), words)
            elif not entry.findings:
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
        if round_ is not None and round_.awaits_submission and entry.ended_on < round_.asked_on:
            message = sentences.ASKED_SINCE.format(number=round_.number, on=round_.asked_on, done=entry.ended_on)
            self._warn("outcome", message)
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
        answer = self._ask(f"how:{self.read.key}", asked, choices, key="outcome")
        if answer == Outcome.CORRECTED and confined:
            entry.registered_scope = scope[:200]
        return answer

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
        has_column = PREFIX + "done_on" in self.read.table.places
        question = f"ledger.done_on:{self.read.key}" if has_column else "ledger.done_on"
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
        said, known = self.said, self.known
        if said.operating in OPERATING:
            message = sentences.CLOSED_BUT_OPERATING.format(given=said.ending, operating=said.operating)
            self._refuse("operating", message, said.operating)
        seen = known.seen_operating_after(entry.ended_on) if entry.ended_on else None
        if seen is not None and (entry.round_ is None or entry.round_.awaits_submission):
            self._refuse("outcome", sentences.CLOSED_BUT_SEEN.format(given=said.ending, on=seen), said.ending)

    def _struck_off_on(self, entry: Entry) -> date | None:
        """The day of strike-off that the ledger states; asked once a file where it states none."""
        said, places = self.said, self.read.table.places
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
