"""挂图屏: to open one, its page, which a pass opens instead of a session, and the list of one's own."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.addresses import client_address
from accounts.id_numbers import NOT_HERE
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, refuse_unknown
from accounts.roles import Permission
from figures.drilldown import GRAMMAR
from institutions.moments import today
from mapping.models import WallPass
from mapping.question import question_sent
from mapping.shown import Shown
from mapping.views import show
from mapping.wall.actions import end_wall, open_wall
from mapping.wall.passes import COOKIE, pass_of

ENDED_LISTED = 20


class WallForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("屏幕名称"), max_length=WallPass.LONGEST_NAME, help_text=NOT_HERE)
    sign_out = forms.BooleanField(label=gettext_lazy("公用电脑：同时退出我的登录"), required=False)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)


@asks()
def walls(request: SignedInRequest) -> HttpResponse:
    """One's own screens; by POST another one is opened in this browser."""
    require(request.user, Permission.SEE)
    form = WallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _open(request, form.cleaned_data)
    now = timezone.now()
    of_mine = request.user.wall_passes.all()
    standing = list(of_mine.standing(now))
    context = {
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "open": [(each, each.opens(now)) for each in standing],
        "ended": of_mine.exclude(pk__in=[each.pk for each in standing])[:ENDED_LISTED],
        "days": settings.WALL_DAYS,
    }
    return render(request, "mapping/walls.html", context, status=422 if form.errors else 200)


def _open(request: SignedInRequest, said: dict[str, Any]) -> HttpResponse:
    question = question_sent(said["asked"], request.user)
    opened, secret = open_wall(by=request.user, name=said["name"], address=client_address(request))
    if said["sign_out"]:
        sessions.sign_out(request)
    # A wall that is of today goes on with the days.
    on = "" if question.as_of == str(today()) and not question.known_at else question.as_of
    answer = redirect(f"{reverse('wall')}?{question.query_string(as_of=on)}")
    answer.set_cookie(
        COOKIE, f"{opened.pk}.{secret}", expires=opened.expires_at, path=reverse("wall"), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return answer


@require_POST
@asks()
def wall_end(request: SignedInRequest, pk: UUID) -> HttpResponse:
    ended = end_wall(get_object_or_404(request.user.wall_passes, pk=pk), by=request.user)
    messages.success(request, _("“%(name)s”已结束，半分钟内停止显示。") % {"name": ended.name})
    return redirect("walls")


@login_not_required
@require_safe
@cache_control(private=True, no_store=True)
@asks(*GRAMMAR)
def wall(request: HttpRequest) -> HttpResponse:
    """The wall of a screen that was opened; without its pass one signs in, and has the wall of a session."""
    refuse_unknown(request.GET, GRAMMAR)
    opened = pass_of(request)
    if opened is None:
        asked = request.GET.copy()
        asked["wall"] = "1"
        return redirect_to_login(f"{reverse('map')}?{asked.urlencode()}")
    request.user = opened.user
    doors = {"map": reverse("wall_map"), "list": reverse("wall_list"), "townships": reverse("wall_townships")}
    words = {"signedOut": _("这块屏幕的挂图已到期，或已被结束")}
    return show(request, "mapping/wall.html", Shown(wall="1"), doors=doors, words=words, opened=opened)  # type: ignore[arg-type]
