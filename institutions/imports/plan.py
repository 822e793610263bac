"""What each row of a register would do: the plan that is shown is the plan that is committed, row for row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.canonical import canonical, digest_of
from accounts.errors import enumerated
from institutions.imports import cells, headers, progress, refusals
from institutions.imports.closed import ask_about_closed
from institutions.imports.collecting import little_mapped, no_collecting
from institutions.imports.columns import Remark
from institutions.imports.context import Context
from institutions.imports.deciding import ask_about_looks, decide_columns, decide_sheets
from institutions.imports.known import MOST_COMPARED, Register
from institutions.imports.matching import Matcher
from institutions.imports.package import UnreadableFile
from institutions.imports.parts import Parts, claim, would_claim
from institutions.imports.planned import Effect, PlannedRow, PlannedRows
from institutions.imports.questions import Question, Questions
from institutions.imports.read_row import ReadRow
from institutions.imports.reading.frames import letters
from institutions.imports.rows import TableReader
from institutions.imports.tables import Lines, NotRead, Table, columns_not_taken, shortened, without_rows
from institutions.imports.workbook import Workbook
from institutions.models import Category, Division, Institution
from institutions.places import County
from institutions.positions import Datum

MOST_TOLD = 10  # rows that are no institution, where there is none
STEP = 200  # rows between two signs of progress

__all__ = ["Effect", "Plan", "PlannedRow", "make_plan"]


@dataclass
class Plan:
    """All rows of a file and everything that is wrong or odd about them, asked, or not read."""

    division: Division
    rows: PlannedRows = field(default_factory=PlannedRows)
    held: list[PlannedRow] = field(default_factory=list)  # rows that wait for an answer about the file (parts.py)
    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    duplicates: list[Remark] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    layout: str = ""  # what the answers about its headings are remembered by
    county: County | None = None  # as it was read, with what was looked up on the way
    parts: Parts = field(default_factory=Parts)  # what other rooms would do of it

    def of_kind(self, kind: str) -> Iterator[PlannedRow]:
        return (row for row in self.rows if row.kind == kind)

    def count(self, kind: str) -> int:
        return self.rows.how_many(kind)

    def summary(self, batch: str | None) -> dict[str, Any]:
        """The counts and everything said about rows; `rows` counts those that are institutions, right or wrong."""
        wrong = {(remark.sheet, remark.row) for remark in self.errors if remark.row}
        if wrong:
            wrong.difference_update((row.sheet, row.row) for row in self.rows)
        return {
            "batch": batch,
            "rows": len(self.rows) + len(wrong),
            "new": self.count("new"),
            "changed": self.count("changed"),
            "unchanged": self.count("unchanged"),
            "duplicates": [remark.as_json() for remark in self.duplicates],
            "warnings": [remark.as_json() for remark in self.warnings],
            "errors": [remark.as_json() for remark in self.errors],
            "questions": [question.as_json() for question in self.questions],
            "not_read": [each.as_json() for each in self.not_read],
        }

    def as_json(self, batch: str | None) -> dict[str, Any]:
        """The summary, and under `plan` what each new or changed row sets."""
        return self.summary(batch) | {"plan": list(self.set_rows())}

    def set_rows(self) -> Iterator[dict[str, Any]]:
        """What each new or changed row sets."""
        return (row.as_json() for row in self.rows if row.kind != "unchanged")


def make_plan(
    workbook: Workbook,
    division: Division,
    datum: str = Datum.WGS84,
    answers: Mapping[str, str] | None = None,
    *,
    by_somebody: bool = False,
) -> Plan:
    """Plan the rows of a workbook for a county. Raises UnreadableFile when it has no table of institutions.

    `datum` is that of the file's longitudes and latitudes; `answers` what was answered to its questions, by their key;
    `by_somebody` whether a person will commit it: what happened on the spot is only recorded by one (parts.py).
    """
    with no_collecting(), little_mapped():
        return _Planner(workbook, division, datum, Questions(answers), by_somebody).plan


def layout_of(tables: list[Table]) -> str:
    """SHA-256 of the headings of all tables: files of one layout have the same."""
    return digest_of(canonical([sorted(table.header.titles.values()) for table in tables]))


class _Planner:
    def __init__(self, workbook: Workbook, division: Division, datum: str, questions: Questions, by_somebody: bool):
        self.workbook, self.county, self.datum, self.questions = workbook, County(division), datum, questions
        found, of_the_layout = decide_sheets(workbook, questions)
        if not found.tables:
            raise UnreadableFile(_no_table(found.not_read))
        self.tables = found.tables
        self.register, layout = Register(self.county), layout_of(of_the_layout)
        rows = PlannedRows(found.tables, on_file=self.register.on_file)
        self.plan = Plan(division, rows, not_read=found.not_read, tables=found.tables, layout=layout)
        self.plan.county = self.county
        self.matcher = Matcher(self.register, self.county, questions, found.tables)
        self.plan.warnings += [Remark(0, "", remark) for remark in workbook.remarks]
        for table in self.tables:
            decide_columns(table, questions)
            if by_somebody:
                claim(table, questions)
                self.plan.not_read = without_rows(self.plan.not_read, table)
        self._say_columns_not_taken(by_somebody)
        self._say_hidden_columns()
        self._leave_out_by_looks()
        self._read()
        self.plan.parts.plan(self.plan, questions)
        if not self.plan.rows and not self.plan.errors and not questions.open and not self.left_out:
            if not any(each.reason == str(refusals.PASSED_EXAMPLE) for each in found.not_read):
                raise UnreadableFile(_no_institutions(found.not_read))
            self.plan.warnings.append(Remark(0, "", str(refusals.ONLY_AN_EXAMPLE)))
        self._close()

    def _say_hidden_columns(self) -> None:
        for table in self.tables:
            hidden = sorted(set(table.places.values()) & table.sheet.hidden_columns)
            if hidden:
                message = refusals.HIDDEN_COLUMNS_READ.format(columns=enumerated(map(letters, hidden)))
                self.plan.warnings.append(Remark(table.header.bottom + 1, "表头", message, sheet=table.label))

    def _leave_out_by_looks(self) -> None:
        """Take away the lines that are struck out or hidden, as it was answered, and those that were answered to be."""
        self.looks = ask_about_looks(self.tables, self.questions)
        several = len(self.workbook.sheets) > 1
        self.looks.left_out |= ask_about_closed(self.tables, self.county, several, self.questions).left_out
        self.left_out = 0
        for table in self.tables:
            kept, reason = Lines(), ""
            for line in table.lines:
                of_above = reason if line.row in table.going_on else ""
                key = f"{table.label}!{line.row + 1}" if table.label else str(line.row + 1)
                reason = self.looks.left_out.get((id(table.sheet), line.row), of_above)
                if not reason and self.questions.is_left_out(f"row:{key}"):
                    reason = str(refusals.LEFT_OUT_BY_ANSWER)
                if reason:
                    self.looks.left_out[id(table.sheet), line.row] = reason
                    self._leave_out(table, line.row + 1, reason)
                else:
                    kept.append(line)
            table.lines = kept

    def _leave_out(self, table: Table, row: int, reason: str) -> None:
        self.left_out += 1
        name = "".join(map(cells.text, table.rows[row - 1][table.places["name"] :][:1]))
        sheet = table.sheet.name if len(self.workbook.sheets) > 1 else ""
        key = f"{table.label}!{row}" if table.label else str(row)
        self.plan.not_read.append(NotRead(sheet, reason, row, row, what=shortened(name), key=key))

    def _read(self) -> None:
        contexts = [Context(table, self.county) for table in self.tables]
        days = {context.survey_day[0] if context.survey_day else None for context in contexts}
        done, total = 0, sum(len(table.lines) for table in self.tables)
        progress.at("planning", done, total)
        for table in self.tables:
            apart = len(days) > 1 and table.label
            reader = TableReader(
                table,
                self.county,
                self.register,
                self.questions,
                self.looks,
                datum=self.datum,
                epoch_1904=self.workbook.epoch_1904,
                day_key=f"surveyed_on:{table.label}" if apart else "surveyed_on",
            )
            for row in reader.rows():
                self._plan_row(row)
                done += 1
                if done % STEP == 0:
                    progress.at("planning", done, total)
            self.plan.warnings += reader.from_lines

    def _plan_row(self, row: ReadRow) -> None:
        if row.left_out:
            self._leave_out(row.table, row.row, row.left_out)
            return
        planned = None
        if not row.errors and not row.held_up:
            planned = self.matcher.match(row)
            if planned is None:
                if same := self.matcher.seen_before(row):
                    self._leave_out(row.table, row.row, refusals.SAME_ROW_AGAIN.format(row=same))
                else:
                    self.plan.warnings += row.warnings
                return
        self.plan.errors += row.errors
        self.plan.warnings += row.warnings
        if planned is not None and not row.errors and not row.held_up:
            self.plan.rows.append(planned)

    def _close(self) -> None:
        """What is said about the file as a whole, and its questions: the open ones hold it up."""
        plan, questions = self.plan, self.questions
        plan.duplicates = self.matcher.duplicates
        plan.questions = list(questions.asked.values())
        for question in questions.open:
            plan.errors += [Remark(row, question.column, question.asks, sheet=sheet) for sheet, row in _asked(question)]
        for question in questions.by_default:
            said = question.took_default
            plan.warnings += [Remark(row, question.column, said, sheet=sheet) for sheet, row in _asked(question)]
        if unused := questions.unused:
            plan.warnings.append(Remark(0, "", refusals.ANSWERS_UNUSED.format(keys=enumerated(unused))))
        if self.register.gave_up:
            message = refusals.TOO_MANY_TO_COMPARE.format(most=MOST_COMPARED)
            plan.warnings.append(Remark(self.tables[0].header.bottom + 1, "机构名称", message))
        plan.warnings += [Remark(0, "", said) for said in self._said_of_all()]

    def _said_of_all(self) -> list[str]:
        """What holds of many rows, in one sentence each: those without a category, positions in an unknown datum."""
        said = []
        rows = self.plan.rows
        if rows.without_category:
            usual = Category(Institution._meta.get_field("category").default).label
            said.append(refusals.NO_CATEGORY.format(count=rows.without_category, category=usual))
        if rows.placed and self.datum == Datum.UNKNOWN:
            said.append(refusals.DATUM_UNKNOWN.format(count=rows.placed))
        return said

    def _say_columns_not_taken(self, by_somebody: bool) -> None:
        """Each in `not_read`, and those of a table in one warning."""
        said: set[tuple[str, int]] = set()
        for table in self.tables:
            places = columns_not_taken(table)
            if "licence_at_survey" in table.places and "licence_status" in table.places:
                places = sorted({*places, table.places["licence_status"]})
            sheet = table.sheet.name if len(self.workbook.sheets) > 1 else ""
            for_somebody = set() if by_somebody else would_claim(table)
            for place in places:
                title = table.header.title(place)
                if (title, place) not in said or table.label:
                    now = place == table.places.get("licence_status")
                    reason = refusals.NOW_STATUS_NOT_TAKEN if now else refusals.COLUMN_NOT_TAKEN
                    if place in for_somebody:
                        reason = refusals.PARTS_NEED_SOMEBODY
                    column = letters(place)
                    self.plan.not_read.append(
                        NotRead(sheet, str(reason), column=column, what=table.header.titles.get(place, ""))
                    )
                said.add((title, place))
            if places:
                titles = enumerated(table.header.title(place) for place in places)
                message = refusals.COLUMNS_NOT_TAKEN.format(titles=titles)
                remark = Remark(table.header.bottom + 1, "表头", message, sheet=table.label)
                if not any(replace(each, row=remark.row) == remark for each in self.plan.warnings):
                    self.plan.warnings.append(remark)


def _asked(question: Question) -> list[tuple[str, int]]:
    """Of which rows a question is, by sheet and number; row 0 is the sheet or the file."""
    return question.places if question.scope == "row" else [(question.sheet, 0)]


def _no_institutions(not_read: list[NotRead]) -> str:
    """Nothing below the headings is an institution: what stands there instead."""
    passed = [str(each) for each in not_read if each.passed]
    return f"{refusals.NO_INSTITUTIONS}{'；'.join(passed[:MOST_TOLD])}"


def _no_table(not_read: list[NotRead]) -> str:
    """Why nothing was found, with what the workbook has instead."""
    known = "、".join(words[0] for words in headers.HEADERS.values())
    parts = "；".join(map(str, not_read))
    return f"{refusals.NO_HEADER.format(known=known)}{parts}"
