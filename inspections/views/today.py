from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inspections.drilldown import Drilldown
from inspections.models import QuarantinedVisit, Rectification, RectificationEvent
from inspections.statistics import completion
from institutions.models import Institution
from institutions.moments import Moment, start_of
from institutions.moments import today as this_day

SHOWN = 8  # of each list; the ledger has the rest


def today(request: HttpRequest) -> HttpResponse:
    """今日: what waits for me, what changed since yesterday, the headline figures of my division."""
    user, day = request.user, this_day()
    if not user.home_prefix:
        return render(request, "inspections/no_division.html")
    rounds = Rectification.objects.visible_to(user).select_related("institution__division").order_by("due_on", "number")
    waiting = {
        "overdue": rounds.overdue(day),
        "due": rounds.open().filter(due_on__range=(day, day + timedelta(days=7))),
        "to_verify": rounds.to_verify().order_by("submitted_on", "number"),
        "recheck": rounds.needing_recheck(day),
    }
    changes = (
        RectificationEvent.objects.filter(
            rectification__in=Rectification.objects.visible_to(user), recorded_at__gte=start_of(day - timedelta(days=1))
        )
        .select_related("rectification__institution", "by")
        .order_by("-recorded_at", "-pk")
    )
    quarantined = QuarantinedVisit.objects.filter(
        visit__institution__in=Institution.objects.visible_to(user)
    ).select_related("visit__institution")
    return render(
        request,
        "inspections/today.html",
        {
            "day": day,
            "figures": completion(user.home_prefix, Moment.of(), within=Institution.objects.visible_to(user)),
            "question": Drilldown(division=user.home_prefix),
            "waiting": {name: (found[:SHOWN], found.count()) for name, found in waiting.items()},
            "changes": changes[:12],
            "quarantined": quarantined[:SHOWN],
        },
    )
