from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.errors import Invalid
from accounts.requests import SignedInRequest, asks, one_of
from figures.exports import csv_lines, file_named, known_part
from figures.places import ALL
from figures.questions import WHERE_AND_WHEN, OneOf, Question, QuestionForm, Read, parse_day
from figures.statistics import FIGURE_NAMES, completion
from institutions.models import Division, Institution
from institutions.moments import EARLIEST, today
from institutions.past import as_called
from reports.contradictions import SAYS, Contradiction, as_reported, contradictions

FEW, MANY = 20, 500  # institutions of each check on the page; of the one that is asked for


class ContradictionForm(QuestionForm):
    before = Read(parse_day)
    code = OneOf(SAYS)


@dataclass(frozen=True)
class ContradictionQuestion(Question):
    """A checked question about a period: `before` is the last day of the one before it, the month end before when
    empty; of one check with `code`."""

    form = ContradictionForm

    before: str = ""
    code: str = ""

    @property
    def before_on(self) -> date:
        month_end = self.moment.on.replace(day=1) - timedelta(days=1)
        return parse_day(self.before) if self.before else month_end

    def found(self, request: SignedInRequest, shown: int | None) -> list[Contradiction]:
        visible = Institution.objects.visible_to(request.user)
        return contradictions(self.division, self.moment, self.before_on, within=visible, code=self.code, shown=shown)


@require_GET
@asks(*WHERE_AND_WHEN, "before", "code", "format")
def contradictions_page(request: SignedInRequest) -> HttpResponseBase:
    """核对: every check of a period with what it means and all of its institutions."""
    question = _asked(request)
    if one_of("format", request.GET.get("format", ""), ["csv"]):
        return _csv(request, question)
    found = question.found(request, MANY if question.code else FEW)
    reported = as_reported(question.division, question.before_on, question.moment)
    visible = Institution.objects.visible_to(request.user)
    then, now = (completion(question.division, at, within=visible) for at in (reported, question.moment))
    codes = {each.code for each in found}
    return render(
        request,
        "desk/contradictions.html",
        {
            "question": question,
            "before": question.before_on if question.before_on >= EARLIEST else None,  # what the field may ask
            "found": found,
            "reported": reported,
            "bases": [
                (label, getattr(then.total, name), getattr(now.total, name)) for name, label in FIGURE_NAMES.items()
            ],
            "name": now.name,
            "fine": [says for code, says in SAYS.items() if code not in codes and question.code in ("", code)],
            "divisions": as_called(Division.objects.offered_to(request.user, question.division), question.moment),
            "moment": question.moment,
            "today": today(),
        },
    )


def _asked(request: SignedInRequest) -> ContradictionQuestion:
    """A report is of one division: of several somebody reads that of the first when they name none. The period is that
    from the month end before to the day."""
    query = {name: value for name, value in request.GET.dict().items() if name != "format"}
    question = ContradictionQuestion.from_query(query, request.user)
    if question.division == ALL:
        if request.GET.get("division"):
            raise Invalid({"division": [_("月报按一个辖区编制，请选择辖区。")]})
        question = replace(question, division=request.user.home_prefix)
    if question.before_on >= question.moment.on:
        said = {"later": question.moment.on, "earlier": question.before}
        raise Invalid({"before": [_("上期截至日 %(earlier)s 应早于截至日期 %(later)s。") % said]})
    return question


def _csv(request: SignedInRequest, question: ContradictionQuestion) -> StreamingHttpResponse:
    """All institutions of every check, or of the one that is asked for."""
    found = question.found(request, None)
    lines = [[_("矛盾"), _("机构名称"), _("乡镇（街道）"), _("办学地址")]]
    lines += [
        [each.says, listed.name, listed.division_name, listed.operating_address]
        for each in found
        for listed in each.institutions
    ]
    before = question.before_on.isoformat()
    asked, where = question.query_string(before=before), [question.division]
    audit.exported(by=request.user, what="contradictions", question=asked, rows=len(lines) - 1, divisions=where)
    parts = [_("核对"), question.division, before, str(question.moment.on), *known_part(question.known_at)]
    name = file_named([*parts, *([str(SAYS[question.code])] if question.code else [])], "csv")
    return StreamingHttpResponse(
        csv_lines(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name) or ""},
    )
