"""The cells of a table's columns, made ready for reading: what could not be read, ditto marks, ID-card numbers, what
the spreadsheet made of texts. Each distinct cell of a column is looked at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.functional import Promise

from accounts.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, headers, refusals, repairs
from institutions.imports.cells import BadCell, HoldsIdNumber
from institutions.imports.deciding import Looks
from institutions.imports.reading.frames import Place, error_in
from institutions.imports.tables import Table, merged_down

NOT_SCANNED = {"credit_code", "permit", "registration"}  # these look like ID-card numbers; their readers know better
OF_A_PERSON = {"principal", "phone"}
NEVER_NOTHING = {"name", "licence_status", "licence_at_survey"}  # where 无 is a word of its own
NUMBERS = {"learners", "teachers", "area_m2", "longitude", "latitude"}
DAYS = {
    "surveyed_on", "permit_period", "permit_from", "permit_to", "registration_period", "registration_from",
    "registration_to",
}  # fmt: skip
CODES = {"credit_code", "permit", "registration", "phone"}
WORDS = {"operating_address", "registered_address", "principal", "township"}
ADDRESSES = {"operating_address", "registered_address"}
NAMED_OR_NOT = ADDRESSES | {"principal"}
DAYS_OF_PARTS: set[str] = set()  # columns of parts (parts.py) in which days stand
SHORTEST_ID = 15
PART_OF_AN_ADDRESS = re.compile(r".{1,6}([楼层室幢栋座号间侧]|单元)")  # 二层, 3号楼, 东侧
BESIDE = {"同左": -1, "同右": 1}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a row: where, what was received, what is accepted. Row 0 is the file itself."""

    row: int
    column: str
    message: str
    received: str = ""
    unread: bool = False  # an ID-card number, which nothing repeats
    sheet: str = ""

    def __str__(self) -> str:
        if not self.row:
            return self.message
        said = refusals.OF_A_ROW_OF_A_SHEET if self.sheet else refusals.OF_A_ROW
        return said.format(row=self.row, column=self.column, message=self.message, sheet=self.sheet)

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row, "column": self.column, "message": str(self), "received": self.received,
            "sheet": self.sheet,
        }  # fmt: skip


class _Outcome(NamedTuple):
    """What a cleaner made of a cell: a value and a warning, or why it is refused."""

    value: Any
    warning: str = ""
    error: str = ""
    unread: bool = False


Above = tuple[Any, tuple[str, ...]]  # the last cell of a column, and the sections it stands in


