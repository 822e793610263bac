from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from desk.views.lists import PAGE_SIZES, SHAPE, Pages, Shape, cells_of, export, to_columns_last_chosen
from figures.columns import LEDGER_COLUMNS, LEDGER_EXPORTED, ledger_list, licences_at
from figures.conditions import in_words, named
from figures.exports import lines_of
from figures.ledger import LEDGER, ODD, VIEWS, LedgerQuestion
from figures.rounds import rows_of, with_what_is_listed
from inspections.models import FindingType
from inspections.search import note_search
from institutions.models import Division
from institutions.moments import today
from institutions.past import as_called

HEADS = ("open", "overdue", "submitted", "month")


@require_safe
@asks(*LEDGER, *SHAPE)
def ledger(request: SignedInRequest) -> HttpResponseBase:
    """台账: open rounds by days left, overdue first; or one of the other views, today or as of a day. As a page, as CSV
    or as a workbook."""
    if led := to_columns_last_chosen(request, "rectifications"):
        return led
    question = LedgerQuestion.from_query(request.GET, request.user)
    if not (question.state or question.figure):
        question = question.but(state="open")
    shape = Shape.from_query(request.GET, LEDGER_COLUMNS, ledger_list(question.state), _own_order(question)[0])
    rounds = question.rounds(request.user).alias(deadline=F(question.deadline))
    own_order = [each.replace("due_on", question.deadline) for each in _own_order(question)]
    found = shape.ordered(rounds.order_by(*own_order), question.moment, [question.deadline, "number"], LEDGER_COLUMNS)
    divisions = as_called(Division.objects.offered_to(request.user, question.division), question.moment)
    with one_snapshot():
        page = shape.page_of(with_what_is_listed(found, question), Pages)
        count = page.paginator.count
        answer = None if shape.format else _page(request, question, shape, page, divisions)
    where = question.divisions(request.user)
    note_search(request.user, question.q, where="ledger", found=count, divisions=where)
    if answer:
        return answer
    whole = with_what_is_listed(found, question)
    whole = whole.prefetch_related(licences_at(question.moment, through="institution__"))
    view_name = str(VIEWS.get(question.state, ""))
    return export(
        request,
        shape,
        name="rectifications",
        title="_".join(filter(None, [_("整改台账"), view_name, named(question, divisions), str(question.moment.on)])),
        besides=LEDGER_EXPORTED,
        question=question.query_string(),
        count=count,
        divisions=where,
        lines=lambda columns, people_in: lines_of(
            whole,
            lambda chunk: rows_of(chunk, question, with_visitors=True, with_oddities=True),
            columns,
            people_in=people_in,
        ),
    )


def _page(
    request: SignedInRequest, question: LedgerQuestion, shape: Shape, page: Any, divisions: list[Division]
) -> HttpResponse:
    page.object_list = question.shown(page.object_list)
    rows = rows_of(page, question, with_visitors=shape.shows("inspectors"), with_oddities=True)
    finding_types = list(FindingType.objects.all())
    count = page.paginator.count
    return render(
        request,
        "desk/ledger.html",
        {
            "question": question,
            "asked": in_words(question, {each.code: str(each) for each in finding_types}, ("division", "state")),
            "list_name": "rectifications",
            "shape": shape,
            "columns": shape.column_heads(request.GET, count),
            "offered": shape.offers(LEDGER_COLUMNS),
            "page_sizes": PAGE_SIZES,
            "state": question.state,
            "may_verify": has_permission(request.user, Permission.VERIFY),
            "views": VIEWS.items(),
            "page": page,
            "rows": cells_of(rows, shape.columns),
            "day": question.moment.on,
            "today": today(),
            "view_name": VIEWS.get(question.state, ""),
            "divisions": divisions,
            "division_name": named(question, divisions),
            "finding_types": finding_types,
            "odd": ODD.items(),
            "heads": {
                state: count
                if state == question.state and not question.figure
                else question.but(state=state, figure="").rounds(request.user).count()
                for state in HEADS
            },
        },
    )


def _own_order(question: LedgerQuestion) -> tuple[str, ...]:
    """By days left; of what is closed the last first. `due_on` stands for the deadline in force."""
    if question.state == "month":
        return ("-verified_on", "-number")
    return ("-verified_on", "-due_on", "-number") if question.state in ("verified", "voided") else ("due_on", "number")
