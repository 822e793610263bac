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


class Administration(AdminSite):
    site_header = site_title = _("系统管理")
    login_form = AdministratorSignIn

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may_administer

    def password_change(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        with password_change(request.user, by=request.user):
            return super().password_change(request, extra_context)
