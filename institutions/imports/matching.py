"""Which institution a row is of, and what follows from it: new, changed or unchanged, or something to be asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise

from institutions.actions.registering import reasons_against
from institutions.duplicates.by_hash import ByHash
from institutions.duplicates.likeness import Match
from institutions.imports import naming, refusals, wrapped
from institutions.imports.columns import Remark
from institutions.imports.known import Known, Register
from institutions.imports.licences import ReadLicence
from institutions.imports.planned import SURVEY, TITLES, PlannedRow, shown
from institutions.imports.questions import LEAVE_OUT, Questions
from institutions.imports.read_row import ReadRow, ReadRows
from institutions.imports.tables import Table
from institutions.models import Division, DuplicateDecision, Institution, Licence
from institutions.moments import today
from institutions.names import bare_permit, normal_name
from institutions.places import County

SAME, OTHER = "same", "other"
ADDRESSES = ("operating_address", "registered_address")
MOST_ALIKE = 3  # institutions that are shown beside a row


class Matcher:
    """Finds the institution of each row, on file or in a row before it."""

    def __init__(self, register: Register, county: County, questions: Questions, tables: Sequence[Table]):
        self.register, self.county, self.questions = register, county, questions
        self.duplicates: list[Remark] = []
        self.today = today()
        self._before = ReadRows(tables)  # rows that have a number, or are of an institution on file
        self._under = ByHash()  # their numbers, by what the next one with it is compared with
        self._remembered = False  # whether the row that is looked at is to be among them
        self._has_former = False  # whether a row of a new one said what it was called before
        self._repeated: dict[str, str] = {}
        # The first row of each institution that parts read, and its columns before they were matched.
        self._ledger: dict[tuple[str, ...], tuple[ReadRow, dict[str, Any]]] = {}

    def match(self, row: ReadRow) -> PlannedRow | None:
        """What the row does; None when it only repeats one before it. What is wrong is added to its errors.

        The same credit code with the same name or address, the same permit, or the same name at the same address
        unless both have codes: the same institution. One code at several places: several institutions. The same name,
        or a near one at the same door: a person decides.
        """
        self._remembered = False
        planned = self._match(row)
        if self._remembered:
            self._before.append(row)
        return planned

    def _match(self, row: ReadRow) -> PlannedRow | None:
        if row.said and self._goes_on(row):
            return None
        planned = PlannedRow(row, row.licences)
        permits = [each.number for each in row.licences if each.kind == Licence.Kind.PERMIT]
        by_code = self._by_code(row)
        by_permit = self._by_permit(row, permits, by_code)
        if by_permit is not None and by_code is None and self._is_elsewhere_called_otherwise(by_permit, row):
            asked = _of_known(refusals.ASK_CAMPUS_OF_PERMIT, by_permit)
            by_permit = self._ask(row, asked, by_permit, "办学许可证号")
        self._claim_permits(row, permits, by_code)
        if row.errors or row.held_up:
            return planned
        if by_code is not None and by_permit is not None and by_code.credit_code != by_permit.credit_code:
            disagree = refusals.CODE_AND_PERMIT_DISAGREE.format(of_permit=by_permit.name, of_code=by_code.name)
            row.error("办学许可证号", disagree, permits[0])
            return planned
        if found := by_code or by_permit:
            return self._change(planned, found)
        return self._match_by_name(planned)

    def _goes_on(self, row: ReadRow) -> bool:
        """Whether a row before says the same of the same institution, and something else of its visits: it goes on."""
        columns = row.columns
        name, local = normal_name(columns["name"]), self.county.local(columns["operating_address"])
        key = (name, local, columns["credit_code"], columns["division"].pk)
        if key not in self._ledger:
            self._ledger[key] = row, dict(columns)
            return False
        before, as_read = self._ledger[key]
        if before.said == row.said or before.licences != row.licences or not _agree(as_read, columns):
            return False
        before.more = (*before.more, row)
        row.warn("机构名称", refusals.GOES_ON.format(row=_row_of(before, row)), columns["name"])
        return True

    def seen_before(self, row: ReadRow) -> str:
        """The row that said the same of the same institution."""
        return self._repeated.get(row.key, "")

    # --- Rows before

    def _rows_under(self, *key: str) -> list[ReadRow]:
        """Rows before that were remembered so."""
        return [self._before[number] for number in self._under.of(hash(key)) if number < len(self._before)]

    def _remember(self, key: tuple[str, ...]) -> None:
        self._under.add(hash(key), len(self._before))
        self._remembered = True

    def _first_of(self, row: ReadRow, *key: str) -> ReadRow:
        """The first row that was remembered so; else this one, which is from now on."""
        numbers = self._under.of(hash(key), 1)
        if not numbers:
            self._remember(key)
        return row if not numbers or numbers[0] == len(self._before) else self._before[numbers[0]]

    # --- By number

    def _by_code(self, row: ReadRow) -> Institution | None:
        """The institution of this credit code that has this name or this address; asked where neither is the same."""
        code = row.columns["credit_code"]
        if not code:
            return None
        if self._repeats(row, code):
            return None
        on_file = self.register.by_code(code)
        if not on_file:
            return None
        at = [each for each in on_file if self._at_its_place(each, row)]
        called = [each for each in on_file if self._is_called(each, _all_names(row))]
        both = [each for each in at if each in called]
        if both or at:
            return (both or at)[0]
        if called:
            return self._ask_moved(row, called[0])
        return self._ask_campus(row, on_file)

    def _repeats(self, row: ReadRow, code: str) -> bool:
        """Whether a row before has the code at the same place: an error. Two places of one operator are none."""
        before = self._rows_under("code", code)
        for other in before:
            there, here = other.columns["operating_address"], row.columns["operating_address"]
            apart = there and here and self.county.door(there) != self.county.door(here)
            same_name = normal_name(other.columns["name"]) == normal_name(row.columns["name"])
            same_place = not apart and (same_name or self.county.door(there) == self.county.door(here))
            if same_place and not (there == here and same_name and self._is_on_file(row, code)):
                row.error("统一社会信用代码", refusals.TWICE_IN_FILE.format(row=_row_of(other, row)), code)
                return True
        if before and not self._is_on_file(row, code):
            first = before[0]
            sheet = first.sheet if first.sheet != row.sheet else ""
            known = Known(first.columns["name"], first.columns["operating_address"], code, row=first.row, sheet=sheet)
            row.warn("统一社会信用代码", refusals.SAME_OPERATOR.format(known=known), code)
        self._remember(("code", code))
        return False

    def _is_on_file(self, row: ReadRow, code: str) -> bool:
        return any(
            self._at_its_place(each, row) and self._is_called(each, row.columns["name"])
            for each in self.register.by_code(code)
        )

    def _at_its_place(self, known: Institution, row: ReadRow) -> bool:
        """The same door; an address that is missing in the row or on file tells nothing apart."""
        address = row.columns["operating_address"]
        if not address or not known.operating_address:
            return self._is_called(known, row.columns["name"])
        places = {known.operating_address, *(each for _, each in self.register.former_places(known))}
        return any(self.county.door(each) == self.county.door(address) for each in places if each)

    def _is_called(self, known: Institution, name: str) -> bool:
        names = {known.name, *self.register.former_names(known)}
        bare, former = naming.without_former(name)
        return bool({normal_name(each) for each in (name, bare, *former)} & set(map(normal_name, names)))

    def _ask_campus(self, row: ReadRow, on_file: list[Institution]) -> Institution | None:
        """Another name and address under one code: another place of the operator, or the same renamed and moved."""
        return self._ask(row, _of_known(refusals.ASK_CAMPUS, on_file[0]), on_file[0])

    def _ask_moved(self, row: ReadRow, known: Institution) -> Institution | None:
        return self._ask(row, _of_known(refusals.ASK_MOVED, known), known)

    def _is_elsewhere_called_otherwise(self, known: Institution, row: ReadRow) -> bool:
        addresses = known.operating_address and row.columns["operating_address"]
        return bool(addresses) and not self._at_its_place(known, row) and not self._is_called(known, _all_names(row))

    def _ask(
        self, row: ReadRow, asked: str, known: Institution, column: str = "统一社会信用代码"
    ) -> Institution | None:
        choices = {SAME: refusals.CHOICE_SAME, OTHER: refusals.CHOICE_OTHER}
        answer = self.questions.ask(f"same:{row.key}", asked, choices, row=row.row, column=column, sheet=row.sheet)
        row.held_up |= answer is None
        return known if answer == SAME else None

    def _by_permit(self, row: ReadRow, permits: list[str], by_code: Institution | None) -> Institution | None:
        """The institution of a permit; of several that share it the one of this code, else of this name."""
        for number in permits:
            holders = self.register.by_permit(bare_permit(number))
            theirs = [each for each in holders if each == by_code]
            theirs = theirs or [each for each in holders if each.name == row.columns["name"]]
            if found := next(iter([*theirs, *holders]), None):
                return found
        return None

    def _claim_permits(self, row: ReadRow, permits: list[str], by_code: Institution | None) -> None:
        """A permit, which only one row of a file may have; places of one operator may share theirs."""
        for number in dict.fromkeys(map(bare_permit, permits)):
            before = self._first_of(row, "permit", number)
            shared = row.columns["credit_code"] and row.columns["credit_code"] == before.columns["credit_code"]
            if before is row or shared or self._both_on_file(row, before, number):
                continue
            if self._is_another_place(row, before):
                self._ask_permit(row, before)
            else:
                row.error("办学许可证号", refusals.TWICE_IN_FILE.format(row=_row_of(before, row)), number)

    def _is_another_place(self, row: ReadRow, before: ReadRow) -> bool:
        """Whether two rows are at another door, and no codes tell them apart."""
        here, there = row.columns, before.columns
        doors = [self.county.door(each["operating_address"]) for each in (here, there)]
        codes = [each["credit_code"] for each in (here, there)]
        return all(doors) and doors[0] != doors[1] and not all(codes)

    def _ask_permit(self, row: ReadRow, before: ReadRow) -> None:
        """One permit at two places: places of one school, or a number that was copied by mistake."""
        names = [normal_name(each.columns["name"]) for each in (row, before)]
        twice = refusals.ASK_PERMIT_TWICE if names[0] != names[1] else refusals.ASK_PERMIT_AGAIN
        asked = twice.format(row=_row_of(before, row))
        choices = {OTHER: refusals.CHOICE_CAMPUS, LEAVE_OUT: refusals.CHOICE_LEAVE_OUT}
        key = f"permit:{row.key}"
        answer = self.questions.ask(key, asked, choices, row=row.row, column="办学许可证号", sheet=row.sheet)
        row.held_up |= answer is None
        if answer == LEAVE_OUT:
            row.left_out = str(refusals.LEFT_OUT_BY_ANSWER)

    def _both_on_file(self, row: ReadRow, before: ReadRow, permit: str) -> bool:
        """Whether the register has it for both of them: then the file says nothing new."""
        names = {each.name for each in self.register.by_permit(permit)}
        return {row.columns["name"], before.columns["name"]} <= names

    # --- By name

    def _match_by_name(self, planned: PlannedRow) -> PlannedRow | None:
        row, columns = planned.read, planned.columns
        name, address, division = columns["name"], columns["operating_address"], columns["division"]
        same = self.register.same_name_and_address(name, address, division)
        if same is None:
            same = self._under_a_former_name(_all_names(row), address, division)
        if same is not None and not (columns["credit_code"] and same.credit_code):
            if same.institution is None:
                row.error("机构名称", refusals.TWICE_IN_FILE.format(row=_row_of(same, row)), name)
                return planned
            return self._change(planned, same.institution)
        if (before := self._said_as_former(row)) is not None:
            row.error("机构名称", refusals.TWICE_IN_FILE.format(row=_row_of(before, row)), name)
            return planned
        if row.former and not any(map(self.register.has_name, (row.former, *naming.former_names(row.former)))):
            row.warn("机构名称", refusals.FORMER_NOT_ON_FILE.format(given=row.former), row.former)
        entry = self.register.entry_of(columns)
        if self.register.has_decisions:
            planned.identity = self.register.identity(entry)
            if decided := self.register.decided_same(planned.identity, name):
                return self._change(planned, decided)
        if renamed := self._renamed(row):
            asked = _of_known(refusals.ASK_RENAMED, renamed)
            if renamed := self._ask(row, asked, renamed, "机构名称"):
                return self._change(planned, renamed)
            if row.held_up:
                return planned
        code = columns["credit_code"]  # places of one operator are told by a warning
        alike = [each for each in self.register.alike(entry) if not code or each.entry.credit_code != code]
        if alike:
            planned.identity = self.register.identity(entry)
            planned.apart_keys = {id(each): self.register.apart_key(each, planned.identity) for each in alike}
            planned.apart = tuple(each for each in alike if self._is_apart(planned, each))
            alike = [each for each in alike if each not in planned.apart]
            planned.alike = tuple(alike[:MOST_ALIKE])
        for match in alike[:1]:
            self._duplicate(row, self.register.question(match))
        said = Known(name, address, code, row=row.row, sheet=row.sheet, township=division.pk[:9])
        self.register.add(said)
        self._remember_former(row)
        if not reasons_against(planned.stated, division, self.today, self.county):
            planned.taken_on = self.today
        return planned

    def _is_apart(self, planned: PlannedRow, match: Match) -> bool:
        key = planned.apart_keys[id(match)]
        return bool(key) and self.questions.answers.get(key) == DuplicateDecision.Answer.DIFFERENT

    def _under_a_former_name(self, name: str, address: str, division: Division) -> Known | None:
        """晨曦教育(原绘声馆): one on file, or in a row before, as 晨曦教育 or as 绘声馆 at this address."""
        bare, former = naming.without_former(name)
        for each in (bare, *former) if former else ():
            if same := self.register.same_name_and_address(each, address, division):
                return same
        return None

    def _said_as_former(self, row: ReadRow) -> ReadRow | None:
        """A row before, of a new one at this address, that says it was or is called so: 晨曦画室(原绘声馆), 绘声馆."""
        if not self._has_former:
            return None
        bare, former = naming.without_former(_all_names(row))
        found = (each for name in (bare, *former) for each in self._rows_under("former", *self._placed(row, name)))
        return next((each for each in found if not (row.columns["credit_code"] and each.columns["credit_code"])), None)

    def _remember_former(self, row: ReadRow) -> None:
        bare, former = naming.without_former(_all_names(row))
        for name in (bare, *former) if former else ():
            self._remember(("former", *self._placed(row, name)))
            self._has_former = True

    def _placed(self, row: ReadRow, name: str) -> tuple[str, str, str]:
        columns = row.columns
        return columns["division"].pk[:9], normal_name(name), self.county.local(columns["operating_address"])

    def _renamed(self, row: ReadRow) -> Institution | None:
        """The one on file elsewhere that is called as the row says that it was called before; of several the one in
        this township. One that has another code is another."""
        code, township = row.columns["credit_code"], row.columns["division"].pk[:9]
        found = [
            each
            for former in naming.without_former(_all_names(row))[1]
            for each in self.register.called(former)
            if not (code and each.credit_code and code != each.credit_code)
        ]
        here = [each for each in found if each.division_id[:9] == township]
        return here[0] if here else found[0] if len(found) == 1 else None

    def _duplicate(self, row: ReadRow, message: str) -> None:
        self.duplicates.append(Remark(row.row, "机构名称", message, row.columns["name"], sheet=row.sheet))

    # --- What it changes

    def _change(self, planned: PlannedRow, found: Institution) -> PlannedRow | None:
        """The row is of an institution on file: what differs is changed, unless its survey found it."""
        row = planned.read
        self._survey_as_judged(row, found)
        went = self.register.merged_of(found, planned.columns)
        before = self._first_of(row, "institution", str((went or found).pk))
        if before is not row:
            if _says_the_same(before, row):
                self._repeated[row.key] = _row_of(before, row)
                return None
            twice = refusals.SAME_INSTITUTION_TWICE.format(row=_row_of(before, row), name=found.name)
            row.error("机构名称", twice, planned.columns["name"])
        self._take_off_former_name(row, found)
        planned.institution, changes = found, dict[str, tuple[Any, Any]]()
        planned.changes = changes
        if went is not None:
            row.warn("机构名称", refusals.MERGED_SINCE_LIST.format(name=row.columns["name"], into=found.name))
        for column, value in row.columns.items():
            if column == "name" and went is not None:
                continue
            if column != "datum" and value not in ("", None):  # the datum goes with the position
                self._change_column(planned, changes, found, column, value)
        self._warn_of_move(planned)
        surveyed_on = planned.columns["surveyed_on"]
        if surveyed_on and found.ceased_on and surveyed_on > found.ceased_on:
            closed = refusals.SURVEY_AFTER_CLOSING.format(given=surveyed_on, ceased_on=found.ceased_on)
            row.error("排摸日期", closed, surveyed_on)
        planned.licences = [each for each in planned.licences if not self._is_on_file_too(each, found, row)]
        if went is not None and planned.kind == "changed":  # of the two rows one at most changes the one that stays
            other = self._first_of(row, "institution", str(found.pk))
            if other is not row:
                twice = refusals.SAME_INSTITUTION_TWICE.format(row=_row_of(other, row), name=found.name)
                row.error("机构名称", twice, planned.columns["name"])
        if planned.changes.keys() & {"name", "operating_address"}:
            address = planned.columns["operating_address"] or found.operating_address
            township = found.division_id[:9]
            self.register.add(Known(planned.columns["name"], address, found.credit_code, found, township=township))
        return planned

    def _survey_as_judged(self, row: ReadRow, found: Institution) -> None:
        """A survey that comes after a round says what that was judged by."""
        stated, judged = row.columns["licence_status_at_survey"], self.register.judged_before(found)
        if stated and judged is not None and stated != judged.status:
            said = {"number": judged.number, "counts": judged.words, "given": shown(stated)}
            row.warn("证照情况", refusals.JUDGED_BEFORE.format(**said), shown(stated))
            row.columns["licence_status_at_survey"] = judged.status

    def _take_off_former_name(self, row: ReadRow, found: Institution) -> None:
        """晨曦画室(原绘声馆), where 绘声馆 is or was on file: it is called 晨曦画室 now."""
        bare, former = naming.without_former(row.columns["name"])
        if former and row.columns["name"] != found.name and all(self._is_called(found, each) for each in former):
            row.columns["name"] = bare

    def _change_column(
        self, planned: PlannedRow, changes: dict[str, tuple[Any, Any]], found: Institution, column: str, value: Any
    ) -> None:
        row, old = planned.read, getattr(found, column)
        if _same(old, value) or (column != "name" and self.register.is_of_merged(found, column, value)):
            return
        if column in ADDRESSES and old and self.county.local(old) == self.county.local(value):
            return  # with the county before it, or without
        if column in SURVEY and found.surveyed_on is not None:
            message = refusals.SURVEY_NOT_REWRITTEN.format(on_file=shown(old), given=shown(value))
            row.error(SURVEY[column], message, shown(value))
        if column == "name":
            names = self.register.former_names(found)
            bare, former = naming.without_former(value)
            if value in names:
                row.warn("机构名称", refusals.FORMER_NAME_KEPT.format(given=value, name=found.name), value)
                return
            if former and bare == found.name:
                return
        if column in ("division", "operating_address") and self._was_there(planned, found):
            row.warn(TITLES[column], refusals.PLACE_KEPT.format(given=shown(value)), shown(value))
            return
        if column == "division" and not row.said_township and not _is_elsewhere(planned, found):
            return
        changes[column] = (old, value)

    def _was_there(self, planned: PlannedRow, found: Institution) -> bool:
        """Whether the row says a place where the institution was before."""
        division, address = planned.columns["division"], planned.columns["operating_address"]
        return any(
            code.startswith(division.pk) and address == there
            for code, there in self.register.former_places(found)
            if (code, there) != (found.division_id, found.operating_address)
        )

    def _warn_of_move(self, planned: PlannedRow) -> None:
        if "division" in planned.changes:
            old, new = map(shown, planned.changes["division"])
            said = refusals.MOVES_SINCE_SURVEY if planned.from_on else refusals.MOVES
            planned.read.warn("乡镇(街道)", said.format(on_file=old, given=new), new)

    def _is_on_file_too(self, licence: ReadLicence, institution: Institution, row: ReadRow) -> bool:
        """The same number from the same day; from any day when the row does not say from when. What was corrected since
        is not entered again."""
        for each in self.register.licences_of(institution):
            if licence.says_the_same(each):
                if licence.valid_to is not None and licence.valid_to != each.valid_to:
                    on_file = each.valid_to or refusals.LONG_TERM
                    until = refusals.PERMIT_END_KEPT.format(on_file=on_file, given=licence.valid_to)
                    row.warn("许可证有效期至", until, licence.valid_to)
                return True
        if any(licence.says_the_same(each) for each in self.register.corrected(institution)):
            title = "办学许可证号" if licence.kind == Licence.Kind.PERMIT else "统一社会信用代码"
            row.warn(title, refusals.LICENCE_CORRECTED.format(number=licence.number), licence.number)
            return True
        return False


def _of_known(asked: Promise, known: Institution) -> str:
    """A question about one on file, with its name and address."""
    return str(asked).format(name=known.name, address=known.operating_address or refusals.NO_ADDRESS)


def _all_names(row: ReadRow) -> str:
    """What the row calls it, with what it says that it was called: 绘声馆(原童画馆)."""
    return f"{row.columns['name']}(原{row.former})" if row.former else row.columns["name"]


def _says_the_same(one: ReadRow, other: ReadRow) -> bool:
    """Whether two rows say the same of everything that both fill in."""
    return one.said == other.said and one.licences == other.licences and _agree(one.columns, other.columns)


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    pairs = [(value, other.get(column)) for column, value in one.items()]
    return all(a == b for a, b in pairs if a not in ("", None) and b not in ("", None))


def _row_of(before: ReadRow | Known, row: ReadRow) -> str:
    """How a message names a row before: with its sheet when that is another one."""
    where = str(refusals.ROW.format(first=before.row))
    other_sheet = before.sheet and before.sheet != row.sheet
    return str(refusals.OF_A_SHEET.format(sheet=before.sheet, where=where)) if other_sheet else where


def _is_elsewhere(planned: PlannedRow, found: Institution) -> bool:
    """Whether the row says another address: a township read off the one on file is no news."""
    return planned.columns["operating_address"] not in ("", found.operating_address)


def _same(old: Any, new: Any) -> bool:
    """Whether a value is on file already: degrees to about 0.1 m; a village on file lies in its township."""
    if isinstance(new, Division):
        return isinstance(old, Division) and old.pk.startswith(new.pk)
    if isinstance(new, float):
        return old is not None and abs(old - new) < 1e-6
    return bool(old == new) or (type(old) is str and wrapped.without_blanks(old) == new)
