"""What a row of a ledger would do, and what all who look at a row share: the file, its questions, what is said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inspections.imports import sentences
from inspections.imports.on_file import Known, KnownRound, KnownVisit, OnFile
from inspections.imports.people import People
from inspections.imports.problems import Catalogues
from inspections.imports.reading import Stated
from inspections.imports.vocabulary import PREFIX
from institutions.imports.columns import Remark
from institutions.imports.planned import PlannedRow
from institutions.imports.questions import Questions
from institutions.imports.read_row import ReadRow
from institutions.models import Division
from institutions.moments import today

HOLD = "hold"
MOST_NOTE = 300  # characters of a finding's note, and of a measure


@dataclass
class Entry:
    """What one row would do. `visit` and `round_` are those on file that it is of; None where it makes them."""

    row: PlannedRow  # of several rows of one institution the first, which has its institution
    read: ReadRow
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


class OfAFile:
    """What the rows of one file share, and what is said of them."""

    def __init__(self, rows: Sequence[PlannedRow], division: Division, questions: Questions):
        self.division, self.questions, self.today = division, questions, today()
        self.errors: list[Remark] = []
        self.warnings: list[Remark] = []
        self.catalogues = Catalogues(division.scope_code)
        self.people = People(division.scope_code)
        self.on_file = OnFile(row.institution.pk for row in rows if row.institution is not None)

    def title(self, read: ReadRow, key: str) -> str:
        """What the file calls a column, or what it would be called."""
        table = read.table
        if PREFIX + key in table.places:
            return table.titled(PREFIX + key)
        return str(sentences.PLACES.get(key, sentences.PLACES["problems"]))

    def warn(self, row: ReadRow, key: str, message: Any, received: Any = "") -> None:
        self.warnings.append(Remark(row.row, self.title(row, key), str(message), str(received), sheet=row.sheet))

    def refuse(self, row: ReadRow, key: str, message: Any, received: Any = "") -> None:
        self.errors.append(Remark(row.row, self.title(row, key), str(message), str(received), sheet=row.sheet))


class OfARow:
    """One row of a ledger: what it says, and what is said of it."""

    def __init__(self, planner: OfAFile, row: PlannedRow, read: ReadRow, said: Stated, known: Known):
        self.planner, self.row, self.read, self.said, self.known = planner, row, read, said, known
        self.questions = planner.questions
        self.wrong = False

    def _refuse(self, key: str, message: Any, received: Any = "") -> None:
        self.planner.refuse(self.read, key, message, received)
        self.wrong = True

    def _warn(self, key: str, message: Any, received: Any = "") -> None:
        self.planner.warn(self.read, key, message, received)

    def _ask(self, question: str, message: Any, choices: dict[str, Any], *, key: str, **more: Any) -> str:
        """The answer. Raises Held while there is none, Postponed when it is to wait."""
        column = self.planner.title(self.read, key)
        more.setdefault("sheet", self.read.sheet if more.get("scope", "row") == "row" else "")
        more.setdefault("at", self.read.sheet)
        answer = self.questions.ask(question, message, choices, row=self.read.row, column=column, **more)
        if answer is None:
            raise Held
        if answer == HOLD:
            raise Postponed(sentences.WHY_ANSWER)
        return answer
