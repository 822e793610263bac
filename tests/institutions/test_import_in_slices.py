"""An import is written in many short transactions: nobody waits for it, nobody knows a part of it, and one that was
interrupted is found."""

import csv
import os
import signal
import subprocess
import sys
from datetime import date, datetime
from io import StringIO
from threading import Event
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts import audit, holding
from accounts.errors import Busy
from accounts.models import User
from figures.statistics import completion
from institutions.actions import register_if_new
from institutions.imports.commit import NotCommitted, commit_plan
from institutions.imports.files import commit_file, plan_of, receive_file
from institutions.imports.plan import Plan
from institutions.imports.planned import PlannedRows
from institutions.imports.restoring import Restored
from institutions.imports.rollback import Unfinished, roll_back
from institutions.models import Division, ImportBatch, ImportedRow, Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, user_with, visit_of
from tests.institutions.intake_files import planned
from tests.own_database import ROOT, Clerk, data_dir_of, environment_of, own_database

LONG_S = 60  # nothing here takes longer unless it hangs
HEAD = ["机构名称", "乡镇", "办学地址", "负责人", "证照情况", "排摸日期"]
ROWS = 400


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    with own_database(tmp_path_factory.mktemp("own")) as name, django_db_blocker.unblock():
        yield name


@pytest.fixture
def clerks(db, database, settings):
    """`clerks(2)`: two people with connections of their own."""
    settings.DATA_DIR = data_dir_of(database)
    came: list[Clerk] = []

    def come(count: int) -> list[Clerk]:
        came.extend(Clerk(database) for _ in range(count))
        return came

    yield come
    for clerk in came:
        clerk.leave()


def rows_of(register: str, principal: str, count: int = ROWS) -> list[list[str]]:
    """Institutions that no other test has, each at a door of its own."""
    return [
        [f"{register}{number}号馆", "柳市镇", f"{register}路{number + 1}号", principal, "无证无照", "2018-04-02"]
        for number in range(count)
    ]


def imported(register: str, principal: str = "甲", count: int = ROWS) -> ImportBatch:
    plan: Plan = planned(HEAD, *rows_of(register, principal, count))
    return commit_plan(plan, file_name="a.csv", sha256="", by=None)


def surveyed(known_at: datetime | None = None) -> tuple[datetime, int]:
    moment = Moment.of(date(2018, 12, 31), known_at)
    return moment.known_at, completion("330382", moment).total.surveyed


def test_visits_sent_while_changed_rows_are_committed_are_all_stored(clerks):
    importer, inspector = clerks(2)
    register = f"晨曦{uuid4().hex[:4]}"
    importer(imported, register).result(LONG_S)

    done = importer(imported, register, "乙")
    statuses = []
    while not done.done() or not statuses:
        statuses.append(inspector(_visit, f"{register}{len(statuses) % ROWS}号馆").result(LONG_S))

    batch = done.result(LONG_S)
    assert set(statuses) == {201}
    assert importer(_principals, register).result(LONG_S) == {"乙"}
    assert (batch.summary["changed"], batch.unfinished) == (ROWS, False)
    assert importer(lambda: list(audit.broken_rows())).result(LONG_S) == []


def _visit(name: str) -> int:
    client = APIClient()
    client.force_authenticate(user_with("inspector", "330382", f"visitor-{uuid4().hex[:8]}"))
    school = Institution.objects.get(name=name)
    body = {"institution": str(school.pk), "purpose": "routine", "result": "inspected"}
    body["happened_at"] = "2018-06-01T10:00:00+08:00"
    return client.put(f"/api/v1/visits/{uuid4()}/", body, "json").status_code


def _principals(register: str) -> set[str]:
    return set(Institution.objects.filter(name__startswith=register).values_list("principal", flat=True))


def test_no_k_falls_into_an_import_or_its_undo(clerks):
    reader, importer = clerks(2)
    before = reader(surveyed).result(LONG_S)[1]

    answers = []
    for work in (lambda: imported(f"青竹{uuid4().hex[:4]}"), lambda: roll_back(_last(), by=None)):
        done = importer(work)
        while not done.done():
            answers.append(reader(surveyed).result(LONG_S))
        done.result(LONG_S)
        answers.append(reader(surveyed).result(LONG_S))

    assert {count for _known_at, count in answers} == {before, before + ROWS}
    assert [reader(surveyed, known_at).result(LONG_S) for known_at, _count in answers] == answers


