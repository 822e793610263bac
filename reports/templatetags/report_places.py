"""The pages of reports besides the list itself, for those who may open them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import has_permission
from accounts.roles import Permission
from reports.collecting.pages import collects

register = template.Library()


@register.simple_tag(takes_context=True)
def report_places(context: dict[str, Any]) -> list[tuple[str, str]]:
    """(URL, label) of 上级报表, 公文格式, Word 模板, 报告周期 and 下级汇总."""
    user = context["request"].user
    handles = any(has_permission(user, each) for each in (Permission.PREPARE_REPORT, Permission.APPROVE_REPORT))
    places = [(reverse("superior_forms"), _("上级报表"))] if handles else []
    if has_permission(user, Permission.PREPARE_REPORT):
        places += [
            (reverse("report_letterhead"), _("公文格式")),
            (reverse("report_templates"), _("Word 模板")),
            (reverse("report_schedule"), _("报告周期")),
        ]
    return [*places, (reverse("collected_reports"), _("下级汇总"))] if collects(user) else places
