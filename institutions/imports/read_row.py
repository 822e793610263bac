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

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True)
class ReadRow:
    """What a line says: the institution's columns, its licences, and what is wrong or odd about it. `left_out` is the
    reason for which it was answered not to import it."""

    row: int
    sheet: str
    table: Table
    index: int
    of: Columns
    said_columns: dict[str, Any] | tuple[Any, ...]  # see `columns`
    licences: list[ReadLicence]
    said_township: bool = False  # by its own cell or by a heading, not read off the address
    held_up: bool = False  # by a question that nobody has answered
    left_out: str = ""
    former: str = ""  # what the row says that it was called before
    said: Mapping[str, Any] = field(default_factory=lambda: NOTHING)  # by the columns of parts (parts.py)
    more: tuple["ReadRow", ...] = ()  # further rows of a ledger on the same institution
    stated_status: str = ""  # the licence status that a visit found, which brings the survey
    keys: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How questions name the row: 7, 虹桥镇!7."""
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.row)

    @property
    def columns(self) -> dict[str, Any]:
        """What it says of the columns of an institution. Of a row that is settled, it is a copy."""
        said = self.said_columns
        return said if isinstance(said, dict) else dict(zip(self.keys, said, strict=True))

    def settle(self) -> None:
        """Keep the columns in less room, once nobody changes them any more: the names of those of all rows once."""
        columns = self.columns
        keys = tuple(columns)
        self.keys, self.said_columns = self.of.names.setdefault(keys, keys), tuple(columns.values())

    @property
    def errors(self) -> Sequence[Remark]:
        return self.of.errors.get(self.index, ())

    @property
    def warnings(self) -> Sequence[Remark]:
        return self.of.warnings.get(self.index, ())

    @property
    def removed(self) -> Collection[int]:
        """Columns with an ID-card number."""
        return self.of.removed.get(self.index, ())

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
        row = self.table.rows[self.table.lines[self.index].row]
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
        row = self.table.rows[self.table.lines[self.index].row]
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
        self.of.errors.setdefault(self.index, []).append(remark)

    def warn(self, title: str, message: str | Promise, received: Any = "") -> None:
        if message:
            quoted = cells.short(cells.text(received))
            remark = Remark(self.row, title, str(message), quoted, sheet=self.sheet)
            self.of.warnings.setdefault(self.index, []).append(remark)
