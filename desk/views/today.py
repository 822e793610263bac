from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.scope import within_prefixes
from accounts.snapshot import one_snapshot
from figures.drilldown import not_ordered_yet
from figures.places import COUNTY_DIGITS, first_to_see
from figures.questions import Question
from figures.statistics import completion
from inspections.models import (
    QuarantinedVisit,
    Rectification,
    RectificationEvent,
    RectificationQuerySet,
    State,
    hand_of,
)
from institutions.models import Institution
from institutions.moments import Moment
from institutions.moments import today as this_day
from reports.models import Report

SHOWN = 10  # of each list; the ledger has the rest


@dataclass(frozen=True)
class Waiting:
    """One list of rounds that wait for somebody: its first rows, how many there are, and its view of the ledger."""

    state: str
    title: str
    rounds: list[Rectification]
    count: int
    nothing: str
    rechecks: int = 0  # of the rounds counted, how many wait for a recheck


@asks()
def today(request: SignedInRequest) -> HttpResponse:
    """今日: what waits for me, what changed since yesterday, the headline figures of my divisions; of one moment."""
    user, day = request.user, this_day()
    if not user.home_prefix:
        return render(request, "desk/no_division.html")
    question = Question(division=first_to_see(user))
    divisions = question.divisions(user)
    with one_snapshot():
        here = completion(divisions, Moment.that_stands())  # as the lists beside it
        waiting = QuarantinedVisit.objects.visible_to(user).waiting()
        quarantined = list(waiting.select_related("institution")[:SHOWN])
        return render(
            request,
            "desk/today.html",
            {
                "day": day,
                "here": here,
                "question": question,
                "not_ordered": not_ordered_yet(divisions) if _is_of_a_county(divisions) else 0,
                "register_is_empty": not (here.total.surveyed or Institution.objects.visible_to(user).exists()),
                "first_steps_wait": not here.total.rectified
                and not Rectification.objects.filter(state=State.VERIFIED).exists(),
                "waiting": _waiting(user, day),
                "changes": _changes(user, day - timedelta(days=1)),
                "reports": _reports(user),
                "quarantined": quarantined,
                "quarantined_count": len(quarantined) if len(quarantined) < SHOWN else waiting.count(),
                "may_visit": has_permission(user, Permission.RECORD_VISIT),
            },
        )


def _reports(user: User) -> list[Report]:
    """Reports that wait for somebody, the latest first: see `waiting_for`."""
    waiting = Report.objects.visible_to(user).waiting_for(user)
    return list(waiting.select_related("division").newest_first()[:SHOWN])


def _is_of_a_county(divisions: list[str]) -> bool:
    """Whether what is looked at is a county's or less: whose work it is to order."""
    return all(len(code) >= COUNTY_DIGITS for code in divisions)


def _waiting(user: User, day: date) -> list[Waiting]:
    """What waits, the most pressing first; what waits to be verified stands first for those who verify."""
    rounds = Rectification.objects.visible_to(user)
    due_first = ("next_due_on", "number")
    verifies = has_permission(user, Permission.VERIFY)
    to_verify = _to_verify(rounds, user if verifies else None)
    lists = [
        _overdue(rounds, day),
        _listed(rounds.due_soon(day).order_by(*due_first), "due", _("七天内到期"), _("七天内没有到期的整改。")),
    ]
    returned = _returned(rounds, user) if has_permission(user, Permission.RECORD_VISIT) else []
    return [to_verify, *returned, *lists] if verifies else [*returned, *lists, to_verify]


def _returned(rounds: RectificationQuerySet, user: User) -> list[Waiting]:
    """已退回: what was sent back to those who visit, each with why, as they may read it, and whether they may recheck
    it; no list while there is none."""
    why = RectificationEvent.objects.filter(rectification=OuterRef("pk"), kind=RectificationEvent.Kind.RETURNED)
    found = rounds.in_state(State.RETURNED).annotate(
        returned_because=Subquery(why.order_by("-sequence").values("note")[:1])
    )
    listed = _listed(found.order_by("next_due_on", "number"), "returned", _("已退回"), "")
    for each in listed.rounds:
        each.may_read = has_permission(user, Permission.SEE_PERSONAL_DATA, each.scope_code)  # type: ignore[attr-defined]
        each.may_recheck = has_permission(user, Permission.RECORD_VISIT, each.scope_code)  # type: ignore[attr-defined]
    return [listed] if listed.count else []


def _to_verify(rounds: RectificationQuerySet, verifier: User | None) -> Waiting:
    """待核验: what the verifier may verify before what takes another person, which is marked so."""
    found, order = rounds.to_verify(), ["submitted_on", "number"]
    if verifier is not None:
        elsewhere = ~within_prefixes("scope_code", verifier.prefixes(Permission.VERIFY))
        found, order = (
            found.annotate(
                elsewhere=ExpressionWrapper(elsewhere, BooleanField()),
                by_own_hand=ExpressionWrapper(hand_of(verifier), BooleanField()),
            ),
            ["elsewhere", "by_own_hand", *order],
        )
    return _listed(found.order_by(*order), "submitted", _("待核验"), _("没有待核验的提交。"))


def _overdue(rounds: RectificationQuerySet, day: date) -> Waiting:
    """逾期: those that wait for a recheck first and marked so, as what the inspector has to do about them."""
    recheck = rounds.needing_recheck(day)
    found = rounds.overdue(day).annotate(needs_recheck=Exists(recheck.filter(pk=OuterRef("pk"))))
    listed = _listed(
        found.order_by("-needs_recheck", "next_due_on", "number"), "overdue", _("逾期"), _("没有逾期的整改。")
    )
    return replace(listed, rechecks=recheck.count() if listed.count else 0)


def _listed(found: RectificationQuerySet, state: str, title: str, nothing: str) -> Waiting:
    rows = list(found.between(0, SHOWN).select_related("institution__division"))
    return Waiting(state, title, rows, len(rows) if len(rows) < SHOWN else found.count(), nothing)


def _changes(user: User, since: date) -> list[RectificationEvent]:
    """The last events of the ledger that became known since the beginning of the day."""
    events = RectificationEvent.objects.visible_to(user).known_since(since)
    return list(events.select_related("rectification__institution", "by")[:SHOWN])
