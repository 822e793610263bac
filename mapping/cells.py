"""Reading what the map keeps: how institutions stand today, of divisions that are asked of whole, by status and licence
status (docs/adr/0054-cells-of-the-map.md). None where it does not answer; then the plain query does."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

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
from mapping.boxes import SIDE_BITS, Box, Range, Squares
from mapping.layers import (
    FINELY,
    MOST_POINTS,
    POINTS_FROM_ZOOM,
    SQUARES_OF_A_TILE,
    SquareRow,
    answer,
    not_too_many,
    points,
    shift_of,
    within_reach,
)
from mapping.models import Cell, MapTouched, Spot, SpotChange
from mapping.pyramid import (
    APPROXIMATE,
    FINEST,
    GONE,
    IS_MADE,
    LICENCES,
    LOCATED,
    STATUSES,
    TOTALS,
    parts_of,
    square_at,
    turn,
)  # fmt: skip

AREA = 2  # digits of the divisions of which there are cells
FINER = 3  # zooms: by so many finer are the cells of what a box cuts off
KNOWN = {"division", "as_of", "figure", "standing", "licence_status", "outcome"}  # what the cells can be asked
CELL, SPOT, CHANGE, TOUCHED = (each._meta.db_table for each in (Cell, Spot, SpotChange, MapTouched))
EVERYWHERE = [(0, (1 << 62) - 1)]
SUMMED = (
    f"COUNT(*), SUM({FINELY % 'longitude'}), SUM({FINELY % 'latitude'}), "
    "MIN(longitude), MIN(latitude), MAX(longitude), MAX(latitude)"
)
# square, kind, number, sum of longitudes, of latitudes, west, south, east, north
KindRow = tuple[Any, ...]


def collection(question: Drilldown, user: User, box: Box | None, zoom: int) -> dict[str, Any] | None:
    """What mapping/layers.py says of a question of today, from the cells; None where they do not answer."""
    if any(getattr(question, each.name) for each in fields(question) if each.name not in KNOWN):
        return None
    if question.as_of and question.as_of != today().isoformat():
        return None
    if not (_answers() or _turned()):
        return None
    asked = Asked(_seen(question.divisions(user), user), kinds_asked(question), box)
    with one_snapshot():
        return asked.collection(zoom) if _answers() else None


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
    within = [code for code in codes for prefix in prefixes if prefix and code.startswith(prefix)]
    return outermost([*within, *(prefix for prefix in prefixes for code in codes if code and prefix.startswith(code))])


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
    """What is read of the cells: of which divisions, of which kinds, in which box."""

    codes: list[str]
    kinds: list[int] | None
    box: Box | None

    @property
    def provinces(self) -> bool:
        """Whether it is of whole provinces, of which there are cells; others are counted from their spots."""
        return all(len(code) == AREA for code in self.codes)

    def collection(self, zoom: int) -> dict[str, Any]:
        counted = self._totals()
        if zoom >= POINTS_FROM_ZOOM and (pks := self._few_in_box(counted["located"])) is not None:
            features = list(points(Institution.objects.filter(pk__in=pks), Moment.that_stands()))
            return answer(features, counted, zoom, grouped=False)
        zoom = within_reach(self.box, zoom, counted["located"])
        if self.provinces and self.box is None:
            zoom = self._drawable(zoom)
        zoom, squares = not_too_many(self.square_rows(zoom), zoom)
        features = [drawn.feature(square, zoom) for square, drawn in sorted(squares.items())]
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
        return (
            f"SELECT square, SUM(number) FROM {CELL} WHERE level = {TOTALS} AND {where} GROUP BY 1 "  # noqa: S608
            f"UNION ALL SELECT {place}, SUM(number) FROM {CHANGE} WHERE {where} GROUP BY 1",
            [*params, *params],
        )

    def _few_in_box(self, located: int) -> list[Any] | None:
        """The ids of those in the box, when they can be drawn one by one."""
        if self.box is None and located > MOST_POINTS:
            return None
        where, params = self._of_spots()
        with_ranges, inside = self._in_box(EVERYWHERE if self.box is None else self.box.squares(SIDE_BITS).ranges(8))
        rows = _read(
            f"{with_ranges} SELECT institution_id FROM asked CROSS JOIN {self._spot} WHERE {inside} AND {where} "  # noqa: S608
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

    def square_rows(self, zoom: int) -> list[SquareRow]:
        """As `layers.square_rows`: whole squares from the cells, what the box cuts off from finer ones and, in the end,
        from the spots."""
        if not self.provinces or zoom > FINEST:
            whole = EVERYWHERE if self.box is None else self.box.squares(SIDE_BITS).ranges(64)
            return _parted(self._spots(whole, zoom))
        rows, rest = list[KindRow](), list[Range]()
        if self.box is None:
            rows = self._cells(EVERYWHERE, zoom, zoom)
        else:
            inner, finest = None, zoom
            for level in dict.fromkeys([zoom, min(zoom + FINER, FINEST)]):
                squares = _inside(self.box, level)
                rows += self._cells(_without(squares, inner), level, zoom)
                inner, finest = (squares if _any(squares) else inner), level
            rest = _without(self.box.squares(finest + SQUARES_OF_A_TILE), inner)
            rows += self._spots(rest, zoom)
        return _parted(self._up_to_now(rows, rest, zoom))

    def _cells(self, within: list[Range], level: int, zoom: int) -> list[KindRow]:
        if not within:
            return []
        shift = shift_of(level)
        where, params = self._of_cells()
        some = ", ".join(f"({first >> shift}, {last >> shift})" for first, last in within)
        return _read(
            f"WITH asked(first_one, last_one) AS (VALUES {some}) "  # noqa: S608 (numbers, and our own names)
            f"SELECT square >> {2 * (level - zoom)}, kind, SUM(number), SUM(east), SUM(north), "
            "MIN(west), MIN(south), MAX(eastmost), MAX(northmost) "
            f"FROM asked CROSS JOIN {CELL} WHERE level = {level} AND square BETWEEN first_one AND last_one "
            f"AND {where} GROUP BY 1, 2",
            params,
        )

    def _spots(self, within: list[Range], zoom: int) -> list[KindRow]:
        if not within:
            return []
        where, params = self._of_spots()
        with_ranges, inside = self._in_box(within)
        return _read(
            f"{with_ranges} SELECT cell >> {shift_of(zoom)}, kind, {SUMMED} FROM asked CROSS JOIN {self._spot} "  # noqa: S608
            f"WHERE {inside} AND {where} GROUP BY 1, 2",
            params,
        )

    def _up_to_now(self, rows: list[KindRow], rest: list[Range], zoom: int) -> list[KindRow]:
        """The rows with what has changed and is not folded into the cells yet. Where one is gone that lay at the edge
        of its kind's bounds, these are asked anew of the spots."""
        where, params = self._of_cells()
        changes = _read(
            f"SELECT cell, kind, number, {FINELY % 'longitude'}, {FINELY % 'latitude'}, longitude, latitude "  # noqa: S608
            f"FROM {CHANGE} WHERE cell IS NOT NULL AND {where}",
            params,
        )
        if not changes:
            return rows
        found: dict[tuple[int, int], list[Any]] = {}
        for row in rows:
            _plus(found, row)
        edges = set()
        for cell, kind, number, east, north, longitude, latitude in sorted(changes, key=lambda row: -row[2]):
            if not self._counts(cell, longitude, latitude, rest):
                continue
            key = cell >> shift_of(zoom), kind
            if number < 0 and key in found:
                west, south, eastmost, northmost = found[key][3:]
                if longitude in (west, eastmost) or latitude in (south, northmost):
                    edges.add(key)
            bounds = (longitude, latitude) * 2 if number > 0 else (180.0, 90.0, -180.0, -90.0)
            _plus(found, (*key, number, number * east, number * north, *bounds))
        rows = [(*key, *numbers) for key, numbers in found.items() if key not in edges and numbers[0]]
        return rows + self._anew(edges, zoom)

    def _counts(self, cell: int, longitude: float, latitude: float, rest: list[Range]) -> bool:
        """Whether a change is in the box, and not already counted from the spots."""
        box = self.box
        if box is None:
            return True
        inside = box.west <= longitude <= box.east and box.south <= latitude <= box.north
        return inside and not any(first <= cell <= last for first, last in rest)

    def _anew(self, keys: set[tuple[int, int]], zoom: int) -> list[KindRow]:
        if not keys:
            return []
        shift = shift_of(zoom)
        within = [(square << shift, (square + 1 << shift) - 1) for square in sorted({square for square, _kind in keys})]
        return [row for row in self._spots(within, zoom) if (row[0], row[1]) in keys]

    # --- Conditions

    @property
    def _spot(self) -> str:
        sqlite = connection.vendor == "sqlite" and self.provinces
        return f"{SPOT} INDEXED BY spot_on_map" if sqlite else SPOT

    def _of_cells(self) -> tuple[str, list[Any]]:
        return f"area IN ({', '.join(['%s'] * len(self.codes)) or 'NULL'}){self._of_kinds()}", list(self.codes)

    def _of_spots(self) -> tuple[str, list[Any]]:
        parts = ranges(self.codes)
        where = " OR ".join(["scope_code >= %s AND scope_code < %s"] * len(parts)) or "1 = 0"
        return f"({where}) AND kind <> {GONE}{self._of_kinds()}", [code for part in parts for code in part]

    def _of_kinds(self) -> str:
        return "" if self.kinds is None else f" AND kind IN ({', '.join(map(str, self.kinds)) or 'NULL'})"

    def _in_box(self, within: list[Range]) -> tuple[str, str]:
        """The ranges as a table, and the condition that a spot lies in one and in the box."""
        # Of a province or more by the index of the map, of less by that of places.
        inside = f"{'' if self.provinces else '+'}cell BETWEEN first_one AND last_one"
        if self.box is not None:
            west, south, east, north = map(repr, (self.box.west, self.box.south, self.box.east, self.box.north))
            inside += f" AND longitude BETWEEN {west} AND {east} AND latitude BETWEEN {south} AND {north}"
        some = ", ".join(map(str, within))
        return f"WITH asked(first_one, last_one) AS (VALUES {some})", inside


