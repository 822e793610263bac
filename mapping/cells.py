"""Reading what the map keeps: how institutions stand today, of divisions that are asked of whole, by status and licence
status (docs/adr/0054-cells-of-the-map.md). None where it does not answer; then the plain query does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db import OperationalError, connection

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import outermost, ranges
from accounts.snapshot import one_snapshot
from accounts.watermark import recording
from figures.drilldown import LACKING, NOT_FULL, Drilldown
from figures.questions import listed
from figures.standing import Standing
from figures.statistics import FIGURES
from figures.unseen import CLEAR_OR_UNSEEN, Status
from institutions.models import Institution
from institutions.moments import Moment, today
from mapping.boxes import KEY_BITS, SIDE_BITS, Box, Range, lies_in
from mapping.layers import (
    FINELY,
    MOST_POINTS,
    NO_BOUNDS,
    POINTS_FROM_ZOOM,
    SQUARES_OF_A_TILE,
    Form,
    Square,
    SquareRow,
    added,
    answer,
    formed,
    not_too_many,
    points,
    shift_of,
    within_reach,
)
from mapping.models import MapTouched
from mapping.pyramid import IS_MADE, turn
from mapping.summing import (
    APPROXIMATE,
    CELL,
    CHANGE,
    EVERY,
    FINEST,
    GONE,
    LICENCES,
    LOCATED,
    PARTS,
    SPOT,
    STATUSES,
    TOTALS,
    parts_of,
    square_at,
)  # fmt: skip

AREA = 2  # digits of the divisions of which there are cells
FINER = 3  # zooms: by so many finer are the cells of what a box cuts off
KNOWN = {"division", "as_of", "figure", "standing", "licence_status", "outcome"}  # what the cells can be asked
TOUCHED = MapTouched._meta.db_table
STATUS_AND_LICENCE = [parts_of(kind) for kind in range(len(STATUSES) * len(LICENCES))]
EVERYWHERE: Range = 0, (1 << KEY_BITS) - 1
SUMMED = (
    f"COUNT(*), SUM({FINELY % 'longitude'}), SUM({FINELY % 'latitude'}), "
    "MIN(longitude), MIN(latitude), MAX(longitude), MAX(latitude)"
)
SUMS = ", ".join(
    [*(f"SUM({name})" for name in ("number", "east", "north")), "MIN(west), MIN(south), MAX(eastmost), MAX(northmost)",
     *(f"SUM({name})" for name in PARTS)]
)  # fmt: skip
# square, kind, number, sum of longitudes, of latitudes, west, south, east, north
KindRow = tuple[Any, ...]
Answer = TypeVar("Answer")


def collection(
    question: Drilldown, user: User, box: Box | None, zoom: int, form: Form | None = None
) -> dict[str, Any] | None:
    """What mapping/layers.py says of a question of today, from the cells; None where they do not answer."""
    return _answer(question, user, lambda codes, kinds: Asked(codes, kinds, box).collection(zoom, form))


def squares_of(question: Drilldown, user: User, keys: Range, zoom: int) -> dict[int, Square] | None:
    """What stands in the squares of a zoom that have these keys; None where the cells do not answer."""
    return _answer(question, user, lambda codes, kinds: Asked(codes, kinds, None, keys).squares(zoom))


def _answer(question: Drilldown, user: User, read: Callable[[list[str], list[int] | None], Answer]) -> Answer | None:
    if any(getattr(question, each.name) for each in fields(question) if each.name not in KNOWN):
        return None
    if question.as_of and question.as_of != today().isoformat():
        return None
    seen, kinds = _seen(question.divisions(user), user), kinds_asked(question)
    with one_snapshot():
        if _answers():
            return read(seen, kinds)
    if not _turned():
        return None
    with one_snapshot():
        return read(seen, kinds) if _answers() else None


def _answers() -> bool:
    """Whether cells are kept, everything that was written is in them, and they are of today."""
    return _state() == (True, False, False)


def _turned() -> bool:
    """A day has gone by since: its changes are worked out, and whether the cells answer now."""
    if _state() == (True, False, True):
        try:
            with recording():
                turn()
        except OperationalError:  # others write for long, or nothing can be written: the definition answers meanwhile
            return False
    return _answers()


def _state() -> tuple[bool, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {IS_MADE}, EXISTS (SELECT 1 FROM {TOUCHED}), "  # noqa: S608 (our own names)
            f"EXISTS (SELECT 1 FROM {SPOT} WHERE turns_on <= %s)",
            [connection.ops.adapt_datefield_value(today())],
        )
        return tuple(map(bool, cursor.fetchone()))


def _seen(codes: Sequence[str], user: User) -> list[str]:
    """Of divisions what the user sees."""
    prefixes = user.prefixes(Permission.SEE)
    return outermost([*_within(codes, prefixes), *_within(prefixes, codes)])


def _within(codes: Sequence[str], others: Sequence[str]) -> list[str]:
    """Those of the codes that lie in one of the others, or are one."""
    known, lengths = set(others) - {""}, {len(other) for other in others}
    return [code for code in codes if any(code[:length] in known for length in lengths)]


def kinds_asked(question: Drilldown) -> list[int] | None:
    """The kinds of which all are asked for; None for every kind."""
    statuses = set(STATUSES)
    if question.figure:
        statuses &= {each for each in STATUSES if _standing(each) in FIGURES[question.figure]}
    if question.standing:
        words = set(listed(question.standing))
        statuses &= words | ({Status.CLEAR, Status.UNSEEN} if CLEAR_OR_UNSEEN in words else set())
    if question.outcome:
        statuses &= {question.outcome}
    licences = LICENCES
    if question.licence_status:
        licences = LACKING if question.licence_status == NOT_FULL else [question.licence_status]
    if len(statuses) == len(STATUSES) and licences is LICENCES:
        return None
    return [
        STATUSES.index(status) * len(LICENCES) + LICENCES.index(licence) for status in statuses for licence in licences
    ]


def _standing(status: str) -> str:
    return Standing.CLEAR if status == Status.UNSEEN else status


@dataclass(frozen=True)
class Asked:
    """What is read of the cells: of which divisions, of which kinds, in which box, or of which keys: those of whole
    squares."""

    codes: list[str]
    kinds: list[int] | None
    box: Box | None
    keys: Range = EVERYWHERE

    @property
    def provinces(self) -> bool:
        """Whether it is of whole provinces, of which there are cells; others are counted from their spots."""
        return all(len(code) == AREA for code in self.codes)

    def collection(self, zoom: int, form: Form | None = None) -> dict[str, Any]:
        counted = self._totals()
        if zoom >= POINTS_FROM_ZOOM and (pks := self._few_in_box(counted["located"])) is not None:
            features = list(points(Institution.objects.filter(pk__in=pks), Moment.that_stands()))
            return answer(features, counted, zoom, grouped=False)
        zoom = within_reach(self.box, zoom, counted["located"])
        if self.provinces and self.box is None:
            zoom = self._drawable(zoom)
        zoom, squares = not_too_many(self.squares(zoom), zoom)
        features = formed(squares, form)
        return answer(features, counted, zoom, grouped=True)

    # --- How many

    def _totals(self) -> dict[str, int]:
        found: dict[int, int] = {}
        source, params = self._rows_of_totals()
        for place, number in _read(source, params):
            found[place] = found.get(place, 0) + int(number)
        return {
            "total": sum(found.values()),
            "located": found.get(LOCATED, 0),
            "approximate": found.get(APPROXIMATE, 0),
        }

    def _rows_of_totals(self) -> tuple[str, list[Any]]:
        place = square_at(TOTALS)
        if not self.provinces:
            where, params = self._of_spots()
            return f"SELECT {place}, COUNT(*) FROM {SPOT} WHERE {where} GROUP BY 1", params  # noqa: S608 (our own names)
        where, params = self._of_cells()
        of_changes, changed = self._of_changes()
        return (
            f"SELECT square, SUM(number) FROM {CELL} WHERE level = {TOTALS} AND {where} GROUP BY 1 "  # noqa: S608
            f"UNION ALL SELECT {place}, SUM(number) FROM {CHANGE} WHERE {of_changes} GROUP BY 1",
            [*params, *changed],
        )

    def _few_in_box(self, located: int) -> list[Any] | None:
        """The ids of those in the box, when they can be drawn one by one."""
        if self.box is None and located > MOST_POINTS:
            return None
        where, params = self._of_spots()
        with_ranges, inside = self._in_box([self.keys] if self.box is None else self.box.squares(SIDE_BITS).ranges(8))
        rows = _read(
            f"{with_ranges} SELECT institution_id FROM {_found(self._spot, f'{inside} AND {where}')} "  # noqa: S608
            f"LIMIT {MOST_POINTS + 1}",
            params,
        )
        return [Institution._meta.pk.to_python(pk) for (pk,) in rows] if len(rows) <= MOST_POINTS else None

    # --- Counted together

    def _drawable(self, zoom: int) -> int:
        """The zoom, or one further away: at the next closer one there are more squares than may be drawn, whatever
        waits to be folded. So no more is read than is drawn."""
        [(waiting,)] = _read(f"SELECT COUNT(*) FROM {CHANGE}", [])  # noqa: S608 (our own names)
        most = MOST_POINTS + waiting
        where, params = self._of_cells()
        for level in range(min(zoom, FINEST) + 1):
            [(squares,)] = _read(
                f"SELECT COUNT(*) FROM (SELECT DISTINCT square FROM {CELL} WHERE level = {level} AND {where} "  # noqa: S608
                f"LIMIT {most + 1}) each_one",
                params,
            )
            if squares > most:
                return max(level - 1, 0)
        return zoom

    def squares(self, zoom: int) -> dict[int, Square]:
        """Of a zoom: whole squares from the cells, what the box cuts off from finer ones and, in the end, from the
        spots."""
        if not self.provinces or zoom > FINEST:
            whole = [self.keys] if self.box is None else self.box.squares(SIDE_BITS).ranges(64)
            return added(_parted(self._spots(whole, zoom)))
        found, rest = dict[int, Square](), list[Range]()
        if self.box is None:
            self._cells(found, [self.keys], zoom, zoom)
        else:
            inner, finest = None, zoom
            for level in dict.fromkeys([zoom, min(zoom + FINER, FINEST)]):
                squares = self.box.whole(level + SQUARES_OF_A_TILE)
                self._cells(found, squares.without(inner), level, zoom)
                inner, finest = (squares if squares.any else inner), level
            rest = self.box.squares(finest + SQUARES_OF_A_TILE).without(inner)
            added(_parted(self._spots(rest, zoom)), found)
        self._bring_up_to_now(found, rest, zoom)
        return found

    def _cells(self, found: dict[int, Square], within: list[Range], level: int, zoom: int) -> None:
        """Add the cells of a level to squares of a zoom."""
        if not within:
            return
        shift = shift_of(level)
        where, params = self._of_cells()
        some = ", ".join(f"({first >> shift}, {last >> shift})" for first, last in within)
        rows = _read(
            f"WITH asked(first_one, last_one) AS (VALUES {some}) "  # noqa: S608 (numbers, and our own names)
            f"SELECT square >> {2 * (level - zoom)}, {SUMS} "
            f"FROM {_found(CELL, f'level = {level} AND square BETWEEN first_one AND last_one AND {where}')} GROUP BY 1",
            params,
        )
        for square, count, east, north, west, south, eastmost, northmost, *parts in rows:
            statuses = dict(zip(STATUSES, parts, strict=False))
            licences = dict(zip(LICENCES[1:], parts[len(STATUSES) :], strict=True))
            drawn = Square(count, int(east), int(north), statuses, licences, (west, south, eastmost, northmost))
            if square in found:
                found[square].join(drawn)
            else:
                found[square] = drawn

    def _spots(self, within: list[Range], zoom: int) -> list[KindRow]:
        if not within:
            return []
        where, params = self._of_spots()
        with_ranges, inside = self._in_box(within)
        return _read(
            f"{with_ranges} SELECT cell >> {shift_of(zoom)}, kind, {SUMMED} "  # noqa: S608 (our own names)
            f"FROM {_found(self._spot, f'{inside} AND {where}')} GROUP BY 1, 2",
            params,
        )

    def _bring_up_to_now(self, found: dict[int, Square], rest: list[Range], zoom: int) -> None:
        """Add what has changed and is not folded into the cells yet. Where one left a place at the edge of its square,
        the square is counted anew from the spots."""
        changes = [row for row in self._changes() if not lies_in(row[0], rest)]  # there the spots were counted
        left: dict[tuple[int, float, float], int] = {}
        for cell, kind, number, east, north, longitude, latitude in changes:
            place = cell, longitude, latitude
            left[place] = left.get(place, 0) + number
            bounds = (longitude, latitude) * 2 if number > 0 else NO_BOUNDS
            square = cell >> shift_of(zoom)
            row = (square, *STATUS_AND_LICENCE[kind], number, number * int(east), number * int(north), *bounds)
            found.setdefault(square, Square()).add(row)
        anew = set()
        for (cell, longitude, latitude), number in left.items():
            west, south, eastmost, northmost = found[cell >> shift_of(zoom)].bounds
            if number < 0 and (longitude in (west, eastmost) or latitude in (south, northmost)):
                anew.add(cell >> shift_of(zoom))
        for square in anew | {square for square, each in found.items() if not each.count}:
            del found[square]
        if anew:
            shift = shift_of(zoom)
            found |= added(_parted(self._spots([(each << shift, (each + 1 << shift) - 1) for each in anew], zoom)))

    def _changes(self) -> list[KindRow]:
        """Those in the box that wait to be folded."""
        where, params = self._of_changes()
        return _read(
            f"SELECT cell, kind, number, {FINELY % 'longitude'}, {FINELY % 'latitude'}, longitude, latitude "  # noqa: S608
            f"FROM {CHANGE} WHERE cell IS NOT NULL AND {where}{self._of_box()}",
            params,
        )

    # --- Conditions

    @property
    def _spot(self) -> str:
        sqlite = connection.vendor == "sqlite" and self.provinces
        return f"{SPOT} INDEXED BY spot_on_map" if sqlite else SPOT

    def _of_cells(self) -> tuple[str, list[Any]]:
        where, params = self._of_changes()
        return (f"{where} AND kind = {EVERY}" if self.kinds is None else where), params

    def _of_changes(self) -> tuple[str, list[Any]]:
        return f"area IN ({', '.join(['%s'] * len(self.codes)) or 'NULL'}){self._of_kinds()}", list(self.codes)

    def _of_spots(self) -> tuple[str, list[Any]]:
        parts = ranges(self.codes)
        where = " OR ".join(["scope_code >= %s AND scope_code < %s"] * len(parts)) or "1 = 0"
        return f"({where}) AND kind <> {GONE}{self._of_kinds()}", [code for part in parts for code in part]

    def _of_kinds(self) -> str:
        return "" if self.kinds is None else f" AND kind IN ({', '.join(map(str, self.kinds)) or 'NULL'})"

    def _of_box(self) -> str:
        if self.box is None:
            return "" if self.keys == EVERYWHERE else f" AND cell BETWEEN {self.keys[0]} AND {self.keys[1]}"
        west, south, east, north = map(repr, (self.box.west, self.box.south, self.box.east, self.box.north))
        return f" AND longitude BETWEEN {west} AND {east} AND latitude BETWEEN {south} AND {north}"

    def _in_box(self, within: list[Range]) -> tuple[str, str]:
        """The ranges as a table, and the condition that a spot lies in one and in the box."""
        # Of a province or more by the index of the map, of less by that of places.
        inside = f"{'' if self.provinces else '+'}cell BETWEEN first_one AND last_one"
        inside += self._of_box()
        some = ", ".join(map(str, within))
        return f"WITH asked(first_one, last_one) AS (VALUES {some})", inside


def _parted(rows: list[KindRow]) -> Iterator[SquareRow]:
    for square, kind, number, east, north, *bounds in rows:
        yield (square, *STATUS_AND_LICENCE[kind], int(number), int(east), int(north), *bounds)


def _found(table: str, condition: str) -> str:
    """The rows of a table that lie in a range of `asked`, looked up range by range: PostgreSQL would read the whole
    table and compare each row with each range."""
    if connection.vendor == "sqlite":
        return f"asked CROSS JOIN {table} WHERE {condition}"
    return f"asked CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {condition} OFFSET 0) found_one"  # noqa: S608


def _read(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
