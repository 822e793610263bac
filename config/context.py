"""What every page's frame needs: the bureau's name, where one may go, and whether the data is synthetic."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from institutions.models import Demonstration


def chrome(request: HttpRequest) -> dict[str, Any]:
    frame: dict[str, Any] = {"bureau_name": settings.BUREAU_NAME}
    user = getattr(request, "user", None)
    if user is None:  # the request ended before anybody was asked who they are
        return frame
    frame["demonstration"] = demonstration = Demonstration.objects.first()
    if demonstration:
        frame["demonstration_url"] = _figures_of_2018(demonstration, user)
    if user.is_authenticated and user.home_prefix:
        frame["nav"] = [
            {"url": reverse(name), "label": label, "here": _is_here(request.path, reverse(name))}
            for name, label in (
                ("today", _("今日")),
                ("institutions", _("机构")),
                ("rectifications", _("台账")),
                ("map", _("地图")),
                ("statistics", _("统计")),
                ("reports", _("月报")),
            )
        ]
    return frame


def _figures_of_2018(demonstration: Demonstration, user: User | AnonymousUser) -> str:
    """The statistics at the end of 2018: of the demonstration's county for who sees it, else of the user's own part;
    "" for who sees no division."""
    if user.is_authenticated and not user.home_prefix:
        return ""
    sees = user.is_authenticated and any(demonstration.division_id.startswith(prefix) for prefix in user.prefixes())
    where = f"division={demonstration.division_id}&" if sees else ""
    return f"{reverse('statistics')}?{where}as_of=2018-12-31"


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