def _last() -> ImportBatch:
    return ImportBatch.objects.filter(rolled_back_at=None).first()  # type: ignore[return-value]


def test_import_that_fails_in_the_middle_is_taken_back_and_nobody_ever_knows_of_it(clerks):
    (clerk,) = clerks(1)
    register = f"绘声{uuid4().hex[:4]}"
    before = clerk(surveyed).result(LONG_S)[1]

    refused = clerk(_failing, register).result(LONG_S)

    batch = clerk(lambda: ImportBatch.objects.order_by("recorded_at").last()).result(LONG_S)
    assert (refused.status, f"第{ROWS + 1}行" in refused.message) == (409, True)
    assert (batch.rolled_back_at, batch.unfinished) == (batch.recorded_at, False)
    assert clerk(surveyed, batch.recorded_at).result(LONG_S)[1] == before
    assert clerk(lambda: Institution.objects.filter(name__startswith=register, withdrawn_at=None).count()).result() == 0


def _failing(register: str) -> NotCommitted:
    plan = planned(HEAD, *rows_of(register, "甲"))
    rows = list(plan.rows)
    rows[-1].read.columns["learners"] = 2_000_000_000  # which the database refuses
    plan.rows = PlannedRows(plan.tables, rows)
    with pytest.raises(NotCommitted) as refused:
        commit_plan(plan, file_name="a.csv", sha256="", by=None)
    return refused.value


# --- Interrupted


def killed_in_the_middle(clerk: Clerk, database: str, file, *command: str) -> None:
    """`manage.py` in a process of its own, killed once it has written a part."""
    environment = os.environ | {"ENV_FILE": os.devnull} | environment_of(database)
    process = subprocess.Popen([sys.executable, "manage.py", *command, str(file)], cwd=ROOT, env=environment)
    while not clerk(lambda: ImportedRow.objects.filter(batch__in=ImportBatch.objects.unfinished()).exists()).result():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_import_that_was_killed_is_taken_back_before_the_county_imports_again(clerks, database, tmp_path):
    (clerk,) = clerks(1)
    register = f"星河{uuid4().hex[:4]}"
    file = tmp_path / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([HEAD, *rows_of(register, "甲", 4_000)])

    killed_in_the_middle(clerk, database, file, "import_institutions", "--division", "330382")
    left = clerk(lambda: ImportBatch.objects.unfinished().get()).result(LONG_S)
    refused = clerk(_refused).result(LONG_S)
    batch = clerk(_imported_by_command, file).result(LONG_S)

    assert str(left.pk) in refused.message
    assert clerk(lambda: ImportBatch.objects.get(pk=left.pk).rolled_back_at).result(LONG_S) is not None
    assert (batch.summary["new"], batch.unfinished) == (4_000, False)
    standing = Institution.objects.filter(name__startswith=register, withdrawn_at=None)
    assert clerk(standing.count).result(LONG_S) == 4_000
    assert clerk(lambda: list(audit.broken_rows())).result(LONG_S) == []


def _refused() -> Unfinished:
    with pytest.raises(Unfinished) as refused:
        imported(f"甲{uuid4().hex[:4]}", count=1)
    return refused.value


def _imported_by_command(file) -> ImportBatch:
    call_command("import_institutions", file, division="330382", stdout=StringIO())
    return ImportBatch.objects.filter(rolled_back_at=None).first()  # type: ignore[return-value]


# --- One at a time in a county


def test_entry_by_hand_is_put_off_while_the_county_is_imported(clerks, monkeypatch):
    monkeypatch.setattr(holding, "PATIENCE_S", 0.1)
    importer, typist = clerks(2)
    held, told = Event(), Event()

    def alone() -> None:
        with holding.alone("330382"):
            held.set()
            assert told.wait(LONG_S)

    done = importer(alone)
    assert held.wait(LONG_S)
    with pytest.raises(Busy) as refused:
        typist(_by_hand).result(LONG_S)
    told.set()
    done.result(LONG_S)

    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})
    assert typist(_by_hand).result(LONG_S).pk


def _by_hand() -> Institution:
    columns = {"name": f"示例{uuid4().hex[:6]}", "division": Division.objects.get(pk=LIUSHI)}
    return register_if_new(by=user_with("task_force", "330382", uuid4().hex[:8]), columns=columns)


