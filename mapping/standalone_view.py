from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts import audit
from accounts.requests import SignedInRequest, asks
from figures.drilldown import GRAMMAR, Drilldown
from inspections.search import note_search
from mapping.standalone import file_name, made


@require_GET
@asks(*GRAMMAR)
def map_file(request: SignedInRequest) -> HttpResponse:
    """The map of a question as a file to take along."""
    question = Drilldown.from_query(request.GET, request.user)
    divisions = question.divisions(request.user)
    if question.q:  # before it may turn out to be too much for a file
        rows = question.institutions(request.user).count()
        note_search(request.user, question.q, where="map_file", found=rows, divisions=divisions)
    page, rows = made(question, request.user, by=str(request.user))
    asked = question.query_string()
    audit.exported(by=request.user, what="map_file", question=asked, rows=rows, divisions=divisions)
    name = file_name(question, question.moment)
    return HttpResponse(page, headers={"Content-Disposition": f'attachment; filename="{name}"'})
