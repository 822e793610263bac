"""Two people at the same report at the same moment, each on a connection of his own: one is heard, the other is told."""

from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import transaction

from accounts.errors import Refusal
from accounts.models import User
from accounts.watermark import recording
from reports import actions
from reports.models import Report, ReportVersion
from tests.own_database import Clerk, data_dir_of, own_database
from tests.reports.reporting import begun, clerk, county, leader

LONG_S = 60  # nothing here takes longer unless it hangs


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def two(db, database, settings):
    settings.DATA_DIR = data_dir_of(database)
    came = [Clerk(database), Clerk(database)]
    yield came
    for each in came:
        each.leave()


def everybody_comes() -> None:
    with transaction.atomic(), recording():
        if not User.objects.filter(username="clerk1").exists():
            county()
        for name in ("1", "2"):
            clerk(f"clerk{name}"), leader(f"leader{name}")


def told(act, together: Barrier) -> str:
    """What came of it, done when both are ready."""
    together.wait(LONG_S)
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return "done"


def at_once(two, *acts) -> list[str]:
    together = Barrier(len(acts))
    asked = [each(told, act, together) for each, act in zip(two, acts, strict=True)]
    return sorted(each.result(LONG_S) for each in asked)


def user(name: str) -> User:
    return User.objects.get(username=name)


def test_report_that_two_begin_is_one(two):
    two[0](everybody_comes).result(LONG_S)

    came = at_once(two, lambda: begun(by=user("clerk1")), lambda: begun(by=user("clerk2")))

    assert came == ["done", "done"]
    assert two[0](lambda: Report.objects.standing().count()).result(LONG_S) == 1


def test_report_that_two_submit_and_then_two_approve_has_one_version_and_one_approval(two):
    two[0](everybody_comes).result(LONG_S)
    pk = two[0](lambda: begun().pk).result(LONG_S)

    def submits(name: str):
        report = Report.objects.get(pk=pk)
        return lambda: actions.submit_report(report, by=user(name), version=report.version)

    def approves(name: str):
        report = Report.objects.get(pk=pk)
        return lambda: actions.approve_report(report, by=user(name), version=report.version)

    ready = [each(submits, f"clerk{number}").result(LONG_S) for number, each in enumerate(two, start=1)]
    submitted = at_once(two, *ready)
    ready = [each(approves, f"leader{number}").result(LONG_S) for number, each in enumerate(two, start=1)]
    approved = at_once(two, *ready)

    assert (submitted[0], approved) == ("done", ["done", "illegal_step"])
    assert submitted[1] in ("illegal_step", "stale_version")
    assert two[0](lambda: ReportVersion.objects.filter(report=pk).count()).result(LONG_S) == 1