class Columns:
    """The columns of one table and what is said about their cells, by the index of the line. Of a table in parts what
    stands `above` is of the part before."""

    def __init__(self, table: Table, looks: Looks, above: Mapping[str, Above] | None = None):
        self.table, self.looks = table, looks
        self.numbers = [row + 1 for row in table.lines.rows]
        self.above: dict[str, Above] = dict(above or {})
        self.errors: dict[int, list[Remark]] = {}
        self.warnings: dict[int, list[Remark]] = {}
        self.refused: dict[int, set[str]] = {}
        self.removed: dict[int, set[int]] = {}  # columns with an ID-card number
        self.cells = table.columns()
        self._show_padded()
        self._spread_ditto()
        self._strike()
        self._refuse_long_rows()
        self._refuse_unread()
        self._refuse_id_numbers()
        for key in self.cells:
            if key != "serial":
                self._prepare(key)

    def __len__(self) -> int:
        return len(self.table.lines)

    # --- What is said

    def error(
        self, index: int, key: str, message: str | Promise, received: Any = "", *, unread: bool = False, title: str = ""
    ) -> None:
        quoted = "" if unread else _quoted(received)
        title = title or self.table.titled(key)
        remark = Remark(self.numbers[index], title, str(message), quoted, unread, self.table.label)
        self.errors.setdefault(index, []).append(remark)
        self.refused.setdefault(index, set()).add(key)

    def warn(self, index: int, key: str, message: str | Promise, received: Any = "") -> None:
        title = self.table.titled(key)
        remark = Remark(self.numbers[index], title, str(message), _quoted(received), sheet=self.table.label)
        self.warnings.setdefault(index, []).append(remark)

    def is_refused(self, index: int, *keys: str) -> bool:
        return not self.refused.get(index, set()).isdisjoint(keys)

    # --- Reading

    def read(self, key: str, clean: Callable[[Any], tuple[Any, str]], empty: Any = "") -> list[Any]:
        """The values of a column; `empty` for empty and for refused cells."""
        values = self.cells.get(key)
        if values is None:
            return [empty] * len(self)
        known: dict[Any, _Outcome] = {}
        read = []
        for index, cell in enumerate(values):
            if cell == "":
                read.append(empty)
                continue
            distinct = cell if type(cell) is str else (type(cell), cell)
            found = known.get(distinct)
            if found is None:
                found = known[distinct] = _outcome(clean, cell, empty)
            if found.error:
                self.error(index, key, found.error, cell, unread=found.unread)
            elif found.warning:
                self.warn(index, key, found.warning, found.value if type(found.value) is str else cell)
            read.append(found.value)
        return read

    def text(self, key: str) -> list[str]:
        return self.read(key, lambda cell: (cells.text(cell), ""))

    # --- Making ready

    def _said(self, looks: Mapping[Place, Any], place: int) -> Iterator[tuple[int, Any]]:
        """What the looks of a sheet's cells say of those of a column, by the index of the line; of a merged cell for
        each row beside it."""
        if not looks:
            return
        first_of = merged_down(self.table.sheet, place)
        for index, row in enumerate(self.table.lines.rows):
            at = first_of.get(row, row), place
            if at in looks:
                yield index, looks[at]

    def _show_padded(self) -> None:
        """Numbers and telephones as the sheet shows them: the noughts before 577 are only in its format, 0577."""
        for key in CODES & self.cells.keys():
            for index, shown in self._said(self.table.sheet.padded, self.table.places[key]):
                self.cells[key][index] = shown

    def _strike(self) -> None:
        """Of cells struck out in part only what is left, unless it was answered otherwise."""
        if self.looks.whole:
            return
        struck, name = self.table.sheet.struck, self.table.places["name"]
        for key, place in self.table.places.items():
            for index, rest in self._said(struck, place):
                row = self.table.lines.rows[index]
                whole = cells.text(struck.get((row, name), "-")) == ""  # a row that is to be imported all the same
                if not whole:
                    self.cells[key][index] = rest

    def _spread_ditto(self) -> None:
        """A mark in a cell that is merged over several columns stands for what is above it in each of them."""
        rows, place_of = self.table.lines.rows, self.table.places
        for first, left, last, right in self.table.sheet.merges:
            if right == left or not rows:
                continue
            for row in range(max(first, rows[0]), min(last, rows[-1]) + 1):
                mark = self.table.rows[row][left] if left < len(self.table.rows[row]) else ""
                if repairs.DITTO.fullmatch(_sign_of(cells.text(mark))) and row in rows:
                    for key in [key for key, place in place_of.items() if left < place <= right]:
                        self.cells[key][rows.index(row)] = mark

    @cached_property
    def _names(self) -> frozenset[str]:
        """What the rows are called: 同绘声馆 is written of another row."""
        return frozenset(cells.text(cell) for cell in self.table.column(self.table.places["name"]))

    def _refuse_long_rows(self) -> None:
        """Rows of a text file that go on behind the end of its header by one cell, or have 二层 behind the address: one
        with a comma. What goes on for longer is a remark that nobody gave a heading: it is said to be unread."""
        header, lengths = self.table.header, self.table.sheet.lengths
        behind, after_address = header.filled[1] + 1, header.places.get("operating_address", -1) + 1
        for index, row in enumerate(self.table.lines.rows) if lengths and header.last is None else ():
            if row >= len(lengths) or lengths[row] <= lengths[header.bottom]:
                continue  # one that somebody typed below the file has no length
            texts = [cells.text(cell) for cell in self.table.rows[row]]
            more = sum(map(bool, texts[behind:]))
            goes_on = [text for text in texts[after_address : after_address + 1] if PART_OF_AN_ADDRESS.fullmatch(text)]
            if more == 1 or (after_address and goes_on):
                self.error(index, "name", refusals.ROW_TOO_LONG)

    def _refuse_unread(self) -> None:
        sheet = self.table.sheet
        for key, place in self.table.places.items():
            if key == "serial":
                continue
            for index, said in self._said(sheet.unread, place):
                reason = refusals.CELL_UNCALCULATED if said == "=" else refusals.CELL_UNREAD.format(given=said)
                self.error(index, key, reason, said)
                self.cells[key][index] = ""
            for index, digits in self._said(sheet.numbers, place) if key in CODES else ():
                self.error(index, key, refusals.DIGITS_LOST.format(given=digits), digits)
                self.cells[key][index] = ""
            for index, _shown in self._said(sheet.partial_days, place) if key in DAYS or key in DAYS_OF_PARTS else ():
                cell = self.cells[key][index]
                self.error(index, key, refusals.DAY_ADDED.format(given=cells.text(cell)), cell)
                self.cells[key][index] = ""

    def _refuse_id_numbers(self) -> None:
        """In whatever column they stand: an error, and nothing repeats them."""
        header = self.table.header
        key_of = {place: key for key, place in self.table.places.items()}
        width = max((len(self.table.rows[row]) for row in self.table.lines.rows), default=0)
        for place in range(header.first, width if header.last is None else min(width, header.last + 1)):
            key = key_of.get(place, "")
            if key in NOT_SCANNED:
                continue
            values = self.cells[key] if key else list(self.table.column(place))
            known: dict[Any, bool] = {}
            for index, cell in enumerate(values):
                if not _may_hold_id(cell):
                    continue
                if cell not in known:
                    known[cell] = holds_id_number(cells.text(cell), old=key in OF_A_PERSON)
                if known[cell]:
                    title = self.table.titled(key) if key else header.title(place)
                    self.error(index, key or "serial", refusals.ID_NUMBER_INSIDE, unread=True, title=title)
                    self.removed.setdefault(index, set()).add(place)
                    if key:
                        values[index] = ""

    def _prepare(self, key: str) -> None:
        """Take wrappings off, empty what says nothing, spread ditto marks, refuse what a spreadsheet made of texts."""
        values = self.cells[key]
        known: dict[Any, tuple[Any, str]] = {}
        ordinary = _ORDINARY_WORDS if key in NAMED_OR_NOT else _ORDINARY
        above, sections = self.above.get(key, ("", ()))
        left_out, sheet = self.looks.left_out, id(self.table.sheet)
        going_on = {} if key in self.table.of_each_row else self.table.going_on
        for index, cell in enumerate(values):
            if cell == "":
                if not going_on or self.numbers[index] - 1 not in going_on:  # there it is what the row above says
                    above = ""
                continue
            if type(cell) is str and ordinary.fullmatch(cell):
                above, sections = cell, self.table.lines[index].sections
                continue
            if type(cell) is str and "&" in cell and (plain := repairs.unescaped(cell)) != cell:
                self.warn(index, key, refusals.ENTITIES_READ.format(given=cells.short(cell), read=plain.strip()), cell)
                cell = plain
            distinct = cell if type(cell) is str else (type(cell), cell)
            if distinct not in known:
                known[distinct] = _ready(key, cell)
            ready, problem = known[distinct]
            if problem == "ditto":
                if self.table.lines[index].sections != sections or (sheet, self.numbers[index] - 2) in left_out:
                    above = ""  # 同上 of a row that is not imported is nothing to go by
                ready = self._ditto(index, key, ready, above)
            elif key != "name" and type(ready) is str and ready[:1] == "同" and ready[1:] in self._names:
                self.error(index, key, refusals.DITTO_AND_MORE.format(given=cells.short(ready)), cell)
                ready = ""
            elif problem == "unknown":
                self.warn(index, key, refusals.NOTHING_KNOWN.format(given=cells.text(cell)), cell)
            elif problem:
                self.error(index, key, problem, cell)
                ready = ""
            values[index] = ready
            above, sections = ready, self.table.lines[index].sections
        self.above[key] = above, sections

    def _ditto(self, index: int, key: str, sign: str, above: Any) -> Any:
        """The value a mark stands for: the one above, or of the column that is named."""
        if key == "name":
            self.error(index, key, refusals.DITTO_NAME.format(given=sign), sign)
            return ""
        if repairs.SAME_PLACE.fullmatch(sign) and self.cells.keys() >= ADDRESSES:
            self.error(index, key, refusals.DITTO_AND_MORE.format(given=sign), sign)
            return ""
        if not repairs.DITTO.fullmatch(sign):
            other = self._beside(key, sign) if sign in BESIDE else self._named(key, sign)
            if other is None or other == key or (key in ADDRESSES) != (other in ADDRESSES) or other == "name":
                self.error(index, key, refusals.DITTO_LEFT.format(given=sign), sign)
                return ""
            above = self.cells[other][index]
            if any(each.fullmatch(cells.text(above)) for each in (repairs.DITTO, repairs.AS_THE_OTHER)):
                above = ""
        if above == "":
            self.error(index, key, refusals.DITTO_WITHOUT_ABOVE.format(given=sign), sign)
            return ""
        self.warn(index, key, refusals.DITTO_TAKEN.format(given=sign, value=cells.short(cells.text(above))), sign)
        return above

    def _beside(self, key: str, sign: str) -> str | None:
        place = self.table.places[key] + BESIDE[sign]
        return next((other for other, at in self.table.places.items() if at == place), None)

    def _named(self, key: str, sign: str) -> str | None:
        """同办学地址 -> operating_address, where there is such a column; 一致 -> the other address."""
        if repairs.AS_THE_OTHER.fullmatch(sign):
            return next((other for other in ADDRESSES & self.cells.keys() if other != key), None)
        said = headers.meaning(sign.removeprefix("同").removeprefix("上").strip())
        return said[0] if said and said[0] in self.cells else None


