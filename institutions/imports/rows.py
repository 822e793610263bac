"""One row of a register -> columns and licences of an institution. Every error is told, not only the first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from institutions import rules
from institutions.id_numbers import holds_id_number
from institutions.imports import cells, refusals
from institutions.imports.cells import BadCell, HoldsIdNumber
from institutions.imports.headers import HEADERS, Header
from institutions.models import Division, Institution, Licence
from institutions.moments import today
from institutions.names import bare_permit
from institutions.places import County
from institutions.positions import to_wgs84

TEXTS = ("name", "signboard_name", "operating_address", "registered_address", "principal", "phone")
NOT_SCANNED = {"credit_code", "permit"}  # these look like ID-card numbers, and their readers know the difference
OF_A_PERSON = {"principal", "phone"}


@dataclass(frozen=True)
class Remark:
    """Something about a row: where, what was received, what is accepted. Row 0 is the file itself."""

    row: int
    column: str
    message: str
    received: str = ""
    unread: bool = False  # an ID-card number, which nothing repeats

    def __str__(self) -> str:
        if not self.row:
            return self.message
        return refusals.OF_A_ROW.format(row=self.row, column=self.column, message=self.message)

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": str(self), "received": self.received}


@dataclass(frozen=True)
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

    def says_the_same(self, on_file: Licence) -> bool:
        """The same number from the same day; from any day when the row does not say from when."""
        same = on_file.kind == self.kind and bare_permit(on_file.number) == bare_permit(self.number)
        return same and (on_file.valid_from == self.valid_from or not self.stated)


class RowReader:
    """Reads one row column by column; what is wrong or odd collects in `errors` and `warnings`.

    A cell with an ID-card number is an error and is read as if it were empty, so that nothing repeats or keeps it.
    """

    def __init__(self, number: int, row: list[Any], header: Header, county: County, datum: str):
        self.number, self.header, self.county, self.datum = number, header, county, datum
        self.errors: list[Remark] = []
        self.warnings: list[Remark] = []
        self.refused: set[str] = set()
        self.row = self._without_id_numbers(row)

    def _without_id_numbers(self, row: list[Any]) -> list[Any]:
        key_of = {place: key for key, place in self.header.places.items()}
        kept = list(row)
        for place, cell in enumerate(row):
            key = key_of.get(place, "")
            if key not in NOT_SCANNED and holds_id_number(cells.text(cell), old=key in OF_A_PERSON):
                title = HEADERS[key][0] if key else self.header.titles[place]
                self.error(title, refusals.ID_NUMBER_INSIDE, unread=True)
                self.refused.add(key)
                kept[place] = ""
        return kept

    def cell(self, key: str) -> Any:
        """A column's cell; "" for one in which 无 or a stroke says that there is nothing."""
        place = self.header.places.get(key)
        if place is None or place >= len(self.row):
            return ""
        says_nothing = key not in ("name", "licence_status") and cells.text(self.row[place]) in cells.NOTHING
        return "" if says_nothing else self.row[place]

    def original(self) -> dict[str, str]:
        """The cells as they came, by the title of their column."""
        pairs = zip(self.header.titles, self.row, strict=False)
        return {title: str(cell) for title, cell in pairs if str(cell) or not title.startswith("(")}

    def error(self, title: str, message: str | Promise, received: Any = "", *, unread: bool = False) -> None:
        self.errors.append(Remark(self.number, title, str(message), "" if unread else _quoted(received), unread))

    def warn(self, title: str, message: str | Promise, received: Any = "") -> None:
        if message:
            self.warnings.append(Remark(self.number, title, str(message), _quoted(received)))

    def take(self, key: str, clean: Callable[[Any], Any], empty: Any = "") -> Any:
        try:
            return clean(self.cell(key))
        except BadCell as problem:
            unread = isinstance(problem, HoldsIdNumber)
            self.error(HEADERS[key][0], str(problem), self.cell(key), unread=unread)
            self.refused.add(key)
            return empty

    def read(self) -> tuple[dict[str, Any], list[ReadLicence]]:
        """The institution's columns, and its licences."""
        cleaners = {"principal": cells.person, "phone": cells.phones}
        columns: dict[str, Any] = {key: self._limited(key, cleaners.get(key, cells.text)) for key in TEXTS}
        if not columns["name"] and "name" not in self.refused:
            self.error("机构名称", rules.name_reason(columns["name"]))
        columns["credit_code"], odd = self.take("credit_code", cells.credit_code, ("", ""))
        self.warn("统一社会信用代码", odd, columns["credit_code"])
        for key in ("learners", "teachers"):
            columns[key] = self.take(key, cells.people, None)
        columns["area_m2"], odd = self.take("area_m2", cells.area, (None, ""))
        self.warn("面积(平方米)", odd, self.cell("area_m2"))
        columns["division"] = self._township(columns["operating_address"])
        columns |= self._survey()
        columns |= self._position(columns["division"])
        return columns, self._licences(columns)

    def _limited(self, key: str, clean: Callable[[Any], str]) -> str:
        written: str = self.take(key, clean)
        self._check_length(key, written, Institution)
        return written

    def _check_length(self, key: str, written: str, model: type[Model], column: str = "") -> None:
        most = getattr(model._meta.get_field(column or key), "max_length", None)
        if most is not None and len(written) > most:
            too_long = refusals.TOO_LONG.format(given=cells.short(written), length=len(written), most=most)
            self.error(HEADERS[key][0], too_long, written)

    def _township(self, address: str) -> Division | None:
        """The township column, else what the address says; an address in another county is an error in any case."""
        here = self.county.division.name
        if reason := rules.address_reason(address, self.county):
            self.error("办学地址", reason, address)
            return None
        named = cells.text(self.cell("township"))
        found = self.county.named(named) if named else self.county.township_of(address)
        if found is None and named:
            known = next(iter(self.county.townships), "")
            unknown = refusals.NOT_A_TOWNSHIP_BUT if known else refusals.NOT_A_TOWNSHIP
            self.error("乡镇(街道)", unknown.format(given=cells.short(named), here=here, known=known), named)
        elif found is None and not self.refused & {"township", "operating_address"}:
            self.error("乡镇(街道)", refusals.NO_TOWNSHIP, address)
        return found

    def _survey(self) -> dict[str, Any]:
        surveyed_on: date | None = self.take("surveyed_on", cells.day, None)
        status = self.take("licence_status", cells.licence_status)
        if not self.refused & {"surveyed_on", "licence_status"}:
            for column, (reason,) in rules.survey_reasons(surveyed_on, status, today()).items():
                received = "" if surveyed_on is None or column != "surveyed_on" else surveyed_on
                self.error("排摸日期" if column == "surveyed_on" else "证照情况", reason, received)
        return {"surveyed_on": surveyed_on, "licence_status_at_survey": status}

    def _position(self, division: Division | None) -> dict[str, Any]:
        longitude = self.take("longitude", lambda cell: cells.degrees(cell, 180), None)
        latitude = self.take("latitude", lambda cell: cells.degrees(cell, 90), None)
        if division is not None and not self.refused & {"longitude", "latitude"}:
            for reasons in rules.position_reasons(longitude, latitude, division).values():
                self.error("经度", reasons[0], "" if longitude is None else longitude)
        if longitude is None or latitude is None:
            return {}
        place = to_wgs84(longitude, latitude, self.datum)
        return {"longitude": place[0], "latitude": place[1], "datum": self.datum}

    def _licences(self, columns: dict[str, Any]) -> list[ReadLicence]:
        found = []
        surveyed_on = columns["surveyed_on"]
        if permit := self._permit(surveyed_on):
            found.append(permit)
        since = self.take("registration_from", cells.day, None)
        registered = columns["licence_status_at_survey"] in ("full", "registration_only")
        if since is not None and not self._days_can_be("registration_from", "登记证照日期", since, None):
            since = None
        if columns["credit_code"] and registered and (since or surveyed_on):
            first = since or surveyed_on
            code = columns["credit_code"]
            found.append(ReadLicence(Licence.Kind.REGISTRATION, code, first, None, stated=since is not None))
        return found

    def _permit(self, surveyed_on: date | None) -> ReadLicence | None:
        number, odd = self.take("permit", cells.permit_number, ("", ""))
        self.warn("办学许可证号", odd, number)
        self._check_length("permit", number, Licence, "number")
        stated, last = self._permit_period()
        first = stated or surveyed_on
        if not number:
            return None
        if first is None:
            if not self.refused & {"permit_period", "permit_from", "surveyed_on"}:
                self.error("许可证有效期", refusals.PERMIT_WITHOUT_PERIOD)
            return None
        if last is not None and last < first:
            backwards = refusals.PERMIT_ENDS_BEFORE_PERIOD if stated else refusals.PERMIT_ENDS_BEFORE_SURVEY
            self.error("许可证有效期至", backwards.format(last=last, first=first), last)
            return None
        if stated and not self._days_can_be("permit_from", "许可证有效期", first, last):
            return None
        return ReadLicence(Licence.Kind.PERMIT, number, first, last, stated=stated is not None)

    def _days_can_be(self, key: str, title: str, first: date, last: date | None) -> bool:
        """Whether a licence may have these days; `title`: of the first day when not that of `key`."""
        reasons = rules.licence_reasons({"valid_from": first, "valid_to": last}, today())
        for reason in [each for of_column in reasons.values() for each in of_column]:
            self.error(HEADERS[key][0] if cells.text(self.cell(key)) else title, reason, first)
        return not reasons

    def _permit_period(self) -> tuple[date | None, date | None]:
        if cells.text(self.cell("permit_period")):
            first, last = self.take("permit_period", cells.period, (None, None))
            return first, last
        return self.take("permit_from", cells.day, None), self.take("permit_to", cells.day, None)


def _quoted(received: Any) -> str:
    """What was received, as far as a message needs it."""
    written = cells.text(received)
    return written if len(written) <= 60 else f"{written[:60]}…"
