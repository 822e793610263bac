"""The site of the administration pages: who may enter is decided by `User.may_administer`, as everywhere."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actions import password_change
from accounts.models import User


class AdministratorSignIn(AuthenticationForm):
    required_css_class = AdminAuthenticationForm.required_css_class

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not user.may_administer:
            raise ValidationError(_("这个账号没有在有效期内的系统管理员授权。"), code="not_permitted")


GROUPS = {  # what is administered, by what it is about; a model named nowhere is in the last
    _("账号与授权"): ["accounts.User", "knox.AuthToken", "axes.AccessAttempt"],
    _("辖区与问题目录"): ["institutions.Division", "inspections.FindingType"],
    _("其他"): [],
}


class Administration(AdminSite):
    site_header = site_title = _("系统管理")
    index_title = _("账号、辖区与目录")
    login_form = AdministratorSignIn

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By what it is about, in the field's words: the names of the packages behind say nothing to anybody."""
        found = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        models = {each["model"]._meta.label: each for app in found for each in app["models"]}
        grouped = {
            str(title): [models.pop(label) for label in labels if label in models] for title, labels in GROUPS.items()
        }
        grouped[list(grouped)[-1]] += models.values()
        return [
            {"name": title, "app_label": "", "app_url": "", "has_module_perms": True, "models": listed}
            for title, listed in grouped.items()
            if listed
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may_administer

    def password_change(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        with password_change(request.user, by=request.user):
            return super().password_change(request, extra_context)
