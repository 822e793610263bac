"""A sheet of a form as a person sees it: its cells in rows, and the words that stand beside one."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from institutions.imports import cells, refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.reading.frames import Place, letters
from institutions.imports.workbook import Sheet
from reports.superior.sheet_xml import MOST_CELLS, SheetXml, address
from reports.superior.workbook import LIMITS, Form

MOST_ROWS, MOST_COLUMNS = 300, 60  # that are shown; a cell further down is bound by its address
BEYOND_ROWS, BEYOND_COLUMNS = 20, 1  # blank ones shown behind the last that is filled
MOST_WORDS = 3
WIDE = 0.6  # of the sheet's width: a title, not a heading
_NUMBER = re.compile(r"[-+]?[\d,.]*\d[%％]?|[—–\-/]+|#.*")
# What changes from month to month in a heading: 截至2018年12月, 第12期, 十二月.
_COUNTED = re.compile(
    r"(?<!学制)\d+(?=年(?![级制])|月|日|期|号|季|周|旬|次)|\d{4}[-./]\d{1,2}([-./]\d{1,2})?|(?<!学制)[〇零一二三四五六七八九十]+(?=年(?![级制])|月|日|期|季)"
)


@dataclass(frozen=True)
class Shown:
    """A cell of the grid, or several merged."""

    address: str
    text: str
    formula: bool
    rows: int = 1
    columns: int = 1

    @property
    def number(self) -> bool:
        return bool(self.text) and not is_words(self.text)


@dataclass(frozen=True)
class Grid:
    form: Form
    sheet: Sheet
    bound: frozenset[Place] = field(default_factory=frozenset)  # cells that are filled: no words stand there
    _words: dict[Place, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def xml(self) -> SheetXml:
        return self.form.xml(self.sheet.name)

    @cached_property
    def anchors(self) -> dict[Place, Place]:
        """The cell that shows a merged one's text, for every cell of a merge. Raises UnreadableFile for merges that
        cover more than a form has."""
        found: dict[Place, Place] = {}
        covered = 0
        for top, left, bottom, right in self.merges.values():
            bottom, right = min(bottom, LIMITS.most_rows), min(right, LIMITS.most_columns)
            covered += max(0, bottom - top + 1) * max(0, right - left + 1)
            if covered > MOST_CELLS:
                raise UnreadableFile(refusals.DAMAGED_OR_ENCRYPTED)
            for row in range(top, bottom + 1):
                found |= {(row, column): (top, left) for column in range(left, right + 1)}
        return found

    @cached_property
    def merges(self) -> dict[Place, tuple[int, int, int, int]]:
        return {merge[:2]: merge for merge in self.xml.merges}

    @cached_property
    def height(self) -> int:
        filled = len(self.sheet.rows)
        styled = max((row for row, _column in self.xml.cells), default=0) + 1
        return min(max(filled, min(styled, filled + BEYOND_ROWS)), MOST_ROWS)

    @cached_property
    def width(self) -> int:
        return min(self._filled_width + BEYOND_COLUMNS, MOST_COLUMNS)

    @cached_property
    def _filled_width(self) -> int:
        merged = max((right + 1 for _top, _left, _bottom, right in self.merges.values()), default=0)
        return max(max(map(len, self.sheet.rows), default=0), min(merged, MOST_COLUMNS))

    @property
    def columns(self) -> list[str]:
        return [letters(column) for column in range(self.width)]

    def rows(self) -> list[tuple[int, list[Shown]]]:
        """Each row by its number, with the cells that begin in it."""
        shown = []
        for row in range(self.height):
            line = []
            for column in range(self.width):
                place = (row, column)
                if self.anchors.get(place, place) != place:
                    continue
                top, left, bottom, right = self.merges.get(place, (row, column, row, column))
                rows, columns = min(bottom, self.height - 1) - top + 1, min(right, self.width - 1) - left + 1
                line.append(Shown(address(place), self.text(place), self.has_formula(place), rows, columns))
            shown.append((row + 1, line))
        return shown

    def text(self, place: Place) -> str:
        """What a cell shows; "" for one that is blank, covered, or of which nobody has calculated the value."""
        row, column = self.anchors.get(place, place)
        if row >= len(self.sheet.rows) or column >= len(self.sheet.rows[row]):
            return ""
        return cells.text(self.sheet.rows[row][column])

    def has_formula(self, place: Place) -> bool:
        found = self.xml.cells.get(place)
        return place in self.xml.arrays or (found is not None and found.formula)

    def is_covered(self, place: Place) -> bool:
        return self.anchors.get(place, place) != place

    def words(self, place: Place) -> str:
        """The words in a cell, as they are compared; "" for a number, a cell that is filled, or none."""
        anchor = self.anchors.get(place, place)
        if anchor not in self._words:
            text = self.text(anchor)
            self._words[anchor] = "" if anchor in self.bound or not is_words(text) else as_compared(text)
        return self._words[anchor]

    def above(self, place: Place) -> list[str]:
        """The headings of a cell, the nearest first: the first words above it and those right above these."""
        found: list[str] = []
        last: Place | None = None
        for row in range(place[0] - 1, -1, -1):
            anchor = self.anchors.get((row, place[1]), (row, place[1]))
            if anchor == last:
                continue
            last, words = anchor, "" if self._is_title(anchor) else self.words(anchor)
            if words:
                found.append(words)
            elif found:
                break
        return found[:MOST_WORDS]

    def left(self, place: Place) -> list[str]:
        """The words to the left in the row, the nearest first."""
        found: list[str] = []
        last: Place | None = None
        for column in range(place[1] - 1, -1, -1):
            anchor = self.anchors.get((place[0], column), (place[0], column))
            if anchor != last and (words := self.words(anchor)):
                found.append(words)
            last = anchor
        return found[:MOST_WORDS]

    def over(self, place: Place) -> list[str]:
        """The headings above that span most of the sheet but not the words at the left of the row, as a title does."""
        labels = next((column for column in range(place[1]) if self.words((place[0], column))), place[1])
        anchors = [self.anchors.get((row, place[1]), (row, place[1])) for row in range(place[0])]
        wide = (anchor for anchor in dict.fromkeys(anchors) if self._is_title(anchor) and anchor[1] > labels)
        return [words for anchor in wide if (words := self.words(anchor))]

    def _is_title(self, anchor: Place) -> bool:
        merge = self.merges.get(anchor)
        return merge is not None and merge[3] - merge[1] + 1 >= max(3, WIDE * self._filled_width)


def is_words(text: str) -> bool:
    """Whether a text says something that stays: no number, no rate, no dash."""
    bare = unicodedata.normalize("NFKC", text).strip()
    return bool(bare) and not _NUMBER.fullmatch(bare)


def as_compared(text: str) -> str:
    """A heading as it is compared between months: without blanks, its years, months and issue numbers as #."""
    return _COUNTED.sub("#", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
