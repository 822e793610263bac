"""A visit's body as phones send it, read without its serializer, which takes longer for it than the database to store
the visit.

Only what goes without saying is read here, and it is read as `NewVisitSerializer` reads it (a test compares the two):
a visit that orders, hands in or registers anything, and whatever is odd in the least, is the serializer's, which says
what is wrong with it.
"""

import re
from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from inspections.actions import Answer
from institutions.positions import MOST_ACCURACY_M, Datum

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNTOLD: dict[str, Any] = {
    "order": None,
    "submits": None,
    "found": None,
    "put_right": [],
}  # what brings something about
_KNOWN = {
    "id", "institution", "purpose", "result", "happened_at", "device_sent_at", "inspectors", "position", "findings",
    "photos", "note", "licence_status", "items", *_UNTOLD,
}  # fmt: skip
_ANSWERS = {each.value for each in Answer}


class _NotPlain(Exception):
    """For the serializer."""


def plain_body(body: Any) -> dict[str, Any] | None:
    """What `NewVisitSerializer` makes of the body; None where that has to be asked."""
    try:
        return _read(body)
    except _NotPlain:
        return None


def _read(body: Any) -> dict[str, Any]:
    if type(body) is not dict or not body.keys() <= _KNOWN:
        raise _NotPlain
    if any(body.get(name, untold) != untold for name, untold in _UNTOLD.items()):
        raise _NotPlain
    read = {
        "institution": _uuid(body.get("institution")),
        "purpose": _text(body.get("purpose"), 20),
        "result": _text(body.get("result"), 20),
        "happened_at": _moment(body.get("happened_at")),
        "device_sent_at": _moment(body["device_sent_at"]) if body.get("device_sent_at") is not None else None,
        "inspectors": [_text(each, 150) for each in _list(body, "inspectors", 20)],
        "position": _position(body["position"]) if body.get("position") is not None else None,
        "findings": [_finding(each) for each in _list(body, "findings", 100)],
        "photos": [_photo(each) for each in _list(body, "photos", 100)],
        "note": _text(body.get("note", ""), 5000, may_be_blank=True),
        "licence_status": _text(body.get("licence_status", ""), 20, may_be_blank=True),
        "items": [_item(each) for each in _list(body, "items", 200)],
        "order": None, "submits": None, "found": None, "put_right": [],
    }  # fmt: skip
    if "id" in body:
        read["id"] = _uuid(body["id"])
    return read


def _position(given: Any) -> dict[str, Any]:
    _object(given, {"longitude", "latitude", "accuracy_m", "datum"})
    return {
        "longitude": _number(given.get("longitude"), -1e6, 1e6),  # whether it is on Earth is said elsewhere
        "latitude": _number(given.get("latitude"), -1e6, 1e6),
        "accuracy_m": _number(given.get("accuracy_m"), 0, MOST_ACCURACY_M, or_none=True),
        "datum": _text(given.get("datum", Datum.WGS84.value), 20),
    }


def _finding(given: Any) -> dict[str, Any]:
    _object(given, {"type", "note"})
    return {"type": _text(given.get("type"), 12), "note": _text(given.get("note", ""), 300, may_be_blank=True)}


def _item(given: Any) -> dict[str, Any]:
    _object(given, {"type", "answer"})
    if type(given.get("answer")) is not str or given["answer"] not in _ANSWERS:
        raise _NotPlain
    return {"type": _text(given.get("type"), 12), "answer": given["answer"]}


def _photo(given: Any) -> dict[str, Any]:
    _object(given, {"sha256", "slot", "taken_at", "longitude", "latitude", "accuracy_m", "finding"})
    slot, finding = given.get("slot"), given.get("finding")
    if type(slot) is not int or not 0 <= slot <= 1000:
        raise _NotPlain
    return {
        "sha256": _text(given.get("sha256"), 64),
        "slot": slot,
        "taken_at": _moment(given["taken_at"]) if given.get("taken_at") is not None else None,
        "longitude": _number(given.get("longitude"), -180, 180, or_none=True),
        "latitude": _number(given.get("latitude"), -90, 90, or_none=True),
        "accuracy_m": _number(given.get("accuracy_m"), 0, MOST_ACCURACY_M, or_none=True),
        "finding": None if finding is None else _text(finding, 12),
    }


def _object(given: Any, known: set[str]) -> None:
    if type(given) is not dict or not given.keys() <= known:
        raise _NotPlain


def _list(body: dict[str, Any], name: str, most: int) -> list[Any]:
    given = body.get(name, [])
    if type(given) is not list or len(given) > most:
        raise _NotPlain
    return given


def _text(given: Any, most: int, *, may_be_blank: bool = False) -> str:
    """As it came: nothing to strip, nothing that no text holds."""
    if type(given) is not str or len(given) > most or not (given or may_be_blank) or given != given.strip():
        raise _NotPlain
    if not given.isascii():
        try:
            given.encode()
        except UnicodeEncodeError:  # half a character
            raise _NotPlain from None
    if "\0" in given:
        raise _NotPlain
    return given


def _number(given: Any, least: float, most: float, *, or_none: bool = False) -> float | None:
    if given is None and or_none:
        return None
    if type(given) not in (int, float) or not least <= given <= most or not isfinite(given):
        raise _NotPlain
    return float(given)


def _uuid(given: Any) -> UUID:
    if type(given) is not str or not _UUID.fullmatch(given):
        raise _NotPlain
    return UUID(given)


def _moment(given: Any) -> datetime:
    try:
        read = parse_datetime(given) if type(given) is str else None
    except ValueError:
        read = None
    if read is None or timezone.is_naive(read) or not 1900 <= read.year <= 2200:
        raise _NotPlain
    return read.astimezone(timezone.get_current_timezone())
