"""自动定位: how many have no position, the start of a run, how far it is, and what could not be placed and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, one_of
from accounts.roles import Permission
from accounts.scope import within_prefixes
from figures.exports import csv_lines
from institutions.models import ON_REGISTER, Division, Institution
from institutions.positions import LocationSource
from mapping import reasons
from mapping.actions import RunUnderWay, start_run, stop_run
from mapping.models import GeocodingOutcome, GeocodingRun, RunState

RUNS_LISTED = 20
OUTCOMES_LISTED = 200  # of each kind; the CSV has all
KINDS_SHOWN = ["question", "nothing", "left", "township", "placed"]  # what wants a person first
LATE_S = 30  # a run that has not begun after so long finds no worker


class StartForm(forms.Form):
    """Which institutions are to be placed: of a county, or of what the user was granted."""

    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("辖区"), empty_label=None)
    limit = forms.IntegerField(
        label=gettext_lazy("至多家数"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=gettext_lazy("留空为全部。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        prefixes = user.prefixes(Permission.EDIT_REGISTRY)
        field: Any = self.fields["division"]
        own = Q(level="county") | Q(level__in=["township", "village"], code__in=prefixes)
        field.queryset = Division.objects.filter(within_prefixes("code", prefixes), own)


def geocoding(request: SignedInRequest) -> HttpResponse:
    """The form, what is to be placed, and the runs so far."""
    from mapping.geocoding import provider_in_use, provider_name

    require(request.user, Permission.EDIT_REGISTRY)
    form = StartForm(request.POST or None, user=request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            run = start_run(by=request.user, provider=provider_name(), **form.cleaned_data)
        except RunUnderWay as refusal:
            messages.warning(request, refusal.message)
            return redirect(refusal.run)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(run)
    if form.errors:
        status = 422
    here = Institution.objects.filter(ON_REGISTER).filter(
        within_prefixes("scope_code", request.user.prefixes(Permission.EDIT_REGISTRY))
    )
    at_centre = Q(location_source=LocationSource.TOWNSHIP_CENTRE)
    counts = here.aggregate(
        total=Count("pk"),
        approximate=Count("pk", filter=at_centre),
        nowhere=Count("pk", filter=Q(longitude__isnull=True)),
    )
    context = {
        "form": form,
        "errors": [(name, reason) for name, said in form.errors.items() for reason in said],
        "counts": counts | {"unlocated": counts["approximate"] + counts["nowhere"]},
        "provider": provider_in_use(),
        "runs": GeocodingRun.objects.visible_to(request.user).select_related("division", "requested_by")[:RUNS_LISTED],
    }
    return render(request, "mapping/geocoding.html", context, status=status)


@require_safe
@asks("format", "kind")
def geocoding_run(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """How far a run is, and what became of each institution; as CSV all of them."""
    run = _run(request, pk)
    kind = one_of("kind", request.GET.get("kind", ""), KINDS_SHOWN)
    if one_of("format", request.GET.get("format", ""), ["csv"]):
        return _csv(request, run, kind)
    counts = dict(run.outcomes.order_by().values_list("kind").annotate(Count("pk")))
    done = sum(counts.values())
    shown = kind or next((each for each in KINDS_SHOWN if counts.get(each)), "")
    outcomes = run.outcomes.filter(kind=shown).select_related("institution__division")[:OUTCOMES_LISTED]
    labels = dict(GeocodingOutcome.Kind.choices)
    context = {
        "run": run,
        "done": done,
        "problem": reasons.in_words(run.problem),
        "late": _late(run, timezone.now()),
        "kinds": [(each, labels[each], counts[each]) for each in KINDS_SHOWN if counts.get(each)],
        "shown": shown,
        "outcomes": [(each, reasons.in_words(each.reason, each.told)) for each in outcomes],
        "more": max(0, counts.get(shown, 0) - OUTCOMES_LISTED),
    }
    return render(request, "mapping/geocoding_run.html", context)


@require_POST
def geocoding_stop(request: SignedInRequest, pk: UUID) -> HttpResponse:
    run = stop_run(_run(request, pk), by=request.user)
    if run.unfinished:
        messages.success(request, _("正在停止，手上的这一家做完就停。已定位的保留。"))
    return redirect(run)


def _run(request: SignedInRequest, pk: UUID) -> GeocodingRun:
    runs = GeocodingRun.objects.visible_to(request.user).select_related("division", "requested_by")
    return get_object_or_404(runs, pk=pk)


def _late(run: GeocodingRun, now: datetime) -> bool:
    """Nobody is at it, though somebody should be."""
    waits = run.state == RunState.QUEUED and (now - run.requested_at).total_seconds() > LATE_S
    return waits or run.is_left(now)


def _csv(request: SignedInRequest, run: GeocodingRun, kind: str) -> HttpResponseBase:
    outcomes = run.outcomes.filter(kind=kind) if kind else run.outcomes.all()
    question = f"kind={kind}" if kind else ""
    audit.exported(
        by=request.user, what="geocoding", question=question, rows=outcomes.count(), divisions=[run.division_id]
    )
    title = f"{_('自动定位')}_{run.division.name}_{timezone.localtime(run.requested_at):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, title) or ""}
    lines = csv_lines(list(_table(outcomes.select_related("institution__division", "answer"))))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _table(outcomes: Any) -> Iterator[list[object]]:
    yield [
        _("机构名称"), _("乡镇（街道）"), _("办学地址"), _("结果"), _("原因"), _("向地图服务问的地址"),
        _("精度"), _("误差（米）"),
    ]  # fmt: skip
    for each in outcomes:
        answer = each.answer
        yield [
            each.institution.name,
            each.institution.division.name,
            each.address,
            each.get_kind_display(),
            reasons.in_words(each.reason, each.told),
            answer.asked if answer else "",
            answer.get_precision_display() if answer else "",
            "" if answer is None or answer.accuracy_m is None else round(answer.accuracy_m),
        ]
