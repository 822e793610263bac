"""GET /api/v1/reports/: what was submitted, frozen, to those who see its division whole."""

import hashlib

import pytest
from django.urls import reverse

from accounts.models import AuditRow
from reports import actions
from reports.collecting.reading import read_report
from tests.factories import LIUSHI, at, user_with
from tests.reports.reporting import THIRD, approved, begun, clerk, county, leader, submitted

pytestmark = pytest.mark.django_db
LIST = reverse("api-reports")


def corrected(first):
    """A second version of an approved report, submitted and not approved yet."""
    report = first.report
    report.refresh_from_db()
    actions.correct_report(report, by=clerk(), version=report.version, reason="补报一家", at=at("2019-01-08"))
    return submitted(report, at=at("2019-01-08", 13))


def numbers(answer) -> list[int]:
    return sorted(row["version"] for row in answer.json()["results"])


def test_frozen_report_is_given_byte_for_byte_with_its_digest(api, taskforce):
    county()
    version = submitted()

    answer = api(taskforce).get(reverse("api-report", args=[version.pk]))

    assert answer.content == version.content.encode()
    assert hashlib.sha256(answer.content).hexdigest() == version.sha256
    assert (answer["ETag"], answer["X-Content-SHA256"]) == (f'"{version.sha256}"', version.sha256)
    assert read_report(answer.content, sha256=answer["X-Content-SHA256"]).division == "330382"
    assert AuditRow.objects.filter(action="export").get().after["what"] == "report_data"


def test_report_that_one_has_already_is_not_sent_again(api, taskforce):
    county()
    version = submitted()

    answer = api(taskforce).get(reverse("api-report", args=[version.pk]), HTTP_IF_NONE_MATCH=f'"a", "{version.sha256}"')

    assert (answer.status_code, answer.content) == (304, b"")
    assert not AuditRow.objects.filter(action="export").exists()


def test_list_says_what_was_approved_and_what_replaces_it(api, taskforce):
    county()
    first = approved()
    second = corrected(first)
    client = api(taskforce)

    waiting = {state: numbers(client.get(LIST, {"state": state})) for state in ("", "approved", "submitted")}
    report = second.report
    report.refresh_from_db()
    actions.approve_report(report, by=leader(), version=report.version, at=at("2019-01-09"))
    after = {state: numbers(client.get(LIST, {"state": state})) for state in ("", "approved", "submitted")}

    assert waiting == {"": [1, 2], "approved": [1], "submitted": [2]}
    assert after == {"": [1, 2], "approved": [2], "submitted": []}
    row = next(row for row in client.get(LIST).json()["results"] if row["version"] == 1)
    assert {name: row[name] for name in ("division", "as_of", "state", "replaced", "sha256", "period")} == {
        "division": "330382", "as_of": "2018-12-31", "state": "approved", "replaced": True, "sha256": first.sha256,
        "period": "month",
    }  # fmt: skip


def test_list_is_asked_by_division_and_day_and_read_page_by_page(api, supervisor):
    county()
    submitted()
    submitted(begun(as_of=at("2018-11-30").date(), at=at("2018-12-02")), at=THIRD)
    client = api(supervisor)

    assert [row["as_of"] for row in client.get(LIST, {"as_of": "2018-11-30"}).json()["results"]] == ["2018-11-30"]
    assert client.get(LIST, {"division": "330302"}).json()["results"] == []
    page = client.get(LIST, {"page_size": 1}).json()
    rest = client.get(page["next"]).json()
    assert (len(page["results"]), len(rest["results"]), rest["next"]) == (1, 1, None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("state=x", 422), ("as_of=x", 422), ("division=330381", 404), ("known_at=2019-01-01", 422), ("page_size=0", 422)],
)
def test_question_that_is_not_understood_is_refused(api, taskforce, asked, status):
    assert api(taskforce).get(f"{LIST}?{asked}").status_code == status


@pytest.mark.parametrize(
    ("role", "prefix"), [("inspector", LIUSHI), ("task_force", "330381"), ("supervisor", "330303")]
)
def test_report_of_a_division_that_one_does_not_see_whole_is_absent(api, role, prefix):
    county()
    version = submitted()
    client = api(user_with(role, prefix))

    assert client.get(LIST).json()["results"] == []
    assert client.get(reverse("api-report", args=[version.pk])).status_code == 404


def test_report_is_for_those_who_sign_in(client):
    assert client.get(LIST).status_code == 401
