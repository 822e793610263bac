"""Geometries of a layer -> valid areas in WGS-84, or a refusal that names the feature and the place."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from institutions.positions import from_wgs84
from mapping.boundaries.reading.frames import Layer, Limits, Refused
from mapping.boundaries.reading.systems import System, system_of, to_degrees

DECIMALS = 7  # of a degree: 1 cm
WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
KINDS = {"Point": "POINTS", "MultiPoint": "POINTS", "LineString": "LINES", "MultiLineString": "LINES"}
PLACE = re.compile(r"(.*?)\[(-?[\d.e+]+) (-?[\d.e+]+)\]")
FAULTS = {
    "Self-intersection": "SELF_CROSSING",
    "Ring Self-intersection": "SELF_CROSSING",
    "Hole lies outside shell": "HOLE_OUTSIDE",
    "Holes are nested": "NESTED",
    "Nested shells": "NESTED",
    "Interior is disconnected": "CUT_APART",
    "Duplicate Rings": "RING_TWICE",
    "Too few points in geometry component": "TOO_FEW_POINTS",
}
Rings = list[list[tuple[float, float]]]


def areas_of(layer: Layer, datum: str, limits: Limits) -> tuple[System, list[Any]]:
    """The system that was read, and a (Multi)Polygon in WGS-84 for each feature."""
    if not layer.features:
        raise Refused("NO_FEATURES")
    count, found = 0, []
    for number, (_attributes, geometry) in enumerate(layer.features, start=1):
        polygons = _polygons(geometry, number)
        count += sum(len(ring) for rings in polygons for ring in rings)
        if count > limits.most_vertices:
            raise Refused("TOO_MANY_VERTICES", most=limits.most_vertices)
        found.append(polygons)
    system = system_of(layer.system, _bounds(found), datum)
    converted = _converter(system, datum, found)
    areas = []
    for number, polygons in enumerate(found, start=1):
        areas.append(_area([[list(map(converted, ring)) for ring in rings] for rings in polygons], number))
    _check_in_china(areas, system)
    return system, areas


def _polygons(geometry: dict[str, Any] | None, number: int) -> list[Rings]:
    kind = geometry.get("type") if geometry else None
    if geometry is None or (kind in ("Polygon", "MultiPolygon") and not geometry.get("coordinates")):
        raise Refused("EMPTY", number=number)
    if kind not in ("Polygon", "MultiPolygon"):
        raise Refused("NOT_AREAS", kind=KINDS.get(str(kind), "OTHER"), number=number)
    written = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
    try:
        polygons = [[[_place(each) for each in ring] for ring in rings] for rings in written]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise Refused("NO_COORDINATES", number=number) from None
    for rings in polygons:
        if not rings:
            raise Refused("EMPTY", number=number)
        for ring in rings:
            if len(ring) < 4:
                raise Refused("TOO_FEW_POINTS", number=number)
            if ring[0] != ring[-1]:
                raise Refused("NOT_CLOSED", number=number, first=_said(ring[0]), last=_said(ring[-1]))
    return polygons


def _place(written: Any) -> tuple[float, float]:
    x, y = written[0], written[1]
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
        raise TypeError("no number")
    if not (math.isfinite(x) and math.isfinite(y)):
        raise ValueError("no finite number")
    return float(x), float(y)


def _bounds(found: list[list[Rings]]) -> tuple[float, float, float, float]:
    xs = [x for polygons in found for rings in polygons for ring in rings for x, _y in ring]
    ys = [y for polygons in found for rings in polygons for ring in rings for _x, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _converter(
    system: System, datum: str, found: list[list[Rings]]
) -> Callable[[tuple[float, float]], tuple[float, float]]:
    """Each place once: neighbours share their edges. The same place has the same answer, so they go on sharing."""
    places = list({place for polygons in found for rings in polygons for ring in rings for place in ring})
    degrees: Iterable[tuple[float, float]] = to_degrees(system, places) if system.metres else places
    if datum in ("gcj02", "bd09"):
        degrees = _unshifted(degrees, datum)
    answers = {
        place: (round(longitude, DECIMALS), round(latitude, DECIMALS))
        for place, (longitude, latitude) in zip(places, degrees, strict=True)
    }
    return answers.__getitem__


def _unshifted(places: Iterable[tuple[float, float]], datum: str) -> Iterator[tuple[float, float]]:
    """As `to_wgs84`, to a millimetre instead of to the last digit, which takes 30 steps for each of 500,000 places."""
    for longitude, latitude in places:
        lon, lat = longitude, latitude
        for _step in range(10):
            there = from_wgs84(lon, lat, datum)
            off = (longitude - there[0], latitude - there[1])
            lon, lat = lon + off[0], lat + off[1]
            if abs(off[0]) < 1e-9 and abs(off[1]) < 1e-9:
                break
        yield lon, lat


def _area(polygons: list[Rings], number: int) -> Any:
    parts = []
    for rings in polygons:
        kept = [_without_repeats(ring) for ring in rings]
        if len(kept[0]) < 4:
            raise Refused("TOO_FEW_POINTS", number=number)
        parts.append(Polygon(kept[0], [ring for ring in kept[1:] if len(ring) >= 4]))
    area = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    said = shapely.is_valid_reason(area)
    if said != "Valid Geometry":
        area = _mended(area, said, number)
    if not area.area:
        raise Refused("EMPTY", number=number)
    return area


def _without_repeats(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [place for before, place in zip([None, *ring], ring, strict=False) if place != before]


def _mended(area: Any, said: str, number: int) -> Any:
    """A ring that touches itself means one area only, and many programs write such; what crosses itself is refused."""
    fault, x, y = PLACE.match(said).groups() if PLACE.match(said) else (said, "", "")  # type: ignore[union-attr]
    if fault == "Ring Self-intersection":
        mended = shapely.make_valid(area)
        if mended.geom_type in ("Polygon", "MultiPolygon") and math.isclose(mended.area, area.area, rel_tol=1e-9):
            return mended
    place = f"{float(x):.5f}° {float(y):.5f}°" if x else ""
    raise Refused(FAULTS.get(fault.strip(), "INVALID"), number=number, place=place)


def _check_in_china(areas: list[Any], system: System) -> None:
    west, south, east, north = shapely.total_bounds(areas)
    if west >= WEST and south >= SOUTH and east <= EAST and north <= NORTH:
        return
    bounds = {"west": f"{west:.3f}", "south": f"{south:.3f}", "east": f"{east:.3f}", "north": f"{north:.3f}"}
    swapped = south >= WEST and north <= EAST and west >= SOUTH and east <= NORTH
    raise Refused("SWAPPED" if swapped else "OUTSIDE_CHINA", **bounds)


def _said(place: tuple[float, float]) -> str:
    return f"{place[0]:.10g} {place[1]:.10g}"
