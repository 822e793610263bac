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
    """One thing to do: what it is for (`says`), how it is done, what comes `then`; whether it is done, by whom, and
    where this person does it: without `url` it is not theirs."""

    title: str
    says: str
    how: str
    then: str
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
    says = _("告诉系统您管哪个县（市、区），下面有哪些乡镇（街道）。账号的权限、机构和统计都按辖区来分，所以最先做。")
    if names:
        told = _("系统里已有：%(names)s。您的在其中，就不必再设，直接做下一步；不在其中，请设立。")
        says += "\n\n" + told % {"names": names}
    return Step(
        _("设立辖区"),
        says,
        _("填县（市、区）的 6 位代码和名称；乡镇（街道）一行一个，先代码后名称，可以从行政区划代码表整列复制。"),
        _("回到这一页，接着开设账号。"),
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
        "给每位同事一个账号，写明角色和辖区。至少要有一名整治专班（辖区选县）和两名巡查员（辖区选乡镇或县）：提交与核验必须是两个人。"
        "现有整治专班 %(forces)s 名，巡查员 %(inspectors)s 名。"
    )
    return Step(
        _("开设账号并授权"),
        says % {"forces": forces, "inspectors": inspectors},
        _("填姓名、用户名和初始密码，在“授权”一栏选角色和辖区，保存；再从右上角回到这里，开下一个。"),
        _("把用户名和初始密码当面告诉本人，本人第一次登录时会改掉。接着由整治专班登录，导入名册。"),
        forces >= 1 and inspectors >= 2,
        str(Role.ADMIN.label),
        reverse("admin:accounts_user_add") if user.may_administer else "",
        _("新增账号"),
    )


def _register(user: User) -> Step:
    may = has_permission(user, Permission.EDIT_REGISTRY)
    return Step(
        _("导入机构名册"),
        _("把手头的 Excel 名册交给系统，表头不必改。"),
        _("选名册文件，照页面核对每一行会怎样；确认以前什么都不写入，导错了还可以整批撤销。"),
        _("“机构”里就查得到了。接着由巡查员去走访。"),
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
            _("巡查员到现场检查一家机构，当场在手机上登记；要整改的，同一页下达责令。"),
            _("找到机构，勾选现场情况和发现的问题，拍照，保存走访。"),
            _("下达了责令的自动进入“台账”，快到期时“今日”会提醒。整改好了再去一次。"),
            _within(user, Visit.objects.all()).exists(),
            str(Role.INSPECTOR.label),
            reverse("visit_new") if may else "",
            _("登记走访"),
        ),
        Step(
            _("提交整改并核验销号"),
            _("整改到位后，巡查员复查并提交，由没有经手的另一个人核验；核验通过就销号，完成率随之变化。"),
            _("巡查员在“登记走访”里选同一家机构，勾选提交整改；整治专班在“今日”的“待核验”里打开，对照前后照片核验。"),
            _("“统计”里看完成率，“月报”里下载通报。以后每天从“今日”开始。"),
            _within(user, Rectification.objects.filter(state=State.VERIFIED)).exists(),
            _("%(inspector)s和%(force)s") % {"inspector": Role.INSPECTOR.label, "force": Role.TASK_FORCE.label},
            reverse("rectifications") if user.home_prefix else "",
            _("打开台账"),
        ),
    ]


def _within(user: User, rows: Any) -> Any:
    """Those in the user's divisions; all of them for an administrator, who has none and is told only that there are."""
    return rows.visible_to(user) if user.home_prefix else rows
