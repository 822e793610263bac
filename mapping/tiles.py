"""`/tiles/institutions/{z}/{x}/{y}.mvt`: the institutions of a question as vector tiles, from the map's own keys.

A tile is a range of Morton keys (`Institution.cell`), half open: an institution on the border of two is in one. Far
away a tile holds squares counted together, close by institutions one by one; each says its `count`, and over all tiles
of a zoom they add up to the located institutions.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.views import APIView

from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest
from accounts.tokens import BearerToken, PageSession, TokenAsPassword
from figures.drilldown import GRAMMAR, Drilldown
from inspections.search import note_search
from institutions.models import InstitutionQuerySet
from institutions.moments import Moment
from mapping import cells, layers, vector_tiles
from mapping.boxes import SIDE_BITS, Range, Squares, column_and_row
from mapping.ogc.views import AsWeAnswer
from mapping.question import moment_of
from mapping.vector_tiles import EXTENT, Value

CLOSEST = layers.MOST_ZOOM
POINTS_FROM = layers.POINTS_FROM_ZOOM - 1  # a tile is 512 pixels wide on screen, twice the 256 of the map's zoom
MVT = "application/vnd.mapbox-vector-tile"
LAYER = "institutions"


@dataclass(frozen=True)
class Tile:
    """The x-th from the west and y-th from the north of 2ᶻ by 2ᶻ tiles of the Mercator world."""

    z: int
    x: int
    y: int

    @classmethod
    def checked(cls, z: int, x: int, y: int) -> "Tile":
        """Raises Invalid for a tile that there is none of."""
        if z > CLOSEST:
            raise Invalid({"z": [_("“%(given)s”不是缩放级别，可用 0 至 20。") % {"given": str(z)[:20]}]})
        said = _("%(z)s 级的 %(name)s 为 0 至 %(most)s，“%(given)s”超出了。")
        beyond = {
            name: [said % {"z": z, "name": name, "most": (1 << z) - 1, "given": str(given)[:20]}]
            for name, given in (("x", x), ("y", y))
            if given >= 1 << z
        }
        if beyond:
            raise Invalid(beyond)
        return cls(z, x, y)

    def of(self, institutions: InstitutionQuerySet) -> InstitutionQuerySet:
        """Those with a place of their own in this tile."""
        return institutions.located().filter(cell__range=self.keys)

    @property
    def keys(self) -> Range:
        [keys] = Squares(self.z, self.x, self.x, self.y, self.y).ranges()
        return keys

    def place(self, longitude: float, latitude: float) -> tuple[int, int]:
        """Where in this tile a position is, in units of EXTENT from its upper left corner."""
        column, row = column_and_row(longitude, latitude)
        return self._along(column, self.x), self._along(row, self.y)

    def _along(self, axis: int, here: int) -> int:
        """Of a tile of mean positions one may be rounded to just beyond an edge; it stays inside."""
        return min(max(((axis << self.z) - (here << SIDE_BITS)) * EXTENT >> SIDE_BITS, 0), EXTENT - 1)


def features_of(question: Drilldown, user: User, tile: Tile) -> Iterator[dict[str, Any]]:
    """Of a question: far away from the cells that are kept where they answer (mapping/cells.py)."""
    if tile.z < POINTS_FROM and (kept := cells.squares_of(question, user, tile.keys, tile.z + 1)) is not None:
        return (drawn.feature(square) for square, drawn in sorted(kept.items()))
    moment = moment_of(question) or question.moment
    return features(question.institutions(user, moment), moment, tile)


def features(institutions: InstitutionQuerySet, moment: Moment, tile: Tile) -> Iterator[dict[str, Any]]:
    """Points where the tile is small and holds no more than can be drawn, squares otherwise."""
    inside = tile.of(institutions)
    close = tile.z >= POINTS_FROM and inside.count() <= layers.MOST_POINTS
    return layers.points(inside, moment) if close else layers.clusters(inside, moment, tile.z + 1)


def encoded(found: Iterator[dict[str, Any]], tile: Tile) -> bytes:
    return vector_tiles.encode(
        LAYER, ((*tile.place(*each["geometry"]["coordinates"]), _flat(each["properties"])) for each in found)
    )


def _flat(properties: dict[str, Any]) -> dict[str, Value]:
    """Texts and numbers, all a tile can hold; each feature with its `count`. What is not known is left out."""
    licences = properties.get("licence_statuses", {})
    flat = {"count": 1} | properties | {f"licence_{name}": count for name, count in licences.items()}
    return {name: value for name, value in flat.items() if isinstance(value, str | int | float)}


class TileView(APIView):
    asks = GRAMMAR
    authentication_classes = [BearerToken, TokenAsPassword, PageSession]
    permission_classes = [SignedIn]
    content_negotiation_class = AsWeAnswer
    schema = None  # no JSON: docs/ogc.md

    def get(self, request: SignedInApiRequest, z: int, x: int, y: int) -> HttpResponse:
        tile = Tile.checked(z, x, y)
        question = Drilldown.from_query(request.query_params, request.user)
        if question.q:
            note_search(
                request.user,
                question.q,
                where="tiles",
                found=tile.of(question.institutions(request.user)).count(),
                divisions=question.divisions(request.user),
            )
        return _answer(request, encoded(features_of(question, request.user, tile), tile))


def _answer(request: SignedInApiRequest, content: bytes) -> HttpResponse:
    """A tile with nothing in it is 204: some programs take a body of no bytes for an error."""
    if not content:
        return HttpResponse(status=204)
    etag = f'W/"{sha256(content).hexdigest()[:32]}"'
    held = [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]
    if etag in held or "*" in held:
        response = HttpResponse(status=304)
    else:
        packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(gzip.compress(content, 6, mtime=0) if packed else content, content_type=MVT)
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    return response
