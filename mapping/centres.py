"""The centre of the township or village an institution is in: as near as one comes without asking anybody, and no
position of the institution. Every reader takes `located()` and `Institution.position`, for which it is none."""

from dataclasses import dataclass

from institutions.models import Division
from institutions.positions import distance_m

LONE_TOWNSHIP_M = 10_000.0  # how wide a township is taken to be that has no neighbour on file
VILLAGE_M = 1_500.0


@dataclass(frozen=True)
class Centre:
    """WGS-84 degrees, and within how many metres of them the institution is likely to be."""

    division: Division
    longitude: float
    latitude: float
    accuracy_m: float


def centre_of(division: Division, address: str = "") -> Centre | None:
    """The centre of the village that the address names, where it is on file with one, else of the township; None where
    that has none either.

    How far off: the centre's own error, and for a township as far as to the nearest centre of another of its county.
    """
    township = division.parent if division.level == "village" and division.parent else division
    village = _village_in(township, division, address)
    if village is not None and village.longitude is not None and village.latitude is not None:
        return Centre(village, village.longitude, village.latitude, (village.approx_error_m or 0) + VILLAGE_M)
    if township.longitude is None or township.latitude is None:
        return None
    here = (township.longitude, township.latitude)
    others = Division.objects.filter(parent_id=township.parent_id, longitude__isnull=False).exclude(pk=township.pk)
    away = [distance_m(here, (each.longitude or 0.0, each.latitude or 0.0)) for each in others]
    return Centre(township, *here, (township.approx_error_m or 0) + min(away, default=LONE_TOWNSHIP_M))


def _village_in(township: Division, division: Division, address: str) -> Division | None:
    """The division itself when it is a village with a centre; else that of the township's villages with one whose name
    is the longest in the address."""
    if division.level == "village" and division.longitude is not None:
        return division
    named = [
        each
        for each in Division.objects.filter(parent=township, level="village", longitude__isnull=False)
        if _stem(each.name) and _stem(each.name) in address
    ]
    return max(named, key=lambda each: len(each.name), default=None)


def _stem(name: str) -> str:
    """上米岙村委会 -> 上米岙村: what stands in addresses."""
    return name.removesuffix("居委会").removesuffix("委会")
