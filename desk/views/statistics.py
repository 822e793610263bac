from dataclasses import replace

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.requests import SignedInRequest, asks, one_of
from figures import charts
from figures.exports import csv_lines, figure_table, figures_workbook
from figures.places import first_to_see
from figures.questions import WHERE_AND_WHEN, Question
from figures.statistics import (
    FIGURE_NAMES,
    By,
    Completion,
    Row,
    partitions,
    trend,
)
from institutions.models import Division, Institution
from institutions.moments import today
from institutions.past import as_called

DEFINITIONS = {
    "surveyed": gettext_lazy("截至日（含）前已排摸的机构；已合并的重复机构和撤销的登记不计"),
    "with_problems": gettext_lazy("其中至少有一轮整改在截至日（含）前责令的机构；作废的不计"),
    "rectified": gettext_lazy("存在问题的机构中，截至日没有未销号整改的"),
    "outstanding": gettext_lazy("存在问题减已整改；已提交、待核验的仍算未完成"),
    "overdue": gettext_lazy("未完成的机构中，有整改期限早于截至日的；当天到期不算逾期"),
    "closed": gettext_lazy("已整改的机构，按最后一轮销号的结果"),
    "licensed": gettext_lazy("已整改的机构，按最后一轮销号的结果"),
    "corrected": gettext_lazy("已整改的机构，按最后一轮销号的结果"),
}

FUNNEL = ("surveyed", "with_problems", "rectified")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@asks(*WHERE_AND_WHEN, "format")
def statistics(request: SignedInRequest) -> HttpResponseBase:
    """统计: the figures of a division as of a day, every number with its list. Without `division` where there is
    something to see."""
    question = Question.from_query(request.GET, request.user)
    if not request.GET.get("division"):
        question = replace(question, division=first_to_see(request.user) or question.division)
    moment = question.moment
    visible = Institution.objects.visible_to(request.user)
    completion_by = partitions(question.divisions(request.user), moment, within=visible)
    by_division = completion_by["division"]
    if fmt := one_of("format", request.GET.get("format", ""), ["csv", "xlsx"]):
        where = question.divisions(request.user)
        asked, rows = question.query_string(), len(by_division.rows)
        audit.exported(by=request.user, what="statistics", question=asked, rows=rows, divisions=where)
        return _as_csv(by_division) if fmt == "csv" else _as_xlsx(question, completion_by)
    total = by_division.total
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    shown = Question(division=question.division, as_of=moment.on.isoformat(), known_at=question.known_at)
    return render(
        request,
        "desk/statistics.html",
        {
            "question": shown,
            "moment": moment,
            "total": total,
            "by_division": by_division,
            "by_licence": completion_by["licence_status"],
            "by_finding": completion_by["finding_type"].rows,
            "names": FIGURE_NAMES,
            "definitions": [(FIGURE_NAMES[name], text) for name, text in DEFINITIONS.items()],
            "funnel": charts.funnel([(name, str(FIGURE_NAMES[name]), getattr(total, name)) for name in FUNNEL]),
            "divisions": divisions,
            "above": [
                each for each in divisions if each.code != shown.division and shown.division.startswith(each.code)
            ],
            "today": today(),
        },
    )


@require_GET
@asks(*WHERE_AND_WHEN)
def trend_page(request: SignedInRequest) -> HttpResponse:
    """走势: completion at the month ends of the year before the as-of day, as chart and table."""
    question, months = _months(request)
    return render(request, "desk/trend.html", {"question": question, "months": months, "chart": _chart(months)})


@require_GET
@asks(*WHERE_AND_WHEN)
def trend_chart(request: SignedInRequest) -> HttpResponse:
    """The chart alone, as an SVG picture: it loads beside the statistics page instead of holding it up."""
    _question, months = _months(request)
    return render(request, "desk/trend.svg", {"chart": _chart(months)}, content_type="image/svg+xml")


def _months(request: SignedInRequest) -> tuple[Question, list[Completion]]:
    question = Question.from_query(request.GET, request.user)
    moment = question.moment
    first = moment.on.replace(year=moment.on.year - 1, day=1)
    visible = Institution.objects.visible_to(request.user)
    months = trend(question.divisions(request.user), first, moment.on, known_at=moment.known_at, within=visible)
    return question, [month for month in months if month.moment.on <= moment.on]


def _chart(months: list[Completion]) -> dict[str, object]:
    return charts.line(
        [
            (f"{month.moment.on:%Y-%m}", None if rate is None else float(rate), month.total.completion_percent)
            for month in months
            for rate in [month.total.completion_rate]
        ]
    )


def _with_whole(found: Completion) -> list[Row]:
    """The parts and, below them, the whole."""
    return [*found.rows, Row(found.division, found.name, found.total)]


def _as_csv(found: Completion) -> StreamingHttpResponse:
    lines = csv_lines(figure_table(_with_whole(found)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="completion-{found.division}-{found.moment.on}.csv"'
    return response


def _as_xlsx(question: Question, completion_by: dict[By, Completion]) -> HttpResponse:
    """The three tables of the page, a sheet each, under a row that says of where, of when and as known when.

    Finding types overlap: their table has no row of the whole.
    """
    by_division = completion_by["division"]
    title = _("%(where)s · 截至 %(on)s") % {"where": by_division.name, "on": by_division.moment.on}
    if question.known_at:
        title += " · " + _("以 %(moment)s 所知为准") % {"moment": question.known_at}
    sheets = {
        _("分乡镇"): _with_whole(by_division),
        _("按证照"): _with_whole(completion_by["licence_status"]),
        _("按问题"): completion_by["finding_type"].rows,
    }
    response = HttpResponse(figures_workbook(title, sheets), content_type=XLSX)
    response["Content-Disposition"] = (
        f'attachment; filename="completion-{question.division}-{by_division.moment.on}.xlsx"'
    )
    return response
