"""A position given by a click on the map: who may, what is written, and how it is taken back."""

import pytest

from accounts.models import AuditRow
from institutions.models import Institution
from tests.factories import institution

HERE = {"longitude": 120.912345, "latitude": 28.03}
POSITION = ("longitude", "latitude", "datum", "location_source", "location_accuracy_m", "cell")


def door(school, what: str = "") -> str:
    return f"/api/v1/map/places/{school.pk}/{what}"


def position_of(school) -> tuple:
    return Institution.objects.values_list(*POSITION).get(pk=school.pk)


@pytest.fixture
def place(api, taskforce):
    return lambda school, **body: api(taskforce).post(door(school), HERE | body, format="json")


@pytest.fixture
def take_back(api, taskforce):
    return lambda school, version: api(taskforce).post(door(school, "take-back/"), {"version": version}, format="json")


def test_position_pointed_at_is_written_with_its_source_and_audited(place):
    school = institution()

    answer = place(school)

    assert (answer.status_code, answer.json()["location_source"]) == (200, "map_pin")
    assert position_of(school)[:5] == (120.912345, 28.03, "wgs84", "map_pin", None)
    assert position_of(school)[5] is not None
    row = AuditRow.objects.filter(object_id=str(school.pk)).latest("pk")
    assert (row.action, row.after["longitude"], row.before["longitude"]) == ("institution.edited", 120.912345, None)


def test_one_that_has_a_position_keeps_it(place):
    school = institution(position=(120.9, 28.0))
    before = position_of(school)

    answer = place(school)

    assert (answer.status_code, answer.json()["code"], position_of(school)) == (409, "already_placed", before)


def test_what_is_taken_back_is_without_a_position_again(place, take_back):
    school = institution()
    before = position_of(school)

    answer = take_back(school, place(school).json()["version"])

    assert (answer.status_code, position_of(school)) == (200, before)


def test_centre_of_the_township_stands_again_after_taking_back(place, take_back):
    school = institution(position=(120.88, 28.01))
    Institution.objects.filter(pk=school.pk).update(location_source="township_centre", location_accuracy_m=4000.0)
    before = position_of(school)

    answer = take_back(school, place(school, longitude=120.88).json()["version"])

    assert (answer.status_code, position_of(school)) == (200, before)


def test_what_somebody_changed_since_is_not_taken_back(place, take_back):
    school = institution()
    version = place(school).json()["version"]

    assert take_back(school, version - 1).status_code == 412
    assert position_of(school)[0] == 120.912345


def test_position_that_was_not_given_on_the_map_is_not_taken_back(take_back):
    school = institution(position=(120.9, 28.0))

    answer = take_back(school, school.version)

    assert (answer.status_code, answer.json()["code"], position_of(school)[0]) == (409, "not_placed", 120.9)


@pytest.mark.parametrize("body", [{"longitude": 181}, {"latitude": 86}, {"latitude": None}, {"longitude": "nan"}])
def test_position_that_is_none_is_refused_by_field(place, body):
    school = institution()

    answer = place(school, **body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, list(body))
    assert position_of(school)[0] is None


def test_inspector_and_auditor_may_not_place(api, inspector, auditor):
    school = institution("330382114")

    assert [api(user).post(door(school), HERE, format="json").status_code for user in (inspector, auditor)] == [
        403,
        403,
    ]


def test_institution_out_of_sight_is_absent(api, outsider):
    assert api(outsider).post(door(institution()), HERE, format="json").status_code == 404
