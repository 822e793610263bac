"""Scale data: the same seed is the same country, with as many visits as were asked for, and every check passes."""

from dataclasses import astuple
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import guards
from demonstration.country import FIRST_PROVINCE, PROVINCES
from figures import kept
from figures.statistics import counts
from inspections.models import Notice, Rectification, RectificationEvent, Visit
from institutions.models import Institution
from institutions.moments import LAST, Moment, start_of

pytestmark = pytest.mark.django_db


def simulate(institutions: int, visits: int, seed: int = 1) -> str:
    said = StringIO()
    call_command("simulate", institutions=institutions, visits=visits, seed=seed, stdout=said)
    return said.getvalue().splitlines()[-1]


@pytest.mark.parametrize("visits", [0, 30, 68, 100, 135, 500])
def test_as_many_visits_are_made_as_were_asked_for(visits):
    # 100 institutions, 68 with problems (272842 of 401050), 67 rectified
    assert simulate(100, visits) == f"68 rectifications, {visits} visits of {visits} asked for"

    assert Visit.objects.count() == visits
    assert counts(Institution.objects.all(), Moment.of()).with_problems == 68
    assert counts(Institution.objects.all(), Moment.of()).rectified == 67


def test_simulated_country_passes_every_check():
    simulate(100, 500)

    said = StringIO()
    call_command("verify_ledger", stdout=said)
    call_command("check")

    assert said.getvalue().splitlines() == [
        "68 rectifications rebuilt from their events and notices, no difference.",
        "500 visits and 0 kept aside compared with what was sent, no difference.",
    ]
    assert list(guards.differences(connection)) == []


def test_simulated_country_is_counted_as_known_now_and_anew_as_known_at_any_moment():
    simulate(100, 100)
    past, now = (Moment(date(2018, 10, 1), known_at) for known_at in (start_of(date(2018, 9, 1)), LAST))
    everywhere = [str(FIRST_PROVINCE + place) for place in range(PROVINCES)]

    counted_now = kept.total(everywhere, now.on, now.known_at)
    assert counted_now == astuple(counts(Institution.objects.all(), now))
    assert kept.total(everywhere, past.on, past.known_at) is None
    call_command("verify_figures", stdout=StringIO())

    call_command("rebuild_figures", stdout=StringIO())
    assert kept.total(everywhere, now.on, now.known_at) == counted_now
    assert kept.total(everywhere, past.on, past.known_at) == astuple(counts(Institution.objects.all(), past))
    assert kept.total(everywhere, past.on, past.known_at) != counted_now
    call_command("verify_figures", stdout=StringIO())


def test_same_seed_is_the_same_country():
    first, second, other = (world_of(seed) for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_more_routine_visits_are_more_visits_of_the_same_country():
    few, many = (world_of(1, visits) for visits in (90, 270))

    visits = [len(world.pop(2)) for world in (few, many)]
    assert few == many
    assert visits == [90, 270]


def world_of(seed: int, visits: int = 90) -> list:
    """Everything that is in a country, which is gone afterwards."""
    with transaction.atomic():
        simulate(30, visits, seed)
        found = [
            list(rows.order_by("pk").values_list(*columns))
            for rows, columns in (
                (Institution.objects, ["pk", "name", "scope_code", "longitude", "surveyed_recorded_at"]),
                (Rectification.objects, ["pk", "number", "scope_code", "verified_recorded_at"]),
                (Visit.objects, ["pk", "content", "recorded_at", "distance_m"]),
                (Notice.objects, ["pk", "number", "served_on"]),
            )
        ]
        found.append(
            list(RectificationEvent.objects.order_by("rectification", "sequence").values_list("kind", "by__username"))
        )
        transaction.set_rollback(True)
    return found


def test_country_is_written_once():
    simulate(10, 10)

    with pytest.raises(CommandError, match="already holds scale data"):
        simulate(10, 10)
