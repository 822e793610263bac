"""The API of the registry, visits, ledger and figures. Each view fetches what is visible, permits, calls one thing."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import Invalid
from accounts.permissions import SignedIn, require
from accounts.roles import Permission
from inspections import actions, serializers, statistics
from inspections.drilldown import Drilldown
from inspections.models import Finding, Rectification, RectificationEvent, Visit
from institutions.models import Institution, InstitutionQuerySet
from institutions.moments import EARLIEST, Moment, month_end, today

MOST_MONTHS = 60
QUESTION = [
    OpenApiParameter(name, description=text)
    for name, text in {
        "division": "行政区划代码,默认为本人辖区",
        "as_of": "截至日期 YYYY-MM-DD,默认今天",
        "known_at": "以何时所知为准,ISO 8601,默认现在",
        "figure": "、".join(statistics.FIGURES),
        "standing": "、".join(statistics.Standing.values),
        "licence_status": "排摸时证照情况",
        "licence_now": "截至日期的证照情况",
        "outcome": "closed、licensed、corrected",
        "finding_type": "问题代码",
        "located": "yes、no",
        "unvisited": "30、90、180、365 天内没有检查过,或 ever:从未检查",
        "q": "名称、地址等",
    }.items()
]


class Pages(CursorPagination):
    """By what is unique: a cursor cannot tell apart more than a thousand rows that sort alike."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, DataError) as problem:  # a cursor with a position that is none
            raise NotFound(self.invalid_cursor_message) from problem


@extend_schema(parameters=QUESTION)
class InstitutionList(generics.ListAPIView):
    """The institutions behind any number, by the same grammar as /institutions/."""

    permission_classes = [SignedIn]
    serializer_class = serializers.InstitutionSerializer
    pagination_class = Pages

    def get_queryset(self) -> InstitutionQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Institution.objects.none()
        question = Drilldown.from_query(self.request.query_params, self.request.user)
        return question.institutions(self.request.user).select_related("division")


class InstitutionFile(generics.RetrieveAPIView):
    permission_classes = [SignedIn]
    serializer_class = serializers.InstitutionFileSerializer

    def get_queryset(self) -> InstitutionQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Institution.objects.none()
        rounds = Rectification.objects.order_by("-round_no").prefetch_related("findings")
        visible = Institution.objects.visible_to(self.request.user).select_related("division")
        return statistics.with_standing(
            visible.prefetch_related("licences", Prefetch("rectifications", rounds)), Moment.of()
        )


class CompletionView(APIView):
    """Figures of a division at a moment, and their parts with `by`."""

    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[*QUESTION[:3], OpenApiParameter("by", enum=list(statistics.PARTITIONS))],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        question = Drilldown.from_query(request.query_params, request.user)
        found = statistics.completion(
            question.division,
            question.moment,
            by=request.query_params.get("by") or None,
            within=Institution.objects.visible_to(request.user),
        )
        return Response(found.as_json())


