from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.models import User
from accounts.requests import SignedInRequest, asks, one_of
from accounts.snapshot import one_snapshot
from figures import charts
from figures.definitions import DEFINITIONS
from figures.exports import XLSX, csv_lines
from figures.places import ALL, all_seen, first_to_see
from figures.questions import WHERE_AND_WHEN, Question
from figures.statistics import DEFINITIONS_VERSION, FIGURE_NAMES, Completion, completion
from figures.statistics_files import file_name, statistics_table, statistics_workbook
from figures.tables import (
    Statistics,
    StatisticsQuestion,
    days_to_compare,
    months_before,
    statistics_of,
    trend_is_quick,
)
from institutions.models import Division, Institution
from institutions.moments import EARLIEST, today
from institutions.past import as_called

FUNNEL = ("surveyed", "with_problems", "rectified")
IN_TREND = {name: FIGURE_NAMES[name] for name in ("surveyed", "with_problems", "rectified", "outstanding", "overdue")}


@require_GET
@asks(*WHERE_AND_WHEN, "compare", "format")
def statistics(request: SignedInRequest) -> HttpResponseBase:
    """统计: the figures of a division as of a day, every number with its list, beside those of an earlier day where one
    is named. Without `division` where there is something to see."""
    question = StatisticsQuestion.from_query(request.GET, request.user)
    if not request.GET.get("division"):
        question = replace(question, division=first_to_see(request.user) or question.division)
    fmt = one_of("format", request.GET.get("format", ""), ["csv", "xlsx"])
    with one_snapshot():
        found = statistics_of(question, request.user, with_trend=fmt != "csv" and trend_is_quick(question))
        if not fmt:
            return _page(request, found)
    return _as_file(request, found, fmt)


def _page(request: SignedInRequest, found: Statistics) -> HttpResponse:
    question, moment = found.question, found.moment
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    return render(
        request,
        "desk/statistics.html",
        {
            "found": found,
            "question": question.of_lists,
            "asked": question.with_its_day,
            "moment": moment,
            "before": found.before,
            "total": found.total,
            "definitions": DEFINITIONS,
            "version": DEFINITIONS_VERSION,
            "funnel": charts.funnel(
                [(name, found.total.number(name).label, found.total.number(name).now) for name in FUNNEL]
            ),
            "chart": _chart(found.months),
            "in_trend": IN_TREND,
            "difference_url": reverse("difference"),
            "divisions": divisions,
            "above": list(_above(question, request.user, divisions)),
            "to_compare": [(label, day.isoformat()) for label, day in days_to_compare(moment.on)],
            "earliest": EARLIEST,
            "today": today(),
        },
    )


def _above(question: Question, user: User, divisions: list[Division]) -> Iterator[tuple[str, str]]:
    """The way up: all divisions together for whoever has several, then each in which this one lies."""
    if question.division != ALL and len(all_seen(user)) > 1:
        yield ALL, _("全部辖区")
    for each in divisions:
        if each.code != question.division and question.division.startswith(each.code):
            yield each.code, each.name


@require_GET
@asks(*WHERE_AND_WHEN)
def trend_page(request: SignedInRequest) -> HttpResponse:
    """走势: completion at the month ends of the year before the as-of day and on that day, as chart and table."""
    question = Question.from_query(request.GET, request.user)
    with one_snapshot():
        visible = Institution.objects.visible_to(request.user)
        now = completion(question.divisions(request.user), question.moment, within=visible)
        months = months_before(question, request.user, now)
    shown = replace(question, as_of=question.moment.on.isoformat())
    return render(
        request,
        "desk/trend.html",
        {"question": shown, "months": months, "chart": _chart(months), "in_trend": IN_TREND, "name": now.name},
    )


def _chart(months: list[Completion]) -> dict[str, object]:
    return charts.line(
        [
            (f"{month.moment.on:%Y-%m}", None if rate is None else float(rate), month.total.completion_percent)
            for month in months
            for rate in [month.total.completion_rate]
        ]
    )


def _as_file(request: SignedInRequest, found: Statistics, fmt: str) -> HttpResponseBase:
    """The tables of the page as a file, and a row of it in the audit trail."""
    table = list(statistics_table(found))
    where, asked = found.question.divisions(request.user), found.question.query_string()
    audit.exported(by=request.user, what="statistics", question=asked, rows=len(table) - 1, divisions=where)
    named = {"Content-Disposition": content_disposition_header(True, file_name(found, fmt)) or ""}
    if fmt == "xlsx":
        return HttpResponse(statistics_workbook(found), content_type=XLSX, headers=named)
    return StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8", headers=named)
