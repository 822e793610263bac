"""Accounts in the administration pages. Every change writes an audit row in its own transaction."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken

from accounts import actions, audit, second_factor
from accounts.as_shown import AsShown
from accounts.forms import NewPassword
from accounts.grants import GrantForm, in_words_of, offered_divisions, with_divisions
from accounts.id_numbers import reasons_of
from accounts.models import ApiToken, FailedSignIn, Grant, User
from accounts.requests import signed_in
from accounts.roles import Role

admin.site.unregister(Group)  # roles come from grants
admin.site.unregister(AuthToken)  # knox's own pages would let an administrator hand a token to somebody else
admin.site.unregister([TOTPDevice, StaticDevice])  # django-otp's own pages show the secrets


class WithoutIdNumbers(forms.BaseModelForm):
    """Whatever is typed into a column of text is asked for ID-card numbers."""

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        columns = {each.name for each in self._meta.model._meta.concrete_fields} - audit.UNRECORDED
        texts = {name: value for name, value in typed.items() if name in columns and isinstance(value, str)}
        for name, reasons in reasons_of(texts).items():
            self.add_error(name, reasons)
        return typed


class AuditedAdmin(AsShown):
    """Writes who changed what; deletes nothing, and undoes nothing that somebody else did meanwhile."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (WithoutIdNumbers, form), {})

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        before = audit.snapshot(type(obj).objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        action = f"{obj._meta.model_name}.{'edited' if change else 'added'}"
        audit.write(action, obj, by=signed_in(request), before=before, after=audit.snapshot(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ToRead(admin.ModelAdmin):
    """Rows that are looked at; what may be done to them is in `actions`."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GrantInline(admin.StackedInline):
    """With the account itself: one row to fill in for a new one."""

    model = Grant
    form = GrantForm
    template = "accounts/grants.html"
    fields = [("role", "division_prefix"), ("valid_from", "valid_to")]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


def _named(column: str) -> Any:
    """What a column of accounts is called."""
    field: Any = User._meta.get_field(column)
    return field.verbose_name


def _yes_or_no(said: bool) -> str:
    return gettext("是") if said else gettext("否")


@admin.register(User)
class PeopleAdmin(AuditedAdmin, UserAdmin):
    """Accounts are disabled, not deleted. With the account, and with the password, end sessions and API tokens.

    A password that is set here is changed by its owner at the first sign-in.
    """

    list_display = ["username", "name", "granted", "active", "last_login"]
    search_fields = ["username", "name"]
    list_filter = ["is_active", "grants__role"]
    readonly_fields = ["superuser"]
    fieldsets = [
        (None, {"fields": ["username", "password", "name"]}),
        (
            _("状态"),
            {
                "fields": ["is_active", "superuser"],
                "description": _(
                    "能否进入系统管理只看系统管理员授权。超级用户是命令行建立的首个账号，在得到这种授权之前也可进入。"
                ),
            },
        ),
    ]
    add_fieldsets = [(None, {"fields": ["name", "username", "password1", "password2"]})]
    add_form_template = change_form_template = "accounts/person.html"
    change_password_form = NewPassword
    inlines = [GrantInline]
    actions = ["reset_second_factor"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A user name stays: what was sent names the inspectors by it (docs/adr/0017-visits-as-sent.md)."""
        return [*self.readonly_fields, *(["username"] if obj is not None else [])]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related(Prefetch("grants", with_divisions(Grant.objects.all())))

    @admin.display(description=_("授权"))
    def granted(self, user: User) -> str:
        return in_words_of(user.grants.all())

    @admin.display(description=_named("is_active"), ordering="is_active")
    def active(self, user: User) -> str:
        """In a word: the picture that stands for it otherwise is called True."""
        return _yes_or_no(user.is_active)

    @admin.display(description=_named("is_superuser"))
    def superuser(self, user: User) -> str:
        return _yes_or_no(user.is_superuser)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["help_texts"] = {
            "name": _("真实姓名，印在走访和台账上。"),
            "username": _("登录用，字母、数字均可，以后不能改。"),
        }
        return super().get_form(request, obj, change=change, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"offered_divisions": offered_divisions(), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Everything was on one page: back to the list, where the new account stands with its grants."""
        response: HttpResponse = super(UserAdmin, self).response_add(request, obj, post_url_continue)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        obj.must_change_password = obj.must_change_password or not change
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            actions.revoke_tokens(obj, by=signed_in(request))
            actions.end_sessions(obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Grants are audited one by one, taken away ones too."""
        grants, roles = formset.save(commit=False), set()
        for grant in grants:
            before = audit.snapshot(Grant.objects.get(pk=grant.pk)) if grant.pk else None
            grant.save()
            audit.write("grant.saved", grant, by=signed_in(request), before=before, after=audit.snapshot(grant))
            roles |= {grant.role, before["role"] if before else ""}
        for grant in formset.deleted_objects:
            audit.write("grant.removed", grant, by=signed_in(request), before=audit.snapshot(grant))
            grant.delete()
            roles.add(grant.role)
        formset.save_m2m()
        if Role.ADMIN in roles:
            actions.spend_superuser(form.instance, by=signed_in(request))

    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        user = self.get_object(request, unquote(id))
        if user is None:
            return super().user_change_password(request, id, form_url)  # says that there is none
        with actions.password_change(user, by=signed_in(request)):
            return super().user_change_password(request, id, form_url)

    @admin.action(description=_("重置所选用户的两步验证"))
    def reset_second_factor(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """For a lost phone without recovery codes: they enrol anew at the next sign-in, if their role asks for it."""
        count = sum(second_factor.remove(user, by=signed_in(request)) for user in chosen)
        self.message_user(request, gettext("已重置 %(count)s 个用户的两步验证。") % {"count": count}, messages.SUCCESS)


@admin.register(ApiToken)
class TokenAdmin(ToRead):
    """API tokens: of a lost phone, to revoke. New ones come from `manage.py create_token`."""

    list_display = ["whose", "begins_with", "made_at", "ends_at"]
    fields = ["whose", "begins_with", "made_at", "ends_at"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "user__name", "token_key"]
    actions = ["revoke"]

    @admin.display(description=_("用户"), ordering="user__username")
    def whose(self, token: ApiToken) -> str:
        return str(token.user)

    @admin.display(description=_("令牌开头"))
    def begins_with(self, token: ApiToken) -> str:
        return str(token.token_key)

    @admin.display(description=_("发放时间"), ordering="created")
    def made_at(self, token: ApiToken) -> datetime:
        return token.created

    @admin.display(description=_("到期时间"), ordering="expiry")
    def ends_at(self, token: ApiToken) -> datetime | None:
        return token.expiry

    @admin.action(description=_("吊销所选令牌"))
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        with transaction.atomic():
            tokens = list(chosen.select_related("user"))
            for token in tokens:
                actions.revoke_tokens(token.user, by=signed_in(request), only=token)
        self.message_user(request, gettext("已吊销 %(count)s 个令牌。") % {"count": len(tokens)}, messages.SUCCESS)


@admin.register(FailedSignIn)
class FailedSignInAdmin(ToRead):
    """Failed sign-ins by user name and address: eight lock both for a while. Forgotten when somebody gets in."""

    list_display = ["typed", "address", "failures", "last_at"]
    fields = ["typed", "address", "failures", "last_at"]
    list_display_links = None
    search_fields = ["username", "ip_address"]
    actions = ["unlock"]

    @admin.display(description=_("用户名"), ordering="username")
    def typed(self, attempt: FailedSignIn) -> str:
        return attempt.username or ""

    @admin.display(description=_("网络地址"), ordering="ip_address")
    def address(self, attempt: FailedSignIn) -> str:
        return attempt.ip_address or ""

    @admin.display(description=_("失败次数"), ordering="failures_since_start")
    def failures(self, attempt: FailedSignIn) -> int:
        return attempt.failures_since_start

    @admin.display(description=_("时间"), ordering="attempt_time")
    def last_at(self, attempt: FailedSignIn) -> datetime:
        return attempt.attempt_time

    @admin.action(description=_("解除所选锁定"))
    def unlock(self, request: HttpRequest, chosen: QuerySet[FailedSignIn]) -> None:
        attempts = {(attempt.username, attempt.ip_address): attempt for attempt in chosen}
        with transaction.atomic():
            for attempt in attempts.values():
                actions.lift_lock(attempt, by=signed_in(request))
        self.message_user(request, gettext("已解除 %(count)s 处锁定。") % {"count": len(attempts)}, messages.SUCCESS)
