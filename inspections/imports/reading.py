"""What a row of a ledger says, typed: days, wordings, outcome. Cells that cannot be read are told by the reader."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from inspections.imports import problems, sentences
from inspections.imports.vocabulary import (
    DENIED,
    DONE,
    IN_A_SENTENCE,
    NO,
    OPEN,
    OUTCOMES,
    PLANNED,
    PREFIX,
    SAID_BY_TICK,
    SUSPENDED,
    TICKED_PREFIX,
    YES,
)
from institutions.imports import cells
from institutions.imports.ticks import ticked
from institutions.working_days import working_days_after

_TERMS = {7: "一周 一星期 1周", 14: "两周 二周 2周", 15: "半个月 半月", 30: "一个月 1个月", 60: "两个月 二个月 2个月",
          90: "三个月 3个月"}  # fmt: skip
_CHINESE = {word: days for days, words in _TERMS.items() for word in words.split()}
_BETWEEN_NAMES = re.compile(r"[、,;/]+")


@dataclass(frozen=True)
class Term:
    """So many days, or working days, from the visit on."""

    days: int
    working: bool = False

    def after(self, day: date) -> date:
        return working_days_after(day, self.days) if self.working else day + timedelta(days=self.days)


def due(cell: Any) -> tuple[date | Term | None, str]:
    """A day, or a term from the visit on: 2018-10-31前, 30日内, 一个月, 立即."""
    if isinstance(cell, date):
        return cells.day(cell), ""
    written = cells.text(cell)
    bare = re.sub(r"(之?前|以前|以内|之?内|完成|整改)+$|^(限|于|在|请于)+", "", written).strip()
    if bare in ("立即", "即", "即日", "当场", "立行立改", "立即停止"):
        return Term(1), ""
    if term := re.fullmatch(r"(\d{1,3})(天|日|个工作日|工作日)", bare):
        return Term(int(term[1]), working="工作" in term[2]), ""
    if bare in _CHINESE:
        return Term(_CHINESE[bare]), ""
    try:
        return cells.day(bare), ""
    except cells.BadCell as problem:
        if re.search(r"\d", bare) and "月" in bare:
            raise
        raise cells.BadCell(sentences.NOT_A_TERM.format(given=cells.short(written))) from problem


def unless_planned(day: "Reader") -> "Reader":
    """A reader of days on which something was done: 计划12月底前完成 and 整改中 say that nothing was yet."""

    def read(cell: Any) -> tuple[Any, str]:
        written = cells.text(cell) if isinstance(cell, str) else ""
        if PLANNED.search(written) or outcome_of(written) in (OPEN, SUSPENDED):
            return None, str(sentences.NOT_DONE_YET.format(given=cells.short(written)))
        return day(cell)

    return read


def struck_off(cell: Any) -> tuple[date | bool | None, str]:
    """是, 否 or the day."""
    written = cells.text(cell).lower()
    if written in YES or written in NO:
        return written in YES, ""
    try:
        return cells.day(cell), ""
    except cells.BadCell as problem:
        raise cells.BadCell(sentences.NOT_YES_OR_NO.format(given=cells.short(written))) from problem


def tick(cell: Any) -> tuple[bool | None, str]:
    """Whether a cell says yes."""
    said = ticked(cell)
    if said is None and cells.text(cell):
        raise cells.BadCell(sentences.NOT_A_TICK.format(given=cells.short(cells.text(cell))))
    return said, ""


def text(cell: Any) -> tuple[str, str]:
    return cells.text(cell), ""


Reader = Callable[[Any], tuple[Any, str]]
READERS: dict[str, Reader | None] = {
    PREFIX + key: reader
    for key, reader in {
        "visited_on": None, "done_on": None, "rechecked_on": None, "struck_off_on": None,
        "due_on": due, "struck_off": struck_off, "problems": problems.split,
        "inspectors": text, "found": text, "demand": text, "measures": text, "progress": text, "outcome": text,
        "recheckers": text, "recheck": text, "operating": text, "owner": text, "remark": text,
    }.items()
}  # fmt: skip
READERS |= {TICKED_PREFIX + outcome: tick for outcome in SAID_BY_TICK}
DAYS_OF_ENDS = frozenset(PREFIX + key for key in ("done_on", "rechecked_on", "struck_off_on"))
DAYS = frozenset(
    PREFIX + key for key in ("visited_on", "done_on", "rechecked_on", "struck_off_on", "due_on", "struck_off")
)


@dataclass(frozen=True)
class Stated:
    """A row's own words; days are None and texts "" where nothing stands."""

    visited_on: date | None
    wordings: tuple[str, ...]
    inspectors: str
    found: str
    demand: str
    measures: str
    due: date | Term | None
    progress: str
    outcome: str
    done_on: date | None
    rechecked_on: date | None
    recheckers: str
    recheck: str
    struck_off: bool | None
    struck_off_on: date | None
    operating: str
    owner: str
    remark: str
    ticked: tuple[str, ...] = ()  # what the ticks say, in words

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Stated":
        def get(key: str, empty: Any = "") -> Any:
            value = said.get(PREFIX + key)
            return empty if value is None else value

        struck = get("struck_off", None)
        ticks = tuple(words for outcome, words in SAID_BY_TICK.items() if said.get(TICKED_PREFIX + outcome))
        day = get("struck_off_on", None) or (struck if isinstance(struck, date) else None)
        return cls(
            visited_on=get("visited_on", None), wordings=tuple(get("problems", ())), due=get("due_on", None),
            done_on=get("done_on", None), rechecked_on=get("rechecked_on", None), struck_off_on=day,
            struck_off=True if day else struck if isinstance(struck, bool) else None, ticked=ticks,
            outcome=get("outcome") or next(iter(ticks), ""),
            **{key: get(key) for key in (
                "inspectors", "found", "demand", "measures", "progress", "recheckers", "recheck",
                "operating", "owner", "remark")},
        )  # fmt: skip

    @property
    def says_nothing(self) -> bool:
        """Whether no visit, problem or putting right is spoken of: remarks and names alone say none."""
        days = (self.visited_on, self.done_on, self.rechecked_on, self.struck_off_on)
        return not any(days) and not self.wordings and not self.outcome and not self.progress and not self.struck_off

    @property
    def ending(self) -> str:
        """The words that say how it ended: 整改结果, else 整改情况."""
        return self.outcome or self.progress


