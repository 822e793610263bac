"""The pages on which the second ledger is written: each fetches what is visible, permits, calls one act, leads back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from institutions.forms import refuse
from institutions.moments import today
from misconduct import actions, forms
from misconduct.models import Case, Conclusion, Measure, MeasureQuerySet, Party
from misconduct.question import names_shown, seen_by


def case_of(request: SignedInRequest, pk: Any) -> Case:
    """A case that the user sees, or 404."""
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("division"), pk=pk)


@asks()
def new_case(request: SignedInRequest) -> HttpResponse:
    """登记案件."""
    seen_by(request.user)
    require(request.user, Permission.RECORD_MISCONDUCT)
    form = forms.CaseForm(request.POST or None, user=request.user, initial={"found_on": today()})

    def act() -> Case:
        stated, typed = form.statement(), form.cleaned_data
        division = typed["division"]
        require(request.user, Permission.RECORD_MISCONDUCT, division.scope_code)
        return actions.record_case(number=typed["number"], division=division, statement=stated, by=request.user)

    return _asked(request, form, act, _("登记案件"), _("案件已登记，请登记当事人。"))


@asks()
def correct_case(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """更正案情."""
    case = _to_record(request, case_of(request, pk))
    stated = case.statement
    form = forms.CorrectStatementForm(
        request.POST or None, user=request.user, initial=forms.CorrectStatementForm.of(stated)
    )

    def act() -> Case:
        reason = form.cleaned_data["reason"]
        actions.correct_statement(stated, statement=form.statement(), reason=reason, by=request.user)
        return case

    return _asked(request, form, act, _("更正案情"), _("已更正。"), case=case, note=_corrected())


@asks()
def conclude(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """办结: 查结, or 不予认定."""
    case = _to_record(request, case_of(request, pk))
    form = forms.ConclusionForm(request.POST or None, initial={"handled_on": today()})

    def act() -> Case:
        actions.conclude(case, by=request.user, **form.cleaned_data)
        return case

    return _asked(request, form, act, _("办结案件"), _("案件已办结。"), case=case)


@asks()
def correct_conclusion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """更正办结."""
    ended = _of_seen(request, Conclusion.objects.filter(case__in=_seen(request.user)), pk)
    case = _to_record(request, case_of(request, ended.case_id))
    begun = {name: getattr(ended, name) for name in ("result", "handled_on", "note")}
    form = forms.CorrectConclusionForm(request.POST or None, initial=begun)

    def act() -> Case:
        actions.correct_conclusion(ended, by=request.user, **form.cleaned_data)
        return case

    return _asked(request, form, act, _("更正办结"), _("已更正。"), case=case, note=_corrected())


@asks()
def new_party(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """登记当事人."""
    case = _to_record(request, case_of(request, pk))
    form = forms.PartyForm(request.POST or None, user=request.user)

    def act() -> Case:
        actions.add_party(case, by=request.user, **form.acted())
        return case

    return _asked(request, form, act, _("登记当事人"), _("当事人已登记。"), case=case)


@asks()
def correct_party(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """更正当事人; the measures go along."""
    party = _of_seen(request, Party.objects.filter(case__in=_seen(request.user)).select_related("person"), pk)
    case = _to_record(request, case_of(request, party.case_id))
    begun = {"name": party.person.name, "post": party.post}
    form = forms.CorrectPartyForm(request.POST or None, user=request.user, party=party, initial=begun)
    _named(request, case, "misconduct-form")

    def act() -> Case:
        actions.correct_party(party, by=request.user, **form.acted())
        return case

    note = _("处理措施一并转到更正后的当事人名下。") + _corrected()
    return _asked(request, form, act, _("更正当事人"), _("已更正。"), case=case, note=note)


@asks()
def new_measure(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """登记处理措施 about somebody."""
    party = _of_seen(request, Party.objects.filter(case__in=_seen(request.user)).select_related("person"), pk)
    case = _to_record(request, case_of(request, party.case_id))
    form = forms.MeasureForm(request.POST or None)
    _named(request, case, "misconduct-form")

    def act() -> Case:
        actions.add_measure(party, by=request.user, **form.cleaned_data)
        return case

    return _asked(request, form, act, _("登记处理措施"), _("处理措施已登记。"), case=case, about=party.person.name)


@asks()
def correct_measure(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """更正处理措施."""
    measure = _of_seen(request, _measures(request.user), pk)
    case = _to_record(request, case_of(request, measure.party.case_id))
    begun = {name: getattr(measure, name) for name in ("kind", "decided_on", "document")}
    form = forms.CorrectMeasureForm(request.POST or None, initial=begun)
    _named(request, case, "misconduct-form")

    def act() -> Case:
        actions.correct_measure(measure, by=request.user, **form.cleaned_data)
        return case

    about = measure.party.person.name
    return _asked(request, form, act, _("更正处理措施"), _("已更正。"), case=case, about=about, note=_corrected())


@asks()
def withdraw_case(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤回案件, by another than who recorded it."""
    case = case_of(request, pk)
    if request.method != "POST" and not case.stands:
        raise Http404
    warning = _("撤回后这起案件连同当事人和处理措施不再计入统计；登记的内容留在历史中，撤回以前的统计不变。")
    return _withdrawn(request, case, case, _("撤回案件"), warning)


