"""Where the headers of a sheet are: of one to four rows, several under and beside each other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from json.encoder import encode_basestring
from typing import Any

from accounts.id_numbers import REMOVED, holds_id_number
from institutions.imports import cells, headers
from institutions.imports.passed import OF_COUNTS, is_header_of_counts, is_list_of_cases, names_a_group
from institutions.imports.reading.frames import letters
from institutions.imports.workbook import Sheet
from institutions.spool import Spool

COUNTED = {"name", "serial", "township", "licence_status"}  # what a table of counts may have a heading for
TOTAL = re.compile("(?:排摸|机构|学校)(?:总数|个数|家数|数)|总数|家数|.*率")
OF_WHAT_IS_REGISTERED = re.compile("执照|登记|注册|证照|企业|公司|主体|举办")
LONGEST_HEADING, LONGEST_PART = 30, 6
MOST_DIGITS = 6  # in all headings of a row
LEVELS = 4
MOST_KNOWN = 20_000  # texts of numbers and days that are kept
_TOO_MANY_DIGITS = re.compile(rf"(?:[^0-9]*[0-9]){{{MOST_DIGITS + 1}}}")
# How a heading is to be filled in, and the year over a group: 排摸日期(格式:2018-01-01), 2017年.
_TOLD = re.compile(r"[(（【\[].*?[)）】\]]|20\d\d年度?(?!\d{1,2}月)")


class Grid:
    """A sheet's cells with what is merged spread over what it covers, and their texts."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.rows: Sequence[list[Any]] = sheet.rows
        self.wide: dict[int, list[tuple[int, int, int, int]]] = {}  # merges over several columns, by their first row
        self.tall: dict[int, list[tuple[int, int, int, int]]] = {}
        self._texts: dict[Any, str] = {}
        for merge in sheet.merges:
            first, left, last, right = merge
            if right > left:
                self.wide.setdefault(first, []).append(merge)
            if last > first and first < len(sheet.rows) and left < len(sheet.rows[first]):
                for row in range(first, last + 1):
                    self.tall.setdefault(row, []).append(merge)
        if self.tall:
            self.rows = Spool(self._spread())

    def _spread(self) -> Iterator[list[Any]]:
        """The rows with what stands beside several of them in each: it holds of all."""
        first_of: dict[tuple[int, int, int, int], Any] = {}
        for row, cells_of_row in enumerate(self.sheet.rows):
            spread = cells_of_row
            for merge in self.tall.get(row, ()):
                first, left, _, _ = merge
                if row == first:
                    first_of[merge] = spread[left]
                    continue
                spread = [*spread, *[""] * (left + 1 - len(spread))]
                spread[left] = first_of[merge]
            yield spread

    def text(self, row: int, place: int) -> str:
        cells_of_row = self.rows[row]
        return self.text_of(cells_of_row[place]) if place < len(cells_of_row) else ""

    def text_of(self, cell: Any) -> str:
        if type(cell) is str:
            return cells.text(cell)  # of most as quick as looking up
        key = (type(cell), cell)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= MOST_KNOWN:
                self._texts.clear()
            found = self._texts[key] = cells.text(cell)
        return found

    def filled(self, row: int, first: int, last: int | None) -> dict[int, str]:
        """The texts of a row from one column to another, without the empty ones; what could not be read as its sign."""
        cells_of_row = self.rows[row][first : None if last is None else last + 1]
        found = {
            place: text
            for place, cell in enumerate(cells_of_row, start=first)
            if cell != "" and (text := self.text_of(cell))
        }
        if self.sheet.unread:
            behind = last if last is not None else 200
            found |= {place: said for place, said in self.sheet.unread.of_row(row) if first <= place <= behind}
        return found

    def only_spread(self, row: int, filled: dict[int, str]) -> bool:
        """Whether all that stands in a row is what is merged down from the rows above."""
        spread = {left for first, left, _, _ in self.tall.get(row, ()) if first < row}
        return bool(spread) and filled.keys() <= spread

    def is_wide(self, row: int, place: int) -> bool:
        """Whether a cell is merged over several columns."""
        return any(left <= place <= right for _, left, _, right in self.wide.get(row, ()))

    def over(self, row: int, place: int) -> str:
        """The heading over a place: its own cell's, or that of the merged cell that covers it from the left."""
        if text := self.text(row, place):
            return text
        for first, left, last, right in [*self.wide.get(row, ()), *self.tall.get(row, ())]:
            if first <= row <= last and left <= place <= right:
                return self.text(first, left)
        return ""


