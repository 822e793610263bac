"""K is a cut: with writers at work on other connections, as known at K has one answer (docs/adr/0013)."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import watermark as rules
from accounts.errors import Invalid, Refusal, refusal_of
from accounts.models import User
from accounts.watermark import Unsettled, cut, recorded, recording, settled
from figures.statistics import completion
from inspections.models import Visit
from institutions.actions import register_institution
from institutions.models import Division, Institution
from institutions.moments import Moment
from tests.factories import LIUSHI, at, institution, user_with
from tests.own_database import ROOT, Clerk, data_dir_of, environment_of, own_database

LONG_S = 30  # nothing here takes longer unless it hangs


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


class Writing:
    """A writer who has written and waits to be told how it ends."""

    def __init__(self, clerk: Clerk, around=transaction.atomic):
        self.wrote, self.told, self.end = Event(), Event(), "commit"
        self.done = clerk(self._write, around)
        assert self.wrote.wait(LONG_S)

    def _write(self, around) -> datetime:
        try:
            with around():
                school = register_institution(by=None, columns=_surveyed())
                self.wrote.set()
                assert self.told.wait(LONG_S)
                if self.end == "rollback":
                    raise InterruptedError
        except InterruptedError:
            pass
        return school.recorded_at

    def ends(self, how: str = "commit") -> datetime:
        """Returns the moment at which what was written became known."""
        self.end = how
        self.told.set()
        return self.done.result(LONG_S)


def _surveyed() -> dict:
    return {
        "division": Division.objects.get(pk=LIUSHI),
        "name": f"示例{uuid4().hex[:6]}",
        "surveyed_on": date(2018, 4, 2),
        "licence_status_at_survey": "none",
    }


def known_institutions(known_at: datetime | None = None) -> tuple[datetime, int]:
    """K and the number of institutions surveyed by the end of 2018, as the page of statistics asks."""
    moment = Moment.of(date(2018, 12, 31), known_at)
    return moment.known_at, completion("330382", moment).total.surveyed


def asked_again(known_at: datetime) -> tuple[datetime, int]:
    return known_institutions(settled(known_at))


def test_question_asked_again_has_the_same_answer_though_a_writer_committed_between(clerks):
    reader, writer = clerks(2)
    writing = Writing(writer)

    known_at, count = reader(known_institutions).result(LONG_S)
    became_known = writing.ends()

    assert known_at < became_known
    assert reader(asked_again, known_at).result(LONG_S) == (known_at, count)
    assert reader(known_institutions).result(LONG_S)[1] == count + 1


def test_nobody_waits_for_a_writer(clerks):
    reader, writer = clerks(2)
    writing = Writing(writer)

    before = time.monotonic()
    reader(known_institutions).result(LONG_S)

    assert time.monotonic() - before < rules.PATIENCE_S
    assert not writing.done.done()
    writing.ends()


def test_cut_is_now_when_nobody_writes(clerks):
    reader, writer = clerks(2)
    Writing(writer).ends()

    before = timezone.now()

    assert before - timedelta(milliseconds=1) < reader(cut).result(LONG_S) < timezone.now()


def test_cut_is_now_after_a_writer_took_everything_back(clerks):
    reader, writer = clerks(2)
    Writing(writer).ends("rollback")

    before = timezone.now()

    assert before - timedelta(milliseconds=1) < reader(cut).result(LONG_S)


def test_writer_is_seen_within_a_savepoint_and_not_after_it(clerks):
    reader, writer = clerks(2)
    within, after, go_on, end = Event(), Event(), Event(), Event()

    def write():
        with transaction.atomic():
            with pytest.raises(InterruptedError), recording():
                within.set()
                go_on.wait(LONG_S)
                raise InterruptedError
            after.set()
            end.wait(LONG_S)

    writing = writer(write)
    within.wait(LONG_S)
    began_before = timezone.now()
    held = reader(cut).result(LONG_S)
    go_on.set()
    after.wait(LONG_S)
    let_go = reader(cut).result(LONG_S)
    end.set()
    writing.result(LONG_S)

    assert held < began_before < let_go


def test_actions_of_one_transaction_are_one_writer(clerks):
    reader, writer = clerks(2)
    writing = Writing(writer, around=recording)
    first = reader(cut).result(LONG_S)

    second = reader(cut).result(LONG_S)

    assert first == second
    writing.ends()


def test_own_writing_holds_nobody_s_own_question_up(clerks):
    (writer,) = clerks(1)

    def write() -> bool:
        with recording() as became_known:
            return cut() >= became_known

    assert writer(write).result(LONG_S)


def test_writer_that_is_killed_holds_nothing_up(clerks, database):
    (reader,) = clerks(1)
    script = (
        "import django; django.setup(); import time\n"
        "from accounts.watermark import recording\n"
        "with recording(): print('writing', flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "ENV_FILE": "/dev/null"} | environment_of(database),
        stdout=subprocess.PIPE,
        text=True,
    )
    with killed:
        assert killed.stdout.readline() == "writing\n"
        was_writing = timezone.now()
        held = reader(cut).result(LONG_S)
        killed.kill()
    until = time.monotonic() + LONG_S  # PostgreSQL notices when it next looks at the connection

    while reader(cut).result(LONG_S) < was_writing:
        assert time.monotonic() < until
        time.sleep(0.05)

    assert held < was_writing


# --- An exact K


def test_exact_question_waits_for_the_writer_below_it(clerks):
    reader, writer = clerks(2)
    _known_at, count = reader(known_institutions).result(LONG_S)
    writing = Writing(writer)
    now = timezone.now()

    answer = reader(asked_again, now)
    time.sleep(0.2)
    waited = not answer.done()
    became_known = writing.ends()

    assert waited
    assert became_known < now
    assert answer.result(LONG_S) == (now, count + 1)


def test_exact_question_below_the_writer_waits_for_nobody(clerks):
    reader, writer = clerks(2)
    writing = Writing(writer)

    known_at, _count = reader(asked_again, at("2019-01-03")).result(rules.PATIENCE_S)

    assert known_at == at("2019-01-03")
    writing.ends()


def test_exact_question_is_put_off_while_a_writer_takes_long(clerks, settings, monkeypatch):
    reader, writer = clerks(2)
    writing = Writing(writer)
    monkeypatch.setattr(rules, "PATIENCE_S", 0.1)

    with pytest.raises(Unsettled) as refusal:
        reader(settled, timezone.now()).result(LONG_S)
    writing.ends()

    assert "尚未完成" in refusal.value.message


def test_api_says_when_to_ask_again(clerks, monkeypatch):
    reader, writer = clerks(2)
    asker = reader(user_with, "supervisor", "3303", f"asker{uuid4().hex[:6]}").result(LONG_S)
    writing = Writing(writer)
    monkeypatch.setattr(rules, "PATIENCE_S", 0.1)

    answer = reader(_get, asker, "/api/v1/statistics/completion/", known_at=timezone.now().isoformat()).result(LONG_S)
    writing.ends()

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unsettled", "5")


def _get(asker: User, path: str, **query: str):
    client = APIClient()
    client.force_authenticate(asker)
    return client.get(path, query)


def test_moment_to_come_is_refused_by_the_clock_of_who_reads_it(db):
    with pytest.raises(Invalid, match="时刻 2999-01-01 08:00:00 还没有过去"):
        settled(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("path", ["/api/v1/statistics/completion/", "/api/v1/institutions/", "/api/v1/map/"])
def test_api_refuses_a_moment_to_come(api, supervisor, path):
    later = timezone.now() + timedelta(hours=1)

    of_the_map = {"bbox": "120,27,122,29", "zoom": "9"} if path.endswith("map/") else {}

    answer = api(supervisor).get(path, {"known_at": later.isoformat()} | of_the_map)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["known_at"])


def test_page_refuses_a_moment_to_come(browse, supervisor):
    answer = browse(supervisor).get("/statistics/", {"known_at": "2999-01-01T00:00"})

    assert answer.status_code == 422


@pytest.mark.parametrize("command", ["completion", "monthly_report"])
def test_command_refuses_a_moment_to_come(db, tmp_path, command):
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    more = {"output": tmp_path} if command == "monthly_report" else {}

    with pytest.raises(CommandError, match="还没有过去"):
        call_command(command, division="330382", as_of="2018-12-31", known_at=later, **more)


def test_moment_given_is_kept(db):
    @recorded
    def act(*, at: datetime) -> datetime:
        return at

    assert act(at=at("2018-10-01")) == at("2018-10-01")


# --- Many at once

WRITERS, VISITS = 4, 25


def test_every_k_handed_out_under_load_keeps_its_answer(clerks):
    """Four inspectors record surveys with orders while a fifth asks; each K asked again gives what it gave."""
    reader, *writers = clerks(1 + WRITERS)
    works = [reader(_work_for_a_day, number).result(LONG_S) for number in range(WRITERS)]

    recordings = [writer(_record, by, schools) for writer, (by, schools) in zip(writers, works, strict=True)]
    answers = []
    while not all(each.done() for each in recordings) or len(answers) < 200:
        answers.append(reader(_answer, None).result(LONG_S))
    statuses = [status for each in recordings for status in each.result(LONG_S)]
    again = [reader(_answer, known_at).result(LONG_S) for known_at, *_counts in answers]

    assert statuses == [201] * WRITERS * VISITS
    assert len({answer[1:] for answer in answers}) > 20
    assert again == answers


def _work_for_a_day(number: int) -> tuple[User, list[Institution]]:
    by = user_with("inspector", "330382", f"worker{number}-{uuid4().hex[:6]}")
    return by, [institution(surveyed_on=None) for _ in range(VISITS)]


def _record(by: User, schools: list[Institution]) -> list[int]:
    client = APIClient()
    client.force_authenticate(by)
    return [client.put(f"/api/v1/visits/{uuid4()}/", _survey(school), "json").status_code for school in schools]


def _survey(school: Institution) -> dict:
    return {
        "institution": str(school.pk),
        "purpose": "survey",
        "result": "inspected",
        "happened_at": "2018-06-01T10:00:00+08:00",
        "findings": [{"type": "L01", "note": ""}],
        "order": {"due_on": "2018-07-01"},
    }


def _answer(known_at: datetime | None) -> tuple[datetime, int, int, int]:
    moment = Moment.of(date(2018, 12, 31), known_at)
    figures = completion("330382", moment).total
    return moment.known_at, figures.surveyed, figures.with_problems, Visit.objects.known_at(moment).count()


# --- A lock that cannot be had


def test_writer_whose_turn_does_not_come_in_time_is_told_to_come_back(clerks):
    def impatient() -> Refusal | None:
        if connection.vendor == "sqlite":
            connection.settings_dict["OPTIONS"] = connection.settings_dict["OPTIONS"] | {"timeout": 0.1}
        else:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
        try:
            with recording():
                Division.objects.select_for_update().get(pk="330382")
        except OperationalError as problem:
            return refusal_of(problem)
        return None

    first, second = clerks(2)
    held, told = Event(), Event()

    def holding() -> None:
        with recording():
            Division.objects.select_for_update().get(pk="330382")
            held.set()
            assert told.wait(LONG_S)

    done = first(holding)
    assert held.wait(LONG_S)
    refused = second(impatient).result(LONG_S)
    told.set()
    done.result(LONG_S)

    assert (refused.status, refused.code) == (503, "busy")
