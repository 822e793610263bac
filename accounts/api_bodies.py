"""The bodies that the API takes: what nobody here reads is refused by name, at every depth, as in a question
(docs/adr/0037-a-body-is-read-whole.md)."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.errors import Invalid, enumerated

NAMED = 20  # of the keys that are refused; a body may have as many as it has room for
SHOWN = 40  # characters of a key
UNKNOWN = "unknown"  # the code of such a reason


class Body(serializers.Serializer[Any]):
    """An object of a body, read whole: its reasons name the keys that it does not know beside what else is wrong."""

    def to_internal_value(self, data: Any) -> Any:
        known = [name for name, field in self.fields.items() if not field.read_only]
        errors: dict[str, Any] = dict(_unknown(data, known)) if isinstance(data, Mapping) else {}
        try:
            taken = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            raise serializers.ValidationError(errors | refused.detail) from None  # type: ignore[operator]
        if errors:
            raise serializers.ValidationError(errors)
        return taken


class NoBody(Body):
    """Of a door that needs nothing said: an empty object, or nothing at all."""

    @classmethod
    def check(cls, data: Any) -> None:
        """Raise ValidationError (422) for a body that says something."""
        cls(data=data or {}).is_valid(raise_exception=True)


def _unknown(names: Iterable[str], known: Collection[str]) -> dict[str, list[ErrorDetail]]:
    strange = islice((name for name in names if name not in known), NAMED)
    return {name: [ErrorDetail(_reason(name[:SHOWN], known), UNKNOWN)] for name in strange}


def unknown_in(detail: Any, path: str = "") -> list[str]:
    """The paths of a refusal's reasons at which stands a key that is not known."""
    if isinstance(detail, dict):
        return [each for key, value in detail.items() for each in unknown_in(value, f"{path}.{key}" if path else key)]
    if not isinstance(detail, list):
        return []
    if any(getattr(each, "code", "") == UNKNOWN for each in detail):
        return [path]
    return [found for at, each in enumerate(detail) for found in unknown_in(each, f"{path}.{at}")]


def _reason(name: str, known: Collection[str]) -> str:
    """With the known name that is most like it; with all of them when none is."""
    if near := get_close_matches(name.lower(), known, n=1):
        return _("这里没有“%(name)s”这一项，是否应为“%(near)s”？") % {"name": name, "near": near[0]}
    return _("这里没有“%(name)s”这一项，可用：%(known)s。") % {"name": name, "known": enumerated(known)}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Raises Invalid (422) for a key that it has twice: one of the two would be lost."""
    read = dict(pairs)
    if len(read) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Invalid({twice[:SHOWN]: [_("“%(name)s”在同一处给了两次，只能给一次。") % {"name": twice[:SHOWN]}]})
    return read


class ReadWhole(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the API's documentation that a body has no other keys."""

    target_class = Body
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False}
