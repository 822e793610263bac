"""What /ogc/ is asked besides the drill-down grammar: a box, days of the survey, how many and from where on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.errors import Invalid, Reasons
from institutions.models import InstitutionQuerySet, surveyed_on_then
from institutions.moments import Moment, day_of
from mapping.boxes import Box, degrees

USUAL, MOST = 100, 1000  # features of a page
ITEMS = ("bbox", "datetime", "limit", "after", "before")
OPEN = ("", "..")
NEVER = "0000-"  # the year with which QGIS begins what has no beginning
# GDAL writes a day with a T behind it, for a time that it does not know.
DAY = re.compile(r"(\d{4}-\d\d-\d\d)[Tt]?", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


@dataclass(frozen=True)
class Page:
    """Which of the features, in the order of their ids: so many after, or before, one; None is the beginning."""

    boxes: list[Box]
    surveyed: tuple[date | None, date | None] | None
    limit: int
    after: UUID | None
    before: UUID | None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Page":
        """Raises Invalid with every wrong parameter."""
        read: dict[str, Callable[[str], Any]] = {
            "bbox": parse_box,
            "datetime": parse_days,
            "limit": parse_limit,
            "after": parse_id,
            "before": parse_id,
        }
        found: dict[str, Any] = {}
        wrong: Reasons = {}
        for name, parse in read.items():
            try:
                found[name] = parse(query[name]) if name in query else None
            except ValueError as problem:
                wrong[name] = [str(problem)]
        if found.get("after") and found.get("before"):
            wrong["before"] = [_("after 和 before 只能给一个。")]
        if wrong:
            raise Invalid(wrong)
        return cls(found["bbox"] or [], found["datetime"], found["limit"] or USUAL, found["after"], found["before"])

    def matched(self, institutions: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
        """All that answer, on whichever page. What has no place of its own is in no box, what is not surveyed in no
        interval."""
        if self.boxes:
            institutions = institutions.located().filter(reduce(or_, (each.inside for each in self.boxes)))
        if self.surveyed is not None:
            first, last = self.surveyed
            institutions = institutions.alias(surveyed_then=surveyed_on_then(moment))
            institutions = institutions.filter(surveyed_then__isnull=False)
            institutions = institutions.filter(surveyed_then__gte=first) if first else institutions
            institutions = institutions.filter(surveyed_then__lte=last) if last else institutions
        return institutions


def parse_box(text: str) -> list[Box]:
    """ "120.8,28.0,121.1,28.3", or with heights "120.8,28.0,0,121.1,28.3,100", which nothing here has. A box may be a
    point or a line. One whose west is greater than its east goes across 180°: that is two, one on each side. Raises
    ValueError with a sentence."""
    try:
        if not text.isascii():
            raise ValueError
        sides = [degrees(part) for part in text.split(",")]
        west, south, east, north = sides if len(sides) != 6 else (*sides[:2], *sides[3:5])
    except ValueError as problem:
        said = _("“%(given)s”不是范围，例：120.8,28.0,121.1,28.3（西，南，东，北）。")
        raise ValueError(said % {"given": text[:80]}) from problem
    if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
        said = _("范围应为西，南，东，北，南不大于北，且在地球上（西大于东的跨过 180° 经线）：“%(given)s”。")
        raise ValueError(said % {"given": text[:80]})
    return [Box(first, south, last, north) for first, last in _sides(west, east)]


def _sides(west: float, east: float) -> list[tuple[float, float]]:
    return [(west, east)] if west <= east else [(west, 180), (-180, east)]


def parse_days(text: str) -> tuple[date | None, date | None]:
    """The days of an instant or of an interval, both included; None where it is open. A day is one in Asia/Shanghai,
    and so is that of a moment. Raises ValueError with a sentence."""
    parts = text.split("/")
    if len(parts) > 2 or all(part in OPEN for part in parts):
        raise ValueError(_not_days(text))
    first, last = (
        None if part in OPEN or part.startswith(NEVER) else _day(part, text) for part in (parts[0], parts[-1])
    )
    if first and last and last < first:
        raise ValueError(_("时间段“%(given)s”的止早于起。") % {"given": text[:80]})
    return first, last


def _day(part: str, whole: str) -> date:
    try:
        if (written := DAY.fullmatch(part)) and (day := parse_date(written[1])):
            return day
        moment = parse_datetime(part.upper()) if INSTANT.fullmatch(part) else None
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError(_not_days(whole))
    return _in_shanghai(moment)


def _in_shanghai(moment: datetime) -> date:
    try:
        return day_of(moment)
    except OverflowError:  # the last hours of the year 9999, or the first of the year 1
        return moment.date()


def _not_days(text: str) -> str:
    return _("“%(given)s”不是日期或时间段，例：2018-12-31，2018-01-01/2018-12-31，2018-01-01/..，../2018-12-31。") % {
        "given": text[:80]
    }


def parse_limit(text: str) -> int:
    """1 or more; more than MOST is MOST. Raises ValueError with a sentence."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise ValueError(
            _("每页条数“%(given)s”不可用，应为 1 至 %(most)s 的整数。") % {"given": text[:20], "most": MOST}
        )
    return min(int(text), MOST)


def parse_id(text: str) -> UUID:
    try:
        return UUID(text[:36])
    except ValueError as problem:
        raise ValueError(_("“%(given)s”不是机构编号，请用上一页给出的链接。") % {"given": text[:40]}) from problem