def names_in(written: str) -> list[str]:
    """王某、李某 -> each by itself; a space may stand in a name of two signs."""
    return [name for name in (part.strip() for part in _BETWEEN_NAMES.split(written)) if name]


def outcome_of(written: str) -> str:
    """An outcome, OPEN, SUSPENDED or DONE for the words of a ledger; "" for words that say none for certain."""
    text = re.sub(r"\s", "", cells.text(written)).lower()
    bare = re.sub(r"[。;,!]|^\d[.、]", "", text)
    if not bare or bare in OUTCOMES:
        return OUTCOMES.get(bare, "")
    if any(map(DENIED.search, re.split("[。;,!]", text))):
        return ""
    found = {outcome for word, outcome in IN_A_SENTENCE.items() if word in bare}
    if len(found) > 1:
        found -= {DONE}
    return found.pop() if len(found) == 1 else ""


def without_result(rows: list[Stated]) -> list[int]:
    """The problems of one visit of which nothing says how they ended, where it would be done but for them."""
    ended = {outcome_of(each.ending) for each in rows if each.ending}
    if not ended or not ended.isdisjoint((OPEN, SUSPENDED, "")):
        return []
    return [place for place, each in enumerate(rows) if each.wordings and not each.ending]


def merged(rows: list[Stated]) -> Stated:
    """Rows of one institution and day as one: a row for each problem. It is done when all of them are; where each has a
    day and none a word of how, that is asked as of a single row."""
    first, *others = rows
    if not others:
        return first
    wordless = not any(each.ending for each in rows)
    done = all(each.done_on for each in rows) and (
        wordless or all(outcome_of(each.ending) not in (OPEN, "") for each in rows)
    )
    open_one = next((each for each in rows if outcome_of(each.ending) in (OPEN, "")), first)
    texts: dict[str, Any] = {
        name: "；".join(dict.fromkeys(filter(None, (getattr(each, name) for each in rows))))
        for name in ("inspectors", "found", "demand", "measures", "recheckers", "recheck", "owner", "remark")
    }
    return replace(
        first if done else open_one,
        **texts,
        wordings=tuple(dict.fromkeys(wording for each in rows for wording in each.wordings)),
        done_on=max(each.done_on for each in rows if each.done_on) if done else None,
        due=next((each.due for each in rows if each.due), None),
    )