@dataclass(frozen=True)
class Header:
    """The rows of a header, its columns, and which column is what. `first` and `last` bound the table's columns
    (`last` is None for all to the right), `end` is the row behind its last."""

    top: int
    bottom: int
    end: int
    first: int
    last: int | None
    filled: tuple[int, int]  # the first and last column with a heading
    places: dict[str, int]
    texts: dict[int, str]  # the heading of each column, as it is looked up
    titles: dict[int, str] = field(default_factory=dict)  # and as messages quote it, each another one
    of_a_licence: dict[int, str] = field(default_factory=dict)  # columns of which it has to be asked whose they are
    misspelt: dict[int, str] = field(default_factory=dict)  # columns whose heading may be meant for a key
    ticks: dict[int, str] = field(default_factory=dict)  # columns in which a status is ticked (see ticks.py)
    stacks: dict[int, tuple[str, ...]] = field(default_factory=dict)  # headings over each column, outermost first
    counting: frozenset[int] = frozenset()  # columns of a table of counts beside it
    _in_order: dict[int, list[tuple[int, str]]] = field(default_factory=dict, compare=False)

    def overlaps(self, other: "Header") -> bool:
        return self.filled[0] <= other.filled[1] and other.filled[0] <= self.filled[1]

    def title(self, place: int) -> str:
        return self.titles.get(place) or f"({letters(place)}列)"

    def titles_in_order(self, width: int) -> list[tuple[int, str]]:
        """The table's columns in a row of so many cells, with their titles as JSON, in the order of the titles."""
        found = self._in_order.get(width)
        if found is None:
            last = width if self.last is None else min(width, self.last + 1)
            titles = sorted((self.title(place), place) for place in range(self.first, last))
            found = self._in_order[width] = [(place, encode_basestring(title)) for title, place in titles]
        return found

    def not_taken(self, rows: Sequence[list[Any]], lines: Sequence[int]) -> list[int]:
        """Columns that hold something in one of these rows and are not taken."""
        taken = {*self.places.values(), *self.ticks}
        left = {place for place in range(self.first, self._width(rows, lines)) if place not in taken}
        found: set[int] = set()
        for row in lines:
            if not left:
                break
            cells_of_row = rows[row]
            here = {place for place in left if place < len(cells_of_row) and cells.text(cells_of_row[place])}
            found |= here
            left -= here
        return sorted(found)

    def _width(self, rows: Sequence[list[Any]], lines: Sequence[int]) -> int:
        return self.last + 1 if self.last is not None else max((len(rows[row]) for row in lines), default=0)


@dataclass
class _Candidate:
    top: int
    bottom: int
    first: int
    last: int
    stacks: dict[int, tuple[str, ...]]


def find_headers(grid: Grid) -> list[Header]:
    """Every header of a sheet, in the order of its rows; [] when there is none."""
    candidates: list[_Candidate] = []
    row = 0
    while row < len(grid.rows):
        here = _candidates_at(grid, row)
        candidates += here
        row = max((each.bottom for each in here), default=row) + 1
    found = [_header(grid, each, candidates) for each in candidates]
    return [each for each in found if "name" in each.places]


def _candidates_at(grid: Grid, row: int) -> list[_Candidate]:
    titles = _titles(grid, row)
    if titles is not None and (broken := _broken_over(grid, row, titles)):
        return [_Candidate(row, row + 1, min(broken), max(broken), {at: (word,) for at, word in broken.items()})]
    if titles is None or not _is_header(titles) or _is_form(grid, row) or _names_a_group(grid, row, titles):
        return []
    top = row
    while top > 0 and row - top < LEVELS - 1 and _is_group_row(grid, top - 1, titles):
        top -= 1
    bottom = row
    while bottom + 1 < len(grid.rows) and bottom - top < LEVELS - 1 and _goes_on(grid, top, bottom + 1, titles):
        bottom += 1
    width = max(len(grid.rows[each]) for each in range(top, bottom + 1))
    stacks = {place: _stack(grid, top, bottom, place) for place in range(width)}
    stacks = {place: stack for place, stack in stacks.items() if any(stack)}
    return [
        _Candidate(top, bottom, min(part), max(part), {place: stacks[place] for place in part})
        for part in _side_by_side(stacks, _titles_over(grid, top))
    ]


