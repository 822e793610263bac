"""Visits kept aside: each belongs to the institution its sender named, and is shown to those who may see that one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from inspections import actions
from inspections.models import QuarantinedVisit, Visit
from inspections.views.as_sent import compared, stated


@require_http_methods(["GET", "POST"])
def quarantined(request: SignedInRequest, pk: UUID, copy: int) -> HttpResponse:
    """What was sent under a used id, beside what is stored for those who may see that too. POST: 已核对."""
    copies = QuarantinedVisit.objects.visible_to(request.user).select_related("institution", "by", "settled_by")
    found = get_object_or_404(copies, pk=copy, institution=pk)
    scope_code = found.institution.scope_code
    if request.method == "POST":
        require(request.user, Permission.ORDER, scope_code)
        actions.settle_quarantined(found, by=request.user)
        messages.success(request, _("已核对。"))
        return redirect(found)
    stored = Visit.objects.visible_to(request.user).select_related("institution").filter(pk=found.visit_id).first()
    context = {
        "copy": found,
        "stated": stated(found),
        "comparison": compared(stored, [found])[0] if stored is not None else None,
        "may_settle": has_permission(request.user, Permission.ORDER, scope_code),
        "may_record": has_permission(request.user, Permission.RECORD_VISIT, scope_code),
        "may_read": has_permission(request.user, Permission.SEE_PERSONAL_DATA, scope_code),
    }
    return render(request, "inspections/quarantined.html", context)
