"""What every page's frame needs: the bureau's name, where one may go, and whether the data is synthetic."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from institutions.models import Demonstration


def chrome(request: HttpRequest) -> dict[str, Any]:
    frame: dict[str, Any] = {"bureau_name": settings.BUREAU_NAME}
    user = getattr(request, "user", None)
    if user is None:  # the request ended before anybody was asked who they are
        return frame
    frame["demonstration"] = Demonstration.objects.select_related("division").first()
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


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
