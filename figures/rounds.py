"""Rounds as lists of the ledger show them: with their institutions, problems and visitors, as they stood on the day."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from figures.ledger import LedgerQuestion
from inspections.models import FindingType, Rectification, RectificationQuerySet, State
from institutions.past import Listed, as_listed


class LedgerRow(NamedTuple):
    """A round as LedgerQuestion.shown brings it, with its institution as it was called and where it lay on the day."""

    round: Rectification
    listed: Listed
    on: date

    def get_absolute_url(self) -> str:
        return self.round.get_absolute_url()

    @property
    def problems(self) -> list[FindingType]:
        return [each.type for each in self.round.held]  # type: ignore[attr-defined]

    @property
    def supplementary(self) -> bool:
        """The deadline is that of a supplementary notice."""
        return not hasattr(self.round, "shown_as_of") and self.round.next_due_on != self.round.due_on

    @property
    def submitted_on(self) -> date | None:
        on = self.round.submitted_on
        return on if on and on <= self.on else None

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


def with_what_is_listed(
    rounds: RectificationQuerySet, question: LedgerQuestion, *, visitors: bool = False
) -> RectificationQuerySet:
    """The rounds with all that rows and columns ask of them, in as many queries for many as for few."""
    held = question.findings().select_related("type")
    rounds = rounds.prefetch_related(Prefetch("findings", held, to_attr="held"))
    rounds = rounds.select_related("institution", "ordered_by", *(["opened_by_visit"] if visitors else []))
    return rounds.prefetch_related("visits__inspectors", "opened_by_visit__inspectors") if visitors else rounds


def rows_of(rounds: Iterable[Rectification], question: LedgerQuestion) -> list[LedgerRow]:
    shown = question.shown(rounds)
    listed = as_listed([each.institution for each in shown], question.moment)
    return [LedgerRow(each, where, question.moment.on) for each, where in zip(shown, listed, strict=True)]
