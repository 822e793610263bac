"""Workbook -> the tables of its visible sheets, and everything that is not read, with the reason.

A sheet may hold several tables, under and beside each other, each with a header of its own of one to three rows. Where
a header is, its words say (headers.py); which of the rows below it are no institution, passed.py.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

from django.utils.functional import Promise

from accounts.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, headers, passed, refusals
from institutions.imports.finding import Grid, Header, find_headers
from institutions.imports.reading.frames import letters
from institutions.imports.workbook import Sheet, Workbook


@dataclass(frozen=True, slots=True)
class NotRead:
    """A sheet, rows or a column that is not taken: the lines as the spreadsheet numbers them, and why."""

    sheet: str
    reason: str
    first: int = 0  # row numbers; 0 for a sheet or a column
    last: int = 0
    column: str = ""  # D
    what: str = ""  # what stands there, for a person to find it by
    key: str = ""  # of a row that an answer leaves out
    passed: bool = False  # rows below a header: somebody may say that they are institutions after all
    beside: int = 0  # the first column of the table that they were passed over in

    @property
    def where(self) -> str:
        rows = refusals.ROW if self.first == self.last else refusals.ROWS
        column = refusals.COLUMN if self.column else rows if self.first else ""
        place = str(column).format(column=self.column, first=self.first, last=self.last)
        if self.sheet:
            return str(refusals.OF_A_SHEET.format(sheet=self.sheet, where=place))
        return place or str(refusals.WHOLE_FILE)

    def __str__(self) -> str:
        quoted = refusals.QUOTED.format(what=self.what) if self.what else ""
        return str(refusals.NOT_READ.format(where=self.where, what=quoted, reason=self.reason))

    def as_json(self) -> dict[str, Any]:
        rows = [self.first, self.last] if self.first else []
        return {
            "sheet": self.sheet, "rows": rows, "column": self.column, "what": self.what, "reason": self.reason,
            "message": str(self),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is an institution, by its index in the sheet, and the headings of the sections it stands in."""

    row: int
    sections: tuple[str, ...]


class Lines(Sequence[Line]):
    """The lines of a table: of each but its number is kept, and which sections it stands in."""

    def __init__(self, lines: Iterable[Line] = ()):
        self.rows = array("I")
        self._within = array("I")
        self._sections: list[tuple[str, ...]] = []
        for line in lines:
            self.append(line)

    def append(self, line: Line) -> None:
        if not self._sections or self._sections[-1] != line.sections:
            self._sections.append(line.sections)
        self.rows.append(line.row)
        self._within.append(len(self._sections) - 1)

    @property
    def all_sections(self) -> frozenset[tuple[str, ...]]:
        """In whatever sections a line stands."""
        return frozenset(self._sections)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Line]:
        return (Line(row, self._sections[at]) for row, at in zip(self.rows, self._within, strict=True))

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> "Lines": ...

    def __getitem__(self, place: int | slice) -> "Line | Lines":
        if isinstance(place, slice):
            return Lines(self[each] for each in range(*place.indices(len(self))))
        return Line(self.rows[place], self._sections[self._within[place]])


