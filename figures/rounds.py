"""Rounds as lists of the ledger show them: with their institutions, problems and visitors, as they stood on the day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from figures.held import held_by, measures_by
from figures.ledger import LedgerQuestion
from inspections.models import FindingType, Oddity, Rectification, RectificationQuerySet, State
from institutions.past import Listed, as_listed


class LedgerRow(NamedTuple):
    """A round as LedgerQuestion.shown brings it, with its institution as it was called and where it lay on the day."""

    round: Rectification
    listed: Listed
    on: date
    visitors: Sequence[str] = ()
    oddities: Sequence[str] = ()

    def get_absolute_url(self) -> str:
        return self.round.get_absolute_url()

    @property
    def problems(self) -> list[FindingType]:
        return [each.type for each in self.round.held]  # type: ignore[attr-defined]

    @property
    def supplementary(self) -> bool:
        """The deadline is that of a supplementary notice."""
        return self.round.next_due_on != self.round.due_on

    @property
    def verified_on(self) -> date | None:
        return self.round.verified_on if self.round.state == State.VERIFIED else None

    @property
    def outcome(self) -> str:
        return self.round.outcome if self.round.state == State.VERIFIED else ""

    @property
    def left_in_words(self) -> str:
        """Days left, or over, of an open round; "" of any other."""
        if not self.round.is_open:
            return ""
        left = self.round.days_left(self.on)
        if left < 0:
            return ngettext("逾期 %(n)s 天", "逾期 %(n)s 天", -left) % {"n": -left}
        return ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", left) % {"n": left} if left else _("今天到期")

    @property
    def state_in_words(self) -> str:
        label = str(State(self.round.state).label)
        overdue = self.round.is_open and self.round.next_due_on < self.on
        return f"{_('逾期')} · {label}" if overdue else label


def with_what_is_listed(rounds: RectificationQuerySet, question: LedgerQuestion) -> RectificationQuerySet:
    """The rounds with what `rows_of` and the columns ask of them, in as many queries for many as for few."""
    rounds = rounds.select_related("institution", "ordered_by")
    if question.is_of_the_past:  # what they held then is asked of those that are shown
        return rounds
    return rounds.prefetch_related(Prefetch("findings", question.findings().select_related("type"), to_attr="held"))


def rows_of(
    rounds: Iterable[Rectification],
    question: LedgerQuestion,
    *,
    with_visitors: bool = False,
    with_oddities: bool = False,
) -> list[LedgerRow]:
    """Each of some hundred rounds at most with its institution and, on demand, with who visited and what is odd."""
    shown = question.shown(rounds)
    if question.is_of_the_past:
        held = held_by(shown, question.findings().select_related("type"), question.moment)
        measures = measures_by(shown, question.moment)
        for each in shown:
            each.held = held[each.pk]  # type: ignore[attr-defined]
            each.measure = measures.get(each.pk, each.measure)
    listed = as_listed([each.institution for each in shown], question.moment)
    visitors = _visitors(shown, question) if with_visitors else {}
    odd = _oddities(shown, question) if with_oddities else {}
    return [
        LedgerRow(each, where, question.moment.on, visitors.get(each.pk, []), odd.get(each.pk, []))
        for each, where in zip(shown, listed, strict=True)
    ]


def _oddities(rounds: Sequence[Rectification], question: LedgerQuestion) -> dict[UUID, list[str]]:
    """What the kinds of 疑点 at the visits of each round are called, the most telling first."""
    opened = {each.opened_by_visit_id: each.pk for each in rounds}
    odd = question.oddities()
    found = [(opened[visit], kind) for visit, kind in odd.filter(visit__in=opened).values_list("visit", "kind")]
    checked = odd.filter(visit__rectification__in=[each.pk for each in rounds])
    found += checked.values_list("visit__rectification", "kind")
    kinds: dict[UUID, set[str]] = {}
    for pk, kind in found:
        kinds.setdefault(pk, set()).add(kind)
    return {pk: [str(kind.label) for kind in Oddity.Kind if kind in of] for pk, of in kinds.items()}


def _visitors(rounds: Sequence[Rectification], question: LedgerQuestion) -> dict[UUID, list[str]]:
    """The names of those who visited in each round, the visit that opened it first. Names alone: an export of a
    province has hundreds of thousands of them."""
    visits = question.visits().order_by("happened_at", "pk", "inspectors")
    opened = {each.opened_by_visit_id: each.pk for each in rounds}
    first, then = visits.filter(pk__in=opened), visits.filter(rectification__in=[each.pk for each in rounds])
    there = [(opened[visit], user) for visit, user in first.values_list("pk", "inspectors")]
    there += then.values_list("rectification", "inspectors")
    people = User.objects.filter(pk__in={user for _round, user in there}).only("name", "username")
    names = {each.pk: str(each) for each in people}
    found: dict[UUID, list[str]] = {}
    for pk, user in there:
        of_round = found.setdefault(pk, [])
        if user in names and names[user] not in of_round:
            of_round.append(names[user])
    return found
