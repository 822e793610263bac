"""存在问题 of a ledger -> items of the catalogue: what is written is split, and each wording looked up.

Exact first: the name or the code of an item that was in force on the day, or a short form of it. Then a near name, if
it is near to one alone. Whatever else is asked about; nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from inspections.imports.vocabulary import BY_STATUS, NO_PROBLEM, SHORT_FORMS
from inspections.models import FindingType
from institutions.imports import cells

NEAR, APART = 90, 12  # of rapidfuzz's ratio: how near a wording has to be, and how far everything else
SHORTEST_NEAR = 5
_NUMBERED = r"(?:(?<![A-Za-z\d.])[(]?\d{1,2}[)、.](?!\d)|[(][一二三四五六七八九十][)]|[一二三四五六七八九十]、)"
_BETWEEN = re.compile(rf"[;\n\r。]+|{_NUMBERED}")
_LISTED = re.compile(r"[、,]|(?<=[A-Z]\d\d)\s+(?=[A-Z]\d\d)")
_CIRCLED = re.compile(r"[\u2460-\u2473\u2776-\u277f]|[一二三四五六七八九]是(?=..)")
_CODE = re.compile(r"[A-Z]{1,3}\d{1,4}")
_LEADING = re.compile(r"^(存在|发现|该机构|问题为|问题|涉嫌)(?=..)[:]?")
_TRAILING = re.compile(r"(等问题|的问题|等情况|问题|现象|行为|情况|等)$")


def split(cell: Any) -> tuple[list[str], str]:
    """1.无证办学 2.消防通道堵塞; -> the wordings, as they were written. A reader of cells."""
    # Line by line: cleaning would make one line of them. Full-width signs are narrow then.
    lines = _CIRCLED.sub(";", cell).splitlines() if isinstance(cell, str) else [cell]
    written = "\n".join(map(cells.text, lines))
    parts = (part.strip(" ,、:.;") for part in _BETWEEN.split(written))
    return [part for part in parts if part and part not in NO_PROBLEM], ""


def plain(wording: str) -> str:
    """A wording as it is compared: without spaces and signs, and without what only introduces or ends it."""
    bare = re.sub(r"[^\w]", "", cells.text(wording)).upper()
    bare = _LEADING.sub("", bare)
    return _TRAILING.sub("", bare) or bare


@dataclass(frozen=True)
class Matched:
    """A wording and what it is: the code of an item; "" when it has to be asked about."""

    wording: str
    code: str = ""
    near: bool = False  # taken for the item that it is nearest to


class Catalogue:
    """The items that a county's visit of a day may find, and what they are called; `since` is when these came into
    force together."""

    def __init__(self, items: Iterable[FindingType], since: date | None = None):
        self.items: dict[str, FindingType] = {item.code: item for item in items}
        self.since = since

    def question(self, wording: str) -> str:
        """By what a wording is asked about and remembered: an answer holds while the same items are in force."""
        return f"finding:{wording}"[:180] + (f"@{self.since}" if self.since else "")

    @cached_property
    def _names(self) -> dict[str, str]:
        """Each way of saying an item -> its code; the item's own name before any short form."""
        said = {plain(word): code for word, code in SHORT_FORMS.items() if code in self.items}
        said |= {plain(item.name_zh): code for code, item in self.items.items()}
        return said | {code.upper(): code for code in self.items}

    def match(self, wording: str, status: str = "") -> list[Matched]:
        """A wording, or what it lists where each part of it is known; `status` is the institution's licence status."""
        whole = self._one(wording, status)
        if whole.code:
            return [whole]
        parts = [part.strip() for part in _LISTED.split(wording) if part.strip()]
        if len(parts) > 1:
            found = [self._one(part, status) for part in parts]
            if all(each.code and not each.near for each in found):
                return found
        return [whole]

    def _one(self, wording: str, status: str) -> Matched:
        bare = plain(wording)
        if code := self._names.get(bare):
            return Matched(wording, code)
        for form in (re.sub(r"[^\w]", "", cells.text(wording)), bare):
            if (code := BY_STATUS.get(form, {}).get(status, "")) in self.items and code:
                return Matched(wording, code)
        if (first := _CODE.match(bare)) and (code := self._names.get(first[0])):  # L01 无证无照办学
            rest = bare[len(first[0]) :]
            if not rest or self._names.get(plain(rest)) == code:
                return Matched(wording, code)
        return Matched(wording, self._nearest(bare), near=True) if self._nearest(bare) else Matched(wording)

    def _nearest(self, bare: str) -> str:
        if len(bare) < SHORTEST_NEAR or bare in BY_STATUS:
            return ""
        ranked = self.likeness(bare)
        first, *others = [*ranked.items(), ("", 0.0), ("", 0.0)][:2]
        return first[0] if first[1] >= NEAR and first[1] - others[0][1] >= APART else ""

    def likeness(self, bare: str) -> Mapping[str, float]:
        """The items, the most alike first: 0 to 100."""
        from rapidfuzz import fuzz

        best: dict[str, float] = dict.fromkeys(self.items, 0.0)
        for name, code in self._names.items():
            best[code] = max(best[code], fuzz.ratio(bare, name))
        return dict(sorted(best.items(), key=lambda each: (-each[1], each[0])))

    def choices(self, wording: str) -> dict[str, str]:
        """What may be answered about a wording, the most alike first."""
        from rapidfuzz import fuzz

        bare = plain(wording)
        ratio = self.likeness(bare)
        rank = {
            code: max(ratio[code], fuzz.partial_ratio(bare, plain(item.name_zh)) * 0.9)
            for code, item in self.items.items()
        }
        codes = sorted(rank, key=lambda code: (-rank[code], code))
        return {code: f"{code} {self.items[code].name}" for code in codes}


class Catalogues:
    """Those of a county by day; read once."""

    def __init__(self, county: str):
        self._offered = list(FindingType.objects.offered_in(county))
        ends = {each.in_force_to + timedelta(days=1) for each in self._offered if each.in_force_to}
        self._changes = sorted({each.in_force_from for each in self._offered} | ends)
        self._since: dict[date | None, Catalogue] = {}

    def on(self, day: date) -> Catalogue:
        since = max((each for each in self._changes if each <= day), default=None)
        if since not in self._since:
            items = [each for each in self._offered if each.in_force_from <= day <= (each.in_force_to or date.max)]
            self._since[since] = Catalogue(items, since)
        return self._since[since]
