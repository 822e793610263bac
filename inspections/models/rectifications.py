"""整改: the rectification ledger. One round is a row, one move an event, and one door leads from state to state."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least, Length
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.canonical import canonical, digest_of
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.errors import IllegalMove, StaleVersion
from inspections.models.events import RectificationEvent
from inspections.models.outcomes import LEGAL_OUTCOMES, Outcome
from inspections.models.supplements import SupplementDueAt
from inspections.models.visits import Visit
from inspections.moves import OPEN_STATES, TRANSITIONS, State
from institutions.models import SCOPE_DIGITS, Institution, Licence, LicenceStatus, Merge
from institutions.moments import Moment, start_of
from institutions.working_days import working_days_after

if TYPE_CHECKING:
    from inspections.models.notices import Notice

# Neither verified nor voided: OPEN_STATES, in words that SQLite finds in the condition of an index.
OPEN = Q(verified_on__isnull=True, voided_at__isnull=True)


def _open_at(moment: Moment) -> Q:
    """Not verified on or before the day, as known at the moment."""
    return Q(verified_on__isnull=True) | Q(verified_on__gt=moment.on) | Q(verified_recorded_at__gt=moment.known_at)


def own_due_at(moment: Moment) -> Case:
    """The deadline in force at the moment of a round's order, its supplementary notices apart. A round that was never
    extended asks no event."""
    extensions = RectificationEvent.objects.filter(
        rectification=OuterRef("pk"),
        notice__isnull=True,
        kind=RectificationEvent.Kind.EXTENDED,
        happened_on__lte=moment.on,
        recorded_at__lte=moment.known_at,
    ).order_by("-sequence")
    return Case(
        When(due_on=F("first_due_on"), then=F("first_due_on")),
        default=Coalesce(Subquery(extensions.values("due_on")[:1]), F("first_due_on")),
    )


class RectificationQuerySet(models.QuerySet["Rectification"]):
    def visible_to(self, user: User) -> "RectificationQuerySet":
        return self.filter(within_prefixes("scope_code", user.prefixes(Permission.SEE)))

    def in_division(self, code: str) -> "RectificationQuerySet":
        return self.in_divisions([code])

    def in_divisions(self, codes: Iterable[str]) -> "RectificationQuerySet":
        return self.filter(within_prefixes("scope_code", codes))

    def between(self, first: int, last: int) -> "RectificationQuerySet":
        """Those from one place in the order given to before another: found by their keys, before any row is read."""
        return self.filter(pk__in=self.values("pk")[first:last])

    def standing(self) -> "RectificationQuerySet":
        """Not voided, as things stand now."""
        return self.exclude(state=State.VOIDED)

    def in_state(self, state: str) -> "RectificationQuerySet":
        """In a state, as things stand now: what waits is looked for among what is open."""
        rounds = self.open() if state in OPEN_STATES else self
        return rounds.filter(state=state)

    def counted_at(self, moment: Moment) -> "RectificationQuerySet":
        """Ordered on or before the day, known at the moment, and not voided as known then."""
        return self.filter(
            Q(voided_at__isnull=True) | Q(voided_at__gt=moment.known_at),
            ordered_on__lte=moment.on,
            ordered_recorded_at__lte=moment.known_at,
        )

    def verified_at(self, moment: Moment) -> "RectificationQuerySet":
        return self.counted_at(moment).filter(verified_on__lte=moment.on, verified_recorded_at__lte=moment.known_at)

    def open_at(self, moment: Moment) -> "RectificationQuerySet":
        """Counted and not verified at the moment. Submitted is still open."""
        return self.counted_at(moment).filter(_open_at(moment))

    def with_due_at(self, moment: Moment) -> "RectificationQuerySet":
        """Annotates `due_at_moment`: the earliest deadline in force then of the round's unfulfilled notices.

        An extension made later does not change the past. A round without supplementary notices asks no notice.
        """
        never = Value(date.max)
        of_supplements = Case(When(supplements=0, then=never), default=Coalesce(SupplementDueAt(moment), never))
        return self.annotate(due_at_moment=Least(own_due_at(moment), of_supplements))

    def deciding_at(self, moment: Moment) -> "RectificationQuerySet":
        """Counted rounds with the `standing` each gives its institution, the one that decides first.

        An open round decides before a verified one: of the open the one due first, overdue if any is; of the
        verified the one verified last, whose outcome is the standing.
        """
        open_at = _open_at(moment)
        return (
            self.counted_at(moment)
            .with_due_at(moment)
            .annotate(
                standing=Case(
                    When(
                        open_at,
                        then=Case(When(due_at_moment__lt=moment.on, then=Value("overdue")), default=Value("open")),
                    ),
                    default=F("outcome"),
                )
            )
            .order_by(
                Case(When(open_at, then=F("due_at_moment")), default=Value(date.max)),
                "-verified_on",
                "-verified_recorded_at",
                "-round_no",
                "-pk",  # of an institution in which another is merged two rounds may have all of it alike
            )
        )

    def open(self) -> "RectificationQuerySet":
        """Open as things stand now."""
        return self.filter(OPEN)

    def overdue(self, on: date) -> "RectificationQuerySet":
        return self.open().filter(next_due_on__lt=on)

    def due_soon(self, on: date) -> "RectificationQuerySet":
        """Open and due on the day or in the seven days after it."""
        return self.open().filter(next_due_on__range=(on, on + timedelta(days=7)))

    def needing_recheck(self, on: date) -> "RectificationQuerySet":
        """Rechecks an overdue notice raises by itself: ordered or returned, past due, not seen since."""
        seen = Visit.objects.standing().exclude(result=Visit.Result.NO_ACCESS)
        since = seen.filter(rectification=OuterRef("pk"), happened_on__gt=OuterRef("next_due_on"))
        waiting = self.overdue(on).filter(state__in=[State.ORDERED, State.RETURNED])
        return waiting.filter(~Exists(since))

    def to_verify(self) -> "RectificationQuerySet":
        return self.in_state(State.SUBMITTED)

    def by_other_hands_than(self, user: User) -> "RectificationQuerySet":
        """Those whose submission the user may verify: without those in which they had a hand (Rectification.hands)."""
        return self.filter(~hand_of(user))


def hand_of(user: User) -> Q:
    """Whether the user is among `Rectification.hands()` of the outcome submitted, as a condition on a round."""
    handed = RectificationEvent.objects.filter(rectification=OuterRef("pk"), by=user).filter(
        Q(kind=RectificationEvent.Kind.SUBMITTED)
        | Q(kind=RectificationEvent.Kind.EVIDENCE, visit__withdrawn_at__isnull=True)
    )
    there = Visit.objects.standing().exclude(result=Visit.Result.NO_ACCESS)
    merged = Merge.objects.standing().filter(into=OuterRef(OuterRef("institution"))).order_by().values("merged")
    entered = Licence.objects.filter(
        Q(institution=OuterRef("institution")) | Q(institution__in=merged),
        recorded_by=user,
        recorded_at__date__gte=OuterRef("ordered_on"),
    )
    return (
        Q(Exists(handed))
        | Q(Exists(there.filter(rectification=OuterRef("pk"), inspectors=user)))
        | Q(Exists(entered), submitted_outcome=Outcome.LICENSED)
    )


class Rectification(models.Model):
    """整改: one round of putting right. The row is an interval with both clocks; its events are the truth behind it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="rectifications", db_index=False)
    scope_code = models.CharField(max_length=SCOPE_DIGITS, editable=False)  # where its institution lies at present
    number = models.CharField(_("通知书编号"), max_length=40, unique=True)
    round_no = models.PositiveSmallIntegerField(_("第几轮"))
    opened_by_visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="opened_rectifications"
    )
    measure = models.CharField(_("整改措施"), max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ORDERED)
    version = models.PositiveIntegerField(default=1)

    ordered_on = models.DateField(_("责令日期"))
    ordered_recorded_at = models.DateTimeField(_("责令登记时间"))
    ordered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("责令人"))
    first_due_on = models.DateField(_("原定期限"))
    due_on = models.DateField(_("整改期限"))
    # The earliest deadline now running of its unfulfilled notices; `supplements` counts the supplementary ones.
    next_due_on = models.DateField(_("最近期限"))
    supplements = models.PositiveSmallIntegerField(_("补充通知数"), default=0)

    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_outcome = models.CharField(_("拟办结果"), max_length=10, choices=Outcome, blank=True)
    registered_scope = models.CharField(_("登记范围"), max_length=200, blank=True)

    verified_on = models.DateField(_("销号日期"), null=True, blank=True)
    verified_recorded_at = models.DateTimeField(_("销号登记时间"), null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("整改结果"), max_length=10, choices=Outcome, blank=True)

    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(_("作废原因"), max_length=300, blank=True)

    objects = RectificationQuerySet.as_manager()
    untold: tuple[dict[str, Any], ...] = ()  # events appended here of which the audit trail has not been told

    class Meta:
        verbose_name = _("整改")
        verbose_name_plural = _("整改台账")
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="rectification_state_is_known"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("ordered_on"), first_due_on__gte=F("ordered_on")),
                name="rectification_is_due_after_it_was_ordered",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("first_due_on")), name="rectification_is_extended_never_shortened"
            ),
            models.CheckConstraint(
                condition=Q(submitted_on__isnull=True) | Q(submitted_on__gte=F("ordered_on")),
                name="rectification_is_submitted_after_it_was_ordered",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | Q(verified_on__gte=F("submitted_on")),
                name="rectification_is_verified_after_it_was_submitted",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.VERIFIED,
                    verified_on__isnull=False,
                    verified_recorded_at__isnull=False,
                    verified_by__isnull=False,
                    submitted_by__isnull=False,
                    submitted_on__isnull=False,
                    outcome__in=Outcome.values,
                )
                | (
                    ~Q(state=State.VERIFIED)
                    & Q(
                        verified_on__isnull=True,
                        verified_recorded_at__isnull=True,
                        verified_by__isnull=True,
                        outcome="",
                    )
                ),
                name="rectification_is_verified_whole_or_not_at_all",
            ),
            models.CheckConstraint(
                condition=Q(state=State.VOIDED, voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")
                | ~Q(state=State.VOIDED) & Q(voided_at__isnull=True, voided_by__isnull=True, void_reason=""),
                name="rectification_is_voided_with_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("submitted_by")),
                name="rectification_is_verified_by_another_than_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SUBMITTED)
                | Q(
                    submitted_on__isnull=False,
                    submitted_by__isnull=False,
                    submitted_outcome__in=Outcome.values,
                ),
                name="rectification_is_submitted_with_who_when_and_outcome",
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(Length("scope_code"), SCOPE_DIGITS),
                name="rectification_scope_code_has_12_characters",
            ),
            models.UniqueConstraint(
                fields=["institution"],
                condition=Q(state__in=OPEN_STATES),
                name="institution_has_one_open_rectification",
            ),
            models.UniqueConstraint(
                fields=["opened_by_visit"],
                condition=~Q(state=State.VOIDED),
                name="visit_opens_one_rectification_that_stands",
            ),
            models.UniqueConstraint(fields=["institution", "round_no"], name="rectification_round_is_counted_once"),
        ]
        indexes = [
            models.Index(
                fields=[
                    "institution",
                    "ordered_on",
                    "ordered_recorded_at",
                    "verified_on",
                    "verified_recorded_at",
                    "voided_at",
                    "due_on",
                    "first_due_on",
                    "outcome",
                    "round_no",
                    "supplements",
                    "id",  # with it the index alone answers any past K (docs/adr/0046)
                ],
                name="rectification_in_figures",
            ),
            # What waits is few: a county's is found among its own, a country's without what has ended.
            models.Index(
                fields=[
                    "scope_code",
                    "next_due_on",
                    "number",
                    "state",
                    "submitted_on",
                    "verified_on",
                    "voided_at",
                    "id",
                ],
                name="rectification_open",
                condition=OPEN,
            ),
            models.Index(fields=["verified_on", "scope_code"], name="rectification_struck_off"),
            models.Index(fields=["scope_code", "state"], name="rectification_in_scope"),
            models.Index(
                fields=["scope_code", "institution", "round_no", "state"],
                name="rectification_again",
                condition=Q(round_no__gt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("rectification", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def legal_moves(self) -> list[str]:
        """States this round may go to from where it is."""
        return sorted(TRANSITIONS[self.state])

    def refusal_of(self, state: str | None) -> IllegalMove:
        """Why this round cannot go to `state`, or take an event that leaves it where it is; with where it can go."""
        wanted = State(state) if state else None
        return IllegalMove(State(self.state), wanted, [State(name) for name in TRANSITIONS[self.state]])

    @property
    def judged_as(self) -> str:
        """The licence status that decides which outcomes are legal: at survey; without one, that of a survey withdrawn
        since which counted when the round was struck off, else when it was ordered, else what the licences on file say
        of the day of the order: of a round that was struck off those on file then, whatever is recorded or withdrawn
        later."""
        if surveyed_as := self.institution.licence_status_at_survey:
            return surveyed_as
        if self.institution.survey_withdrawn:
            counted = Q(surveyed_recorded_at__lte=self.ordered_recorded_at, withdrawn_at__gt=self.ordered_recorded_at)
            if (until := self.verified_recorded_at) is not None:  # what counted then was withdrawn later
                counted |= Q(surveyed_recorded_at__lte=until, withdrawn_at__gt=until)
            surveys = self.institution.withdrawn_surveys.filter(counted)
            if withdrawn := surveys.order_by("-withdrawn_at").first():
                return withdrawn.licence_status_at_survey
        return self.institution.licence_status_on(self.ordered_on, known_at=self.verified_recorded_at)

    @property
    def legal_outcomes(self) -> list[str]:
        """Outcomes the licence status allows."""
        legal = LEGAL_OUTCOMES[self.judged_as]
        return [outcome for outcome in Outcome.values if outcome in legal]

    @property
    def takes_registered_scope(self) -> bool:
        """Whether an outcome may rest on the scope it is registered for, which must then be stated."""
        return self.judged_as == LicenceStatus.REGISTRATION_ONLY

    def days_left(self, on: date) -> int:
        """Days to the earliest deadline of its unfulfilled notices; 0 on the day itself, negative when overdue."""
        return (self.next_due_on - on).days

    @property
    def recheck_by(self) -> date:
        """The last day of the term for a recheck: so many working days after its earliest deadline.

        Source: domain, "within 7 working days of the due date"; settings.RECHECK_WORKING_DAYS.
        """
        return working_days_after(self.next_due_on, settings.RECHECK_WORKING_DAYS)

    def hands(self, outcome: str = "") -> set[int]:
        """Ids of the users who submitted or gave evidence in this round: they cannot verify it.

        Evidence is given by logging it, by being at the visit that saw it, and, for `licensed`, by entering a licence
        since the order, also one of what is merged into the institution. A visit that was withdrawn is no evidence.
        `outcome` is the one to be verified; the one submitted when empty.
        """
        submitted = Q(kind=RectificationEvent.Kind.SUBMITTED)
        logged = Q(kind=RectificationEvent.Kind.EVIDENCE, visit__withdrawn_at__isnull=True)
        handed = self.events.filter(submitted | logged)
        there = self.visits.standing().exclude(result=Visit.Result.NO_ACCESS)
        asked: list[models.QuerySet[Any, tuple[int]]] = [handed.values_list("by_id"), there.values_list("inspectors")]
        if (outcome or self.submitted_outcome) == Outcome.LICENSED:
            entered = Licence.objects.filter(institution__in=self.institution.histories)
            entered = entered.filter(recorded_at__gte=start_of(self.ordered_on))
            asked.append(entered.values_list("recorded_by_id"))
        first, *others = (each.order_by() for each in asked)
        return {pk for (pk,) in first.union(*others)} - {None}

    def move_to(
        self,
        state: str,
        *,
        kind: str,
        by: User,
        on: date,
        at: datetime,
        columns: dict[str, Any],
        **event: Any,
    ) -> "RectificationEvent":
        """Check the move, set the state and the columns that go with it, append its event: the only place that does.

        Raises IllegalMove with the legal moves, StaleVersion when somebody else moved it meanwhile.
        """
        if state not in TRANSITIONS[self.state]:
            raise self.refusal_of(state)
        return self._move(state, kind, by=by, on=on, at=at, columns=columns, **event)

    def note_event(
        self,
        kind: str,
        *,
        by: User,
        on: date,
        at: datetime,
        columns: dict[str, Any] | None = None,
        **event: Any,
    ) -> "RectificationEvent":
        """Append an event that leaves the state of an open round as it is: evidence, an extension, a notice."""
        if not self.is_open:
            raise self.refusal_of(None)
        return self._move(self.state, kind, by=by, on=on, at=at, columns=columns or {}, **event)

    def _move(
        self,
        state: str,
        kind: str,
        *,
        by: User,
        on: date,
        at: datetime,
        columns: dict[str, Any],
        **event: Any,
    ) -> "RectificationEvent":
        before, seen = self.state, self.version
        changes = {"state": state, "version": seen + 1, **columns}
        if not Rectification.objects.filter(pk=self.pk, version=seen).update(**changes):
            raise StaleVersion(seen, Rectification.objects.values_list("version", flat=True).get(pk=self.pk))
        for name, value in changes.items():
            setattr(self, name, value)
        return self.append_event(kind, by=by, on=on, at=at, from_state=before, **event)

    def append_event(
        self,
        kind: str,
        *,
        by: User,
        on: date,
        at: datetime,
        handed_in: dict[str, Any] | None = None,
        served: "Notice | None" = None,
        **event: Any,
    ) -> "RectificationEvent":
        """Write the event that belongs to the row's present version; `handed_in` is kept whole, with its digest,
        `served` is the sheet that was served with it. The audit trail is told by the act that it is part of
        (`untold`)."""
        content = canonical(handed_in) if handed_in is not None else ""
        written = RectificationEvent.objects.create(
            rectification=self,
            scope_code=self.scope_code,
            sequence=self.version,
            kind=kind,
            to_state=self.state,
            by=by,
            happened_on=on,
            recorded_at=at,
            content=content,
            digest=digest_of(content) if content else "",
            **event,
        )
        sheet = {"sheet": {"id": str(served.pk), "digest": served.digest}} if served is not None else {}
        self.untold = (*self.untold, written.told() | sheet)
        return written
