"""责令限期整改通知书: orders and what follows them. A notice is served once; another replaces or withdraws it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import check_texts
from accounts.models import User
from accounts.watermark import NOW, recorded
from inspections.actions.evidence import proven_on
from inspections.actions.rounds import (
    LONGEST_TERM,
    check_day,
    check_reason,
    locked_while_open,
    write_audit,
)
from inspections.actions.sheets import is_synthetic, next_number, serve, sheet_of
from inspections.errors import FourEyes
from inspections.history import History, Served, history_of
from inspections.models import (
    Finding,
    FindingType,
    Notice,
    Rectification,
    RectificationEvent,
    State,
    Visit,
)
from institutions.models import Institution

Kind = RectificationEvent.Kind


def usual_due_on(findings: Iterable[FindingType], on: date) -> date:
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
    """Order the findings of a visit put right, by who orders: 责令限期整改通知书. The round is returned.

    Effects and refusals are those of `serve_order`.
    """
    institution = Institution.objects.select_for_update().get(pk=visit.institution_id)
    current = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)  # perhaps withdrawn since it was read
    current.institution = institution
    return serve_order(current, by=by, on=on, due_on=due_on, measure=measure, served_by=[by], at=at).rectification


def serve_order(
    visit: Visit,
    *,
    by: User,
    on: date,
    due_on: date | None,
    served_by: Sequence[User],
    at: datetime,
    measure: str = "",
) -> Notice:
    """The notice on what a visit found; while a round is open, 补充通知 in it. `served_by` hand it over, on `on`.

    Inside the caller's transaction, the visit's institution locked. Effects: the notice kept by value; a numbered
    rectification and its first event, or the open round's next; the findings held by the round; a ceased institution is
    operating again; audit rows. Raises Invalid when the visit found nothing that is not ordered already, or when the
    due date is before the order.
    """
    institution = visit.institution
    if not institution.on_register:
        raise Invalid({"order": [_("该机构的登记已撤销或已并入另一家，不能责令整改。")]})
    if visit.withdrawn_at is not None:
        raise Invalid({"order": [_("这次走访已经撤回，不能据以责令整改。")]})
    free = Q(rectification__isnull=True) | Q(rectification__state=State.VOIDED)
    findings = list(visit.findings.select_related("type").filter(free).order_by("type"))
    if not findings:
        raise Invalid({"order": [_("本次检查没有登记问题，不能责令整改。")]})
    due_on = due_on or usual_due_on([finding.type for finding in findings], on)
    check_day(on, at, not_before=visit.happened_on, before_text=_("责令日期早于检查日期"))
    _check_term(due_on, on)
    check_texts({"measure": measure})

    # The next round begins when the one before has ended: only the last can be open.
    last_round = institution.rectifications.select_for_update().order_by("-round_no").first()
    open_round = last_round if last_round is not None and last_round.is_open else None
    number = next_number(institution, on.year)
    sheet = sheet_of(
        Notice.Kind.ORDER if open_round is None else Notice.Kind.SUPPLEMENT,
        number,
        institution,
        order=number if open_round is None else open_round.number,
        served_on=on,
        served_by=sorted(served_by, key=lambda user: user.pk),
        synthetic=is_synthetic(),
        findings=findings,
        visited_on=visit.happened_on,
        due_on=due_on,
        measure=measure,
    )
    if open_round is not None:
        return _supplement(open_round, sheet, findings, visit, by=by, at=at)

    rectification = Rectification.objects.create(
        institution=institution,
        scope_code=institution.scope_code,
        number=number,
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
    notice = serve(sheet, rectification, by=by, at=at, visit=visit)
    rectification.append_event(
        Kind.ORDERED, by=by, on=on, at=at, due_on=due_on, visit=visit, notice=notice, served=notice, note=measure
    )
    _hold(rectification, findings)
    _operates_again(institution, by=by, at=at)
    write_audit("rectification.ordered", rectification, institution, by=by, at=at, first=True)
    return notice


def _supplement(
    rectification: Rectification,
    sheet: dict[str, object],
    findings: Sequence[Finding],
    visit: Visit,
    *,
    by: User,
    at: datetime,
) -> Notice:
    """补充通知: what was found while the round is open gets its own number and its own deadline."""
    before = audit.snapshot(rectification)
    due_on, on = sheet["due_on"], sheet["served_on"]
    assert isinstance(due_on, date)
    assert isinstance(on, date)
    notice = serve(sheet, rectification, by=by, at=at, visit=visit)
    rectification.note_event(
        Kind.SUPPLEMENTED,
        by=by,
        on=on,
        at=at,
        due_on=due_on,
        visit=visit,
        notice=notice,
        served=notice,
        columns={
            "supplements": rectification.supplements + 1,
            "next_due_on": min(rectification.next_due_on, due_on),
        },
    )
    _hold(rectification, findings)
    write_audit("rectification.supplemented", rectification, rectification.institution, by=by, at=at, before=before)
    return notice


@recorded
def replace_notice(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    notice: UUID,
    reason: str,
    measure: str = "",
    at: datetime = NOW,
) -> Rectification:
    """Put right a sheet that was served wrongly: another, that says which it replaces and why.

    The addressee is as the register has it now; `measure` is the new wording, the old one when empty; findings and the
    deadline in force stay. Effects: the replacement kept by value, its event, an audit row. Raises StaleVersion,
    IllegalMove, Invalid when the notice is not in force.
    """
    rectification = locked_while_open(rectification, version)
    history = history_of(rectification)
    served = _in_force(history, notice)
    check_day(on, at, not_before=served.notice.served_on, before_text=_("更正日期早于送达日期"))
    check_reason(reason, _("请写明更正原因。"))
    check_texts({"measure": measure})
    before = audit.snapshot(rectification)
    old, demand = served.notice.sheet, history.demand_of(served)
    fresh = sheet_of(
        Notice.Kind.REPLACEMENT,
        next_number(rectification.institution, on.year),
        rectification.institution,
        order=rectification.number,
        served_on=on,
        served_by=[by],
        synthetic=is_synthetic(),
        due_on=demand.due_on,
        measure=measure or old["measure"],
        reason=reason,
        replaces=[served.notice],
    )
    replacement = serve(
        fresh | {"findings": old["findings"], "visited_on": old["visited_on"]},
        rectification,
        by=by,
        at=at,
        visit=served.notice.visit,
        replaces=served.notice,
    )
    of_order = demand.notice.kind == Notice.Kind.ORDER
    rectification.note_event(
        Kind.REPLACED,
        by=by,
        on=on,
        at=at,
        notice=replacement,
        served=replacement,
        note=reason,
        columns={"measure": fresh["measure"]} if of_order else {},
    )
    write_audit("rectification.notice_replaced", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


@recorded
def withdraw_notice(
    rectification: Rectification,
    *,
    by: User,
    on: date,
    version: int,
    notice: UUID,
    reason: str,
    unfinished: bool = False,
    at: datetime = NOW,
) -> Rectification:
    """Take back a supplementary notice that was served in error; two persons: not the one who served it, unless that
    was an import which is `unfinished`.

    Effects: a withdrawal kept by value, its event, the notice's findings leave the round and can be ordered again, an
    audit row. Raises StaleVersion, IllegalMove, FourEyes, Invalid when the notice is no supplement in force.
    """
    rectification = locked_while_open(rectification, version)
    history = history_of(rectification)
    served = _in_force(history, notice)
    demand = history.demand_of(served)
    if demand.notice.kind != Notice.Kind.SUPPLEMENT:
        raise Invalid({"notice": [_("责令通知随本轮整改作废而撤回，不能单独撤回。")]})
    if by.pk == demand.notice.recorded_by_id and not unfinished:
        raise FourEyes(_("撤回须经两人：发出补充通知的人不能自己撤回，须由另一人办理。"))
    check_day(on, at, not_before=served.notice.served_on, before_text=_("撤回日期早于送达日期"))
    check_reason(reason, _("请写明撤回原因。"))
    before = audit.snapshot(rectification)
    withdrawal = withdrawal_of([served], rectification, on=on, reason=reason, by=by, at=at)
    demand.withdrawn = True
    rectification.note_event(
        Kind.WITHDRAWN,
        by=by,
        on=on,
        at=at,
        notice=demand.notice,
        served=withdrawal,
        note=reason,
        columns={"next_due_on": history.next_due_on(rectification.due_on)},
    )
    rectification.findings.filter(pk__in=demand.findings).update(
        rectification=None, put_right_on=None, put_right_visit=None
    )
    write_audit("rectification.notice_withdrawn", rectification, rectification.institution, by=by, at=at, before=before)
    return rectification


def withdrawal_of(
    withdrawn: Sequence[Served], rectification: Rectification, *, on: date, reason: str, by: User, at: datetime
) -> Notice:
    """撤回通知书 for sheets in force, kept by value. It stands for the first of them and names them all."""
    institution = rectification.institution
    sheet = sheet_of(
        Notice.Kind.WITHDRAWAL,
        next_number(institution, on.year),
        institution,
        order=rectification.number,
        served_on=on,
        served_by=[by],
        synthetic=is_synthetic(),
        reason=reason,
        replaces=[each.notice for each in withdrawn],
    )
    return serve(sheet, rectification, by=by, at=at, replaces=withdrawn[0].notice)


def settle_supplements(rectification: Rectification, *, by: User, on: date, at: datetime) -> None:
    """After marks were set or taken off: which supplementary notices are fulfilled by that, or no longer, or on another
    day than was known before.

    A supplement is fulfilled when every finding on it is marked as put right, with a visit that saw it: from the day of
    the last of them, each put right on the first day that shows it, in whichever order they became known. Effects:
    events for each that changed, `on` for what is no longer fulfilled, `next_due_on`. Inside the caller's transaction,
    the round locked.
    """
    if not rectification.supplements:
        return
    history = history_of(rectification)
    proven = proven_on(rectification, history.marks)
    for served in history.supplements:
        days = [proven.get(finding) for finding in served.findings]
        fulfilled_on = max(day for day in days if day) if days and all(days) else None
        for kind, day in _changes(served.fulfilled_on, fulfilled_on, on):
            served.fulfilled_on = day if kind == Kind.FULFILLED else None
            rectification.note_event(
                kind,
                by=by,
                on=day,
                at=at,
                notice=served.notice,
                columns={"next_due_on": history.next_due_on(rectification.due_on)},
            )


def _changes(was: date | None, is_now: date | None, on: date) -> list[tuple[Kind, date]]:
    """What has to be said, with its day, when a supplement that was fulfilled on a day is now fulfilled on another."""
    if was == is_now:
        return []
    if is_now is None:
        return [(Kind.UNFULFILLED, on)]
    if was is not None and is_now > was:
        return [(Kind.UNFULFILLED, was), (Kind.FULFILLED, is_now)]
    return [(Kind.FULFILLED, is_now)]


def _in_force(history: History, notice: UUID) -> Served:
    served = history.served.get(notice)
    if served is None or not served.in_force:
        raise Invalid({"notice": [_("所选通知不在本轮整改中，或已被更正、撤回。")]})
    return served


def _check_term(due_on: date, on: date) -> None:
    if due_on < on:
        raise Invalid({"due_on": [_("整改期限 %(due)s 早于责令日期 %(on)s。") % {"due": due_on, "on": on}]})
    if due_on > on + LONGEST_TERM:
        raise Invalid({"due_on": [_("整改期限 %(due)s 离责令日期超过三年。") % {"due": due_on}]})


def _hold(rectification: Rectification, findings: Sequence[Finding]) -> None:
    """The findings have to be put right in this round; what a round before it marked is in its events."""
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(
        rectification=rectification, put_right_on=None, put_right_visit=None
    )


def _operates_again(institution: Institution, *, by: User, at: datetime) -> None:
    if institution.ceased_on is not None:
        before = audit.snapshot(institution)
        institution.ceased_on = None
        institution.save(update_fields=["ceased_on"])
        write_audit("institution.operating_again", institution, institution, by=by, at=at, before=before)
