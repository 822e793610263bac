"""A step of a report is permitted in the report's own division, not wherever somebody has the permission."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Permission
from reports.actions.steps import permit
from reports.collecting.actions import require_collecting
from tests.factories import seconded_from
from tests.reports.reporting import begun, county, submitted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("leads", "prepares", "may"), [("330382", "330381", True), ("330381", "330382", False)])
def test_leader_of_one_county_approves_there_and_not_where_they_write(leads, prepares, may):
    county()
    report = begun()
    by = seconded_from("supervisor", leads, "auditor", prepares)

    if may:
        permit(report, by, Permission.APPROVE_REPORT)
    else:
        with pytest.raises(PermissionDenied):
            permit(report, by, Permission.APPROVE_REPORT)


def test_one_of_several_permissions_is_enough():
    county()

    permit(
        begun(),
        seconded_from("supervisor", "330382", "auditor", "330381"),
        Permission.PREPARE_REPORT,
        Permission.APPROVE_REPORT,
    )


@pytest.mark.parametrize(("leads", "may"), [("330382", True), ("330381", False)])
def test_reports_are_collected_where_one_approves_them(leads, may):
    by = seconded_from("supervisor", leads, "auditor", "330382" if leads == "330381" else "330381")

    if may:
        require_collecting(by, "330382")
    else:
        with pytest.raises(PermissionDenied):
            require_collecting(by, "330382")


@pytest.mark.parametrize(("inspects", "audits", "answer"), [("330381", "330382", 200), ("330382", "330381", 403)])
def test_frozen_report_is_given_to_who_sees_the_second_ledger_there(api, inspects, audits, answer):
    county()
    version = submitted()
    by = seconded_from("inspector", inspects, "auditor", audits)

    assert api(by).get(reverse("api-report", args=[version.pk])).status_code == answer