class TrendView(APIView):
    """Completion at the month ends from `from` to `to`, both YYYY-MM."""

    permission_classes = [SignedIn]

    @extend_schema(
        parameters=[
            QUESTION[0],
            QUESTION[2],
            OpenApiParameter("from", required=True),
            OpenApiParameter("to"),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request) -> Response:
        question = Drilldown.from_query(request.query_params, request.user)
        first, last = _months(request)
        moment = question.moment
        ends = statistics.trend(
            question.division,
            first,
            last,
            known_at=moment.known_at,
            within=Institution.objects.visible_to(request.user),
        )
        rows = [{"as_of": end.moment.on.isoformat(), **end.total.as_json()} for end in ends]
        return Response({"division": question.division, "known_at": moment.known_at.isoformat(), "rows": rows})


def _months(request: Request) -> tuple[date, date]:
    """First days of the months asked for. Raises Invalid."""
    asked = {"from": request.query_params.get("from", ""), "to": request.query_params.get("to", "")}
    asked["to"] = asked["to"] or f"{today():%Y-%m}"
    errors = {
        name: [_("“%(given)s”不是月份,例:2018-12。") % {"given": given[:40]}]
        for name, given in asked.items()
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", given) or int(given[:4]) < EARLIEST.year
    }
    if errors:
        raise Invalid(errors)
    first, last = (date.fromisoformat(f"{asked[name]}-01") for name in ("from", "to"))
    if last < first:
        raise Invalid({"to": [_("止月 %(to)s 早于起月 %(from)s。") % asked]})
    if last > month_end(today()):
        raise Invalid({"to": [_("月份 %(to)s 在本月之后。") % asked]})
    if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        raise Invalid({"to": [_("一次至多查询 %(most)s 个月。") % {"most": MOST_MONTHS}]})
    return first, last


class VisitView(APIView):
    """One visit, under the id its sender made."""

    permission_classes = [SignedIn]

    @extend_schema(responses=serializers.VisitSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        visits = Visit.objects.visible_to(request.user).prefetch_related("inspectors", "findings")
        return Response(serializers.VisitSerializer(get_object_or_404(visits, pk=pk)).data)

    @extend_schema(
        request=serializers.NewVisitSerializer,
        responses={201: serializers.ReceiptSerializer, 200: serializers.ReceiptSerializer},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        require(request.user, Permission.RECORD_VISIT)
        body = serializers.NewVisitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data["institution"]
        institution = Institution.objects.visible_to(request.user).filter(pk=given).first()
        if institution is None:
            raise Invalid({"institution": [_("没有这家机构,或不在您的管辖范围内:%(given)s。") % {"given": given}]})
        require(request.user, Permission.RECORD_VISIT, institution.scope_code)
        receipt = actions.record_visit(id=pk, institution=institution, by=request.user, **body.as_arguments())
        return Response(receipt.as_json(), status=201 if receipt.created else 200)


class PhotoBytes(BaseParser):
    """Any body as bytes: what it is, is decided by decoding it."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        from django.conf import settings

        return stream.read(settings.PHOTO_MAX_BYTES + 1)


class VisitPhotoView(APIView):
    """The bytes of one of a visit's photos; repeatable."""

    permission_classes = [SignedIn]
    parser_classes = [PhotoBytes]

    @extend_schema(request={"image/jpeg": OpenApiTypes.BINARY}, responses=serializers.ReceiptSerializer)
    def put(self, request: Request, pk: UUID, sha256: str) -> Response:
        visits = Visit.objects.visible_to(request.user).select_related("institution")
        visit = get_object_or_404(visits, pk=pk)
        require(request.user, Permission.RECORD_VISIT, visit.institution.scope_code)
        data = request.data if isinstance(request.data, bytes) else b""
        return Response(actions.receive_photo(visit, sha256=sha256, data=data, by=request.user).as_json())


class RectificationList(generics.ListAPIView):
    """The ledger."""

    permission_classes = [SignedIn]
    serializer_class = serializers.RectificationSerializer
    pagination_class = Pages

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Rectification.objects.none()
        question = Drilldown.from_query(self.request.query_params, self.request.user)
        rounds = Rectification.objects.visible_to(self.request.user).in_division(question.division)
        return rounds.prefetch_related("findings")


class RectificationFile(generics.RetrieveAPIView):
    permission_classes = [SignedIn]
    serializer_class = serializers.RectificationFileSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Rectification.objects.none()
        return _rectifications(self.request)


def _rectifications(request: Request) -> Any:
    events = RectificationEvent.objects.select_related("by").order_by("sequence")
    return (
        Rectification.objects.visible_to(request.user)
        .select_related("institution")
        .prefetch_related(Prefetch("findings", Finding.objects.order_by("pk")), Prefetch("events", events))
    )


class MoveView(APIView):
    """One move of a round: fetch what is visible, permit, call the action, answer with the round."""

    permission_classes = [SignedIn]
    move = ""
    act: Any = None
    body: type[Any] = serializers.VerifySerializer

    @extend_schema(responses=serializers.RectificationFileSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        rectification = get_object_or_404(_rectifications(request), pk=pk)
        require(request.user, actions.MOVES[self.move], rectification.institution.scope_code)
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        type(self).act(rectification, by=request.user, **{"on": today(), **body.validated_data})
        moved = get_object_or_404(_rectifications(request), pk=pk)
        return Response(serializers.RectificationFileSerializer(moved).data)


@extend_schema(request=serializers.SubmitSerializer)
class SubmitView(MoveView):
    move, act, body = "submit", actions.submit_rectification, serializers.SubmitSerializer


@extend_schema(request=serializers.ReturnSerializer)
class ReturnView(MoveView):
    move, act, body = "return", actions.return_rectification, serializers.ReturnSerializer


@extend_schema(request=serializers.ExtendSerializer)
class ExtendView(MoveView):
    move, act, body = "extend", actions.extend_rectification, serializers.ExtendSerializer


@extend_schema(request=serializers.VerifySerializer)
class VerifyView(MoveView):
    move, act, body = "verify", actions.verify_rectification, serializers.VerifySerializer


@extend_schema(request=serializers.VoidSerializer)
class VoidView(MoveView):
    move, act, body = "void", actions.void_rectification, serializers.VoidSerializer
