"""How boundaries fit the institutions: how many lie in their own division, where the others are, whether another datum
would fit better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.scope import within_prefixes
from institutions.models import ON_REGISTER, Institution
from institutions.positions import Datum, from_wgs84, to_wgs84
from mapping.boundaries.matching import DIGITS

MOST_ASKED = 5_000  # positions by which a wrong datum is told
FEWEST_MORE, SHARE_MORE = 3, 0.02  # so many more in their own division, and of those with a position, tell it
Place = tuple[UUID, str, float, float]  # institution, code of its own division, longitude, latitude


@dataclass
class Fit:
    """Of one division: its institutions that lie inside, in another division's area, in none, without a position."""

    inside: int = 0
    elsewhere: int = 0
    nowhere: int = 0
    unlocated: int = 0

    @property
    def outside(self) -> int:
        return self.elsewhere + self.nowhere


@dataclass
class Fitting:
    by_code: dict[str, Fit]
    outside: list[tuple[UUID, str, str]] = field(default_factory=list)  # institution, its own, where it lies or ""

    @property
    def total(self) -> Fit:
        fits = self.by_code.values()
        return Fit(
            *(sum(getattr(each, name) for each in fits) for name in ("inside", "elsewhere", "nowhere", "unlocated"))
        )


class Areas:
    """Areas by code, asked where positions lie."""

    def __init__(self, areas: Mapping[str, Any]):
        import shapely

        self.codes, self.areas = list(areas), list(areas.values())
        shapely.prepare(self.areas)
        self.tree = shapely.STRtree(self.areas)

    def holding(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> list[list[str]]:
        """Of each position the codes of the areas that hold it, their edges included."""
        import shapely

        found: list[list[str]] = [[] for _each in longitudes]
        if longitudes and self.areas:
            points = shapely.points(longitudes, latitudes)
            for point, area in zip(*self.tree.query(points, predicate="intersects"), strict=True):
                found[point].append(self.codes[area])
        return found


def places_in(division: str, level: str) -> tuple[list[Place], dict[str, int]]:
    """Institutions on the register with a position of their own, and how many have none by code."""
    digits = DIGITS[level]
    here = Institution.objects.filter(within_prefixes("scope_code", [division])).filter(ON_REGISTER)
    rows = here.located().order_by("pk").values_list("pk", "scope_code", "longitude", "latitude")
    places = [(pk, code[:digits], longitude or 0.0, latitude or 0.0) for pk, code, longitude, latitude in rows]
    without: dict[str, int] = {}
    for code in here.unlocated().values_list("scope_code", flat=True):
        without[code[:digits]] = without.get(code[:digits], 0) + 1
    return places, without


def fit(areas: Areas, places: Sequence[Place], without: Mapping[str, int]) -> Fitting:
    """Of the divisions that have an area."""
    fits = {code: Fit(unlocated=without.get(code, 0)) for code in sorted(areas.codes)}
    outside = []
    where = areas.holding([each[2] for each in places], [each[3] for each in places])
    for (pk, own, _longitude, _latitude), held in zip(places, where, strict=True):
        found = fits.get(own)
        if found is None:
            continue
        if own in held:
            found.inside += 1
            continue
        outside.append((pk, own, held[0] if held else ""))
        if held:
            found.elsewhere += 1
        else:
            found.nowhere += 1
    return Fitting(fits, outside)


@dataclass(frozen=True)
class BetterDatum:
    """The datum a file seems to be in, with how many institutions would lie in their own division, and do now."""

    datum: str
    would: int
    now: int

    @property
    def label(self) -> str:
        return str(Datum(self.datum).label)


def better_datum(areas: Areas, places: Sequence[Place], declared: str) -> BetterDatum | None:
    """Whether areas taken for `declared` would fit better as another datum.

    Instead of moving the areas the positions are moved the other way: a place lies in areas that were GCJ-02 when its
    own GCJ-02 degrees lie in what the file says.
    """
    asked = places[:MOST_ASKED]
    told = {datum: _inside(areas, asked, declared, datum) for datum in ("", Datum.WGS84, Datum.GCJ02, Datum.BD09)}
    now = told.pop("")
    best = max(told, key=lambda datum: told[datum])
    if told[best] < now + max(FEWEST_MORE, SHARE_MORE * len(asked)):
        return None
    return BetterDatum(best, told[best], now)


def _inside(areas: Areas, places: Sequence[Place], declared: str, really: str) -> int:
    moved = []
    for _pk, _own, longitude, latitude in places:
        if really:
            longitude, latitude = from_wgs84(longitude, latitude, really)  # as the file would have it
            longitude, latitude = to_wgs84(longitude, latitude, declared)  # as the file was read
        moved.append((longitude, latitude))
    held = areas.holding([each[0] for each in moved], [each[1] for each in moved])
    return sum(own in codes for (_pk, own, *_place), codes in zip(places, held, strict=True))