@pytest.mark.parametrize("batch", [False, True])
def test_visit_at_an_institution_found_on_the_spot_waits_while_the_county_is_imported(clerks, batch):
    importer, inspector = clerks(2)
    held, told = Event(), Event()

    def alone() -> None:
        with holding.alone("330382"):
            held.set()
            assert told.wait(LONG_S)

    done = importer(alone)
    assert held.wait(LONG_S)
    sent = inspector(_found_on_the_spot, batch)
    with pytest.raises(TimeoutError):
        sent.result(0.3)
    told.set()
    done.result(LONG_S)

    assert sent.result(LONG_S) == 201


def _found_on_the_spot(batch: bool) -> int:
    client = APIClient()
    client.force_authenticate(user_with("inspector", "330382", f"visitor-{uuid4().hex[:8]}"))
    found = {"name": f"启明{uuid4().hex[:6]}", "division": LIUSHI, "address": "启明路3号", "category": "arts"}
    body = {"institution": str(uuid4()), "found": found, "purpose": "survey", "result": "inspected"}
    body["happened_at"] = "2018-06-01T10:00:00+08:00"
    if not batch:
        return client.put(f"/api/v1/visits/{uuid4()}/", body, "json").status_code
    answer = client.post("/api/v1/field/visits/", {"visits": [body | {"id": str(uuid4())}]}, "json")
    return answer.json()["answers"][0]["status"]


@pytest.mark.parametrize("what", ["confirm", "undo"])
def test_import_page_is_put_off_while_the_county_is_imported(clerks, monkeypatch, what):
    monkeypatch.setattr(holding, "PATIENCE_S", 0.1)
    importer, typist = clerks(2)
    held, told = Event(), Event()
    page, form = typist(_file_handed_in, what).result(LONG_S)

    def alone() -> None:
        with holding.alone("330382"):
            held.set()
            assert told.wait(LONG_S)

    done = importer(alone)
    assert held.wait(LONG_S)
    answer = typist(_sent, f"{page}{what}/", form).result(LONG_S)
    told.set()
    done.result(LONG_S)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def _file_handed_in(what: str) -> tuple[str, dict[str, str]]:
    """The page of a file, imported where it is to be taken back, and what its form sends."""
    by = user_with("task_force", "330382", f"typist-{uuid4().hex[:8]}")
    text = "\n".join(",".join(row) for row in [HEAD, *rows_of(f"思源{uuid4().hex[:4]}", "甲", 2)])
    division = Division.objects.get(pk="330382")
    file = receive_file(text.encode(), file_name="a.csv", division=division, datum="wgs84", by=by)
    looked_at = plan_of(file).digest  # type: ignore[union-attr]
    if what == "undo":
        commit_file(file, looked_at=looked_at, by=by)
    return f"/institutions/import/{file.pk}/", {"plan": looked_at, "undo-sure": "on"}


def _sent(url: str, form: dict[str, str]):
    client = Client()
    client.force_login(User.objects.filter(username__startswith="typist-").latest("pk"))
    return client.post(url, form)


def test_two_imports_of_one_county_follow_one_another(clerks):
    one, other = clerks(2)
    register = f"雅乐{uuid4().hex[:4]}"

    def whole() -> ImportBatch:
        with holding.alone("330382"):
            return imported(register, count=100)

    both = [clerk(whole) for clerk in (one, other)]
    summaries = [each.result(LONG_S).summary for each in both]

    assert sorted((each["new"], each["unchanged"]) for each in summaries) == [(0, 100), (100, 0)]


# --- What comes in between


def test_institution_visited_while_its_batch_is_taken_back_stays_and_is_named(db):
    imported("博文", count=2)
    first, second = ImportedRow.objects.order_by("row_number")
    restored = Restored([first, second], by=None, at=ImportBatch.objects.get().recorded_at)
    visit_of(first.institution)  # type: ignore[arg-type]

    stay = restored.write()

    assert stay == [first.row_number]
    assert [row.institution.withdrawn_at is None for row in ImportedRow.objects.order_by("row_number")] == [True, False]


def test_command_does_not_take_back_a_batch_twice(db):
    batch = imported("知行", count=1)
    call_command("rollback_import", batch.pk, stdout=StringIO())

    with pytest.raises(CommandError, match="已于"):
        call_command("rollback_import", batch.pk)
