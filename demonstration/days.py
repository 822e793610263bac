"""When on its day each visit of a book happened: one after the other along a way that two people can drive.

The days are the history's; the hours are drawn here, last, so that no figure depends on them.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from demonstration.book import Book
from inspections.models import Visit
from institutions.positions import Degrees, distance_m

BEGINS = (8, 40)  # o'clock, the first visit
MINUTES = 470  # from the first visit of a day to the last
STAY = 35  # minutes at a place, fewer on a day of many
M_A_MINUTE = 700  # 42 km/h in a straight line


def set_out(book: Book) -> None:
    """Gives every visit of the book its hour. Call when all of them are in it, and before photos are taken of them."""
    days: dict[date, list[Visit]] = defaultdict(list)
    for visit in book.visits:
        days[visit.happened_on].append(visit)
    for day, visits in days.items():
        way = _way(visits)
        on_the_road = sum(drive for _visit, drive in way)
        stay = min(STAY, (MINUTES - on_the_road) / len(way))
        clock = book.at(day, *BEGINS)
        for number, (visit, drive) in enumerate(way):
            clock += timedelta(minutes=drive + (stay if number else 0))
            visit.happened_at = clock.replace(second=0, microsecond=0)


def position_of(visit: Visit) -> Degrees | None:
    return None if visit.longitude is None or visit.latitude is None else (visit.longitude, visit.latitude)


def _way(visits: Iterable[Visit]) -> list[tuple[Visit, float]]:
    """The visits in the order they are made, each the nearest to the one before, with the minutes driven to it; those
    of which nobody knows where come first."""
    left = sorted(visits, key=lambda visit: (visit.longitude or 0, visit.pk))
    way: list[tuple[Visit, float]] = []
    here: Degrees | None = None
    while left:
        drives = [_minutes(here, position_of(each)) for each in left]
        at = drives.index(min(drives))
        way.append((left[at], drives[at]))
        here = position_of(left.pop(at)) or here
    return way


def _minutes(here: Degrees | None, there: Degrees | None) -> float:
    return 0.0 if here is None or there is None else distance_m(here, there) / M_A_MINUTE
