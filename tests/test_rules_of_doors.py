"""Who is refused at a door, and what a page offers to whom: where a grant is held, and before what was sent is read."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from inspections.models import Visit
from institutions.actions import register_if_new
from institutions.models import Division, Institution
from tests.factories import (
    LIUSHI,
    NEXT_TO_LIUSHI,
    PANSHI,
    at,
    institution,
    round_of,
    user_with,
    visit_of,
    withdraw_visit_of,
)

# --- Recording


def test_who_records_no_visits_is_refused_before_what_they_sent_is_read(api, auditor):
    answer = api(auditor).put(reverse("api-visit", args=[uuid4()]), {}, format="json")

    assert answer.status_code == 403


def test_registering_compares_only_with_what_may_be_seen(db):
    """The same credit code next door: nothing is told of it, the registry finds it."""
    institution(NEXT_TO_LIUSHI, name="那里", credit_code="91350200MA2YJ1XR9G")
    by = user_with("task_force", LIUSHI)
    columns = {"name": "这里", "division": Division.objects.get(pk=LIUSHI), "credit_code": "91350200MA2YJ1XR9G"}

    registered = register_if_new(by=by, columns=columns, at=at("2018-10-01"))

    assert registered == Institution.objects.get(name="这里")


# --- Withdrawing a visit: by a grant held there


@pytest.fixture
def visits(db) -> dict[str, Visit]:
    """One of the township next to 柳市镇, one of a third; recorded by somebody else."""
    return {code: visit_of(institution(code)) for code in (NEXT_TO_LIUSHI, PANSHI)}


def page_of(browse, user: User, visit: Visit) -> str:
    return browse(user).get(visit.get_absolute_url()).content.decode()


def test_visit_is_withdrawn_where_the_grant_for_it_is(api, browse, seconded, visits):
    def statuses(visit: Visit) -> list[int]:
        page = reverse("visit_withdraw", args=[visit.pk])
        return [
            browse(seconded).get(page).status_code,
            browse(seconded).post(page, {"reason": ""}).status_code,
            api(seconded).post(reverse("api-visit-withdraw", args=[visit.pk]), {}, format="json").status_code,
        ]

    assert statuses(visits[NEXT_TO_LIUSHI]) == [200, 422, 422]
    assert statuses(visits[PANSHI]) == [403, 403, 403]


def test_withdrawal_is_offered_where_it_may_be_made_and_until_it_is_made(browse, seconded, visits):
    def offered(visit: Visit) -> bool:
        return reverse("visit_withdraw", args=[visit.pk]) in page_of(browse, seconded, visit)

    here, there = visits[NEXT_TO_LIUSHI], visits[PANSHI]
    assert (offered(here), offered(there)) == (True, False)

    withdraw_visit_of(here, "2018-06-01")
    withdraw_visit_of(there, "2018-06-01")
    assert (offered(here), offered(there)) == (False, False)


def test_withdrawn_visit_is_recorded_again_where_visits_may_be(browse, seconded, visits):
    def offered(visit: Visit) -> bool:
        withdraw_visit_of(visit, "2018-06-01")
        return f"{reverse('visit_new')}?institution={visit.institution_id}" in page_of(browse, seconded, visit)

    assert [offered(visit) for visit in visits.values()] == [True, False]


# --- Ordering


@pytest.mark.parametrize(
    ("spoil", "offered"),
    [
        (lambda visit: None, True),
        (lambda visit: round_of(visit.institution, "2018-05-02", visit=visit), False),
        (
            lambda visit: Institution.objects.filter(pk=visit.institution_id).update(withdrawn_at=at("2018-06-01")),
            False,
        ),
    ],
    ids=["findings that are free", "all of them ordered", "not on the register"],
)
def test_order_is_offered_for_findings_that_are_free_of_an_institution_on_the_register(
    browse, taskforce, spoil, offered
):
    visit = visit_of(institution(), findings=("T01",))
    spoil(visit)

    assert (reverse("visit_order", args=[visit.pk]) in page_of(browse, taskforce, visit)) is offered


# --- The map


def centre(browse, user: User, code: str) -> tuple[float, float]:
    """(longitude, latitude) on which the map of a division opens."""
    script = browse(user).get(reverse("map"), {"division": code}).context["map"].script
    latitude, longitude = re.search(r"center: \[([0-9.]+), ([0-9.]+)\]", script).groups()
    return float(longitude), float(latitude)


def test_map_opens_on_the_division_the_one_above_it_or_one_below_it(browse, supervisor):
    Division.objects.update(longitude=None, latitude=None)
    asked = "330382"
    assert centre(browse, supervisor, asked) == (120.0, 30.0)

    Division.objects.filter(pk=LIUSHI).update(longitude=120.9, latitude=28.0)
    assert centre(browse, supervisor, asked) == (120.9, 28.0)

    Division.objects.filter(pk=asked).update(longitude=121.0, latitude=28.1)
    assert centre(browse, supervisor, asked) == (121.0, 28.1)
    assert centre(browse, supervisor, PANSHI) == (121.0, 28.1)
