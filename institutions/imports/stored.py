"""预览 as it is kept: a plan by value, row by row, and read again a page at a time.

The text is canonical JSON, one line for the whole and one for each row; `digest` is over it. Compressed it is a gzip
file of several members, so that a page of 50 rows of 20,000 opens one of them.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

from accounts.canonical import canonical
from accounts.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, fixes, headers, refusals
from institutions.imports.columns import NOT_SCANNED, OF_A_PERSON, Remark
from institutions.imports.plan import Plan
from institutions.imports.planned import PlannedRow
from institutions.imports.questions import Question
from institutions.imports.reading.frames import letters
from institutions.imports.tables import NotRead, Table
from institutions.imports.workbook import Workbook
from institutions.models import CellFix, StoredPlan

ROWS_IN_A_PART = 500
MOST_OPENED = 20  # rows passed over together that are taken in with one click
NOT_READ = "not_read"
KINDS = ("new", "changed", "unchanged", NOT_READ)  # what a row does; "" for one that is held up
SAYS = ("error", "question", "candidate", "warning", "fixed")  # what is said about it, several at once
MOVED = "moved"
Line = dict[str, Any]


def is_of_a_column(key: str) -> bool:
    """Whether a question is about what a column is: it is answered beside the column."""
    return key.startswith(("heading:", "validity:"))


def titles() -> dict[str, str]:
    """What a column is taken as -> how messages call it, in the order in which they are offered."""
    return {key: words[0] for key, words in headers.HEADERS.items()}


def place_of_title(table: Table, title: str) -> int | None:
    """The column that messages call so."""
    places = {table.titled(key): place for key, place in table.places.items()}
    return places.get(title, next((at for at in table.header.texts if table.header.title(at) == title), None))


# --- Written


@dataclass(frozen=True)
class Text:
    """A plan as text: the first line speaks of the whole."""

    lines: list[str]

    @cached_property
    def digest(self) -> str:
        whole = hashlib.sha256()
        for line in self.lines:
            whole.update(line.encode())
            whole.update(b"\n")
        return whole.hexdigest()

    def packed(self) -> tuple[bytes, list[int]]:
        """The gzip file, and the bytes at which its members begin."""
        content, parts = b"", []
        head, rows = self.lines[:1], self.lines[1:]
        for lines in chain([head], (rows[at : at + ROWS_IN_A_PART] for at in range(0, len(rows), ROWS_IN_A_PART))):
            parts.append(len(content))
            content += gzip.compress("".join(f"{line}\n" for line in lines).encode(), 6, mtime=0)
        return content, parts


def as_text(plan: Plan, workbook: Workbook, fixed: Mapping[str, CellFix]) -> Text:
    """Everything a plan says: two texts of one digest do the same, and say the same."""
    writer = _Writer(plan, workbook, fixed)
    rows = sorted(chain(writer.rows(), writer.not_read()), key=lambda row: (row["order"], row["row"]))
    lines = []
    for row in rows:
        del row["order"]
        lines.append(canonical(row))
    return Text([canonical(writer.head(rows)), *lines])


class _Writer:
    def __init__(self, plan: Plan, workbook: Workbook, fixed: Mapping[str, CellFix]):
        self.plan, self.workbook, self.fixed = plan, workbook, fixed
        self.order = {sheet.name: at for at, sheet in enumerate(workbook.sheets)}
        self.planned = {(row.sheet, row.row): row for row in (*plan.rows, *plan.held)}
        self.held = {(row.sheet, row.row) for row in plan.held}
        asked = {question.asks for question in plan.questions if question.decided is None}
        self.asked = asked | {question.took_default for question in plan.questions if question.default is not None}
        self.errors = _by_row(each for each in plan.errors if each.message not in asked)
        self.warnings = _by_row(plan.warnings)
        self.duplicates = _by_row(plan.duplicates)
        self.questions: dict[tuple[str, int], list[Question]] = defaultdict(list)
        for question in plan.questions:
            for place in question.places if question.scope == "row" else ():
                self.questions[place].append(question)
        # Rows that say more of an institution above: they are planned with its own.
        rows = (*plan.rows.in_memory, *plan.held)
        self.going_on = {(read.sheet, read.row) for row in rows for read in row.read.more}
        # Rows that wait for an answer which is asked once for all of them, above.
        waiting = (each for each in plan.questions if each.scope != "row" and each.decided is None)
        self.waiting = {place for question in waiting for place in question.places} - self.planned.keys()

    def head(self, rows: list[Line]) -> Line:
        plan = self.plan
        loose = [each for each in (*plan.errors, *plan.warnings) if not each.row and each.message not in self.asked]
        of_headers = [each for each in plan.warnings if each.column == "表头"]
        return {
            "division": plan.division.pk,
            "layout": plan.layout,
            "titles": titles(),
            "sheets": [self._sheet(sheet) for sheet in self.workbook.sheets],
            "tables": [self._table(table) for table in plan.tables],
            "questions": [question.as_json() for question in plan.questions],
            "remarks": list(dict.fromkeys(str(each) for each in (*loose, *of_headers))),
            "index": [[row["key"], row["row"], row["name"], row["kind"], row["says"]] for row in rows],
        }

    def _sheet(self, sheet: Any) -> Line:
        tables = [table for table in self.plan.tables if table.sheet.name == sheet.name]
        reason = next((each.reason for each in self.plan.not_read if each.sheet == sheet.name and not each.first), "")
        filled = sum(any(cell != "" for cell in row) for row in sheet.rows)
        rows = sum(len(table.lines) for table in tables)
        return {"name": sheet.name, "state": sheet.state, "filled": filled, "rows": rows, "reason": reason}

    def _table(self, table: Table) -> Line:
        key_of = {place: key for key, place in table.places.items()}
        asked = {
            question.key.partition(":")[2]: question for question in self.plan.questions if is_of_a_column(question.key)
        }
        columns = []
        for place in self._places(table):
            texts = (self._cell(table, line.row, place, key_of.get(place, "")) for line in table.lines)
            question = asked.get(table.header.title(place))
            row, heading = _heading_cell(table, place)
            columns.append(
                {
                    "place": place,
                    "letter": letters(place),
                    "title": table.header.titles.get(place, ""),
                    "known_by": table.header.title(place),
                    "heading": heading,
                    "heading_at": fixes.address_of(table.sheet.name, row + 1, place),
                    "key": key_of.get(place, ""),
                    "sample": next((text for text in texts if text), ""),
                    "question": question.message if question and question.answer is None else "",
                }
            )
        return {
            "sheet": table.sheet.name, "label": table.label, "header": table.header.bottom + 1,
            "rows": len(table.lines), "columns": columns,
        }  # fmt: skip

    def _places(self, table: Table) -> list[int]:
        """Columns with a heading or something in them."""
        width = max((len(table.rows[line.row]) for line in table.lines), default=0)
        last = width if table.header.last is None else min(width, table.header.last + 1)
        return [*range(table.header.first, last), *sorted(place for place in table.header.titles if place >= last)]

    def rows(self) -> Iterator[Line]:
        for number, table in enumerate(self.plan.tables):
            places = self._places(table)
            key_of = {place: key for key, place in table.places.items()}
            for line in table.lines:
                where = table.label, line.row + 1
                planned = self.planned.get(where)
                known = planned is not None or where in self.errors or where in self.waiting or where in self.going_on
                if not known and where not in self.questions:
                    continue  # left out, and among what is not read
                texts = [self._cell(table, line.row, place, key_of.get(place, "")) for place in places]
                yield self._row(table, number, where, planned, dict(zip(places, texts, strict=True)))

    def _row(
        self, table: Table, number: int, where: tuple[str, int], planned: PlannedRow | None, texts: dict[int, str]
    ) -> Line:
        label, row = where
        errors, warnings, questions = self.errors[where], self.warnings[where], self.questions[where]
        warnings = [each for each in warnings if each.column != "表头"]
        for each in errors:
            if each.unread and (place := place_of_title(table, each.column)) in texts:
                texts[place] = REMOVED
        fixed = [
            [place, fix.old, str(fix.by), fix.fixed_at.isoformat()]
            for place in texts
            if self.fixed and (fix := self.fixed.get(fixes.address_of(table.sheet.name, row, place)))
        ]
        candidates = [_candidate(match, planned.apart_keys) for match in planned.alike] if planned else []
        apart = [_candidate(match, planned.apart_keys) for match in planned.apart] if planned else []
        waits = where in self.held or where in self.waiting or any(each.decided is None for each in questions)
        said = (errors, waits, candidates, warnings, fixed)
        name = planned.columns["name"] if planned else texts.get(table.places["name"], "")
        known = planned.institution if planned else None
        return {
            "order": self.order[table.sheet.name],
            "key": f"{label}!{row}" if label else str(row),
            "row": row,
            "table": number,
            "name": name or cells.short(next(filter(None, texts.values()), "")),
            "kind": planned.kind if planned else "",
            "says": [name for name, each in zip(SAYS, said, strict=True) if each],
            "cells": list(texts.values()),
            "fixed": fixed,
            "changes": [[e["field"], e["title"], e["old"], e["new"]] for e in planned.as_json()["changes"]]
            if planned and planned.kind != "unchanged"
            else [],
            "institution": [str(known.pk), known.name] if known else None,
            "identity": planned.identity if planned else "",
            "errors": [_remark(table, each) for each in errors],
            "warnings": [_remark(table, each) for each in warnings],
            "questions": [question.key for question in questions],
            "candidates": candidates,
            "apart": apart,
            "said": [each.message for each in self.duplicates[where]],
        }

    def _cell(self, table: Table, row: int, place: int, key: str) -> str:
        cells_of_row = table.rows[row]
        cell = cells_of_row[place] if place < len(cells_of_row) else ""
        if cell == "":
            return table.sheet.unread.get((row, place), "").replace("=", "#N/A")
        text = cells.text(cell)
        if len(text) >= 15 and key not in NOT_SCANNED and holds_id_number(text, old=key in OF_A_PERSON):
            return REMOVED
        return text[: fixes.MOST]

    def not_read(self) -> Iterator[Line]:
        for number, each in enumerate(self.plan.not_read):
            yield self._not_read(number, each)

    def _not_read(self, number: int, each: NotRead) -> Line:
        return {
            "order": self.order.get(each.sheet, 0), "key": f"not_read:{number}", "row": each.first, "last": each.last,
            "column": each.column, "sheet": each.sheet, "where": each.where, "name": each.what, "kind": NOT_READ,
            "says": [], "reason": each.reason, "opens": self._opens(each),
            "left_out": each.key if each.reason == str(refusals.LEFT_OUT_BY_ANSWER) else "",
        }  # fmt: skip

    def _opens(self, each: NotRead) -> list[str]:
        """The keys of rows that somebody may say are institutions after all."""
        if not each.passed or each.last - each.first >= MOST_OPENED:
            return []
        several = len({table.sheet.name for table in self.plan.tables}) > 1
        sheet = f"{each.sheet}!" if several and each.sheet else ""
        return [f"{sheet}{row}" for row in range(each.first, each.last + 1)]


def _heading_cell(table: Table, place: int) -> tuple[int, str]:
    """The row, from 0, of the cell in which the lowest heading of a column stands, and its text; of a column without
    one the cell in which it would."""
    sheet, header = table.sheet, table.header
    for row in range(header.bottom, header.top - 1, -1):
        over = next((each for each in sheet.merges if each[0] <= row <= each[2] and each[1] <= place <= each[3]), None)
        first, left = over[:2] if over else (row, place)
        text = cells.text(sheet.rows[first][left]) if left < len(sheet.rows[first]) else ""
        if text and left == place:
            return first, REMOVED if holds_id_number(text, old=True) else text[: fixes.MOST]
    return header.bottom, ""


def _by_row(remarks: Iterable[Remark]) -> dict[tuple[str, int], list[Remark]]:
    found: dict[tuple[str, int], list[Remark]] = defaultdict(list)
    for each in remarks:
        if each.row:
            found[each.sheet, each.row].append(each)
    return found


def _remark(table: Table, remark: Remark) -> list[Any]:
    """Column as messages call it, its place (None when there is none), what is said, what was received."""
    return [remark.column, place_of_title(table, remark.column), remark.message, remark.received]


def _candidate(match: Any, keys: Mapping[int, str]) -> Line:
    entry = match.entry
    on_file = isinstance(entry.key, UUID)
    return {
        "institution": str(entry.key) if on_file else None,
        "row": "" if on_file else str(entry.key).lstrip("!"),
        "apart_key": keys.get(id(match), ""),
        "name": entry.name,
        "address": entry.address,
        "reasons": match.words,
    }


# --- Read


class Reading:
    """A stored plan as a page reads it."""

    def __init__(self, stored: StoredPlan):
        self.stored = stored
        self.content = bytes(stored.content)
        self._opened: dict[int, list[Line]] = {}

    @cached_property
    def head(self) -> Line:
        head: Line = self._part(0)[0]
        for question in head["questions"]:  # what is kept is kept in the order of its letters
            question["choices"] = {key: question["choices"][key] for key in question.get("order", question["choices"])}
        return head

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows are of each kind, and of how many each thing is said."""
        found = dict.fromkeys((*KINDS, *SAYS), 0)
        for _key, _row, _name, kind, says in self.head["index"]:
            for each in (kind, *says):
                if each:
                    found[each] += 1
        return found

    def find(self, kind: str = "", q: str = "") -> list[int]:
        """The numbers of the rows of a kind, or of which it is said; with `q` those of this row number, or with these
        words in their name. Without a kind all but what is not read."""
        sought = q.strip().casefold()
        found = []
        for number, (key, row, name, of, says) in enumerate(self.head["index"]):
            if (kind and kind != of and kind not in says) or (not kind and of == NOT_READ):
                continue
            is_row = sought in (str(row), key.casefold())
            if not sought or is_row or (not sought.isdecimal() and sought in name.casefold()):
                found.append(number)
        return found

    def number_of(self, key: str) -> int | None:
        return next((at for at, each in enumerate(self.head["index"]) if each[0] == key), None)

    def row(self, number: int) -> Line:
        part, at = divmod(number, ROWS_IN_A_PART)
        return self._part(part + 1)[at]

    def by_key(self, key: str) -> Line | None:
        number = self.number_of(key)
        return None if number is None else self.row(number)

    def all_rows(self) -> Iterator[Line]:
        for number in range(len(self.head["index"])):
            yield self.row(number)

    def _part(self, part: int) -> list[Line]:
        if part not in self._opened:
            ends = [*self.stored.parts[1:], len(self.content)]
            text = gzip.decompress(self.content[self.stored.parts[part] : ends[part]]).decode()
            self._opened[part] = [json.loads(line) for line in text.split("\n")[:-1]]
        return self._opened[part]


def moved(old: Reading, new: Reading) -> list[tuple[str, Line | None, Line | None]]:
    """The rows of which the one plan says another thing than the other: their key, then and now."""
    then = {row["key"]: row for row in old.all_rows()}
    now = {row["key"]: row for row in new.all_rows()}
    keys = [*now, *(key for key in then if key not in now)]
    return [(key, then.get(key), now.get(key)) for key in keys if then.get(key) != now.get(key)]
