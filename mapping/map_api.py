"""The doors of the map's page beside the map itself: symbols of the divisions below, who has no position, and placing
by hand."""

import math
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_bodies import Body
from accounts.permissions import SignedIn, require
from accounts.requests import SignedInApiRequest
from accounts.roles import Permission
from figures.api import QUESTION
from figures.drilldown import GRAMMAR, Drilldown
from institutions.models import Institution
from mapping import actions
from mapping.api import MAP_QUESTION
from mapping.listing import MOST_ROWS, UNLOCATED_GRAMMAR, Page, unlocated
from mapping.question import MAP_GRAMMAR, MapQuestion, note_question
from mapping.townships import townships


class TownshipsView(APIView):
    """The divisions below as GeoJSON points with their figures: for symbols by size and completion rate."""

    asks = GRAMMAR
    permission_classes = [SignedIn]

    @extend_schema(parameters=QUESTION, responses=OpenApiTypes.OBJECT)
    def get(self, request: SignedInApiRequest) -> Response:
        question = Drilldown.from_query(request.query_params, request.user)
        shown = townships(question, request.user)
        note_question(request, question, where="api/map", found=shown["total"]["surveyed"])
        return Response(shown)


class UnlocatedView(APIView):
    """N 家未定位: institutions of the question that the map cannot show, without personal data, the pressing first."""

    asks = (*MAP_GRAMMAR, *UNLOCATED_GRAMMAR)
    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            *MAP_QUESTION,
            OpenApiParameter("after", description="上一页的 next"),
            OpenApiParameter("page_size", int, description=f"1 至 {MOST_ROWS}"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        question = MapQuestion.from_query(request.query_params, request.user)
        page = Page.from_query({name: request.query_params.get(name, "") for name in UNLOCATED_GRAMMAR})
        shown = unlocated(question.institutions(request.user), question.moment, page)
        note_question(request, question, where="api/map", found=shown["count"])
        return Response(shown)


def _within(most: float) -> serializers.FloatField:
    return serializers.FloatField(min_value=-most, max_value=most, validators=[_is_number])


def _is_number(degrees: float) -> None:
    if not math.isfinite(degrees):
        raise serializers.ValidationError(_("“%(given)s”不是数字。") % {"given": degrees})


class PlaceBody(Body):
    """WGS-84 degrees of a point on the map."""

    longitude = _within(180)
    latitude = _within(85)


class TakenBackBody(Body):
    """`version` as placing answered it: what somebody changed since is not taken back."""

    version = serializers.IntegerField(min_value=1)


class PlacedSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Institution
        fields = ["id", "name", "longitude", "latitude", "location_source", "version"]
        read_only_fields = fields


class PlaceView(APIView):
    """Give an institution without a position the one that somebody pointed at on the map."""

    permission_classes = [SignedIn]

    @extend_schema(request=PlaceBody, responses=PlacedSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        institution = _editable(request, pk)
        body = PlaceBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(
            PlacedSerializer(actions.place_on_map(institution, by=request.user, **body.validated_data)).data
        )


class PlaceTakenBackView(APIView):
    """Take back a position given on the map: what was on file before stands again."""

    permission_classes = [SignedIn]

    @extend_schema(request=TakenBackBody, responses=PlacedSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        institution = _editable(request, pk)
        body = TakenBackBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(
            PlacedSerializer(actions.take_back_place(institution, by=request.user, **body.validated_data)).data
        )


def _editable(request: SignedInApiRequest, pk: UUID) -> Institution:
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    return institution
