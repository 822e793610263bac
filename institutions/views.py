from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.permissions import require
from accounts.roles import Permission
from institutions import actions
from institutions.forms import InstitutionForm, LicenceForm
from institutions.models import Institution


def new_institution(request: HttpRequest) -> HttpResponse:
    """登记新机构."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = InstitutionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        institution = actions.register_institution(by=request.user, columns=form.columns())
        messages.success(request, _("已登记:%(name)s。") % {"name": institution.name})
        return redirect(institution)
    context = {"form": form, "title": _("登记新机构")}
    return render(request, "institutions/edit.html", context, status=422 if form.errors else 200)


def edit_institution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """编辑机构: a change made meanwhile by somebody else is not overwritten."""
    institution = _editable(request, pk)
    form = InstitutionForm(request.POST or None, instance=institution, user=request.user)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            actions.edit_institution(
                institution, by=request.user, version=int(version) if version.isdigit() else 0, columns=form.columns()
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("已保存。"))
            return redirect(institution)
    context = {"form": form, "institution": institution, "title": _("编辑")}
    return render(request, "institutions/edit.html", context, status=status)


def new_licence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """新增证照."""
    institution = _editable(request, pk)
    form = LicenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_licence(institution, by=request.user, columns=form.cleaned_data)
        messages.success(request, _("已登记证照。"))
        return redirect(institution)
    context = {"form": form, "institution": institution, "title": _("新增证照")}
    return render(request, "institutions/edit.html", context, status=422 if form.errors else 200)


def _editable(request: HttpRequest, pk: UUID) -> Institution:
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    return institution
