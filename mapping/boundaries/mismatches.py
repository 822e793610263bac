"""所属乡镇与位置不符: institutions whose position lies outside of the boundary of their own township. A list for
people; nothing is changed by it."""

from dataclasses import dataclass

from accounts.models import User
from institutions.models import ON_REGISTER, Division, Institution
from institutions.moments import Moment
from institutions.past import as_called
from institutions.positions import distance_m
from mapping.boundaries.fitting import Areas
from mapping.models import Boundary

TOWNSHIP_DIGITS, COUNTY_DIGITS = 9, 6
EDGE_M = 50.0  # boundaries and positions are no better than this: who lies so near to the edge is in


@dataclass(frozen=True)
class Mismatch:
    """`lies_in` is the township whose boundary holds it, None for none on file; `off_m` metres to its own."""

    institution: Institution
    own: Division
    lies_in: Division | None
    off_m: int


@dataclass(frozen=True)
class Checked:
    """`mismatches` by distance, the farthest first; of `asked` institutions with a position and a boundary."""

    mismatches: list[Mismatch]
    asked: int
    boundaries: int


def check(division: str, user: User, moment: Moment) -> Checked:
    """Of the visible institutions on the register of a county or township; those near the edge, and those whose
    accuracy reaches back into their township, count as in it."""
    county = division[:COUNTY_DIGITS]
    townships = Division.objects.in_force_at(moment).filter(parent_id=county, level="township")
    named = {each.pk: each for each in as_called(townships, moment)}
    in_force = Boundary.objects.in_force(list(named), moment)
    rows = Boundary.objects.filter(pk__in=[each.pk for each in in_force])
    areas = {each.division_id: each.area for each in rows}
    if not areas:
        return Checked([], 0, 0)
    here = (
        Institution.objects.visible_to(user).in_division(division).filter(ON_REGISTER).located().order_by("name", "pk")
    )
    found = [each for each in here if each.scope_code[:TOWNSHIP_DIGITS] in areas]
    held = Areas(areas).holding([each.longitude or 0.0 for each in found], [each.latitude or 0.0 for each in found])
    wrong = []
    for each, codes in zip(found, held, strict=True):
        own = each.scope_code[:TOWNSHIP_DIGITS]
        if own in codes:
            continue
        off_m = _metres_to(areas[own], each.longitude or 0.0, each.latitude or 0.0)
        if off_m > EDGE_M + (each.location_accuracy_m or 0.0):
            wrong.append(Mismatch(each, named[own], named.get(codes[0]) if codes else None, round(off_m)))
    return Checked(sorted(wrong, key=lambda each: -each.off_m), len(found), len(areas))


def _metres_to(area: object, longitude: float, latitude: float) -> float:
    """Geodesic metres to the place of the area that is nearest in degrees: a few per cent too many at most."""
    import shapely

    nearest = shapely.shortest_line(area, shapely.Point(longitude, latitude)).coords[0]
    return distance_m((longitude, latitude), (nearest[0], nearest[1]))
