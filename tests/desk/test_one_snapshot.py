"""Figures of one page are of one moment, though somebody commits between two of its queries: with connections of their
own, on either engine."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.snapshot import one_snapshot
from institutions.models import Institution
from institutions.moments import today
from tests.factories import LIUSHI, institution, round_of, user_with
from tests.own_database import Clerk, data_dir_of, own_database

LONG_S = 60


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("snapshot")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerks(db, database, settings):
    settings.DATA_DIR = data_dir_of(database)
    reader, writer = Clerk(database), Clerk(database)
    yield reader, writer
    reader.leave()
    writer.leave()


def overdue() -> None:
    """One more institution with one round that is overdue."""
    day = today()
    round_of(
        institution(LIUSHI, name=f"示例{uuid4().hex[:6]}"), day - timedelta(days=60), due_on=day - timedelta(days=9)
    )


class Interrupted:
    """Before its `number`th query somebody else commits."""

    def __init__(self, writer: Clerk, number: int):
        self.writer, self.number, self.asked = writer, number, 0

    def __call__(self, execute, sql, params, many, context):
        if "institutions_" in sql or "inspections_" in sql:
            self.asked += 1
            if self.asked == self.number:
                self.writer(overdue).result(LONG_S)
        return execute(sql, params, many, context)


def shown(name: str, path: str, interrupted: Interrupted):
    """What a page counts, asked by somebody else's browser."""
    browser = Client()
    browser.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    with connection.execute_wrapper(interrupted):
        return browser.get(path)


PAGES = {
    "today": (reverse("today"), lambda page: [
        page["here"].total.surveyed, page["here"].total.with_problems, page["here"].total.outstanding,
        next(each.count for each in page["waiting"] if each.state == "overdue"),
    ]),
    "ledger": (reverse("rectifications") + "?state=overdue&page_size=200", lambda page: [
        page["heads"]["open"], page["heads"]["overdue"], page["page"].paginator.count, len(page["rows"]),
    ]),
    "statistics": (reverse("statistics") + f"?division=330382&compare={today() - timedelta(days=40)}", lambda page: [
        page["total"].figures.surveyed, page["total"].figures.overdue, page["total"].number("with_problems").then,
        sum(line.figures.overdue for line in page["found"].divisions), page["found"].months[-2].total.with_problems,
    ]),
    "list": (reverse("institutions") + "?figure=overdue&page_size=200", lambda page: [
        page["page"].paginator.count, len(page["rows"]),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("which", PAGES)
def test_figures_of_a_page_agree_whenever_somebody_commits_between(clerks, which):
    reader, writer = clerks
    path, counted = PAGES[which]
    name = writer(lambda: user_with("task_force", "330382", username=f"reader{uuid4().hex[:6]}").username).result(
        LONG_S
    )
    writer(overdue).result(LONG_S)

    for number in count(1):
        interrupted = Interrupted(writer, number)
        figures = counted(reader(shown, name, path, interrupted).result(LONG_S).context)
        assert len(set(figures)) == 1, (number, figures)
        if interrupted.asked < number:
            break
    assert number > 5


def test_snapshot_neither_waits_for_a_writer_nor_keeps_the_next_one_from_writing(clerks):
    reader, writer = clerks

    def look() -> tuple[int, int]:
        with one_snapshot():
            before = Institution.objects.count()
            writer(overdue).result(LONG_S)  # begins and ends meanwhile
            return before, Institution.objects.count()

    before, after = reader(look).result(LONG_S)

    assert before == after
    assert reader(Institution.objects.count).result(LONG_S) == before + 1
    reader(overdue).result(LONG_S)  # the transactions of a writer are what they were
    assert reader(Institution.objects.count).result(LONG_S) == before + 2
