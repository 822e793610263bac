"""A body that is read without its serializer is read as that reads it, and everything else is left to it."""

import copy
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from inspections.plain_bodies import plain_body
from inspections.serializers import NewVisitSerializer

SENT = {
    "id": "0a778c86-7e17-4d17-a5a9-818644813e51",
    "institution": "899f6e7b-4fd2-4f83-b729-000000000001",
    "purpose": "routine", "result": "inspected",
    "happened_at": "2018-12-30T15:04:05.123+08:00", "device_sent_at": "2018-12-30T08:00:00Z",
    "inspectors": ["phone0", "mate0"], "position": {"longitude": 120.9, "latitude": 28, "accuracy_m": 12.5},
    "findings": [{"type": "S01", "note": "通道堵塞"}, {"type": "S02"}],
    "items": [{"type": "S01", "answer": "problem"}, {"type": "S03", "answer": "ok"}],
    "photos": [{"sha256": "a" * 64, "slot": 1, "taken_at": None, "finding": "S01"},
               {"sha256": "b" * 64, "slot": 2, "taken_at": "2018-12-30T15:00:00+08:00", "longitude": 120.9}],
    "note": "二楼\n三楼", "licence_status": "", "order": None, "submits": None, "found": None, "put_right": [],
}  # fmt: skip
LEAST = {name: SENT[name] for name in ("institution", "purpose", "result", "happened_at")}
ODD = [
    None, "", " ", "x", " routine", "a\0", "\ud83d", "长" * 6000, 0, 1, -1, 1.5, 12, 1001, True, 10**400, 2.0**70,
    float("nan"), float("inf"), -181.0, [], {}, [None], ["x"], [{}], {"type": "S01"}, [{"type": "S01", "answer": "ok"}],
    "2018-12-30T15:04:05", "2018-13-30T15:04:05+08:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00",
    "2018-12-30T15:04:05+08:00", "2018-12-30", "{0a778c86-7e17-4d17-a5a9-818644813e51}", "0A778C86" + "0" * 24,
    {"longitude": 120.9, "latitude": 28.0, "datum": "gcj02"}, {"longitude": "120.9", "latitude": 28.0},
    {"due_on": "2019-01-01"}, ["phone0"] * 21, [{"sha256": "a" * 64, "slot": 0}], [{"sha256": "a", "slot": True}],
]  # fmt: skip


def by_the_serializer(body):
    return NewVisitSerializer().run_validation(copy.deepcopy(body))


@pytest.mark.parametrize("body", [SENT, LEAST])
def test_what_phones_send_is_read_as_the_serializer_reads_it(body):
    read = plain_body(body)

    assert read == by_the_serializer(body)


def test_ids_are_ids():
    assert plain_body(SENT)["id"] == UUID(SENT["id"])


@given(st.data())
def test_nothing_is_read_otherwise_than_the_serializer_reads_it(data):
    body = copy.deepcopy(data.draw(st.sampled_from([SENT, LEAST])))
    for _ in range(data.draw(st.integers(1, 2))):
        place = body
        nested = [each for name in ("position", "findings", "items", "photos") for each in _objects(body.get(name))]
        if nested and data.draw(st.booleans()):
            place = data.draw(st.sampled_from(nested))
        name = data.draw(st.sampled_from([*SENT, *place, "accuracy_m", "latitude", "slot", "finding", "nte"]))
        given = data.draw(st.sampled_from(ODD) | st.text(max_size=4) | st.floats() | st.integers())
        place[name] = copy.deepcopy(given)  # the next round may write into it, and ODD is the same for every example

    read = plain_body(body)

    if read is not None:
        assert read == by_the_serializer(body)


@pytest.mark.parametrize("name", list(SENT))
@pytest.mark.parametrize("given", ODD, ids=lambda given: repr(given)[:20])
def test_what_the_serializer_refuses_is_left_to_it(name, given):
    body = SENT | {name: given}

    try:
        expected = by_the_serializer(body)
    except ValidationError:
        expected = None

    assert plain_body(body) in (None, expected)


@pytest.mark.parametrize("name", ["order", "submits", "found"])
def test_what_brings_something_about_is_left_to_the_serializer(name):
    assert plain_body(SENT | {name: {}}) is None


def _objects(given):
    if isinstance(given, dict):
        return [given]
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
