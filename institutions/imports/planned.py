"""One row of a plan: what it would do, and how that is told."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from institutions.duplicates.likeness import Match
from institutions.imports import headers, refusals
from institutions.imports.licences import ReadLicence
from institutions.imports.on_file import InstitutionsOnFile
from institutions.imports.read_row import NOTHING, ReadRow, ReadRows, packed_licences
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
    """The rows of a plan, on disk; an institution that is on file is read again with its row. In memory is what knows
    more: what it may be, what parts (parts.py) would do of it."""

    def __init__(
        self,
        tables: Sequence[Table] = (),
        rows: Iterable[PlannedRow] = (),
        on_file: InstitutionsOnFile | None = None,
    ):
        self._read = ReadRows(tables)
        self._tables, self._on_file = tables, on_file
        self.in_memory: list[PlannedRow] = []
        self._on_disk = Counter[str]()  # how many of each kind
        self.placed = 0  # rows with a position
        self.without_category = 0  # of those that enter an institution
        super().__init__(rows)

    def pack(self, row: PlannedRow) -> Any:
        read, columns = row.read, row.columns
        self.placed += columns.get("longitude") is not None
        self.without_category += row.institution is None and not columns["category"]
        if row.alike or row.apart or read.said or read.more or (row.institution and self._on_file is None):
            read.of = None  # what was said of it is in the plan
            self.in_memory.append(row)
            return len(self.in_memory) - 1
        self._on_disk[row.kind] += 1
        packed = self._read.pack(read), row.taken_on, row.identity
        if row.institution is None:
            return packed
        assert self._on_file is not None
        known = self._on_file.of(row.institution.pk)
        assert known is not None, "it was planned of one on file"
        return *packed, known.number, row.institution.version, tuple(row.changes), packed_licences(row.licences)

    def unpack(self, packed: Any) -> PlannedRow:
        if isinstance(packed, int):
            return self.in_memory[packed]
        of, taken_on, identity, *on_file = packed
        read = self._read.unpack(of)
        if not on_file:
            return PlannedRow(read, read.licences, taken_on=taken_on, identity=identity)
        number, _version, changed, licences = on_file
        assert self._on_file is not None
        institution = self._on_file[number].institution
        changes = {column: (getattr(institution, column), read.columns[column]) for column in changed}
        brings = [ReadLicence(*each) for each in licences]
        return PlannedRow(read, brings, institution, changes, taken_on=taken_on, identity=identity)

    def how_many(self, kind: str) -> int:
        """How many are new, changed or unchanged."""
        return sum(row.kind == kind for row in self.in_memory) + self._on_disk[kind]

    def found_as(self) -> Iterator[tuple[int, UUID, int]]:
        """Of the rows that change columns of an institution on file: their place, its id and the version it had."""
        for place, packed in enumerate(self.packed()):
            if not isinstance(packed, int):
                _of, _taken_on, _identity, *on_file = packed
                if on_file and on_file[2]:
                    assert self._on_file is not None
                    yield place, self._on_file.id_of(on_file[0]), on_file[1]
            elif (row := self.in_memory[packed]).institution is not None and row.changes:
                yield place, row.institution.pk, row.institution.version

    def without(self, places: Collection[tuple[str, int]]) -> "PlannedRows":
        """All but those of some sheets and numbers."""
        rows = (row for row in self if (row.sheet, row.row) not in places)
        return PlannedRows(self._tables, rows, self._on_file)


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
