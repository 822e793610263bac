"""Tiles of the base maps for who is signed in: /map/tiles/<key>/<z>/<x>/<y>."""

import base64

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.requests import kept_for
from mapping import tiles_kept
from mapping.basemaps import configured

BROWSER_KEEPS_S = 86_400
# A transparent PNG of one pixel: where the provider fails nothing is drawn, and for_page() says why.
BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=="
)


@require_safe
def tile(request: HttpRequest, key: str, z: int, x: int, y: int) -> HttpResponseBase:
    """A tile, kept by the browser for a day; a blank one that is not kept while its provider fails; 503 when too many
    are asked for at once, and the page asks again."""
    basemap = configured().get(key)
    if basemap is None or not basemap.min_zoom <= z <= basemap.max_zoom or x >= 2**z or y >= 2**z:
        raise Http404
    try:
        found = tiles_kept.tile_of(basemap, z, x, y)
    except tiles_kept.NoTile as problem:
        if problem.reason == tiles_kept.BUSY:
            return HttpResponse(status=503, headers={"Retry-After": "1", "X-Tile-Problem": problem.reason})
        return HttpResponse(BLANK, content_type="image/png", headers={"X-Tile-Problem": problem.reason})
    unchanged = get_conditional_response(request, etag=found.etag)
    headers = {"ETag": found.etag, "X-Content-Type-Options": "nosniff"}
    answer = unchanged or HttpResponse(found.content, content_type=found.content_type, headers=headers)
    return kept_for(answer, BROWSER_KEEPS_S)