def _broken_over(grid: Grid, row: int, titles: dict[int, str]) -> dict[int, str]:
    """The headings that two rows make together, each broken over them: 机构 | 联系 over 名称 | 电话. {} for rows of
    which one alone says as much."""
    if row + 1 >= len(grid.rows) or len(titles) < 3 or max(map(len, titles.values())) > LONGEST_PART:
        return {}
    below = _titles(grid, row + 1)
    if below is None or below.keys() != titles.keys() or all(map(headers.is_known, titles.values())):
        return {}
    if any(first <= row + 1 and last >= row for first, _, last, _ in grid.sheet.merges):
        return {}
    joined = {at: titles[at] + below[at] for at in titles}
    whole = all(map(headers.is_known, joined.values())) and _is_header(joined)
    return joined if whole and not all(map(headers.is_known, below.values())) else {}


def _names_a_group(grid: Grid, row: int, titles: dict[int, str]) -> bool:
    """校外培训机构 merged over 名称, 属地, 地址: the header is the row below."""
    below = _titles(grid, row + 1) if row + 1 < len(grid.rows) else None
    if below is None or not _is_header(below):
        return False
    names = [place for place, title in titles.items() if (headers.meaning(title) or ("",))[0] == "name"]
    return bool(names) and all(grid.is_wide(row, place) for place in names)


def _titles(grid: Grid, row: int) -> dict[int, str] | None:
    """The texts of a row that may be headings; None when one of its cells cannot be one."""
    cells_of_row = grid.rows[row]
    try:
        joined = "".join(cells_of_row)  # TypeError is what is asked
        if _TOO_MANY_DIGITS.match(joined) and _TOO_MANY_DIGITS.match(_TOLD.sub("", joined)):
            return None
    except TypeError:  # a number, a day
        return None
    found: dict[int, str] = {}
    digits = 0
    for place, cell in enumerate(cells_of_row):
        if cell == "":
            continue
        title = grid.text_of(cell).replace(" ", "")
        bare = title if title.isalpha() else _TOLD.sub("", title)
        digits += 0 if bare.isalpha() else sum(map(str.isdigit, bare))
        if len(bare) > LONGEST_HEADING or digits > MOST_DIGITS:
            return None
        if title:
            found[place] = title
    return found if len(found) > 1 else None


def _is_header(titles: dict[int, str]) -> bool:
    """A heading of names, another of ours, and no less than every third known."""
    meanings = [headers.meaning(title) for title in titles.values()]
    keys = {said[0] for said in meanings if said}
    if keys <= COUNTED and _counts(list(titles.values())) or is_list_of_cases(map(headers.plain, titles.values())):
        return False
    known = sum(map(headers.is_known, titles.values()))
    if "name" not in keys:
        ours = len(keys - {"serial"})
        if ours == 1:  # 机构名陈, 乡镇, 办学地止, 联系电活
            return sum(headers.nearest_heading(title) is not None for title in titles.values()) > 2
        near = [headers.nearest_heading(title) for title in titles.values()]
        if ours == 0:  # 序号, 机构名秤, 办学地扯, 负贵人
            return "name" in near and len(set(near) - {None}) > 2 and near.count(None) <= len(keys)
        return "name" in near
    return (len(keys) > 1 or known > 1) and known * 3 >= len(titles)


def _counts(titles: list[str]) -> bool:
    """名称 排摸总数 已整改 未完成 整改率: a table of counts says how many there are, and how many of them are what."""
    return any(map(TOTAL.fullmatch, titles)) and sum(bool(OF_COUNTS.fullmatch(title)) for title in titles) > 2


def _is_form(grid: Grid, row: int) -> bool:
    """机构名称 绘声馆 负责人 王某, and the next row alike: the form of one institution, values beside headings."""

    def alternates(at: int) -> bool:
        texts = [headers.plain(cell) for cell in grid.rows[at] if cell != ""] if at < len(grid.rows) else []
        known = [headers.is_known(text) for text in texts]
        return len(known) > 3 and all(known[::2]) and not any(known[1::2])

    return alternates(row) and alternates(row + 1)


def _is_group_row(grid: Grid, row: int, below: dict[int, str]) -> bool:
    """A row of headings over groups of the columns below: several, or one that leaves columns out."""
    titles = _titles(grid, row)
    wide = [(left, right) for _, left, _, right in grid.wide.get(row, ())]
    if titles is None:
        return False
    if wide:
        names = [place for place, title in below.items() if (headers.meaning(title) or ("",))[0] == "name"]
        over_names = [
            (left, right)
            for left, right in wide
            if any(left <= place <= right for place in names) and not headers.BEFORE.fullmatch(titles.get(left, ""))
        ]
        return len(titles) > 1 and len(over_names) < 2  # over several lists of names stand the titles of tables
    return not grid.sheet.merges and len(titles) < len(below) and all(map(_is_group, titles.values()))


