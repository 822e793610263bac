"""Who asks by a screen's pass: its cookie is sent below /map/wall/ alone, and nothing but these doors looks at it."""

from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication

from accounts.requests import refuse_unknown
from mapping.api import MapListView, MapView
from mapping.map_api import TownshipsView
from mapping.models import WallPass
from mapping.wall.actions import digest_of

COOKIE = "wall"


def pass_of(request: HttpRequest) -> WallPass | None:
    """The pass that the request's cookie tells, while it opens."""
    key, _dot, secret = request.COOKIES.get(COOKIE, "").partition(".")
    try:
        found = WallPass.objects.select_related("user").filter(pk=UUID(key)).first()
    except ValueError:
        return None
    if found is None or not compare_digest(found.secret_sha256, digest_of(secret)):
        return None
    return found if found.opens(timezone.now()) else None


class ByWallPass(BaseAuthentication):
    def authenticate(self, request: Any) -> Any:
        found = pass_of(request._request)
        return (found.user, found) if found else None

    def authenticate_header(self, _request: Any) -> str:
        return "Wall"


class OnTheWall:
    """A door of the map for a screen: the same answer, to its pass and to nothing else."""

    authentication_classes = [ByWallPass]
    schema = None  # no door for programs: docs/adr/0064-a-wall-outlives-its-session.md
    http_method_names = ["get", "head"]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        refuse_unknown(request.query_params, self.asks)  # type: ignore[attr-defined]
        super().initial(request, *args, **kwargs)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(*args, **kwargs)
        answer["Cache-Control"] = "private, no-store"
        return answer


class WallMap(OnTheWall, MapView):
    pass


class WallList(OnTheWall, MapListView):
    pass


class WallTownships(OnTheWall, TownshipsView):
    pass
