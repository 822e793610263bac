"""Visits kept aside: each belongs to the institution its sender named, and is shown to those who may see that one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from inspections import actions
from inspections.forms import SettleForm, summary_of
from inspections.models import QuarantinedVisit, Visit
from inspections.photos import preview
from inspections.views.as_sent import beside, compared, stated
from institutions.forms import refuse


@require_http_methods(["GET", "POST"])
def quarantined(request: SignedInRequest, pk: UUID, copy: int) -> HttpResponse:
    """What was sent under a used id beside what is stored, or what cannot be counted beside what the server has.
    POST: 已核对; of what cannot be counted 计入 or 不计入."""
    copies = QuarantinedVisit.objects.visible_to(request.user).select_related(
        "institution__division", "institution__merged_into", "by", "settled_by", "counted_as"
    )
    found = get_object_or_404(copies, pk=copy, institution=pk)
    scope_code = found.institution.scope_code
    form = None if found.visit_id else SettleForm(request.POST or None, copy=found)
    status = 200
    if request.method == "POST":
        require(request.user, Permission.ORDER, scope_code)
        if found.settled_at is not None or form is None:
            actions.settle_quarantined(found, by=request.user)
            messages.success(request, _("已核对。"))
            return redirect(found)
        if form.is_valid():
            try:
                return redirect(_settle(form, found, request.user))
            except Refusal as refusal:
                refuse(form, refusal)
        status = 422
    first = _came_first(found, request.user)
    context = {
        "copy": found,
        "stated": stated(found),
        "beside": None if found.visit_id else beside(found),
        "photos": [preview(each.sha256) for each in found.photos_here.all()],
        "form": form,
        "errors": summary_of(form) if form is not None and form.is_bound else [],
        "first": first,
        "comparison": compared(first, [found])[0] if first is not None else None,
        "may_settle": has_permission(request.user, Permission.ORDER, scope_code),
        "may_record": has_permission(request.user, Permission.RECORD_VISIT, scope_code),
        "may_read": has_permission(request.user, Permission.SEE_PERSONAL_DATA, scope_code),
    }
    return render(request, "inspections/quarantined.html", context, status=status)


def _came_first(copy: QuarantinedVisit, user: User) -> Visit | QuarantinedVisit | None:
    """What was sent under the id before, where it was something else and the user may see it."""
    if copy.visit_id is not None:
        return Visit.objects.visible_to(user).select_related("institution").filter(pk=copy.visit_id).first()
    if copy.reason != QuarantinedVisit.Reason.OTHER_COPY:
        return None
    before = QuarantinedVisit.objects.visible_to(user).filter(sent_id=copy.sent_id, pk__lt=copy.pk)
    return before.select_related("institution").order_by("pk").first()


def _settle(form: SettleForm, copy: QuarantinedVisit, by: User) -> Visit | QuarantinedVisit:
    """Count it or keep it aside; what is to be shown then. Raises Refusal."""
    if form.cleaned_data["settle"] == "count":
        happened_at = form.cleaned_data.get("happened_at")
        return actions.count_aside(copy, by=by, note=form.cleaned_data["note"], happened_at=happened_at)
    return actions.keep_aside_for_good(copy, by=by, note=form.cleaned_data["note"])
