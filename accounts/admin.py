"""Accounts in the administration pages. Every change writes an audit row in its own transaction."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import AuditRow, Grant, User

admin.site.site_header = admin.site.site_title = _("系统管理")
admin.site.unregister(Group)  # roles come from grants


class AuditedAdmin(admin.ModelAdmin):
    """Writes who changed what; deletes nothing."""

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        before = audit.snapshot(type(obj).objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        action = f"{obj._meta.model_name}.{'edited' if change else 'added'}"
        audit.write(action, obj, by=request.user, before=before, after=audit.snapshot(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GrantInline(admin.TabularInline):
    model = Grant
    extra = 0


@admin.register(User)
class PeopleAdmin(AuditedAdmin, UserAdmin):
    """Accounts are disabled, not deleted."""

    list_display = ["username", "name", "is_active", "is_staff", "last_login"]
    search_fields = ["username", "name"]
    list_filter = ["is_active", "is_staff", "grants__role"]
    fieldsets = [
        (None, {"fields": ["username", "password", "name"]}),
        (_("状态"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "name", "password1", "password2"]})]
    inlines = [GrantInline]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Grants are audited one by one, taken away ones too."""
        grants = formset.save(commit=False)
        for grant in grants:
            before = audit.snapshot(Grant.objects.get(pk=grant.pk)) if grant.pk else None
            grant.save()
            audit.write("grant.saved", grant, by=request.user, before=before, after=audit.snapshot(grant))
        for grant in formset.deleted_objects:
            audit.write("grant.removed", grant, by=request.user, before=audit.snapshot(grant))
            grant.delete()
        formset.save_m2m()


@admin.register(AuditRow)
class AuditAdmin(admin.ModelAdmin):
    """The audit trail, to read."""

    list_display = ["at", "by", "action", "object_type", "object_id"]
    list_filter = ["action"]
    search_fields = ["object_id"]
    list_select_related = ["by"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
