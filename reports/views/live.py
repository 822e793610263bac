from dataclasses import replace
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.errors import Invalid, enumerated
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from figures.places import ALL
from figures.questions import WHERE_AND_WHEN, Question
from figures.statistics import FIGURE_NAMES
from institutions.models import Division, Institution, scope_code_of
from institutions.moments import EARLIEST, month_end, today
from institutions.past import as_called
from reports.formats import FORMATS, file_name
from reports.letterheads import heading_of
from reports.monthly import MonthlyReport, monthly_report
from reports.paper import Shown
from reports.preparing import ask_for, is_long
from reports.printed import Part, Printed, is_of_patrol, paragraphs_of, said
from reports.views.life import listed

MONTHS_OFFERED = 24


@require_GET
@asks(*WHERE_AND_WHEN, "page")
def look(request: SignedInRequest) -> HttpResponse:
    """报告: the list of those that are handed in; asked for a division or a day, what a report of it says, with every
    number linked, to be read and downloaded."""
    if not any(request.GET.get(name) for name in WHERE_AND_WHEN):
        return listed(request)
    question, report = _asked(request)
    may_download = any(
        has_permission(request.user, permission, question.division.ljust(12, "0"))
        for permission in (Permission.PREPARE_REPORT, Permission.APPROVE_REPORT)
    )
    return render(
        request,
        "reports/monthly.html",
        {
            "question": question,
            "report": report,
            "sentences": _sentences(report, request.user),
            "formats": FORMATS if may_download else [],
            "divisions": as_called(Division.objects.offered_to(request.user, question.division), report.moment),
            "may_begin": has_permission(request.user, Permission.PREPARE_REPORT, question.division.ljust(12, "0")),
            "names": FIGURE_NAMES,
            "last_month_end": _month_ends()[0],
            "month_ends": _month_ends(),
        },
    )


@require_GET
@asks(*WHERE_AND_WHEN, "format")
def download(request: SignedInRequest) -> HttpResponse:
    """The report as a file; scope and permission are checked each time."""
    asked = request.GET.get("format", "docx")
    if asked not in FORMATS:
        raise Invalid(
            {
                "format": [
                    _("不能下载“%(given)s”，可用：%(known)s。") % {"given": asked[:20], "known": enumerated(FORMATS)}
                ]
            }
        )
    question, report = _asked(request)
    scope_code = question.division.ljust(12, "0")
    if not has_permission(request.user, Permission.APPROVE_REPORT, scope_code):
        require(request.user, Permission.PREPARE_REPORT, scope_code)
    audit.exported(
        by=request.user,
        what="monthly_report",
        question=question.query_string(format=asked),
        rows=len(report.townships),
        divisions=[question.division],
    )
    printed = Printed.of(report, heading=heading_of(report.division, today()))
    if asked == "xlsx" and is_long(printed):
        prepared = ask_for(printed, by=request.user, question=question.query_string(format=asked))
        return redirect("report_prepared", pk=prepared.pk)
    response = HttpResponse(FORMATS[asked].make(printed), content_type=FORMATS[asked].content_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(printed, asked)) or ""
    return response


def _asked(request: SignedInRequest) -> tuple[Question, MonthlyReport]:
    """The report of the division and day asked for; the day defaults to the last month end. A report is of one
    division: of several somebody reads that of the first when they name none."""
    question = Question.from_query(request.GET, request.user)
    if question.division == ALL:
        if request.GET.get("division"):
            raise Invalid({"division": [_("月报按一个辖区编制，请选择辖区。")]})
        question = replace(question, division=request.user.home_prefix)
    if not question.as_of:
        last_month_end = today().replace(day=1) - timedelta(days=1)
        question = replace(question, as_of=last_month_end.isoformat())
    report = monthly_report(
        question.division,
        question.moment,
        within=Institution.objects.visible_to(request.user),
        known_at=question.known_at,
    )
    return question, report


def _sentences(report: MonthlyReport, user: User) -> list[list[Shown]]:
    """The narrative as the files have it, each number with what it opens; without those of the patrol for who may not
    see it. The numbers of a period that ended before EARLIEST have no list to open."""
    may_see = has_permission(user, Permission.SEE_MISCONDUCT, scope_code_of(report.division))
    refused = f"as_of={report.before.on}" if report.before.on < EARLIEST else None
    paragraphs = [each for each in paragraphs_of(report) if may_see or not is_of_patrol(each)]
    return [[_shown(part, refused) for part in each["parts"]] for each in paragraphs]


def _shown(part: Part, refused: str | None) -> Shown:
    if isinstance(part, str):
        return Shown(part)
    opens = part["query"] and not (refused and refused in part["query"])
    url = f"{part.get('path') or reverse('institutions')}?{part['query']}" if opens else ""
    return Shown(said(part), url or (f"#{part['anchor']}" if part["anchor"] else ""))


def _month_ends() -> list[str]:
    """The last month ends, newest first."""
    ends, day = [], today().replace(day=1)
    for _month in range(MONTHS_OFFERED):
        day -= timedelta(days=1)
        ends.append(month_end(day).isoformat())
        day = day.replace(day=1)
    return ends
