"""What only a person can decide about a register: asked with what may be answered, and taken by what was answered.

A question with a safe default is answered by it, and the plan says so; one without holds up what it is about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from institutions.duplicates.decided import APART
from institutions.imports import cells, refusals

LEAVE_OUT, KEEP, NONE, IGNORE, ABOVE = "leave_out", "keep", "none", "ignore", "above"
OF_A_LAYOUT = (
    "heading:",
    "validity:",
    "category:",
    "sheet:",
)  # answers that hold for the next file with the same headings
OF_A_COUNTY = ("finding:", "outcome:", APART)  # and those that hold for whatever file the county sends next
MOST_SAID = 10  # choices that an error names; the list of choices has them all


@dataclass
class Question:
    """Something about the file, a sheet or rows. `choices` are what may be answered and its words; a question that
    `takes_day` may be answered with a day, too, of which `proposal` is one."""

    key: str
    scope: str  # file, sheet or row
    message: str
    choices: dict[str, str]
    default: str | None = None
    takes_day: bool = False
    proposal: str = ""
    sheet: str = ""
    column: str = ""
    rows: list[int] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)  # the same with their sheets
    answer: str | None = None
    misunderstood: str = ""  # what was answered and is none of the choices

    @property
    def decided(self) -> str | None:
        return self.answer if self.answer is not None else self.default

    @property
    def asks(self) -> str:
        """The question with what may be answered, as an error says it."""
        named = [f"{key}={words}" for key, words in self.choices.items()]
        choices = "；".join([*named[:MOST_SAID], *(["…"] if len(named) > MOST_SAID else [])])
        said = refusals.ASKS_DAY if self.takes_day else refusals.ASKS
        asked = said.format(message=self.message, key=self.key, choices=choices, proposal=self.proposal)
        return f"{refusals.NO_SUCH_CHOICE.format(given=self.misunderstood)}{asked}" if self.misunderstood else asked

    @property
    def took_default(self) -> str:
        words = self.choices.get(self.default or "", self.default)
        return refusals.TOOK_DEFAULT.format(message=self.message, default=words, key=self.key)

    @property
    def where(self) -> str:
        """Of which rows it is, for a person: 柳市镇 第5、6行；虹桥镇 第2行."""
        said = []
        for sheet in dict.fromkeys(sheet for sheet, _ in self.places):
            rows = [row for other, row in self.places if other == sheet]
            named = "、".join(map(str, rows[:MOST_SAID])) + ("…" if len(rows) > MOST_SAID else "")
            said.append(f"{sheet} {refusals.ROWS_NAMED.format(rows=named)}".strip())
        return "；".join(said)

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "scope": self.scope, "sheet": self.sheet, "rows": self.rows, "where": self.where,
            "column": self.column, "message": self.message, "choices": self.choices, "order": list(self.choices),
            "takes_day": self.takes_day, "proposal": self.proposal, "default": self.default, "answer": self.answer,
        }  # fmt: skip


class Questions:
    """The questions of a file, each asked once whatever number of rows it is about, and what was answered."""

    def __init__(self, answers: Mapping[str, str] | None = None):
        self.answers = dict(answers or {})
        self.asked: dict[str, Question] = {}

    def ask(
        self,
        key: str,
        message: str | Promise,
        choices: Mapping[str, str | Promise],
        *,
        scope: str = "row",
        row: int = 0,
        at: str = "",
        **more: Any,
    ) -> str | None:
        """The answer, else the default, else None. Asked again with the same key it is of another row, too; `at` is
        the sheet of the row where the question is not of that sheet alone."""
        question = self.asked.get(key)
        if question is None:
            words = {choice: str(said) for choice, said in choices.items()}
            question = self.asked[key] = Question(key, scope, str(message), words, **more)
            self._answer(question)
        elif more.get("default") is None:
            question.default = None  # what cannot be decided for one row is not for the others
        place = (more.get("sheet") or at, row)
        if row and question.places[-1:] != [place]:
            question.places.append(place)
            question.rows.append(row)
        return question.decided

    def _answer(self, question: Question) -> None:
        given = self.answers.get(question.key)
        if given is None:
            return
        if given in question.choices:
            question.answer = given
        elif question.takes_day:
            try:
                day = cells.day(given)
            except cells.BadCell:
                day = None
            question.answer = day.isoformat() if day else None
        if question.answer is None:
            question.misunderstood = given

    def is_left_out(self, key: str) -> bool:
        """Whether a row was answered to be left out, whatever is wrong with it; `key` as row:7."""
        return self.answers.get(key) == LEAVE_OUT

    @property
    def open(self) -> list[Question]:
        return [each for each in self.asked.values() if each.decided is None]

    @property
    def by_default(self) -> list[Question]:
        return [each for each in self.asked.values() if each.answer is None and each.default is not None]

    @property
    def unused(self) -> list[str]:
        """Keys that were answered and are no question of this file; a remembered word may well not stand in it."""
        elsewhere = ("row:", "sheet:", "category:", *OF_A_COUNTY)
        given = (key for key, answer in self.answers.items() if answer)
        return [key for key in given if key not in self.asked and not key.startswith(elsewhere)]


def keys_of_a_layout(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key.startswith(OF_A_LAYOUT)]
