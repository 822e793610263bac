"""The one URL grammar that opens the institutions behind a number, for pages, map, API and exports.

/institutions/?division=330382&as_of=2018-12-31&figure=rectified&licence_status=none&outcome=closed&finding_type=L01&q=…
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.errors import Invalid, Reasons, UnknownDivision, enumerated
from accounts.models import User
from accounts.roles import Permission
from accounts.watermark import settled
from figures.statistics import (
    CHILD_DIGITS,
    FIGURES,
    Standing,
    ceased_on,
    members,
    population,
    with_finding,
    with_standing,
)
from inspections.models import FindingType, Outcome, Visit
from institutions.models import Division, Institution, InstitutionQuerySet, LicenceStatus, licence_status_then
from institutions.moments import EARLIEST, Moment, today

UNVISITED_DAYS = ["30", "90", "180", "365"]
LATEST_YEAR = 2999  # far from the end of what a clock can say


@dataclass(frozen=True)
class Drilldown:
    """A checked question: which institutions, of which division, at which moment. Empty strings ask for nothing."""

    division: str = ""
    as_of: str = ""
    known_at: str = ""
    figure: str = ""
    standing: str = ""
    licence_status: str = ""
    licence_now: str = ""
    outcome: str = ""
    finding_type: str = ""
    located: str = ""
    unvisited: str = ""
    q: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], user: User) -> "Drilldown":
        """Read and check a query string; `division` defaults to the user's own.

        Raises UnknownDivision for a division that is absent or out of sight, Invalid with every wrong parameter.
        """
        given = {item.name: query.get(item.name, "").strip()[:100] for item in fields(cls)}
        given["division"] = given["division"] or user.home_prefix
        asked = cls(**given)
        asked._check(user)
        return asked

    def _check(self, user: User) -> None:
        visible = any(self.division.startswith(prefix) for prefix in user.prefixes())
        if not visible or not Division.objects.filter(pk__in=_known_as(self.division)).exists():
            raise UnknownDivision(_("没有代码为“%(code)s”的行政区划。") % {"code": self.division})
        errors: Reasons = {}
        for name, accepted in {
            "figure": list(FIGURES),
            "standing": Standing.values,
            "licence_status": LicenceStatus.values,
            "licence_now": LicenceStatus.values,
            "outcome": Outcome.values,
            "located": ["yes", "no"],
            "unvisited": [*UNVISITED_DAYS, "ever"],
        }.items():
            value = getattr(self, name)
            if value and value not in accepted:
                errors[name] = [
                    _("“%(given)s”不可用,可用:%(known)s。") % {"given": value, "known": enumerated(accepted)}
                ]
        if self.finding_type and not FindingType.objects.filter(pk=self.finding_type).exists():
            errors["finding_type"] = [_("问题目录中没有“%(given)s”。") % {"given": self.finding_type}]
        for name, parse in {"as_of": parse_day, "known_at": parse_moment}.items():
            try:
                parse(getattr(self, name)) if getattr(self, name) else None
            except ValueError as problem:
                errors[name] = [str(problem)]
        if errors:
            raise Invalid(errors)

    @cached_property
    def moment(self) -> Moment:
        """One for the whole answer. Raises Invalid for a `known_at` to come, Unsettled while one writes below it."""
        return Moment.of(
            parse_day(self.as_of) if self.as_of else None,
            settled(parse_moment(self.known_at)) if self.known_at else None,
        )

    @property
    def shown(self) -> Moment:
        """The moment of a page: it names no K, so that today is what stands."""
        return self.moment if self.known_at else self.moment.as_it_stands()

    @property
    def known_at_local(self) -> str:
        """`known_at` as a field for date and time takes it: the time in Asia/Shanghai, without offset."""
        if not self.known_at:
            return ""
        # Such a field knows milliseconds: rounded up, so that what was recorded at that very moment stays known.
        known = parse_moment(self.known_at) + timedelta(microseconds=999)
        local = timezone.localtime(known).replace(tzinfo=None)
        exact = "milliseconds" if local.microsecond >= 1000 else "seconds" if local.second else "minutes"
        return local.isoformat(timespec=exact)

    def institutions(self, user: User, moment: Moment | None = None) -> InstitutionQuerySet:
        """The visible institutions that answer the question, each with its `standing`; not yet ordered or paged."""
        moment = moment or self.moment
        found = population(self.division, moment, Institution.objects.visible_to(user))
        if self.q:
            found = found.matching(self.q, people_in=user.prefixes(Permission.SEE_PERSONAL_DATA), moment=moment)
        if self.located:
            found = found.located() if self.located == "yes" else found.unlocated()
        if self.unvisited:
            found = _unvisited(found, self.unvisited, moment)
        if self.licence_status:
            found = found.alias(status_then=licence_status_then(moment)).filter(status_then=self.licence_status)
        if self.licence_now:
            found = found.with_licence_now(moment).filter(licence_now=self.licence_now)
        if self.finding_type:
            found = with_finding(found, self.finding_type, moment)
        if self.figure:
            found = members(self.figure, found, moment)
        else:
            found = with_standing(found.registered_at(moment), moment)
        for standing in (self.standing, self.outcome):
            if standing:
                found = found.filter(standing=standing)
        return found

    def query_string(self, **changes: str) -> str:
        """The question as a query string, with some of it changed: the link to a neighbouring question."""
        values = {item.name: getattr(self, item.name) for item in fields(self)} | changes
        return urlencode({name: value for name, value in values.items() if value})


def _unvisited(found: InstitutionQuerySet, since: str, moment: Moment) -> InstitutionQuerySet:
    """Institutions that had not ceased, without a visit in the days up to the moment, or `ever`."""
    visits = Visit.objects.known_at(moment).filter(institution=OuterRef("pk"))
    if since != "ever":
        visits = visits.filter(happened_on__gt=moment.on - timedelta(days=int(since)))
    return found.alias(closed_on=ceased_on(moment)).filter(~Exists(visits), closed_on__isnull=True)


def _known_as(code: str) -> list[str]:
    """The codes one of which must be on file: the division's own or, for the code of the division above filled up with
    zeros, that one: it stands for what lies in that division but in none below it (see statistics._division_rows)."""
    digits = max((above for above in CHILD_DIGITS if CHILD_DIGITS[above] == len(code)), default=0)
    return [code, code[:digits]] if digits and set(code[digits:]) == {"0"} else [code]


def parse_day(text: str) -> date:
    """ "2018-12-31" -> day. Raises ValueError with a sentence for anything else, and for a day in the future."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("“%(given)s”不是日期,例:2018-12-31。") % {"given": text})
    if day > today():
        raise ValueError(_("日期 %(given)s 在今天之后。") % {"given": text})
    if day < EARLIEST:
        raise ValueError(_("日期 %(given)s 过早,最早为 %(earliest)s。") % {"given": text, "earliest": EARLIEST})
    return day


def parse_moment(text: str) -> datetime:
    """ISO 8601 -> aware moment; without an offset it is Asia/Shanghai. Raises ValueError with a sentence."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or not EARLIEST.year <= moment.year <= LATEST_YEAR:
        raise ValueError(_("“%(given)s”不是时刻,例:2019-01-03T17:00:00+08:00。") % {"given": text})
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=timezone.get_default_timezone())
    return moment.astimezone(UTC)
