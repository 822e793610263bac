"""What each role may do in its division. Source: the table of roles in the design (docs/glossary.md)."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    INSPECTOR = "inspector", _("巡查员")
    TASK_FORCE = "task_force", _("整治专班")
    SUPERVISOR = "supervisor", _("领导")
    AUDITOR = "auditor", _("审计")
    ADMIN = "admin", _("系统管理员")


class Permission(StrEnum):
    SEE = "see"
    SEE_PERSONAL_DATA = "see_personal_data"
    SEE_AUDIT = "see_audit"
    RECORD_VISIT = "record_visit"
    SUBMIT = "submit"
    HAND_OVER = "hand_over"
    ORDER = "order"
    RETURN = "return"
    EXTEND = "extend"
    VERIFY = "verify"
    VOID = "void"
    WITHDRAW_VISIT = "withdraw_visit"
    EDIT_REGISTRY = "edit_registry"
    PREPARE_REPORT = "prepare_report"
    APPROVE_REPORT = "approve_report"
    MANAGE_ACCOUNTS = "manage_accounts"
    # The second ledger has permissions of its own: whoever has none of them never learns that it is there.
    SEE_MISCONDUCT = "see_misconduct"
    SEE_MISCONDUCT_NAMES = "see_misconduct_names"
    RECORD_MISCONDUCT = "record_misconduct"
    WITHDRAW_MISCONDUCT = "withdraw_misconduct"


_INSPECTOR = frozenset(
    {Permission.SEE, Permission.SEE_PERSONAL_DATA, Permission.RECORD_VISIT, Permission.SUBMIT, Permission.HAND_OVER}
)
_TASK_FORCE = _INSPECTOR | {
    Permission.ORDER,
    Permission.RETURN,
    Permission.EXTEND,
    Permission.VERIFY,
    Permission.WITHDRAW_VISIT,
    Permission.EDIT_REGISTRY,
    Permission.PREPARE_REPORT,
    Permission.SEE_MISCONDUCT,
    Permission.SEE_MISCONDUCT_NAMES,
    Permission.RECORD_MISCONDUCT,
}
ROLES: dict[str, frozenset[Permission]] = {
    Role.INSPECTOR: _INSPECTOR,
    Role.TASK_FORCE: _TASK_FORCE,
    Role.SUPERVISOR: frozenset(
        {
            Permission.SEE,
            Permission.SEE_PERSONAL_DATA,
            Permission.HAND_OVER,
            Permission.VERIFY,
            Permission.VOID,
            Permission.WITHDRAW_VISIT,
            Permission.APPROVE_REPORT,
            Permission.SEE_MISCONDUCT,
            Permission.SEE_MISCONDUCT_NAMES,
            Permission.WITHDRAW_MISCONDUCT,
        }
    ),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.SEE_AUDIT, Permission.SEE_MISCONDUCT}),
    Role.ADMIN: frozenset({Permission.MANAGE_ACCOUNTS}),
}
