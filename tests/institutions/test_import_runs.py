"""Long registers: the upload answers at once, the worker reads, plans and imports them, and the page says how far."""

import gzip
import hashlib
import os
from datetime import timedelta
from threading import Event

import pytest
from django.core.management import call_command
from django.utils import timezone

from config.management.commands.worker import Command
from institutions.imports import runs
from institutions.imports.stored import Reading
from institutions.models import Division, ImportRun, Institution, RegisterFile
from institutions.models.imports import SILENT_FOR
from mapping.actions import start_run
from mapping.models import GeocodingRun
from tests.factories import LIUSHI, institution
from tests.institutions.registers import clerk_of, confirm, csv, handed_in, plan_of, workbook

ROWS = [f"青竹{at}号画室,柳市镇,前街{at}号," for at in range(1, 1201)]


@pytest.fixture
def clerk(client, db, settings):
    settings.IMPORT_ROWS_AT_ONCE = 1_000
    return clerk_of(client)


def test_long_register_is_kept_and_left_to_the_worker(clerk):
    page = handed_in(clerk, csv(*ROWS))

    shown = clerk.get(page).content.decode()

    run = ImportRun.objects.get()
    assert (run.act, run.state) == ("plan", "queued")
    assert "正在核对" in shown and "等待开始" in shown
    assert '<noscript><meta http-equiv="refresh"' in shown


def test_list_of_registers_says_what_is_being_worked_on(clerk):
    handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,"))
    handed_in(clerk, csv(*ROWS))

    shown = clerk.get("/institutions/import/").content.decode()

    assert (shown.count("正在处理"), shown.count("只预览，没有写入")) == (1, 1)


def test_worker_plans_and_imports_what_waits(clerk):
    page = handed_in(clerk, csv(*ROWS))

    call_command("worker", once=True)
    planned = plan_of(page).counts["new"]
    confirm(clerk, page)
    call_command("worker", once=True)

    assert planned == 1200
    assert Institution.objects.count() == 1200
    assert list(ImportRun.objects.values_list("act", "state")) == [("plan", "done"), ("commit", "done")]
    assert "已导入" in clerk.get(page).content.decode()


def test_page_says_in_numbers_how_far_it_is(clerk):
    page = handed_in(clerk, csv(*ROWS))
    ImportRun.objects.update(state="running", phase="planning", done=600, total=1200, alive_at=timezone.now())

    assert "600 / 1200 行" in clerk.get(page).content.decode()


def test_steps_are_noted_while_the_run_goes_on(clerk):
    page = handed_in(clerk, csv(*ROWS))
    run, seen = ImportRun.objects.get(), []

    def look() -> bool:
        seen.append(ImportRun.objects.values_list("phase", "done").get())
        return False

    assert runs.take_on_next(look)
    run.refresh_from_db()

    assert (run.state, run.phase, run.total) == ("done", "planning", 1200)
    assert ("reading", 1201) in seen
    assert plan_of(page).counts["new"] == 1200


def test_worker_that_is_to_end_leaves_the_run_to_the_next(clerk):
    page = handed_in(clerk, csv(*ROWS))

    runs.take_on_next(stop=lambda: True)
    stopped = ImportRun.objects.get().state
    runs.take_on_next()

    assert (stopped, ImportRun.objects.get().state) == ("queued", "done")
    assert plan_of(page).counts["new"] == 1200


def test_run_of_a_worker_that_died_is_taken_on_again(clerk):
    handed_in(clerk, csv(*ROWS))
    silent = timezone.now() - SILENT_FOR - timedelta(seconds=1)
    ImportRun.objects.update(state="running", alive_at=silent)

    assert runs.take_on_next()
    assert ImportRun.objects.get().state == "done"


def test_run_that_somebody_is_at_is_left_alone(clerk):
    handed_in(clerk, csv(*ROWS))
    ImportRun.objects.update(state="running", alive_at=timezone.now())

    assert not runs.take_on_next()


def test_page_says_when_nobody_is_at_it(clerk):
    page = handed_in(clerk, csv(*ROWS))
    ImportRun.objects.update(requested_at=timezone.now() - timedelta(minutes=1))

    assert "后台程序没有在运行" in clerk.get(page).content.decode()


def test_long_file_that_cannot_be_read_says_why_on_its_page(clerk):
    page = handed_in(clerk, "\n".join(["甲,乙"] * 2000).encode())

    call_command("worker", once=True)

    shown = clerk.get(page).content.decode()
    assert "这份文件不能导入" in shown and "没有找到名册的表头" in shown
    assert ImportRun.objects.get().state == "failed"


