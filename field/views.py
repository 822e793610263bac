"""The phone app: one page that holds nobody's data, its service worker and manifest, and who is signed in.

What it shows and sends comes and goes by the API.
"""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import has_permission
from accounts.roles import Permission
from field import shell
from field.texts import choices, texts


@login_not_required
@require_GET
@gzip_page
def app(request: HttpRequest) -> HttpResponse:
    """The page of the app. It is the same for everybody: the phone keeps it, whoever signs in."""
    told = {
        "version": shell.version(),
        "home": reverse("today"),
        "page": reverse("field"),
        "worker": reverse("service_worker"),
        "who": reverse("field_who"),
        "login": reverse("login"),
        "logout": reverse("logout"),
        "language": reverse("set_language"),
        "shrink": reverse("field_shrink"),
        "leaflet": static("vendor/leaflet/leaflet.js"),
        "leaflet_css": static("vendor/leaflet/leaflet.css"),
        "term_days": settings.RECTIFICATION_TERM_DAYS,
        "choices": choices(),
        "texts": texts(),
    }
    answer = render(request, "field/shell.html", {"told": told, "bureau_name": settings.BUREAU_NAME})
    answer["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@ensure_csrf_cookie
@require_GET
def who(request: HttpRequest) -> JsonResponse:
    """Who is signed in and what time it is; 401 when nobody is."""
    user = request.user
    if not isinstance(user, User):
        return JsonResponse({"code": "not_signed_in"}, status=401)
    told: dict[str, Any] = {
        "username": user.username,
        "name": str(user),
        "at": timezone.now().isoformat(),
        "may_record": has_permission(user, Permission.RECORD_VISIT),
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script: the files of this version, and the module that keeps them."""
    told = {"version": shell.version(), "page": reverse("field"), "files": [*shell.urls(), reverse("field_shrink")]}
    module = json.dumps(static("field/service_worker.js"))
    script = f"import {{ start }} from {module};\nstart({json.dumps(told)});\n"
    headers = {"Service-Worker-Allowed": reverse("field"), "Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript", headers=headers)


@login_not_required
@require_GET
def shrink(request: HttpRequest) -> HttpResponse:
    """The script beside the page that makes photos smaller. The service worker answers for such a script only where its
    address is in its own scope: from /static/ it would be fetched each time, and not without a network."""
    script = f"import {json.dumps(static('field/shrink_worker.js'))};\n"
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@login_not_required
@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the app beside its others."""
    told = {
        "id": reverse("field"),
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "name": _("现场走访") + " · " + settings.BUREAU_NAME,
        "short_name": _("走访"),
        "display": "standalone",
        "background_color": "#f3f6f8",
        "theme_color": "#0b4f7d",
        "lang": "zh-Hans" if request.LANGUAGE_CODE == "zh-hans" else request.LANGUAGE_CODE,
        "icons": [
            {"src": static("field/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": static("field/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": static("field/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _icon(name: str, edge: int) -> dict[str, str]:
    return {"src": static(f"field/{name}"), "sizes": f"{edge}x{edge}", "type": "image/png"}
