"""A rectangle of the map, and the squares of the map's key (institutions/positions.py, `cell_of`) that lie in it."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from operator import itemgetter

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from institutions.models import InstitutionQuerySet
from institutions.positions import cell_of

KEY_BITS = 62
SIDE_BITS = KEY_BITS // 2
FEW_RANGES = 8  # as many ranges of keys as one question of the register asks for

Range = tuple[int, int]  # keys from the first to the last


@dataclass(frozen=True)
class Squares:
    """A rectangle of whole squares, each as wide as the world divided by 2^bits; none where it ends before it begins.
    Rows are counted from the north."""

    bits: int
    first_column: int
    last_column: int
    first_row: int
    last_row: int

    @property
    def number(self) -> int:
        return (self.last_column - self.first_column + 1) * (self.last_row - self.first_row + 1)

    @property
    def any(self) -> bool:
        return self.first_column <= self.last_column and self.first_row <= self.last_row

    def without(self, inner: "Squares | None") -> list[Range]:
        """Their keys, in their order, without those of coarser ones that lie inside of them."""
        if not self.any:
            return []
        first, last, top, bottom = self.first_column, self.last_column, self.first_row, self.last_row
        west, east, north, south = self._hole(inner)
        spare = KEY_BITS - 2 * self.bits
        found: list[Range] = []
        begins, ends = -1, -2
        left = [self._around()]
        while left:
            key, x, y, up = left.pop()
            right, lower = x + (1 << up) - 1, y + (1 << up) - 1
            if right < first or x > last or lower < top or y > bottom:
                continue
            if west <= x and right <= east and north <= y and lower <= south:
                continue
            whole = first <= x and right <= last and top <= y and lower <= bottom
            if whole and (right < west or x > east or lower < north or y > south):
                begin = key << spare + 2 * up
                if begin != ends + 1:
                    found.append((begins, ends))
                    begins = begin
                ends = begin + (1 << spare + 2 * up) - 1
                continue
            up -= 1
            key <<= 2
            half = 1 << up  # of the four the one in the north-west comes first, so it is put down last
            left += (
                (key | 3, x + half, y + half, up),
                (key | 2, x, y + half, up),
                (key | 1, x + half, y, up),
                (key, x, y, up),
            )
        return [*found[1:], (begins, ends)] if ends >= 0 else []

    def _hole(self, inner: "Squares | None") -> tuple[int, int, int, int]:
        """West, east, north and south of coarser ones, in columns and rows of these; of none what holds nothing."""
        if inner is None:
            return 1, -1, 1, -1
        finer = self.bits - inner.bits
        return (
            inner.first_column << finer,
            (inner.last_column + 1 << finer) - 1,
            inner.first_row << finer,
            (inner.last_row + 1 << finer) - 1,
        )

    def _around(self) -> tuple[int, int, int, int]:
        """The smallest square of any zoom that holds them: its key, its first column and row, and how many times
        it is to be divided until it is one of these."""
        first, last, top, bottom = self.first_column, self.last_column, self.first_row, self.last_row
        up = max((first ^ last).bit_length(), (top ^ bottom).bit_length())
        x, y, key = first >> up, top >> up, 0
        for bit in reversed(range(self.bits - up)):
            key = key << 2 | (y >> bit & 1) << 1 | x >> bit & 1
        return key, x << up, y << up, up

    def ranges(self, most: int = 0) -> list[Range]:
        """Their keys as ranges of keys of places, as few as hold exactly them; with `most` at most so many, which may
        hold more."""
        parts, level = [(0, 0, 0)], 0
        found: list[Range] = []
        while parts:
            inside, partly = self._sorted(parts, self.bits - level)
            if most and level and len(found) + len(inside) + len(partly) > most:
                found += [self._keys(square, level - 1) for square in dict.fromkeys(_parent(each) for each in parts)]
                break
            found += [self._keys(square, level) for square in inside]
            parts = [(key << 2 | part, x << 1 | part & 1, y << 1 | part >> 1) for key, x, y in partly for part in _FOUR]
            level += 1
        return list(_joined(sorted(found)))

    def _sorted(
        self, squares: list[tuple[int, int, int]], up: int
    ) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
        """Those of a coarser level that lie in the rectangle, and those that do in part."""
        inside: list[tuple[int, int, int]] = []
        partly: list[tuple[int, int, int]] = []
        for square in squares:
            west, north = square[1] << up, square[2] << up
            east, south = west + (1 << up) - 1, north + (1 << up) - 1
            if east < self.first_column or west > self.last_column or south < self.first_row or north > self.last_row:
                continue
            whole = self.first_column <= west and east <= self.last_column
            whole = whole and self.first_row <= north and south <= self.last_row
            (inside if whole else partly).append(square)
        return inside, partly

    @staticmethod
    def _keys(square: tuple[int, int, int], level: int) -> Range:
        shift = KEY_BITS - 2 * level
        return square[0] << shift, (square[0] + 1 << shift) - 1


_FOUR = range(4)


def _parent(square: tuple[int, int, int]) -> tuple[int, int, int]:
    key, x, y = square
    return key >> 2, x >> 1, y >> 1


def _joined(ranges: list[Range]) -> Iterator[Range]:
    """Without gaps of nothing between two that touch."""
    if not ranges:
        return
    first, last = ranges[0]
    for begins, ends in ranges[1:]:
        if begins == last + 1:
            last = ends
        else:
            yield first, last
            first, last = begins, ends
    yield first, last


def lies_in(key: int, within: list[Range]) -> bool:
    """Whether a key is in one of the ranges, which are in their order and apart."""
    place = bisect_right(within, key, key=itemgetter(0))
    return place > 0 and key <= within[place - 1][1]


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS-84 degrees; its edges belong to it."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """ "120.8,28.0,121.1,28.3" -> box. Raises Invalid."""
        try:
            west, south, east, north = (degrees(part) for part in text.split(","))
        except ValueError as problem:
            raise _refused(
                _("“%(given)s”不是范围，例：120.8,28.0,121.1,28.3（西，南，东，北）。") % {"given": text[:80]}
            ) from problem
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise _refused(
                _("范围应为西，南，东，北，西小于东、南小于北，且在地球上：“%(given)s”。") % {"given": text[:80]}
            )
        return cls(west, south, east, north)

    def of(self, institutions: InstitutionQuerySet) -> InstitutionQuerySet:
        """Those of the institutions that lie in it."""
        return institutions.filter(self.inside)

    @property
    def inside(self) -> Q:
        """That one lies in it, found by the index of their keys."""
        keys = Q(pk__in=[])
        for first, last in self.squares(SIDE_BITS).ranges(FEW_RANGES):
            keys |= Q(cell__range=(first, last))
        return keys & Q(longitude__range=(self.west, self.east), latitude__range=(self.south, self.north))

    def squares(self, bits: int) -> Squares:
        """Every square that any of it lies in."""
        west, north, east, south = self._corners()
        up = SIDE_BITS - bits
        return Squares(bits, west >> up, east >> up, north >> up, south >> up)

    def whole(self, bits: int) -> Squares:
        """The squares that lie in it with all their edges."""
        around = self.squares(bits)
        return Squares(bits, around.first_column + 1, around.last_column - 1, around.first_row + 1, around.last_row - 1)

    def _corners(self) -> tuple[int, int, int, int]:
        """Column and row of the north-western corner, and of the south-eastern one, in squares of the whole key."""
        return (*column_and_row(self.west, self.north), *column_and_row(self.east, self.south))


def column_and_row(longitude: float, latitude: float) -> tuple[int, int]:
    """Of a position, in squares of the whole key."""
    key = cell_of(longitude, latitude)
    return _gathered(key), _gathered(key >> 1)


def _gathered(key: int) -> int:
    """The bits at even places, moved together: what `cell_of` spreads."""
    value = key & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        value = (value | value >> shift) & mask
    return value


def degrees(text: str) -> float:
    """Raises ValueError for what is no number as people write it: full-width digits, 1_0, NaN, inf."""
    number = float(text)
    if not text.isascii() or "_" in text or not isfinite(number):
        raise ValueError(text)
    return number


def _refused(sentence: str) -> Invalid:
    return Invalid({"bbox": [sentence]})
