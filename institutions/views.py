from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.errors import Refusal
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions import actions
from institutions.forms import InstitutionForm, LicenceForm, RevokeForm, WithdrawForm, refuse
from institutions.models import Institution
from institutions.moments import today

MOST_DIGITS = 9  # of a version
_WHAT_WITHDRAWAL_DOES = gettext_lazy(
    "只用于登记有误:撤销后这家机构及其整改不再计入以后的统计,撤销以前的统计不变。停办的机构不要撤销,应复查后以“取缔”销号。"
)


def new_institution(request: SignedInRequest) -> HttpResponse:
    """登记新机构."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = InstitutionForm(request.POST or None, user=request.user, initial={"id": uuid4()})
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, _("登记新机构"))
    sent = {name: form.cleaned_data[name] for name in ("id", "apart")}
    try:
        institution = actions.register_if_new(by=request.user, columns=form.columns(), **sent)
    except actions.AlreadyRegistered as refusal:
        refuse(form, refusal)
        return _page(request, form, _("登记新机构"), refusal.status, known=refusal.institution)
    return _saved(request, institution, _("已登记:%(name)s。") % {"name": institution.name}, form.odd_code)


def edit_institution(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """编辑机构: a change made meanwhile by somebody else is shown beside what was typed, not overwritten."""
    institution = _editable(request, pk)
    form = InstitutionForm(request.POST or None, instance=institution, user=request.user)
    asked: dict[str, Any] = {"institution": institution, "version": institution.version}
    if request.method == "POST":
        asked["version"] = _number(request.POST.get("version", ""))
    else:
        audit.people_shown([institution], by=request.user, where="institution_edit")
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, _("编辑"), **asked)
    try:
        found = actions.edit_institution(
            institution,
            by=request.user,
            version=asked["version"],
            columns=form.columns(),
            from_on=form.cleaned_data["from_on"],
        )
    except actions.StaleInstitution as refusal:
        form.add_error(None, _("这家机构的档案已被他人更新,已显示最新内容,请核对后再保存。"))
        # Who saves again after having seen both does so knowingly.
        asked["version"] = refusal.extra["version"]
        audit.people_shown([institution], by=request.user, where="institution_edit")
        return _page(request, form, _("编辑"), refusal.status, on_file=form.take_over(), **asked)
    except Refusal as refusal:
        refuse(form, refusal)
        return _page(request, form, _("编辑"), refusal.status, **asked)
    stayed = found.position is not None and found.position == institution.position
    if stayed and found.operating_address != institution.operating_address:
        messages.warning(request, _("办学地址已变,请核对地图上的位置。"))
    return _saved(request, institution, _("已保存。"), form.odd_code)


def withdraw_institution(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤销登记, with a reason."""
    institution = _editable(request, pk)
    form = WithdrawForm(request.POST or None)
    asked: dict[str, Any] = {
        "institution": institution,
        "version": institution.version,
        "warning": _WHAT_WITHDRAWAL_DOES,
    }
    asked["submit"] = _("撤销登记")
    if request.method == "POST" and form.is_valid():
        version = _number(request.POST.get("version", ""))
        try:
            actions.withdraw_institution(institution, by=request.user, version=version, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
            asked["version"] = refusal.extra.get("version", institution.version)
            return _page(request, form, _("撤销登记"), refusal.status, **asked)
        return _saved(request, institution, _("登记已撤销。"))
    return _page(request, form, _("撤销登记"), **asked)


def new_licence(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """新增证照."""
    institution = _editable(request, pk)
    form = LicenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_licence(institution, by=request.user, columns=form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _saved(request, institution, _("已登记证照。"))
    return _page(request, form, _("新增证照"), institution=institution)


def revoke_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """吊销或注销, from a day on."""
    institution = _editable(request, pk)
    found = get_object_or_404(institution.licences.standing(), pk=licence)
    form = RevokeForm(request.POST or None, initial={"on": today()})
    asked: dict[str, Any] = {"institution": institution, "submit": _("吊销或注销"), "about": found}
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_licence(found, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _saved(request, institution, _("已登记吊销或注销。"))
    return _page(request, form, _("吊销或注销"), **asked)


def withdraw_licence(request: SignedInRequest, pk: UUID, licence: int) -> HttpResponse:
    """撤回证照, with a reason."""
    institution = _editable(request, pk)
    found = get_object_or_404(institution.licences.standing(), pk=licence)
    form = WithdrawForm(request.POST or None)
    form.fields["reason"].label = _("撤回原因")
    asked: dict[str, Any] = {"institution": institution, "submit": _("撤回证照"), "about": found}
    asked["warning"] = _("只用于登记有误:撤回后这份证照不再算数,撤回以前的统计不变。吊销或注销的不要撤回。")
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_licence(found, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _saved(request, institution, _("证照登记已撤回。"))
    return _page(request, form, _("撤回证照"), **asked)


def _editable(request: SignedInRequest, pk: UUID) -> Institution:
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    return institution


def _number(text: str) -> int:
    """The version as posted; 0, which is never current, when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def _page(request: SignedInRequest, form: BaseForm, title: str, status: int = 0, **context: Any) -> HttpResponse:
    status = status or (422 if form.errors else 200)
    return render(request, "institutions/edit.html", {"form": form, "title": title, **context}, status=status)


def _saved(request: SignedInRequest, institution: Institution, message: str, warning: str = "") -> HttpResponse:
    messages.success(request, message)
    if warning:
        messages.warning(request, warning)
    return redirect(institution)
