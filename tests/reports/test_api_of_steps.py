"""POST /api/v1/reports/<id>/…: what is decided about a submitted report, by the rules of the pages."""

import pytest
from django.urls import reverse

from reports import actions
from reports.api import DOORS
from reports.models import ReportVersion
from tests.factories import at, seconded_from, user_with
from tests.reports.reporting import approved, clerk, county, leader, submitted

pytestmark = pytest.mark.django_db


def do(api, user, version: ReportVersion, name: str, **said):
    return api(user).post(reverse(f"api-report-{name}", args=[version.pk]), said, format="json")


def state(version: ReportVersion) -> str:
    version.report.refresh_from_db()
    return version.report.state


def test_doors_are_those_of_what_was_submitted():
    assert [step.name for step in DOORS] == ["approve", "send-back", "withdraw", "hand-over", "correct"]


def test_leader_approves_and_the_clerk_hands_over(api):
    county()
    version = submitted()

    answer = do(api, leader(), version, "approve")
    handed = do(api, clerk(), version, "hand-over", to="温州市教育局", way="公文系统")

    assert (answer.status_code, answer.json()["state"], answer.json()["report_state"]) == (200, "approved", "approved")
    assert (handed.status_code, handed.json()["report_state"]) == (200, "handed_over")
    assert version.report.events.last().handed_to == "温州市教育局"


def test_report_is_sent_back_and_withdrawn_with_a_reason(api):
    county()
    version = submitted()

    silent = do(api, leader(), version, "send-back", reason=" ")
    back = do(api, leader(), version, "send-back", reason="柳市镇的数再核")
    second = submitted(version.report)
    withdrawn = do(api, clerk(), second, "withdraw", reason="还要补一句")

    assert (silent.status_code, list(silent.json()["errors"])) == (422, ["reason"])
    assert (back.status_code, back.json()["report_state"]) == (200, "draft")
    assert (withdrawn.status_code, state(second)) == (200, "draft")


def test_who_prepared_does_not_approve(api):
    county()
    both = seconded_from("task_force", "330382", "supervisor", "330382", "both")
    version = submitted(by=both)

    answer = do(api, both, version, "approve")

    assert (answer.status_code, answer.json()["code"], state(version)) == (403, "four_eyes", "submitted")


@pytest.mark.parametrize("name", ["approve", "send-back", "withdraw", "hand-over", "correct"])
def test_step_is_not_for_who_may_not_and_absent_out_of_sight(api, name):
    county()
    version = submitted()

    onlooker = do(api, user_with("auditor", "3303", "auditor9"), version, name)
    stranger = do(api, user_with("supervisor", "3310", "stranger"), version, name)

    assert (onlooker.status_code, stranger.status_code) == (403, 404)
    assert state(version) == "submitted"


def test_version_that_was_replaced_is_stale(api):
    county()
    first = approved()
    first.report.refresh_from_db()
    actions.correct_report(
        first.report, by=clerk(), version=first.report.version, reason="补报一家", at=at("2019-01-08")
    )
    second = submitted(first.report, at=at("2019-01-08", 9))

    old = do(api, leader(), first, "approve")
    new = do(api, leader(), second, "approve")

    assert (old.status_code, old.json()["code"]) == (412, "stale_version")
    assert (new.status_code, state(second)) == (200, "approved")


def test_step_out_of_turn_says_what_it_is_for(api):
    county()
    version = submitted()

    answer = do(api, clerk(), version, "correct", reason="早了")

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_step")
    assert "已批准、已报送" in answer.json()["message"]


def test_word_that_no_step_reads_is_refused_by_name(api):
    county()
    version = submitted()

    answer = do(api, leader(), version, "approve", note="同意")

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["note"])
    assert state(version) == "submitted"


def test_two_who_approve_at_once_approve_once(api):
    county()
    version = submitted()
    answers = [do(api, leader(name), version, "approve") for name in ("leader1", "leader2")]

    assert [each.status_code for each in answers] == [200, 409]
    assert version.report.events.filter(kind="approved").count() == 1
