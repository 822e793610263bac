"""The question put to the ledger: which rounds, of which division, on which day; and how a round stood on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.errors import Invalid, Reasons, enumerated
from accounts.models import User
from figures.drilldown import Drilldown
from figures.statistics import Standing
from inspections.models import Finding, FindingType, Rectification, RectificationQuerySet, State, Visit
from institutions.models import Institution
from institutions.moments import Moment
from institutions.past import Listed, as_listed

VIEWS = {
    "open": gettext_lazy("未销号"),
    "overdue": gettext_lazy("逾期"),
    "due": gettext_lazy("七天内到期"),
    "recheck": gettext_lazy("需复查"),
    "submitted": gettext_lazy("待核验"),
    "returned": gettext_lazy("已退回"),
    "verified": gettext_lazy("已销号"),
    "month": gettext_lazy("本月销号"),
    "voided": gettext_lazy("已作废"),
}
PAST_VIEWS = ("open", "overdue", "verified", "month")  # what a round's two clocks say of another day
CLOSING = ("verified", "month")
MOST_PEOPLE = 200  # of one name


@dataclass(frozen=True)
class LedgerQuestion:
    """A checked question. `place` has the division, the words, the finding type and the moment; empty strings ask for
    nothing. `inspector` is the name of who ordered or visited; the deadline lies between `due_from` and `due_to`."""

    place: Drilldown
    state: str = "open"
    inspector: str = ""
    due_from: str = ""
    due_to: str = ""

    PLACE = ("division", "q", "finding_type", "as_of", "known_at")

    @classmethod
    def from_query(cls, query: Mapping[str, str], user: User) -> "LedgerQuestion":
        """Read and check a query string. Raises what Drilldown.from_query does, and Invalid with what is wrong."""
        place = Drilldown.from_query({name: query[name] for name in cls.PLACE if name in query}, user)
        own = [item.name for item in fields(cls) if item.name != "place"]
        given = {name: query.get(name, "").strip()[:100] for name in own}
        asked = cls(place, **given | {"state": given["state"] or "open"})
        asked._check()
        return asked

    def _check(self) -> None:
        errors: Reasons = {}
        views = PAST_VIEWS if self.past else tuple(VIEWS)
        if self.state not in views:
            errors["state"] = [
                _("“%(given)s”不可用，可用：%(known)s。") % {"given": self.state, "known": enumerated(views)}
            ]
        for name in ("due_from", "due_to"):
            if getattr(self, name) and _day(getattr(self, name)) is None:
                errors[name] = [_("“%(given)s”不是日期，例：2018-12-31。") % {"given": getattr(self, name)}]
        if not errors and self.due_from and self.due_to and self.due_to < self.due_from:
            errors["due_to"] = [_("止期 %(last)s 早于起期 %(first)s。") % {"first": self.due_from, "last": self.due_to}]
        if errors:
            raise Invalid(errors)

    @cached_property
    def moment(self) -> Moment:
        return self.place.moment

    @property
    def past(self) -> bool:
        """Asked as of a day or as known at a moment: the rounds as they stood then."""
        return bool(self.place.as_of or self.place.known_at)

    def rounds(self, user: User) -> RectificationQuerySet:
        """The visible rounds that answer, of whatever state, each with its `deadline`: the earliest one running.

        As of a day those ordered by then and not voided, of the institutions that were there on it and are counted.
        """
        found = Rectification.objects.visible_to(user)
        if self.past:
            there = Institution.objects.visible_to(user).in_division(self.place.division, self.moment)
            there = there.registered_at(self.moment)
            found = found.counted_at(self.moment).with_due_at(self.moment).filter(institution__in=there.values("pk"))
            found = found.alias(deadline=F("due_at_moment"))
        else:
            found = found.in_division(self.place.division).alias(deadline=F("next_due_on"))
        if self.place.finding_type:
            held = _held(self.moment if self.past else None)
            found = found.filter(Exists(held.filter(rectification=OuterRef("pk"), type=self.place.finding_type)))
        if self.inspector:
            found = _by(found, self.inspector)
        if self.due_from:
            found = found.filter(deadline__gte=self.due_from)
        if self.due_to:
            found = found.filter(deadline__lte=self.due_to)
        return found

    def view(self, rounds: RectificationQuerySet, state: str) -> RectificationQuerySet:
        """Of `rounds` those of a view, in its order: by days left, or the last struck off first."""
        found = self._past_view(rounds, state) if self.past else self._present_view(rounds, state)
        return found.order_by(*self.order_of(state))

    @staticmethod
    def order_of(state: str) -> tuple[str, ...]:
        if state == "month":
            return ("-verified_on", "-number")
        return ("-verified_on", "-due_on", "-number") if state in ("verified", "voided") else ("deadline", "number")

    def _present_view(self, rounds: RectificationQuerySet, state: str) -> RectificationQuerySet:
        day = self.moment.on
        if state == "open":
            return rounds.open()
        if state == "overdue":
            return rounds.overdue(day)
        if state == "due":
            return rounds.due_soon(day)
        if state == "recheck":
            return rounds.needing_recheck(day)
        if state == "month":
            return rounds.filter(verified_on__range=(day.replace(day=1), day))
        return rounds.filter(state=state)

    def _past_view(self, rounds: RectificationQuerySet, state: str) -> RectificationQuerySet:
        if state == "open":
            return rounds.open_at(self.moment)
        if state == "overdue":
            return rounds.overdue_at(self.moment)
        verified = rounds.verified_at(self.moment)
        return verified.filter(verified_on__gte=self.moment.on.replace(day=1)) if state == "month" else verified

    def with_what_is_listed(self, rounds: RectificationQuerySet, *, visitors: bool = False) -> RectificationQuerySet:
        """The rounds with everything `rows_of` and the columns ask of them, in as many queries for many as for few."""
        held = _held(self.moment if self.past else None).select_related("type")
        rounds = rounds.select_related("institution", "ordered_by", *(["opened_by_visit"] if visitors else []))
        rounds = rounds.prefetch_related(Prefetch("findings", held, to_attr="held"))
        return rounds.prefetch_related("visits__inspectors", "opened_by_visit__inspectors") if visitors else rounds

    def rows_of(self, rounds: Iterable[Rectification]) -> list["LedgerRow"]:
        """Each round as it stood, its institution as it was called and where it lay."""
        several = list(rounds)
        listed = as_listed([each.institution for each in several], self.moment)
        return [LedgerRow(each, where, self.moment, self.past) for each, where in zip(several, listed, strict=True)]

    def query_string(self, **changes: str) -> str:
        """The question as a query string, with some of it changed."""
        own = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "place"}
        values = {name: getattr(self.place, name) for name in self.PLACE} | own | changes
        return urlencode({name: value for name, value in values.items() if value})


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _held(moment: Moment | None) -> Any:
    """Findings that rounds hold; with a moment those of visits known at it."""
    held = Finding.objects.order_by("visit_id", "type_id")
    return held if moment is None else held.filter(visit__in=Visit.objects.known_at(moment).order_by().values("pk"))


def _by(rounds: RectificationQuerySet, name: str) -> RectificationQuerySet:
    """Rounds that somebody of this name ordered, or visited in. Led by the people: they are few, rounds are many."""
    named = User.objects.filter(Q(username=name) | Q(name__icontains=name)).order_by("pk")
    people = list(named.values_list("pk", flat=True)[:MOST_PEOPLE])
    visits = Visit.objects.standing().filter(inspectors__in=people).order_by()
    visited = Q(pk__in=visits.filter(rectification__isnull=False).values("rectification"))
    return rounds.filter(Q(ordered_by__in=people) | visited | Q(opened_by_visit__in=visits.values("pk")))


class LedgerRow(NamedTuple):
    """A round as a list of the ledger shows it, on the day asked for or as it stands."""

    round: Rectification
    listed: Listed
    moment: Moment
    past: bool

    def get_absolute_url(self) -> str:
        return self.round.get_absolute_url()

    @property
    def due_on(self) -> date:
        due: date = self.round.due_at_moment if self.past else self.round.next_due_on  # type: ignore[attr-defined]
        return due

    @property
    def supplementary(self) -> bool:
        """The deadline is that of a supplementary notice."""
        return not self.past and self.round.next_due_on != self.round.due_on

    @property
    def problems(self) -> list[FindingType]:
        return [each.type for each in self.round.held]  # type: ignore[attr-defined]

    @property
    def _struck_off(self) -> bool:
        if not self.past:
            return self.round.state == State.VERIFIED
        on, at = self.round.verified_on, self.round.verified_recorded_at
        return on is not None and at is not None and on <= self.moment.on and at <= self.moment.known_at

    @property
    def verified_on(self) -> date | None:
        return self.round.verified_on if self._struck_off else None

    @property
    def outcome(self) -> str:
        return self.round.outcome if self._struck_off else ""

    @property
    def is_open(self) -> bool:
        return not self._struck_off and (self.past or self.round.is_open)

    @property
    def standing(self) -> str:
        """Where the round leaves its institution on the day."""
        if self._struck_off:
            return self.round.outcome
        return Standing.OVERDUE if self.due_on < self.moment.on else Standing.OPEN

    @property
    def left_in_words(self) -> str:
        """Days left, or over, of an open round; "" of any other."""
        if not self.is_open:
            return ""
        left = (self.due_on - self.moment.on).days
        if left < 0:
            return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", -left) % {"n": -left}
        return ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", left) % {"n": left} if left else _("今天到期")

    @property
    def state_in_words(self) -> str | Promise:
        if self.past:
            return Standing(self.standing).label
        label = State(self.round.state).label
        return f"{_('逾期')} · {label}" if self.is_open and self.due_on < self.moment.on else label
