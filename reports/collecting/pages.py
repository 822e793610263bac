"""下级汇总: reports of the divisions below, handed in as files; who is missing or contradicts, sums and ranks."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.errors import Invalid, Reasons, Refusal
from accounts.id_numbers import in_any_form
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, one_of
from accounts.roles import Permission
from accounts.scope import within_prefixes
from figures.places import unknown_division
from figures.questions import Question
from figures.statistics import FIGURE_NAMES
from institutions.models import Division
from institutions.moments import today
from reports.collecting.actions import collect, require_collecting
from reports.collecting.exporting import FORMATS, exported
from reports.collecting.reading import DIGEST, MOST_BYTES, read_report
from reports.collecting.rolling import RollUp, rolled_up
from reports.models import Collected

LEVELS = ("province", "city")  # whose divisions below have a bureau of their own
MOST_FILES = 200


def collects(user: User) -> list[str]:
    """The codes of the divisions granted to somebody who may roll up the reports below them."""
    granted = {*user.prefixes(Permission.PREPARE_REPORT), *user.prefixes(Permission.APPROVE_REPORT)}
    return sorted(code for code in granted if len(code) < 6)


@asks("division", "as_of", "format")
@require_http_methods(["GET", "HEAD", "POST"])
def collected(request: SignedInRequest) -> HttpResponse:
    """What was collected as of a day; files are added."""
    division, as_of = _asked(request)
    refused: Reasons = {}
    taken = 0
    if request.method == "POST":
        taken, refused = _taken(request, division, as_of)
    found = rolled_up(division, as_of)
    if wanted := one_of("format", request.GET.get("format", ""), FORMATS):
        return _exported(request, found, wanted)
    divisions = Division.objects.filter(within_prefixes("code", collects(request.user)), level__in=LEVELS)
    context = {
        "found": found,
        "division": division,
        "as_of": as_of,
        "divisions": divisions.order_by("code")[:MOST_FILES],
        "names": FIGURE_NAMES,
        "formats": FORMATS,
        "taken": taken,
        "errors": [("files", f"{name}：{reason}") for name, reasons in refused.items() for reason in reasons],
        "last_month_end": _last_month_end().isoformat(),
    }
    return render(request, "reports/collected.html", context, status=422 if refused else 200)


def _asked(request: SignedInRequest) -> tuple[Division, date]:
    """The division that collects, by default the first that is granted, and the day, by default the last month end."""
    own = collects(request.user)
    given = request.GET.get("division", "") or (own[0] if own else "")
    if not given:
        require(request.user, Permission.PREPARE_REPORT)
        raise Invalid({"division": [_("下级汇总由市或省一级办理。")]})
    question = Question.from_query({"division": given, "as_of": request.GET.get("as_of", "")}, request.user)
    require_collecting(request.user, question.division)
    division = Division.objects.filter(pk=question.division).first()
    if division is None:
        raise unknown_division(question.division)
    if division.level not in LEVELS:
        raise Invalid({"division": [_("下级汇总由市或省一级办理，“%(name)s”不是。") % {"name": division.name}]})
    return division, question.moment.on if question.as_of else _last_month_end()


def _last_month_end() -> date:
    return today().replace(day=1) - timedelta(days=1)


def _taken(request: SignedInRequest, division: Division, as_of: date) -> tuple[int, Reasons]:
    """How many files were kept, and why the others were not, by their names."""
    files = request.FILES.getlist("files")
    if not files or len(files) > MOST_FILES:
        return 0, {_("文件"): [_("请选择下级导出的报告数据（.json），一次最多 %(most)s 个。") % {"most": MOST_FILES}]}
    taken, refused = 0, Reasons()
    for file in files:
        name = str(file.name)[:120]
        if in_any_form(DIGEST.sub("", name)):
            refused[_("文件")] = [_("文件名含身份证号，系统不存身份证号，请改名后再上传。")]
            continue
        try:
            received = read_report(file.read(MOST_BYTES + 1), name=name)
            collect(received, division=division, as_of=as_of, by=request.user, source=name)
        except Refusal as refusal:
            refused[name] = [refusal.message]
        else:
            taken += 1
    return taken, refused


def _exported(request: SignedInRequest, found: RollUp, wanted: str) -> HttpResponse:
    audit.exported(
        by=request.user,
        what="collected_reports",
        question=f"division={found.division}&as_of={found.as_of}&format={wanted}",
        rows=len(found.rows),
        divisions=[found.division],
    )
    disposition = content_disposition_header(True, f"{found.name}_截至{found.as_of}_下级汇总.{wanted}") or ""
    kind, content = exported(found, wanted)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@require_GET
@asks()
def collected_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """A report as it was collected, byte for byte."""
    kept = get_object_or_404(
        Collected.objects.filter(within_prefixes("division_id", request.user.prefixes(Permission.SEE))), pk=pk
    )
    require_collecting(request.user, kept.division_id)
    audit.exported(
        by=request.user,
        what="collected_reports",
        question=f"below={kept.below}&as_of={kept.as_of}&sha256={kept.sha256}",
        rows=1,
        divisions=[kept.division_id],
    )
    name = f"{kept.below}_截至{kept.as_of}_第{kept.version}版_{kept.sha256[:16]}.json"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(kept.content, content_type="application/json; charset=utf-8", headers=headers)
