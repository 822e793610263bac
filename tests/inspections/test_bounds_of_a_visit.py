"""The last value that is taken and the first that is not, of everything a visit states."""

from datetime import date, timedelta

import pytest

from accounts.errors import Invalid
from inspections.actions import NewFinding, NewOrder, NewPhoto, Position
from inspections.models import FindingType, Visit
from tests.factories import at, institution, user_with, visit_of

VISITED = date(2018, 10, 1)
FAULT = NewFinding("T01")


@pytest.fixture
def refused(record):
    """The fields for which a visit is refused; none when it is recorded."""

    def fields(**given) -> list[str]:
        try:
            record(**given)
        except Invalid as refusal:
            assert not Visit.objects.exists()
            return list(refusal.errors)
        return []

    return fields


@pytest.mark.parametrize(
    ("happened_at", "fields"),
    [
        (at("2018-10-01", 20, 5), []),  # received at 20:00
        (at("2018-10-01", 20, 5) + timedelta(microseconds=1), ["happened_at"]),
        (at("2000-01-01", 0), []),
        (at("2000-01-01", 0) - timedelta(microseconds=1), ["happened_at"]),
    ],
)
def test_visit_happened_between_the_year_2000_and_five_minutes_from_now(refused, happened_at, fields):
    assert refused(happened_at=happened_at) == fields


@pytest.mark.parametrize(
    ("due_on", "fields"),
    [
        (VISITED, []),
        (VISITED - timedelta(days=1), ["order.due_on"]),
        (VISITED + timedelta(days=3 * 365), []),
        (VISITED + timedelta(days=3 * 365 + 1), ["order.due_on"]),
    ],
)
def test_order_on_the_spot_is_due_from_the_day_of_the_visit_to_three_years_later(refused, due_on, fields):
    assert refused(findings=[FAULT], order=NewOrder(due_on)) == fields


@pytest.mark.parametrize(
    ("longitude", "latitude", "fields"),
    [
        (180, 90, []),
        (-180, -90, []),
        (180.1, 0, ["position"]),
        (-180.1, 0, ["position"]),
        (0, 90.1, ["position"]),
        (0, -90.1, ["position"]),
    ],
)
def test_position_is_on_earth_with_its_edges(refused, longitude, latitude, fields):
    assert refused(position=Position(longitude, latitude)) == fields


@pytest.mark.parametrize(("photos", "fields"), [(50, []), (51, ["photos"])])
def test_visit_has_fifty_photos_at_most(refused, photos, fields):
    assert refused(photos=[NewPhoto(f"{slot:064x}", slot) for slot in range(1, photos + 1)]) == fields


@pytest.mark.parametrize(
    ("position", "warned"),
    [(None, False), (Position(120.9, 28.0), False), (Position(120.9, 28.01), True)],  # 0.01 degrees north are 1.1 km
)
def test_distance_is_said_and_warned_about_when_far(record, position, warned):
    receipt = record(institution=institution(position=(120.9, 28.0)), position=position)

    assert (receipt.distance_m is None, len(receipt.warnings)) == (position is None, int(warned))


@pytest.mark.parametrize("stated", [{"findings": [FAULT]}, {"findings": [FAULT], "order": NewOrder()}])
def test_nobody_in_goes_with_nothing_found_and_nothing_ordered(refused, stated):
    assert refused(result="no_access", **stated) == ["result"]
    assert refused(result="not_found", **stated) == []


# --- Who may be named


@pytest.mark.parametrize(
    ("prefix", "grant", "fields"),
    [
        ("330382", {}, []),
        ("33", {}, []),
        ("330382115", {}, []),  # another township of the county
        ("330381", {}, ["inspectors"]),
        ("330382", {"valid_to": "2018-10-01"}, []),
        ("330382", {"valid_to": "2018-09-30"}, ["inspectors"]),
    ],
)
def test_inspector_is_one_of_the_county_whose_grant_had_not_ended(refused, prefix, grant, fields):
    user_with("inspector", prefix, "somebody", **grant)

    assert refused(inspectors=["inspector", "somebody"]) == fields


def test_disabled_account_is_no_inspector(refused):
    somebody = user_with("inspector", "330382", "somebody")
    somebody.is_active = False
    somebody.save()

    assert refused(inspectors=["inspector", "somebody"]) == ["inspectors"]


@pytest.mark.parametrize("names", [["inspector"], ["inspector", "inspector"]])
def test_one_person_named_twice_is_one(record, names):
    assert record(inspectors=names).warnings == ["现场检查一般应有两名检查人员。"]


# --- The catalogue


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        (VISITED, None, []),
        (VISITED, VISITED, []),
        (VISITED + timedelta(days=1), None, ["findings.0.type"]),
        (VISITED - timedelta(days=9), VISITED - timedelta(days=1), ["findings.0.type"]),
    ],
)
def test_finding_is_taken_from_its_first_day_in_force_to_its_last(refused, first, last, fields):
    FindingType.objects.filter(code="T01").update(in_force_from=first, in_force_to=last)

    assert refused(findings=[FAULT]) == fields


@pytest.mark.parametrize(
    ("division", "fields"),
    [("", []), ("330382", []), ("330381", ["findings.0.type"]), ("330382115", ["findings.0.type"])],
)
def test_finding_of_the_county_is_offered_there(refused, division, fields):
    FindingType.objects.filter(code="T01").update(division_prefix=division)

    assert refused(findings=[FAULT]) == fields


@pytest.mark.parametrize(
    ("photo", "fields"),
    [
        (NewPhoto("a" * 64, 1, finding="T01"), []),
        (NewPhoto("a" * 64, 1), []),
        (NewPhoto("a" * 64, 1, finding="T06"), ["photos.0.finding"]),
        (NewPhoto("A" * 64, 1), ["photos.0.sha256"]),
        (NewPhoto("a" * 63, 1), ["photos.0.sha256"]),
    ],
)
def test_photo_is_of_a_finding_of_the_visit_and_named_by_a_hash(refused, photo, fields):
    assert refused(findings=[FAULT], photos=[photo]) == fields


# --- What contradicts itself


def test_where_nobody_was_in_nothing_is_ordered_either(refused):
    assert refused(result="no_access", order=NewOrder()) == ["order", "result"]


def test_problem_that_is_there_and_put_right_is_one_of_this_institution(record):
    """A mark of another institution's problem is refused as that, not as a contradiction."""
    elsewhere = visit_of(institution(), findings=("T01",)).findings.get()

    with pytest.raises(Invalid) as refusal:
        record(findings=[FAULT], put_right=(elsewhere.pk,))

    assert list(refusal.value.errors) == ["put_right"]
