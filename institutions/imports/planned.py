"""One row of a plan: what it would do, and how that is told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from institutions.duplicates.likeness import Match
from institutions.imports import headers, refusals
from institutions.imports.licences import ReadLicence
from institutions.imports.read_row import NOTHING, ReadRow, ReadRows
from institutions.imports.tables import Table
from institutions.models import Category, Division, Institution, Licence, LicenceStatus
from institutions.spool import Spool

# What a survey found is not rewritten: figures "as known at" a moment would change behind it.
SURVEY = {"surveyed_on": "排摸日期", "licence_status_at_survey": "证照情况"}
TITLES = {key: words[0] for key, words in headers.HEADERS.items()} | SURVEY | {"division": "乡镇(街道)"}

NO_KEYS: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Effect:
    """What a row would set: a column (or licence), what is on file, what the row says."""

    field: str
    title: str
    old: Any
    new: Any

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "title": self.title, "old": shown(self.old), "new": shown(self.new)}

    def __str__(self) -> str:
        old = shown(self.old) or refusals.NOTHING
        return refusals.BECOMES.format(title=self.title, old=old, new=shown(self.new))


@dataclass(slots=True)
class PlannedRow:
    """One row and what it would do: new, changed (old → new by column) or unchanged."""

    read: ReadRow
    licences: list[ReadLicence]
    institution: Institution | None = None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=lambda: NOTHING)
    of_parts: list[Effect] = field(default_factory=list)  # what other rooms would do of it (parts.py)
    identity: str = ""  # by what a decision about the row is remembered, where there may be one
    alike: tuple[Match, ...] = ()  # what it may be, the most alike first
    apart_keys: Mapping[int, str] = field(default_factory=lambda: NO_KEYS)  # by id of a match: how a decision names it
    apart: tuple[Match, ...] = ()  # rows of which somebody said that they are others
    taken_on: date | None = None  # the day on which the rules of the register took it as a new institution

    @property
    def row(self) -> int:
        return self.read.row

    @property
    def sheet(self) -> str:
        return self.read.sheet

    @property
    def columns(self) -> dict[str, Any]:
        return self.read.columns

    @property
    def stated(self) -> dict[str, Any]:
        """The columns of which it says something."""
        return {name: value for name, value in self.columns.items() if value is not None}

    @property
    def original(self) -> dict[str, str]:
        return self.read.original

    @property
    def kind(self) -> str:
        if self.institution is None:
            return "new"
        return "changed" if self.changes or self.licences or self.of_parts else "unchanged"

    @property
    def from_on(self) -> date | None:
        """The day from which a name, township or address that the row changes holds: that of the first survey, when the
        row brings it; None is the day of the import."""
        found = self.institution
        brings_survey = found is not None and "surveyed_on" in self.changes and not (found.moved or found.renamed)
        return self.columns["surveyed_on"] if brings_survey else None

    @property
    def effects(self) -> list[Effect]:
        changes: Mapping[str, tuple[Any, Any]] = self.changes
        if self.institution is None:
            changes = {name: (None, value) for name, value in self.columns.items() if value not in ("", None)}
        effects = [Effect(name, TITLES.get(name, name), *change) for name, change in changes.items() if name != "datum"]
        for licence in self.licences:
            title = str(Licence.Kind(licence.kind).label)
            last = licence.valid_to or refusals.LONG_TERM
            valid = refusals.VALID.format(number=licence.number, first=licence.valid_from, last=last)
            effects.append(Effect(f"licence.{licence.kind}", title, None, valid))
        return [*effects, *self.of_parts]

    def as_json(self) -> dict[str, Any]:
        changes = [effect.as_json() for effect in self.effects]
        name = self.columns["name"]
        return {"row": self.row, "sheet": self.sheet, "kind": self.kind, "name": name, "changes": changes}


class PlannedRows(Spool[PlannedRow]):
    """The rows of a plan: on disk those that enter an institution and nothing else, in memory what knows more: its
    institution on file, what it may be, what parts (parts.py) would do of it."""

    def __init__(self, tables: Sequence[Table] = (), rows: Iterable[PlannedRow] = ()):
        self._read = ReadRows(tables)
        self._tables = tables
        self.in_memory: list[PlannedRow] = []
        self.placed = 0  # rows with a position
        self.without_category = 0  # of those that enter an institution
        super().__init__(rows)

    def pack(self, row: PlannedRow) -> Any:
        read, columns = row.read, row.columns
        self.placed += columns.get("longitude") is not None
        self.without_category += row.institution is None and not columns["category"]
        if row.institution is None and not (row.alike or row.apart or read.said or read.more):
            return self._read.pack(read), row.taken_on, row.identity
        read.of = None  # what was said of it is in the plan
        self.in_memory.append(row)
        return len(self.in_memory) - 1

    def unpack(self, packed: Any) -> PlannedRow:
        if isinstance(packed, int):
            return self.in_memory[packed]
        of, taken_on, identity = packed
        read = self._read.unpack(of)
        return PlannedRow(read, read.licences, taken_on=taken_on, identity=identity)

    def how_many(self, kind: str) -> int:
        """How many are new, changed or unchanged."""
        on_disk = len(self) - len(self.in_memory)
        return sum(row.kind == kind for row in self.in_memory) + (on_disk if kind == "new" else 0)

    def without(self, places: Collection[tuple[str, int]]) -> "PlannedRows":
        """All but those of some sheets and numbers."""
        return PlannedRows(self._tables, (row for row in self if (row.sheet, row.row) not in places))


def shown(value: Any) -> Any:
    """A value as people and JSON read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return round(value, 6)
    if value in LicenceStatus.values:
        return str(LicenceStatus(value).label)
    if value in Category.values:
        return str(Category(value).label)
    return str(value) if isinstance(value, date | Decimal | Division) else value
