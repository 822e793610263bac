"""The receipt of a visit in words: what it did in its round, what the round is now, and where to go next."""

from dataclasses import dataclass

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections.actions import Receipt
from inspections.actions.evidence import missing_of
from inspections.models import Finding, Rectification, RectificationEvent, State, Visit
from institutions.moments import today

Kind = RectificationEvent.Kind
RECHECKED = [Kind.EVIDENCE, Kind.SUBMITTED]


@dataclass(frozen=True)
class Brought:
    """What a visit brought about in a round that was open before it; `put_right` are the problems it marked."""

    round: Rectification
    submitted: RectificationEvent | None
    put_right: list[str]
    missing: list[str]  # of a round that waits to be verified: why it cannot be as it stands

    @property
    def said(self) -> str:
        """What was done, and, as the round may have moved on since, what it is now."""
        state = {"state": self.round.get_state_display()}
        if self.submitted is None:
            return _("本次检查已记为这一轮的证据，没有提交整改；这一轮现为“%(state)s”。") % state
        said = state | {"outcome": self.submitted.get_outcome_display()}
        return _("本次检查已提交整改，拟以“%(outcome)s”办结；这一轮现为“%(state)s”。") % said


def brought_about(visit: Visit) -> Brought | None:
    """What the visit's events say; None for one that is evidence in no round."""
    events = list(visit.rectification_events.filter(kind__in=RECHECKED).order_by("pk"))
    if visit.rectification is None or not events:
        return None
    marked = {pk for event in events for pk in event.handed_in.get("put_right", [])}
    findings = Finding.objects.filter(pk__in=marked).select_related("type").order_by("type") if marked else []
    submitted = next((event for event in events if event.kind == Kind.SUBMITTED), None)
    return Brought(visit.rectification, submitted, [str(each.type) for each in findings], _missing(visit.rectification))


def _missing(round_: Rectification) -> list[str]:
    return missing_of(round_, round_.submitted_outcome, today()) if round_.state == State.SUBMITTED else []


def say_receipt(request: SignedInRequest, receipt: Receipt) -> None:
    """On the next page: that the visit is stored, that it handed a round in, and which institution comes next."""
    visit = Visit.objects.select_related("rectification").get(pk=receipt.id)
    brought = brought_about(visit)
    if brought is not None and brought.submitted is not None:
        said = {"number": brought.round.number, "state": brought.round.get_state_display()}
        messages.success(request, _("走访已入库，整改 %(number)s 已提交，现为“%(state)s”。") % said)
    else:
        messages.success(request, _("走访已入库。"))
    following = _next_in_line(request.user, visit) if brought is not None else None
    if following is not None:
        address = f"{reverse('visit_new')}?institution={following.institution_id}&purpose=recheck"
        told = '{} <a href="{}">{}</a> {}'
        due = _("期限 %(due)s") % {"due": following.next_due_on}
        messages.info(request, format_html(told, _("下一家待复查："), address, following.institution, due))


def _next_in_line(user: User, visit: Visit) -> Rectification | None:
    """The round due first that waits for a recheck where the user records visits, at another institution."""
    mine = within_prefixes("institution__scope_code", user.prefixes(Permission.RECORD_VISIT))
    waiting = Rectification.objects.visible_to(user).filter(mine, state__in=[State.ORDERED, State.RETURNED])
    others = waiting.exclude(institution=visit.institution_id).select_related("institution")
    return others.order_by("next_due_on", "number").first()
