from datetime import date
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Refusal, enumerated
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from accounts.scope import within_prefixes
from inspections import forms
from inspections.actions.evidence import missing_of
from inspections.errors import EvidenceMissing, StaleVersion
from inspections.history import History, history_of
from inspections.models import (
    Finding,
    Outcome,
    Rectification,
    RectificationEvent,
    State,
)
from inspections.moves import MOVES, Move
from inspections.verifiers import Verifiers, verifiers_of
from inspections.views.evidence import evidence_of
from institutions.forms import refuse
from institutions.moments import today


@require_GET
def rectification(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One round: problems, due date, evidence, history, and the moves this user may make."""
    return _page(request, _visible(request, pk))


@require_http_methods(["GET", "POST"])
def move(request: SignedInRequest, pk: UUID, move: str) -> HttpResponse:
    """Make one move; refused moves come back on the page with what was typed. Whoever comes back to the address of a
    refused one, after signing in again or changing the language, is led to the round."""
    found = _visible(request, pk)
    if move not in MOVES:
        raise Http404
    asked = MOVES[move]
    if request.method == "GET":
        return redirect(found)
    require(request.user, asked.permission, found.institution.scope_code)
    findings = found.findings.select_related("type")
    form = forms.MoveForm(request.POST, move=asked, rectification=found, history=history_of(found), findings=findings)
    if not form.is_valid():
        return _page(request, found, move, form, status=422)
    try:
        _make(asked, found, request.user, form)
    except Refusal as refusal:
        found = _visible(request, pk)  # as it stands now
        if not isinstance(refusal, StaleVersion):
            refuse(form, refusal)
            return _page(request, found, move, form, status=refusal.status)
        form.add_error(None, _("内容已被他人更新，已显示最新内容，请核对后再办理。"))
        typed = request.POST.copy()
        typed[form.add_prefix("version")] = str(found.version)  # who sends it again has seen what changed
        form.data = typed
        return _page(request, found, move, form, status=refusal.status, since=form.cleaned_data["version"])
    messages.success(request, _("%(number)s：%(move)s已办理。") % {"number": found.number, "move": asked.title})
    following = _next_to_verify(request.user) if move in ("verify", "return") else None
    if following is not None:
        link = '{}<a href="{}">{}</a>'
        messages.info(
            request, format_html(link, _("下一条待核验："), following.get_absolute_url(), following.institution)
        )
    return redirect(found)


def _make(asked: Move, found: Rectification, by: User, form: forms.MoveForm) -> None:
    """The move as typed. A submission that could not be verified as it stands is taken only from who was told so and
    ticked it: then nothing is written. The API's submissions are facts, and are taken."""
    sure = form.is_sure()
    with transaction.atomic():
        moved = asked.action(found, by=by, **form.cleaned_data)
        if asked.name == "submit" and not sure and (missing := missing_of(moved, moved.submitted_outcome, today())):
            said = [_("提交后还不能核验销号：%(reason)s") % {"reason": each} for each in missing]
            raise EvidenceMissing({"sure": said})


def _visible(request: SignedInRequest, pk: UUID) -> Rectification:
    rounds = Rectification.objects.visible_to(request.user)
    whole = rounds.select_related("institution", "ordered_by", "opened_by_visit")
    return get_object_or_404(whole.defer("opened_by_visit__content"), pk=pk)


def _page(
    request: SignedInRequest,
    found: Rectification,
    tried: str = "",
    form: forms.MoveForm | None = None,
    status: int = 200,
    since: int | None = None,
) -> HttpResponse:
    """`form` is a move that was refused; `since` the version it was typed for, if others have moved the round on."""
    day = today()
    events = list(found.events.select_related("by").order_by("sequence"))
    history = History.of(events, found.notices.order_by("recorded_at", "number"))
    findings = list(found.findings.select_related("type"))
    evidence = evidence_of(found, findings, request.user)
    offered, barred = _moves(request.user, found, history, findings, tried, form)
    again = any(shown is form for _name, _move, shown in offered)
    errors = forms.summary_of(form, linked=again) if form is not None else []
    may_visit = has_permission(request.user, Permission.RECORD_VISIT, found.institution.scope_code)
    waits = found.state in (State.ORDERED, State.RETURNED)
    missing = missing_of(found, found.submitted_outcome, day) if found.state == State.SUBMITTED else []
    missing_by_outcome = _missing_by_outcome(found, day) if waits else []
    recheck_first = waits and not evidence.seen and len(missing_by_outcome) == len(found.legal_outcomes)
    too_early = "verify" if missing else "submit" if recheck_first else ""
    return render(
        request,
        "inspections/rectification.html",
        {
            "round": found,
            "day": day,
            "institution": found.institution,
            "findings": _with_deadlines(found, findings, history),
            "held": list(history.named(history.held)) if found.state == State.VOIDED else [],
            "notices": history.listed(struck_off=found.state == State.VERIFIED),
            "evidence": evidence.visits,
            "side_by_side": evidence.rows,
            "oddities": evidence.odd,
            "licences": found.institution.licences.standing(),
            "events": [(event, history.number_of(event.notice_id), _marked(event, history)) for event in events],
            "meanwhile": [event for event in events if since is not None and event.sequence > since],
            "offered": offered,
            "barred": barred,
            "opened": tried if again else _first(offered, but=too_early),
            "errors": errors,
            "typed": _typed(form) if form is not None and not again else [],
            "missing": [reason for reason in missing if reason not in {said for _field, said in errors}],
            "cannot_end": bool(missing),
            "missing_by_outcome": missing_by_outcome,
            "recheck_first": recheck_first,
            "verifiers": _verifiers(found, day),
            "may_edit_licences": has_permission(request.user, Permission.EDIT_REGISTRY, found.institution.scope_code),
            "needs_recheck": waits and found.next_due_on < day and not evidence.seen_after(found.next_due_on),
            "may_recheck": (waits or bool(missing)) and may_visit,
            "may_read": has_permission(request.user, Permission.SEE_PERSONAL_DATA, found.scope_code),
        },
        status=status,
    )


def _first(offered: list[tuple[str, Move, forms.MoveForm]], but: str) -> str:
    """The name of the move that stands open on the page; none where the first one is not to be made yet."""
    first = offered[0][0] if offered else ""
    return "" if first == but else first


def _verifiers(found: Rectification, day: date) -> Verifiers | None:
    """Who can verify the round, while it is open."""
    return verifiers_of(found.scope_code, day, but=found.hands()) if found.is_open else None


def _with_deadlines(
    found: Rectification, findings: list[Finding], history: History
) -> list[tuple[Finding, date | None]]:
    """The findings of a round, each with its deadline where it has another than the round's own."""
    deadlines = history.deadlines() if found.supplements else {}
    return [(each, due if (due := deadlines.get(each.pk)) != found.due_on else None) for each in findings]


def _marked(event: RectificationEvent, history: History) -> str:
    """The findings that were marked as put right with a submission or a recheck, in the words of their notices."""
    return enumerated(each["name"] for each in history.named(event.handed_in.get("put_right", [])))


def _moves(
    user: User,
    found: Rectification,
    history: History,
    findings: list[Finding],
    tried: str,
    form: forms.MoveForm | None,
) -> tuple[list[tuple[str, Move, forms.MoveForm]], list[str]]:
    """The moves open to this user as (name, move, form), and in words why one that the state allows is not."""
    offered, barred = [], []
    for name, move in MOVES.items():
        if found.state not in move.from_ or not has_permission(user, move.permission, found.institution.scope_code):
            continue
        if any(field.required and field.among and not history.demanding(field.among) for field in move.fields):
            continue
        if name == "verify" and user.pk in found.hands():
            barred.append(_("经手人不能核验：您提交过、检查过或登记过本轮整改的材料，须由另一人核验。"))
        elif name == "withdraw" and all(
            history.demand_of(each).notice.recorded_by_id == user.pk for each in history.demanding(["supplement"])
        ):
            barred.append(_("撤回须经两人：发出补充通知的人不能自己撤回，须由另一人办理。"))
        elif name == "void" and user.pk == found.ordered_by_id:
            barred.append(_("作废须经两人：责令整改的人不能自己作废，须由另一人办理。"))
        else:
            fresh = forms.MoveForm(move=move, rectification=found, history=history, findings=findings)
            shown = form if form is not None and name == tried else fresh
            offered.append((name, move, shown))
    return offered, barred


def _typed(form: forms.MoveForm) -> list[tuple[str, str]]:
    """Label and value of what was typed for a move that is no longer open, so that it is not lost."""
    typed = []
    for field in form.visible_fields():
        if isinstance(value := field.value(), str):
            typed.append((str(field.label), dict(getattr(field.field, "choices", ())).get(value, value)))
    return typed


def _missing_by_outcome(found: Rectification, day: date) -> list[tuple[str, list[str]]]:
    """(outcome, what it would be refused for today) of every legal outcome whose evidence is not on file yet."""
    found_missing = ((Outcome(name).label, missing_of(found, name, day)) for name in found.legal_outcomes)
    return [(label, reasons) for label, reasons in found_missing if reasons]


def _next_to_verify(user: User) -> Rectification | None:
    """The submission that waits longest and that this user may verify: in their division, by other hands."""
    mine = within_prefixes("institution__scope_code", user.prefixes(Permission.VERIFY))
    waiting = Rectification.objects.visible_to(user).to_verify().filter(mine).select_related("institution")
    return waiting.by_other_hands_than(user).order_by("submitted_on", "number").first()
