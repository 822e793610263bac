"""撤回走访: a recorded visit is taken back by saying so, and recorded again where it was wrong. Nothing is deleted."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.watermark import NOW, recorded, recording
from inspections.actions.evidence import proven_on
from inspections.actions.oddities import forget_oddities
from inspections.actions.rectifications import withdraw_evidence
from inspections.actions.rounds import check_reason
from inspections.actions.surveys import status_at_survey
from inspections.errors import FourEyes, VisitStands
from inspections.history import history_of
from inspections.models import (
    OPEN_STATES,
    FindingType,
    Outcome,
    Rectification,
    RectificationEvent,
    State,
    Visit,
)
from institutions.actions import Survey, enter_survey, withdraw_survey
from institutions.models import Institution
from institutions.moments import day_of

GONE = [Visit.Result.CEASED, Visit.Result.MOVED, Visit.Result.NOT_FOUND]


@recorded
def withdraw_visit(visit: Visit, *, by: User, reason: str, unfinished: bool = False, at: datetime = NOW) -> Visit:
    """Take a visit back: by who recorded it on the day on which it was recorded, later by another person, unless it is
    of an import that is `unfinished`.

    Effects: when, by whom and why; a first survey counts no longer, and the next that stands counts from now on; in an
    open round of which it was evidence an event, and the marks it made are taken off; what was odd about it goes; an
    audit row. As known before,
    every figure stays. Raises VisitStands (409) with what has to be done first, FourEyes (403), Invalid (422).
    """
    institution = Institution.objects.select_for_update().get(pk=visit.institution_id)
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.withdrawn_at is not None:
        raise VisitStands(_("这次走访已经撤回。"))
    if visit.recorded_by_id == by.pk and day_of(visit.recorded_at) != day_of(at) and not unfinished:
        raise FourEyes(_("登记当天可以由登记人自己撤回；过后撤回须经两人，请另一人办理。"))
    check_reason(reason, _("请写明撤回原因。"))
    if reason_to_wait := rests_on(visit):
        raise VisitStands(reason_to_wait)
    before = audit.snapshot(visit)
    visit.withdrawn_at, visit.withdrawn_by, visit.withdraw_reason = at, by, reason.strip()
    visit.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    forget_oddities(visit)
    after = audit.snapshot(visit)
    audit.write("visit.withdrawn", visit, by=by, at=at, before=before, after=after, scope_code=institution.scope_code)
    if institution.survey_visit == visit.pk:
        _survey_otherwise(institution, by, at)
    if visit.saw_the_place_or_its_absence:
        locked = Rectification.objects.select_for_update()
        evidence_of = locked.filter(pk=visit.rectification_id, state__in=OPEN_STATES).first()
        if evidence_of is not None:
            withdraw_evidence(evidence_of, visit=visit, by=by, reason=visit.withdraw_reason, at=at)
    return visit


def rests_on(visit: Visit) -> str:
    """What rests on a visit, and what has to be done before it can be withdrawn; "" when nothing does."""
    rounds = Rectification.objects.exclude(state=State.VOIDED)
    opened = rounds.filter(opened_by_visit=visit).first()
    if opened is not None:
        return _finished(opened) or _("整改 %(number)s 依据这次走访责令，请先作废该轮。") % {"number": opened.number}
    held = rounds.filter(findings__visit=visit).first()
    if held is not None:
        sheet = visit.notices.filter(rectification=held).last()  # what replaced a supplement holds now
        said = {"number": sheet.number if sheet else held.number}
        return _finished(held) or _("通知书 %(number)s 列有这次走访的问题，请先撤回该通知。") % said
    of_institution = rounds.filter(institution=visit.institution_id, state__in=[State.SUBMITTED, State.VERIFIED])
    for round_ in of_institution.order_by("round_no"):
        if _is_evidence(visit, round_):
            said = {"number": round_.number}
            return _finished(round_) or _("整改 %(number)s 正以这次走访为证据等待核验，请先退回该轮。") % said
    return ""


def _is_evidence(visit: Visit, rectification: Rectification) -> bool:
    """Does the submission of the round, or its strike-off, rest on the visit?"""
    handed_in = rectification.events.filter(kind=RectificationEvent.Kind.SUBMITTED).order_by("sequence").last()
    if handed_in is not None and handed_in.visit_id == visit.pk:
        return True
    if rectification.outcome == Outcome.CLOSED and visit.rectification_id == rectification.pk:
        return visit.result in GONE
    return rectification.findings.filter(put_right_visit=visit).exists() or _alone_proves(visit, rectification)


def _alone_proves(visit: Visit, rectification: Rectification) -> bool:
    """Did it see something put right that no other mark proves, though a later one was made? Of a round that was struck
    off what was proven by that day: a mark of a later one proves nothing for it."""
    if not rectification.events.filter(visit=visit, kind=RectificationEvent.Kind.EVIDENCE).exists():
        return False
    history, last = history_of(rectification), rectification.verified_on or date.max
    with_it, without = (
        {finding for finding, on in proven_on(rectification, marks).items() if on <= last}
        for marks in (history.marks, history.marks_without(visit.pk))
    )
    return with_it != without


def _finished(rectification: Rectification) -> str:
    if rectification.state != State.VERIFIED:
        return ""
    return _("整改 %(number)s 已据此销号，这次走访不能撤回。") % {"number": rectification.number}


def _survey_otherwise(institution: Institution, by: User, at: datetime) -> None:
    """The survey counts no longer; another visit that surveyed the place does from now on. What it was merged into, and
    what that was merged into, may lose a survey that it had taken over: then one of its own visits counts, first at the
    one that is on the register. A round ordered meanwhile stays judged by the survey that counted then
    (status_at_survey)."""
    took_over = list(institution.merges.filter(into__survey_of=institution).values_list("into", flat=True))
    withdraw_survey(institution, by=by, instead=_next_survey(institution), at=at)
    unsurveyed = Institution.objects.select_for_update().filter(surveyed_on__isnull=True, pk__in=took_over)
    for each in sorted(unsurveyed.order_by("pk"), key=lambda lost: lost.merged_into_id is not None):
        if found := _next_survey(each):
            with recording(each.withdrawn_surveys.latest("withdrawn_at").withdrawn_at) as since:
                enter_survey(each, found, by=by, at=since)


def _next_survey(institution: Institution) -> Survey | None:
    """That of the visit to it which would have counted first."""
    surveys = institution.visits.standing().filter(purpose=Visit.Purpose.SURVEY).order_by("recorded_at", "pk")
    visit = next((each for each in surveys if each.saw_the_place), None)
    if visit is None:
        return None
    found = FindingType.objects.meanings(each["type"] for each in visit.stated["findings"])
    status, _said = status_at_survey(institution, visit.happened_on, visit.stated["licence_status"], found)
    return Survey(visit.happened_on, status, visit.pk)
