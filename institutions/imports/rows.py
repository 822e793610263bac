"""The lines of a table -> columns and licences of institutions. Every error is told, not only the first."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any

from django.db.models import Model

from institutions import rules
from institutions.imports import cells, naming, parts, passed, refusals, wrapped
from institutions.imports.categories import CategoryReader
from institutions.imports.columns import Above, Columns, Remark
from institutions.imports.context import Context, Said
from institutions.imports.deciding import READ, Looks
from institutions.imports.known import Register
from institutions.imports.licences import LicenceReader, part_periods
from institutions.imports.questions import ABOVE, KEEP, LEAVE_OUT, NONE, Questions
from institutions.imports.read_row import ReadRow
from institutions.imports.tables import Table, shortened
from institutions.imports.ticks import TickReader
from institutions.models import Division, Institution, LicenceStatus
from institutions.moments import today
from institutions.places import BRACKETED, County
from institutions.positions import to_wgs84

LINES_AT_ONCE = 5_000
MOST_ALONE = 30  # rows of nothing but a name that are asked about though most are
# 天成花苑, 虹桥工业区: what may be called after a township and lie in another.
NAMED_AFTER = re.compile(r"\w{0,2}(?:[苑园庄城府湾]|工业|农贸|建材|汽车)(?!路|街)")
HOUSE_ENDS = frozenset("号楼室层幢栋")
ONLY_A_HOUSE = re.compile(r"\d+(?:-\d+)?(?:号|幢|栋)(?:\d*(?:号|幢|栋|楼|层|室))*")  # 1号, 3幢201室
TEXTS = ("signboard_name", "operating_address", "registered_address")


class TableReader:
    """Reads a table column by column, some thousands of lines at a time; `rows` puts the lines together."""

    def __init__(
        self,
        table: Table,
        county: County,
        register: Register,
        questions: Questions,
        looks: Looks,
        *,
        datum: str,
        epoch_1904: bool = False,
        day_key: str = "surveyed_on",
    ):
        self.table, self.county, self.register, self.questions = table, county, register, questions
        self.datum, self.epoch_1904, self.day_key = datum, epoch_1904, day_key
        self.today = today()
        self.context, self.looks = Context(table, county), looks
        self.columns: Columns  # of the lines that are read just now
        self._reasons: dict[Any, Any] = {}
        self._named_above: tuple[Division | None, tuple[str, ...]] = None, ()  # the last township, and its sections
        self._above: tuple[ReadRow, tuple[str, ...]] | None = None  # the line before, and its sections
        self._columns_above: dict[str, Any] = {}  # as they were read: to match it may change them
        self._from_lines: dict[tuple[str, str, str], list[int]] = {}

    def rows(self) -> Iterator[ReadRow]:
        above: Mapping[str, Above] = {}
        for part in self.table.parts(LINES_AT_ONCE):
            self.columns = Columns(part, self.looks, above)
            above = self.columns.above
            yield from self._rows_of(part)

    def _rows_of(self, part: Table) -> Iterator[ReadRow]:
        of_numbers = part_periods(self.columns)
        read = {key: self.columns.read(key, _limited(_line, key)) for key in TEXTS}
        read["principal"] = self._personal("principal", _limited(_person, "principal"))
        read["phone"] = self._personal("phone", _limited_pair(cells.phones_repaired, "phone"))
        self._part(read["principal"], read["phone"])
        read["credit_code"] = self.columns.read("credit_code", cells.credit_code)
        for key in ("learners", "teachers"):
            read[key] = self.columns.read(key, lambda cell: (cells.people(cell), ""), None)
        read["area_m2"] = self.columns.read("area_m2", cells.area, None)
        serials = self.columns.cells.get("serial") or [""] * len(self.columns)
        raw_names = self.columns.read("name", _limited(_name, "name"))
        named, counties = self._spelt(self.columns.text("township")), self.columns.text("county")
        formers = self.columns.text("former_name")
        status_key = "licence_at_survey" if "licence_at_survey" in self.table.places else "licence_status"
        statuses = self.columns.read(status_key, lambda cell: (cells.licence_status(cell), ""))
        days = self.columns.read("surveyed_on", self._day, None)
        longitudes = self.columns.read("longitude", lambda cell: (cells.degrees(cell, 180), ""), None)
        latitudes = self.columns.read("latitude", lambda cell: (cells.degrees(cell, 90), ""), None)
        licences = LicenceReader(self.columns, self._day, of_numbers)
        categories = CategoryReader(self.columns, self.questions)
        ticks = TickReader(self.columns, self.questions)
        of_parts = parts.read(self.columns, self._day)
        for index, address in enumerate(read["operating_address"]):
            if address[-1:] in HOUSE_ENDS and ONLY_A_HOUSE.fullmatch(address):
                self.columns.warn(index, "operating_address", refusals.ONLY_A_HOUSE, address)
        for index, line in enumerate(part.lines):
            row = self._row(index, {key: values[index] for key, values in read.items()})
            if of_parts:
                row.said = {key: values[index] for key, values in of_parts.items()}
            above, self._above = self._above, (row, line.sections)
            if above is not None and above[1] == line.sections and self._goes_on(row, above[0]):
                self._columns_above = dict(row.columns)
                yield row
                continue
            said = self.context.said(line.sections)
            if self._named_above[1] != line.sections:
                self._named_above = None, line.sections
            self._name(row, raw_names[index])
            if passed.is_void(serials[index]):
                self._ask_void(row)
            row.former = formers[index]
            if self._is_of_this_county(row, counties[index]):
                self._township(row, named[index], said)
            row.columns["category"] = categories.of(index, row.row)
            self._survey(row, days[index], ticks.of(index, statuses[index]), said)
            self._position(row, longitudes[index], latitudes[index])
            row.licences = licences.of(row)
            self._ask_alone(row)
            self._columns_above = dict(row.columns)
            yield row

    @property
    def from_lines(self) -> list[Remark]:
        """What was taken from titles, headings of sections and the sheet's name, with the rows it was taken for."""
        return [
            Remark(
                rows[0],
                column,
                refusals.TAKEN_FROM_LINE.format(line=line, value=value, count=len(rows), last=rows[-1]),
                sheet=self.table.label,
            )
            for (column, line, value), rows in self._from_lines.items()
        ]

    def _from_a_line(self, row: ReadRow, column: str, line: str, value: str) -> None:
        self._from_lines.setdefault((column, shortened(line), value), []).append(row.row)

    def _row(self, index: int, columns: dict[str, Any]) -> ReadRow:
        of = self.columns
        return ReadRow(
            row=of.numbers[index],
            sheet=self.table.label,
            table=self.table,
            columns={"name": ""} | columns,
            licences=[],
            removed=of.removed.get(index, ()),
            index=index,
            of=of,
        )

    def _personal(self, key: str, clean: Callable[[Any], tuple[str, str]]) -> list[Any]:
        """A column of personal data; what is masked in it (王**, 138****0000) is not taken."""

        def masked(cell: Any) -> tuple[str, str]:
            written = cells.text(cell)
            if "*" in written:
                return "", refusals.MASKED.format(given=cells.short(written))
            return clean(cell)

        return self.columns.read(key, masked)

    def _part(self, principals: list[str], phones: list[str]) -> None:
        """王某13800000001 in a column of persons, where no telephone stands beside."""
        for index, written in enumerate(principals):
            person, phone = cells.person_and_phone(written) if written and not phones[index] else ("", "")
            if phone:
                principals[index], phones[index] = person, cells.phones(phone)
                said = refusals.PHONE_OF_PERSON.format(given=cells.short(written))
                self.columns.warn(index, "principal", said, written)

    def _day(self, cell: Any) -> tuple[date | None, str]:
        day = cells.day(cell, epoch_1904=self.epoch_1904)
        is_serial = self.epoch_1904 and isinstance(cell, int | float)
        return day, refusals.SERIAL_OF_1904.format(given=cells.text(cell), day=day) if is_serial else ""

    def _goes_on(self, row: ReadRow, above: ReadRow) -> bool:
        """Whether a row says more of the institution of the line above: its name is merged down, or was left out."""
        merged = self.table.going_on.get(row.row - 1)
        if merged is None:
            return False
        answer: str | None = ABOVE
        if not merged:
            choices: dict[str, Any] = {ABOVE: refusals.CHOICE_OF_ABOVE, NONE: refusals.CHOICE_NAME_MISSING}
            choices[LEAVE_OUT] = refusals.CHOICE_LEAVE_OUT_THEM
            asked = refusals.ASK_NAME_ABOVE
            answer = self.questions.ask(
                "name_above", asked, choices, scope="file", row=row.row, at=row.sheet, column="机构名称"
            )
            if answer == NONE:
                return False
            row.held_up = answer is None
        row.held_up |= above.held_up or bool(above.errors)
        row.left_out = above.left_out or (str(refusals.LEFT_OUT_BY_ANSWER) if answer == LEAVE_OUT else "")
        row.columns, row.licences = dict(self._columns_above), list(above.licences)
        row.said_township, row.former, row.stated_status = above.said_township, above.former, above.stated_status
        day = self.table.visit_day
        if day and row.said.get(day) is None:
            row.said = {**row.said, day: above.said.get(day)}
        return True

    # --- The name

    def _name(self, row: ReadRow, written: str) -> None:
        """The name without a serial before it; a mark in it, or what is no name, is asked about unless it is on file
        just so."""
        row.columns["name"] = cells.text(written)
        if not written:
            if not self.columns.is_refused(row.index, "name"):
                row.error("机构名称", rules.name_reason("", self.county))
            return
        if self.register.has_name(row.columns["name"]):
            return
        found = naming.named(written, self.county)
        if found.serial:
            row.warn("机构名称", refusals.SERIAL_TAKEN_OFF.format(serial=found.serial), written)
        row.columns["name"] = found.name
        if found.none:
            choices = {LEAVE_OUT: refusals.CHOICE_LEAVE_OUT} | (
                {KEEP: refusals.CHOICE_KEEP_NAME} if found.possible else {}
            )
            asked = refusals.ASK_NAME.format(given=found.name)
            self._ask_out(row, f"name:{row.key}", asked, choices)
        elif found.several:
            choices = {KEEP: refusals.CHOICE_KEEP_NAME, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
            self._ask_out(row, f"name:{row.key}", refusals.ASK_NAMES.format(given=cells.short(found.name)), choices)
        elif found.mark:
            choices = {KEEP: refusals.CHOICE_WITHOUT_MARK, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
            self._ask_out(row, f"mark:{found.mark}", refusals.ASK_MARK.format(mark=found.mark), choices)

    def _ask_alone(self, row: ReadRow) -> None:
        """A row of which nothing but the name is filled, where others say more: it may be a line below the list."""
        columns = row.columns
        if any(columns[key] and not passed.signs(columns[key]) for key in ("operating_address", "principal", "phone")):
            return
        alone = None if row.errors or row.held_up or row.left_out else self._alone.get(row.row - 1)
        if alone is None or self.register.has_name(columns["name"]):
            return
        if self.questions.answers.get(f"row:{row.key}") == READ:
            return
        choices = {KEEP: refusals.CHOICE_KEEP_NAME, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
        self._ask_out(row, f"name:{row.key}", refusals.ASK_ALONE.format(given=alone), choices)

    @cached_property
    def _alone(self) -> dict[int, str]:
        """What stands in the rows of nothing but a name, or with 审核:李某 beside it; none in a table that is a list of
        names, but for townships and some remarks."""
        header, lines, alone, say_more = self.table.header, self.table.lines, dict[int, str](), False
        name = header.places["name"]
        taken = {place for key, place in header.places.items() if key not in ("name", "serial", "township")}
        for row in lines.rows:
            last = len(self.table.rows[row]) if header.last is None else header.last + 1
            written = enumerate(self.table.rows[row][header.first : last], start=header.first)
            filled = {place: text for place, cell in written if (text := cells.text(cell))}
            if all(place == name or passed.signs(text) for place, text in filled.items()):
                alone[row] = shortened(" ".join(filled.values()))
            else:
                say_more = say_more or not taken.isdisjoint(filled)
        return alone if say_more and len(alone) <= max(MOST_ALONE, len(lines) // 2) else {}

    def _ask_void(self, row: ReadRow) -> None:
        """A row that is struck off by what stands for its serial."""
        title = self.table.titled("serial")
        choices = {KEEP: refusals.CHOICE_READ, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT_THEM}
        self._ask_out(row, f"closed:{title}", refusals.ASK_CLOSED_BY_COLUMN.format(title=title), choices, title)

    def _ask_out(self, row: ReadRow, key: str, asked: str, choices: dict[str, Any], column: str = "机构名称") -> None:
        answer = self.questions.ask(key, asked, choices, row=row.row, column=column, sheet=row.sheet)
        row.held_up |= answer is None
        if answer == LEAVE_OUT:
            row.left_out = str(refusals.LEFT_OUT_BY_ANSWER)

    # --- The township

    def _is_of_this_county(self, row: ReadRow, named: str) -> bool:
        """Whether a column of counties says no other one: that is an error, as in an address."""
        here = self.county.division.name
        row.columns["division"] = None
        if named and (other := self._once(("county", named), lambda: self.county.other_named(named))):
            row.error("县(市、区)", refusals.NOT_THIS_COUNTY.format(given=other, here=here), named)
            return False
        if named and not self._once(("here", named), lambda: self.county.is_here(named)):
            row.warn("县(市、区)", refusals.COUNTY_UNKNOWN.format(given=cells.short(named), here=here), named)
        return True

    def _is_elsewhere(self, row: ReadRow) -> bool:
        """Whether an address that begins like one of another county is said, or not yet said, to be there."""
        address = row.columns["operating_address"]
        other = self.county.may_be_in(address)
        if not other or self.register.has_name(row.columns["name"]):
            return False
        asked = refusals.ASK_ELSEWHERE.format(address=address, other=other, here=self.county.division.name)
        choices = {KEEP: refusals.CHOICE_HERE, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
        self._ask_out(row, f"county:{row.key}", asked, choices, "办学地址")
        return row.held_up or bool(row.left_out)

    def _are_several_places(self, row: ReadRow) -> bool:
        """Whether an address names several doors in several roads, of which nobody has said that it is one place."""
        address = row.columns["operating_address"]
        parts = [part for part in re.split("[;、,/]", BRACKETED.sub("", address)) if part.strip()]
        if len(parts) < 2 or not all(wrapped.DOOR_OF_A_ROAD.search(part) for part in parts):
            return False
        if self.register.has_name(row.columns["name"]):
            return False
        asked = refusals.ASK_PLACES.format(address=cells.short(address))
        choices = {KEEP: refusals.CHOICE_ONE_PLACE, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
        self._ask_out(row, f"places:{row.key}", asked, choices, "办学地址")
        return row.held_up or bool(row.left_out)

    def _township(self, row: ReadRow, named: str, said: Said) -> None:
        """The township column, else what the lines above or the address say; where they disagree it is asked. An
        address in another county is an error in any case."""
        address, here = row.columns["operating_address"], self.county.division.name
        if reason := rules.address_reason(address, self.county):
            row.error("办学地址", reason, address)
            return
        if self._is_elsewhere(row) or self._are_several_places(row):
            return
        if named and not self._once(("only county", named), lambda: self.county.is_itself(named)):
            found = self._once(("named", named), lambda: self.county.named(named))
            if found is None and len(several := self.county.several_named(named)) > 1:
                of_several = refusals.ASK_TOWNSHIPS_OF_CELL.format(names="、".join(each.name for each in several))
                row.columns["division"] = self._ask_township(row, of_several, several)
                return
            if found is None:
                known = next(iter(self.county.townships), "")
                unknown = refusals.NOT_A_TOWNSHIP_BUT if known else refusals.NOT_A_TOWNSHIP
                row.error("乡镇(街道)", unknown.format(given=cells.short(named), here=here, known=known), named)
                return
            row.said_township = True
            self._named_above = found, self._named_above[1]
            if said.township is not None and said.township != found:
                row.warn(
                    "乡镇(街道)",
                    refusals.NOT_THE_SECTION.format(given=found.name, line=shortened(said.township_in)),
                    named,
                )
            asked = refusals.ASK_TOWNSHIP.format
            row.columns["division"] = self._agreed(row, found, lambda other: asked(column=found.name, address=other))
        else:
            row.columns["division"] = self._unnamed(row, said)

    def _agreed(self, row: ReadRow, stated: Division, asked: Callable[[str], str]) -> Division | None:
        """The township that is stated, unless the address begins with another, in full or in short: then it is asked
        about. One that the address only mentions is said."""
        found = self.county.township_in(row.columns["operating_address"])
        other = found.township
        if other is None or other == stated:
            return stated
        if self.register.has_place(row.columns["name"], row.columns["operating_address"], stated):
            return stated
        behind = row.columns["operating_address"].partition(found.names[0])[2]
        if found.how == "mentioned" or (found.how == "short" and NAMED_AFTER.match(behind)):
            said = refusals.MENTIONS_ANOTHER.format(given=found.names[0], name=stated.name)
            row.warn("乡镇(街道)", said, row.columns["operating_address"])
            return stated
        return self._ask_township(row, asked(other.name), [stated, other])

    def _ask_township(self, row: ReadRow, asked: str, choices: list[Division]) -> Division | None:
        words = {each.pk: each.name for each in choices}
        answer = self.questions.ask(
            f"township:{row.key}", asked, words, row=row.row, column="乡镇(街道)", sheet=row.sheet
        )
        row.held_up |= answer is None
        row.said_township = True
        return next((each for each in choices if each.pk == answer), None)

    def _ask_township_of_the_sheet(self, row: ReadRow, choices: tuple[Division, ...]) -> Division | None:
        words = {each.pk: each.name for each in choices}
        names = "、".join(words.values())
        answer = self.questions.ask(
            f"township:{self.table.sheet.name}",
            refusals.ASK_TOWNSHIP_OF_LINES.format(names=names),
            words,
            scope="sheet",
            row=row.row,
            column="乡镇(街道)",
            sheet=row.sheet,
        )
        row.held_up |= answer is None
        row.said_township = True
        return next((each for each in choices if each.pk == answer), None)

    def _unnamed(self, row: ReadRow, said: Said) -> Division | None:
        address = row.columns["operating_address"]
        found = self.county.township_in(address)
        if said.disagree and found.how != "stated":
            return self._ask_township_of_the_sheet(row, said.disagree)
        if said.township is not None:
            line, name = shortened(said.township_in), said.township.name
            if found.how == "stated" and found.township == said.township:
                return found.township
            row.said_township = True
            asked = refusals.ASK_TOWNSHIP_LINE.format
            place = self._agreed(row, said.township, lambda other: asked(line=line, column=name, address=other))
            if place == said.township:
                self._from_a_line(row, "乡镇(街道)", line, name)
            return place
        if found.township is not None:
            if found.how != "stated":
                says = refusals.SHORT_TOWNSHIP if found.how == "short" else refusals.MENTIONED_TOWNSHIP
                row.warn("乡镇(街道)", says.format(given=found.names[0], name=found.township.name), address)
            return found.township
        if found.names:
            places = {self.county.townships.get(name) or self.county.villages[name] for name in found.names}
            asked_which = refusals.ASK_TOWNSHIPS.format(names="、".join(found.names))
            return self._ask_township(row, asked_which, sorted(places, key=lambda place: place.pk))
        refused = self.columns.is_refused(row.index, "township", "operating_address")
        if not refused and self._named_above[0] is not None and self._is_named_by_group:
            return self._ask_township_above(row, self._named_above[0])
        if not refused:
            row.error("乡镇(街道)", refusals.NO_TOWNSHIP, address)
        return None

    @cached_property
    def _is_named_by_group(self) -> bool:
        """Whether no two rows under each other say the same township: then it may stand once for those below it."""
        place = self.table.places.get("township")
        texts = [] if place is None else (cells.text(cell) for cell in self.table.column(place))
        return place is not None and not any(one and one == other for one, other in pairwise(texts))

    def _ask_township_above(self, row: ReadRow, above: Division) -> Division | None:
        choices = {ABOVE: refusals.CHOICE_ABOVE, NONE: refusals.CHOICE_NOT_ABOVE}
        asked = refusals.ASK_TOWNSHIP_ABOVE
        answer = self.questions.ask(
            "township_above", asked, choices, scope="file", row=row.row, at=row.sheet, column="乡镇(街道)"
        )
        row.held_up |= answer is None
        row.said_township = True
        if answer == NONE:
            row.error("乡镇(街道)", refusals.NO_TOWNSHIP, row.columns["operating_address"])
        return above if answer == ABOVE else None

    def _spelt(self, named: list[str]) -> list[str]:
        """柳, 市, 镇 in three rows under each other: 柳市镇 in each of them."""
        first = 0
        for single, those in groupby(named, key=lambda text: len(text) == 1):
            letters = list(those)
            found = self.county.townships.get("".join(letters)) if single and len(letters) > 1 else None
            for index in range(first, first + len(letters)) if found else ():
                assert found is not None
                self.columns.warn(index, "township", refusals.TOWNSHIP_SPELT.format(name=found.name), named[index])
                named[index] = found.name
            first += len(letters)
        return named

    # --- The survey

    def _survey(self, row: ReadRow, surveyed_on: date | None, status: str, said: Said) -> None:
        refused = self.columns.is_refused(row.index, "surveyed_on", "licence_status", "licence_at_survey")
        from_line = not status and said.status
        if status and said.status and status != said.status and not refused:
            label = str(LicenceStatus(status).label)
            row.warn(
                "证照情况", refusals.STATUS_NOT_THE_SECTION.format(given=label, line=shortened(said.status_in)), label
            )
        if from_line and not refused:
            status = said.status
        if self.table.visit_day and surveyed_on is None:
            row.stated_status, status = status, ""  # the visit is the survey, if it is the first
            if from_line and row.stated_status:
                self._from_a_line(row, "证照情况", said.status_in, str(LicenceStatus(row.stated_status).label))
        if bool(status) != (surveyed_on is not None) and not refused:
            surveyed_on, status = self._as_on_file(row, surveyed_on, status)
        if status and surveyed_on is None and not refused:
            surveyed_on, status = self._ask_day(row, status, bool(from_line))
        elif surveyed_on is not None and not status and not refused and self._has_no_status():
            surveyed_on, status = self._ask_status(row, surveyed_on)
        if from_line and status:
            self._from_a_line(row, "证照情况", said.status_in, str(LicenceStatus(status).label))
        row.columns.update(surveyed_on=surveyed_on, licence_status_at_survey=status)
        if refused:
            return
        reasons = self._once(
            ("survey", surveyed_on, status), lambda: rules.survey_reasons(surveyed_on, status, self.today)
        )
        for column, (reason,) in reasons.items():
            received = "" if surveyed_on is None or column != "surveyed_on" else surveyed_on
            row.error("排摸日期" if column == "surveyed_on" else "证照情况", reason, received)

    def _as_on_file(self, row: ReadRow, surveyed_on: date | None, status: str) -> tuple[date | None, str]:
        """Half a survey that says the same as the one on file is that one."""
        columns = row.columns
        known = columns["division"] and self.register.same_name_and_address(
            columns["name"], columns["operating_address"], columns["division"]
        )
        found = known.institution if known else None
        if found is None or found.surveyed_on is None:
            return surveyed_on, status
        same = surveyed_on in (None, found.surveyed_on) and status in ("", found.licence_status_at_survey)
        return (found.surveyed_on, found.licence_status_at_survey) if same else (surveyed_on, status)

    def _has_no_status(self) -> bool:
        return not {"licence_status", "licence_at_survey"} & self.table.places.keys() and not self.table.header.ticks

    def _ask_day(self, row: ReadRow, status: str, from_line: bool) -> tuple[date | None, str]:
        """The survey day of rows that have a licence status and no day: asked once, with what a title says."""
        proposed = self.context.survey_day
        asked = str(refusals.ASK_SURVEY_DAY_OF_LINES if from_line else refusals.ASK_SURVEY_DAY)
        if proposed:
            asked = refusals.ASK_SURVEY_DAY_OF_TITLE.format(line=shortened(proposed[1]), day=proposed[0])
        answer = self.questions.ask(
            self.day_key,
            asked,
            {NONE: refusals.CHOICE_NO_SURVEY},
            scope="file",
            row=row.row,
            column="排摸日期",
            takes_day=True,
            proposal=str(proposed[0]) if proposed else "",
            default=NONE if from_line else None,
        )
        if answer is None or answer == NONE:
            return None, ""
        return date.fromisoformat(answer), status

    def _ask_status(self, row: ReadRow, surveyed_on: date) -> tuple[date | None, str]:
        choices = {str(value): str(label) for value, label in LicenceStatus.choices} | {
            "not_surveyed": refusals.CHOICE_NO_STATUS
        }
        answer = self.questions.ask(
            "licence_status", refusals.ASK_STATUS, choices, scope="file", row=row.row, column="证照情况"
        )
        if answer is None or answer == "not_surveyed":
            return None, ""
        return surveyed_on, answer

    # --- The position

    def _position(self, row: ReadRow, longitude: float | None, latitude: float | None) -> None:
        division = row.columns["division"]
        if longitude is None and latitude is None:
            return
        if division is not None and not self.columns.is_refused(row.index, "longitude", "latitude"):
            for reasons in rules.position_reasons(longitude, latitude, division).values():
                row.error("经度", reasons[0], "" if longitude is None else longitude)
        if longitude is None or latitude is None:
            return
        place = to_wgs84(longitude, latitude, self.datum)
        row.columns.update(longitude=place[0], latitude=place[1], datum=self.datum)

    def _once(self, key: Any, work: Callable[[], Any]) -> Any:
        """What does not depend on the row is worked out once."""
        if key not in self._reasons:
            self._reasons[key] = work()
        return self._reasons[key]


def _name(cell: Any) -> str:
    """The text as it came: a serial before it may be a sign that is none after cleaning (①)."""
    if isinstance(cell, int | float) and cell == 0:
        raise cells.BadCell(refusals.NAME_IS_ZERO)
    written = wrapped.name_in_one_line(cell) if type(cell) is str else cells.text(cell)
    return " ".join(written.translate(cells.INVISIBLE).split())


def _person(cell: Any) -> str:
    return wrapped.without_blanks(cells.person(cell))


def _line(cell: Any) -> str:
    """A text of a name or an address in one line."""
    several = type(cell) is str and "\n" in cell
    return cells.without_id_number(wrapped.address_in_one_line(cell) if several else cell)


def _limited(clean: Callable[[Any], str], column: str, model: type[Model] = Institution) -> Any:
    """A reader of texts that refuses what is longer than its column."""
    return _limited_pair(lambda cell: (clean(cell), ""), column, model)


def _limited_pair(clean: Callable[[Any], tuple[str, str]], column: str, model: type[Model] = Institution) -> Any:
    most: int = model._meta.get_field(column).max_length  # type: ignore[union-attr,assignment]

    def limited(cell: Any) -> tuple[str, str]:
        written, warning = clean(cell)
        if len(written) > most:
            raise cells.BadCell(refusals.TOO_LONG.format(given=cells.short(written), length=len(written), most=most))
        return written, warning

    return limited
