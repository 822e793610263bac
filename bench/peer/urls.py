from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peer.models import Row


class RowSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Row
        fields = ["id", "content"]
        extra_kwargs = {"id": {"read_only": True}}


class RowView(APIView):
    def put(self, request: Request, pk: UUID) -> Response:
        row = RowSerializer(data=request.data)
        row.is_valid(raise_exception=True)
        row.save(id=pk)
        return Response(row.data, status=201)


urlpatterns = [path("rows/<uuid:pk>/", RowView.as_view())]
