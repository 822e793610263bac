"""区划边界: whose files somebody finds, for which divisions they upload, and what a preview names of what is elsewhere."""

import pytest

from institutions.models import Division
from mapping.boundaries.forms import areas_of
from mapping.models import BoundaryFile
from tests.factories import institution, seconded_from, user_with
from tests.mapping.boundary_files import geojson, inside
from tests.mapping.test_boundary_pages import received

OWN, AUDITED = "330382", "330381"


@pytest.fixture(autouse=True)
def next_county(db):
    Division.objects.get_or_create(code=AUDITED, defaults={"name": "邻县", "level": "county", "parent_id": "3303"})
    Division.objects.create(code=f"{AUDITED}999", name="柳市镇", level="township", parent_id=AUDITED)


@pytest.fixture
def lent(db):
    """Of the 专班 of one county, lent to the audit of the next."""
    return seconded_from("task_force", OWN, "auditor", AUDITED, "lent")


def test_boundaries_are_uploaded_of_counties_whose_register_one_keeps(lent):
    assert list(areas_of(lent).values_list("pk", flat=True)) == [OWN]


def test_files_are_found_where_one_keeps_the_register(browse, lent):
    theirs = received(browse(user_with("task_force", AUDITED)), geojson(), division=AUDITED)
    ours = received(browse(user_with("task_force", OWN)), geojson())

    client = browse(lent)

    assert list(BoundaryFile.objects.visible_to(lent)) == [ours]
    assert [client.get(each.get_absolute_url()).status_code for each in (ours, theirs)] == [200, 404]


def test_same_bytes_of_another_county_are_not_told(browse, taskforce):
    received(browse(user_with("task_force", AUDITED)), geojson(), division=AUDITED)
    ours = received(browse(taskforce), geojson())
    again = received(browse(taskforce), geojson(), source="另一来源")

    told = browse(taskforce).get(ours.get_absolute_url()).context["same"]

    assert list(told) == [again]


def test_institution_of_another_county_that_lies_inside_is_not_named(browse, taskforce):
    institution(f"{AUDITED}999", name="邻县馆", position=inside(0))
    file = received(browse(taskforce), geojson())

    assert "邻县馆" not in browse(taskforce).get(file.get_absolute_url()).content.decode()


def test_counties_offered_for_positions_in_doubt_are_those_in_sight(browse):
    page = browse(seconded_from("task_force", OWN, "auditor", AUDITED)).get("/map/mismatches/")

    assert [each.pk for each in page.context["counties"]] == [AUDITED, OWN]
