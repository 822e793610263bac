"""The preview: areas and institutions as a small SVG, made here so that the page needs no script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any

WIDTH, MOST_HEIGHT, MARGIN = 900, 900, 8
NAMES_FROM = 34  # pixels that an area has to be wide to carry its name


@dataclass(frozen=True)
class Outline:
    name: str
    path: str
    x: float
    y: float
    named: bool


@dataclass(frozen=True)
class Drawing:
    """`inside` and `outside` are institutions as (x, y), one for each pixel."""

    width: int
    height: int
    outlines: list[Outline]
    inside: list[tuple[int, int]]
    outside: list[tuple[int, int]]


def draw(
    areas: Mapping[str, tuple[str, Any]], inside: Iterable[tuple[float, float]], outside: Iterable[tuple[float, float]]
) -> Drawing:
    """`areas` are (name, area) by code; positions are (longitude, latitude). What lies far beside is left out."""
    import shapely

    west, south, east, north = map(float, shapely.total_bounds([area for _name, area in areas.values()]))
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * narrow), (MOST_HEIGHT - 2 * MARGIN) / (north - south))
    width = round((east - west) * narrow * scale) + 2 * MARGIN
    height = round((north - south) * scale) + 2 * MARGIN

    def placed(longitude: float, latitude: float) -> tuple[float, float]:
        return MARGIN + (longitude - west) * narrow * scale, MARGIN + (north - latitude) * scale

    def dots(positions: Iterable[tuple[float, float]]) -> list[tuple[int, int]]:
        found = {(round(x), round(y)) for x, y in (placed(*each) for each in positions)}
        return sorted((x, y) for x, y in found if 0 <= x <= width and 0 <= y <= height)

    outlines = []
    for name, area in areas.values():
        simple = area.simplify(0.7 / scale, preserve_topology=True)
        middle = placed(*simple.representative_point().coords[0])
        wide = (simple.bounds[2] - simple.bounds[0]) * narrow * scale
        outlines.append(
            Outline(name, _path(simple, placed), round(middle[0], 1), round(middle[1], 1), wide > NAMES_FROM)
        )
    return Drawing(width, height, outlines, dots(inside), dots(outside))


def _path(area: Any, placed: Any) -> str:
    parts = getattr(area, "geoms", [area])
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    said = []
    for ring in rings:
        said.append(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (placed(*place[:2]) for place in ring.coords[:-1])) + "Z"
        )
    return "".join(said)