@asks()
def withdraw_party(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤回当事人, with the measures about them in this case."""
    party = _of_seen(request, Party.objects.filter(case__in=_seen(request.user)), pk)
    warning = _("撤回后这名当事人连同本案中的处理措施不再计入统计；登记的内容留在历史中。")
    return _withdrawn(request, party, case_of(request, party.case_id), _("撤回当事人"), warning)


@asks()
def withdraw_measure(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤回处理措施."""
    measure = _of_seen(request, _measures(request.user), pk)
    warning = _("撤回后这项处理措施不再计入统计；登记的内容留在历史中。")
    return _withdrawn(request, measure, case_of(request, measure.party.case_id), _("撤回处理措施"), warning)


@asks()
def withdraw_conclusion(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤回办结: the case is open again."""
    ended = _of_seen(request, Conclusion.objects.filter(case__in=_seen(request.user)), pk)
    warning = _("撤回后案件回到受理，不再计入查结；登记的内容留在历史中。")
    return _withdrawn(request, ended, case_of(request, ended.case_id), _("撤回办结"), warning)


def _seen(user: User) -> "QuerySet[Any]":
    return Case.objects.visible_to(user).order_by().values("pk")


def _measures(user: User) -> MeasureQuerySet:
    return Measure.objects.filter(party__case__in=_seen(user)).select_related("party__person", "party__case")


def _of_seen(request: SignedInRequest, rows: "QuerySet[Any]", pk: UUID) -> Any:
    """A row of a case that the user sees. One that was taken back is absent, but of what is sent the act says so."""
    return get_object_or_404(rows if request.method == "POST" else rows.filter(withdrawn_at__isnull=True), pk=pk)


def _to_record(request: SignedInRequest, case: Case) -> Case:
    require(request.user, Permission.RECORD_MISCONDUCT, case.scope_code)
    if request.method != "POST" and not case.stands:
        raise Http404
    return case


def _named(request: SignedInRequest, case: Case, where: str) -> None:
    """Who records reads the name."""
    names_shown(where, by=request.user, in_clear=True, divisions=[case.scope_code], case=str(case.pk))


def _corrected() -> str:
    return _("用于登记有误：原来登记的内容连同原因留在历史中，更正以前的统计不变。")


def _withdrawn(
    request: SignedInRequest, row: Case | Party | Measure | Conclusion, case: Case, title: str, warning: str
) -> HttpResponse:
    require(request.user, Permission.WITHDRAW_MISCONDUCT, case.scope_code)
    form = forms.ReasonForm(request.POST or None)

    def act() -> Case:
        actions.withdraw(row, by=request.user, reason=form.cleaned_data["reason"])
        return case

    return _asked(request, form, act, title, _("已撤回。"), case=case, warning=warning, submit=title)


def _asked(
    request: SignedInRequest, form: Form, act: Callable[[], Case], title: str, done: str, **context: Any
) -> HttpResponse:
    """The form; once what was typed will do, the act, and what it refuses beside the fields."""
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            case = act()
        except Refusal as refusal:
            refuse(form, refusal)
            status = refusal.status
        else:
            messages.success(request, done)
            return redirect(case)
    if getattr(form, "known", None):
        scope_codes = [context["case"].scope_code]
        names_shown("misconduct-form", by=request.user, in_clear=True, divisions=scope_codes, rows=len(form.known))  # type: ignore[attr-defined]
    return render(request, "misconduct/form.html", {"form": form, "title": title, **context}, status=status)