def _plus(found: dict[tuple[int, int], list[Any]], row: KindRow) -> None:
    square, kind, *numbers = row
    held = found.get((square, kind))
    if held is None:
        found[square, kind] = [*map(int, numbers[:3]), *numbers[3:]]
        return
    held[:3] = [int(number) + more for number, more in zip(numbers[:3], held[:3], strict=True)]
    held[3:] = [
        min(held[3], numbers[3]), min(held[4], numbers[4]), max(held[5], numbers[5]), max(held[6], numbers[6])
    ]  # fmt: skip


def _parted(rows: list[KindRow]) -> list[SquareRow]:
    return [
        (square, *parts_of(kind), int(number), int(east), int(north), *bounds)
        for square, kind, number, east, north, *bounds in rows
        if number
    ]


def _inside(box: Box, level: int) -> Squares:
    """The squares of a zoom that lie in the box with all their edges."""
    around = box.squares(level + SQUARES_OF_A_TILE)
    return Squares(
        around.bits, around.first_column + 1, around.last_column - 1, around.first_row + 1, around.last_row - 1
    )


def _any(squares: Squares) -> bool:
    return squares.first_column <= squares.last_column and squares.first_row <= squares.last_row


def _without(squares: Squares, inner: Squares | None) -> list[Range]:
    """The keys of the squares without those of coarser ones inside of them."""
    if inner is None:
        return squares.ranges() if _any(squares) else []
    finer = squares.bits - inner.bits
    west, east = inner.first_column << finer, (inner.last_column + 1 << finer) - 1
    north, south = inner.first_row << finer, (inner.last_row + 1 << finer) - 1
    first, last, top, bottom = squares.first_column, squares.last_column, squares.first_row, squares.last_row
    around = [
        Squares(squares.bits, first, last, top, north - 1),
        Squares(squares.bits, first, last, south + 1, bottom),
        Squares(squares.bits, first, west - 1, max(north, top), min(south, bottom)),
        Squares(squares.bits, east + 1, last, max(north, top), min(south, bottom)),
    ]
    return sorted(each for strip in around if _any(strip) for each in strip.ranges())


def _read(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
