from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import SignedIn
from accounts.requests import SignedInApiRequest
from figures.api import QUESTION
from figures.drilldown import GRAMMAR, Drilldown
from inspections.search import note_search
from mapping.layers import Box, collection, parse_zoom


class MapView(APIView):
    """Institutions on the map by the drill-down grammar: GeoJSON of points, or of clusters when far away."""

    asks = (*GRAMMAR, "bbox", "zoom")
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[*QUESTION, OpenApiParameter("bbox"), OpenApiParameter("zoom", int)], responses=OpenApiTypes.OBJECT
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = Drilldown.from_query(request.query_params, request.user)
        moment = question.moment
        bbox = request.query_params.get("bbox", "")
        shown = collection(
            question.institutions(request.user, moment),
            moment,
            Box.parse(bbox) if bbox else None,
            parse_zoom(request.query_params.get("zoom", "")),
        )
        divisions = question.divisions(request.user)
        note_search(request.user, question.q, where="api/map", found=shown["total"], divisions=divisions)
        return Response(shown)
