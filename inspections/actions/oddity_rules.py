"""疑点: what about a visit's position, time and photos should be asked about. Every limit, and every rule that looks at
visits alone, without the database. What each means and does not mean: docs/oddities.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any, Protocol

from inspections.actions.rounds import CLOCK_TOLERANCE
from inspections.models.oddities import Oddity
from inspections.models.visits import Photo, Visit
from institutions.models import Institution
from institutions.positions import Datum, Degrees, distance_m, is_nowhere

FAR_M = 500  # metres from the registered point: a street of shops, and the error of a map pin
PHOTO_FAR_M = 300  # metres between a photo and its visit: the grounds of a large institution
PHOTO_APART = timedelta(hours=2)  # between a photo and its visit: as long as a visit lasts
UNKNOWN_DATUM_M = 600  # metres by which a point is off whose datum nobody knows: GCJ-02 at Yueqing is 540 m off
FASTEST_KMH = 120  # in a straight line: faster than any road
TRAVEL_SLACK = timedelta(minutes=2)  # by which two phones' clocks may differ, and by which people write down a time
TRAVEL_WITHIN = timedelta(hours=12)  # visits of one person further apart in time are not compared
EARTH_M = 6_371_008.8  # mean radius


@dataclass(frozen=True)
class Fix:
    """Where somebody or something was: degrees in WGS-84; metres by which it may be off, none where nobody says so."""

    at: Degrees
    accuracy_m: float

    def apart(self, other: "Fix") -> tuple[float, float]:
        """Metres between the two, and the metres of them that no inaccuracy explains."""
        away = distance_m(self.at, other.at)
        return away, away - self.accuracy_m - other.accuracy_m


class Placed(Protocol):
    """What has a position, or none: a visit, a photo."""

    @property
    def longitude(self) -> float | None: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def accuracy_m(self) -> float | None: ...


class Stayed(Placed, Protocol):
    @property
    def happened_at(self) -> datetime: ...


def fix_of(row: Placed) -> Fix | None:
    """None without a position; 0°, 0° is none: phones say so when they know nothing."""
    if row.longitude is None or row.latitude is None or is_nowhere(row.longitude, row.latitude):
        return None
    return Fix((row.longitude, row.latitude), row.accuracy_m or 0.0)


def point_of(institution: Institution) -> Fix | None:
    """Its registered point; None without one, and for the centre of its township, which is nobody's position."""
    at = institution.position
    if at is None or is_nowhere(*at):
        return None
    accuracy = institution.location_accuracy_m or 0.0
    return Fix(at, max(accuracy, UNKNOWN_DATUM_M) if institution.datum == Datum.UNKNOWN else accuracy)


def far_from_point(visit: Visit, institution: Institution) -> dict[str, Any] | None:
    """Metres and both accuracies of a visit that is beyond the limit by more than they explain. Measured against the
    point of today: `Visit.distance_m` is to that of then, and none where it had no point yet."""
    here, there = fix_of(visit), point_of(institution)
    if here is None or there is None or surely_within(here, there, FAR_M):
        return None
    away, surely = here.apart(there)
    if round(surely, 1) <= FAR_M:  # as fine as `Visit.distance_m` says it
        return None
    return {"m": round(away), "accuracy_m": round(here.accuracy_m), "point_accuracy_m": round(there.accuracy_m)}


def clock_is_off(device_sent_at: datetime | None, received_at: datetime) -> timedelta | None:
    """By how much a phone's clock was ahead (or, below 0, behind) where that is more than the tolerance."""
    if device_sent_at is None or abs(device_sent_at - received_at) <= CLOCK_TOLERANCE:
        return None
    return device_sent_at - received_at


def of_itself(
    visit: Visit, institution: Institution, photos: Iterable[Photo], *, received_at: datetime, has_moved: bool
) -> Iterator[Oddity]:
    """What is odd about a visit without looking at any other. `has_moved` since: its point is not that of the day."""
    Kind = Oddity.Kind
    if not has_moved and (far := far_from_point(visit, institution)):
        yield Oddity(visit=visit, kind=Kind.FAR, facts=far)
    if (off := clock_is_off(visit.device_sent_at, received_at)) is not None:
        yield Oddity(visit=visit, kind=Kind.CLOCK, facts={"minutes": _minutes(off)})
    photos, here = sorted(photos, key=lambda photo: photo.slot), fix_of(visit)
    late = [
        [photo.slot, _minutes(photo.taken_at - visit.happened_at)]
        for photo in photos
        if photo.taken_at and abs(photo.taken_at - visit.happened_at) > PHOTO_APART
    ]
    if late:
        yield Oddity(visit=visit, kind=Kind.PHOTO_TIME, facts={"photos": late})
    away = [
        [photo.slot, round(metres)]
        for photo in photos
        if here and (there := fix_of(photo)) and (metres := (apart := here.apart(there))[0]) and apart[1] > PHOTO_FAR_M
    ]
    if away:
        yield Oddity(visit=visit, kind=Kind.PHOTO_PLACE, facts={"photos": away})


def too_fast(visit: Stayed, other: Stayed) -> dict[str, Any] | None:
    """Metres and minutes between two visits that nobody can have been at both of."""
    one, two = fix_of(visit), fix_of(other)
    apart = abs(visit.happened_at - other.happened_at)
    if one is None or two is None or apart > TRAVEL_WITHIN:
        return None
    possible = FASTEST_KMH / 3.6 * (apart + TRAVEL_SLACK).total_seconds()
    if surely_within(one, two, possible):
        return None
    away, surely = one.apart(two)
    return {"m": round(away), "minutes": _minutes(apart)} if surely > possible else None


@dataclass(frozen=True)
class Seen:
    """A photo that has arrived and what it looks like: the bands of its coarse picture, None of a flat one."""

    slot: int
    sha256: str
    bands: Sequence[int] | None


def pairs_alike(photos: Iterable[Seen], others: Iterable[Seen]) -> tuple[list[list[int]], list[list[int]]]:
    """[slot, other slot] of those that are the same file, and of those that are nearly the same picture."""
    same, alike, others = [], [], list(others)
    for one in photos:
        for other in others:
            if one.sha256 == other.sha256:
                same.append([one.slot, other.slot])
            elif are_alike(one.bands, other.bands):
                alike.append([one.slot, other.slot])
    return sorted(same), sorted(alike)


MOST_BITS = 3  # of 64 in which two coarse pictures differ and are still taken for one: a copy saved again, made smaller


def are_alike(bands: Sequence[int] | None, others: Sequence[int] | None) -> bool:
    if bands is None or others is None:
        return False
    return sum((one ^ other).bit_count() for one, other in zip(bands, others, strict=True)) <= MOST_BITS


def _minutes(apart: timedelta) -> int:
    return round(apart.total_seconds() / 60)


def surely_within(one: Fix, two: Fix, metres: float) -> bool:
    """Whether it need not be measured: the exact distance takes a hundred times as long."""
    return roughly_m(one.at, two.at) * 1.01 <= metres


def roughly_m(here: Degrees, there: Degrees) -> float:
    """Metres on a sphere: to within 0.6 %."""
    (lon, lat), (to_lon, to_lat) = (tuple(map(radians, each)) for each in (here, there))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))
