"""What the lines around a table say of its rows: township, licence status and survey day, in a sheet's name, a title or
the heading of a section."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from institutions.imports import cells
from institutions.imports.tables import Table
from institutions.models import Division
from institutions.places import County

STATUS_WORDS = {word: status for status, words in cells.LICENCE_STATUSES.items() for word in words if len(word) > 3}
DAY = re.compile(r"(20\d{2}) ?[年.\-/] ?(\d{1,2}) ?[月.\-/] ?(\d{1,2}) ?日?")
NUMBERED = re.compile(
    r"^(第?[一二三四五六七八九十]{1,3}(?:[、.:]|部分)|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[、.)])\s*"
)


@dataclass(frozen=True)
class Said:
    """What is said of a row beside its own cells, and where."""

    township: Division | None = None
    township_in: str = ""
    status: str = ""
    status_in: str = ""


class Context:
    """The lines around one table."""

    def __init__(self, table: Table, county: County):
        self.table, self.county = table, county
        self._of_sections: dict[tuple[str, ...], Said] = {}

    def said(self, sections: tuple[str, ...]) -> Said:
        """What holds of a row in these sections: the nearest that says something."""
        if sections not in self._of_sections:
            self._of_sections[sections] = self._under(sections)
        return self._of_sections[sections]

    def _under(self, sections: tuple[str, ...]) -> Said:
        township, township_in = self._whole.township, self._whole.township_in
        status, status_in = self._whole.status, self._whole.status_in
        of_township = of_status = None  # how the sections are numbered that said so
        for text in sections:
            style = _style(text)
            place, found = self._township(text), _status(text)
            if place:
                if of_status is not None and of_township is not None and of_township[1] < of_status[1]:
                    status, status_in = self._whole.status, self._whole.status_in
                township, township_in = place, text
                of_township = of_township or (style, 0 if of_status is None else 1)
            if found:
                status, status_in = found, text
                of_status = of_status or (style, 0 if of_township is None else 1)
            if not place and not found:
                if of_status is not None and style == of_status[0]:
                    status, status_in = self._whole.status, self._whole.status_in
                if of_township is not None and style == of_township[0]:
                    township, township_in = self._whole.township, self._whole.township_in
        return Said(township, township_in, status, status_in)

    @cached_property
    def _whole(self) -> Said:
        """What the sheet's name and the lines above the header say of every row; the nearest line first."""
        lines = [*self.table.above, self.table.sheet.name]
        place = next(((found, line) for line in lines if (found := self._township(line))), (None, ""))
        status = next(((found, line) for line in lines if (found := _status(line))), ("", ""))
        return Said(*place, *status)

    @cached_property
    def survey_day(self) -> tuple[date, str] | None:
        """The last day that a line above the header or the sheet's name states, and the line."""
        for line in [*self.table.above, self.table.sheet.name]:
            for found in reversed(DAY.findall(cells.text(line))):
                try:
                    return date(*map(int, found)), line
                except ValueError:
                    continue
        return None

    def _township(self, text: str) -> Division | None:
        """The one township that a line names."""
        bare = re.sub(r"\(.*?\)|[::].*$", "", NUMBERED.sub("", cells.text(text))).strip()
        if found := self.county.named(bare):
            return found
        named = {each for name, each in self.county.townships.items() if name in bare}
        if len(named) > 1:  # 北白象镇 is named where 白象镇 is: the longest counts
            longest = {name for name in self.county.townships if name in bare}
            named = {
                self.county.townships[name]
                for name in longest
                if not any(name != other and name in other for other in longest)
            }
        return named.pop() if len(named) == 1 else None


def _status(text: str) -> str:
    """The one licence status that a line names, or ""."""
    bare = re.sub(r"[“”\" ]", "", cells.text(text))
    found = {status for word, status in STATUS_WORDS.items() if word in bare}
    return found.pop() if len(found) == 1 else ""


def _style(text: str) -> str:
    """How a heading is numbered: 一、 and 二、 alike."""
    found = NUMBERED.match(cells.text(text))
    return re.sub(r"[一二三四五六七八九十\d]+", "1", found[1]) if found else ""
