"""What a line of a register says, as it was read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise

from institutions.imports import cells, parts
from institutions.imports.columns import Columns, Remark
from institutions.imports.licences import ReadLicence
from institutions.imports.tables import Table
from institutions.models import Division
from institutions.spool import Spool

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class ReadRow:
    """What a line says: the institution's columns, its licences, and what is wrong or odd about it. `left_out` is the
    reason for which it was answered not to import it."""

    row: int
    sheet: str
    table: Table
    columns: dict[str, Any]  # what it says of the columns of an institution
    licences: list[ReadLicence]
    removed: Collection[int] = ()  # columns with an ID-card number
    index: int = 0  # in `of`
    of: Columns | None = None  # as long as it is read
    said_township: bool = False  # by its own cell or by a heading, not read off the address
    held_up: bool = False  # by a question that nobody has answered
    left_out: str = ""
    former: str = ""  # what the row says that it was called before
    said: Mapping[str, Any] = field(default_factory=lambda: NOTHING)  # by the columns of parts (parts.py)
    more: tuple["ReadRow", ...] = ()  # further rows of a ledger on the same institution
    stated_status: str = ""  # the licence status that a visit found, which brings the survey

    @property
    def key(self) -> str:
        """How questions name the row: 7, 虹桥镇!7."""
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.row)

    @property
    def errors(self) -> Sequence[Remark]:
        return self.of.errors.get(self.index, ()) if self.of else ()

    @property
    def warnings(self) -> Sequence[Remark]:
        return self.of.warnings.get(self.index, ()) if self.of else ()

    @property
    def seen_on(self) -> date | None:
        """The day on which what the row says was seen: that of its survey, else of its visit."""
        return self.columns["surveyed_on"] or parts.day_of_visit(self.said, self.table)

    @property
    def status(self) -> str:
        return self.columns["licence_status_at_survey"] or self.stated_status

    @property
    def original(self) -> dict[str, str]:
        """The cells as they came, by the title of their column; an ID-card number is not repeated."""
        row = self.table.rows[self.row - 1]
        header = self.table.header
        last = len(row) if header.last is None else header.last + 1
        return {
            header.title(place): cells.text(cell) if isinstance(cell, date) else str(cell)
            for place, cell in enumerate(row[header.first : last], start=header.first)
            if cell != "" and place not in self.removed
        }

    @property
    def original_as_text(self) -> str:
        """`original` as JSON, its keys in order."""
        row = self.table.rows[self.row - 1]
        said = []
        for place, key in self.table.header.titles_in_order(len(row)):
            cell = row[place]
            if cell != "" and place not in self.removed:
                written = cell if type(cell) is str else cells.text(cell) if isinstance(cell, date) else str(cell)
                said.append(f"{key}: {encode_basestring(written)}")
        return f"{{{', '.join(said)}}}"

    def error(self, title: str, message: str | Promise, received: Any = "") -> None:
        quoted = cells.short(cells.text(received))
        remark = Remark(self.row, title, str(message), quoted, sheet=self.sheet)
        self._of.errors.setdefault(self.index, []).append(remark)

    def warn(self, title: str, message: str | Promise, received: Any = "") -> None:
        if message:
            quoted = cells.short(cells.text(received))
            remark = Remark(self.row, title, str(message), quoted, sheet=self.sheet)
            self._of.warnings.setdefault(self.index, []).append(remark)

    @property
    def _of(self) -> Columns:
        assert self.of is not None, "what is said of a row that is read is in the plan"
        return self.of


def packed_licences(licences: list[ReadLicence]) -> list[tuple[Any, ...]]:
    return [(str(each.kind), each.number, each.valid_from, each.valid_to, each.stated) for each in licences]


class ReadRows(Spool[ReadRow]):
    """What was read of the lines of some tables, on disk as plain tuples: of each what its institution may be known by,
    and set to; not how it was read, nor the further rows of a ledger."""

    def __init__(self, tables: Sequence[Table]):
        self._tables = list(tables)
        self._number_of = {id(table): number for number, table in enumerate(self._tables)}
        self._keys: dict[tuple[str, ...], int] = {}  # of columns, each list of them once
        self._divisions: dict[str, Division] = {}
        super().__init__()

    def pack(self, row: ReadRow) -> Any:
        keys, division = tuple(row.columns), row.columns["division"]
        number = self._keys.setdefault(keys, len(self._keys))
        if division is not None:
            self._divisions.setdefault(division.pk, division)
        values = [value.pk if isinstance(value, Division) else value for value in row.columns.values()]
        licences = packed_licences(row.licences)
        said = dict(row.said) if row.said else None
        return row.row, self._number_of[id(row.table)], number, values, licences, tuple(row.removed), said

    def unpack(self, packed: Any) -> ReadRow:
        row, number, keys, values, licences, removed, said = packed
        table = self._tables[number]
        columns = dict(zip(self._keys_of(keys), values, strict=True))
        if columns["division"] is not None:
            columns["division"] = self._divisions[columns["division"]]
        read = [ReadLicence(*each) for each in licences]
        return ReadRow(row, table.label, table, columns, read, removed, said=said or NOTHING)

    def _keys_of(self, number: int) -> tuple[str, ...]:
        return next(keys for keys, at in self._keys.items() if at == number)
