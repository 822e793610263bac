"""The API's doors through which registrations are merged and taken apart."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.api_bodies import Body, NoBody
from accounts.errors import Invalid
from accounts.permissions import SignedIn, require
from accounts.requests import SignedInApiRequest
from accounts.roles import Permission
from institutions import actions
from institutions.models import Institution, Merge
from institutions.phones import numbers_of


class MergeBody(Body):
    """`into` stays; `reason` says why both are one."""

    into = serializers.UUIDField()
    reason = serializers.CharField(max_length=300)


class ApartBody(Body):
    reason = serializers.CharField(max_length=300)


class MergedSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Institution
        fields = ["id", "name", "merged_into", "merged_at", "version"]
        read_only_fields = fields


class NumberSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    tel = serializers.CharField()


class PhoneSerializer(serializers.Serializer[Any]):
    """A telephone number as it stands on file, and each of several as it is dialled."""

    phone = serializers.CharField()
    numbers = NumberSerializer(many=True)


class PhoneView(APIView):
    """The principal's telephone numbers, to be dialled; that they were shown is in the audit trail."""

    permission_classes = [SignedIn]

    @extend_schema(request=NoBody, responses=PhoneSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
        NoBody.check(request.data)
        require(request.user, Permission.SEE_PERSONAL_DATA, institution.scope_code)
        audit.people_shown([institution], by=request.user, where="api-phone", fields=["phone"])
        return Response({"phone": institution.phone, "numbers": numbers_of(institution.phone)})


class MergeView(APIView):
    """Merge the institution into another: both count as one, known from now on. What was merged is answered."""

    permission_classes = [SignedIn]

    @extend_schema(request=MergeBody, responses=MergedSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        merged = _editable(request, pk)
        body = MergeBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        into = Institution.objects.visible_to(request.user).filter(pk=said["into"]).first()
        if into is None:
            raise Invalid({"into": [_("没有编号为 %(given)s 的机构。") % {"given": said["into"]}]})
        require(request.user, Permission.EDIT_REGISTRY, into.scope_code)
        actions.merge_institutions(into=into, merged=merged, by=request.user, reason=said["reason"])
        return Response(MergedSerializer(Institution.objects.get(pk=pk)).data)


class TakeApartView(APIView):
    """Take the institution out of the one it was merged into. What is one of its own again is answered."""

    permission_classes = [SignedIn]

    @extend_schema(request=ApartBody, responses=MergedSerializer)
    def post(self, request: SignedInApiRequest, pk: UUID) -> Response:
        merged = _editable(request, pk)
        body = ApartBody(data=request.data)
        body.is_valid(raise_exception=True)
        merge = Merge.objects.standing().filter(merged=merged).select_related("into").first()
        if merge is None or not Institution.objects.visible_to(request.user).filter(pk=merge.into_id).exists():
            raise actions.CannotTakeApart(_("“%(name)s”没有并入您可见的机构。") % {"name": merged.name})
        require(request.user, Permission.EDIT_REGISTRY, merge.into.scope_code)
        actions.take_apart(merge, by=request.user, reason=body.validated_data["reason"])
        return Response(MergedSerializer(Institution.objects.get(pk=pk)).data)


def _editable(request: SignedInApiRequest, pk: UUID) -> Institution:
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    return institution
