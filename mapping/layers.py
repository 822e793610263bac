"""Where institutions are, as GeoJSON: points when close or few, squares of the map counted together otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from figures.standing import due_on
from figures.unseen import Status, status_then
from institutions.models import InstitutionQuerySet, division_then, licence_status_then, name_then
from institutions.moments import Moment
from institutions.past import division_names
from institutions.positions import doubt_of

POINTS_FROM_ZOOM = 15
MOST_POINTS = 5000
KEY_BITS = 62


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Box":
        """ "120.8,28.0,121.1,28.3" -> box. Raises Invalid."""
        try:
            if not text.isascii():  # float reads full-width digits too
                raise ValueError
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as problem:
            raise Invalid(
                {
                    "bbox": [
                        _("“%(given)s”不是范围，例：120.8,28.0,121.1,28.3（西，南，东，北）。") % {"given": text[:80]}
                    ]
                }
            ) from problem
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise Invalid(
                {
                    "bbox": [
                        _("范围应为西，南，东，北，西小于东、南小于北，且在地球上：“%(given)s”。")
                        % {"given": text[:80]}
                    ]
                }
            )
        return cls(west, south, east, north)

    def of(self, institutions: InstitutionQuerySet) -> InstitutionQuerySet:
        return institutions.filter(longitude__range=(self.west, self.east), latitude__range=(self.south, self.north))


def parse_zoom(text: str) -> int:
    """0–20; the whole county when nothing is asked. Raises Invalid."""
    if not text:
        return 11
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) <= 20):
        raise Invalid({"zoom": [_("“%(given)s”不是缩放级别，可用 0 至 20。") % {"given": text[:20]}]})
    return int(text)


def collection(institutions: InstitutionQuerySet, moment: Moment, box: Box | None, zoom: int) -> dict[str, Any]:
    """FeatureCollection of institutions annotated with `standing`, with how many there are and how many have a place.

    `total`, `located` and `unlocated` are of all the institutions asked for, inside the box or not; `approximate` are
    those of the unlocated of which the township's centre is on file. That is no place of theirs, and no feature.
    """
    total, located = institutions.count(), institutions.located().count()
    inside = institutions.located() if box is None else box.of(institutions.located())
    close = zoom >= POINTS_FROM_ZOOM and (located if box is None else inside.count()) <= MOST_POINTS
    features = list(points(inside, moment) if close else clusters(inside, moment, zoom))
    return {
        "type": "FeatureCollection",
        "features": features,
        "total": total,
        "located": located,
        "unlocated": total - located,
        "approximate": institutions.approximate().count() if total > located else 0,
    }


def points(institutions: InstitutionQuerySet, moment: Moment) -> Iterator[dict[str, Any]]:
    """One feature for each institution."""
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
    rows = list(shown.order_by("pk").values_list(*columns))
    townships = division_names((row[6] for row in rows), moment)
    for pk, name, longitude, latitude, standing, status, township, due, *origin in rows:
        properties = {
            "id": str(pk),
            "name": name,
            "standing": standing,
            "licence_status": status,
            "township": townships[township],
            "due_on": due.isoformat() if due else None,
            "doubt": doubt_of(*origin),
        }
        yield _feature(longitude, latitude, properties, str(pk))


def clusters(institutions: InstitutionQuerySet, moment: Moment, zoom: int) -> Iterator[dict[str, Any]]:
    """One feature for each square of about 64 screen pixels that holds any, with counts by status."""
    shift = KEY_BITS - 2 * (zoom + 2)
    each, params = (
        institutions.annotate(square=F("cell").bitrightshift(shift), shown=status_then(moment))
        .order_by()
        .values("square", "shown", "longitude", "latitude")
        .query.sql_with_params()
    )
    squares: dict[int, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH each_one AS MATERIALIZED ({each}) "  # noqa: S608 (the ORM's own query)
            "SELECT square, shown, COUNT(*), SUM(longitude), SUM(latitude) FROM each_one GROUP BY square, shown",
            params,
        )
        for square, standing, count, east, north in cursor.fetchall():
            held = squares.setdefault(square, {"count": 0, "east": 0.0, "north": 0.0, "standings": {}})
            held["count"] += count
            held["east"] += east
            held["north"] += north
            held["standings"][standing] = count
    for square, held in sorted(squares.items()):
        properties = {"count": held["count"], **{name: held["standings"].get(name, 0) for name in Status.values}}
        yield _feature(held["east"] / held["count"], held["north"] / held["count"], properties, f"square-{square}")


def _feature(longitude: float, latitude: float, properties: dict[str, Any], feature_id: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]},
        "properties": properties,
    }