@dataclass
class Table:
    """A header and the institutions below it."""

    sheet: Sheet
    label: str  # how messages name the sheet: "" when it is the only one with a table
    header: Header
    above: list[str]  # the lines of text above the header
    lines: Lines = field(default_factory=Lines)
    rows: Sequence[list[Any]] = ()  # of the sheet, merged cells spread
    below: dict[int, tuple[Line, bool]] = field(default_factory=dict)  # rows without a name; whether it is merged down
    going_on: dict[int, bool] = field(default_factory=dict)  # those that say more of the institution above (parts.py)
    of_each_row: Collection[str] = ()  # the columns in which they do
    visit_day: str = ""  # the column that says when a visit was made, where it is none of a survey (parts.py)

    @property
    def places(self) -> dict[str, int]:
        return self.header.places

    def go_on(self, keys: Collection[str], telling: Collection[str]) -> None:
        """Take the rows without a name in which one of these columns is filled, where no name is merged down one of
        those that are `telling`: each says more of the institution above, but one with a serial of its own, which lacks
        its name."""
        self.of_each_row = keys
        places = [self.places[key] for key in keys if key in self.places]
        places_of_unnamed = [self.places[key] for key in telling if key in self.places]
        serial = self.places.get("serial", -1)
        more: list[Line] = []
        for row, (line, merged) in self.below.items():
            own = self.sheet.rows[row]
            if any(cells.text(own[place]) for place in (places if merged else places_of_unnamed) if place < len(own)):
                more.append(line)
                if merged or not (0 <= serial < len(own) and cells.text(own[serial])):
                    self.going_on[row] = merged
        if more:
            self.lines = Lines(sorted([*self.lines, *more], key=lambda line: line.row))

    def column(self, place: int) -> Iterator[Any]:
        """The cells of the lines in a column."""
        cells_of_rows = (self.rows[row] for row in self.lines.rows)
        return (cells_of_row[place] if place < len(cells_of_row) else "" for cells_of_row in cells_of_rows)

    def columns(self) -> dict[str, list[Any]]:
        """The cells of the lines in each column that is taken, by its key; each line is looked up once."""
        found = [self.rows[row] for row in self.lines.rows]
        return {
            key: [cells_of_row[place] if place < len(cells_of_row) else "" for cells_of_row in found]
            for key, place in self.places.items()
        }

    def parts(self, most: int) -> Iterator["Table"]:
        """The table by so many lines at a time."""
        if len(self.lines) <= most:
            yield self
            return
        for first in range(0, len(self.lines), most):
            yield replace(self, lines=self.lines[first : first + most])

    def titled(self, key: str) -> str:
        """How messages name a column: by the first of our words, which is what --errors and docs speak of; one of a
        part as the file does."""
        return headers.HEADERS[key][0] if key in headers.HEADERS else self.header.title(self.places[key])


@dataclass
class Tables:
    """All tables of a workbook, and what of it is not read."""

    tables: list[Table] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)


def read_tables(workbook: Workbook, opened: Collection[tuple[str, int]] = ()) -> Tables:
    """Every table of every visible sheet. Nothing is raised for a workbook without one: then all is `not_read`.
    `opened` are rows, by sheet and number, of which somebody said that they are institutions."""
    read = Tables()
    for sheet in workbook.sheets:
        _read_sheet(sheet, read, {row - 1 for name, row in opened if name in ("", sheet.name)})
    one_sheet = len({id(table.sheet) for table in read.tables}) < 2
    for table in read.tables:
        beside = refusals.FROM_COLUMN.format(column=letters(table.header.first)) if table.header.first else ""
        table.label = " ".join(filter(None, ["" if one_sheet else table.sheet.name, str(beside)]))
    if len(workbook.sheets) < 2:
        read.not_read = [replace(each, sheet="") for each in read.not_read]
    return read


def _read_sheet(sheet: Sheet, read: Tables, opened: set[int]) -> None:
    filled = sum(any(cell != "" for cell in row) for row in sheet.rows)
    if sheet.state != "visible":
        reason = refusals.SHEET_CHART if sheet.state == "chart" else refusals.SHEET_HIDDEN
        read.not_read.append(_whole(sheet, reason, filled))
        return
    grid = Grid(sheet)
    found = find_headers(grid)
    if not found:
        read.not_read.append(_whole(sheet, refusals.SHEET_WITHOUT_TABLE if filled else refusals.SHEET_EMPTY, filled))
        return
    walks = [_Walk(sheet, grid, header, found, opened) for header in found]
    of_counts = [walk for walk in walks if walk.is_of_counts()]
    for walk in walks:
        if passed.is_list_of_changes(walk.header.texts.values()):
            last = walk.header.end
            read.not_read.append(NotRead(sheet.name, str(refusals.LIST_OF_CHANGES), walk.header.top + 1, last))
        elif walk in of_counts:
            last = walk.table.lines[-1].row
            read.not_read.append(NotRead(sheet.name, str(refusals.TABLE_OF_COUNTS), walk.header.top + 1, last + 1))
        else:
            read.tables.append(walk.table)
            if not walk.table.lines:
                top, bottom = walk.header.top + 1, walk.header.bottom + 1
                read.not_read.append(NotRead(sheet.name, str(refusals.TABLE_WITHOUT_ROWS), top, bottom))
            read.not_read += _joined(walk.not_read)
    read.not_read += _joined(_titles_above(sheet, grid, found))


def _whole(sheet: Sheet, reason: str | Promise, filled: int) -> NotRead:
    return NotRead(sheet.name, str(reason).format(rows=filled))


