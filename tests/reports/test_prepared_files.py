"""A workbook too long to wait for: asked for on the page, made by the worker with its progress, taken away by who may."""

from datetime import date, timedelta
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditRow, Grant
from reports import kept_check, preparing
from reports.as_xlsx import as_xlsx
from reports.files import kept_file
from reports.models import PreparedFile
from reports.sample import row, sample
from tests.factories import LIUSHI, at, institution, round_of, user_with
from tests.reports.reading_back import sheets
from tests.reports.reporting import begun, leader, submitted
from tests.reports.reporting import clerk as clerk_of_reports
from tests.urls import body

ASKED = "/reports/download/?division=330382&as_of=2018-12-31&format=xlsx"


@pytest.fixture
def long(settings, db):
    """A county with more institutions than a page waits for: two."""
    settings.REPORT_ROWS_AT_ONCE = 1
    round_of(institution(LIUSHI, name="绘声馆"), "2018-05-01")
    institution(LIUSHI, name="=青竹教育")


@pytest.fixture
def clerk(client, db):
    user = user_with("task_force", "330382", "clerk")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def work() -> None:
    call_command("worker", "--once", stdout=StringIO())


def test_long_workbook_is_made_by_the_worker_and_downloaded(client, clerk, long):
    asked = client.get(ASKED)
    waiting = client.get(asked.url).content.decode()
    work()
    ready = client.get(asked.url).content.decode()
    answer = client.get(f"{asked.url}file/")
    made = body(answer)

    assert asked.status_code == 302
    assert "等待开始" in waiting
    assert "2 所机构" in ready
    assert [line[1] for line in sheets(made)["附件"][1:]] == ["=青竹教育", "绘声馆"]
    assert PreparedFile.objects.get().sha256 == sha256(made).hexdigest()
    assert "filename*=utf-8''" in answer["Content-Disposition"]


def test_workbook_of_a_short_report_is_made_at_once(client, clerk, long, settings):
    settings.REPORT_ROWS_AT_ONCE = 2

    assert body(client.get(ASKED))[:2] == b"PK"
    assert not PreparedFile.objects.exists()


def test_same_file_asked_for_twice_is_made_once(client, clerk, long):
    assert client.get(ASKED).url == client.get(ASKED).url
    assert PreparedFile.objects.count() == 1


def test_file_says_what_was_known_when_it_was_asked_for(client, clerk, long):
    asked = client.get(ASKED)
    institution(LIUSHI, name="后来的", surveyed_recorded=timezone.now())
    work()

    assert len(sheets(body(client.get(f"{asked.url}file/")))["附件"]) == 3


def test_file_is_absent_for_who_may_not_take_reports_of_that_division(client, clerk, long):
    url = client.get(ASKED).url
    work()

    for other in (user_with("task_force", "330381"), user_with("inspector", "330382")):
        client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
        assert [client.get(url).status_code, client.get(f"{url}file/").status_code] == [404, 404]


def test_file_is_absent_once_the_grant_is_gone(client, clerk, long):
    url = client.get(ASKED).url
    work()
    Grant.objects.filter(user=clerk).update(division_prefix="330381")

    assert client.get(f"{url}file/").status_code == 404


def test_file_is_not_made_for_who_lost_the_permission_meanwhile(client, clerk, long):
    client.get(ASKED)
    Grant.objects.filter(user=clerk).update(role="inspector")
    work()

    made = PreparedFile.objects.get()
    assert (made.state, made.problem) == ("failed", "发起人已没有导出这份报告的权限。")
    assert not preparing.place_of(made).exists()


def test_file_left_by_a_worker_is_made_by_the_next(client, clerk, long):
    url = client.get(ASKED).url
    hour_ago = timezone.now() - timedelta(hours=1)
    PreparedFile.objects.update(state="running", alive_at=hour_ago, done=1)

    late = client.get(url).content.decode()
    work()

    assert "后台程序没有在运行" in late
    assert PreparedFile.objects.get().state == "done"


def test_worker_that_is_to_end_leaves_the_file_for_the_next(client, clerk, long, settings):
    client.get(ASKED)

    preparing.take_on_next(lambda: True)

    assert PreparedFile.objects.get().state == "queued"
    assert list((settings.DATA_DIR / "prepared").iterdir()) == []


def test_files_of_last_week_are_cleared_away(client, clerk, long):
    url = client.get(ASKED).url
    work()
    old = preparing.place_of(PreparedFile.objects.get())
    PreparedFile.objects.update(finished_at=timezone.now() - timedelta(days=8))
    client.get(ASKED)
    work()

    assert (old.exists(), client.get(url).status_code) == (False, 404)


def test_taking_a_prepared_file_away_is_noted(client, clerk, long):
    url = client.get(ASKED).url
    work()
    body(client.get(f"{url}file/"))

    noted = AuditRow.objects.filter(action="export").last()
    assert (noted.by, noted.scope_code, noted.after["rows"]) == (clerk, "330382000000", 2)


def test_workbook_tells_how_far_it_is():
    told: list[int] = []

    as_xlsx(sample([row(number) for number in range(2_500)]), tell=told.append)

    assert told == [1000, 2000, 2500]


# --- Of submitted reports


def test_workbook_of_a_long_submitted_report_is_made_afterwards_of_what_was_kept(long, settings, browse):
    settings.REPORT_ROWS_AT_ONCE = 3
    at_once = submitted(begun(as_of=date(2018, 11, 30)))
    settings.REPORT_ROWS_AT_ONCE = 1
    version = submitted()
    waiting = browse(clerk_of_reports()).get(version.get_absolute_url()).content.decode()
    institution(LIUSHI, name="后来的", surveyed_recorded=at("2019-01-02"))

    work()

    made = kept_file(version.files.get(kind="xlsx").sha256).read_bytes()
    assert {file.kind for file in at_once.files.all()} == {"annex", "docx", "xlsx", "pdf"}
    assert "Excel 正在后台生成" in waiting and "xlsx/" not in waiting
    assert made == as_xlsx(version.printed)
    assert len(sheets(made)["附件"]) == 3
    page = browse(clerk_of_reports()).get(version.get_absolute_url()).content.decode()
    assert "Excel 正在后台生成" not in page and "files/xlsx/" in page
    assert kept_check.check().wrong == []


def test_workbook_of_a_submitted_report_that_broke_off_is_tried_again(long):
    version = submitted()
    failed = PreparedFile.objects.filter(version=version)
    failed.update(state="failed", problem="磁盘已满", finished_at=timezone.now() - timedelta(minutes=59))
    work()
    early = version.files.filter(kind="xlsx").exists()
    failed.update(finished_at=timezone.now() - timedelta(minutes=61))

    work()

    assert (early, version.files.filter(kind="xlsx").count(), failed.get().state) == (False, 1, "done")


def test_workbook_of_a_submitted_report_is_made_though_its_clerk_left_and_stays(long, browse):
    version = submitted()
    Grant.objects.filter(user=version.submitted_by).update(division_prefix="330381")
    work()
    PreparedFile.objects.update(finished_at=timezone.now() - timedelta(days=8))
    preparing.clear_away(timezone.now())

    page = browse(leader()).get(f"/reports/prepared/{PreparedFile.objects.get().pk}/").content.decode()

    assert reverse("report_file", args=[version.report_id, 1, "xlsx"]) in page
    assert kept_file(version.files.get(kind="xlsx").sha256).exists()
