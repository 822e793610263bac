"""The rows of a visit compared with what was sent, fact by fact: nothing is found where they agree, else its name."""

from datetime import timedelta

import pytest

from inspections.actions import NewFinding, NewPhoto, Position
from inspections.as_sent import _near, differences
from inspections.models import QuarantinedVisit, Visit
from tests.factories import at, hand, visit_of

A_THOUSANDTH, A_MILLIONTH = timedelta(milliseconds=1), timedelta(microseconds=1)
STATED = {
    "happened_at": at("2018-10-01", 15) + 123_456 * A_MILLIONTH,
    "position": Position(120.9631, 28.1194, 12.5, "gcj02"),
    "findings": [NewFinding("T01", "初三数学"), NewFinding("S02")],
    "photos": [
        NewPhoto("a" * 64, 1, at("2018-10-01", 14) + 123_456 * A_MILLIONTH, 120.96, 28.11, 5.0, "S02"),
        NewPhoto("b" * 64, 2),
    ],
    "note": "门口拍照",
}  # fmt: skip


def named(visit: Visit) -> list[str]:
    return [each.what for each in differences(visit)]


NOWHERE = [NewPhoto("c" * 64, 1, None, 0.0, 0.0, 5.0), NewPhoto("d" * 64, 2, finding="S03")]  # S03: of no round


@pytest.mark.parametrize(
    "stated",
    [
        STATED,
        {},
        {"position": Position(120.9631, 28.1194)},
        {"position": Position(0, 0, 3.0, "gcj02")},  # as a phone says that knows no position
        {"photos": NOWHERE},
        STATED | {"photos": NOWHERE},
    ],
)
def test_rows_agree_with_what_was_sent_to_the_millisecond(record, school, stated):
    visit_of(school, "2018-09-01", findings=("S03",))

    assert named(Visit.objects.get(pk=record(**stated).id)) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("purpose", "routine2"),
        ("result", "ceased"),
        ("happened_at", at("2018-10-01", 15) + 124 * A_THOUSANDTH),
        ("happened_on", at("2018-10-02").date()),
        ("longitude", 120.9),
        ("latitude", 28.1),
        ("datum", "wgs84"),
        ("accuracy_m", 12.6),
        ("note", ""),
        ("digest", "0" * 64),
    ],
)
def test_column_that_says_something_else_is_named(record, column, value):
    visit = Visit.objects.get(pk=record(**STATED).id)

    setattr(visit, column, value)

    assert named(visit) == [column]


@pytest.mark.parametrize("slot", [1, 2])
def test_photo_of_another_finding_is_named(record, slot):
    visit = Visit.objects.get(pk=record(**STATED).id)
    photo = next(each for each in visit.photos.all() if each.slot == slot)

    photo.finding = None if slot == 1 else visit.findings.get(type="S02")
    visit._prefetched_objects_cache = {"photos": [photo, *visit.photos.exclude(slot=slot).select_related("finding")]}

    assert named(visit) == ["photos"]


def test_inspectors_that_are_others_are_named(record):
    visit = Visit.objects.get(pk=record().id)

    visit.inspectors.add(hand("stranger"))

    assert named(visit) == ["inspectors"]


@pytest.mark.parametrize(("reconstructed", "expected"), [(False, ["digest", "datum"]), (True, [])])
def test_of_a_reconstructed_visit_neither_digest_nor_datum_is_compared(record, reconstructed, expected):
    visit = Visit.objects.get(pk=record(**STATED).id)

    visit.digest, visit.datum, visit.reconstructed = "0" * 64, "wgs84", reconstructed

    assert named(visit) == expected


def test_content_that_cannot_be_read_is_named(record):
    visit = Visit.objects.get(pk=record().id)

    visit.content, visit.reconstructed = "{", True

    assert named(visit) == ["content"]


def test_of_a_reconstructed_visit_everything_else_is_compared(record):
    visit = Visit.objects.get(pk=record(**STATED).id)

    visit.note, visit.reconstructed = "", True

    assert named(visit) == ["note"]


def test_position_may_differ_by_what_two_machines_work_out_differently(record):
    visit = Visit.objects.get(pk=record(**STATED).id)

    visit.longitude += 1e-10
    visit.latitude += 1e-8

    assert named(visit) == ["latitude"]


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [(1e-10, 0.0, True), (0.0, 1e-10, True), (1e-10, 0, True), (1e-9, 0.0, False), (1.0, None, False), (None, 1.0, False),
     ("1", 1.0, False), (1.0, "1", False)],
)  # fmt: skip
def test_only_numbers_are_near_one_another(one, other, near):
    assert _near(one, other) is near


def test_copies_that_wait_are_those_that_nobody_settled(record, inspector, taskforce):
    first = record()
    copies = [
        Visit.objects.get(pk=first.id).quarantined.create(
            institution=Visit.objects.get(pk=first.id).institution, digest=digit * 64, content="{}",
            received_at=at("2018-10-02"), by=inspector, settled_at=settled, settled_by=settled and taskforce,
        )
        for digit, settled in (("1", None), ("2", at("2018-10-03")))
    ]  # fmt: skip

    assert list(QuarantinedVisit.objects.waiting()) == copies[:1]
