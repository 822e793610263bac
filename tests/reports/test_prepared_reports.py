"""Reports are made ready on the cut-off days of each bureau's period, once."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.errors import Invalid
from accounts.models import AuditRow
from institutions.models import Division
from reports import actions
from reports.actions.scheduling import prepare_reports, schedule_of, set_schedule
from reports.models import Report, ReportSchedule
from tests.factories import at, user_with
from tests.reports.reporting import clerk

pytestmark = pytest.mark.django_db


def yueqing() -> Division:
    return Division.objects.get(pk="330382")


def scheduled(period: str = "month", since: str = "2018-10-10") -> ReportSchedule:
    return set_schedule(yueqing(), period, by=clerk(), at=at(since))


def run(*asked: str) -> str:
    out = StringIO()
    call_command("prepare_reports", *asked, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("period", "on", "as_of", "before"),
    [
        ("month", "2018-12-31", "2018-12-31", "2018-11-30"),
        ("month", "2018-12-30", "2018-11-30", "2018-10-31"),
        ("half_month", "2018-12-15", "2018-12-15", "2018-11-30"),
        ("half_month", "2018-12-31", "2018-12-31", "2018-12-15"),
        ("week", "2018-12-30", "2018-12-30", "2018-12-23"),  # a Sunday
        ("week", "2018-12-29", "2018-12-23", "2018-12-16"),
    ],
)
def test_report_of_the_period_that_ended_last_is_begun(period, on, as_of, before):
    scheduled(period)

    said = run("--on", on)

    report = Report.objects.get()
    assert (report.as_of.isoformat(), report.before.isoformat(), report.period) == (as_of, before, period)
    assert (report.state, report.begun_by) == ("draft", None)
    assert said == f"乐清市 330382：已编制截至 {as_of} 的草稿 {report.pk}\n"


def test_second_run_does_nothing_also_after_the_draft_was_given_up():
    scheduled()
    run("--on", "2018-12-31")
    report = Report.objects.get()
    actions.discard_report(report, by=clerk(), version=report.version, reason="不用")

    again = run("--on", "2018-12-31")

    assert (again, Report.objects.count()) == ("", 1)


def test_report_that_the_clerk_began_is_left_alone():
    scheduled()
    begun = actions.begin_report("330382", "month", date(2018, 12, 31), by=clerk())

    assert [made for _schedule, made, _problem in prepare_reports(date(2018, 12, 31))] == [None]
    assert Report.objects.get() == begun


def test_nothing_that_ended_before_it_was_set_is_begun():
    scheduled(since="2018-12-20")

    assert run("--on", "2018-12-30") == ""
    assert not Report.objects.exists()


def test_last_setting_counts_and_each_is_kept():
    scheduled("month")
    scheduled("none")

    assert run("--on", "2018-12-31") == ""
    assert [row.period for row in ReportSchedule.objects.all()] == ["month", "none"]
    assert AuditRow.objects.filter(action="report_schedule.set").count() == 2


def test_same_setting_again_is_not_kept_twice():
    scheduled("month")
    scheduled("month")

    assert ReportSchedule.objects.count() == 1


def test_future_is_refused():
    with pytest.raises(CommandError, match="在今天之后"):
        call_command("prepare_reports", "--on", "2999-12-31")


def test_setting_that_is_none_or_not_one_s_own_is_refused():
    with pytest.raises(Invalid, match="不可用"):
        set_schedule(yueqing(), "year", by=clerk())
    with pytest.raises(PermissionDenied):
        set_schedule(yueqing(), "month", by=user_with("supervisor", "3303"))
    with pytest.raises(PermissionDenied):
        set_schedule(yueqing(), "month", by=user_with("task_force", "330381"))

    assert schedule_of(yueqing()) is None


def test_period_is_set_on_its_page(browse, taskforce):
    path = reverse("report_schedule")
    client = browse(taskforce)

    answer = client.post(path, {"division": "330382", "period": "half_month"})

    assert answer.status_code == 302
    assert '<option value="half_month" selected>' in client.get(path).content.decode()
    assert client.post(path, {"division": "330381", "period": "month"}).status_code == 404
    assert client.post(path, {"division": "330382", "period": "x"}).status_code == 422
    assert browse(user_with("supervisor", "3303")).get(path).status_code == 403
