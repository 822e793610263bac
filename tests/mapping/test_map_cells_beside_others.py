"""Cells of the map, with two people writing at the same time."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.watermark import recording
from figures.verifying import differences
from institutions.models import Institution
from institutions.moments import today
from mapping import cells, pyramid
from mapping.layers import defined_of
from mapping.question import MapQuestion
from tests.factories import institution, round_of, user_with, visit_of
from tests.own_database import Clerk, data_dir_of, own_database

LONG_S = 30  # nothing here takes longer unless it hangs
HERE = (120.90, 28.03)


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerks(db, database, settings):
    settings.DATA_DIR = data_dir_of(database)
    came = [Clerk(database), Clerk(database)]
    yield came
    for clerk in came:
        clerk.leave()


def registered():
    """An institution that nobody has looked at; who orders and who visits is on file, so that nobody waits for that."""
    with recording() as at:
        other = institution(position=HERE, surveyed_recorded=at)
        round_of(other, "2018-05-01", ordered_recorded=at)
        visit_of(other, "2018-05-01", recorded=at)
        return institution(position=HERE, surveyed_recorded=at).pk


def writes(what, wrote: Event, told: Event) -> None:
    """Commits when told."""
    with transaction.atomic():
        with recording() as at:
            what(at)
        wrote.set()
        assert told.wait(LONG_S)


def visits(pk, at) -> None:
    visit_of(Institution.objects.get(pk=pk), today(), recorded=at)


def orders(pk, at) -> None:
    round_of(Institution.objects.get(pk=pk), "2018-07-01", due_on=today() + timedelta(9), ordered_recorded=at)


def drawn_and_defined():
    user = user_with("supervisor", "33", f"leader-{Institution.objects.count()}")
    asked = MapQuestion(division="33")
    found = [(cells.collection(asked, user, None, zoom), defined_of(asked, user, None, zoom)) for zoom in (3, 11, 14)]
    return found, list(differences())


def both_at_once(clerks, one, other) -> bool:
    """One writes and commits after the other has begun; whether the other waited for that."""
    first, second = clerks
    wrote, wrote_too, told = Event(), Event(), Event()
    begun = first(writes, one, wrote, told)
    assert wrote.wait(LONG_S)
    then = second(writes, other, wrote_too, told)
    waited = not wrote_too.wait(LONG_S / 10) if connection.vendor == "postgresql" else True
    told.set()
    begun.result(LONG_S)
    then.result(LONG_S)
    return waited


@pytest.mark.parametrize("folding", [False, True])
def test_two_who_write_of_one_institution_draw_it_once(clerks, folding, monkeypatch):
    school = clerks[0](registered).result(LONG_S)
    monkeypatch.setattr(pyramid, "FOLD_EVERY", 1 if folding else 400)

    both_at_once(clerks, lambda at: visits(school, at), lambda at: orders(school, at))

    found, wrong = clerks[0](drawn_and_defined).result(LONG_S)
    assert wrong == []
    assert all(kept == defined for kept, defined in found)


@pytest.mark.parametrize("folding", [False, True])
def test_two_in_one_square_do_not_wait_for_each_other(clerks, folding, monkeypatch):
    """But with SQLite, where one transaction writes at a time."""
    one, other = (clerks[0](registered).result(LONG_S) for _each in range(2))
    monkeypatch.setattr(pyramid, "FOLD_EVERY", 1 if folding else 400)

    waited = both_at_once(clerks, lambda at: visits(one, at), lambda at: orders(other, at))

    found, wrong = clerks[0](drawn_and_defined).result(LONG_S)
    assert waited == (connection.vendor == "sqlite")
    assert wrong == []
    assert all(kept == defined for kept, defined in found)
