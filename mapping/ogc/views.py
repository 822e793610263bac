"""The doors of /ogc/. Each takes the drill-down grammar and puts it into its links: the address of the landing page
with a question behind it, copied from any list, is a layer of just these institutions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Max, Min
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest
from accounts.tokens import BearerToken, PageSession, TokenAsPassword
from accounts.views import as_ogc
from figures.drilldown import GRAMMAR, Drilldown
from inspections.search import note_search
from institutions.models import InstitutionQuerySet, surveyed_on_then
from institutions.moments import Moment
from mapping.ogc.asked import ITEMS, Page
from mapping.ogc.features import features_of, page_of, schema
from mapping.ogc.openapi import GEOJSON, OPENAPI, document

JSON, JSON_SCHEMA = "application/json", "application/schema+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMS_TO = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
]


class AsWeAnswer(BaseContentNegotiation):
    """There is one form of each answer, whatever is accepted."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Door(APIView):
    asks: tuple[str, ...] = GRAMMAR
    authentication_classes = [BearerToken, TokenAsPassword, PageSession]
    permission_classes = [SignedIn]
    content_negotiation_class = AsWeAnswer
    schema = None  # described by /ogc/api, not among the API's doors

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Any door says at once of a question that it is none."""
        super().initial(request, *args, **kwargs)
        self.question = Drilldown.from_query(request.query_params, request.user)

    def get_authenticate_header(self, request: Any) -> str:
        return 'Basic realm="access token", charset="UTF-8"'

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        response.data, response.status_code = as_ogc(response.data, response.status_code)
        return response


def answer(content: dict[str, Any], content_type: str = JSON) -> HttpResponse:
    return JsonResponse(content, content_type=content_type, json_dumps_params={"ensure_ascii": False})


def link(request: SignedInApiRequest, rel: str, name: str, media_type: str = JSON, title: str = "") -> dict[str, str]:
    """A link to another door, with the question as it was asked."""
    asked = {key: value for key, value in request.query_params.dict().items() if key in GRAMMAR}
    return _to(request, rel, reverse(name), asked, media_type) | ({"title": title} if title else {})


def _to(request: Any, rel: str, path: str, asked: Mapping[str, str], media_type: str) -> dict[str, str]:
    address = request.build_absolute_uri(path) + (f"?{urlencode(asked)}" if asked else "")
    return {"rel": rel, "type": media_type, "href": address}


class Landing(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        links = [
            link(request, "self", "ogc"),
            link(request, "service-desc", "ogc-api", OPENAPI),
            link(request, "conformance", "ogc-conformance"),
            link(request, "data", "ogc-collections"),
        ]
        title, text = _("校外培训机构"), _("本人辖区内的机构，供 QGIS、GDAL 等软件读取。")
        return answer({"title": title, "description": text, "links": links})


class Conformance(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        return answer({"conformsTo": CONFORMS_TO})


class Api(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        return answer(document(request.build_absolute_uri(reverse("ogc")).rstrip("/")), OPENAPI)


class Collections(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        return answer(
            {"links": [link(request, "self", "ogc-collections")], "collections": [_collection(request, self.question)]}
        )


class Collection(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        return answer(_collection(request, self.question))


def _collection(request: SignedInApiRequest, question: Drilldown) -> dict[str, Any]:
    found = question.institutions(request.user, question.moment)
    _note(request, question, found)
    described = [link(request, rel, "ogc-schema", JSON_SCHEMA) for rel in ("describedby", "describedBy")]
    return {
        "id": "institutions",
        "title": _("培训机构"),
        "description": _("状态截至 as_of 那一天；没有位置的机构也在内，几何为空。"),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": _extent(found, question.moment),
        "links": [
            link(request, "self", "ogc-collection"),
            link(request, "items", "ogc-items", GEOJSON, _("培训机构")),
            *described,  # the second is how GDAL before 3.6 spells it
        ],
    }


def _note(request: SignedInApiRequest, question: Drilldown, found: InstitutionQuerySet) -> None:
    """That somebody searched: where and whether they are tells as much as their names."""
    if question.q:
        divisions = question.divisions(request.user)
        note_search(request.user, question.q, where="ogc", found=found.count(), divisions=divisions)


def _extent(institutions: InstitutionQuerySet, moment: Moment) -> dict[str, Any]:
    """Where and when they are. Those that nobody has surveyed or placed have no part in it."""
    sides = (
        institutions.located()
        .order_by()
        .aggregate(west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude"))
    )
    days = institutions.order_by().aggregate(first=Min(surveyed_on_then(moment)))
    extent: dict[str, Any] = {}
    if sides["west"] is not None:
        extent["spatial"] = {"bbox": [[sides[name] for name in ("west", "south", "east", "north")]], "crs": CRS84}
    if days["first"] is not None:
        extent["temporal"] = {"interval": [[f"{days['first']}T00:00:00Z", None]], "trs": GREGORIAN}
    return extent


class Schema(Door):
    def get(self, request: SignedInApiRequest) -> HttpResponse:
        return answer(schema(), JSON_SCHEMA)


class Items(Door):
    asks = (*GRAMMAR, *ITEMS)

    def get(self, request: SignedInApiRequest) -> HttpResponse:
        page = Page.from_query(request.query_params)
        question, moment = self.question, self.question.moment
        matched = page.matched(question.institutions(request.user, moment), moment)
        count = matched.count()
        divisions = question.divisions(request.user)
        note_search(request.user, question.q, where="ogc", found=count, divisions=divisions)
        features, last, first = page_of(matched, page, moment)
        asked = request.query_params.dict()
        links = [_to(request, "self", request.path, asked, GEOJSON)]
        # The other pages are of this very moment, whatever is written and whatever day it is when they are asked for.
        fixed = asked | {"as_of": moment.on.isoformat(), "known_at": moment.known_at.isoformat()}
        fixed = {name: value for name, value in fixed.items() if name not in ("after", "before")}
        links += [_to(request, "next", request.path, fixed | {"after": last}, GEOJSON)] if last else []
        links += [_to(request, "prev", request.path, fixed | {"before": first}, GEOJSON)] if first else []
        links.append(link(request, "collection", "ogc-collection"))
        collection = {
            "type": "FeatureCollection",
            "timeStamp": moment.known_at.isoformat(),
            "numberMatched": count,
            "numberReturned": len(features),
            "links": links,
            "features": features,
        }
        return answer(collection, GEOJSON)


class Item(Door):
    def get(self, request: SignedInApiRequest, pk: UUID) -> HttpResponse:
        question = self.question
        found = question.institutions(request.user, question.moment).filter(pk=pk)
        _note(request, question, found)
        for feature in features_of(found, question.moment, 1):
            here = _to(request, "self", request.path, request.query_params.dict(), GEOJSON)
            return answer(feature | {"links": [here, link(request, "collection", "ogc-collection")]}, GEOJSON)
        raise Http404
