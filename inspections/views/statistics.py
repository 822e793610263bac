from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from inspections import charts
from inspections.drilldown import Drilldown
from inspections.statistics import FIGURE_NAMES, FIGURES, Completion, completion, trend
from inspections.views.institutions import csv_lines
from institutions.models import Division, Institution
from institutions.moments import today

DEFINITIONS = {
    "surveyed": gettext_lazy("截至日(含)前已排摸的机构;已合并的重复机构和撤销的登记不计"),
    "with_problems": gettext_lazy("其中至少有一轮整改在截至日(含)前责令的机构;作废的不计"),
    "rectified": gettext_lazy("存在问题的机构中,截至日没有未销号整改的"),
    "outstanding": gettext_lazy("存在问题减已整改;已提交、待核验的仍算未完成"),
    "overdue": gettext_lazy("未完成的机构中,有整改期限早于截至日的;当天到期不算逾期"),
    "closed": gettext_lazy("已整改的机构,按最后一轮销号的结果"),
    "licensed": gettext_lazy("已整改的机构,按最后一轮销号的结果"),
    "corrected": gettext_lazy("已整改的机构,按最后一轮销号的结果"),
}

FUNNEL = ("surveyed", "with_problems", "rectified")


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """统计: the figures of a division as of a day, every number with its list."""
    question = Drilldown.from_query(request.GET, request.user)
    moment = question.moment
    visible = Institution.objects.visible_to(request.user)
    by_division = completion(question.division, moment, by="division", within=visible)
    if request.GET.get("format") == "csv":
        return _as_csv(by_division)
    total = by_division.total
    shown = Drilldown(division=question.division, as_of=moment.on.isoformat(), known_at=question.known_at)
    return render(
        request,
        "inspections/statistics.html",
        {
            "question": shown,
            "moment": moment,
            "total": total,
            "by_division": by_division,
            "by_licence": completion(question.division, moment, by="licence_status", within=visible),
            "by_finding": completion(question.division, moment, by="finding_type", within=visible),
            "names": FIGURE_NAMES,
            "definitions": [(FIGURE_NAMES[name], text) for name, text in DEFINITIONS.items()],
            "funnel": charts.funnel([(name, str(FIGURE_NAMES[name]), getattr(total, name)) for name in FUNNEL]),
            "divisions": Division.objects.visible_to(request.user).exclude(level="village"),
            "today": today(),
        },
    )


@require_GET
def trend_page(request: HttpRequest) -> HttpResponse:
    """走势: completion at the month ends of the year before the as-of day, as chart and table."""
    question, months = _months(request)
    return render(request, "inspections/trend.html", {"question": question, "months": months, "chart": _chart(months)})


@require_GET
def trend_chart(request: HttpRequest) -> HttpResponse:
    """The chart alone, as an SVG picture: it loads beside the statistics page instead of holding it up."""
    _question, months = _months(request)
    return render(request, "inspections/trend.svg", {"chart": _chart(months)}, content_type="image/svg+xml")


def _months(request: HttpRequest) -> tuple[Drilldown, list[Completion]]:
    question = Drilldown.from_query(request.GET, request.user)
    moment = question.moment
    first = moment.on.replace(year=moment.on.year - 1, day=1)
    visible = Institution.objects.visible_to(request.user)
    months = trend(question.division, first, moment.on, known_at=moment.known_at, within=visible)
    return question, [month for month in months if month.moment.on <= moment.on]


def _chart(months: list[Completion]) -> dict[str, object]:
    return charts.line(
        [
            (f"{month.moment.on:%Y-%m}", None if rate is None else float(rate), month.total.completion_percent)
            for month in months
            for rate in [month.total.completion_rate]
        ]
    )


def _as_csv(found: Completion) -> StreamingHttpResponse:
    head = [_("代码"), _("名称"), *(str(name) for name in FIGURE_NAMES.values()), _("完成率")]
    parts = [(row.key, row.name, row.figures) for row in found.rows] + [(found.division, found.name, found.total)]
    rows = ([key, name, *(getattr(f, figure) for figure in FIGURES), f.completion_percent] for key, name, f in parts)
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="completion-{found.division}-{found.moment.on}.csv"'
    return response
