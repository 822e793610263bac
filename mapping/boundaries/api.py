"""The boundaries on file one level below a division, simplified for a zoom."""

import hashlib
import json

from django.db.models import Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.views import APIView

from accounts.errors import Invalid
from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest, kept_for
from accounts.scope import within_prefixes
from figures.questions import Question
from institutions.models import Division, DivisionQuerySet
from institutions.moments import Moment
from institutions.past import as_called
from mapping.boundaries.copies import ZOOMS, zoom_of_copy
from mapping.layers import parse_zoom
from mapping.models import Boundary, BoundaryCopy

MOST_BYTES = 1_500_000  # of all geometries of an answer; then the copies of a lower zoom are taken
BELOW = {2: "county", 4: "county", 6: "township"}


class BoundariesView(APIView):
    """区划边界: GeoJSON in WGS-84 of the divisions one level below (of a township: its own), as of a day; empty where
    none were uploaded. `zoom` in the answer is that for which they are simplified."""

    asks = ("division", "as_of", "known_at", "zoom")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            OpenApiParameter("division"),
            OpenApiParameter("as_of", OpenApiTypes.DATE),
            OpenApiParameter("known_at", OpenApiTypes.DATETIME),
            OpenApiParameter("zoom", int),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> HttpResponseBase:
        asked = {name: request.query_params.get(name, "") for name in ("division", "as_of", "known_at")}
        question = Question.from_query(asked, request.user)
        zoom = zoom_of_copy(parse_zoom(request.query_params.get("zoom", "")))
        moment = question.moment
        divisions = as_called(divisions_below(question.divisions(request.user), moment), moment)
        names = {each.pk: each.name for each in divisions}
        boundaries = Boundary.objects.in_force(names, moment)
        zoom = _zoom_that_fits(boundaries, zoom)
        told = {each.pk: _properties(each, names[each.division_id]) for each in boundaries}
        etag = f'"{hashlib.sha256(json.dumps([zoom, list(told.items())]).encode()).hexdigest()[:32]}"'
        answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
        return kept_for(answer or _collection(told, zoom, etag), 0)


def divisions_below(codes: list[str], moment: Moment) -> DivisionQuerySet:
    """In force at the moment: the counties of a province or city, the townships of a county, a township itself."""
    found = Division.objects.none()
    for digits in {len(code) for code in codes}:
        of_these = [code for code in codes if len(code) == digits]
        level = BELOW.get(digits, "township")
        found = found | Division.objects.filter(within_prefixes("code", of_these), level=level)
    return found.in_force_at(moment).order_by("code")


def _properties(boundary: Boundary, name: str) -> dict[str, str]:
    file = boundary.set.file
    return {
        "code": boundary.division_id,
        "name": name,
        "source": file.source,
        "approval_number": file.approval_number,
        "dated_on": str(file.dated_on),
    }


def _zoom_that_fits(boundaries: list[Boundary], zoom: int) -> int:
    """The highest kept zoom up to the one asked for whose copies fit into an answer. Raises Invalid when none does."""
    copies = BoundaryCopy.objects.filter(boundary__in=[each.pk for each in boundaries]).order_by()
    sizes = dict(copies.values_list("zoom").annotate(Sum("size")))
    fitting = [each for each in ZOOMS if each <= zoom and sizes.get(each, 0) <= MOST_BYTES]
    if not fitting:
        raise Invalid({"division": [_("这个范围的边界太多，一次给不完。请选其中的一个省或市。")]})
    return fitting[-1]


def _collection(told: dict[int, dict[str, str]], zoom: int, etag: str) -> HttpResponse:
    """The kept texts as they are, joined: they are GeoJSON already."""
    kept = BoundaryCopy.objects.filter(boundary__in=told, zoom=zoom).order_by("boundary__division_id")
    features = ",".join(
        f'{{"type":"Feature","properties":{json.dumps(told[pk], ensure_ascii=False)},"geometry":{geometry}}}'
        for pk, geometry in kept.values_list("boundary_id", "geometry")
    )
    text = f'{{"type":"FeatureCollection","zoom":{zoom},"features":[{features}]}}'
    return HttpResponse(text, content_type="application/json", headers={"ETag": etag})
