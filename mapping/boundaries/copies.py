"""Simplified copies of boundaries for the map, made together so that neighbours keep their shared edges."""

from collections.abc import Sequence
from typing import Any

ZOOMS = (5, 7, 9, 11, 13, 15)
PIXELS = 0.5  # how far an edge may move
DECIMALS = {5: 3, 7: 4, 9: 4, 11: 5, 13: 5, 15: 6}


def degrees_per_pixel(zoom: int) -> float:
    """At the equator, tiles of 256 pixels."""
    return 360.0 / 256 / 2**zoom


def copies_of(areas: Sequence[Any], zoom: int) -> list[str]:
    """GeoJSON geometries of the areas, in their order, simplified for a zoom."""
    import shapely

    tolerance = PIXELS * degrees_per_pixel(zoom)
    simple = list(shapely.coverage_simplify(list(areas), tolerance))
    texts = []
    for whole, copy in zip(areas, simple, strict=True):
        if copy is None or copy.is_empty:
            copy = whole.simplify(tolerance, preserve_topology=True)
        rounded = shapely.transform(copy, lambda places: places.round(DECIMALS[zoom]))
        texts.append(shapely.to_geojson(rounded))
    return texts


def zoom_of_copy(zoom: int) -> int:
    """The kept zoom that is fine enough for a zoom asked for."""
    return next((each for each in ZOOMS if each >= zoom), ZOOMS[-1])
