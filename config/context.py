"""What every page's frame needs: the bureau's name, where one may go, and whether the data is synthetic."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import has_permission
from accounts.put_once import put_once
from accounts.roles import Permission
from institutions.models import Demonstration

LISTS = ("institutions", "rectifications", "misconduct")


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Asked for by base.html; lean.html takes only the name, so that a page that says no needs no database."""
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    demonstration: Any = SimpleLazyObject(lambda: next(iter(_demonstration()), None))
    return {
        "bureau_name": settings.BUREAU_NAME,
        "demonstration": demonstration,
        "demonstration_url": SimpleLazyObject(lambda: _figures_of_2018(demonstration, user)),
        "nav": SimpleLazyObject(lambda: _places(request, user)),
        "way_back": SimpleLazyObject(lambda: _way_back(request)),
        "may_administer": SimpleLazyObject(
            lambda: user.is_authenticated and has_permission(user, Permission.MANAGE_ACCOUNTS)
        ),
    }


@put_once
def _demonstration() -> QuerySet[Demonstration]:
    return Demonstration.objects.order_by("pk")[:1]


def _places(request: HttpRequest, user: User | AnonymousUser) -> list[dict[str, Any]]:
    if not (user.is_authenticated and user.home_prefix):
        return []
    places = [
        ("today", _("今日")),
        ("institutions", _("机构")),
        ("rectifications", _("台账")),
        ("map", _("地图")),
        ("statistics", _("统计")),
        ("reports", _("月报")),
    ]
    if has_permission(user, Permission.SEE_MISCONDUCT):
        places.append(("misconduct", _("教育乱象")))
    if has_permission(user, Permission.SEE_AUDIT):
        places.append(("audit", _("审计记录")))
    return [
        {"url": reverse(name), "label": label, "here": _is_here(request.path, reverse(name))} for name, label in places
    ]


def _figures_of_2018(demonstration: Demonstration, user: User | AnonymousUser) -> str:
    """The statistics at the end of 2018: of the demonstration's county for who sees it, else of the user's own part;
    "" for who sees no division."""
    if user.is_authenticated and not user.home_prefix:
        return ""
    sees = user.is_authenticated and any(demonstration.division_id.startswith(prefix) for prefix in user.prefixes())
    where = f"division={demonstration.division_id}&" if sees else ""
    return f"{reverse('statistics')}?{where}as_of=2018-12-31"


def _way_back(request: HttpRequest) -> str:
    """The list from which this row's page was opened, with its filters, order and page, at the row; "" from anywhere
    else. Taken from the Referer, and only when that is a list of ours."""
    referer = request.META.get("HTTP_REFERER", "")
    row = request.resolver_match.kwargs.get("pk") if request.resolver_match else None
    if row is None or not url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        return ""
    came = urlsplit(referer)
    if came.path not in map(reverse, LISTS):
        return ""
    return f"{came.path}?{came.query}#r-{row}" if came.query else f"{came.path}#r-{row}"


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
