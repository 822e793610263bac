import os
from datetime import date
from shutil import copytree

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from accounts.models import User
from figures.statistics import Figures, completion
from institutions.moments import Moment, today
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, PANSHI, at, day, seconded_from, user_with
from tests.own_database import begin_run, end_run, own_database

# Properties are tried on the same examples in every run, so that what fails was broken by what was changed; on others
# each time with EXPLORE=1. How long one takes is no matter of right or wrong.
hypothesis_settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("explore", deadline=None)
hypothesis_settings.load_profile("explore" if os.environ.get("EXPLORE") else "same")


@pytest.fixture(autouse=True)
def quick_and_apart(request, settings, tmp_path):
    """A cheap password hash, files of the test's own, and static files by their plain names."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATA_DIR = tmp_path
    if "for_the_module" in request.fixturenames:
        copytree(request.getfixturevalue("for_the_module"), tmp_path, dirs_exist_ok=True)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


# --- The database


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        begin_run()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        end_run()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """The tests of a process work in a migrated database of their own."""
    with own_database(tmp_path_factory.mktemp("database")) as name:
        settings.DATABASES["default"]["TEST"]["NAME"] = name
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def django_db_keepdb():
    """It is there already."""
    return True


# --- The standing people


@pytest.fixture
def inspector(db) -> User:
    """巡查员 of 柳市镇."""
    return user_with("inspector", LIUSHI, "inspector")


@pytest.fixture
def outsider(db) -> User:
    """巡查员 of the township next to it."""
    return user_with("inspector", NEXT_TO_LIUSHI, "outsider")


@pytest.fixture
def seconded(db) -> User:
    """借调: of the 专班 of the township next to 柳市镇, lent to the audit of a third. Neither role is of use in the other."""
    return seconded_from("task_force", NEXT_TO_LIUSHI, "auditor", PANSHI, "seconded")


@pytest.fixture
def taskforce(db) -> User:
    return user_with("task_force", "330382", "taskforce")


@pytest.fixture
def supervisor(db) -> User:
    return user_with("supervisor", "3303", "supervisor")


@pytest.fixture
def auditor(db) -> User:
    return user_with("auditor", "3303", "auditor")


@pytest.fixture
def api():
    """An API client signed in as somebody: `api(inspector).get(...)`."""

    def signed_in(user: User) -> APIClient:
        client = APIClient()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def browse(client, db):
    """A browser's client signed in as somebody: `browse(inspector).get(...)`."""

    def signed_in(user: User):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


# --- The demonstration


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory) -> date:
    """The tests of a module work in a database with the demonstration; the day it was loaded for."""
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), own_database(tmp_path_factory.mktemp("demonstration"), "demo") as name:
        connection.close()
        connection.settings_dict["NAME"] = name
        yield today()
        connection.close()
        connection.settings_dict["NAME"] = usual


@pytest.fixture(scope="module")
def for_the_module(django_db_setup, django_db_blocker, tmp_path_factory):
    """What is written in its fixtures, rows and files, is there for each test of a module and taken back after."""
    data_dir, settings.DATA_DIR = settings.DATA_DIR, tmp_path_factory.mktemp("module")
    with django_db_blocker.unblock(), transaction.atomic():
        yield settings.DATA_DIR
        transaction.set_rollback(True)
    settings.DATA_DIR = data_dir


# --- Asking for figures


@pytest.fixture
def figures(db):
    """The figures of a division as of a day, as known at noon of a day (default: now)."""

    def ask(as_of: str, known: str | None = None, division: str = "330382") -> Figures:
        return completion(division, Moment.of(day(as_of), at(known) if known else None)).total

    return ask
