"""The API of visits and of the ledger's moves. Each view fetches what is visible, permits, calls one thing."""

import io
import tempfile
from collections.abc import Iterable, Mapping
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import NO_PERMISSION, Invalid
from accounts.models import User
from accounts.permissions import HasAccount, SignedIn, has_permission, require
from accounts.put_once import put_once
from accounts.requests import SignedInApiRequest
from accounts.roles import Permission
from inspections import actions, serializers
from inspections.models import (
    Finding,
    Notice,
    QuarantinedVisit,
    Rectification,
    RectificationEvent,
    Visit,
)
from inspections.moves import MOVES, Move
from institutions.models import Institution
from institutions.moments import day_of, today

OF_AN_INSTITUTION = ("scope_code", "moved", "withdrawn_at")


class VisitView(APIView):
    """One visit, under the id its sender made. Sent by whoever was granted it on the day, whatever they are now."""

    permission_classes = [HasAccount]

    @extend_schema(responses=serializers.VisitSerializer)
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response:
        visits = Visit.objects.visible_to(request.user).prefetch_related("inspectors", "findings")
        return Response(
            serializers.VisitSerializer(get_object_or_404(visits, pk=pk), context={"request": request}).data
        )

    @extend_schema(
        request=serializers.NewVisitSerializer,
        responses=dict.fromkeys((201, 200, 202), serializers.ReceiptSerializer),
    )
    def put(self, request: SignedInApiRequest, pk: UUID) -> Response:
        receipt = taken(request.user, pk, request.data)
        return Response(receipt.as_json(), status=receipt.status)


def taken(user: User, pk: UUID, body: Any) -> actions.Receipt:
    """A visit as a phone sends it, alone or among others: read, and counted or kept aside. Raises what refuses it.

    Judged by what its sender was granted on the day of the visit. An institution that they never had to do with reads
    like one that is absent.
    """
    given = read_visit(user, pk, body)
    return actions.take_visit(given.sent, by=user, device_sent_at=given.device_sent_at)


def read_visit(
    user: User, pk: UUID, body: Any, institutions: Mapping[UUID, Institution] | None = None
) -> actions.Given:
    """A body as a visit that is given; `institutions` are those that several name, where they were looked up."""
    if not actions.has_ever_recorded(user):
        raise PermissionDenied(str(NO_PERMISSION))
    read = serializers.ReadVisit(body)
    if read.body.get("id", pk) != pk:
        raise Invalid({"id": [_("正文里的 id 与地址里的不同。")]})
    found = named([read.body["institution"]]) if institutions is None else institutions
    sent = read.as_sent(pk, _institution(user, read, found.get(read.body["institution"])))
    return actions.Given(sent, read.body["device_sent_at"])


def named(ids: Iterable[UUID]) -> dict[UUID, Institution]:
    """What taking a visit asks of institutions before they are locked."""
    return {each.pk: each for each in _by_id(tuple(ids))}


@put_once
def _by_id(ids: tuple[UUID, ...]) -> "QuerySet[Institution]":
    return Institution.objects.filter(pk__in=ids).only(*OF_AN_INSTITUTION).order_by()


def _institution(user: User, read: serializers.ReadVisit, institution: Institution | None) -> Institution:
    """The institution a visit names, or the one it says was found on the spot."""
    given, found, on = read.body["institution"], read.found, day_of(read.body["happened_at"])
    if institution is None and found is not None:
        institution = actions.institution_found(found, given)
        if not actions.might_record(user, institution, on):
            raise Invalid({"found.division": [_("没有代码为“%(code)s”的行政区划。") % {"code": found.division}]})
        actions.check_found(found, timezone.now())
        return institution
    if institution is not None and (
        actions.might_record(user, institution, on) or actions.has_had_to_do_with(user, institution)
    ):
        return institution
    if institution is not None and Institution.objects.visible_to(user).filter(pk=given).exists():
        raise PermissionDenied(str(NO_PERMISSION))
    raise Invalid({"institution": [_("没有这家机构，或不在您的管辖范围内：%(given)s。") % {"given": given}]})


class ReceiptView(APIView):
    """The receipt of a visit as of now: which of its photos are still to come, and whether it waits for a person."""

    permission_classes = [HasAccount]

    @extend_schema(responses=serializers.ReceiptSerializer)
    def get(self, request: SignedInApiRequest, pk: UUID) -> Response:
        visits = Visit.objects.of_or_visible_to(request.user).with_receipts()
        if (visit := visits.filter(pk=pk).first()) is not None:
            return Response(actions.receipt_of(visit).as_json())
        waiting = (each for each in _copies(request.user, pk) if not each.is_of_a_used_id)
        copy = next(waiting, None)
        if copy is None:
            raise Http404
        return Response(actions.receipt_of_copy(copy).as_json())


def _copies(user: User, pk: UUID) -> list[QuarantinedVisit]:
    """What was kept aside under an id and the user sent, sees, or says in it to have been there; the latest first."""
    copies = QuarantinedVisit.objects.sent_as(pk).select_related("institution").order_by("-received_at", "-pk")
    seen = set(QuarantinedVisit.objects.visible_to(user).filter(pk__in=copies.order_by()).values_list("pk", flat=True))
    return [each for each in copies if each.pk in seen or _is_of(user, each)]


