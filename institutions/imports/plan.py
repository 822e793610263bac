"""What each row of a register would do: the plan that is shown is the plan that is committed, row for row."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.errors import enumerated
from institutions.imports import cells, refusals
from institutions.imports.headers import HEADERS, find_header
from institutions.imports.known import MOST_COMPARED, Known, Register
from institutions.imports.package import UnreadableFile
from institutions.imports.rows import ReadLicence, Remark, RowReader
from institutions.imports.workbook import Cells
from institutions.models import Division, Institution, Licence, LicenceStatus
from institutions.names import bare_permit
from institutions.places import County
from institutions.positions import Datum

# What a survey found is not rewritten: figures "as known at" a moment would change behind it.
SURVEY = {"surveyed_on": "排摸日期", "licence_status_at_survey": "证照情况"}
TITLES = {key: words[0] for key, words in HEADERS.items()} | SURVEY | {"division": "乡镇(街道)"}


@dataclass(frozen=True)
class Effect:
    """What a row would set: a column (or licence), what is on file, what the row says."""

    field: str
    title: str
    old: Any
    new: Any

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "title": self.title, "old": _shown(self.old), "new": _shown(self.new)}

    def __str__(self) -> str:
        old = _shown(self.old) or refusals.NOTHING
        return refusals.BECOMES.format(title=self.title, old=old, new=_shown(self.new))


@dataclass
class PlannedRow:
    """One row and what it would do: new, changed (old → new by column) or unchanged."""

    row: int
    original: dict[str, str]
    columns: dict[str, Any]
    licences: list[ReadLicence]
    institution: Institution | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        if self.institution is None:
            return "new"
        return "changed" if self.changes or self.licences else "unchanged"

    @property
    def from_on(self) -> date | None:
        """The day from which a name, township or address that the row changes holds: that of the first survey, when the
        row brings it; None is the day of the import."""
        found = self.institution
        brings_survey = found is not None and "surveyed_on" in self.changes and not (found.moved or found.renamed)
        return self.columns["surveyed_on"] if brings_survey else None

    @property
    def effects(self) -> list[Effect]:
        changes = self.changes
        if self.institution is None:
            changes = {name: (None, value) for name, value in self.columns.items() if value not in ("", None)}
        effects = [Effect(name, TITLES.get(name, name), *change) for name, change in changes.items() if name != "datum"]
        for licence in self.licences:
            title = str(Licence.Kind(licence.kind).label)
            last = licence.valid_to or refusals.LONG_TERM
            valid = refusals.VALID.format(number=licence.number, first=licence.valid_from, last=last)
            effects.append(Effect(f"licence.{licence.kind}", title, None, valid))
        return effects

    def as_json(self) -> dict[str, Any]:
        changes = [effect.as_json() for effect in self.effects]
        return {"row": self.row, "kind": self.kind, "name": self.columns["name"], "changes": changes}


@dataclass
class Plan:
    """All rows of a file and everything that is wrong or odd about them."""

    division: Division
    rows: list[PlannedRow] = field(default_factory=list)
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    duplicates: list[Remark] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.kind == kind]

    def count(self, kind: str) -> int:
        return len(self.of_kind(kind))

    def summary(self, batch: str | None) -> dict[str, Any]:
        """The counts and everything said about rows; `rows` counts those that are no summary, right or wrong."""
        return {
            "batch": batch,
            "rows": len(self.rows) + len({remark.row for remark in self.errors}),
            "new": self.count("new"),
            "changed": self.count("changed"),
            "unchanged": self.count("unchanged"),
            "duplicates": [remark.as_json() for remark in self.duplicates],
            "warnings": [remark.as_json() for remark in self.warnings],
            "errors": [remark.as_json() for remark in self.errors],
        }

    def as_json(self, batch: str | None) -> dict[str, Any]:
        """The summary, and under `plan` what each new or changed row sets."""
        return self.summary(batch) | {"plan": [row.as_json() for row in self.rows if row.kind != "unchanged"]}


def make_plan(sheet: Cells, division: Division, datum: str = Datum.WGS84) -> Plan:
    """Plan the rows of a sheet for a county. Raises UnreadableFile when no header is found.

    `datum` is that of the file's longitudes and latitudes.
    """
    return _Planner(sheet, division, datum).plan


class _Planner:
    def __init__(self, sheet: Cells, division: Division, datum: str):
        self.county, self.datum = County(division), datum
        self.header = find_header(sheet)
        self.register = Register(self.county)
        self.plan = Plan(division)
        self.seen: dict[tuple[str, str], int] = {}
        for number, row in enumerate(sheet[self.header.row + 1 :], start=self.header.row + 2):
            if not self.header.passes_over([cells.text(cell) for cell in row]):
                self._plan_row(number, row)
        if not self.plan.rows and not self.plan.errors:
            raise UnreadableFile(refusals.NO_INSTITUTIONS)
        self._warn_of_the_whole(sheet)

    def _plan_row(self, number: int, row: list[Any]) -> None:
        reader = RowReader(number, row, self.header, self.county, self.datum)
        columns, licences = reader.read()
        planned = PlannedRow(number, reader.original(), columns, licences)
        if not reader.errors:
            self._match(planned, reader)
        self.plan.errors += reader.errors
        self.plan.warnings += reader.warnings
        if not reader.errors:
            self.plan.rows.append(planned)

    def _match(self, planned: PlannedRow, reader: RowReader) -> None:
        """Same credit code or permit: the same institution, as is the same name at the same address unless both have
        codes. The same name, or a near one at the same door: a person decides."""
        columns = planned.columns
        permit = next((each.number for each in planned.licences if each.kind == Licence.Kind.PERMIT), "")
        self._claim(reader, "统一社会信用代码", columns["credit_code"])
        self._claim(reader, "办学许可证号", bare_permit(permit))
        by_code = next(iter(self.register.by_code.get(columns["credit_code"], [])), None)
        holders = self.register.by_permit.get(bare_permit(permit), [])  # several, where they share one
        theirs = [each for each in holders if each == by_code] or [
            each for each in holders if each.name == columns["name"]
        ]
        by_permit = next(iter([*theirs, *holders]), None)
        if by_code is not None and by_permit is not None and by_code != by_permit:
            disagree = refusals.CODE_AND_PERMIT_DISAGREE.format(of_permit=by_permit.name, of_code=by_code.name)
            reader.error("办学许可证号", disagree, permit)
        elif found := by_code or by_permit:
            self._change(planned, found, reader)
        else:
            self._match_by_name(planned, reader)

    def _claim(self, reader: RowReader, title: str, key: str) -> None:
        """A code or permit, which only one row of a file may have."""
        before = self.seen.setdefault((title, key), reader.number) if key else reader.number
        if before != reader.number:
            reader.error(title, refusals.TWICE_IN_FILE.format(row=before), key)

    def _match_by_name(self, planned: PlannedRow, reader: RowReader) -> None:
        columns = planned.columns
        name, address, division = columns["name"], columns["operating_address"], columns["division"]
        same = self.register.same_name_and_address(name, address, division)
        if same is not None and not (columns["credit_code"] and same.credit_code):
            if same.institution is None:
                reader.error("机构名称", refusals.TWICE_IN_FILE.format(row=same.row), name)
            else:
                self._change(planned, same.institution, reader)
            return
        if decided := self.register.decided_same(columns):
            self._change(planned, decided, reader)
            return
        for match in self.register.alike(columns)[:1]:
            self._ask(planned, self.register.question(match))
        if not reader.errors:
            self.register.add(Known(name, address, columns["credit_code"], row=planned.row), division.pk)

    def _ask(self, planned: PlannedRow, message: str) -> None:
        self.plan.duplicates.append(Remark(planned.row, "机构名称", message, planned.columns["name"]))

    def _change(self, planned: PlannedRow, found: Institution, reader: RowReader) -> None:
        """The row is of an institution on file: what differs is changed, unless its survey found it."""
        before = self.seen.setdefault(("institution", str(found.pk)), reader.number)
        if before != reader.number and not reader.errors:
            twice = refusals.SAME_INSTITUTION_TWICE.format(row=before, name=found.name)
            reader.error("机构名称", twice, planned.columns["name"])
        planned.institution = found
        for column, value in planned.columns.items():
            old = getattr(found, column)
            if column == "datum" or value in ("", None) or _same(old, value):
                continue  # the datum goes with the position
            if column != "name" and self.register.is_of_merged(found, column, value):
                continue
            if column in SURVEY and found.surveyed_on is not None:
                message = refusals.SURVEY_NOT_REWRITTEN.format(on_file=_shown(old), given=_shown(value))
                reader.error(SURVEY[column], message, _shown(value))
            if column == "name" and value in self.register.former_names.get(found.pk, ()):
                kept = refusals.FORMER_NAME_KEPT.format(given=value, name=found.name)
                reader.warn("机构名称", kept, value)
                continue
            if column == "division" and not reader.cell("township") and not _is_elsewhere(planned, found):
                continue
            planned.changes[column] = (old, value)
        self._warn_of_move(planned, reader)
        surveyed_on = planned.columns["surveyed_on"]
        if surveyed_on and found.ceased_on and surveyed_on > found.ceased_on:
            closed = refusals.SURVEY_AFTER_CLOSING.format(given=surveyed_on, ceased_on=found.ceased_on)
            reader.error("排摸日期", closed, surveyed_on)
        planned.licences = [each for each in planned.licences if not self._is_on_file(each, found, reader)]
        if planned.changes.keys() & {"name", "operating_address"}:
            address = planned.columns["operating_address"] or found.operating_address
            self.register.add(Known(planned.columns["name"], address, found.credit_code, found), found.division_id)

    def _warn_of_move(self, planned: PlannedRow, reader: RowReader) -> None:
        if "division" in planned.changes:
            old, new = map(_shown, planned.changes["division"])
            said = refusals.MOVES_SINCE_SURVEY if planned.from_on else refusals.MOVES
            reader.warn("乡镇(街道)", said.format(on_file=old, given=new), new)

    def _is_on_file(self, licence: ReadLicence, institution: Institution, reader: RowReader) -> bool:
        """The same number from the same day; from any day when the row does not say from when. What was corrected since
        is not entered again."""
        for each in institution.licences.all():  # the standing ones, prefetched
            if licence.says_the_same(each):
                if licence.valid_to is not None and licence.valid_to != each.valid_to:
                    on_file = each.valid_to or refusals.LONG_TERM
                    until = refusals.PERMIT_END_KEPT.format(on_file=on_file, given=licence.valid_to)
                    reader.warn("许可证有效期至", until, licence.valid_to)
                return True
        if any(licence.says_the_same(each) for each in self.register.corrected.get(institution.pk, ())):
            title = "办学许可证号" if licence.kind == Licence.Kind.PERMIT else "统一社会信用代码"
            reader.warn(title, refusals.LICENCE_CORRECTED.format(number=licence.number), licence.number)
            return True
        return False

    def _warn_of_the_whole(self, sheet: Cells) -> None:
        if titles := self.header.not_taken(sheet):
            message = refusals.COLUMNS_NOT_TAKEN.format(titles=enumerated(titles))
            self.plan.warnings.insert(0, Remark(self.header.row + 1, "表头", message))
        if self.register.gave_up:
            message = refusals.TOO_MANY_TO_COMPARE.format(most=MOST_COMPARED)
            self.plan.warnings.append(Remark(self.header.row + 1, "机构名称", message))


def _is_elsewhere(planned: PlannedRow, found: Institution) -> bool:
    """Whether the row says another address: a township read off the one on file is no news."""
    return planned.columns["operating_address"] not in ("", found.operating_address)


def _same(old: Any, new: Any) -> bool:
    """Whether a value is on file already: degrees to about 0.1 m; a village on file lies in its township."""
    if isinstance(new, Division):
        return isinstance(old, Division) and old.pk.startswith(new.pk)
    if isinstance(new, float):
        return old is not None and abs(old - new) < 1e-6
    return bool(old == new)


def _shown(value: Any) -> Any:
    """A value as people and JSON read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return round(value, 6)
    if value in LicenceStatus.values:
        return str(LicenceStatus(value).label)
    return str(value) if isinstance(value, date | Decimal | Division) else value
