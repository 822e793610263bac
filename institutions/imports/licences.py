"""The licences a row speaks of: permits, and registrations as a legal person, with their days."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from accounts.errors import Reasons
from institutions import rules
from institutions.imports import cells, headers, refusals
from institutions.imports.columns import Columns
from institutions.imports.on_file import LicenceOnFile
from institutions.models import Licence, LicenceStatus
from institutions.moments import today
from institutions.names import bare_permit

if TYPE_CHECKING:
    from institutions.imports.read_row import ReadRow

SHORTEST_WITH_PERIOD = 15
NUMBER_AND_PERIOD = re.compile(r"(\S[^,;(]{4,}?)[\s,;(、]*(?:有效期(?:限|至|为)?[:]?\s*)?((?:自|\d{4}[.\-/年]).*?)\)?")
Period = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class ReadLicence:
    """A licence a row speaks of; `stated` when the row says from when, and it is not taken from the survey day."""

    kind: str
    number: str
    valid_from: date
    valid_to: date | None
    stated: bool

    @property
    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("kind", "number", "valid_from", "valid_to")}

    def says_the_same(self, on_file: Licence | LicenceOnFile) -> bool:
        """The same number from the same day; from any day when the row does not say from when."""
        same = on_file.kind == self.kind and bare_permit(on_file.number) == bare_permit(self.number)
        return same and (on_file.valid_from == self.valid_from or not self.stated)


def _permit_holds(licences: list[ReadLicence], on: date | None) -> bool:
    """Whether one of them is a permit of which the row says that it held on this day."""
    stated = [each for each in licences if each.kind == Licence.Kind.PERMIT and each.stated]
    return on is not None and any(each.valid_from <= on <= (each.valid_to or on) for each in stated)


def part_periods(columns: Columns) -> dict[str, dict[int, Any]]:
    """教民1号 2017.9.1-2020.8.31 under 办学许可证号及有效期: the numbers stay in their column. Returned are
    the texts of the periods by the index of the line, for each kind."""
    found: dict[str, dict[int, Any]] = {"permit": {}, "registration": {}}
    for key, kind in (("permit", "permit"), ("registration", "registration"), ("credit_code", "registration")):
        for index, cell in enumerate(columns.cells.get(key, ())):
            written = cells.text(cell) if type(cell) is str and len(cell) > SHORTEST_WITH_PERIOD else ""
            parts = NUMBER_AND_PERIOD.fullmatch(written)
            if parts and (period := cells.PERIOD.fullmatch(parts[2])):
                columns.cells[key][index], found[kind][index] = parts[1], period[0]
                columns.warn(index, key, refusals.NUMBER_AND_PERIOD.format(given=cells.short(written)), written)
    return found


class LicenceReader:
    """Reads the columns of licences of a table; `of` puts those of a row together."""

    def __init__(
        self,
        columns: Columns,
        day: Callable[[Any], tuple[date | None, str]],
        of_numbers: Mapping[str, Mapping[int, Any]],  # what part_periods found
    ):
        self.columns, self.today = columns, today()
        self._known_reasons: dict[Period, Reasons] = {}
        self.permits = columns.read("permit", _several(cells.permit_number), [])
        self.registrations = columns.read("registration", _several(cells.registration_number), [])
        self.periods = {
            kind: columns.read(f"{kind}_period", lambda cell: (cells.period_or_end(cell), ""), [])
            for kind in ("permit", "registration")
        }
        for kind, periods in of_numbers.items():
            for index, written in periods.items():
                if not self.periods[kind][index]:
                    self.periods[kind][index] = cells.period_or_end(written)
        self.first = {kind: columns.read(f"{kind}_from", day, None) for kind in ("permit", "registration")}
        self.last = {kind: columns.read(f"{kind}_to", day, None) for kind in ("permit", "registration")}
        self.has_registrations = "registration" in columns.cells
        self.is_our_own = "licence_at_survey" in columns.cells

    def of(self, row: "ReadRow") -> list[ReadLicence]:
        found = []
        for kind, numbers in (("permit", self.permits), ("registration", self.registrations)):
            found += self._of_kind(row, kind, numbers[row.index])
        code, status = row.columns["credit_code"], row.status
        if status in ("none", "registration_only") and _permit_holds(found, row.seen_on):
            label = LicenceStatus(status).label
            row.warn("证照情况", refusals.STATUS_WITHOUT_PERMIT.format(status=label), label)
        if not self.has_registrations and not self.is_our_own:
            first, last = self._stated(row, "registration")[0]
            days_can_be = first is None or self._days_can_be(row, "registration", first, last)
            has_one = status in ("full", "registration_only") or (not status and first is not None)
            if code and not has_one and (first or last):
                row.warn("统一社会信用代码", refusals.PERIOD_NOT_TAKEN.format(given=last or first), code)
            if code and has_one and days_can_be:
                if start := first or row.seen_on:
                    found.append(ReadLicence(Licence.Kind.REGISTRATION, code, start, last, stated=first is not None))
            elif code and first is None and cells.OLD_NUMBER.fullmatch(code):
                row.warn("统一社会信用代码", refusals.OLD_CODE_WITHOUT_DAY.format(given=code), code)
        return found

    def _of_kind(self, row: "ReadRow", kind: str, numbers: list[str]) -> list[ReadLicence]:
        """A licence for each number of the cell, with the period at its place."""
        stated = self._stated(row, kind)
        if len(numbers) > 1 and len(stated) != len(numbers):
            if not self.columns.is_refused(row.index, f"{kind}_period"):
                counts = refusals.COUNT_OF_PERIODS.format(numbers=len(numbers), periods=len(stated))
                self.columns.error(row.index, kind, counts, "、".join(numbers))
            return []
        found = []
        for number, (first, last) in zip(numbers, stated, strict=False):
            if licence := self._one(row, kind, number, first, last):
                found.append(licence)
        return found

    def _one(
        self, row: "ReadRow", kind: str, number: str, stated: date | None, last: date | None
    ) -> ReadLicence | None:
        most = Licence._meta.get_field("number").max_length
        if most is not None and len(number) > most:
            too_long = refusals.TOO_LONG.format(given=cells.short(number), length=len(number), most=most)
            self.columns.error(row.index, kind, too_long, number)
            return None
        first = stated or row.seen_on
        if first is None:
            if kind == "permit" and not self.columns.is_refused(
                row.index, "permit_period", "permit_from", "surveyed_on"
            ):
                written = self.columns.cells.get("permit_period")
                given = cells.text(written[row.index]) if written else ""
                reason = refusals.NOT_A_PERIOD.format(given=given) if given else refusals.PERMIT_WITHOUT_PERIOD
                self.columns.error(row.index, "permit_period", reason, given)
            elif kind == "registration":
                self.columns.warn(row.index, kind, refusals.REGISTRATION_WITHOUT_DAY.format(given=number), number)
            return None
        if last is not None and last < first:
            backwards = refusals.PERMIT_ENDS_BEFORE_PERIOD if stated else refusals.PERMIT_ENDS_BEFORE_SURVEY
            self.columns.error(row.index, f"{kind}_to", backwards.format(last=last, first=first), last)
            return None
        if stated and not self._days_can_be(row, kind, first, last):
            return None
        return ReadLicence(kind, number, first, last, stated=stated is not None)

    def _days_can_be(self, row: "ReadRow", kind: str, first: date, last: date | None) -> bool:
        """Whether a licence may have these days."""
        reasons = self._reasons(first, last)
        key = f"{kind}_from" if self.first[kind][row.index] else f"{kind}_period"
        for reason in [each for of_column in reasons.values() for each in of_column]:
            self.columns.error(row.index, key if key in headers.HEADERS else f"{kind}_from", reason, first)
        return not reasons

    def _reasons(self, first: date, last: date | None) -> Reasons:
        """Periods are few, and are asked about once each."""
        found = self._known_reasons.get((first, last))
        if found is None:
            found = rules.licence_reasons({"valid_from": first, "valid_to": last}, self.today)
            self._known_reasons[first, last] = found
        return found

    def _stated(self, row: "ReadRow", kind: str) -> list[Period]:
        """The periods that the row states; one without days when it states none."""
        periods: list[Period] = self.periods[kind][row.index]
        first, last = self.first[kind][row.index], self.last[kind][row.index]
        if len(periods) == 1 and periods[0][0] is None:  # only until when
            return [(first, periods[0][1] or last)]
        return periods or [(first, last)]


def _several(clean: Callable[[Any], tuple[str, str]]) -> Callable[[Any], tuple[list[str], str]]:
    """A reader of cells in which several numbers may stand, divided by 、 or a comma as our own lists have them."""

    def several(cell: Any) -> tuple[list[str], str]:
        parts = cells.several(cell) if type(cell) is str else [cell]
        read = [clean(part) for part in parts]
        return [number for number, _ in read if number], next((odd for _, odd in read if odd), "")

    return several
