"""What other rooms read in a register: the visits and rounds of a ledger (inspections/imports).

A part brings the words of its columns, says which columns of a table are its own, what each row would do, does it, and
takes it back. It is added when its room is ready (`apps.py`); the plan, the commit and the rollback each call the parts
at one place. Keys of a part's columns begin with its prefix: `ledger.done_on`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import User
from institutions.imports import columns, headers, refusals
from institutions.imports.columns import Columns, Remark
from institutions.imports.deciding import without_heading
from institutions.imports.questions import IGNORE, Questions
from institutions.imports.reading.frames import letters
from institutions.imports.tables import Table
from institutions.models import Division, ImportBatch, Institution

if TYPE_CHECKING:
    from institutions.imports.plan import Plan
    from institutions.imports.planned import PlannedRow


@dataclass(frozen=True)
class Done:
    """What a part did of a batch, in words, what taking it back needs, and the page on which it goes on."""

    words: str
    taking_back: str
    url: str = ""
    go_on: str = ""


Reader = Callable[[Any], tuple[Any, str]]
Place = tuple[str, int]  # the sheet and the number of a row


class PartPlan(Protocol):
    """What a part would do of a file, and what is to be said of it."""

    errors: list[Remark]
    warnings: list[Remark]
    held: set[Place]  # rows that have an error, or wait for an answer

    def write(self, institutions: Mapping[Place, Institution], *, batch: ImportBatch, by: User, at: datetime) -> None:
        """Do what was planned of the rows, whose institutions are written by now, in slices (slices.py). What is
        raised on the way leaves what was written: the batch is unfinished."""


class Part(Protocol):
    """Something that a register may say of institutions beside what the registry keeps."""

    @property
    def words(self) -> Collection[str]:
        """Headings that it knows."""

    @property
    def days(self) -> Collection[str]:
        """Its columns in which a day may stand."""

    @property
    def of_each_row(self) -> Collection[str]:
        """Its columns of which a row beside a name that is merged down says more about that institution."""

    @property
    def of_unnamed_rows(self) -> Collection[str]:
        """Those of them that nobody fills in before there is an institution: a row without a name that says something
        there says more about the one above."""

    def readers(self, day: Reader) -> Mapping[str, Reader]:
        """How its columns are read; `day` reads days as the file has them."""

    @property
    def visit_day(self) -> str:
        """The column of the day on which an institution was visited."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What it may take a column as -> how it is called."""

    def columns(self, table: Table, said: Mapping[int, str]) -> dict[str, int]:
        """Which columns of a table are its own; none for a table that says nothing of it. `said` are those of which
        somebody said what they are, "" none of its own."""

    def near(self, table: Table, claimed: Mapping[str, int]) -> dict[int, str]:
        """Columns whose headings may be misspelt ones of its own, beside those that it claims."""

    def asks(self, questions: Questions) -> bool:
        """Whether the file's columns are to be taken, which a person may deny."""

    def plan(self, rows: Sequence["PlannedRow"], division: Division, questions: Questions) -> PartPlan:
        """What the rows would do; the words of it are added to each row's `of_parts`."""

    def wrote(self, batch: ImportBatch) -> bool:
        """Whether anything that it wrote of a batch stands."""

    def done_of(self, batch: ImportBatch) -> Done | None:
        """What stands of what it wrote of a batch; None where it wrote nothing."""

    def rounds_of(self, batch: ImportBatch) -> Collection[UUID]:
        """The rounds that it ordered or handed in, for which it answers when the batch is taken back."""

    def visits_of(self, batch: ImportBatch) -> Collection[UUID]:
        """The visits that it recorded, for which it answers likewise."""

    def check_taking_back(self, batch: ImportBatch, *, by: User | None, at: datetime) -> None:
        """Raise Refusal when something rests on what it wrote of a batch, or `by` may not take it back."""

    def take_back(self, batch: ImportBatch, *, by: User | None, at: datetime) -> Collection[int]:
        """Undo, in slices, what it wrote of a batch; gives the rows that stay, as something rests on them."""


PARTS: list[Part] = []


def add(part: Part) -> None:
    PARTS.append(part)
    headers.ALSO_KNOWN.update(part.words)
    headers.OF_PARTS.update(part.titles)
    columns.DAYS_OF_PARTS.update(part.days)


