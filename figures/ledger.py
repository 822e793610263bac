"""The ledger's question: which rounds, of which division, at which moment; asked alike by its page and by the API.

/rectifications/?division=330382&state=overdue&as_of=2018-12-31&q=…
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import timedelta

from django.db.models import Case, CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Permission
from figures.held import in_round
from figures.questions import OneOf, Question, QuestionForm, Read, finding_type_on_file, parse_deadline
from figures.standing import deciding_round
from figures.statistics import FIGURES, members, population
from inspections.models import Finding, Oddity, Rectification, RectificationEvent, RectificationQuerySet, State, Visit
from inspections.models.rectifications import own_due_at
from inspections.models.visits import VisitQuerySet
from inspections.search import check_words, rounds_matching
from institutions.models import Institution
from institutions.moments import Moment

VIEWS = {
    "open": _("未销号"),
    "overdue": _("逾期"),
    "due": _("七天内到期"),
    "recheck": _("需复查"),
    "submitted": _("待核验"),
    "returned": _("已退回"),
    "verified": _("已销号"),
    "month": _("本月销号"),
    "voided": _("已作废"),
}
STATES = [*VIEWS, State.ORDERED.value]
ANY = "any"
ODD = {ANY: _("有疑点"), **dict(Oddity.Kind.choices)}
FEW_PEOPLE = 200  # of one name
FIGURES_OF_ROUNDS = [figure for figure in FIGURES if figure != "surveyed"]  # who has no problem has no round


class LedgerForm(QuestionForm):
    state = OneOf(STATES)
    figure = OneOf(FIGURES_OF_ROUNDS)
    finding_type = Read(finding_type_on_file)
    oddity = OneOf(ODD)
    inspector = Read(check_words)  # kept with an export, as what was searched for
    due_from = Read(parse_deadline)
    due_to = Read(parse_deadline)
    q = Read(check_words)

    def clean(self) -> dict[str, str]:
        first, last = (self.cleaned_data.get(name, "") for name in ("due_from", "due_to"))
        if first and last and parse_deadline(last) < parse_deadline(first):
            self.add_error("due_to", _("止期 %(last)s 早于起期 %(first)s。") % {"first": first, "last": last})
        return self.cleaned_data


@dataclass(frozen=True)
class LedgerQuestion(Question):
    """A checked question about rounds. Without `state` and `figure` all of them, the voided too.

    `as_of` and `known_at` ask how the ledger stood: without them as it stands. `figure` asks for the rounds behind a
    figure: of each of its institutions the one that decides where it stands, so that there are as many rounds as the
    figure counts. `oddity` is a kind of 疑点, or ANY, at one of the round's visits. `inspector` is the name, or a part
    of it, of who ordered or who visited in the round; the deadline that runs lies between `due_from` and `due_to`, both
    included.
    """

    form = LedgerForm

    state: str = ""
    figure: str = ""
    finding_type: str = ""
    oddity: str = ""
    inspector: str = ""
    due_from: str = ""
    due_to: str = ""
    q: str = ""

    @property
    def is_of_the_past(self) -> bool:
        return bool(self.as_of or self.known_at)

    def rounds(self, user: User) -> RectificationQuerySet:
        """The visible rounds that answer the question; not ordered. Of the past those of institutions that were in
        the division on the day, each with its `due_at_moment`, `own_due_then`, `state_then` and `submitted_then`."""
        rounds = Rectification.objects.visible_to(user)
        if self.is_of_the_past or self.figure:
            here = population(self.divisions(user), self.moment, Institution.objects.visible_to(user))
            if self.figure:
                here = members(self.figure, here, self.moment).order_by()
                rounds = rounds.filter(pk__in=here.annotate(decides=deciding_round(self.moment)).values("decides"))
            else:
                rounds = rounds.filter(institution__in=here.values("pk"))
        else:
            rounds = rounds.in_divisions(self.divisions(user))
        if self.is_of_the_past:
            rounds = _as_it_stood(rounds, self.state, self.moment)
        elif self.state:
            rounds = _as_it_stands(rounds, self.state, self.moment)
        if self.finding_type:
            rounds = rounds.filter(Exists(self._held().filter(type=self.finding_type)))
        if self.oddity:
            odd = self.oddities() if self.oddity == ANY else self.oddities().filter(kind=self.oddity)
            checked = odd.filter(visit__rectification__isnull=False).values("visit__rectification")
            rounds = rounds.filter(Q(pk__in=checked) | Q(opened_by_visit__in=odd.values("visit")))
        if self.inspector:
            rounds = _by(rounds, self.inspector, self.visits())
        if self.due_from:
            rounds = rounds.filter(**{f"{self.deadline}__gte": parse_deadline(self.due_from)})
        if self.due_to:
            rounds = rounds.filter(**{f"{self.deadline}__lte": parse_deadline(self.due_to)})
        if self.q:
            people_in = user.prefixes(Permission.SEE_PERSONAL_DATA)
            moment = self.moment if self.is_of_the_past else None
            merged_in = user.prefixes(Permission.SEE)
            rounds = rounds_matching(rounds, self.q, people_in=people_in, merged_in=merged_in, moment=moment)
        return rounds

    def visits(self) -> VisitQuerySet:
        """Visits that were made and stand; of the past those that did then."""
        return Visit.objects.known_at(self.moment) if self.is_of_the_past else Visit.objects.standing()

    def _held(self) -> QuerySet[Finding]:
        """What a round holds, as a subquery of it; of the past what it held then."""
        if not self.is_of_the_past:
            return self.findings().filter(rectification=OuterRef("pk"))
        return self.findings().filter(in_round(self.moment), visit__institution=OuterRef("institution"))

    def findings(self) -> QuerySet[Finding]:
        """What was found; of the past what was found and known by then."""
        found = Finding.objects.order_by("visit_id", "type_id")
        if not self.is_of_the_past:
            return found
        on, known_at = self.moment.on, self.moment.known_at
        stood = Q(visit__withdrawn_at__isnull=True) | Q(visit__withdrawn_at__gt=known_at)
        return found.filter(stood, visit__happened_on__lte=on, visit__recorded_at__lte=known_at)

    def oddities(self) -> QuerySet[Oddity]:
        """What is odd about visits; of the past about those that had happened and were known by then."""
        return oddities_at(self.moment) if self.is_of_the_past else Oddity.objects.order_by()

    @property
    def deadline(self) -> str:
        """The column that has the deadline in force."""
        return "due_at_moment" if self.is_of_the_past else "next_due_on"

    def shown(self, rounds: Iterable[Rectification]) -> list[Rectification]:
        """Rounds of `rounds()` for a page to show: of the past each with the state, the deadlines and the submission of
        then."""
        listed = list(rounds)
        if self.is_of_the_past:
            for each in listed:
                each.state, each.submitted_on = each.state_then, each.submitted_then  # type: ignore[attr-defined]
                each.next_due_on, each.due_on = each.due_at_moment, each.own_due_then  # type: ignore[attr-defined]
                each.shown_as_of = self.moment.on  # type: ignore[attr-defined]
        return listed

    def but(self, **changes: str) -> "LedgerQuestion":
        """The same question with some of it changed."""
        return replace(self, **changes)


LEDGER = tuple(item.name for item in fields(LedgerQuestion))


def _by(rounds: RectificationQuerySet, name: str, visits: VisitQuerySet) -> RectificationQuerySet:
    """Rounds that somebody of this name ordered, or visited in, of these visits. Led by the people where they are
    few."""
    named = User.objects.filter(Q(username=name) | Q(name__icontains=name)).order_by("pk").values_list("pk", flat=True)
    few = list(named[: FEW_PEOPLE + 1])
    people = few if len(few) <= FEW_PEOPLE else named.order_by()
    visits = visits.filter(inspectors__in=people).order_by()
    visited = Q(pk__in=visits.filter(rectification__isnull=False).values("rectification"))
    return rounds.filter(Q(ordered_by__in=people) | visited | Q(opened_by_visit__in=visits.values("pk")))


def _as_it_stands(rounds: RectificationQuerySet, state: str, now: Moment) -> RectificationQuerySet:
    """The rounds of a view of the ledger, or in a state, at present."""
    day = now.on
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
    return rounds.in_state(state)


def _as_it_stood(rounds: RectificationQuerySet, state: str, moment: Moment) -> RectificationQuerySet:
    """The same at a moment, from what had happened by the day and was known."""
    day = moment.on
    rounds = rounds.with_due_at(moment).annotate(
        own_due_then=own_due_at(moment), state_then=state_at(moment), submitted_then=submitted_on_at(moment)
    )
    if state == State.VOIDED:  # of its notices nothing runs any more
        voided = rounds.filter(ordered_on__lte=day, voided_at__lte=moment.known_at)
        return voided.annotate(due_at_moment=own_due_at(moment))
    rounds = rounds.counted_at(moment)
    if state == "open":
        return rounds.open_at(moment)
    if state == "overdue":
        return rounds.open_at(moment).filter(due_at_moment__lt=day)
    if state == "due":
        return rounds.open_at(moment).filter(due_at_moment__range=(day, day + timedelta(days=7)))
    if state == "recheck":
        seen = Visit.objects.known_at(moment).exclude(result=Visit.Result.NO_ACCESS)
        since = seen.filter(rectification=OuterRef("pk"), happened_on__gt=OuterRef("due_at_moment"))
        waiting = rounds.filter(state_then__in=[State.ORDERED, State.RETURNED], due_at_moment__lt=day)
        return waiting.filter(~Exists(since))
    if state == "month":
        return rounds.verified_at(moment).filter(verified_on__gte=day.replace(day=1))
    return rounds.filter(state_then=state) if state else rounds


def oddities_at(moment: Moment) -> QuerySet[Oddity]:
    """What is odd about visits that had happened and were known by then, and beside another one that was, too."""
    known = Q(visit__happened_on__lte=moment.on, visit__recorded_at__lte=moment.known_at)
    beside = Q(other__isnull=True) | Q(other__happened_on__lte=moment.on, other__recorded_at__lte=moment.known_at)
    return Oddity.objects.filter(known, beside).order_by()


def _events_at(moment: Moment) -> QuerySet[RectificationEvent]:
    """Of a round, as a subquery of it: the events that had happened and were known by then, the last first."""
    events = RectificationEvent.objects.filter(rectification=OuterRef("pk"), happened_on__lte=moment.on)
    return events.filter(recorded_at__lte=moment.known_at).order_by("-sequence")


def submitted_on_at(moment: Moment) -> Case:
    """The day of a round's last submission by then. One that was never submitted asks no event."""
    last = _events_at(moment).filter(kind=RectificationEvent.Kind.SUBMITTED).values("happened_on")[:1]
    return Case(When(submitted_on__isnull=False, then=Subquery(last)), output_field=DateField())


def verified_on_at(moment: Moment) -> Case:
    """The day on which a round was struck off, where it was by then."""
    return Case(When(_struck_off(moment), then=F("verified_on")), output_field=DateField())


def _struck_off(moment: Moment) -> Q:
    return Q(verified_on__lte=moment.on, verified_recorded_at__lte=moment.known_at)


def state_at(moment: Moment) -> Case:
    """Where a round stood: voided and struck off by its own columns, as figures count it, else by its last event."""
    last = _events_at(moment).values("to_state")[:1]
    return Case(
        When(voided_at__lte=moment.known_at, then=Value(State.VOIDED)),
        When(_struck_off(moment), then=Value(State.VERIFIED)),
        default=Coalesce(Subquery(last), Value(State.ORDERED)),
        output_field=CharField(),
    )
