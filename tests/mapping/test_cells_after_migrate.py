"""What `migrate` makes of the cells: once, anew where something may have gone unnoticed, and never half."""

from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from accounts import guards
from accounts.watermark import recording
from figures import keeping
from figures.guards import GUARDS as OF_FIGURES
from institutions.models import Institution
from mapping import cells, pyramid, summing
from mapping import guards as map_guards
from mapping.layers import defined_of
from mapping.models import CellsMade, Spot
from mapping.question import MapQuestion
from tests.factories import institution, round_of, user_with

pytestmark = pytest.mark.django_db
MAKING = f"INSERT INTO {Spot._meta.db_table} "


@pytest.fixture
def leader(db):
    return user_with("supervisor", "33", "leader-of-the-province")


@pytest.fixture
def school(db):
    with recording():
        round_of(school := institution(position=(120.9, 28.03)), "2018-06-15")
    return school


def take_away(guard) -> None:
    with connection.cursor() as cursor:
        for statement in guards._dropping(connection.vendor, guard.name, guard.table):
            cursor.execute(statement)


@contextmanager
def statements(broken_at: str = ""):
    """Those that are executed; the database is gone where one begins with `broken_at`."""
    found = []

    def execute(run, sql, params, many, context):
        if broken_at and sql.startswith(broken_at):
            raise OperationalError("gone")
        found.append(sql)
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield found


def moved_unnoticed(school) -> None:
    """Written while the trigger that would have noted it was away."""
    take_away(map_guards.TOUCHING[1])
    Institution.objects.filter(pk=school.pk).update(licence_status_at_survey="full")


def drawn(user):
    asked = MapQuestion(division="33")
    return cells.collection(asked, user, None, 8), defined_of(asked, user, None, 8)


def test_what_went_unnoticed_is_drawn_after_migrate(school, leader):
    moved_unnoticed(school)

    call_command("migrate", verbosity=0)

    kept, defined = drawn(leader)
    assert kept == defined
    assert kept["features"][0]["properties"]["licence_statuses"]["full"] == 1


def test_migrate_that_is_broken_off_leaves_the_definition_and_the_next_one_makes_the_cells(school, leader):
    moved_unnoticed(school)

    with pytest.raises(OperationalError), statements(broken_at=MAKING):
        call_command("migrate", verbosity=0)
    in_between = drawn(leader)[0], list(guards.differences(connection))
    call_command("migrate", verbosity=0)

    kept, defined = drawn(leader)
    assert in_between == (None, [])
    assert (kept, list(pyramid.differences())) == (defined, [])


@pytest.mark.parametrize("guard", [map_guards.TOUCHING[0], OF_FIGURES[0]])
def test_everything_is_made_once(school, guard):
    take_away(guard)

    with statements() as found:
        call_command("migrate", verbosity=0)

    assert len([sql for sql in found if sql.startswith(MAKING)]) == 1


def test_upgrade_from_a_release_without_any_makes_everything_once(school):
    keeping.forget()

    with statements() as found:
        call_command("migrate", verbosity=0)

    assert len([sql for sql in found if sql.startswith(MAKING)]) == 1
    assert (keeping.is_made(), pyramid.is_made()) == (True, True)


def test_migrate_that_finds_everything_in_place_makes_nothing(school):
    with statements() as found:
        call_command("migrate", verbosity=0)

    assert [sql for sql in found if sql.startswith(MAKING)] == []


def test_cells_of_other_kinds_are_none_until_migrate_makes_them_anew(school, leader):
    CellsMade.objects.update(kinds="open,clear;none,full")
    in_between = drawn(leader)[0], list(pyramid.differences())
    with recording():  # whoever writes leaves it to migrate
        Institution.objects.filter(pk=school.pk).update(licence_status_at_survey="full")

    call_command("migrate", verbosity=0)

    kept, defined = drawn(leader)
    assert in_between == (None, ["No cells are kept for the map: run rebuild_figures."])
    assert kept == defined
    assert (CellsMade.objects.get().kinds, list(pyramid.differences())) == (summing.KINDS, [])
