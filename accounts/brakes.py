"""Failed sign-ins are counted (by django-axes, in the database), and who fails too often is locked out for a while.

Two brakes, in docs/adr/0019-sign-in-behind-a-proxy.md: a user name from one address, and, higher, an address alone.
A wrong second factor, a wrong present password and a wrong token given as a password (accounts/tokens.py) count like a
wrong password at the sign-in.
"""

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address, get_lockout_response
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import audit
from accounts.models import User


class SignInBrakes(AxesDatabaseHandler):
    """django-axes counts by user name and address; an address that fails under many names is locked as well."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        of_name: int = super().get_failures(request, credentials)
        if failures_of(get_client_ip_address(request)) >= settings.ADDRESS_FAILURE_LIMIT:
            return max(of_name, settings.AXES_FAILURE_LIMIT)
        return of_name


def failures_of(address: str | None) -> int:
    """Failed sign-ins from an address under all names that still count."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    counted = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return counted.aggregate(failures=Sum("failures_since_start"))["failures"] or 0


def locked_out(request: HttpRequest, user: User) -> HttpResponse | None:
    """The page that says so, when this user is locked out at the address of the request."""
    credentials = {"username": user.username}
    allowed = AxesProxyHandler.is_allowed(request, credentials)
    return None if allowed else get_lockout_response(request, credentials=credentials)


def count_failure(request: HttpRequest, user: User, what: str) -> None:
    """Count a wrong second factor or present password; `django.contrib.auth.authenticate` counts wrong passwords."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": user.username}, request=request)
    note_failure(request, user, what)


def note_failure(request: HttpRequest, user: User | None, what: str = "password") -> None:
    """The failure in the audit trail, as `user.sign_in_failed`, or `user.locked_out` for the one that locks.

    What is tried while the lock lasts is not counted and leaves no row. Neither do unknown names: they are not
    rarely passwords, typed into the wrong field, and this trail is kept for ever.
    """
    if user is None or getattr(request, "axes_failures_since_start", None) is None:
        return
    action = "user.locked_out" if request.axes_locked_out else "user.sign_in_failed"  # type: ignore[attr-defined]
    with transaction.atomic():
        audit.write(action, user, by=None, after={"address": get_client_ip_address(request), "wrong": what})
