"""今日: reports that wait for somebody: to approve, to write again, to look at, to hand over."""

import re

import pytest

from reports import actions
from reports.models import Report
from tests.factories import at, seconded_from, user_with
from tests.reports.reporting import DECEMBER, approved, begun, clerk, county, leader, submitted

pytestmark = pytest.mark.django_db


def waits(browse, user) -> list[str]:
    """What the page says of each report."""
    html = browse(user).get("/").content.decode()
    listed = html.split('id="reports"')[1].split("</section>")[0] if 'id="reports"' in html else ""
    return re.findall(r'class="due">([^<]+)<br>', listed)


def test_submitted_report_waits_for_who_may_approve_it(browse):
    county()
    submitted()
    both = seconded_from("task_force", "330382", "supervisor", "330382", "both")

    assert waits(browse, leader()) == ["待您批准"]
    assert waits(browse, both) == ["待您批准"]
    assert waits(browse, clerk()) == []


def test_submitted_report_does_not_wait_for_who_had_a_hand_in_it(browse):
    county()
    both = seconded_from("task_force", "330382", "supervisor", "330382", "both")
    submitted(by=both)

    assert waits(browse, both) == []


def test_report_that_was_sent_back_waits_for_who_writes_with_the_reason(browse):
    county()
    report = submitted().report
    report.refresh_from_db()
    actions.send_back_report(report, by=leader(), version=report.version, reason="柳市镇的数再核")

    assert waits(browse, clerk("clerk2")) == ["已退回，待修改"]
    assert "柳市镇的数再核" in browse(clerk()).get("/").content.decode()
    assert waits(browse, leader()) == []


def test_approved_report_waits_to_be_handed_over(browse):
    county()
    report = approved().report
    report.refresh_from_db()
    waiting = waits(browse, clerk())
    actions.hand_over_report(
        report, by=clerk(), version=report.version, on=DECEMBER.replace(2019, 1, 4), to="市局", way="邮件"
    )

    assert (waiting, waits(browse, clerk())) == (["已批准，待报送"], [])


def test_report_that_was_prepared_by_itself_waits_to_be_looked_at(browse):
    county()
    begun(by=None)
    begun(as_of=at("2018-11-30").date())

    assert waits(browse, clerk()) == ["已备好，待核对"]


def test_report_of_elsewhere_and_one_that_was_given_up_wait_for_nobody(browse):
    county()
    report = begun(by=None)
    stranger = user_with("task_force", "331002", "stranger")
    actions.discard_report(report, by=clerk(), version=report.version, reason="不编")

    assert waits(browse, clerk()) == []
    assert waits(browse, stranger) == []
    assert Report.objects.count() == 1
