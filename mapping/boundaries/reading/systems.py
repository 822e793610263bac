"""Systems of coordinates as Chinese files spell them -> degrees. What a .prj means is said here and not guessed.

PROJ knows the spelling of ArcGIS; to a short GEOGCS["CGCS2000"] it gives no answer or one of the Antilles, and it takes
Xi'an 1980 for WGS-84 without a word. So names are mapped here, and only the formula is PROJ's.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mapping.boundaries.reading.frames import Refused

HALF = 500_000.0  # metres: the easting of the central meridian
ZONE = 1_000_000.0
EARTH = 6_378_137.0  # metres: the radius of the sphere of web maps
LIKE_WEB_MAPS = (13, 14, 15)  # zones with whose numbers the metres of web maps begin, east of 116.8°
DEGREES_OR_METRES = 400.0
GRS80 = "+a=6378137 +rf=298.257222101"
_NAMED = "PROJCS|PROJCRS|GEOGCS|GEOGCRS|BASEGEOGCRS|BASEGEODCRS|GEODCRS|DATUM|TRF|GEODETICDATUM"
_NAME = re.compile(rf"({_NAMED})\s*[\[(]\s*\"([^\"]*)\"", re.I)
_PARAMETER = re.compile(r"PARAMETER\s*[\[(]\s*\"([^\"]*)\"\s*,\s*([-+0-9.eE]+)", re.I)
_METHOD = re.compile(r"(?:PROJECTION|METHOD)\s*[\[(]\s*\"([^\"]*)\"", re.I)
OLD = (("xian", "XIAN_1980"), ("西安", "XIAN_1980"), ("beijing", "BEIJING_1954"), ("北京", "BEIJING_1954"),
       ("krasovsky", "BEIJING_1954"), ("krassowsky", "BEIJING_1954"))  # fmt: skip
NEW = ("cgcs2000", "china_2000", "china_geodetic_coordinate_system_2000", "chinageodetic", "国家大地坐标系",
       "2000国家", "大地2000", "wgs_1984", "wgs84", "wgs_84", "crs84")  # fmt: skip


@dataclass(frozen=True)
class System:
    """Degrees, or Gauss-Krüger metres round a central meridian. `easting` is that of the meridian."""

    name: str
    meridian: float | None = None
    easting: float = HALF
    northing: float = 0.0
    scale: float = 1.0

    @property
    def metres(self) -> bool:
        return self.meridian is not None


def system_of(said: str, bounds: tuple[float, float, float, float], datum: str) -> System:
    """Raises Refused for a system that is not taken, or where metres do not say their meridian."""
    metres = max(map(abs, bounds)) > DEGREES_OR_METRES
    if said.startswith("EPSG:"):
        system = _of_code(int(said[5:]))
    elif said:
        system = _of_wkt(said)
    else:
        system = _of_zone(bounds) if metres else System(datum.upper())
    if metres and not system.metres:
        raise Refused("METRES_NOT_DEGREES", system=system.name)
    if system.metres and not metres:
        raise Refused("DEGREES_NOT_METRES", system=system.name)
    if system.metres and datum in ("gcj02", "bd09"):
        raise Refused("METRES_ARE_NOT_SHIFTED", system=system.name)
    return _as_written(system, bounds) if system.metres else system


def _of_code(code: int) -> System:
    """EPSG. 4491–4554 are CGCS2000: 6° and 3°, each with and without the number of the zone."""
    if code in (4326, 4979):
        return System("WGS-84")
    if code in (4490, 4480, 4479):
        return System("CGCS2000")
    for first, last, width, start, numbered in (
        (4491, 4501, 6, 13, True), (4502, 4512, 6, 13, False), (4513, 4533, 3, 25, True), (4534, 4554, 3, 25, False),
    ):  # fmt: skip
        if first <= code <= last:
            zone = start + code - first
            meridian = zone * 3.0 if width == 3 else zone * 6.0 - 3.0
            return System(f"EPSG:{code}", meridian, zone * ZONE + HALF if numbered else HALF)
    if code == 4610 or 2327 <= code <= 2390:
        raise Refused("XIAN_1980")
    if code == 4214 or 2401 <= code <= 2442 or 21413 <= code <= 21463:
        raise Refused("BEIJING_1954")
    raise Refused("UNKNOWN_SYSTEM", system=f"EPSG:{code}")


def _of_wkt(said: str) -> System:
    names = [found[2] for found in _NAME.finditer(said)]
    if not names:
        raise Refused("UNKNOWN_SYSTEM", system=said[:60])
    plain = " ".join(names).lower()
    spelt = re.sub(r"[\s'’\-]+", "_", plain)
    for word, refusal in OLD:
        if word in spelt.replace("xi_an", "xian") or word in said.lower():
            raise Refused(refusal)
    if not any(word in spelt for word in NEW):
        raise Refused("UNKNOWN_SYSTEM", system=names[0][:60])
    name = names[0][:60]
    method = _METHOD.search(said)
    if method is None:
        return System(name)
    if re.sub(r"[\s_\-]+", "", method[1].lower()) not in ("gausskruger", "transversemercator", "gausskrüger"):
        raise Refused("UNKNOWN_SYSTEM", system=f"{name} ({method[1][:40]})")
    values = {re.sub(r"[\s_]+", "", key.lower()): float(value) for key, value in _PARAMETER.findall(said)}
    meridian = values.get("centralmeridian", values.get("longitudeofnaturalorigin"))
    if meridian is None or not 70 <= meridian <= 140 or values.get("latitudeoforigin", 0.0) != 0.0:
        raise Refused("UNKNOWN_SYSTEM", system=name)
    return System(
        name, meridian, values.get("falseeasting", HALF), values.get("falsenorthing", 0.0),
        values.get("scalefactor", values.get("scalefactoratnaturalorigin", 1.0)),
    )  # fmt: skip


def _of_zone(bounds: tuple[float, float, float, float]) -> System:
    """Metres without a .prj: the number of the zone says which it is. 13 to 23 are of 6°, 25 to 45 of 3°."""
    first, last = int(bounds[0] // ZONE), int(bounds[2] // ZONE)
    if first != last or not (13 <= first <= 23 or 25 <= first <= 45):
        raise Refused("METRES_WITHOUT_ZONE")
    return _zone(first)


def _zone(number: int) -> System:
    meridian = number * 6.0 - 3.0 if number <= 23 else number * 3.0
    return System(f"CGCS2000 GK {number}", meridian, number * ZONE + HALF)


def if_of_web_maps(name: str, place: tuple[float, float]) -> tuple[float, float] | None:
    """Where a place lies, in degrees, if its metres are those of web maps (EPSG:3857) and were read as of the zone of
    this name for their first digits; None for what may not be."""
    zone = next((each for each in map(_zone, LIKE_WEB_MAPS) if each.name == name), None)
    if zone is None:
        return None
    easting, northing = _projection(zone)(*place)
    return math.degrees(easting / EARTH), math.degrees(2 * math.atan(math.exp(northing / EARTH)) - math.pi / 2)


def _as_written(system: System, bounds: tuple[float, float, float, float]) -> System:
    """The .prj may have the number of the zone in its easting where the file has none, and the other way round."""
    in_file, in_system = int(bounds[0] // ZONE), int(system.easting // ZONE)
    if in_file == in_system:
        return system
    if in_file == 0:
        return replace(system, easting=system.easting % ZONE)
    if in_system == 0 and system.meridian in (in_file * 3.0, in_file * 6.0 - 3.0):
        return replace(system, easting=system.easting + in_file * ZONE)
    raise Refused("OTHER_ZONE", zone=in_file, system=system.name)


def to_degrees(system: System, places: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """(easting, northing) in metres -> (longitude, latitude)."""
    eastings, northings = zip(*places, strict=True)
    return zip(*_projection(system)(eastings, northings, inverse=True), strict=True)


def _projection(system: System) -> Any:
    import pyproj

    return pyproj.Proj(
        f"+proj=tmerc +lat_0=0 +lon_0={system.meridian} +k={system.scale} +x_0={system.easting} +y_0={system.northing} "
        f"{GRS80} +units=m +no_defs"
    )
