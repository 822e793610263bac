"""What somebody of two counties took away, read or searched is read by the auditor of each (docs/adr/0021)."""

import pytest

from accounts.models import AuditRow, User
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, user_with
from tests.urls import body

DOORS = [
    ("/institutions/?format=csv", "export"),
    ("/rectifications/?format=csv", "export"),
    ("/statistics/?format=csv&division=all", "export"),
    ("/institutions/?q=培训", "search"),
    ("/rectifications/?q=培训", "search"),
    ("/search/?q=王某", "search"),
    ("/visits/new/?q=王某", "search"),
    ("/api/v1/institutions/", "personal_data.read"),
    ("/api/v1/institutions/?q=王某", "search"),
    ("/api/v1/rectifications/?q=王某", "search"),
]


@pytest.fixture
def of_two(db) -> User:
    user = user_with("task_force", "330381", "oftwo")
    user.grants.create(role="task_force", division_prefix="330382", valid_from="2018-01-01")
    return user


@pytest.fixture
def auditor_of_two(db) -> User:
    user = user_with("auditor", "330381", "oftwo")
    user.grants.create(role="auditor", division_prefix="330382", valid_from="2018-01-01")
    return user


def read_by(browse, county: str, action: str) -> list[str]:
    page = browse(user_with("auditor", county, f"reader{county}")).get(f"/audit/?action={action}")
    return [told.row.by.username for told in page.context["rows"]]


@pytest.mark.parametrize(("door", "action"), DOORS)
def test_auditor_of_either_county_reads_it_once_and_nobody_else_does(browse, of_two, door, action):
    institution(principal="王某", phone="13800001111")

    assert body(browse(of_two).get(door))

    counties = ["330381", "330382", "330302"]
    assert [read_by(browse, county, action) for county in counties] == [["oftwo"], ["oftwo"], []]


def test_county_whose_grant_was_taken_away_since_reads_it_still(browse, of_two):
    body(browse(of_two).get("/institutions/?format=csv"))
    of_two.grants.filter(division_prefix="330382").delete()

    assert read_by(browse, "330382", "export") == ["oftwo"]


def test_what_was_asked_of_one_of_them_is_of_that_one(browse, of_two):
    body(browse(of_two).get("/institutions/?format=csv&division=330382"))

    assert [read_by(browse, county, "export") for county in ("330381", "330382")] == [[], ["oftwo"]]


def test_grants_one_in_the_other_are_one(browse, of_two):
    of_two.grants.create(role="inspector", division_prefix=LIUSHI, valid_from="2018-01-01")

    body(browse(of_two).get("/institutions/?format=csv"))

    assert list(AuditRow.objects.values_list("scope_code", flat=True)) == ["330381000000", "330382000000"]


def test_townships_of_one_county_are_read_in_the_county_once(browse, db):
    user = user_with("inspector", LIUSHI, "oftwo")
    user.grants.create(role="inspector", division_prefix=NEXT_TO_LIUSHI, valid_from="2018-01-01")

    browse(user).get("/search/?q=王某")

    assert read_by(browse, "330382", "search") == ["oftwo"]


@pytest.mark.parametrize(("asked", "action"), [("format=csv", "export"), ("q=王某", "search")])
def test_what_the_auditor_of_two_takes_from_the_trail_is_read_in_each(browse, auditor_of_two, asked, action):
    body(browse(auditor_of_two).get(f"/audit/?{asked}"))

    assert [read_by(browse, county, action) for county in ("330381", "330382")] == [["oftwo"], ["oftwo"]]
