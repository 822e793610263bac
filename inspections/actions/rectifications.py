"""The moves of a rectification. One door for state, `Rectification.move_to`: these check, call it, write the audit.

Orders, and the notices that follow them, are in notices.py.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from inspections.actions.evidence import check_evidence, check_outcome
from inspections.actions.notices import settle_supplements, withdrawal_of
from inspections.actions.rounds import (
    CLOCK_TOLERANCE,
    LONGEST_TERM,
    check_day,
    check_move,
    check_reason,
    locked,
    locked_while_open,
    write_audit,
)
from inspections.errors import FourEyes
from inspections.history import History, Served, history_of
from inspections.models import Notice, Outcome, Rectification, RectificationEvent, State, Visit
from institutions.models import Institution
from institutions.moments import day_of

__all__ = ["CLOCK_TOLERANCE", "LONGEST_TERM"]
Kind = RectificationEvent.Kind


@recorded
def submit_rectification(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    outcome: str,
    put_right: Collection[int] = (),
    registered_scope: str = "",
    note: str = "",
    visit: Visit | None = None,
    at: datetime = NOW,
) -> Rectification:
    """Hand in a round for verification with the outcome it should finish as.

    Effects: state submitted, its event with all that was handed in, the findings in `put_right` (ids) marked as put
    right on `on` with the last recheck of the round as evidence, supplementary notices that are fulfilled by it, an
    audit row. Raises StaleVersion, IllegalMove, IllegalOutcome, Invalid.
    """
    rectification = locked(rectification, version)
    check_move(rectification, State.SUBMITTED)
    check_day(on, at, not_before=rectification.ordered_on, before_text=_("提交日期早于责令日期"))
    check_day(on, at, not_before=last_asked_on(rectification), before_text=_("提交日期早于补充通知"))
    check_outcome(rectification, outcome, registered_scope)
    check_texts({"registered_scope": registered_scope, "note": note})
    wanted = set(put_right)
    findings = rectification.findings.filter(pk__in=wanted)
    if len(findings) != len(wanted):
        raise Invalid({"put_right": [_("所列问题不都属于本轮整改。")]})

    before = audit.snapshot(rectification)
    seen = visit or (
        rectification.visits.standing()
        .filter(happened_on__lte=on, happened_on__gte=rectification.ordered_on)
        .exclude(result=Visit.Result.NO_ACCESS)
        .order_by("-happened_at")
        .first()
    )
    rectification.move_to(
        State.SUBMITTED,
        kind=Kind.SUBMITTED,
        by=by,
        on=on,
        at=at,
        note=note,
        outcome=outcome,
        visit=seen,
        handed_in={
            "outcome": outcome,
            "put_right": sorted(wanted),
            "registered_scope": registered_scope,
            "note": note,
        },
        columns={
            "submitted_on": on,
            "submitted_by": by,
            "submitted_outcome": outcome,
            "registered_scope": registered_scope,
        },
    )
    findings.update(put_right_on=on, put_right_visit=seen)
    settle_supplements(rectification, by=by, on=on, at=at)
    write_audit("rectification.submitted", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


def last_asked_on(rectification: Rectification) -> date:
    """The day of its order or of the last supplementary notice that stands: before it a round is neither handed in nor
    struck off."""
    supplements = history_of(rectification).supplements if rectification.supplements else []
    return max([rectification.ordered_on, *(each.notice.served_on for each in supplements)])


@recorded
def return_rectification(
    rectification: Rectification, *, by: User, on: date, version: int, reason: str, at: datetime = NOW
) -> Rectification:
    """Send a submission back with a reason.

    Effects: state returned, its event, put-right marks off and with them the fulfilment of supplements, an audit row.
    """
    rectification = locked(rectification, version)
    check_move(rectification, State.RETURNED)
    check_day(on, at, not_before=rectification.submitted_on, before_text=_("退回日期早于提交日期"))
    check_reason(reason, _("请写明退回原因。"))
    before = audit.snapshot(rectification)
    rectification.move_to(State.RETURNED, kind=Kind.RETURNED, by=by, on=on, at=at, note=reason, columns={})
    rectification.findings.update(put_right_on=None, put_right_visit=None)
    settle_supplements(rectification, by=by, on=on, at=at)
    write_audit("rectification.returned", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


@recorded
def extend_rectification(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    due_on: date,
    reason: str,
    notice: UUID | None = None,
    at: datetime = NOW,
) -> Rectification:
    """Give an open round a later due date, or one of its supplementary notices (`notice`, an id) a later deadline.

    Effects: the new date, an event with its reason, an audit row. Raises StaleVersion, IllegalMove, Invalid.
    """
    rectification = locked_while_open(rectification, version)
    check_day(on, at, not_before=rectification.ordered_on, before_text=_("延期日期早于责令日期"))
    check_reason(reason, _("请写明延期原因。"))
    history = history_of(rectification) if notice or rectification.supplements else History({})
    supplement = _supplement_named(history, notice)
    old = supplement.due_on if supplement and supplement.due_on else rectification.due_on
    if due_on <= old:
        raise Invalid({"due_on": [_("新期限 %(new)s 应晚于原期限 %(old)s。") % {"new": due_on, "old": old}]})
    if due_on < on:
        raise Invalid({"due_on": [_("新期限 %(new)s 早于延期日期 %(on)s。") % {"new": due_on, "on": on}]})
    if due_on > on + LONGEST_TERM:
        raise Invalid({"due_on": [_("新期限 %(new)s 离延期日期超过三年。") % {"new": due_on}]})
    before = audit.snapshot(rectification)
    if supplement is not None:
        supplement.due_on = due_on
    own = rectification.due_on if supplement is not None else due_on
    rectification.note_event(
        Kind.EXTENDED,
        by=by,
        on=on,
        at=at,
        note=reason,
        due_on=due_on,
        notice=supplement.notice if supplement is not None else None,
        columns={"due_on": own, "next_due_on": history.next_due_on(own)},
    )
    write_audit("rectification.extended", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


def _supplement_named(history: History, notice: UUID | None) -> Served | None:
    """The supplement that is extended; None for the round itself, whose deadline is that of its order."""
    if notice is None:
        return None
    served = history.served.get(notice)
    if served is None or not served.in_force:
        raise Invalid({"notice": [_("所选通知不在本轮整改中，或已被更正、撤回。")]})
    demand = history.demand_of(served)
    return demand if demand.notice.kind == Notice.Kind.SUPPLEMENT else None


@recorded
def verify_rectification(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    outcome: str = "",
    note: str = "",
    at: datetime = NOW,
) -> Rectification:
    """Strike a submitted round off the ledger: 销号. `outcome` defaults to the one submitted.

    Effects: state verified for good, its event, a closed institution gets its cease date, an audit row. Raises
    StaleVersion, IllegalMove, FourEyes (by submitted or gave evidence), IllegalOutcome, EvidenceMissing, Invalid.
    """
    rectification = locked(rectification, version)
    check_move(rectification, State.VERIFIED)
    outcome = outcome or rectification.submitted_outcome
    if by.pk in rectification.hands(outcome):
        raise FourEyes(_("经手人不能核验：您提交过、检查过或登记过本轮整改的材料，须由另一人核验。"))
    check_day(on, at, not_before=rectification.submitted_on, before_text=_("核验日期早于提交日期"))
    check_day(on, at, not_before=last_asked_on(rectification), before_text=_("核验日期早于补充通知"))
    check_outcome(rectification, outcome, rectification.registered_scope)
    check_evidence(rectification, outcome, on)
    check_texts({"note": note})

    before = audit.snapshot(rectification)
    rectification.move_to(
        State.VERIFIED,
        kind=Kind.VERIFIED,
        by=by,
        on=on,
        at=at,
        note=note,
        outcome=outcome,
        columns={"outcome": outcome, "verified_on": on, "verified_recorded_at": at, "verified_by": by},
    )
    institution = rectification.institution
    if outcome == Outcome.CLOSED:
        institution_before = audit.snapshot(institution)
        institution.ceased_on = on
        institution.save(update_fields=["ceased_on"])
        write_audit("institution.ceased", institution, institution, by=by, at=at, before=institution_before)
    write_audit("rectification.verified", rectification, institution, by=by, at=at, before=before)
    return rectification


@recorded
def void_rectification(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    reason: str,
    unfinished: bool = False,
    at: datetime = NOW,
) -> Rectification:
    """Take back a round that was opened in error; two persons: not the one who ordered it, unless that was an import
    which is `unfinished`.

    Effects: a notice that withdraws those of the round, state voided for good, its event, an institution that was
    closed before the order is closed again, an audit row. Raises StaleVersion, IllegalMove, FourEyes, Invalid.
    """
    rectification = locked(rectification, version)
    check_move(rectification, State.VOIDED)
    if by.pk == rectification.ordered_by_id and not unfinished:
        raise FourEyes(_("作废须经两人：责令整改的人不能自己作废，须由另一人办理。"))
    last = rectification.events.aggregate(on=Max("happened_on"))["on"]
    check_day(on, at, not_before=last, before_text=_("作废日期早于本轮最近一次办理"))
    check_reason(reason, _("请写明作废原因。"))
    before = audit.snapshot(rectification)
    withdrawal = withdrawal_of(history_of(rectification).in_force, rectification, on=on, reason=reason, by=by, at=at)
    rectification.move_to(
        State.VOIDED,
        kind=Kind.VOIDED,
        by=by,
        on=on,
        at=at,
        note=reason,
        notice=withdrawal,
        served=withdrawal,
        columns={
            "voided_at": at,
            "voided_by": by,
            "void_reason": reason,
            "next_due_on": rectification.due_on,  # nothing of it runs any more
        },
    )
    _close_again(rectification.institution, by, at)
    write_audit("rectification.voided", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


def mark_put_right(
    rectification: Rectification, finding_ids: Collection[int], *, visit: Visit, by: User, at: datetime
) -> list[int]:
    """Log a visit as evidence of its open round, with the findings of the round that it saw put right.

    Effects: the event with what was marked, the marks on the day of the visit, supplementary notices that are fulfilled
    by it. Inside the caller's transaction, the round locked. The ids that were marked: not those of other rounds, nor
    what was found later than the visit.
    """
    held = rectification.findings.filter(pk__in=finding_ids, visit__happened_at__lte=visit.happened_at)
    marked = sorted(held.exclude(visit=visit).values_list("pk", flat=True))
    before = audit.snapshot(rectification)
    rectification.note_event(
        Kind.EVIDENCE,
        by=by,
        on=visit.happened_on,
        at=at,
        visit=visit,
        note=visit.note[:300],
        handed_in={"put_right": marked} if marked else None,
    )
    if marked:
        rectification.findings.filter(pk__in=marked).update(put_right_on=visit.happened_on, put_right_visit=visit)
        settle_supplements(rectification, by=by, on=visit.happened_on, at=at)
    write_audit("rectification.evidence", rectification, rectification.institution, by=by, at=at, before=before)
    return marked


def withdraw_evidence(rectification: Rectification, *, visit: Visit, by: User, reason: str, at: datetime) -> None:
    """A visit that was evidence of its open round was withdrawn: what rested on it alone is no longer put right.

    Effects: the event, marks made by the visit off (the mark before it holds again, where one stands), supplementary
    notices that are not fulfilled without it: from the day of the visit on, for it shows nothing any more. Inside the
    caller's transaction, the round locked.
    """
    before = audit.snapshot(rectification)
    rectification.note_event(Kind.VISIT_WITHDRAWN, by=by, on=day_of(at), at=at, visit=visit, note=reason[:300])
    marked = rectification.findings.filter(put_right_visit=visit)
    held = history_of(rectification).held if marked else {}
    for finding in marked:
        mark = held.get(finding.pk)
        finding.put_right_on, finding.put_right_visit_id = (mark.on, mark.visit) if mark else (None, None)
        finding.save(update_fields=["put_right_on", "put_right_visit"])
    settle_supplements(rectification, by=by, on=visit.happened_on, at=at)
    write_audit(
        "rectification.evidence_withdrawn", rectification, rectification.institution, by=by, at=at, before=before
    )


def _close_again(institution: Institution, by: User, at: datetime) -> None:
    """The order that was taken back had set it operating: what was struck off as closed last is closed still."""
    last = institution.rectifications.filter(state=State.VERIFIED).order_by("-verified_on", "-round_no").first()
    if institution.ceased_on is None and last is not None and last.outcome == Outcome.CLOSED:
        before = audit.snapshot(institution)
        institution.ceased_on = last.verified_on
        institution.save(update_fields=["ceased_on"])
        write_audit("institution.ceased", institution, institution, by=by, at=at, before=before)
