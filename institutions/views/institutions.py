from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.errors import Refusal
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions import actions
from institutions.changes import changes_since
from institutions.forms import InstitutionForm, WithdrawForm, refuse
from institutions.views.shared import editable, page, saved, version_of

_WHAT_WITHDRAWAL_DOES = gettext_lazy(
    "只用于登记有误：撤销后这家机构及其整改不再计入以后的统计，撤销以前的统计不变。停办的机构不要撤销，应复查后以“取缔”销号。"
)


def new_institution(request: SignedInRequest) -> HttpResponse:
    """登记新机构."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = InstitutionForm(request.POST or None, user=request.user, initial={"id": uuid4()})
    if request.method != "POST" or not form.is_valid():
        return page(request, form, _("登记新机构"))
    sent = {name: form.cleaned_data[name] for name in ("id", "apart", "campus")}
    try:
        institution = actions.register_if_new(by=request.user, columns=form.columns(), **sent)
    except actions.AlreadyRegistered as refusal:
        refuse(form, refusal)
        return page(request, form, _("登记新机构"), refusal.status, **_confirm(form, refusal))
    return saved(request, institution, _("已登记：%(name)s。") % {"name": institution.name}, form.warnings)


def _confirm(form: InstitutionForm, refusal: actions.AlreadyRegistered) -> dict[str, Any]:
    """What is on file already, and the tick that says that this is another; what was ticked before stays so."""
    ticked = [form[name] for name in ("apart", "campus") if name in form.fields and form[name].value()]
    asked = [form[refusal.confirm]] if refusal.confirm in form.fields else []
    return {"known": refusal.institution, "confirm": [*dict.fromkeys([*ticked, *asked])]}


def edit_institution(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """编辑机构: a change made meanwhile by somebody else is shown beside what was typed, not overwritten."""
    institution = editable(request, pk)
    form = InstitutionForm(request.POST or None, instance=institution, user=request.user)
    asked: dict[str, Any] = {"institution": institution, "version": institution.version}
    if request.method == "POST":
        asked["version"] = version_of(request.POST.get("version", ""))
    else:
        audit.people_shown([institution], by=request.user, where="institution_edit")
    if request.method != "POST" or not form.is_valid():
        return page(request, form, _("编辑"), **asked)
    try:
        found = actions.edit_institution(
            institution,
            by=request.user,
            version=asked["version"],
            columns=form.columns(),
            from_on=form.cleaned_data["from_on"],
            campus=form.cleaned_data["campus"],
        )
    except actions.StaleInstitution as refusal:
        form.add_error(None, _("这家机构的档案已被他人更新，已显示最新内容，请核对后再保存。"))
        current = editable(request, pk)  # as the other has left it; they may have moved it out of sight
        audit.people_shown([current], by=request.user, where="institution_edit")
        meanwhile = form.take_over(current, changes_since(current, asked["version"]))
        # Who saves again after having seen both does so knowingly.
        asked |= {"institution": current, "version": current.version, "meanwhile": meanwhile}
        return page(request, form, _("编辑"), refusal.status, **asked)
    except actions.AlreadyRegistered as refusal:
        refuse(form, refusal)
        return page(request, form, _("编辑"), refusal.status, **_confirm(form, refusal), **asked)
    except Refusal as refusal:
        refuse(form, refusal)
        return page(request, form, _("编辑"), refusal.status, **asked)
    stayed = found.position is not None and found.position == institution.position
    if stayed and found.operating_address != institution.operating_address:
        messages.warning(request, _("办学地址已变，请核对地图上的位置。"))
    return saved(request, institution, _("已保存。"), form.warnings)


def withdraw_institution(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤销登记, with a reason."""
    institution = editable(request, pk)
    form = WithdrawForm(request.POST or None)
    asked: dict[str, Any] = {
        "institution": institution,
        "version": institution.version,
        "warning": _WHAT_WITHDRAWAL_DOES,
    }
    asked["submit"] = _("撤销登记")
    if request.method == "POST" and form.is_valid():
        version = version_of(request.POST.get("version", ""))
        try:
            actions.withdraw_institution(institution, by=request.user, version=version, **form.cleaned_data)
        except actions.StaleInstitution as refusal:
            refuse(form, refusal)
            current = editable(request, pk)
            asked |= {"institution": current, "version": current.version}
            asked["meanwhile"] = changes_since(current, version)
            return page(request, form, _("撤销登记"), refusal.status, **asked)
        except Refusal as refusal:
            refuse(form, refusal)
            return page(request, form, _("撤销登记"), refusal.status, **asked)
        return saved(request, institution, _("登记已撤销。"))
    return page(request, form, _("撤销登记"), **asked)
