"""Two records of one visit, perhaps: by the same people, at one place, within minutes. Pointed out, never dropped."""

from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from inspections.models import Visit
from inspections.models.visits import SAME_WITHIN


def perhaps_the_same(visits: Iterable[Visit]) -> set[UUID]:
    """Ids of those of an institution's visits that may be one with another of them. Inspectors are prefetched."""
    standing = sorted((each for each in visits if each.withdrawn_at is None), key=lambda each: each.happened_at)
    found: set[UUID] = set()
    for one, other in combinations(standing, 2):
        if other.happened_at - one.happened_at <= SAME_WITHIN and _people(one) & _people(other):
            found |= {one.pk, other.pk}
    return found


def _people(visit: Visit) -> set[int]:
    return {visit.recorded_by_id, *(each.pk for each in visit.inspectors.all())}
