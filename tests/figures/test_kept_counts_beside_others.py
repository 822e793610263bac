"""Counts that are kept, with several people writing at the same time."""

from collections.abc import Iterator
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.watermark import recording
from figures.statistics import completion, counts, population
from figures.verifying import differences
from institutions.models import Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, day, institution, round_of
from tests.own_database import Clerk, data_dir_of, own_database

LONG_S = 30  # nothing here takes longer unless it hangs


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


def people_come() -> None:
    """Who orders is on file, so that nobody waits for his being registered."""
    with recording() as at:
        round_of(institution(surveyed_recorded=at), "2018-05-01", ordered_recorded=at)


def registers(wrote: Event, told: Event) -> None:
    with transaction.atomic():
        with recording() as at:
            round_of(institution(surveyed_recorded=at), "2018-06-01", ordered_recorded=at)
        wrote.set()
        assert told.wait(LONG_S)


def orders_at(school, wrote: Event, told: Event) -> None:
    with transaction.atomic():
        with recording() as at:
            round_of(Institution.objects.get(pk=school), "2018-07-01", ordered_recorded=at)
        wrote.set()
        assert told.wait(LONG_S)


def finds_at(school) -> None:
    with recording():
        Institution.objects.filter(pk=school).update(licence_status_at_survey="full")


def now_and_defined():
    moment = Moment.of(day("2018-12-31"))
    found = completion(LIUSHI, moment, by="licence_status")
    return found.total, counts(population(LIUSHI, moment), moment), next(differences(), None)


def test_two_of_one_township_do_not_wait_for_each_other(clerks):
    """But with SQLite, where one transaction writes at a time."""
    first, second = clerks
    first(people_come).result(LONG_S)
    wrote, told = Event(), Event()
    begun = first(registers, wrote, told)
    assert wrote.wait(LONG_S)

    wrote_too = Event()
    other = second(registers, wrote_too, told)
    waited = not wrote_too.wait(LONG_S) if connection.vendor == "postgresql" else False
    told.set()
    begun.result(LONG_S)
    other.result(LONG_S)

    kept, defined, wrong = first(now_and_defined).result(LONG_S)
    assert not waited
    assert (kept, wrong) == (defined, None)


def test_two_who_write_of_one_institution_count_it_once(clerks):
    first, second = clerks

    def registered():
        with recording() as at:
            moments = {"ordered_recorded": at, "verified_recorded": at}
            round_of(school := institution(surveyed_recorded=at), "2018-05-01", verified_on="2018-05-20", **moments)
            return school.pk

    school = first(registered).result(LONG_S)
    wrote, told = Event(), Event()
    begun = first(orders_at, school, wrote, told)
    assert wrote.wait(LONG_S)
    other = second(finds_at, school)
    told.set()
    begun.result(LONG_S)
    other.result(LONG_S)

    kept, defined, wrong = first(now_and_defined).result(LONG_S)
    assert (kept, wrong) == (defined, None)
