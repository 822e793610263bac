"""Rows of a stored plan as the page shows them: what they do, what is said, what may be decided and corrected there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from institutions.duplicates.side_by_side import Pair, found_of
from institutions.imports import fixes
from institutions.imports.questions import LEAVE_OUT
from institutions.imports.stored import MOVED, NOT_READ, Line, Reading
from institutions.models import CellFix, DuplicateDecision, Institution

LABELS: dict[str, str | Promise] = {
    "new": _("新增"),
    "changed": _("变更"),
    "unchanged": _("无变化"),
    "candidate": _("可能重复"),
    "question": _("待答复"),
    "warning": _("提醒"),
    "error": _("错误"),
    "fixed": _("已改"),
    NOT_READ: _("未读取"),
    MOVED: _("看过后又变的"),
}


@dataclass
class ShownCell:
    """A cell with what is wrong or odd about it, and what somebody made of it."""

    address: str
    title: str
    letter: str
    key: str
    value: str
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    fix: CellFix | None = None  # the correction that holds
    pending: bool = False  # and that the plan has not taken in

    @property
    def typed(self) -> str:
        return self.fix.new if self.fix else self.value


@dataclass
class ShownCandidate:
    """An institution, or a row before, that the row may be."""

    name: str
    address: str
    reasons: list[str]
    row: str = ""
    apart_key: str = ""  # of another row: by what an answer is kept
    pair: Pair | None = None
    decision: DuplicateDecision | None = None


@dataclass
class ShownRow:
    line: Line
    sheet: str
    cells: list[ShownCell]
    loose: list[str]  # what is wrong with the row and with none of its cells
    odd: list[str]
    questions: list[dict[str, Any]]
    candidates: list[ShownCandidate]
    decided: list[DuplicateDecision]  # about institutions that are no candidates any more
    left_out: bool = False

    @property
    def kind_label(self) -> str:
        return str(LABELS[self.line["kind"]]) if self.line["kind"] else ""

    @property
    def wrong(self) -> list[ShownCell]:
        """The cells to be corrected, or that were."""
        return [cell for cell in self.cells if cell.errors or cell.fix]

    @property
    def says(self) -> list[tuple[str, str]]:
        return [(each, str(LABELS[each])) for each in self.line["says"]]

    @property
    def asked_above(self) -> bool:
        """Whether it waits for an answer about the file, which is not given among its own."""
        return "question" in self.line["says"] and all(each["answer"] or each["default"] for each in self.questions)

    @property
    def changes(self) -> list[list[Any]]:
        """Field, title, on file, in the row; of a new one where it is before what else is said of it."""
        changes: list[list[Any]] = self.line["changes"]
        return sorted(changes, key=lambda change: change[0] != "division") if self.line["kind"] == "new" else changes

    @property
    def pending(self) -> bool:
        """Whether something was changed here that the plan has not taken in."""
        late = any(each.pending for each in self.cells) or self.left_out
        return late or any(each.get("pending") for each in self.questions)


class Shower:
    """Shows rows of a plan; everything that is looked up for a page is looked up once."""

    def __init__(self, plan: Reading, user: User):
        self.plan, self.user = plan, user
        self.file = plan.stored.file
        self.questions = {question["key"]: question for question in plan.head["questions"]}
        self.fixes = fixes.standing(self.file)
        answers = self.file.answers.order_by("pk").values_list("key", "value", "pk")
        self.late = {key: value for key, value, pk in answers if pk > plan.stored.last_answer}

    def rows(self, lines: Iterable[Line]) -> list[ShownRow]:
        lines = list(lines)
        decisions = self._decisions(lines)
        candidates = {UUID(each["institution"]) for line in lines for each in _candidates(line) if each["institution"]}
        on_file = found_of(candidates, Institution.objects.visible_to(self.user)) if candidates else {}
        return [self._row(line, decisions, on_file) for line in lines]

    def _decisions(self, lines: list[Line]) -> dict[str, dict[UUID, DuplicateDecision]]:
        """The last word on each row and institution, by the identity of the row."""
        identities = {line["identity"] for line in lines if line.get("identity")}
        found: dict[str, dict[UUID, DuplicateDecision]] = defaultdict(dict)
        if not identities:
            return found
        visible = Institution.objects.visible_to(self.user).order_by().values("pk")
        decided = DuplicateDecision.objects.filter(identity__in=identities, first__in=visible)
        for each in decided.select_related("first", "recorded_by").order_by("recorded_at", "pk"):
            found[each.identity][each.first_id] = each
        return found

    def _row(
        self,
        line: Line,
        decisions: dict[str, dict[UUID, DuplicateDecision]],
        on_file: dict[UUID, Institution],
    ) -> ShownRow:
        if line["kind"] == NOT_READ:
            return ShownRow(line, line["sheet"], [], [], [], [], [], [])
        table = self.plan.head["tables"][line["table"]]
        cells = self._cells(line, table)
        by_place = dict(zip((column["place"] for column in table["columns"]), cells, strict=False))
        loose, odd = [], []
        for title, place, message, _received in line["errors"]:
            if place in by_place:
                by_place[place].errors.append(message)
            else:
                loose.append(f"{title}：{message}")
        for title, place, message, _received in line["warnings"]:
            if place in by_place:
                by_place[place].warnings.append(message)
            odd.append(f"{title}：{message}" if title else message)
        decided = decisions.get(line["identity"], {})
        candidates = [self._candidate(each, line, table, decided, on_file) for each in line["candidates"]]
        shown = {UUID(each["institution"]) for each in line["candidates"] if each["institution"]}
        others = [
            each for pk, each in decided.items() if pk not in shown and each.answer != DuplicateDecision.Answer.REOPENED
        ]
        left_out = self.late.get(f"row:{line['key']}") == LEAVE_OUT
        questions = [self._question(key) for key in line["questions"]]
        return ShownRow(line, table["label"], cells, loose, odd, questions, candidates, others, left_out)

    def _cells(self, line: Line, table: Line) -> list[ShownCell]:
        shown = []
        for column, value in zip(table["columns"], line["cells"], strict=False):
            address = fixes.address_of(table["sheet"], line["row"], column["place"])
            fix = self.fixes.get(address)
            late = fix is not None and fix.pk > self.plan.stored.last_fix
            title = column["title"] or column["known_by"]
            shown.append(ShownCell(address, title, column["letter"], column["key"], value, fix=fix, pending=late))
        return shown

    def _question(self, key: str) -> dict[str, Any]:
        question = dict(self.questions[key])
        if key in self.late:
            question |= {"answer": self.late[key], "pending": True}
        return question

    def _candidate(
        self,
        said: dict[str, Any],
        line: Line,
        table: Line,
        decided: dict[UUID, DuplicateDecision],
        on_file: dict[UUID, Institution],
    ) -> ShownCandidate:
        pk = UUID(said["institution"]) if said["institution"] else None
        there = on_file.get(pk) if pk else None
        pair = None
        if there is not None:
            values = dict(zip((column["key"] for column in table["columns"]), line["cells"], strict=False))
            pair = Pair(_as_institution(values), there, None)  # type: ignore[arg-type]
        return ShownCandidate(
            said["name"],
            said["address"],
            said["reasons"],
            said["row"],
            said.get("apart_key", ""),
            pair,
            decided.get(pk) if pk else None,
        )


def _candidates(line: Line) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line.get("candidates", [])
    return found


def _as_institution(values: dict[str, str]) -> SimpleNamespace:
    """A row as it is shown beside an institution; people as masked as those on file."""
    of = values.get
    person = Institution(principal=of("principal", ""), phone=of("phone", ""))
    numbers = [number for key in ("permit", "registration") if (number := of(key, ""))]
    status = of("licence_at_survey") or of("licence_status") or ""
    survey = " ".join(filter(None, (of("surveyed_on", ""), status)))
    return SimpleNamespace(
        name=of("name", ""),
        all_names=[],
        signboard_name=of("signboard_name", ""),
        division=SimpleNamespace(name=of("township", "")),
        operating_address=of("operating_address", ""),
        credit_code=of("credit_code", ""),
        on_file=[SimpleNamespace(number=number) for number in numbers],
        principal=person.principal,
        masked_principal=person.masked_principal,
        phone=person.phone,
        masked_phone=person.masked_phone,
        surveyed_on=survey,
        get_licence_status_at_survey_display=lambda: "",
        visits_there="",
        rounds_there="",
    )


def local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
