"""Figures and contradictions of a report that is being written: each is fixed or explained before it goes out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.errors import Refusal
from accounts.requests import SignedInRequest
from accounts.snapshot import one_snapshot
from figures.statistics import FIGURE_NAMES
from institutions.forms import refuse
from reports import actions
from reports.contradicted import Judged, judged, unexplained
from reports.figure_keys import query_of
from reports.forms import ExplainForm
from reports.live import counted
from reports.models import Report
from reports.printed import figures_of
from reports.views.shared import context, visible


@require_GET
def check(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """核对: what is counted, against the report before, and what does not fit."""
    return _page(request, visible(request, pk))


@require_POST
def explain(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Explain one contradiction in words."""
    found = visible(request, pk)
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.explain_contradiction(found, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return _page(request, found, form, status=refusal.status)
    messages.success(request, _("说明已保存，对现在列出的这些机构有效。"))
    return redirect(f"{reverse('report_check', args=[found.pk])}#c-{form.cleaned_data['code']}")


def _page(request: SignedInRequest, report: Report, form: ExplainForm | None = None, status: int = 200) -> HttpResponse:
    with one_snapshot():
        made = counted(report)
        found = judged(report, made.contradictions)
    content: dict[str, Any] = {
        "division": report.division_id,
        "as_of": report.as_of.isoformat(),
        "before": report.before.isoformat(),
        "asked_known_at": "",
        "figures": figures_of(made),
    }
    figures = [(name, str(label)) for name, label in FIGURE_NAMES.items()]
    return render(
        request,
        "reports/check.html",
        context(request, report, "check")
        | {
            "figures": [
                {
                    "label": label,
                    "now": content["figures"][key],
                    "now_query": query_of(content, key),
                    "then": content["figures"][f"before.{key}"],
                    "then_query": query_of(content, f"before.{key}"),
                    "change": content["figures"].get(f"change.{key}", ""),
                }
                for key, label in [*figures, ("completion_percent", _("整改完成率"))]
            ],
            "judged": [(each, _form_of(each, form)) for each in found],
            "left": len(unexplained(found)),
        },
        status=status,
    )


def _form_of(each: Judged, tried: ExplainForm | None) -> ExplainForm:
    """The form of one contradiction: that which was refused, else with what was last said of it."""
    if tried is not None and tried.data.get("code") == each.code:
        return tried
    said = each.explanation or each.outdated
    initial = {"code": each.code, "digest": each.digest, "text": said.text if said else ""}
    return ExplainForm(initial=initial, auto_id=f"id_{each.code}_%s")