class _Walk:
    """Goes through the rows below a header: which are institutions, which are passed over and why."""

    def __init__(self, sheet: Sheet, grid: Grid, header: Header, headers_of_sheet: list[Header], opened: set[int]):
        self.sheet, self.grid, self.header, self.opened = sheet, grid, header, opened
        self.not_read: list[NotRead] = []
        self.table = Table(
            sheet, sheet.name, header, list(_lines_above(grid, header, headers_of_sheet)), rows=grid.rows
        )
        self.titles = frozenset(map(cells.text, self.table.above))
        self.sections: list[str] = []
        self.merged_names = merged_down(sheet, header.places["name"])  # rows -> the one with the name
        self.counting = False  # below the headings of a table of counts
        self.of_others = False  # below those of a table that names no institution
        self.of_example = False  # below an example, whose next problems may stand in rows without a name
        self.noting = False  # below 备注:1.…, where 2.… may stand in a row of its own
        for row in range(header.bottom + 1, header.end):
            self._take(row)

    def _take(self, row: int) -> None:
        filled = self.grid.filled(row, self.header.first, self.header.last)
        if not filled or self.grid.only_spread(row, filled):
            self.counting = self.of_others = False
            return
        header, texts = self.header, list(filled.values())
        begins = passed.is_header_of_counts(texts)
        self.counting = begins or (self.counting and passed.counts(texts))
        name = filled.get(header.places["name"], "")
        serial = filled.get(header.places.get("serial", -1), "")
        named = filled.get(header.places.get("township", -1), "")
        address = filled.get(header.places.get("operating_address", -1), "")
        noting, self.noting = self.noting and len(set(texts)) == 1, False
        of_example, self.of_example = self.of_example and not (name or serial), False
        if row in self.opened:
            self.table.lines.append(Line(row, tuple(self.sections)))
        elif row in self.merged_names:
            self._go_on(row, self.merged_names[row])
            self._pass(row, refusals.PASSED_CONTINUED, filled)
        elif self.counting:
            self._pass(row, refusals.TABLE_OF_COUNTS, filled)
        elif self.of_others or (self.table.lines and passed.is_header_of_others(filled, header.places["name"])):
            self.of_others = True
            self._pass(row, refusals.TABLE_OF_OTHERS, filled)
        elif passed.is_repeated_header(filled, header.texts, header.places["name"]):
            self._pass(row, refusals.PASSED_HEADER, filled)
        elif len(set(texts)) == 1 and (texts[0] in self.titles or passed.TITLE.fullmatch(texts[0])):
            self._pass(row, refusals.PASSED_TITLE, filled)
        elif noting and passed.goes_on_noting(texts[0]):
            self.noting = True
            self._pass(row, refusals.PASSED_NOTE, filled)
        elif reason := passed.reason_of(filled, name, serial, named, address):
            self.noting, self.of_example = reason == refusals.PASSED_NOTE, reason == refusals.PASSED_EXAMPLE
            self._pass(row, reason, filled)
        elif len(set(texts)) == 1 and texts[0].startswith(("以上", "上述")):
            self._pass(row, refusals.PASSED_NOTE, filled)
        elif self._is_aside(row, filled):
            self.table.below[row] = Line(row, tuple(self.sections)), False
            self._pass(row, refusals.PASSED_WITHOUT_NAME, filled)
        elif self._is_section(row, filled, name):
            self.sections.append(next(iter(filled.values())))
            self._pass(row, refusals.PASSED_SECTION, filled)
        elif of_example and not self._unread_name(row) and not _says_enough(filled, header):
            self.of_example = True
            self._pass(row, refusals.PASSED_EXAMPLE, filled)
        elif not name and not self._unread_name(row) and not _says_enough(filled, header):
            self.table.below[row] = Line(row, tuple(self.sections)), False
            self._pass(row, refusals.PASSED_WITHOUT_NAME, filled)
        else:
            self.table.lines.append(Line(row, tuple(self.sections)))

    def _go_on(self, row: int, first: int) -> None:
        """A row beside the name of a `first` one: it says more of an institution only where that is one, or may be."""
        is_one = bool(self.table.lines) and self.table.lines.rows[-1] >= first
        if is_one or first in self.table.below:
            self.table.below[row] = Line(row, tuple(self.sections)), is_one

    def _is_aside(self, row: int, filled: dict[int, str]) -> bool:
        """A lone address or remark, behind the first column: more of the row above, and no heading of those below."""
        place, text = next(iter(filled.items()))
        if len(filled) > 1 or place <= self.header.filled[0] or self.grid.is_wide(row, place):
            return False
        key = next((key for key, at in self.header.places.items() if at == place), "")
        if key == "name":
            return False
        said_aside = key in ("", "operating_address", "registered_address") and not passed.looks_like_section(text)
        return said_aside or text.startswith("原")

    def _is_section(self, row: int, filled: dict[int, str], name: str) -> bool:
        """A line of its own: one text, merged over the columns, numbered like a heading or beside the names."""
        if len(set(filled.values())) > 1:
            return False
        place, text = next(iter(filled.items()))
        if self.grid.is_wide(row, place):
            return True
        if len(filled) > 1:
            return False
        return place != self.header.places["name"] or passed.looks_like_section(text)

    def _unread_name(self, row: int) -> bool:
        return (row, self.header.places["name"]) in self.sheet.unread

    def _pass(self, row: int, reason: str | Promise, filled: dict[int, str]) -> None:
        what = " ".join(dict.fromkeys(filled.values()))
        said, beside = shortened(what), self.header.first
        self.not_read.append(
            NotRead(self.sheet.name, str(reason), row + 1, row + 1, what=said, passed=True, beside=beside)
        )

    def is_of_counts(self) -> bool:
        """A table by township or status: what stands for the name is no institution's, and nothing has an address."""
        lines, places = self.table.lines, self.header.places
        if not lines or "operating_address" in places:
            return False
        return all(passed.names_a_group(cells.text(cell)) for cell in self.table.column(places["name"]))


