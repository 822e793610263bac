"""What was submitted, shown from what was kept: the page, the institutions behind each number, the files, and what has
changed since."""

from itertools import islice
from urllib.parse import quote, urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.requests import SignedInRequest, asks, page_asked, whole_number
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from figures.differences import differences
from figures.statistics import FIGURE_NAMES
from institutions.moments import Moment
from reports.actions.steps import permit
from reports.annex import as_before
from reports.figure_keys import full_name, is_behind
from reports.files import kept_file
from reports.formats import FORMATS, days_of
from reports.models import PreparedFile, ReportFile, ReportVersion
from reports.paper import Paper
from reports.printed import is_of_patrol
from reports.views.shared import TAKES, context, may, visible

PAGE, FEW = 100, 20  # rows of the annex on a page; institutions of each part of a difference
JSON_TYPES = {"json": "application/json", "annex": "application/x-ndjson"}


def _found(request: SignedInRequest, pk: UUID, number: int) -> ReportVersion:
    report = visible(request, pk)
    found = get_object_or_404(report.versions.select_related("report__division", "submitted_by"), number=number)
    found.report = report
    return found


@require_GET
def version(request: SignedInRequest, pk: UUID, number: int) -> HttpResponse:
    """The report as it was submitted."""
    found = _found(request, pk, number)
    printed = found.printed
    if not may(request.user, found.report, Permission.SEE_MISCONDUCT):
        printed = printed.but(paragraphs=[each for each in printed["paragraphs"] if not is_of_patrol(each)])
    return render(
        request,
        "reports/version.html",
        context(request, found.report)
        | {
            "version": found,
            "paper": Paper(printed, lambda key, query, anchor: _url(found, key, query, anchor)),
            "files": found.files.exclude(kind=ReportFile.Kind.ANNEX),
            "may_download": any(may(request.user, found.report, each) for each in TAKES),
            "being_made": PreparedFile.objects.filter(version=found).exclude(state=PreparedFile.State.DONE).first(),
            "newer": found.report.versions.with_approvals().filter(number__gt=number, is_approved=True).last(),
        },
    )


def _url(found: ReportVersion, key: str, query: str, anchor: str) -> str:
    """The list behind a number as it was kept. A release that kept none of the period before has that as known then."""
    if key.startswith("before.") and "before" not in found.printed["annex"]:
        return f"{reverse('institutions')}?{query}" if query else ""
    if anchor:
        return f"#{anchor}"
    if key.startswith("change.") or key.rpartition(".")[2] not in (*FIGURE_NAMES, "completion_percent", "whole"):
        return f"{reverse('institutions')}?{query}" if query else ""
    if found.printed.figures.get(key) == "—":
        return ""
    return f"{reverse('report_annex', args=[found.report_id, found.number])}?{urlencode({'figure': key})}"


@require_GET
@asks("figure", "page")
def annex(request: SignedInRequest, pk: UUID, number: int) -> HttpResponse:
    """附件名单: every institution counted, or those behind one number, as kept."""
    found = _found(request, pk, number)
    key = request.GET.get("figure", "")
    content = found.printed.content
    hidden = key.startswith("misconduct.") and not may(request.user, found.report, Permission.SEE_MISCONDUCT)
    before = key.startswith("before.")
    if key and (key not in content["figures"] or hidden) or before and "before" not in content["annex"]:
        raise Http404
    at = page_asked(request.GET)
    kept = as_before(found.rows()) if before else found.annex()
    rows = (row for row in kept if not key or is_behind(row, key.removeprefix("before.")))
    listed = list(islice(rows, (at - 1) * PAGE, at * PAGE))
    count = content["annex"]["rows"] if not key else (at - 1) * PAGE + len(listed) + sum(1 for _row in rows)
    return render(
        request,
        "reports/annex.html",
        context(request, found.report)
        | {
            "version": found,
            "before": before,  # of then no deadlines and problems are kept
            "on": found.report.before if before else found.report.as_of,
            "figure": full_name(content, key) if key else _("附件：机构名单"),
            "value": content["figures"].get(key, ""),
            "rows": listed,
            "count": count,
            "page": Paginator(range(count), PAGE).get_page(at),
        },
    )


@require_GET
@asks("to")
def changes(request: SignedInRequest, pk: UUID, number: int) -> HttpResponse:
    """与现在相比: why the figures that were submitted are others now, of the same day, institution by institution; or
    `to` another version, as that was known."""
    found = _found(request, pk, number)
    to = request.GET.get("to", "")
    other = get_object_or_404(found.report.versions, number=whole_number(to)) if to else None
    moments = sorted([found.known_at, *([other.known_at] if other else [])])
    day = found.report.as_of
    with one_snapshot():
        later = Moment(day, moments[-1]) if other else Moment.of(day)
        told = differences(found.report.division_id, Moment(day, moments[0]), later, shown=FEW)
    names = list(FIGURE_NAMES.items())
    rows = [
        {"label": label, "kept": getattr(told.total.before, key), "now": getattr(told.total.after, key)}
        for key, label in [*names, ("completion_percent", _("整改完成率"))]
    ]
    below = [each for each in told.by_division if any(each.change.values())]
    cells = [
        (each.name, [(getattr(each.before, key), getattr(each.after, key)) for key, _label in names]) for each in below
    ]
    shown = {"version": found, "other": other, "told": told, "rows": rows, "below": cells, "names": FIGURE_NAMES}
    others = found.report.versions.exclude(number=number)
    return render(request, "reports/changes.html", context(request, found.report) | shown | {"others": others})


@require_GET
def download_kept(request: SignedInRequest, pk: UUID, number: int, kind: str) -> HttpResponseBase:
    """A file as it was made when the version was submitted, byte for byte; `json` is the content itself."""
    found = _found(request, pk, number)
    permit(found.report, request.user, *TAKES)
    stem = f"{found.printed['name']}_{days_of(found.printed)}_第{number}版"
    if kind == "json":
        _note(request, found, kind)
        response: HttpResponseBase = HttpResponse(found.content, content_type=JSON_TYPES[kind])
        name = f"{stem}_{found.sha256[:16]}.json"  # by which whoever collects it checks that it is whole
    else:
        file = get_object_or_404(found.files, kind=kind)
        content_type = JSON_TYPES.get(kind) or FORMATS[kind].content_type
        name = f"{stem}.jsonl" if kind == ReportFile.Kind.ANNEX else file.name
        opened = kept_file(file.sha256).open("rb")
        _note(request, found, kind)
        response = FileResponse(opened, content_type=content_type)
        response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response


def _note(request: SignedInRequest, found: ReportVersion, kind: str) -> None:
    audit.exported(
        by=request.user,
        what="report_file",
        question=f"report={found.report_id}&version={found.number}&format={kind}",
        rows=found.printed["annex"]["rows"],
        divisions=[found.report.division_id],
    )
