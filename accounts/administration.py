"""The site of the administration pages: who may enter is decided by `User.may_administer`, as everywhere."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog

from accounts.pages import SignOut

GROUPS = {  # what is administered, by what it is about; a model named nowhere is in the last
    _("账号与授权"): ["accounts.User", "accounts.FailedSignIn", "accounts.ApiToken"],
    _("辖区与问题目录"): ["institutions.Division", "inspections.FindingType"],
    _("其他"): [],
}


class Administration(AdminSite):
    """One door for everybody: signing in and out and one's own password are pages of `accounts.pages`."""

    site_header = site_title = _("系统管理")
    index_title = _("账号、辖区与目录")

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

    def i18n_javascript(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Texts of the scripts, ours before the framework's: locale/zh_Hans has what it leaves in English."""
        return JavaScriptCatalog.as_view()(request)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may_administer

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(gettext("这个账号没有在有效期内的系统管理员授权。"))
        return HttpResponseRedirect(f"{reverse('login')}?{request.GET.urlencode()}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return SignOut.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("password")
