"""The printed page before it is submitted, and the submission."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from accounts.requests import SignedInRequest
from accounts.snapshot import one_snapshot
from reports import actions
from reports.actions.steps import permit
from reports.actions.submitting import digest_seen
from reports.contradicted import unexplained
from reports.drafts import Draft, edited, outdated, unexplained_numbers
from reports.figure_keys import query_of
from reports.live import as_it_stands, counted, generated
from reports.models import Report
from reports.models.report import State
from reports.paper import Paper
from reports.printed import Printed
from reports.views.shared import TAKES, context, version_of, visible


@require_http_methods(["GET", "POST"])
def preview(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """预览: what would be handed in now. Posted it is submitted as it was looked at."""
    report = visible(request, pk)
    permit(report, request.user, *TAKES)
    if report.state != State.DRAFT:
        return redirect(report)
    if request.method == "GET":
        return _page(request, report)
    seen = request.POST.get("seen", "")
    try:
        actions.submit_report(report, by=request.user, version=version_of(request), seen=seen)
    except Refusal as refusal:
        report = visible(request, pk)
        return _page(request, report, refusal) if report.state == State.DRAFT else redirect(report)
    messages.success(request, _("报告已提交，等待另一人审批。"))
    return redirect(report)


def _page(request: SignedInRequest, report: Report, refusal: Refusal | None = None) -> HttpResponse:
    with one_snapshot():
        made = counted(report)
        printed, found = as_it_stands(report, made)
    contradicted = unexplained(found)
    paragraphs = edited(Draft.read(report.draft), generated(report, made, brief=True))
    return render(
        request,
        "reports/preview.html",
        context(request, report, "preview")
        | {
            "paper": Paper(printed, lambda key, query, anchor: _url(printed, key, anchor)),
            "contradicted": contradicted,
            "numbers": unexplained_numbers(paragraphs),
            "outdated": outdated(paragraphs),
            "seen": digest_seen(printed),
            "next_number": (report.last_version.number if report.last_version else 0) + 1,
            "errors": [("", refusal.message)] if refusal is not None else [],
        },
        status=refusal.status if refusal is not None else 200,
    )


def _url(printed: Printed, key: str, anchor: str) -> str:
    query = query_of(printed.content, key)
    if query:
        return f"{reverse('institutions')}?{query}"
    return f"#{anchor}" if anchor else ""
