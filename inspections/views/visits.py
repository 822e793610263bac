"""A visit on file: its page, its photos, its withdrawal, its order."""

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.errors import Refusal
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from inspections import actions, photos
from inspections.forms import (
    OrderForm,
    WithdrawVisitForm,
    summary_of,
)
from inspections.models import (
    Finding,
    FindingType,
    Notice,
    Photo,
    QuarantinedVisit,
    Rectification,
    State,
    Visit,
)
from inspections.oddities import odd_of
from inspections.pictures import DISPLAY_EDGE
from inspections.views.as_sent import compared, unsaid
from inspections.views.receipts import brought_about
from institutions.forms import refuse
from institutions.moments import today


@require_GET
def visit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One visit with everything that belongs to it."""
    return _show(request, _visible(request, pk))


@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """撤回走访, with a reason; what rests on it is said before."""
    found = _visible(request, pk)
    require(request.user, found.withdrawal_takes(request.user), found.institution.scope_code)
    if found.withdrawn_at is not None:
        return redirect("visit", pk=pk)
    form, status = WithdrawVisitForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.withdraw_visit(found, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                refuse(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("走访已撤回。"))
                return redirect("visit", pk=pk)
    context = {"visit": found, "form": form, "rests_on": actions.rests_on(found)}
    if context["rests_on"]:
        rests = Q(opened_by_visit=found) | Q(findings__visit=found) | Q(pk=found.rectification_id)
        context["round"] = Rectification.objects.exclude(state=State.VOIDED).filter(rests).first()
    context["errors"] = summary_of(form) if form.is_bound else []
    return render(request, "inspections/visit_withdraw.html", context, status=status)


@require_http_methods(["GET", "POST"])
def order(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """责令限期整改 on what a visit found; a refused order comes back on the visit's page with what was typed."""
    found = _visible(request, pk)
    if request.method == "GET":  # back at the address of a refused order
        return redirect("visit", pk=pk)
    require(request.user, Permission.ORDER, found.institution.scope_code)
    form = _order_form(_to_order(found), request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        round_ = actions.order_rectification(found, by=request.user, on=today(), **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return _show(request, found, form, status=refusal.status)
    notice = found.notices.latest("recorded_at", "number")
    said = _("已发补充通知：%(number)s。") if notice.kind == Notice.Kind.SUPPLEMENT else _("已责令整改：%(number)s。")
    messages.success(request, said % {"number": notice.number})
    return redirect(round_)


def _to_order(found: Visit) -> list[FindingType]:
    """The problems of a visit that are in no round that stands."""
    findings = Finding.objects.filter(visit=found).select_related("type", "rectification")
    return [each.type for each in findings if each.rectification is None or each.rectification.state == State.VOIDED]


def _order_form(types: list[FindingType], typed: Any = None) -> OrderForm:
    return OrderForm(typed, types=types, on=today())


def _visible(request: SignedInRequest, pk: UUID) -> Visit:
    visits = Visit.objects.visible_to(request.user).select_related(
        "institution__division", "rectification", "recorded_by", "withdrawn_by"
    )
    return get_object_or_404(visits.prefetch_related("inspectors", "photos"), pk=pk)


def _show(request: SignedInRequest, found: Visit, form: OrderForm | None = None, status: int = 200) -> HttpResponse:
    """The visit's page; `form` is an order that was refused."""
    findings = Finding.objects.filter(visit=found).select_related("type", "rectification")
    scope_code = found.institution.scope_code
    copies = QuarantinedVisit.objects.visible_to(request.user).filter(visit=found).order_by("received_at", "pk")
    takes = found.withdrawal_takes(request.user)
    to_order = _to_order(found)
    may_order = (
        found.withdrawn_at is None
        and to_order
        and found.institution.on_register
        and has_permission(request.user, Permission.ORDER, scope_code)
    )
    return render(
        request,
        "inspections/visit.html",
        {
            "visit": found,
            "findings": findings,
            "opened": found.opened_rectifications.order_by("-round_no").first(),
            "supplements": found.notices.filter(kind=Notice.Kind.SUPPLEMENT).order_by("number"),
            "brought": brought_about(found),
            "receipt": actions.receipt_of(found),
            "stated": unsaid(found),
            "odd": odd_of([found.pk], request.user).get(found.pk),
            "doubles": found.near_in_time(found.inspectors.all()).select_related("recorded_by"),
            "compared": compared(found, list(copies.select_related("institution", "by", "settled_by"))),
            "may_record": has_permission(request.user, Permission.RECORD_VISIT, scope_code),
            "may_read": has_permission(request.user, Permission.SEE_PERSONAL_DATA, scope_code),
            "may_withdraw": found.withdrawn_at is None and has_permission(request.user, takes, scope_code),
            "order_form": form or (_order_form(to_order) if may_order else None),
            "open_round": found.institution.rectifications.open().first() if may_order else None,
            "errors": summary_of(form) if form is not None else [],
        },
        status=status,
    )


@require_GET
def photo(request: SignedInRequest, pk: UUID, slot: int, edge: int | None = None) -> HttpResponseBase:
    """The re-encoded copy of a photo, or with `edge` a small one; scope is checked each time it is asked for.

    Like every page it is kept by no browser (accounts.middleware.private_pages); a program may ask by its ETag.
    """
    found = _stored_photo(request, pk, slot)
    file = photos.display_file(found.sha256)
    if not file.exists() or edge not in (None, *photos.THUMBNAIL_EDGES):
        raise Http404
    etag = f'"{found.sha256}-{edge or DISPLAY_EDGE}"'
    if known := get_conditional_response(request, etag=etag):
        return known
    sent = file.open("rb") if edge is None else io.BytesIO(photos.thumbnail(found.sha256, edge))
    return FileResponse(sent, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff", "ETag": etag})


@require_GET
def original_photo(request: SignedInRequest, pk: UUID, slot: int) -> HttpResponseBase:
    """The bytes of a photo as they came, to be kept and never to be shown by a browser: nothing was taken out of them,
    neither where it was taken nor what may be hidden in it. Who took it away is in the trail."""
    found = _stored_photo(request, pk, slot)
    try:
        file = photos.original_file(found.sha256).open("rb")
    except FileNotFoundError as problem:
        raise Http404 from problem
    question = f"visit={pk}&slot={slot}"
    scope_code = found.visit.institution.scope_code
    audit.exported(by=request.user, what="photo", question=question, rows=1, divisions=[scope_code], personal=True)
    name = f"{found.visit.happened_on}-{slot}-{found.sha256[:16]}.{photos.suffix_of(file)}"
    sent = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    sent["X-Content-Type-Options"] = "nosniff"
    return sent


def _stored_photo(request: SignedInRequest, pk: UUID, slot: int) -> Photo:
    visible = Photo.objects.filter(visit__in=Visit.objects.visible_to(request.user), stored_at__isnull=False)
    return get_object_or_404(visible.select_related("visit__institution"), visit=pk, slot=slot)
