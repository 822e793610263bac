"""What is done to a report once it is there, and by whom: one table, of which the pages' forms and the doors of the API
are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from reports import actions
from reports.forms import HandOverForm, ReasonForm
from reports.models import Report
from reports.models.report import State


@dataclass(frozen=True)
class Step:
    """Something that is done to a report: by whom, in which states, with what typed."""

    name: str
    title: Any
    action: Callable[..., Report]
    permissions: tuple[Permission, ...]
    states: tuple[str, ...]
    form: type[forms.Form] = forms.Form
    says: Any = ""
    look: str = ""
    done: Any = field(default=gettext_lazy("已办理。"))


STEPS = {
    each.name: each
    for each in (
        Step(
            "approve",
            gettext_lazy("批准"),
            actions.approve_report,
            (Permission.APPROVE_REPORT,),
            (State.SUBMITTED,),
            says=gettext_lazy("批准后即可报送；以后的更正是新的一版，这一版不再变动。"),
            look="primary",
            done=gettext_lazy("报告已批准，可以报送。"),
        ),
        Step(
            "send-back",
            gettext_lazy("退回修改"),
            actions.send_back_report,
            (Permission.APPROVE_REPORT,),
            (State.SUBMITTED,),
            ReasonForm,
            done=gettext_lazy("报告已退回修改。"),
        ),
        Step(
            "withdraw",
            gettext_lazy("撤回提交"),
            actions.withdraw_submission,
            (Permission.PREPARE_REPORT,),
            (State.SUBMITTED,),
            ReasonForm,
            says=gettext_lazy("批准以前，提交人可以撤回再改；已提交的这一版留存。"),
            done=gettext_lazy("已撤回提交，可以继续修改。"),
        ),
        Step(
            "hand-over",
            gettext_lazy("登记报送"),
            actions.hand_over_report,
            (Permission.PREPARE_REPORT, Permission.APPROVE_REPORT),
            (State.APPROVED, State.HANDED_OVER),
            HandOverForm,
            look="primary",
            done=gettext_lazy("已登记报送。"),
        ),
        Step(
            "correct",
            gettext_lazy("更正"),
            actions.correct_report,
            (Permission.PREPARE_REPORT,),
            (State.APPROVED, State.HANDED_OVER),
            ReasonForm,
            says=gettext_lazy("更正会编出新的一版，并写明替代哪一版、为什么；原来的一版照旧留存。"),
            done=gettext_lazy("可以更正了：改好后重新提交、批准。"),
        ),
        Step(
            "discard",
            gettext_lazy("作废草稿"),
            actions.discard_report,
            (Permission.PREPARE_REPORT,),
            (State.DRAFT,),
            ReasonForm,
            look="danger",
            done=gettext_lazy("草稿已作废。"),
        ),
    )
}
