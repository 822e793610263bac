"""The moves of a rectification. One door for state, `Rectification.move_to`: these check, call it, write the audit."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.recording import NOW, recorded
from inspections.actions.evidence import check_evidence, check_outcome
from inspections.errors import FourEyes, StaleVersion
from inspections.models import (
    OPEN_STATES,
    TRANSITIONS,
    Finding,
    FindingType,
    NoticeCounter,
    Outcome,
    Rectification,
    RectificationEvent,
    State,
    Visit,
    notice_number,
)
from institutions.models import Institution
from institutions.moments import day_of

Kind = RectificationEvent.Kind
CLOCK_TOLERANCE = timedelta(minutes=5)  # by which a phone's clock may be ahead
LONGEST_TERM = timedelta(days=3 * 365)


def usual_due_on(findings: Collection[FindingType], on: date) -> date:
    """The due date by the worst finding's severity: A 1 day, B 30 days, C 7 days (settings.RECTIFICATION_TERM_DAYS)."""
    worst = min(finding.severity for finding in findings)
    return on + timedelta(days=settings.RECTIFICATION_TERM_DAYS[worst])


@recorded
def order_rectification(
    visit: Visit,
    *,
    by: User,
    on: date,
    due_on: date | None = None,
    measure: str = "",
    at: datetime = NOW,
) -> Rectification:
    """Open a round for the findings of a visit: 责令限期整改通知书.

    Effects: a numbered rectification, its first event, the visit's findings joined to it, a ceased institution
    is operating again, audit rows. Raises Invalid when the visit found nothing, when a round is open, or when the
    due date is before the order.
    """
    institution = Institution.objects.select_for_update().get(pk=visit.institution_id)
    if not institution.on_register:
        raise Invalid({"order": [_("该机构的登记已撤销或已并入另一家,不能责令整改。")]})
    free = Q(rectification__isnull=True) | Q(rectification__state=State.VOIDED)
    findings = list(visit.findings.select_related("type").filter(free))
    if not findings:
        raise Invalid({"order": [_("本次检查没有登记问题,不能责令整改。")]})
    if institution.rectifications.filter(state__in=OPEN_STATES).exists():
        raise Invalid({"order": [_("该机构已有未销号的整改,不能另开一轮。")]})
    due_on = due_on or usual_due_on([finding.type for finding in findings], on)
    _check_day(on, at, not_before=visit.happened_on, before_text=_("责令日期早于检查日期"))
    if due_on < on:
        raise Invalid({"due_on": [_("整改期限 %(due)s 早于责令日期 %(on)s。") % {"due": due_on, "on": on}]})
    if due_on > on + LONGEST_TERM:
        raise Invalid({"due_on": [_("整改期限 %(due)s 离责令日期超过三年。") % {"due": due_on}]})

    county = institution.scope_code[:6]
    last_round = institution.rectifications.order_by("-round_no").first()
    rectification = Rectification.objects.create(
        institution=institution,
        number=notice_number(county, on.year, NoticeCounter.next_number(county, on.year)),
        round_no=last_round.round_no + 1 if last_round else 1,
        opened_by_visit=visit,
        measure=measure,
        ordered_on=on,
        ordered_recorded_at=at,
        ordered_by=by,
        first_due_on=due_on,
        due_on=due_on,
        next_due_on=due_on,
    )
    rectification.append_event(Kind.ORDERED, by=by, on=on, at=at, due_on=due_on, visit=visit, note=measure)
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(rectification=rectification)
    if institution.ceased_on is not None:
        before = audit.snapshot(institution)
        institution.ceased_on = None
        institution.save(update_fields=["ceased_on"])
        _audit("institution.operating_again", institution, institution, by=by, at=at, before=before)
    _audit("rectification.ordered", rectification, institution, by=by, at=at)
    return rectification


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

    Effects: state submitted, its event, the findings in `put_right` (ids) marked as put right on `on` with the last
    recheck of the round as evidence, an audit row. Raises StaleVersion, IllegalMove, IllegalOutcome, Invalid.
    """
    rectification = _locked(rectification, version)
    _check_move(rectification, State.SUBMITTED)
    _check_day(on, at, not_before=rectification.ordered_on, before_text=_("提交日期早于责令日期"))
    check_outcome(rectification, outcome, registered_scope)
    wanted = set(put_right)
    findings = rectification.findings.filter(pk__in=wanted)
    if len(findings) != len(wanted):
        raise Invalid({"put_right": [_("所列问题不都属于本轮整改。")]})

    before = audit.snapshot(rectification)
    seen = visit or (
        rectification.visits.filter(happened_on__lte=on, happened_on__gte=rectification.ordered_on)
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
        columns={
            "submitted_on": on,
            "submitted_by": by,
            "submitted_outcome": outcome,
            "registered_scope": registered_scope,
        },
    )
    findings.update(put_right_on=on, put_right_visit=seen)
    _audit("rectification.submitted", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


@recorded
def return_rectification(
    rectification: Rectification, *, by: User, on: date, version: int, reason: str, at: datetime = NOW
) -> Rectification:
    """Send a submission back with a reason. Effects: state returned, its event, put-right marks off, an audit row."""
    rectification = _locked(rectification, version)
    _check_move(rectification, State.RETURNED)
    _check_day(on, at, not_before=rectification.submitted_on, before_text=_("退回日期早于提交日期"))
    _check_reason(reason, _("请写明退回原因。"))
    before = audit.snapshot(rectification)
    rectification.move_to(State.RETURNED, kind=Kind.RETURNED, by=by, on=on, at=at, note=reason, columns={})
    rectification.findings.update(put_right_on=None, put_right_visit=None)
    _audit("rectification.returned", rectification, rectification.institution, by=by, at=at, before=before)
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
    at: datetime = NOW,
) -> Rectification:
    """Give an open round a later due date. Effects: the new date, an event with its reason, an audit row."""
    rectification = _locked(rectification, version)
    if not rectification.is_open:
        raise rectification.refusal_of(None)
    _check_day(on, at, not_before=rectification.ordered_on, before_text=_("延期日期早于责令日期"))
    _check_reason(reason, _("请写明延期原因。"))
    if due_on <= rectification.due_on:
        raise Invalid(
            {"due_on": [_("新期限 %(new)s 应晚于原期限 %(old)s。") % {"new": due_on, "old": rectification.due_on}]}
        )
    if due_on < on:
        raise Invalid({"due_on": [_("新期限 %(new)s 早于延期日期 %(on)s。") % {"new": due_on, "on": on}]})
    if due_on > on + LONGEST_TERM:
        raise Invalid({"due_on": [_("新期限 %(new)s 离延期日期超过三年。") % {"new": due_on}]})
    before = audit.snapshot(rectification)
    rectification.note_event(
        Kind.EXTENDED,
        by=by,
        on=on,
        at=at,
        note=reason,
        due_on=due_on,
        columns={"due_on": due_on, "next_due_on": due_on},
    )
    _audit("rectification.extended", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


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
    rectification = _locked(rectification, version)
    _check_move(rectification, State.VERIFIED)
    outcome = outcome or rectification.submitted_outcome
    if by.pk in rectification.hands(outcome):
        raise FourEyes(_("四眼原则:您提交过、检查过或登记过本轮整改的材料,须由另一人核验。"))
    _check_day(on, at, not_before=rectification.submitted_on, before_text=_("核验日期早于提交日期"))
    check_outcome(rectification, outcome, rectification.registered_scope)
    check_evidence(rectification, outcome, on)

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
        _audit("institution.ceased", institution, institution, by=by, at=at, before=institution_before)
    _audit("rectification.verified", rectification, institution, by=by, at=at, before=before)
    return rectification


@recorded
def void_rectification(
    rectification: Rectification, *, by: User, on: date, version: int, reason: str, at: datetime = NOW
) -> Rectification:
    """Take back a round that was opened in error; two persons: not the one who ordered it.

    Effects: state voided for good, its event, an institution that was closed before the order is closed again, an audit
    row. Raises StaleVersion, IllegalMove, FourEyes, Invalid.
    """
    rectification = _locked(rectification, version)
    _check_move(rectification, State.VOIDED)
    if by.pk == rectification.ordered_by_id:
        raise FourEyes(_("作废须经两人:责令整改的人不能自己作废,须由另一人办理。"))
    _check_day(on, at, not_before=rectification.ordered_on, before_text=_("作废日期早于责令日期"))
    _check_reason(reason, _("请写明作废原因。"))
    before = audit.snapshot(rectification)
    rectification.move_to(
        State.VOIDED,
        kind=Kind.VOIDED,
        by=by,
        on=on,
        at=at,
        note=reason,
        columns={"voided_at": at, "voided_by": by, "void_reason": reason},
    )
    _close_again(rectification.institution, by, at)
    _audit("rectification.voided", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


def _close_again(institution: Institution, by: User, at: datetime) -> None:
    """The order that was taken back had set it operating: what was struck off as closed last is closed still."""
    last = institution.rectifications.filter(state=State.VERIFIED).order_by("-verified_on", "-round_no").first()
    if institution.ceased_on is None and last is not None and last.outcome == Outcome.CLOSED:
        before = audit.snapshot(institution)
        institution.ceased_on = last.verified_on
        institution.save(update_fields=["ceased_on"])
        _audit("institution.ceased", institution, institution, by=by, at=at, before=before)


def _locked(rectification: Rectification, version: int) -> Rectification:
    """The round as it stands now, locked until the transaction ends; StaleVersion unless it is what the caller saw.

    First its institution, as a visit does: two that lock in turn wait for each other, two that lock crosswise for ever.
    """
    Institution.objects.select_for_update().get(pk=rectification.institution_id)
    current = (
        Rectification.objects.select_for_update(of=("self",)).select_related("institution").get(pk=rectification.pk)
    )
    if current.version != version:
        raise StaleVersion(version, current.version)
    return current


def _check_move(rectification: Rectification, wanted: str) -> None:
    """Before anything else is said about a move: is it legal at all?"""
    if wanted not in TRANSITIONS[rectification.state]:
        raise rectification.refusal_of(wanted)


def _check_day(on: date, at: datetime, *, not_before: date | None, before_text: str) -> None:
    if on > day_of(at + CLOCK_TOLERANCE):
        raise Invalid({"on": [_("日期 %(on)s 在今天之后。") % {"on": on}]})
    if not_before is not None and on < not_before:
        raise Invalid(
            {"on": [_("%(what)s:%(on)s 早于 %(first)s。") % {"what": before_text, "on": on, "first": not_before}]}
        )


def _check_reason(reason: str, message: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": [message]})


def _audit(
    action: str,
    changed: Rectification | Institution,
    institution: Institution,
    *,
    by: User,
    at: datetime,
    before: dict[str, object] | None = None,
) -> None:
    audit.write(
        action,
        changed,
        by=by,
        at=at,
        before=before,
        after=audit.snapshot(changed),
        scope_code=institution.scope_code,
    )
