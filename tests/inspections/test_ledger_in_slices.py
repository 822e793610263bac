"""A ledger outside of one transaction: its visits and rounds are written, and taken back, whole or not at all, and what
was interrupted is taken back by anybody."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from accounts import audit
from accounts.models import User
from inspections.errors import FourEyes
from inspections.models import LedgerEntry, Rectification, Visit
from institutions.imports.commit import NotCommitted, commit_plan
from institutions.imports.plan import Plan
from institutions.imports.rollback import roll_back, take_back_unfinished, take_parts_back
from institutions.models import Division, ImportBatch, Institution
from tests.factories import user_with
from tests.inspections.ledgers import planned_ledger, row
from tests.own_database import Clerk, environment_of, own_database

LONG_S = 60  # nothing here takes longer unless it hangs


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerk(db, database, settings):
    """Calls something on a connection of its own, and gives what it returns."""
    settings.DATA_DIR = environment_of(database)["DATA_DIR"]
    came = Clerk(database)

    def call(act: Callable, *args):
        return came(act, *args).result(LONG_S)

    yield call
    came.leave()


def somebody() -> User:
    return user_with("task_force", "330382", f"clerk-{uuid4().hex[:8]}")


def ledger(word: str) -> Plan:
    done = {"存在问题": "消防通道堵塞", "整改期限": "2018-10-03", "整改结果": "已整改", "完成日期": "2018-09-28"}
    return planned_ledger(*(row(f"{word}{at}馆", **done, 是否销号="2018-10-08") for at in (1, 2)))


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
    assert clerk(Visit.objects.filter(institution__name__startswith=word).count) == 0
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


def test_taking_back_that_was_interrupted_behind_the_rounds_is_ended_by_anybody(clerk):
    word = f"绘声{uuid4().hex[:4]}"
    batch = clerk(lambda: imported(word, somebody()))
    clerk(lambda: take_parts_back(batch, somebody(), batch.recorded_at))
    between = (clerk(of_ledgers, word), clerk(last).unfinished)

    left = clerk(lambda: take_back_unfinished(Division.objects.get(pk="330382"), by=None))

    assert between == ((2, 0, 0, 0), True)
    assert [each.pk for each in left] == [batch.pk]
    assert (clerk(of_ledgers, word), clerk(last).unfinished) == ((0, 0, 0, 0), False)