def _outcome(clean: Callable[[Any], tuple[Any, str]], cell: Any, empty: Any) -> _Outcome:
    try:
        value, warning = clean(cell)
    except BadCell as problem:
        return _Outcome(empty, error=str(problem), unread=isinstance(problem, HoldsIdNumber))
    return _Outcome(value, warning=str(warning))


def _may_hold_id(cell: Any) -> bool:
    if type(cell) is str:
        return len(cell) >= SHORTEST_ID
    return isinstance(cell, int | float) and abs(cell) >= 10 ** (SHORTEST_ID - 1)


# What none of the rules below is about: words that begin as no ditto mark and no 无, and mobile numbers.
_WORDS = "(?![同仝错无暂与和跟一相两不未待如照见亦略详另]|上同|地址)[\u4e00-\u9fa5][\u4e00-\u9fa5A-Za-z0-9]*"
_ORDINARY, _ORDINARY_WORDS = re.compile(rf"{_WORDS}|1[3-9][0-9]{{9}}"), re.compile(_WORDS)


def _ready(key: str, cell: Any) -> tuple[Any, str]:
    """A cell as it is read, and what is wrong with it; "ditto" for a mark that stands for another cell."""
    cell = repairs.unwrapped(cell)
    written = cells.text(cell)
    if sign := error_in(written):
        return "", refusals.CELL_UNREAD.format(given=sign)
    if not written or (key not in NEVER_NOTHING and written in cells.NOTHING):
        return "", ""
    if cells.text(REMOVED) in written:  # a workbook that came back marked
        return "", str(refusals.ID_NUMBER_REMOVED)
    if key in NAMED_OR_NOT and repairs.UNKNOWN.fullmatch(written):
        return "", "unknown"
    sign = _sign_of(written)
    if repairs.DITTO.fullmatch(sign) or re.fullmatch(r"同([左右]|.{2,6})", sign) and _is_ditto(sign):
        return sign, "ditto"
    if key in ADDRESSES and repairs.AS_THE_OTHER.fullmatch(sign):
        return sign, "ditto"
    if repairs.OF_ANOTHER_ROW.fullmatch(sign):
        return "", str(refusals.DITTO_AND_MORE.format(given=written))
    try:
        if key in NUMBERS:
            repairs.check_number(cell)
        elif key not in DAYS and key not in DAYS_OF_PARTS:
            repairs.check_text(cell)
            if key not in CODES:  # whose readers say it in words of their own
                cells.check_no_exponent(cell)
            if key in WORDS:
                repairs.check_words(cell)
            if key in NAMED_OR_NOT:
                person = key not in ADDRESSES
                repairs.check_has_words(cell, refusals.PERSON_IS_NUMBER if person else refusals.NUMBER_NOT_WORDS)
    except BadCell as problem:
        return "", str(problem)
    return cell, ""


def _sign_of(written: str) -> str:
    """同 上, (同上) -> 同上; 同左边 -> 同左; 与办学地址一致 -> 同办学地址."""
    sign = re.sub(r"[\s()]", "", written)
    sign = re.sub(r"^(同[左右])[边侧栏格]$", r"\1", sign)
    return re.sub(r"^[与和跟](?![上前])(.{2,6}?)(?:一致|相同|一样)$", r"同\1", sign)


def _is_ditto(written: str) -> bool:
    return written in BESIDE or headers.meaning(written.removeprefix("同")) is not None


def _quoted(received: Any) -> str:
    """What was received, as far as a message needs it."""
    written = cells.text(received)
    return written if len(written) <= 60 else f"{written[:60]}…"
