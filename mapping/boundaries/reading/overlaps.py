"""Areas of a file that lie over one another: looked for where the file is read, within the same limits."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import shapely

ABOUT_50_M, SLIVER = 0.0005, 0.02  # degrees; of the smaller area


def overlapping(areas: Sequence[Any], most: int) -> list[tuple[int, int]]:
    """Pairs of numbers from 1 of areas that share more than a sliver, not more than `most`; looked at to some 50 m."""
    simple = [each.simplify(ABOUT_50_M) for each in areas]
    tree = shapely.STRtree(simple)
    near = (
        (number, int(other))
        for number, each in enumerate(simple)
        for other in sorted(tree.query(each, predicate="intersects"))
        if number < other
    )
    found = ((one + 1, other + 1) for one, other in near if _share(simple[one], simple[other]))
    return list(islice(found, most))


def _share(one: Any, other: Any) -> bool:
    return bool(shapely.intersection(one, other).area > SLIVER * min(one.area, other.area))
