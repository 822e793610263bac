from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import SignedInRequest, asks
from figures.conditions import in_words, named
from figures.ledger import LEDGER, VIEWS, LedgerQuestion
from inspections.models import RectificationQuerySet
from inspections.search import note_search
from institutions.models import Division

PAGE_SIZE = 50
HEADS = ("open", "overdue", "submitted", "month")


@require_GET
@asks(*LEDGER, "page")
def ledger(request: SignedInRequest) -> HttpResponse:
    """台账: open rounds by days left, overdue first; or one of the other views, today or as of a day."""
    question = LedgerQuestion.from_query(request.GET, request.user)
    if not (question.state or question.figure):
        question = question.but(state="open")
    page = Paginator(_listed(question, request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    page.object_list = question.shown(page.object_list)
    note_search(
        request.user,
        question.q,
        where="ledger",
        found=page.paginator.count,
        divisions=question.divisions(request.user),
    )
    divisions = list(Division.objects.visible_to(request.user).exclude(level="village"))
    return render(
        request,
        "desk/ledger.html",
        {
            "question": question,
            "asked": in_words(question.but(state=""), {}),
            "state": question.state,
            "views": VIEWS.items(),
            "page": page,
            "day": question.moment.on,
            "view_name": VIEWS.get(question.state, ""),
            "divisions": divisions,
            "division_name": named(question, divisions),
            "heads": {
                state: page.paginator.count
                if state == question.state and not question.figure
                else question.but(state=state, figure="").rounds(request.user).count()
                for state in HEADS
            },
        },
    )


def _listed(question: LedgerQuestion, user: User) -> RectificationQuerySet:
    found = question.rounds(user).select_related("institution__division", "ordered_by")
    found = found.prefetch_related("findings__type")
    if question.state == "month":
        return found.order_by("-verified_on", "-number")
    if question.state in ("open", "overdue", "due", "recheck") or not question.state:
        return found.order_by(question.deadline, "number")
    return found.order_by("-verified_on", "-due_on", "-number")
