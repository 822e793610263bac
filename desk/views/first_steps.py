"""开始使用: what a new bureau does in its first hour, in order, with what is done already."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.errors import enumerated
from accounts.models import Grant, User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest
from accounts.roles import Permission, Role
from inspections.models import Rectification, State, Visit
from institutions.models import Division, Institution
from institutions.moments import today

NAMED = 5  # counties that the first step names


@dataclass(frozen=True)
class Step:
    """One thing to do: whether it is done, by whom, and where this person does it; without `url` it is not theirs."""

    title: str
    says: str
    done: bool
    who: str
    url: str = ""
    label: str = ""


@require_safe
def first_steps(request: SignedInRequest) -> HttpResponse:
    steps = [_divisions(request.user), _accounts(request.user), _register(request.user), *_visits(request.user)]
    following = next((step for step in steps if not step.done), None)
    return render(request, "desk/first_steps.html", {"steps": steps, "following": following})


def _divisions(user: User) -> Step:
    counties = Division.objects.filter(children__isnull=False, level="county").distinct().order_by("code")
    names = enumerated(county.name for county in counties[:NAMED])
    says = _("县（市、区）和它的乡镇（街道），从行政区划代码表复制过来即可。机构、授权和统计都落在辖区上。")
    if names:
        says += "\n\n" + _("已有乡镇（街道）的：%(names)s。不是您的，请设立您的。") % {"names": names}
    return Step(
        _("设立辖区"),
        says,
        bool(names),
        str(Role.ADMIN.label),
        reverse("divisions_new") if user.may_administer else "",
        _("设立辖区"),
    )


def _accounts(user: User) -> Step:
    granted = Grant.objects.in_force(today()).filter(user__is_active=True)
    people: dict[str, int] = dict(granted.order_by().values_list("role").annotate(Count("user", distinct=True)))
    forces, inspectors = people.get(Role.TASK_FORCE, 0), people.get(Role.INSPECTOR, 0)
    says = _(
        "至少要有一名整治专班（辖区选县）和两名巡查员（辖区选乡镇或县）：提交与核验必须是两个人。"
        "现有整治专班 %(forces)s 名，巡查员 %(inspectors)s 名。"
    )
    return Step(
        _("开设账号并授权"),
        says % {"forces": forces, "inspectors": inspectors},
        forces >= 1 and inspectors >= 2,
        str(Role.ADMIN.label),
        reverse("admin:accounts_user_add") if user.may_administer else "",
        _("新增账号"),
    )


def _register(user: User) -> Step:
    may = has_permission(user, Permission.EDIT_REGISTRY)
    return Step(
        _("导入机构名册"),
        _("由整治专班上传 Excel 名册：先逐行预览，确认后写入，有误可以整批撤销。"),
        _within(user, Institution.objects.filter(withdrawn_at=None)).exists(),
        str(Role.TASK_FORCE.label),
        reverse("import") if may else "",
        _("导入名册"),
    )


def _visits(user: User) -> list[Step]:
    may = has_permission(user, Permission.RECORD_VISIT)
    return [
        Step(
            _("登记第一次走访"),
            _("巡查员在手机上选机构、勾选发现的问题、拍照；需要整改的当场下达责令，系统自动进入台账。"),
            _within(user, Visit.objects.all()).exists(),
            str(Role.INSPECTOR.label),
            reverse("visit_new") if may else "",
            _("登记走访"),
        ),
        Step(
            _("提交整改并核验销号"),
            _("整改到位后由巡查员提交，由没有经手的另一人核验，台账随即销号，完成率随之变化。"),
            _within(user, Rectification.objects.filter(state=State.VERIFIED)).exists(),
            _("%(inspector)s和%(force)s") % {"inspector": Role.INSPECTOR.label, "force": Role.TASK_FORCE.label},
            reverse("rectifications") if user.home_prefix else "",
            _("打开台账"),
        ),
    ]


def _within(user: User, rows: Any) -> Any:
    """Those in the user's divisions; all of them for an administrator, who has none and is told only that there are."""
    return rows.visible_to(user) if user.home_prefix else rows