def test_long_file_that_is_no_workbook_is_refused_at_once(clerk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = SimpleUploadedFile("名册.xlsx", b"\x89PNG\r\n\x1a\n" + b"\n" * 5000)

    answer = clerk.post("/institutions/import/", {"file": sent, "division": "330382", "datum": "wgs84"})

    assert answer.status_code == 422
    assert not RegisterFile.objects.exists()


def test_corrections_of_a_long_register_wait_until_it_is_planned_again(clerk):
    page = handed_in(clerk, csv(*ROWS[:-1], "青竹末号画室,柳市镇,前街,见门口"))
    call_command("worker", once=True)

    clerk.post(f"{page}fix/", {"address": "D1201", "value": "13800000001"})
    shown = clerk.get(f"{page}?kind=error")
    held = confirm(clerk, page)
    clerk.post(f"{page}plan/")
    call_command("worker", once=True)

    assert (shown.context["pending"], held.status_code) == (1, 409)
    assert "这里的改动还没有计入预览" in shown.content.decode()
    assert plan_of(page).counts["error"] == 0


def test_second_run_of_a_file_is_refused_while_one_is_under_way(clerk):
    page = handed_in(clerk, csv(*ROWS))

    assert clerk.post(f"{page}plan/").status_code == 409
    assert ImportRun.objects.count() == 1


def test_run_of_somebody_who_may_no_more_is_not_carried_out(clerk):
    handed_in(clerk, csv(*ROWS))
    clerk.user.grants.all().delete()

    runs.take_on_next()

    run = ImportRun.objects.get()
    assert (run.state, run.problem) == ("failed", "发起人已没有导入名册的权限。")


def test_workbook_is_weighed_without_being_read():
    sheets = {"名册": [["机构名称", "办学地址"], *([f"青竹{at}号画室", f"前街{at}号"] for at in range(5000))]}

    assert runs.is_long(workbook(sheets))
    assert not runs.is_long(workbook())


def test_register_goes_before_what_is_left_of_a_positioning_run(clerk):
    for _each in range(3):
        institution(LIUSHI)
    start_run(by=clerk.user, provider="offline", division=Division.objects.get(pk="330382"), limit=None)
    handed_in(clerk, csv(*ROWS))

    call_command("worker", once=True)

    assert ImportRun.objects.get().finished_at < GeocodingRun.objects.get().finished_at


def test_positioning_run_steps_aside_for_a_register_that_waits(clerk):
    worker = Command()
    worker.ended, worker.parent = Event(), os.getppid()
    before = worker._is_to_step_aside()

    handed_in(clerk, csv(*ROWS))

    assert (before, worker._is_to_step_aside(), worker._is_to_end()) == (False, True, False)


# --- What is kept of a plan


def test_stored_plan_is_a_gzip_file_of_canonical_lines_under_its_digest(clerk):
    page = handed_in(clerk, csv(*ROWS[:900]))

    stored = plan_of(page).stored

    text = gzip.decompress(bytes(stored.content))
    assert hashlib.sha256(text).hexdigest() == stored.digest
    assert len(text.decode().splitlines()) == 901
    assert len(stored.parts) == 3  # the whole, 500 rows, 400 rows


def test_page_of_a_plan_opens_one_part(clerk):
    plan = plan_of(handed_in(clerk, csv(*ROWS[:900])))

    rows = [plan.row(number)["name"] for number in plan.find("new")[:50]]

    assert rows[-1] == "青竹50号画室"
    assert sorted(plan._opened) == [0, 1]


def test_same_file_planned_again_has_the_same_digest(clerk):
    page = handed_in(clerk, workbook())
    before = plan_of(page).stored

    clerk.post(f"{page}plan/")

    after = plan_of(page).stored
    assert (after.digest, after.pk != before.pk) == (before.digest, True)


def test_plan_is_read_in_the_language_of_whoever_looks_and_carried_out_in_either(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,"))
    clerk.cookies["django_language"] = "en"

    clerk.get(page)
    english = plan_of(page)
    answer = clerk.post(f"{page}confirm/", {"plan": english.stored.digest})

    assert english.stored.language == "en"
    assert answer.status_code == 302
    assert Institution.objects.count() == 1


def test_reading_finds_nothing_in_an_empty_filter(clerk):
    plan = plan_of(handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,")))

    assert isinstance(plan, Reading)
    assert (plan.find("error"), plan.by_key("99"), plan.number_of("2")) == ([], None, 0)