def _is_group(title: str) -> bool:
    said = headers.meaning(title)
    return said is not None and (said[0] in headers.UNDER or said[0] == "licence_status") or title.endswith("信息")


def _goes_on(grid: Grid, top: int, row: int, titles: dict[int, str]) -> bool:
    """Whether a row is another row of the header: merged with it, or of words that stand under a group."""
    below = _titles(grid, row)
    if any(first < row <= last and first >= top for first, _, last, _ in grid.tall.get(row, ())):
        return True
    if not below and not (below := _single(grid, row)):
        return False
    if any(said and said[0] == "name" for said in map(headers.meaning, below.values())):
        return False
    wide = [(left, right) for _, left, _, right in grid.wide.get(row - 1, ())]
    under = all(any(left <= place <= right for left, right in wide) for place in below) if wide else False
    words = all(_is_leaf(title) for title in below.values())
    if under:
        return words or all(not re.search(r"\d", title) for title in below.values()) and len(below) > 1
    groups = [title for title in titles.values() if _is_group(title)]
    return bool(groups) and words and not grid.sheet.merges and len(below) > 1


def _single(grid: Grid, row: int) -> dict[int, str]:
    cells_of_row = [(place, cell) for place, cell in enumerate(grid.rows[row]) if cell != ""]
    return {place: headers.plain(cell) for place, cell in cells_of_row} if len(cells_of_row) == 1 else {}


def _is_leaf(title: str) -> bool:
    return headers.is_known(title) or any(title in words for words in headers.UNDER.values())


def _stack(grid: Grid, top: int, bottom: int, place: int) -> tuple[str, ...]:
    levels = [headers.plain(grid.over(row, place)) for row in range(top, bottom + 1)]
    # Without merged cells a group's heading stands over the first of its columns alone.
    if top < bottom and not levels[0] and levels[-1] and not grid.sheet.merges:
        left = (headers.plain(grid.text(top, each)) for each in range(place - 1, -1, -1))
        levels[0] = next((title for title in left if title), "")
    return tuple(levels)


def _titles_over(grid: Grid, top: int) -> list[int]:
    """The columns from which on a township of its own stands in the row above a header: 柳市镇 | 虹桥镇."""
    filled = grid.filled(top - 1, 0, None) if top else {}
    different = len(set(filled.values())) == len(filled) > 1
    return sorted(filled) if different and all(map(names_a_group, filled.values())) else []


def _side_by_side(stacks: dict[int, tuple[str, ...]], titles: Sequence[int]) -> list[list[int]]:
    """The columns of each table in a row of headings: the headings of one stand there again for the next, or a township
    of its own stands over each."""
    places = sorted(stacks)
    if len(parts := _apart(stacks)) > 1:
        return parts
    names = [place for place in places if (said := headers.meaning_of_stack(stacks[place])) and said[0] == "name"]
    parts = [[at for at in places if start <= at < end] for start, end in pairwise([0, *titles[1:], places[-1] + 1])]
    if titles and all(len(set(names) & set(part)) == 1 < len(part) for part in parts):
        return parts
    again = [place for place in names if stacks[place] == stacks[names[0]]]
    repeated = [place for place in places if sum(stacks[place] == other for other in stacks.values()) == len(again)]
    if len(again) < 2 or len(repeated) < 2 * len(again):
        return _in_other_words(stacks)
    first = [place for place in repeated if stacks[place] == stacks[repeated[0]]]
    first[0] = places[0]
    ends = [*first[1:], places[-1] + 1]
    return [[place for place in places if start <= place < end] for start, end in zip(first, ends, strict=True)]


def _in_other_words(stacks: dict[int, tuple[str, ...]]) -> list[list[int]]:
    """机构名称 乡镇 地址 单位名称 镇街 办学地点: the same columns again in the same order are another list, unless one
    of them speaks of what is registered: 营业执照名称 地址 法人 机构名称 办学地址 负责人."""
    places = sorted(stacks)
    said = [(at, meant[0]) for at in places if (meant := headers.meaning_of_stack(stacks[at]))]
    keys = [key for _, key in said]
    many = keys.count("name")
    each = len(keys) // many if many > 1 else 0
    if each < 3 or keys != keys[:each] * many or len(set(keys)) < each:
        return [places]
    registered = any(OF_WHAT_IS_REGISTERED.search("".join(stacks[at])) for at, key in said if key == "name")
    if registered and not {"serial", "township"} & set(keys):
        return [places]
    bounds = [places[0], *[at for at, _ in said[each::each]], places[-1] + 1]
    return [[at for at in places if start <= at < end] for start, end in pairwise(bounds)]