def claim(table: Table, questions: Questions) -> None:
    """Give the parts their columns of a table; ask about headings that are nearly theirs."""
    for part in PARTS:
        said = _said(table, part, questions)
        claimed = part.columns(table, said)
        for place, key in (part.near(table, part.columns(table, {})) | said).items():
            if key and place not in table.header.misspelt:
                _ask(table, place, key, said, questions)
        if not claimed or not part.asks(questions):
            continue
        others = {key: place for key, place in table.places.items() if place not in claimed.values()}
        table.header = replace(table.header, places=others | claimed)
        table.go_on(part.of_each_row, part.of_unnamed_rows)
        table.visit_day = part.visit_day if part.visit_day in claimed else ""


def _said(table: Table, part: Part, questions: Questions) -> dict[int, str]:
    """Columns of which somebody said that they are the part's, or none that is read."""
    said = {}
    for place in sorted({*table.header.texts, *without_heading(table.header, questions)}):
        answer = questions.answers.get(f"heading:{table.header.title(place)}", "")
        if answer in part.titles or answer == IGNORE:
            said[place] = answer if answer in part.titles else ""
    return said


def _ask(table: Table, place: int, key: str, said: Mapping[int, str], questions: Questions) -> None:
    title, meant = table.header.title(place), headers.called(key)
    if said.get(place, key) not in ("", key):
        return  # somebody said that it is something else
    asked = refusals.ASK_HEADING.format(column=letters(place), title=title, meant=meant)
    choices: dict[str, str | Promise] = {key: refusals.CHOICE_THIS_COLUMN.format(title=meant)}
    choices[IGNORE] = refusals.CHOICE_IGNORE_COLUMN
    questions.ask(f"heading:{title}", asked, choices, scope="file", default=IGNORE, column=letters(place))


def would_claim(table: Table) -> set[int]:
    """Columns that a part would take, were the file imported by somebody."""
    return {place for part in PARTS for place in part.columns(table, {}).values()}


def read(of: Columns, day: Reader) -> dict[str, list[Any]]:
    """The cells of the parts' columns of a table, by column."""
    return {
        key: of.read(key, reader, None)
        for part in PARTS
        for key, reader in part.readers(day).items()
        if key in of.cells
    }


@dataclass
class Parts:
    """What the parts would do of one plan."""

    plans: list[PartPlan] = field(default_factory=list)

    def plan(self, plan: "Plan", questions: Questions) -> None:
        """Plan the parts of all rows. Rows that wait for an answer, or are wrong, leave the plan."""
        rows = [row for row in plan.rows.in_memory if row.read.said]
        if not rows:
            return
        self.plans = [part.plan(rows, plan.division, questions) for part in PARTS]
        for each in self.plans:
            plan.errors += each.errors
            plan.warnings += each.warnings
            if each.held:
                plan.held += [row for row in rows if (row.sheet, row.row) in each.held]
                plan.rows = plan.rows.without(each.held)

    def write(
        self, rows: Iterable[tuple["PlannedRow", Institution]], *, batch: ImportBatch, by: User | None, at: datetime
    ) -> None:
        if not self.plans:
            return
        if by is None:
            raise ValueError(refusals.PARTS_NEED_SOMEBODY)
        institutions = {(row.sheet, row.row): institution for row, institution in rows}
        for each in self.plans:
            each.write(institutions, batch=batch, by=by, at=at)


def wrote(batch: ImportBatch) -> bool:
    """Whether anything that the parts wrote of a batch stands."""
    return any(part.wrote(batch) for part in PARTS)


def done_of(batch: ImportBatch) -> list[Done]:
    """What stands of what the parts wrote of a batch."""
    return [done for part in PARTS if (done := part.done_of(batch)) is not None]


def rounds_of(batch: ImportBatch) -> set[UUID]:
    """The rounds for which the parts answer when a batch is taken back."""
    return {pk for part in PARTS for pk in part.rounds_of(batch)}


def visits_of(batch: ImportBatch) -> set[UUID]:
    """The visits for which the parts answer when a batch is taken back."""
    return {pk for part in PARTS for pk in part.visits_of(batch)}


def check_taking_back(batch: ImportBatch, *, by: User | None, at: datetime) -> None:
    """Raise Refusal when something rests on what the parts wrote of a batch, or `by` may not take it back."""
    for part in PARTS:
        part.check_taking_back(batch, by=by, at=at)


def take_back(batch: ImportBatch, *, by: User | None, at: datetime) -> list[int]:
    """Undo, in slices, what the parts wrote of a batch; gives the rows that stay."""
    return [row for part in PARTS for row in part.take_back(batch, by=by, at=at)]


def day_of_visit(said: Mapping[str, Any], table: Table) -> date | None:
    found = said.get(table.visit_day)
    return found if isinstance(found, date) else None
