from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import UnknownDivision
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, one_of, page_asked
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions import actions
from institutions.duplicates.questions import Found, pairs_of, shown
from institutions.models import Division, DuplicateDecision, Institution, InstitutionQuerySet
from institutions.moments import today
from institutions.places import County

PAGE = 20
Answer = DuplicateDecision.Answer
SHOWN = {
    "": gettext_lazy("待判断"),
    Answer.LATER: gettext_lazy("以后再说"),
    Answer.SAME: gettext_lazy("是同一家，待合并"),
    Answer.DIFFERENT: gettext_lazy("不是同一家"),
}


@require_safe
@asks("division", "show", "page")
def duplicates(request: SignedInRequest) -> HttpResponse:
    """查重: registrations of a county or township that may be one, side by side, for a person to decide."""
    require(request.user, Permission.EDIT_REGISTRY)
    divisions = _divisions(request.user)
    division = _asked_for(request.GET.get("division", ""), divisions)
    show = one_of("show", request.GET.get("show", ""), [each for each in SHOWN if each])
    at = page_asked(request.GET)
    found: list[Found] = []
    here = in_hand(request.user)
    if division is not None:
        here = here.in_division(division.pk)
        found = pairs_of(here, County.of(division))
    counts = [(state, label, sum(each.state == state for each in found)) for state, label in SHOWN.items()]
    page = Paginator([each for each in found if each.state == show], PAGE).get_page(at)
    context = {
        "divisions": divisions,
        "division": division,
        "show": show,
        "counts": counts,
        "page": page,
        "pairs": shown(page.object_list, here),
        "back": urlencode(_kept(division, show)),
    }
    return render(request, "institutions/duplicates.html", context)


@require_POST
def decide(request: SignedInRequest) -> HttpResponse:
    """One answer about two institutions; the way back to the list it was given on."""
    require(request.user, Permission.EDIT_REGISTRY)
    one, other = (_institution(request, request.POST.get(name, "")) for name in ("one", "other"))
    answer = request.POST.get("answer", "")
    decision = actions.decide_duplicate(one, other=other, answer=answer, by=request.user)
    messages.success(request, _("已记下：%(answer)s。") % {"answer": decision.get_answer_display()})
    kept = {name: request.POST.get(name, "") for name in ("division", "show", "page")}
    return redirect(f"{reverse('duplicates')}?{urlencode({name: value for name, value in kept.items() if value})}")


def in_hand(user: User) -> InstitutionQuerySet:
    """What the user may edit in the register."""
    editable = within_prefixes("scope_code", user.prefixes(Permission.EDIT_REGISTRY))
    return Institution.objects.visible_to(user).filter(editable)


def _institution(request: SignedInRequest, given: str) -> Institution:
    """One that the user sees and may edit; what is no id reads like what is out of sight."""
    try:
        pk = UUID(given)
    except ValueError as problem:
        raise Http404 from problem
    found = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, found.scope_code)
    return found


def _divisions(user: User) -> list[Division]:
    """Counties and townships in which the user may edit the register, or that lie around such a one."""
    prefixes = user.prefixes(Permission.EDIT_REGISTRY)
    within = within_prefixes("code", prefixes)
    found = Division.objects.filter(within, level__in=["county", "township"]).in_force_on(today())
    return list(found.order_by("code"))


def _asked_for(code: str, divisions: list[Division]) -> Division | None:
    """The one asked for, without one the first. Raises UnknownDivision."""
    if not code:
        return divisions[0] if divisions else None
    for each in divisions:
        if each.pk == code:
            return each
    raise UnknownDivision(_("没有代码为“%(code)s”的行政区划。") % {"code": code[:20]})


def _kept(division: Division | None, show: str) -> dict[str, Any]:
    kept = {"division": division.pk if division else "", "show": show}
    return {name: value for name, value in kept.items() if value}
