"""The lists of the second ledger: cases, and the persons concerned, behind any of its numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from desk.misconduct_columns import (
    CASE_COLUMNS,
    CASE_LIST,
    NAMED,
    PERSON_COLUMNS,
    asked_in_words,
    case_rows,
    person_rows,
    scope_code_of_row,
)
from desk.views.lists import PAGE_SIZES, SHAPE, Shape, export, to_columns_last_chosen
from figures.columns import Cell, Column, Line
from figures.conditions import Condition
from institutions.moments import today
from institutions.past import as_called
from misconduct.models import Kind, MeasureKind, Source, State
from misconduct.question import ALL, ASKED, MisconductQuestion, divisions_offered, names_shown

TEMPLATES = {"misconduct": "desk/misconduct.html", "misconduct_persons": "desk/misconduct_persons.html"}


@require_safe
@asks(*ASKED, *SHAPE)
def case_list(request: SignedInRequest) -> HttpResponseBase:
    """案件: those that answer a question, the latest first; as a page, as CSV or as a workbook."""
    question = MisconductQuestion.from_query(request.GET, request.user)
    if led := to_columns_last_chosen(request, "misconduct"):
        return led
    shape = Shape.from_query(request.GET, CASE_COLUMNS, CASE_LIST, "-found_on")
    moment = question.moment
    own_order = question.cases(request.user).order_by("-found_on_then", "number", "pk")
    found = shape.ordered(own_order, moment, ["number", "pk"], CASE_COLUMNS)
    return _answer(
        request, question, shape, found, "misconduct", lambda some: case_rows(some, moment), _("案件"), CASE_COLUMNS
    )


@require_safe
@asks(*ASKED, *SHAPE)
def person_list(request: SignedInRequest) -> HttpResponseBase:
    """当事人: those concerned in the cases that answer a question, each once."""
    question = MisconductQuestion.from_query(request.GET, request.user)
    if led := to_columns_last_chosen(request, "misconduct_persons"):
        return led
    shape = Shape.from_query(request.GET, PERSON_COLUMNS, PERSON_COLUMNS, "")
    moment = question.moment
    parties = question.parties(request.user).with_school(moment).select_related("case").order_by("case__number", "pk")
    found = question.persons(request.user).order_by("recorded_at", "pk")
    return _answer(
        request,
        question,
        shape,
        found,
        "misconduct_persons",
        lambda some: person_rows(some, parties, moment),
        _("当事人"),
        PERSON_COLUMNS,
    )


def _answer(
    request: SignedInRequest,
    question: MisconductQuestion,
    shape: Shape,
    found: Any,
    name: str,
    rows_of: Any,
    title: str,
    offered: Sequence[Column],
) -> HttpResponseBase:
    where = question.divisions(request.user)
    with one_snapshot():
        page = shape.page_of(found)
        count = page.paginator.count
        answer = None if shape.format else _page(request, question, shape, page, name, rows_of, offered)
    audit.searched(by=request.user, words=question.q, where=name, found=count, divisions=where)
    if answer:
        names_shown(
            name, by=request.user, in_clear=False, divisions=where, rows=count, question=question.query_string()
        )
        return answer
    called = {each.code: each.name for each in divisions_offered(request.user, question.division)}
    named = called.get(question.division, _("全部辖区"))
    return export(
        request,
        shape,
        name=name,
        title=f"{_('教育乱象')}_{title}_{named}_{question.moment.on}",
        besides=offered,
        question=question.query_string(),
        count=count,
        divisions=where,
        lines=lambda columns, people_in: _lines(rows_of(found), columns, people_in),
        people=Permission.SEE_MISCONDUCT_NAMES,
    )


def _page(
    request: SignedInRequest,
    question: MisconductQuestion,
    shape: Shape,
    page: Any,
    name: str,
    rows_of: Any,
    offered: Sequence[Column],
) -> HttpResponse:
    rows = rows_of(page.object_list)
    divisions = as_called(divisions_offered(request.user, question.division), question.moment)
    context = {
        "question": question,
        "asked": _asked(question),
        "list_name": name,
        "shape": shape,
        "columns": shape.column_heads(request.GET, page.paginator.count),
        "offered": shape.offers(offered),
        "page_sizes": PAGE_SIZES,
        "page": page,
        "rows": [(row, list(zip(shape.columns, cells, strict=True))) for row, cells in _said(rows, shape.columns, ())],
        "divisions": divisions,
        "division_name": next((each.name for each in divisions if each.code == question.division), _("全部辖区")),
        "several": question.division == ALL,
        "day": question.moment.on,
        "today": today(),
        "kinds": Kind.choices,
        "sources": Source.choices,
        "states": State.choices,
        "measures": MeasureKind.choices,
        "may_record": has_permission(request.user, Permission.RECORD_MISCONDUCT),
    }
    return render(request, TEMPLATES[name], context)


def _asked(question: MisconductQuestion) -> list[Condition]:
    """Every condition beside division, day and words, with the way without it. A person is not named here."""
    return [
        Condition(
            str(label),
            _("同一人") if name == "person" else asked_in_words(name, given)[1],
            question.query_string(**{name: ""}),
        )
        for name, label in NAMED.items()
        if (given := getattr(question, name))
    ]


def _said(rows: Sequence[Any], columns: Sequence[Column], people_in: Sequence[str]) -> Iterator[tuple[Any, list[Cell]]]:
    """Each row and its cells. Names are masked but where somebody takes them away who may read them: whoever reads
    them on a page reads them in the case, which is in the audit trail."""
    labels = [{value: str(label) for value, label in each.choices.choices} if each.choices else {} for each in columns]
    for row in rows:
        hidden = not all(code.startswith(tuple(people_in)) for code in scope_code_of_row(row))
        cells = [each.masked(row) if each.masked and hidden else each.cell(row) for each in columns]
        yield row, [_cell(words, cell) for words, cell in zip(labels, cells, strict=True)]


def _cell(words: dict[str, str], cell: Any) -> Cell:
    return words.get(cell) or ("" if cell is None else str(cell))


def _lines(rows: Sequence[Any], columns: Sequence[Column], people_in: Sequence[str]) -> list[Line]:
    return [cells for _row, cells in _said(rows, columns, people_in)]
