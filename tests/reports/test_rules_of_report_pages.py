"""What the pages of reports offer, take and give away in a division: what is permitted in that very division."""

import pytest
from django.urls import reverse

from accounts.roles import Permission
from institutions.models import Division
from reports.collecting.pages import collects
from reports.forms import divisions_of
from reports.models import Report, ReportVersion
from reports.preparing import may_take
from reports.sample import sample
from reports.views.shared import may
from tests.factories import hand, seconded_from
from tests.misconduct.patrol import case_of
from tests.misconduct.patrol import clerk as clerk_of_cases
from tests.reports.reporting import HERE, THERE, THIRD, begun, lent

pytestmark = pytest.mark.django_db
EITHER = pytest.mark.parametrize("role", ["task_force", "supervisor"])


# --- Divisions to choose from


@EITHER
def test_reports_are_collected_for_divisions_in_which_one_prepares_or_approves_them(role):
    assert collects(seconded_from(role, "3303", "auditor", "33")) == ["3303"]


def test_report_is_begun_of_a_division_in_which_one_prepares_them():
    assert {each.code[:6] for each in divisions_of(lent("task_force"))} == {HERE}


def test_periods_are_set_for_divisions_in_which_one_prepares_reports(browse):
    rows = browse(lent("task_force")).get(reverse("report_schedule")).context["rows"]

    assert [division.pk for division, _schedule in rows] == [HERE]


# --- One report


@EITHER
def test_workbook_is_made_for_who_may_take_it_away(role):
    user = lent(role)

    assert [may_take(user, Division.objects.get(pk=code)) for code in (HERE, THERE)] == [True, False]


def test_step_is_offered_in_the_division_of_the_report():
    user = lent("task_force")
    reports = [Report(scope_code=f"{code}000000") for code in (HERE, THERE)]

    assert [may(user, report, Permission.PREPARE_REPORT) for report in reports] == [True, False]


def test_report_is_written_in_its_division(browse):
    client = browse(lent("task_force"))

    def statuses(division: str) -> list[int]:
        report = begun(division=division, by=None)
        return [
            client.get(reverse("report_edit", args=[report.pk])).status_code,
            client.post(reverse("report_draft", args=[report.pk]), "[]", content_type="application/json").status_code,
        ]

    assert statuses(HERE) == [200, 422]
    assert statuses(THERE) == [403, 403]


@EITHER
def test_kept_report_is_downloaded_where_it_is_prepared_or_approved(browse, role):
    client = browse(lent(role))

    def status(division: str) -> int:
        version = ReportVersion.objects.create(
            report=begun(division=division, by=None),
            number=1,
            known_at=THIRD,
            content=sample([]).as_json(),
            sha256="0" * 64,
            submitted_by=hand("clerk"),
            submitted_at=THIRD,
        )
        return client.get(reverse("report_file", args=[version.report_id, 1, "json"])).status_code

    assert (status(HERE), status(THERE)) == (200, 403)


# --- The list, and any day looked at


@pytest.mark.parametrize(("role", "prepares"), [("task_force", True), ("supervisor", False)])
def test_list_offers_a_new_report_to_who_prepares_them(browse, role, prepares):
    assert browse(lent(role)).get(reverse("reports")).context["may_begin"] is prepares


def test_report_looked_at_is_begun_and_tells_of_the_patrol_where_that_is_permitted(browse):
    client = browse(lent("task_force", "inspector"))
    for code in (HERE, THERE):
        case_of(code, handled="2018-04-01", by=clerk_of_cases(code))

    def shown(division: str) -> tuple[bool, bool]:
        found = client.get(reverse("reports"), {"division": division, "as_of": "2018-12-31"}).context
        told = "".join(part.text for parts in found["sentences"] for part in parts)
        return found["may_begin"], "全年共处理1起" in told

    assert shown(HERE) == (True, True)
    assert shown(THERE) == (False, False)