def _apart(stacks: dict[int, tuple[str, ...]]) -> list[list[int]]:
    """Headings divided by an empty column, where a list of names begins on both sides of it."""
    parts: list[list[int]] = []
    for place in sorted(stacks):
        if parts and place == parts[-1][-1] + 1:
            parts[-1].append(place)
        else:
            parts.append([place])
    joined: list[list[int]] = []
    named = False  # whether the last part has names
    for part in parts:
        said = [meant[0] for place in part if (meant := headers.meaning_of_stack(stacks[place]))]
        if joined and not (named and "name" in said and len(set(said)) > 1):
            joined[-1] += part
            named |= "name" in said
        else:
            joined.append(part)
            named = "name" in said
    return joined


def _header(grid: Grid, found: _Candidate, others: list[_Candidate]) -> Header:
    """The header with the bounds that the others leave it."""
    below = [
        each.top for each in others if each.top > found.bottom and each.first <= found.last and found.first <= each.last
    ]
    end = min(below, default=len(grid.rows))
    beside = [each for each in others if each is not found and _share_rows(found, each, end, others, grid)]
    right = [each.first for each in beside if each.first > found.last]
    left = [each.last for each in beside if each.last < found.first]
    counting = _counting(found.stacks)
    places, of_a_licence, misspelt = _places({at: each for at, each in found.stacks.items() if at not in counting})
    texts = {place: next((each for each in reversed(stack) if each), "") for place, stack in found.stacks.items()}
    ticks = {
        place: kind
        for place, stack in found.stacks.items()
        if place not in counting and (kind := headers.tick_of_stack(stack))
    }
    return Header(
        top=found.top,
        bottom=found.bottom,
        end=end,
        first=found.first if left else 0,
        last=min(right) - 1 if right else None,
        filled=(found.first, found.last),
        places=places,
        texts=texts,
        titles=_quoted(found.stacks),
        of_a_licence=of_a_licence,
        misspelt=misspelt,
        ticks=ticks,
        stacks=found.stacks,
        counting=frozenset(counting),
    )


def _share_rows(one: _Candidate, other: _Candidate, end: int, others: list[_Candidate], grid: Grid) -> bool:
    ends = [
        each.top for each in others if each.top > other.bottom and each.first <= other.last and other.first <= each.last
    ]
    return other.top < end and one.top < min(ends, default=len(grid.rows))


def _places(stacks: dict[int, tuple[str, ...]]) -> tuple[dict[str, int], dict[int, str], dict[int, str]]:
    """Which column is what: of several for one key the one whose heading says it best, then the first."""
    best: dict[str, tuple[int, int]] = {}
    undecided: dict[int, str] = {}
    misspelt: dict[int, str] = {}
    for place, stack in sorted(stacks.items()):
        said = headers.meaning_of_stack(stack)
        if headers.tick_of_stack(stack):
            continue
        if said is None:
            if key := headers.nearest_heading(next(each for each in reversed(stack) if each)):
                misspelt[place] = key
        elif said[0] in headers.OF_A_LICENCE:
            undecided[place] = said[0]
        elif said[0] not in best or said[1] < best[said[0]][0]:
            best[said[0]] = (said[1], place)
    places = {key: place for key, (_, place) in best.items()}
    if "credit_code" not in places and "registration" in places:
        places["credit_code"] = places.pop("registration")
    misspelt = {place: key for place, key in misspelt.items() if key not in places}
    if "name" in misspelt.values():  # without it there would be no table to ask about
        places["name"] = next(place for place, key in misspelt.items() if key == "name")
    return places, undecided, misspelt


def _counting(stacks: dict[int, tuple[str, ...]]) -> set[int]:
    """Columns of a table of counts that stands beside the register, an empty column between: 证照情况 | 家数."""
    found: set[int] = set()
    part: list[int] = []
    for place in [*sorted(stacks), max(stacks) + 2]:
        if part and place > part[-1] + 1:
            texts = [next((each for each in reversed(stacks[at]) if each), "") for at in part]
            if part[0] > min(stacks) and is_header_of_counts(texts):
                found |= set(part)
            part = []
        part.append(place)
    return found


def _quoted(stacks: dict[int, tuple[str, ...]]) -> dict[int, str]:
    """A title of its own for every column: what it is called twice says its letters, too."""
    titles: dict[int, str] = {}
    for place, stack in sorted(stacks.items()):
        levels = [each for at, each in enumerate(stack) if each and each not in stack[:at]]
        title = "".join(levels)
        if holds_id_number(title):
            title = REMOVED
        titles[place] = f"{title}({letters(place)}列)" if title in titles.values() else title
    return titles
