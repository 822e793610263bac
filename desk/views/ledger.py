import unicodedata

from django.db.models import Exists, OuterRef, Q
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from desk.views.lists import PAGE_SIZES, Shape, cells_of, columns_chosen, export
from figures.columns import LEDGER_COLUMNS, LEDGER_EXPORTED, Column, ledger_list, licences_at
from figures.exports import lines_of
from figures.ledger import CLOSING, PAST_VIEWS, VIEWS, LedgerQuestion
from inspections.models import FindingType, Notice, RectificationQuerySet
from institutions.models import Division
from institutions.moments import today
from institutions.past import as_called

_BRACKETS = str.maketrans("[]", "〔〕")  # 责改〔2018〕330382-0013号, as it is typed


@require_safe
def ledger(request: SignedInRequest) -> HttpResponseBase:
    """台账: open rounds by days left, overdue first; or one of the other views; as a page, as CSV or as a workbook."""
    if led := columns_chosen(request, "ledger"):
        return led
    question = LedgerQuestion.from_query(request.GET, request.user)
    state, moment = question.state, question.moment
    own_order = question.order_of(state)
    first = own_order[0].replace("deadline", "due_on")
    shape = Shape.from_query(request.GET, LEDGER_COLUMNS, ledger_list(state), first)
    rounds = _matching(question.rounds(request.user), question.place.q)
    found = shape.ordered(question.view(rounds, state), moment, ["deadline", "number"], LEDGER_COLUMNS)
    divisions = as_called(Division.objects.visible_to(request.user).exclude(level="village"), moment)
    where = question.place.division
    division_name = next((each.name for each in divisions if each.code == where), where)
    if shape.format:
        return _exported(request, question, shape, found, division_name)
    page = shape.page_of(question.with_what_is_listed(found, visitors=_asks_who_visited(shape.columns)))
    page.object_list = list(page.object_list)
    finding_types = list(FindingType.objects.all())
    return render(
        request,
        "desk/ledger.html",
        {
            "question": question,
            "asked": _asked(question, {each.code: str(each) for each in finding_types}),
            "shape": shape,
            "columns": shape.column_heads(request.GET, page.paginator.count),
            "offered": shape.offers(LEDGER_COLUMNS),
            "page_sizes": PAGE_SIZES,
            "state": state,
            "views": [(name, label) for name, label in VIEWS.items() if not question.past or name in PAST_VIEWS],
            "page": page,
            "rows": cells_of(question.rows_of(page), shape.columns, request.user),
            "day": moment.on,
            "today": today(),
            "view_name": VIEWS[state],
            "closing": state in CLOSING,
            "divisions": divisions,
            "division_name": division_name,
            "finding_types": finding_types,
            "heads": _heads(question, rounds, page.paginator.count),
        },
    )


def _heads(question: LedgerQuestion, rounds: RectificationQuerySet, count: int) -> dict[str, int]:
    """How many rounds of the same question each of the leading views has; that of the view shown is counted already."""
    names = ["open", "overdue", "month"] if question.past else ["open", "overdue", "submitted", "month"]
    return {name: count if name == question.state else question.view(rounds, name).order_by().count() for name in names}


def _asked(question: LedgerQuestion, findings: dict[str, str]) -> list[dict[str, str]]:
    """What was asked beside view, division and day, in words; each with the question without it."""
    known_at = question.place.known_at
    given = [
        ("finding_type", _("问题"), findings.get(question.place.finding_type, question.place.finding_type)),
        ("inspector", _("责令或检查人员"), question.inspector),
        ("due_from", _("期限自"), question.due_from),
        ("due_to", _("期限至"), question.due_to),
        ("as_of", _("截至日期"), question.place.as_of),
        ("known_at", _("以何时所知为准"), known_at),
        ("q", _("机构名称或通知书编号"), question.place.q),
    ]
    return [
        {"label": label, "value": value, "without": question.query_string(**{name: ""})}
        for name, label, value in given
        if value
    ]


def _asks_who_visited(columns: list[Column]) -> bool:
    return any(each.name == "inspectors" for each in columns)


def _exported(
    request: SignedInRequest, question: LedgerQuestion, shape: Shape, found: RectificationQuerySet, division_name: str
) -> HttpResponseBase:
    moment = question.moment
    whole = question.with_what_is_listed(found, visitors=True)
    whole = whole.prefetch_related(licences_at(moment, through="institution__"))
    return export(
        request,
        shape,
        name="rectifications",
        title=f"{_('整改台账')}_{VIEWS[question.state]}_{division_name}_{moment.on}",
        columns=shape.columns,
        besides=LEDGER_EXPORTED,
        count=found.count(),
        division=question.place.division,
        lines=lambda columns, people_in: lines_of(whole, question.rows_of, columns, people_in=people_in),
    )


def _matching(rounds: RectificationQuerySet, words: str) -> RectificationQuerySet:
    for word in unicodedata.normalize("NFKC", words).split():
        number = word.translate(_BRACKETS)
        of_notice = Exists(Notice.objects.filter(rectification=OuterRef("pk"), number__icontains=number))
        rounds = rounds.filter(Q(institution__name__icontains=word) | Q(number__icontains=number) | of_notice)
    return rounds
