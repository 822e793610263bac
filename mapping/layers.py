"""Where institutions are, as GeoJSON: points when close or few, squares of the map counted together otherwise."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from figures.drilldown import Drilldown
from figures.standing import due_on
from figures.unseen import Status, status_then
from institutions.models import InstitutionQuerySet, LicenceStatus, division_then, licence_status_then, name_then
from institutions.moments import Moment
from institutions.past import division_names
from institutions.positions import LocationSource, doubt_of
from mapping.boxes import KEY_BITS
from mapping.boxes import Box as Box
from mapping.question import moment_of

POINTS_FROM_ZOOM = 15
MOST_POINTS = 5000  # features of one answer
MOST_SQUARES = 1 << 14  # of a box, with those that hold nothing: eight times what a large screen has
MOST_ZOOM = 20
ZOOM_OF_ALL = 11  # without a box: when none is asked for, and the closest at which more than MOST_POINTS are counted
SQUARES_OF_A_TILE = 2  # bits: a tile of 256 pixels is four squares wide
FINE = 10_000_000  # a degree, in the units in which positions are added up: sums of whole numbers are exact
FINELY = "CAST(ROUND(%s * 10000000) AS bigint)"
_LOCATED = Q(longitude__isnull=False) & ~Q(location_source=LocationSource.TOWNSHIP_CENTRE)


def parse_zoom(text: str) -> int:
    """0–20; the whole county when nothing is asked. Raises Invalid."""
    if not text:
        return ZOOM_OF_ALL
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) <= MOST_ZOOM):
        raise Invalid({"zoom": [_("“%(given)s”不是缩放级别，可用 0 至 20。") % {"given": text[:20]}]})
    return int(text)


def collection_of(
    question: Drilldown, user: User, box: Box | None, zoom: int, form: "Form | None" = None
) -> dict[str, Any]:
    """What `collection` says of the institutions of a question that the user sees: from the cells that are kept where
    they answer, by the plain query otherwise."""
    from mapping import cells

    if (kept := cells.collection(question, user, box, zoom, form)) is not None:
        return kept
    return defined_of(question, user, box, zoom, form)


def defined_of(
    question: Drilldown, user: User, box: Box | None, zoom: int, form: "Form | None" = None
) -> dict[str, Any]:
    """The same by the plain query."""
    moment = moment_of(question) or question.moment
    return collection(question.institutions(user, moment), moment, box, zoom, form)


def collection(
    institutions: InstitutionQuerySet, moment: Moment, box: Box | None, zoom: int, form: "Form | None" = None
) -> dict[str, Any]:
    """FeatureCollection of institutions annotated with `standing`, with how many there are and how many have a place.

    `total`, `located` and `unlocated` are of all the institutions asked for, inside the box or not; `approximate` are
    those of the unlocated of which the township's centre is on file. That is no place of theirs, and no feature.
    The features are `MOST_POINTS` at most: `grouped` says whether they are squares, `zoom` of which zoom, a lower one
    where the squares of the one asked for are too many. `form` makes of a square what stands for it.
    """
    counted = institutions.order_by().aggregate(
        total=Count("pk"),
        located=Count("pk", filter=_LOCATED),
        approximate=Count("pk", filter=Q(location_source=LocationSource.TOWNSHIP_CENTRE)),
    )
    inside = institutions.located() if box is None else box.of(institutions.located())
    close = zoom >= POINTS_FROM_ZOOM
    close = close and (counted["located"] <= MOST_POINTS or (box is not None and _at_most(inside, MOST_POINTS)))
    if close:
        features = list(points(inside, moment))
    else:
        zoom = within_reach(box, zoom, counted["located"])
        zoom, squares = not_too_many(added(square_rows(inside, moment, zoom)), zoom)
        features = formed(squares, form)
    return answer(features, counted, zoom, grouped=not close)


def formed(squares: dict[int, "Square"], form: "Form | None") -> list[Any]:
    """The squares in their order, each as a feature unless another form is wanted."""
    form = form or Square.feature
    return [form(drawn, square) for square, drawn in sorted(squares.items())]


def answer(features: list[Any], counted: dict[str, int], zoom: int, *, grouped: bool) -> dict[str, Any]:
    """The answer with what was `counted` of the whole question: its total, located and approximate."""
    return {
        "type": "FeatureCollection",
        "features": features,
        "total": counted["total"],
        "located": counted["located"],
        "unlocated": counted["total"] - counted["located"],
        "approximate": counted["approximate"],
        "grouped": grouped,
        "zoom": zoom,
    }


def _at_most(institutions: InstitutionQuerySet, most: int) -> bool:
    return institutions.order_by()[: most + 1].count() <= most


# --- One by one


def points(institutions: InstitutionQuerySet, moment: Moment) -> Iterator[dict[str, Any]]:
    """One feature for each institution; with `was` where that is annotated."""
    shown = institutions.annotate(
        shown=status_then(moment),
        due=due_on(moment),
        called=name_then(moment),
        status=licence_status_then(moment),
        township=division_then(moment),
    )
    columns = (
        "pk", "called", "longitude", "latitude", "shown", "status", "township", "due",
        "datum", "location_source", "location_accuracy_m",
    )  # fmt: skip
    changed = ("was",) if "was" in institutions.query.annotations else ()
    rows = list(shown.order_by("pk").values_list(*columns, *changed))
    townships = division_names((row[6] for row in rows), moment)
    for pk, name, longitude, latitude, standing, status, township, due, datum, source, accuracy_m, *was in rows:
        properties = {
            "id": str(pk),
            "name": name,
            "standing": standing,
            "licence_status": status,
            "township": townships[township],
            "due_on": due.isoformat() if due else None,
            "doubt": doubt_of(datum, source, accuracy_m),
            **({"was": was[0]} if was else {}),
        }
        yield _feature(longitude, latitude, properties, str(pk))


# --- Counted together


Bounds = tuple[float, float, float, float]  # west, south, east, north
NO_BOUNDS: Bounds = (180.0, 90.0, -180.0, -90.0)
_NO_STATUS = dict.fromkeys(Status.values, 0)
_LICENCE_STATUSES = LicenceStatus.values  # asked of an enum for every square it would take as long as the database


_SQUARE = (
    '{"type":"Feature","id":"square-%d","geometry":{"type":"Point","coordinates":[%.6f,%.6f]},"properties":{"count":%d,'
    + "".join(f'"{name}":%d,' for name in Status.values)
    + '"licence_statuses":{'
    + ",".join(f'"{name}":%d' for name in LicenceStatus.values)
    + '},"bbox":[%.6f,%.6f,%.6f,%.6f]}}'
)


@dataclass
class Square:
    """What is drawn as one: how many stand where, the sums of their positions (`FINE`) and the degrees between which
    they lie."""

    count: int = 0
    east: int = 0
    north: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    licence_statuses: dict[str, int] = field(default_factory=dict)
    bounds: Bounds = NO_BOUNDS

    def add(self, row: "SquareRow") -> None:
        _square, status, licence_status, count, east, north, *bounds = row
        self.count += count
        self.east += east
        self.north += north
        self.statuses[status] = self.statuses.get(status, 0) + count
        self.licence_statuses[licence_status] = self.licence_statuses.get(licence_status, 0) + count
        self._reach(*bounds)

    def join(self, other: "Square") -> None:
        """Be one with another."""
        self.count += other.count
        self.east += other.east
        self.north += other.north
        for held, more in ((self.statuses, other.statuses), (self.licence_statuses, other.licence_statuses)):
            for name, number in more.items():
                held[name] = held.get(name, 0) + number
        self._reach(*other.bounds)

    def _reach(self, *bounds: float) -> None:
        """min() and max() of each would take longer than all else there is to do."""
        west, south, east, north = bounds
        held = self.bounds
        if west < held[0] or south < held[1] or east > held[2] or north > held[3]:
            self.bounds = min(west, held[0]), min(south, held[1]), max(east, held[2]), max(north, held[3])

    def feature(self, square: int) -> dict[str, Any]:
        count, licences = self.count, self.licence_statuses
        west, south, east, north = self.bounds
        properties = {
            "count": count,
            **_NO_STATUS,
            **self.statuses,
            "licence_statuses": {name: licences.get(name, 0) for name in _LICENCE_STATUSES},
            "bbox": [round(west, 6), round(south, 6), round(east, 6), round(north, 6)],
        }
        return _feature(self.east / count / FINE, self.north / count / FINE, properties, f"square-{square}")

    def text(self, square: int) -> str:
        """The same as JSON: of a screen full of squares json makes it in three times the time."""
        count = self.count
        statuses = map(self.statuses.get, _NO_STATUS, _NO_STATUS.values())
        licences = map(self.licence_statuses.get, _LICENCE_STATUSES, repeat(0))
        place = self.east / count / FINE, self.north / count / FINE
        return _SQUARE % (square, *place, count, *statuses, *licences, *self.bounds)


def written(collection: dict[str, Any]) -> bytes:
    """A collection of squares that are texts, as JSON."""
    told = json.dumps({name: value for name, value in collection.items() if name != "features"})
    return f'{told[:-1]},"features":[{",".join(collection["features"])}]}}'.encode()


Form = Callable[[Square, int], Any]  # of a square and its number
# square, status, licence status, count, sum of longitudes, of latitudes, west, south, east, north
SquareRow = tuple[int, str, str, int, int, int, float, float, float, float]


def clusters(institutions: InstitutionQuerySet, moment: Moment, zoom: int) -> Iterator[dict[str, Any]]:
    """One feature for each square of about 64 screen pixels that holds any, with counts by status and by licence
    status at survey (those that were not surveyed have none); `bbox` is where its members lie."""
    for square, drawn in sorted(added(square_rows(institutions, moment, zoom)).items()):
        yield drawn.feature(square)


def square_rows(institutions: InstitutionQuerySet, moment: Moment, zoom: int) -> list[SquareRow]:
    """What stands in the squares of a zoom, by status and licence status."""
    each, params = (
        institutions.annotate(
            square=F("cell").bitrightshift(shift_of(zoom)), shown=status_then(moment), then=licence_status_then(moment)
        )
        .order_by()
        .values("square", "shown", "then", "longitude", "latitude")
        .query.sql_with_params()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH each_one AS MATERIALIZED ({each}) "  # noqa: S608 (the ORM's own query)
            f"SELECT square, shown, {connection.ops.quote_name('then')}, COUNT(*), "
            f"SUM({FINELY % 'longitude'}), SUM({FINELY % 'latitude'}), "
            "MIN(longitude), MIN(latitude), MAX(longitude), MAX(latitude) FROM each_one GROUP BY 1, 2, 3",
            params,
        )
        return [(*row[:4], int(row[4]), int(row[5]), *row[6:]) for row in cursor.fetchall()]


def shift_of(zoom: int) -> int:
    """By how many bits a key is moved to the right to give its square of a zoom."""
    return KEY_BITS - 2 * (zoom + SQUARES_OF_A_TILE)


def within_reach(box: Box | None, zoom: int, located: int) -> int:
    """The zoom, or the next one further away at which the box is MOST_SQUARES large at most: of the world nobody asks
    for houses. Without a box nobody asks for them of more than can be drawn one by one."""
    if box is None:
        return zoom if located <= MOST_POINTS else min(zoom, ZOOM_OF_ALL)
    while box.squares(zoom + SQUARES_OF_A_TILE).number > MOST_SQUARES:
        zoom -= 1
    return zoom


def not_too_many(squares: dict[int, Square], zoom: int) -> tuple[int, dict[int, Square]]:
    """The squares of the zoom, or of the next one further away of which there are as few as may be drawn."""
    while len(squares) > MOST_POINTS:
        zoom -= 1
        coarser: dict[int, Square] = {}
        for square, each in squares.items():
            coarser.setdefault(square >> 2, Square()).join(each)
        squares = coarser
    return zoom, squares


def added(rows: Iterable[SquareRow], to: dict[int, Square] | None = None) -> dict[int, Square]:
    """The rows as squares, added to those there are."""
    squares = {} if to is None else to
    for row in rows:
        square = row[0]
        held = squares.get(square)
        if held is None:
            held = squares[square] = Square()
        held.add(row)
    return squares


def _feature(longitude: float, latitude: float, properties: dict[str, Any], feature_id: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]},
        "properties": properties,
    }
