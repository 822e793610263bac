"""A case, and the figures of the patrol, to be read."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from institutions.models import Institution
from institutions.moments import Moment, month_end, today
from institutions.past import as_called
from misconduct.figures import figures, sentences
from misconduct.history import history_of, named
from misconduct.models import Case, Conclusion, Kind, Measure, MeasureKind, Party, Result, State
from misconduct.question import ALL, MisconductQuestion, divisions_offered, names_shown
from misconduct.views.writing import case_of

WHERE_AND_WHEN = ("division", "since", "as_of", "known_at")


@require_safe
@asks()
def case_page(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """案件: what it is about, who is concerned, what was done, and what became of it."""
    case = case_of(request, pk)
    in_clear = has_permission(request.user, Permission.SEE_MISCONDUCT_NAMES, case.scope_code)
    stated = case.statement
    context = {
        "case": case,
        "stated": stated,
        "institution": _institution(request, stated.institution),
        "conclusion": (ended := case.conclusion),
        "state": State(ended.result) if ended else State.ACCEPTED,
        "parties": parties_of(case, request, in_clear),
        "history": history_of(case, in_clear=in_clear),
        "may_record": case.stands and has_permission(request.user, Permission.RECORD_MISCONDUCT, case.scope_code),
        "may_withdraw": case.stands and has_permission(request.user, Permission.WITHDRAW_MISCONDUCT, case.scope_code),
        "in_clear": in_clear,
    }
    names_shown("misconduct-case", by=request.user, in_clear=in_clear, divisions=[case.scope_code], case=str(case.pk))
    return render(request, "misconduct/case.html", context)


def parties_of(case: Case, request: SignedInRequest, in_clear: bool) -> list[dict[str, Any]]:
    """Everybody concerned, with the measures that stand and in how many visible cases they are."""
    measures: dict[Any, list[Measure]] = {}
    for measure in Measure.objects.standing().filter(party__case=case):
        measures.setdefault(measure.party_id, []).append(measure)
    parties = list(Party.objects.standing().filter(case=case).select_related("person"))
    seen = Case.objects.visible_to(request.user).standing()
    others = Party.objects.standing().filter(person__in=[each.person_id for each in parties], case__in=seen)
    elsewhere = [person for person, of in others.values_list("person", "case") if of != case.pk]
    return [
        {
            "party": party,
            "name": named(party, in_clear),
            "measures": measures.get(party.pk, []),
            "others": elsewhere.count(party.person_id),
            "url": f"{reverse('misconduct')}?person={party.person_id}",
        }
        for party in parties
    ]


def _institution(request: SignedInRequest, linked: Institution | None) -> Institution | None:
    """The institution on the register that is named, where the reader sees it."""
    seen = linked is not None and has_permission(request.user, Permission.SEE, linked.scope_code)
    return linked if seen else None


@require_safe
@asks(*WHERE_AND_WHEN)
def figures_page(request: SignedInRequest) -> HttpResponse:
    """专项巡查统计: cases, persons and measures of a period, each number with its list."""
    question = MisconductQuestion.from_query(request.GET, request.user)
    with one_snapshot():
        period = question.period
        found = figures(question.divisions(request.user), period)
        told = []
        if question.division != ALL:
            told = sentences(question.division, period.moment, period.since, known_at=question.known_at)
    asked = {"since": period.since.isoformat(), "as_of": period.moment.on.isoformat(), "state": "concluded"}
    cases, persons = reverse("misconduct"), reverse("misconduct_persons")

    def linked(label: object, part: dict[str, str]) -> dict[str, Any]:
        query = question.query_string(**asked | part)
        return {"label": label, "cases_url": f"{cases}?{query}", "persons_url": f"{persons}?{query}"}

    kinds, measures = dict(Kind.choices), dict(MeasureKind.choices)
    divisions = as_called(divisions_offered(request.user, question.division), period.moment)
    context = {
        "question": question,
        "period": period,
        "divisions": divisions,
        "division_name": next((each.name for each in divisions if each.code == question.division), ""),
        "several": question.division == ALL,
        "sentences": told,
        "found": found,
        "years": years_of(question.divisions(request.user), period.moment),
        "all": linked("", {}),
        "measures": [
            linked(measures[kind], {"measure": kind}) | {"persons": found.measures.get(kind, 0)} for kind in MeasureKind
        ],
        "kinds": [
            linked(kinds[each.key], {"kind": each.key}) | {"cases": each.cases, "persons": each.persons}
            for each in found.kinds
        ],
        "months": [
            linked(each.key, _month(each.key, period.since, period.moment.on))
            | {"cases": each.cases, "persons": each.persons}
            for each in found.months
        ],
    }
    return render(request, "misconduct/figures.html", context)


def years_of(divisions: list[str], moment: Moment) -> list[dict[str, Any]]:
    """The years in which cases were concluded, and this one, the latest first; of this one until today."""
    seen = Case.objects.in_divisions(divisions).known_at(moment)
    ended = Conclusion.objects.known_at(moment).filter(case__in=seen.values("pk"), result=Result.CONCLUDED)
    years = {day.year for day in ended.dates("handled_on", "year")} | {today().year}
    last = {year: min(date(year, 12, 31), today()) for year in years}
    return [
        {"year": year, "since": date(year, 1, 1).isoformat(), "as_of": last[year].isoformat()}
        for year in sorted(years, reverse=True)
    ]


def _month(key: str, since: date, on: date) -> dict[str, str]:
    """The days of a month that lie in the period: what "2018-03" is of it."""
    first = date.fromisoformat(f"{key}-01")
    return {"since": max(first, since).isoformat(), "as_of": min(month_end(first), on).isoformat()}
