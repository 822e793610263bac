from datetime import date

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


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """统计: the figures of a division as of a day, every number with its list."""
    question = Drilldown.from_query(request.GET, request.user)
    moment = question.moment
    visible = Institution.objects.visible_to(request.user)
    by_division = completion(question.division, moment, by="division", within=visible)
    if request.GET.get("format") == "csv":
        return _as_csv(by_division)
    months = trend(question.division, _year_before(moment.on), moment.on, known_at=moment.known_at, within=visible)
    months = [month for month in months if month.moment.on < moment.on]
    by_division_total = by_division.total
    shown = Drilldown(division=question.division, as_of=moment.on.isoformat(), known_at=question.known_at)
    return render(
        request,
        "inspections/statistics.html",
        {
            "question": shown,
            "moment": moment,
            "total": by_division_total,
            "by_division": by_division,
            "by_licence": completion(question.division, moment, by="licence_status", within=visible),
            "by_finding": completion(question.division, moment, by="finding_type", within=visible),
            "names": FIGURE_NAMES,
            "definitions": [(FIGURE_NAMES[name], text) for name, text in DEFINITIONS.items()],
            "months": months,
            "line": charts.line([_point(month) for month in months] + [_point(Completion("", "", moment, by_division_total))]),
            "funnel": charts.funnel([(str(FIGURE_NAMES[name]), getattr(by_division_total, name))
                                     for name in ("surveyed", "with_problems", "rectified")]),
            "divisions": Division.objects.visible_to(request.user).exclude(level="village"),
        },
    )


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=1)


def _point(month: Completion) -> tuple[str, float | None, str]:
    rate = month.total.completion_rate
    return f"{month.moment.on:%Y-%m}", None if rate is None else float(rate), month.total.completion_percent


def _as_csv(found: Completion) -> StreamingHttpResponse:
    head = [_("代码"), _("名称"), *(str(name) for name in FIGURE_NAMES.values()), _("完成率")]
    parts = [(row.key, row.name, row.figures) for row in found.rows] + [(found.division, found.name, found.total)]
    rows = ([key, name, *(getattr(f, figure) for figure in FIGURES), f.completion_percent] for key, name, f in parts)
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="completion-{found.division}-{found.moment.on}.csv"'
    return response