def _is_of(user: User, copy: QuarantinedVisit) -> bool:
    return copy.by_id == user.pk or user.username in copy.stated["inspectors"]


class VisitWithdrawalView(APIView):
    """撤回走访: by who recorded it the same day, later by another person."""

    permission_classes = [SignedIn]

    @extend_schema(request=serializers.VisitWithdrawalSerializer, responses=serializers.VisitSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        visits = Visit.objects.visible_to(request.user).select_related("institution")
        visit = get_object_or_404(visits, pk=pk)
        require(request.user, visit.withdrawal_takes(request.user), visit.institution.scope_code)
        body = serializers.VisitWithdrawalSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        withdrawn = actions.withdraw_visit(visit, by=request.user, **body.validated_data)
        return Response(serializers.VisitSerializer(withdrawn, context={"request": request}).data)


class PhotoBytes(BaseParser):
    """Any body as a file, a large one on disk: what it is, is decided by decoding it."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        file = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 (closed with the request)
        left = settings.PHOTO_MAX_BYTES + 1
        while left and (some := stream.read(min(left, 1024 * 1024))):
            file.write(some)
            left -= len(some)
        return file


class VisitPhotoView(APIView):
    """The bytes of one of a visit's photos; repeatable. Also of a visit kept aside, and by who recorded it or was there
    where their grant has ended since."""

    permission_classes = [HasAccount]
    parser_classes = [PhotoBytes]

    @extend_schema(request={"image/jpeg": OpenApiTypes.BINARY}, responses=serializers.ReceiptSerializer)
    def put(self, request: SignedInApiRequest, pk: UUID, sha256: str) -> Response:
        given: Any = request.data
        with given or io.BytesIO() as file:  # nothing was sent: no file either
            return Response(received(request.user, pk, sha256, file).as_json())


def received(user: User, pk: UUID, sha256: str, data: bytes | IO[bytes]) -> actions.Receipt:
    """A photo of the visit under an id, or of what was kept aside under it."""
    visit = Visit.objects.of_or_visible_to(user).select_related("institution").filter(pk=pk).first()
    if visit is None or not visit.photos.filter(sha256=sha256).exists():
        copies = [each for each in _copies(user, pk) if sha256 in each.content]
        if copies:
            return _received_aside(user, copies, sha256, data)
    if visit is None:
        raise Http404
    if visit.recorded_by_id != user.pk and not visit.inspectors.filter(pk=user.pk).exists():
        require(user, Permission.RECORD_VISIT, visit.institution.scope_code)
    return actions.receive_photo(visit, sha256=sha256, data=data, by=user)


def _received_aside(
    user: User, copies: list[QuarantinedVisit], sha256: str, data: bytes | IO[bytes]
) -> actions.Receipt:
    """For all that was kept aside under one id and that the user may send it for. The receipt is that of the one that
    its sender was not refused, else of the user's own, else of the latest."""
    theirs = [
        each
        for each in copies
        if _is_of(user, each) or has_permission(user, Permission.RECORD_VISIT, each.institution.scope_code)
    ]
    if not theirs:
        raise PermissionDenied(str(NO_PERMISSION))
    theirs.sort(key=lambda each: (each.is_of_a_used_id, each.by_id != user.pk))
    return actions.receive_photo_aside(*theirs, sha256=sha256, data=data, by=user)


class RectificationFile(generics.RetrieveAPIView[Any]):
    request: SignedInApiRequest
    permission_classes = [SignedIn]
    serializer_class = serializers.RectificationFileSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Rectification.objects.none()
        return _rectifications(self.request)


class NoticeView(APIView):
    """A notice as it was served: the very bytes that are kept, with their SHA-256 as the ETag."""

    permission_classes = [SignedIn]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: SignedInApiRequest, pk: UUID) -> HttpResponse:
        notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
        return HttpResponse(
            notice.content.encode(), content_type="application/json", headers={"ETag": f'"{notice.digest}"'}
        )


def _rectifications(request: SignedInApiRequest) -> Any:
    events = RectificationEvent.objects.select_related("by").order_by("sequence")
    return (
        Rectification.objects.visible_to(request.user)
        .select_related("institution")
        .prefetch_related(Prefetch("findings", Finding.objects.order_by("pk")), Prefetch("events", events), "notices")
    )


class MoveView(APIView):
    """One move of a round: fetch what is visible, permit, call the action, answer with the round."""

    permission_classes = [SignedIn]
    move: Move = MOVES["verify"]  # given by `as_view` for each move of the table

    def get_serializer_class(self) -> type[Any]:
        return serializers.MOVE_BODIES[self.move.name]

    @extend_schema(responses=serializers.RectificationFileSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        rectification = get_object_or_404(_rectifications(request), pk=pk)
        require(request.user, self.move.permission, rectification.institution.scope_code)
        body = self.get_serializer_class()(data=request.data)
        body.is_valid(raise_exception=True)
        self.move.action(rectification, by=request.user, **{"on": today(), **body.validated_data})
        moved = get_object_or_404(_rectifications(request), pk=pk)
        return Response(serializers.RectificationFileSerializer(moved, context={"request": request}).data)