def _says_enough(filled: dict[int, str], header: Header) -> bool:
    """Whether a row without a name is an institution whose name is missing: two of our columns are filled beside the
    serial and the township, or one where it is numbered."""
    ours = {place for key, place in header.places.items() if key not in ("serial", "township", "name")}
    numbered = filled.get(header.places.get("serial", -1), "").isdigit()
    return len(ours & filled.keys()) > (0 if numbered else 1)


def _lines_above(grid: Grid, header: Header, found: list[Header]) -> Iterator[str]:
    """Lines of text from the end of the table above to the header."""
    before = [each.bottom for each in found if each.bottom < header.top and each.overlaps(header)]
    for row in range(header.top - 1, max(before, default=-1), -1):
        filled = grid.filled(row, header.first, header.last) or grid.filled(row, 0, None)
        if before and (len(set(filled.values())) > 1):
            return
        yield from dict.fromkeys(filled.values())


def _titles_above(sheet: Sheet, grid: Grid, found: list[Header]) -> list[NotRead]:
    """Lines above the first header: titles, said so that nothing is passed over unsaid."""
    titles = []
    for row in range(min(header.top for header in found)):
        if filled := grid.filled(row, 0, None):
            what = shortened(" ".join(dict.fromkeys(filled.values())))
            titles.append(NotRead(sheet.name, str(refusals.PASSED_TITLE), row + 1, row + 1, what=what))
    return titles


def merged_down(sheet: Sheet, place: int) -> dict[int, int]:
    """The rows that show in a column what is merged down from a row above -> that row."""
    merges = [merge for merge in sheet.merges if merge[1] == place and merge[2] > merge[0]]
    return {row: first for first, _, last, _ in merges for row in range(first + 1, last + 1)}


def without_rows(not_read: list[NotRead], table: Table) -> list[NotRead]:
    """What is not read, without the rows that a table took in after all."""
    left: list[NotRead] = []
    taken = table.below.keys() & set(table.lines.rows)
    for each in not_read:
        rows = range(each.first, each.last + 1)
        of_it = each.passed and each.sheet in ("", table.sheet.name) and each.beside == table.header.first
        if of_it and any(row - 1 in taken for row in rows):
            left += _joined([replace(each, first=row, last=row) for row in rows if row - 1 not in taken])
        else:
            left.append(each)
    return left


def columns_not_taken(table: Table) -> list[int]:
    """Columns of which something is filled beside an institution and that are not taken."""
    return table.header.not_taken(table.rows, table.lines.rows)


def _joined(parts: list[NotRead]) -> list[NotRead]:
    """Rows that follow each other with the same reason, as one."""
    joined: list[NotRead] = []
    for each in parts:
        before = joined[-1] if joined else None
        if before and (before.sheet, before.reason, before.last + 1) == (each.sheet, each.reason, each.first):
            what = before.what if before.first != before.last else refusals.AND_MORE.format(what=before.what)
            joined[-1] = replace(before, last=each.last, what=str(what))
        else:
            joined.append(each)
    return joined


def shortened(what: str) -> str:
    """A text of the file as messages quote it: short, and without ID-card numbers."""
    return REMOVED if holds_id_number(what, old=True) else cells.short(what)
