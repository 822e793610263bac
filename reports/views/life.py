"""The list of reports, a new one, and one report with what can be done to it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Invalid, Refusal
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest, asks, page_asked
from accounts.roles import Permission
from figures.questions import parse_deadline
from institutions.forms import refuse
from institutions.models import Division
from institutions.moments import today
from reports import actions
from reports.forms import NewReportForm
from reports.models import Report, ReportEvent, ReportVersion
from reports.models.report import State
from reports.steps import STEPS, Step
from reports.views.shared import context, may, version_of, visible

PAGE = 50


@require_GET
def listed(request: SignedInRequest) -> HttpResponse:
    """All reports of the divisions somebody sees, the latest first: state, period, version, who, when, digest."""
    page = Paginator(_rows(request), PAGE).get_page(page_asked(request.GET))
    return render(
        request,
        "reports/list.html",
        {
            "page": page,
            "may_begin": has_permission(request.user, Permission.PREPARE_REPORT),
            "last_month_end": (today().replace(day=1) - timedelta(days=1)).isoformat(),
        },
    )


def _rows(request: SignedInRequest) -> QuerySet[Report]:
    versions = ReportVersion.objects.filter(report=OuterRef("pk")).order_by("-number")
    events = ReportEvent.objects.filter(report=OuterRef("pk")).order_by("-sequence")
    return (
        Report.objects.visible_to(request.user)
        .standing()
        .select_related("division")
        .annotate(
            number=Subquery(versions.values("number")[:1]),
            sha256=Subquery(versions.values("sha256")[:1]),
            last_by=Subquery(events.values("by__name")[:1]),
            last_username=Subquery(events.values("by__username")[:1]),
            last_at=Subquery(events.values("recorded_at")[:1]),
        )
        .newest_first()
    )


@require_http_methods(["GET", "POST"])
@asks("of", "as_of")
def begin(request: SignedInRequest) -> HttpResponse:
    """新建报告: of which division, for which period; a page may propose both."""
    require(request.user, Permission.PREPARE_REPORT)
    form = NewReportForm(request.POST or None, user=request.user, initial=_proposed(request))
    if request.method != "POST":
        return render(request, "reports/new.html", {"form": form})
    if not form.is_valid():
        return render(request, "reports/new.html", {"form": form}, status=422)
    try:
        report = actions.begin_report(by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return render(request, "reports/new.html", {"form": form}, status=refusal.status)
    return redirect("report_check" if report.state == State.DRAFT else "report", report.pk)


def _proposed(request: SignedInRequest) -> dict[str, Any]:
    """What the page that leads here proposes. Raises Invalid for what is no division and no day."""
    of, as_of = request.GET.get("of", ""), request.GET.get("as_of", "")
    if of and not Division.objects.filter(pk=of).exists():
        raise Invalid({"of": [_("没有代码为“%(code)s”的行政区划。") % {"code": of[:20]}]})
    try:
        proposed = {"division": of, "as_of": parse_deadline(as_of) if as_of else None}
    except ValueError as problem:
        raise Invalid({"as_of": [str(problem)]}) from problem
    return {name: value for name, value in proposed.items() if value}


@require_GET
def report(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One report: its state, its versions with their files, its life, and what somebody may do to it."""
    return _page(request, visible(request, pk))


@require_http_methods(["GET", "POST"])
def step(request: SignedInRequest, pk: UUID, name: str) -> HttpResponse:
    """Do one thing to it; what was refused comes back on the page with what was typed."""
    found = visible(request, pk)
    if name not in STEPS:
        raise Http404
    if request.method == "GET":
        return redirect(found)
    asked = STEPS[name]
    form = asked.form(request.POST)
    if not form.is_valid():
        return _page(request, found, name, form, status=422)
    try:
        after = asked.action(found, by=request.user, version=version_of(request), **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return _page(request, visible(request, pk), name, form, status=refusal.status)
    if after.state == State.DISCARDED:
        messages.success(request, asked.done)
        return redirect("reports")
    messages.success(request, _("已放弃更正，报告恢复为更正以前的状态。") if name == "discard" else asked.done)
    return redirect(found)


def _page(
    request: SignedInRequest, found: Report, tried: str = "", form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    offered, barred = _offered(request, found, tried, form)
    events = list(found.events.select_related("by", "version"))
    versions = list(found.versions.select_related("submitted_by", "replaces").prefetch_related("files"))
    again = any(shown is form for _step, shown in offered)
    return render(
        request,
        "reports/report.html",
        context(request, found)
        | {
            "versions": [(each, _outcome(each, events)) for each in reversed(versions)],
            "events": list(reversed(events)),
            "offered": offered,
            "opened": tried,
            "barred": barred,
            "errors": [reason for reasons in form.errors.values() for reason in reasons] if form and not again else [],
        },
        status=status,
    )


def _outcome(version: ReportVersion, events: list[ReportEvent]) -> str:
    """What became of a version: the last that was done with it."""
    last = [each for each in events if each.version_id == version.pk]
    return str(ReportEvent.Kind(last[-1].kind).label) if last else ""


def _offered(
    request: SignedInRequest, found: Report, tried: str, form: forms.Form | None
) -> tuple[list[tuple[Step, forms.Form]], list[str]]:
    """What this user may do now, each with its form; and in words why not what the state would allow."""
    offered, barred = [], []
    for each in STEPS.values():
        if found.state not in each.states or not any(may(request.user, found, one) for one in each.permissions):
            continue
        last = found.last_version
        if each.name == "approve" and request.user.pk in found.hands:
            barred.append(_("编制或提交过这份报告的人不能批准，须由另一人批准。"))
        elif each.name == "withdraw" and last and last.submitted_by_id != request.user.pk:
            barred.append(_("只有提交人（%(name)s）能撤回提交。") % {"name": last.submitted_by})
        elif each.name == "discard" and not found.state_if_given_up:
            continue
        else:
            asked = _of_a_correction(each) if each.name == "discard" and last else each
            offered.append((asked, form if form is not None and each.name == tried else each.form(prefix=None)))
    return offered, barred


def _of_a_correction(discard: Step) -> Step:
    """How giving up is called where an approved version stays."""
    says = _("已批准的一版照旧有效，报告恢复为更正以前的状态；改过的文字留在草稿里，下次更正时接着改。")
    return replace(discard, title=_("放弃更正"), says=says)
