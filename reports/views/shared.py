"""What the pages of one report share: who may see it, its steps, what can be done to it."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, whole_number
from accounts.roles import Permission
from institutions.moments import Moment
from institutions.past import as_called
from reports.models import Report
from reports.models.report import State

# Who may read a draft, and take away what was submitted.
TAKES = (Permission.PREPARE_REPORT, Permission.APPROVE_REPORT)


def visible(request: SignedInRequest, pk: UUID) -> Report:
    """404 for what is out of sight."""
    return get_object_or_404(Report.objects.visible_to(request.user).select_related("division", "begun_by"), pk=pk)


def may(user: User, report: Report, permission: Permission) -> bool:
    return has_permission(user, permission, report.scope_code)


def may_write(user: User, report: Report) -> bool:
    return report.state == State.DRAFT and may(user, report, Permission.PREPARE_REPORT)


def name_of(report: Report) -> str:
    """The division by its name of the cut-off day."""
    return as_called([report.division], Moment.of(report.as_of))[0].name


def version_of(request: SignedInRequest) -> int:
    """The version that the page showed."""
    return whole_number(request.POST.get("version", ""))


def context(request: SignedInRequest, report: Report, here: str = "") -> dict[str, Any]:
    """What every page of a report shows: its name and, while it is written, the steps that somebody may take."""
    offered = [
        ("check", _("核对"), (Permission.SEE,)),
        ("edit", _("编辑"), (Permission.PREPARE_REPORT,)),
        ("preview", _("预览并提交"), TAKES),
    ]
    steps = [
        (name, label, reverse(f"report_{name}", args=[report.pk]))
        for name, label, permissions in offered
        if any(may(request.user, report, each) for each in permissions)
    ]
    return {
        "report": report,
        "name": name_of(report),
        "steps": [{"name": name, "label": label, "url": url, "here": name == here} for name, label, url in steps],
        "may_write": may_write(request.user, report),
    }
