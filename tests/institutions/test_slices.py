"""What a slice asks of its database: not to wait for the disk but at the end, and to look things up by their index."""

import pytest
from django.db import connection

from accounts.watermark import recording_in_slices
from institutions.imports.slices import Slices
from tests.own_database import Clerk, data_dir_of, own_database

LONG_S = 60


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerk(db, database, settings):
    settings.DATA_DIR = data_dir_of(database)
    clerk = Clerk(database)
    yield clerk
    clerk.leave()


def asked(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(map(str, row)) for row in cursor.fetchall()]


def how() -> str:
    """Whether a commit waits for the disk; on PostgreSQL also whether a table may be read as a whole to find a row."""
    if connection.vendor == "sqlite":
        return {"2": "waits", "1": "does not"}[asked("PRAGMA synchronous")[0][0]]
    waits = {"on": "waits", "off": "does not"}[asked("SHOW synchronous_commit")[0][0]]
    return waits if asked("SHOW enable_seqscan") == [("off",)] else f"{waits}, reads all"


def wait_for_the_disk() -> None:
    """As the databases of bureaus do: the server of the tests has it off."""
    if connection.vendor == "postgresql":
        asked("SELECT set_config('synchronous_commit', 'on', false)")


AFTERWARDS = {"sqlite": "waits", "postgresql": "waits, reads all"}


def test_only_the_last_slice_waits_for_the_disk(clerk):
    def said() -> list[str]:
        wait_for_the_disk()
        found = []
        with recording_in_slices() as moment:
            slices = Slices(moment)
            for last in (False, False, True):
                with slices.turn(last=last):
                    found.append(how())
        return [*found, how()]

    assert clerk(said).result(LONG_S) == ["does not", "does not", "waits", AFTERWARDS[connection.vendor]]


def test_slice_that_fails_leaves_a_connection_that_waits_for_the_disk(clerk):
    def said() -> str:
        wait_for_the_disk()
        with recording_in_slices() as moment, pytest.raises(ZeroDivisionError), Slices(moment).turn():
            raise ZeroDivisionError
        return how()

    assert clerk(said).result(LONG_S) == AFTERWARDS[connection.vendor]
