"""The visit of a row: its day, whether it is the survey, what it found, who was there."""

from collections.abc import Iterable
from datetime import date

from accounts.errors import enumerated
from accounts.id_numbers import in_any_form
from inspections.actions.notices import usual_due_on
from inspections.actions.rounds import LONGEST_TERM
from inspections.imports import sentences
from inspections.imports.entries import HOLD, MOST_NOTE, Entry, Held, OfARow
from inspections.imports.problems import Catalogue, Matched
from inspections.imports.reading import Term
from inspections.models import Visit
from institutions.models import Licence, LicenceStatus
from institutions.moments import EARLIEST

WORDS, NOT_A_SURVEY = "words", "not_surveyed"


class Visiting(OfARow):
    """Reads what a row says of its visit."""

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
        status = self.read.stated_status
        if self.row.columns["surveyed_on"] or (found and found.surveyed_on) or self.known.surveyed:
            on_file, sentence = self.known.surveyed_as, sentences.STATUS_OF_ROW_BEFORE
            if found and found.surveyed_on:
                on_file, sentence = found.licence_status_at_survey, sentences.STATUS_KEPT
            if on_file and status not in ("", on_file):
                labels = {"on_file": LicenceStatus(on_file).label, "given": LicenceStatus(status).label}
                self._warn("licence_status", sentence.format(**labels), status)
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
        answered = (self.questions.answers.get(catalogue.question(wording), "") for wording in self.said.wordings)
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

    def _found_status(self, entry: Entry) -> str:
        """That which recording the visit will enter as the survey's (actions/surveys.py)."""
        items = self.planner.catalogues.on(entry.visited_on).items
        meanings = [items[code].meaning for code in sorted(entry.findings) if items[code].meaning]
        return entry.status or (meanings[0] if meanings else self._on_file(entry.visited_on))

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

    def _ask_finding(self, wording: str, catalogue: Catalogue) -> str:
        choices = catalogue.choices(wording) | {WORDS: sentences.NOT_AN_ITEM, HOLD: sentences.HOLD}
        asked = sentences.ASK_FINDING.format(wording=wording)
        return self._ask(catalogue.question(wording), asked, choices, key="problems", scope="file")

    def _say_who(self, entry: Entry) -> None:
        entry.inspectors, unknown = self.planner.people.named(self.said.inspectors, entry.visited_on)
        if unknown:
            self._warn("inspectors", sentences.NAMES_KEPT.format(names=enumerated(unknown)), self.said.inspectors)

    def _note(self, entry: Entry) -> None:
        """The words of the ledger, kept with the visits that come of it."""
        said = self.said
        progress, outcome = ("", "") if entry.submits else (said.progress, said.outcome)  # else with the recheck
        entry.note = self._lines(
            inspectors=said.inspectors, problems="；".join(said.wordings), found=said.found,
            measures=said.measures if said.demand else "", owner=said.owner, progress=progress, outcome=outcome,
            remark=said.remark,
        )  # fmt: skip
        entry.recheck_note = self._lines(
            progress=said.progress, outcome=said.outcome, done_on=str(said.done_on or ""),
            recheckers=said.recheckers, recheck=said.recheck,
        )  # fmt: skip
        if in_any_form(entry.note) or in_any_form(entry.recheck_note) or in_any_form(entry.measure):
            self._refuse("problems", sentences.TEXT_REFUSED)

    def _lines(self, **texts: str) -> str:
        lines = [
            str(sentences.NOTE.format(title=self.planner.title(self.read, key), text=text))
            for key, text in texts.items()
            if text
        ]
        return "\n".join([str(sentences.FROM_LEDGER), *lines])
