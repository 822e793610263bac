"""The list beside the map: the same institutions as its features, what is urgent or near first, some at a time."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, DateField, F, FloatField, IntegerField, Q, Value, When
from django.db.models.functions import ASin, Coalesce, Cos, Least, Radians, Sin, Sqrt
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.requests import one_of
from figures.standing import due_on
from figures.unseen import Status, status_then
from institutions.models import InstitutionQuerySet, division_then, licence_status_then, name_then
from institutions.moments import Moment
from institutions.past import division_names
from institutions.positions import doubt_of
from mapping.boxes import Box, degrees

ORDERS = ("urgency", "distance")
MOST_ROWS, ROWS = 200, 50
EARTH_RADIUS_M = 6_371_009.0  # geopy's mean radius
NEVER = date(9999, 12, 31)
RANKS = {Status.OVERDUE: 0, Status.OPEN: 1, Status.UNSEEN: 2}  # the rest after them
REST = len(RANKS)
AT_ONE_POINT = 1e-6  # degrees, as far as a position is written
LIST_GRAMMAR = ("bbox", "opened", "order", "near", "after", "page_size")
UNLOCATED_GRAMMAR = ("after", "page_size")


@dataclass(frozen=True)
class Page:
    """Which rows are asked for: in which order, from where measured, after which row, how many."""

    order: str = "urgency"
    near: tuple[float, float] | None = None  # longitude, latitude
    after: tuple[Any, ...] = ()
    size: int = ROWS

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Page":
        """Raises Invalid with a sentence for what is not understood."""
        order = one_of("order", query.get("order", ""), ORDERS) or "urgency"
        near = _position(query.get("near", ""))
        if order == "distance" and near is None:
            raise Invalid({"near": [_("按距离排列时须给出起点，例：near=120.95,28.12（经度，纬度）。")]})
        return cls(order, near, _after(query.get("after", ""), order), _size(query.get("page_size", "")))

    def rows_of(self, institutions: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
        """In the order, after the row that was the last; each with what a row says."""
        listed = institutions.annotate(
            shown=status_then(moment),
            due=due_on(moment),
            called=name_then(moment),
            status=licence_status_then(moment),
            township=division_then(moment),
        )
        if self.near is not None:
            listed = listed.annotate(distance=_metres_from(*self.near))
        if self.order == "distance":
            keys = ["distance", "pk"]
        else:
            ranks = [When(shown=status, then=Value(rank)) for status, rank in RANKS.items()]
            rank = Case(*ranks, default=Value(REST), output_field=IntegerField())
            listed = listed.annotate(rank=rank, until=Coalesce("due", Value(NEVER), output_field=DateField()))
            keys = ["rank", "until", "pk"]
        return listed.filter(_later(keys, self.after)).order_by(*keys)


def listed(institutions: InstitutionQuerySet, moment: Moment, box: Box | None, page: Page) -> dict[str, Any]:
    """`count` of all that lie in the box, and one page of them; `next` is the `after` of the next page."""
    return _page_of(institutions.located() if box is None else box.of(institutions.located()), moment, page)


def at_one_point(institutions: InstitutionQuerySet, pk: UUID) -> Box | None:
    """The box of what lies where one of these institutions does; None where it is none of them or has no place."""
    found: list[tuple[Any, Any]] = list(institutions.located().filter(pk=pk).values_list("longitude", "latitude"))
    for east, north in found:
        return Box(east - AT_ONE_POINT, north - AT_ONE_POINT, east + AT_ONE_POINT, north + AT_ONE_POINT)
    return None


def unlocated(institutions: InstitutionQuerySet, moment: Moment, page: Page) -> dict[str, Any]:
    """As `listed`, of those that the map cannot show: without a position, or known to a township's centre only."""
    return _page_of(institutions.unlocated(), moment, page)


def _page_of(inside: InstitutionQuerySet, moment: Moment, page: Page) -> dict[str, Any]:
    changed = "was" in inside.query.annotations
    rows: list[Any] = list(page.rows_of(inside, moment)[: page.size + 1])
    shown = rows[: page.size]
    names = division_names((row.township for row in shown), moment)
    return {
        "count": inside.order_by().count(),
        "next": _cursor(shown[-1], page.order) if len(rows) > page.size else None,
        "results": [
            {
                "id": str(row.pk),
                "name": row.called,
                "standing": row.shown,
                "licence_status": row.status,
                "township": names[row.township],
                "township_code": row.township,
                "due_on": row.due.isoformat() if row.due else None,
                "days_left": (row.due - moment.on).days if row.due else None,
                "longitude": _degrees(row.longitude),
                "latitude": _degrees(row.latitude),
                "doubt": doubt_of(row.datum, row.location_source, row.location_accuracy_m),
                **({"was": row.was} if changed else {}),
                **({"distance_m": round(row.distance, 1)} if page.near is not None else {}),
            }
            for row in shown
        ],
    }


def _degrees(given: float | None) -> float | None:
    return None if given is None else round(given, 6)


def _metres_from(longitude: float, latitude: float) -> Any:
    """Metres along a great circle of geopy's sphere."""
    north, east = Radians(F("latitude") - Value(latitude)), Radians(F("longitude") - Value(longitude))
    across = Cos(Radians(Value(latitude))) * Cos(Radians(F("latitude")))
    half = Sin(north / 2.0) * Sin(north / 2.0) + across * Sin(east / 2.0) * Sin(east / 2.0)
    turned = Sqrt(Least(Value(1.0), half, output_field=FloatField()))
    return Value(2.0 * EARTH_RADIUS_M) * ASin(turned, output_field=FloatField())


def _later(keys: list[str], after: tuple[Any, ...]) -> Q:
    """Rows that follow the one whose keys are given."""
    found = Q(pk__in=[]) if after else Q()
    for place, value in enumerate(after):
        same = Q(**dict(zip(keys[:place], after[:place], strict=True)))
        found |= same & Q(**{f"{keys[place]}__gt": value})
    return found


def _cursor(row: Any, order: str) -> str:
    keys = [row.distance] if order == "distance" else [row.rank, row.until.isoformat()]
    return urlsafe_b64encode(json.dumps([*keys, str(row.pk)]).encode()).decode().rstrip("=")


def _after(text: str, order: str) -> tuple[Any, ...]:
    if not text:
        return ()
    try:
        keys = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if order == "distance":
            [distance, pk] = keys
            return degrees(str(distance)), UUID(pk)
        [rank, until, pk] = keys
        return range(REST + 1)[rank], date.fromisoformat(until), UUID(pk)
    except (ValueError, TypeError, IndexError, AttributeError, RecursionError, NotBase64) as problem:
        raise Invalid(
            {"after": [_("“%(given)s”不是本列表的下一页，应照上一页的 next 给出。") % {"given": text[:40]}]}
        ) from problem


def _position(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        longitude, latitude = (degrees(part) for part in text.split(","))
        if abs(longitude) > 180 or abs(latitude) > 90:
            raise ValueError(text)
    except ValueError as problem:
        raise Invalid(
            {"near": [_("“%(given)s”不是位置，例：120.95,28.12（经度，纬度）。") % {"given": text[:40]}]}
        ) from problem
    return longitude, latitude


def _size(text: str) -> int:
    if not text:
        return ROWS
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 0 < int(text) <= MOST_ROWS):
        said = {"given": text[:20], "most": MOST_ROWS}
        raise Invalid({"page_size": [_("每页条数“%(given)s”不可用，应为 1 至 %(most)s 的整数。") % said]})
    return int(text)
