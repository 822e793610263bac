"""A ledger outside of one transaction: its visits and rounds are written in short ones, whole or not at all, and what
was interrupted is taken back by anybody."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command

from accounts import audit
from accounts.models import AuditRow, User
from inspections.actions import record_visit, return_rectification
from inspections.errors import FourEyes
from inspections.models import LedgerEntry, Rectification, Visit
from institutions.imports import progress
from institutions.imports.commit import NotCommitted, commit_plan
from institutions.imports.plan import Plan
from institutions.imports.rollback import check_taking_back, roll_back, take_back_unfinished
from institutions.models import Division, ImportBatch, Institution
from institutions.moments import today
from tests.factories import at, sent_visit, user_with
from tests.inspections.ledgers import HEAD, planned_ledger, row
from tests.own_database import ROOT, Clerk, data_dir_of, environment_of, own_database

LONG_S = 60  # nothing here takes longer unless it hangs


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerk(db, database, settings):
    """Calls something on a connection of its own, and gives what it returns."""
    settings.DATA_DIR = data_dir_of(database)
    came = Clerk(database)

    def call(act: Callable, *args):
        return came(act, *args).result(LONG_S)

    yield call
    came.leave()


def somebody() -> User:
    return user_with("task_force", "330382", f"clerk-{uuid4().hex[:8]}")


def rows_of(word: str, count: int = 2) -> list[dict[str, str]]:
    done = {"存在问题": "消防通道堵塞", "整改期限": "2018-10-03", "整改结果": "已整改", "完成日期": "2018-09-28"}
    return [row(f"{word}{at}馆", **done, 是否销号="2018-10-08") for at in range(1, count + 1)]


def ledger(word: str) -> Plan:
    return planned_ledger(*rows_of(word))


def imported(word: str, by: User) -> ImportBatch:
    return commit_plan(ledger(word), file_name="台账.xlsx", sha256="", by=by)


def of_ledgers(word: str) -> tuple[int, int, int, int]:
    """Institutions and visits that stand, rounds that are not voided, and entries of ledgers that stand."""
    return (
        Institution.objects.filter(name__startswith=word, withdrawn_at=None).count(),
        Visit.objects.filter(institution__name__startswith=word, withdrawn_at=None).count(),
        Rectification.objects.filter(institution__name__startswith=word).exclude(state="voided").count(),
        LedgerEntry.objects.standing().filter(institution__name__startswith=word).count(),
    )


def last() -> ImportBatch:
    found = ImportBatch.objects.order_by("recorded_at").last()
    assert found is not None
    return found


def test_round_that_cannot_be_written_leaves_nothing_of_the_ledger(clerk):
    word = f"青竹{uuid4().hex[:4]}"

    refused = clerk(_failing, word)

    batch = clerk(last)
    assert f"{word}2馆" in refused.message
    assert clerk(of_ledgers, word) == (0, 0, 0, 0)
    known = Visit.objects.filter(institution__name__startswith=word).values_list("recorded_at", "withdrawn_at")
    assert {withdrawn - recorded for recorded, withdrawn in clerk(list, known)} == {timedelta(0)}
    assert (batch.rolled_back_at, batch.unfinished) == (batch.recorded_at, False)


def _failing(word: str) -> NotCommitted:
    plan = ledger(word)
    plan.parts.plans[0]._planner.entries[-1].findings = {"none": ""}  # type: ignore[attr-defined]
    with pytest.raises(NotCommitted) as refused:
        commit_plan(plan, file_name="台账.xlsx", sha256="", by=somebody())
    return refused.value


def test_ledger_is_taken_back_whole_by_another_person_and_by_no_other(clerk):
    word, by = f"晨曦{uuid4().hex[:4]}", clerk(somebody)
    batch = clerk(imported, word, by)

    clerk(_refused, batch, by)
    before = (clerk(of_ledgers, word), clerk(last).unfinished)
    clerk(lambda: roll_back(batch, by=somebody()))

    assert before == ((2, 4, 2, 2), False)
    assert clerk(of_ledgers, word) == (0, 0, 0, 0)
    assert clerk(lambda: list(audit.broken_rows())) == []


def _refused(batch: ImportBatch, by: User) -> None:
    with pytest.raises(FourEyes):
        roll_back(batch, by=by)


def test_taking_back_that_was_interrupted_is_ended_by_anybody_in_the_name_of_who_began_it(clerk):
    word = f"绘声{uuid4().hex[:4]}"
    batch = clerk(lambda: imported(word, somebody()))
    clerk(lambda: check_taking_back(batch, somebody(), batch.recorded_at))
    between = (clerk(of_ledgers, word), clerk(last).unfinished)

    left = clerk(lambda: take_back_unfinished(Division.objects.get(pk="330382"), by=None))

    assert between == ((2, 4, 2, 2), True)
    assert [each.pk for each in left] == [batch.pk]
    assert (clerk(of_ledgers, word), clerk(last).unfinished) == ((0, 0, 0, 0), False)


# --- Others write in between


def test_visit_sent_while_a_ledger_is_written_is_stored_at_once(clerk, another):
    word, told = f"星海{uuid4().hex[:4]}", []

    def watch(phase: str, done: int, total: int | None) -> None:
        if phase == "recording":
            told.append((done, total, another(_visited, f"{word}1馆").result(LONG_S)))

    batch = clerk(_watched, word, watch)

    # The first slice is of one row; how many the second takes is told by how long that took.
    assert [each[:2] for each in told] in ([(0, 3), (1, 3)], [(0, 3), (1, 3), (2, 3)])
    assert (batch.unfinished, clerk(of_ledgers, word)) == (False, (3, 6 + len(told), 3, 3))


def test_visit_sent_while_a_ledger_is_taken_back_is_stored_at_once(clerk, another):
    word, elsewhere, told = f"启航{uuid4().hex[:4]}", f"远山{uuid4().hex[:4]}", []
    batch, _other = (clerk(lambda name=name: imported(name, somebody())) for name in (word, elsewhere))

    def watch(phase: str, done: int, total: int | None) -> None:
        told.append((phase, done, total, another(_visited, f"{elsewhere}1馆").result(LONG_S)))

    clerk(_taken_back, batch, watch)

    assert [each[:3] for each in told] == [("undoing", 0, 2), ("undoing", 1, 2)]
    assert (clerk(of_ledgers, word), clerk(of_ledgers, elsewhere)) == ((0, 0, 0, 0), (2, 6, 2, 2))


def _taken_back(batch: ImportBatch, watch: progress.Watcher) -> None:
    with progress.watched_by(watch):
        roll_back(batch, by=somebody())


def test_round_on_which_something_rests_since_the_look_stays_and_is_named(clerk, another):
    word = f"问渠{uuid4().hex[:4]}"
    batch = clerk(lambda: imported(word, somebody()))

    def watch(phase: str, done: int, total: int | None) -> None:
        if done == 0:
            another(_returned, f"{word}1馆").result(LONG_S)

    clerk(_taken_back, batch, watch)

    kept = clerk(lambda: AuditRow.objects.filter(action="import.rolled_back", object_id=str(batch.pk)).get().after)
    assert len(kept["rows_kept"]) == 1
    assert clerk(of_ledgers, word) == (1, 2, 1, 1)


@pytest.fixture
def another(database):
    came = Clerk(database)
    yield came
    came.leave()


def _watched(word: str, watch: progress.Watcher) -> ImportBatch:
    with progress.watched_by(watch):
        return commit_plan(planned_ledger(*rows_of(word, 3)), file_name="台账.xlsx", sha256="", by=somebody())


def _visited(name: str) -> str:
    school = Institution.objects.get(name=name)
    return str(record_visit(sent_visit(school, happened_at=at("2018-11-01", 10)), by=somebody()).id)


def test_ledger_that_is_stopped_on_the_way_leaves_nothing_and_nobody_ever_knew_of_it(clerk):
    word = f"明德{uuid4().hex[:4]}"

    clerk(_stopped, word)

    batch = clerk(last)
    assert (batch.rolled_back_at, batch.unfinished) == (batch.recorded_at, False)
    assert clerk(of_ledgers, word) == (0, 0, 0, 0)
    assert clerk(lambda: Rectification.objects.get(institution__name=f"{word}1馆").voided_at) == batch.recorded_at
    assert clerk(lambda: list(audit.broken_rows())) == []


def _stopped(word: str) -> None:
    def stop(phase: str, done: int, total: int | None) -> None:
        if phase == "recording" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _watched(word, stop)


# --- Interrupted


def test_ledger_whose_import_was_killed_is_taken_back_and_imported_by_the_same_person(clerk, database, tmp_path):
    word, by, file = f"知行{uuid4().hex[:4]}", clerk(somebody), tmp_path / "ledger.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([HEAD, *([each.get(title, "") for title in HEAD] for each in rows_of(word, 60))])
    command = ["import_institutions", str(file), "--division", "330382", "--by", by.username]

    _killed_in_the_middle(clerk, database, command)
    left = clerk(lambda: (last().unfinished, LedgerEntry.objects.waiting().filter(batch=last()).count()))
    clerk(lambda: call_command(*command, stdout=StringIO()))

    assert left == (True, 0)
    assert clerk(of_ledgers, word) == (60, 120, 60, 60)
    assert clerk(lambda: ImportBatch.objects.unfinished().count()) == 0
    assert clerk(lambda: list(audit.broken_rows())) == []
    clerk(lambda: call_command("verify_ledger", stdout=StringIO()))


def _killed_in_the_middle(clerk: Callable, database: str, command: list[str]) -> None:
    """`manage.py` in a process of its own, killed once it has written a part of the ledger."""
    environment = os.environ | {"ENV_FILE": os.devnull} | environment_of(database)
    process = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=environment)
    while not clerk(lambda: LedgerEntry.objects.filter(batch__in=ImportBatch.objects.unfinished()).exists()):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_round_of_an_unfinished_ledger_on_which_something_rests_stays_and_is_named(clerk):
    word = f"博雅{uuid4().hex[:4]}"
    batch = clerk(lambda: imported(word, somebody()))
    clerk(lambda: ImportBatch.objects.filter(pk=batch.pk).update(finished_at=None))
    clerk(_returned, f"{word}2馆")

    clerk(lambda: take_back_unfinished(Division.objects.get(pk="330382"), by=None))

    row_ = clerk(lambda: AuditRow.objects.get(action="import.rolled_back", object_id=str(batch.pk)))
    assert clerk(of_ledgers, word) == (1, 2, 1, 1)
    assert row_.after["rows_kept"] == [3]


def _returned(name: str) -> None:
    round_ = Rectification.objects.get(institution__name=name)
    return_rectification(round_, by=somebody(), on=today(), version=round_.version, reason="照片不清")
