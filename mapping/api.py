from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest
from figures.api import QUESTION
from mapping.layers import Box, Square, collection_of, parse_zoom, written
from mapping.listing import LIST_GRAMMAR, MOST_ROWS, ORDERS, Page, at_one_point, listed
from mapping.question import MAP_GRAMMAR, MapQuestion, note_question
from mapping.shown import Shown

MAP_QUESTION = [
    *QUESTION,
    OpenApiParameter("change_since", description="只要状态与这一天不同的机构，YYYY-MM-DD，在截至日期之前"),
]
BBOX = OpenApiParameter("bbox", description="西,南,东,北，WGS-84 度")


class WithSquares(JSONRenderer):
    """JSON of which the squares are written already."""

    def render(self, data: Any, *given: Any, **options: Any) -> bytes:
        if isinstance(data, dict) and data.get("grouped"):
            return written(data)
        plain: bytes = super().render(data, *given, **options)
        return plain


class MapView(APIView):
    """Institutions on the map by the drill-down grammar: GeoJSON of points, or of clusters when far away."""

    asks = (*MAP_GRAMMAR, "bbox", "zoom")
    renderer_classes = [WithSquares]
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[*MAP_QUESTION, BBOX, OpenApiParameter("zoom", int, description="0 至 20")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = MapQuestion.from_query(request.query_params, request.user)
        zoom = parse_zoom(request.query_params.get("zoom", ""))
        shown = collection_of(question, request.user, _box(request), zoom, Square.text)
        note_question(request, question, where="api/map", found=shown["total"])
        return Response(shown)


class MapListView(APIView):
    """The institutions that the map shows in a box, as a list: overdue first and by deadline, or by distance."""

    asks = (*MAP_GRAMMAR, *LIST_GRAMMAR)
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            *MAP_QUESTION,
            BBOX,
            OpenApiParameter(
                "order", enum=ORDERS, description="urgency：最紧急的在前，默认；distance：距 near 最近的在前"
            ),
            OpenApiParameter("near", description="经度,纬度，WGS-84 度"),
            OpenApiParameter("opened", OpenApiTypes.UUID, description="只要这家机构和与它同在一点的，代替 bbox"),
            OpenApiParameter("after", description="上一页的 next"),
            OpenApiParameter("page_size", int, description=f"1 至 {MOST_ROWS}"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = MapQuestion.from_query(request.query_params, request.user)
        page, box = Page.from_query(request.query_params), _box(request)
        found = question.institutions(request.user)
        if opened := Shown.from_query({"opened": request.query_params.get("opened", "")}).opened:
            box = at_one_point(found, UUID(opened))
            found = found if box else found.none()
        shown = listed(found, question.moment, box, page)
        note_question(request, question, where="api/map/list", found=shown["count"])
        return Response(shown)


def _box(request: SignedInApiRequest) -> Box | None:
    given = request.query_params.get("bbox", "")
    return Box.parse(given) if given else None
