from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.errors import Invalid
from accounts.requests import SignedInRequest, asks, one_of
from desk.views.lists import MOST_IN_A_WORKBOOK
from figures.difference_files import difference_workbook, file_name, list_texts
from figures.difference_question import DifferenceQuestion
from figures.differences import Differences
from figures.exports import XLSX, csv_lines
from figures.places import first_to_see
from figures.questions import WHERE_AND_WHEN
from figures.reasons import REASONS
from figures.statistics import FIGURE_NAMES
from institutions.models import Division
from institutions.moments import today
from institutions.past import as_called

FEW, MANY = 10, 200  # institutions of each part on the page; of those that are asked for


@require_GET
@asks(*WHERE_AND_WHEN, "before", "before_known_at", "part", "figure", "format")
def difference(request: SignedInRequest) -> HttpResponseBase:
    """差异说明: why the figures of a division differ between two moments, every number with its list."""
    asked = request.GET.dict()
    if not asked.get("division"):
        asked["division"] = first_to_see(request.user)
    fmt = one_of("format", asked.pop("format", ""), ["csv", "xlsx"])
    question = DifferenceQuestion.from_query(asked, request.user)
    narrowed = bool(question.part or question.figure)
    found = question.differences(request.user, MANY if narrowed else FEW)
    if fmt:
        return _file(request, question, found, fmt)
    return render(
        request,
        "desk/difference.html",
        {
            "question": question,
            "found": found,
            "names": FIGURE_NAMES,
            "divisions": as_called(Division.objects.offered_to(request.user, question.division), question.moment),
            "below": [each for each in found.by_division if any(each.change.values())],
            "narrowed": narrowed,
            "part_name": REASONS.get(question.part, ""),
            "figure_name": FIGURE_NAMES.get(question.figure, ""),
            "listed": [each for part in found.parts for each in part.institutions][:MANY] if narrowed else [],
            "count": found.count_of(question.part, question.figure),
            "today": today(),
        },
    )


def _file(request: SignedInRequest, question: DifferenceQuestion, found: Differences, fmt: str) -> HttpResponseBase:
    """All of those that are asked for."""
    rows, where = found.count_of(question.part, question.figure), question.divisions(request.user)
    if fmt == "xlsx" and rows > MOST_IN_A_WORKBOOK:
        said = {"count": rows, "most": MOST_IN_A_WORKBOOK}
        raise Invalid(
            {"format": [_("共 %(count)s 行，工作簿至多 %(most)s 行。请改用 CSV，或先选辖区或加条件。") % said]}
        )
    audit.exported(by=request.user, what="difference", question=question.query_string(), rows=rows, divisions=where)
    changes = question.changes(request.user)
    name = file_name(question, found, fmt)
    if fmt == "xlsx":
        book = difference_workbook(question, changes, found)
        return FileResponse(book, content_type=XLSX, as_attachment=True, filename=name)
    return StreamingHttpResponse(
        csv_lines(list_texts(changes, found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name) or ""},
    )
