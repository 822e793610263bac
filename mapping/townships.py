"""The divisions one level below the one asked about, each a symbol at its centre, with the figures of /statistics/."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Avg
from django.db.models.functions import Substr

from accounts.models import User
from figures.drilldown import GRAMMAR, Drilldown
from figures.places import Where, in_none_below
from figures.questions import WHERE_AND_WHEN, known_as
from figures.statistics import Completion, Row, added, completion
from institutions.models import Division, Institution, InstitutionQuerySet

Centres = dict[str, tuple[float, float]]  # code -> longitude, latitude in WGS-84 degrees


def townships(question: Drilldown, user: User) -> dict[str, Any]:
    """FeatureCollection of the divisions below, in the order of their codes, with `total`, the figures of all of them.

    What lies in none of them is a feature too, without a rank: the features add up to `total`. Asked for by its own
    code (330382000), it is the only one.
    """
    moment, codes = question.moment, question.divisions(user)
    seen = Institution.objects.visible_to(user)
    if any(getattr(question, name) for name in GRAMMAR if name not in WHERE_AND_WHEN):
        seen = Institution.objects.filter(pk__in=question.institutions(user, moment).values("pk"))
    above = _above(codes)
    made = completion(above or codes, moment, by="division", within=seen)
    rows = [row for row in made.rows if not above or row.key in codes]
    where = Where.of(above or codes, moment)
    centres = _centres([row.key for row in rows], where.part_digits, Institution.objects.visible_to(user))
    ranks = _ranks(row for row in rows if made.is_below(row))
    return {
        "type": "FeatureCollection",
        "name": in_none_below(made.name) if above else made.name,
        "as_of": moment.on.isoformat(),
        "known_at": moment.known_at.isoformat(),
        "total": (added(row.figures for row in rows) if above else made.total).as_json(),
        "features": [_feature(made, row, centres.get(row.key), ranks.get(row.key)) for row in rows],
    }


def _above(codes: list[str]) -> list[str]:
    """The division in which what is asked for lies, where that is what lies in none below it; else nothing."""
    if len(codes) != 1 or Division.objects.filter(pk__in=codes).exists():
        return []
    return [known_as(codes[0])[-1]]


def _feature(made: Completion, row: Row, centre: tuple[float, float] | None, rank: int | None) -> dict[str, Any]:
    figures = row.figures
    place = None if centre is None else {"type": "Point", "coordinates": [round(each, 6) for each in centre]}
    properties = {
        "code": row.key,
        "name": row.name,
        "surveyed": figures.surveyed,
        "with_problems": figures.with_problems,
        "rectified": figures.rectified,
        "outstanding": figures.outstanding,
        "overdue": figures.overdue,
        "completion_rate": figures.as_json()["completion_rate"],
        "completion_percent": figures.completion_percent,
        "rank": rank,
        "below": made.is_below(row),
    }
    return {"type": "Feature", "id": row.key, "geometry": place, "properties": properties}


def _ranks(rows: Iterable[Row]) -> dict[str, int]:
    """Places by completion rate, the highest first; equal rates share one and the next is skipped."""
    rates = {row.key: row.figures.completion_rate for row in rows}
    ranked = {key: rate for key, rate in rates.items() if rate is not None}
    return {key: 1 + sum(other > rate for other in ranked.values()) for key, rate in ranked.items()}


def _centres(codes: list[str], digits: int, seen: InstitutionQuerySet) -> Centres:
    """Where each is: its own centre on file, else the middle of those below it, else of its institutions in sight."""
    own = Division.objects.filter(pk__in=codes, longitude__isnull=False, latitude__isnull=False)
    found: Centres = {code: (east, north) for code, east, north in own.values_list("code", "longitude", "latitude")}
    if missing := set(codes) - found.keys():
        below = Division.objects.filter(longitude__isnull=False).exclude(pk__in=codes)
        found |= _middles(below.annotate(part=Substr("code", 1, digits)).filter(part__in=missing))
    if missing := set(codes) - found.keys():
        found |= _middles(seen.located().annotate(part=Substr("scope_code", 1, digits)).filter(part__in=missing))
    return found


def _middles(rows: Any) -> Centres:
    means: Any = rows.order_by().values("part").annotate(east=Avg("longitude"), north=Avg("latitude"))
    return {each["part"]: (each["east"], each["north"]) for each in means if each["east"] is not None}
