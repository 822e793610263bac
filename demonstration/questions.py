"""A few visits of the last weeks that somebody should ask about (疑点), so that there is something to see. Each has an
honest explanation, which docs/oddities.md names; they are in no figure. Two more are about photos (photos.py)."""

from collections import defaultdict
from datetime import date, timedelta

from demonstration.book import Book
from demonstration.days import position_of
from inspections.models import State, Visit
from institutions.positions import distance_m

AWAY_M, DEGREE_M = 1400, 98_000  # metres from the registered point; of a degree of longitude at Yueqing
TOO_FAST_M_A_MINUTE = 4000  # 240 km/h
AHEAD = timedelta(minutes=11)  # of a phone's clock


def ask(book: Book) -> None:
    """A visit far from its institution and one by a phone whose clock is ahead, both waiting to be verified, and two
    visits between which nobody can have driven."""
    waiting = [visit for visit in book.visits if _waits(visit) and position_of(visit)]
    far, ahead = sorted(waiting, key=lambda visit: visit.pk)[:2]
    _move_away(far)
    ahead.device_sent_at = ahead.recorded_at + AHEAD
    one, other, metres = _furthest_of_a_day(book, without=far)
    other.happened_at = one.happened_at + timedelta(minutes=max(2, int(metres / TOO_FAST_M_A_MINUTE)))


def _waits(visit: Visit) -> bool:
    return visit.rectification is not None and visit.rectification.state == State.SUBMITTED


def _move_away(visit: Visit) -> None:
    there = visit.institution.position
    assert there is not None
    visit.longitude, visit.latitude = round(there[0] + AWAY_M / DEGREE_M, 6), there[1]
    visit.distance_m = round(distance_m(there, (visit.longitude, visit.latitude)), 1)


def _furthest_of_a_day(book: Book, *, without: Visit) -> tuple[Visit, Visit, float]:
    """Of all days with two visits that have a position the two furthest apart, with the metres between them."""
    days: dict[date, list[Visit]] = defaultdict(list)
    for visit in sorted(book.visits, key=lambda visit: visit.happened_at):
        if position_of(visit):
            days[visit.happened_on].append(visit)
    pairs = [visits for visits in days.values() if len(visits) == 2 and without not in visits]
    one, other = max(pairs, key=lambda pair: _apart(*pair))
    return one, other, _apart(one, other)


def _apart(one: Visit, other: Visit) -> float:
    here, there = position_of(one), position_of(other)
    assert here is not None and there is not None
    return distance_m(here, there)
