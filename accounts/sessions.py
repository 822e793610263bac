"""How a session begins and ends, and what its user has to do before anything else.

It ends after `SESSION_IDLE_MINUTES` without a request, after `SESSION_HOURS` in any case, and at once when the password
changes, the account is disabled or its second factor is taken away (`User.session_generation`).
"""

import contextlib
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db import OperationalError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import audit, second_factor
from accounts.addresses import client_address
from accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGNED_IN_AT, SEEN_AT, SECOND_FACTOR, AWAITING = "signed_in_at", "seen_at", "second_factor", "awaiting_code"
TIME_FOR_THE_CODE = 600  # seconds between the password and the second factor

# Why somebody has to sign in again, by the word in the address of the sign-in page.
WHY = {
    "idle": _("您较长时间没有操作，已自动退出。请重新登录，登录后回到刚才的页面。"),
    "long": _("本次登录已达到最长时限，已自动退出。请重新登录，登录后回到刚才的页面。"),
    "ended": _("您的登录已失效（密码或两步验证有更改、账号已停用，或登录已过期）。请重新登录。"),
    "late": _("输入验证码的时间已过。请重新登录。"),
}
# What has to be done first, by the name of the page where it is done.
FIRST = {
    "password": _("您的密码由管理员设置，请先更改密码。"),
    "second_factor": _("您的角色须启用两步验证，请先绑定验证器。"),
}


def sign_in(request: HttpRequest, user: User, *, with_second_factor: bool = False) -> None:
    """Begin the session of `user`. Audited, with the address."""
    with transaction.atomic():
        auth.login(request, user, backend=BACKEND)
        request.session.pop(AWAITING, None)
        now = int(time.time())
        request.session.update({SIGNED_IN_AT: now, SEEN_AT: now, SECOND_FACTOR: with_second_factor})
        after = {"address": client_address(request), "second_factor": with_second_factor}
        audit.write("user.signed_in", user, by=user, after=after)


def sign_out(request: HttpRequest) -> None:
    """End this session. Audited."""
    if isinstance(request.user, User):
        with transaction.atomic():
            audit.write("user.signed_out", request.user, by=request.user, after={"address": client_address(request)})
    auth.logout(request)


def await_code(request: HttpRequest, user: User) -> None:
    """The password was right; nobody is signed in until the second factor is."""
    request.session.cycle_key()
    request.session[AWAITING] = {"user": user.pk, "hash": user.get_session_auth_hash(), "at": int(time.time())}


def awaited(request: HttpRequest) -> User | None:
    """Who gave the right password in this session not long ago, and has not changed or lost it since."""
    waits = request.session.get(AWAITING)
    if not waits or time.time() - waits["at"] > TIME_FOR_THE_CODE:
        return None
    user = User.objects.filter(pk=waits["user"], is_active=True).first()
    return user if user and user.get_session_auth_hash() == waits["hash"] else None


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Who asks; nobody once the session is over, and then `request.why` says why, one of `WHY`."""
    user = auth.get_user(request)
    if isinstance(user, User):
        why = over(request.session, time.time())
    else:
        came_with_one = request.COOKIES.get(settings.SESSION_COOKIE_NAME) and AWAITING not in request.session
        why = "ended" if came_with_one else ""
    if not why:
        return user
    request.session.flush()
    request.why = why  # type: ignore[attr-defined]
    return AnonymousUser()


def over(session: SessionBase, now: float) -> str:
    """Why this session is over at `now` (seconds since 1970), one of `WHY`; "" when it goes on."""
    begun = session.get(SIGNED_IN_AT, now)
    seen = session.get(SEEN_AT, begun)
    idle = settings.SESSION_IDLE_MINUTES * 60
    if now - begun >= settings.SESSION_HOURS * 3600:
        return "long"
    if now - seen >= idle:
        return "idle"
    if SEEN_AT not in session or now - seen >= idle / 24:  # every five minutes of two hours, not at every request
        _keep(session, {SIGNED_IN_AT: int(begun), SEEN_AT: int(now)})
    return ""


def _keep(session: SessionBase, values: dict[str, int]) -> None:
    """Written at once, and without effect on the answer: on a full disk people go on reading."""
    modified = session.modified
    session.update(values)
    with contextlib.suppress(OperationalError, UpdateError):  # the other: signed out in another tab just now
        session.save()
    session.modified = modified


def first_step(request: HttpRequest) -> str:
    """What this signed-in user has to do before anything else, one of `FIRST`; "" when nothing."""
    user = request.user
    if not isinstance(user, User):
        return ""
    if user.must_change_password:
        return "password"
    if not request.session.get(SECOND_FACTOR) and second_factor.required(user):
        return "second_factor"
    return ""


def way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: the page that was asked for, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(form, {request.get_host()}, require_https=request.is_secure()):
        return reverse("today")
    parts = urlsplit(form)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
