"""Every error of the API as {"code", "message", "errors"}; what is out of scope reads like what is absent."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.api_bodies import unknown_in
from accounts.errors import NO_PERMISSION, Reasons, as_json, refusal_of, sayable


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer that says what was wrong, None for a fault of ours. It quotes what was sent, which may be what no
    answer can hold: half an emoji."""
    answer = _answer_to(exc, context)
    if answer is not None:
        answer.data = sayable(answer.data)
    return answer


def _answer_to(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, Http404 | exceptions.NotFound):
        return Response({"code": "not_found", "message": _("没有这条记录，或不在您的管辖范围内。")}, status=404)
    if refusal := refusal_of(exc):
        return Response(as_json(refusal), refusal.status, headers=refusal.headers)
    if isinstance(exc, exceptions.ValidationError):
        errors = flattened(exc.detail)
        message = " ".join(f"{field}: {reason}" for field, reasons in errors.items() for reason in reasons)
        told = {"code": "invalid", "message": message, "errors": errors}
        unknown = unknown_in(exc.detail)
        return Response(told | ({"unknown": unknown} if unknown else {}), status=422)
    if isinstance(exc, PermissionDenied):
        return Response({"code": "not_permitted", "message": str(exc) or str(NO_PERMISSION)}, status=403)
    response = exception_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException):
        response.data = {"code": exc.default_code, "message": str(exc.detail)}
    return response


def flattened(detail: Any, path: str = "") -> Reasons:
    """Nested serializer errors by path: {"findings.0.type": ["…"]}."""
    if isinstance(detail, dict):
        parts = [flattened(value, f"{path}.{key}" if path else str(key)) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(value, dict | list) for value in detail):
        parts = [flattened(value, f"{path}.{index}") for index, value in enumerate(detail) if value]
    else:
        return {path: [str(value) for value in (detail if isinstance(detail, list) else [detail])]}
    return {key: reasons for part in parts for key, reasons in part.items()}
