import unicodedata
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from desk.paging import Pages
from figures.drilldown import Drilldown
from inspections.models import Notice, Rectification, RectificationQuerySet
from institutions.models import Division
from institutions.moments import today

PAGE_SIZE = 50
_BRACKETS = str.maketrans("[]", "〔〕")  # 责改〔2018〕330382-0013号, as it is typed
VIEWS = {
    "open": gettext_lazy("未销号"),
    "overdue": gettext_lazy("逾期"),
    "due": gettext_lazy("七天内到期"),
    "recheck": gettext_lazy("需复查"),
    "submitted": gettext_lazy("待核验"),
    "returned": gettext_lazy("已退回"),
    "verified": gettext_lazy("已销号"),
    "month": gettext_lazy("本月销号"),
    "voided": gettext_lazy("已作废"),
}


@require_GET
def ledger(request: SignedInRequest) -> HttpResponse:
    """台账: open rounds by days left, overdue first; or one of the other views."""
    question = Drilldown.from_query(request.GET, request.user)
    asked = request.GET.get("state", "open")
    state = asked if asked in VIEWS else "open"
    day = today()
    rounds = Rectification.objects.visible_to(request.user).in_division(question.division)
    rounds = _matching(rounds, question.q)
    divisions = list(Division.objects.offered_to(request.user, question.division))
    page = Pages(_view(rounds, state, day), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "desk/ledger.html",
        {
            "question": question,
            "state": state,
            "views": VIEWS.items(),
            "page": page,
            "day": day,
            "view_name": VIEWS[state],
            "divisions": divisions,
            "division_name": next(
                (each.name for each in divisions if each.code == question.division), question.division
            ),
            "heads": {
                "open": page.paginator.count if state == "open" else rounds.open().count(),
                "overdue": rounds.overdue(day).count(),
                "submitted": rounds.to_verify().count(),
                "month": _struck_off_this_month(rounds, day).count(),
            },
        },
    )


def _view(rounds: RectificationQuerySet, state: str, day: date) -> RectificationQuerySet:
    rounds = rounds.select_related("institution__division", "ordered_by").prefetch_related("findings__type")
    if state == "open":
        return rounds.open().order_by("next_due_on", "number")
    if state == "overdue":
        return rounds.overdue(day).order_by("next_due_on", "number")
    if state == "due":
        return rounds.due_soon(day).order_by("next_due_on", "number")
    if state == "recheck":
        return rounds.needing_recheck(day).order_by("next_due_on", "number")
    if state == "month":
        return _struck_off_this_month(rounds, day).order_by("-verified_on", "-number")
    return rounds.filter(state=state).order_by("-verified_on", "-due_on", "-number")


def _struck_off_this_month(rounds: RectificationQuerySet, day: date) -> RectificationQuerySet:
    return rounds.filter(verified_on__range=(day.replace(day=1), day))


def _matching(rounds: RectificationQuerySet, words: str) -> RectificationQuerySet:
    for word in unicodedata.normalize("NFKC", words).split():
        number = word.translate(_BRACKETS)
        of_notice = Exists(Notice.objects.filter(rectification=OuterRef("pk"), number__icontains=number))
        rounds = rounds.filter(Q(institution__name__icontains=word) | Q(number__icontains=number) | of_notice)
    return rounds
