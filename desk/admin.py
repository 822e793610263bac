"""The audit trail in the administration pages, in words: they name what is kept in the rooms below."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.admin import ToRead
from accounts.audit_words import ACTIONS, OBJECTS, action_in_words
from accounts.models import ACCOUNT, GRANT, LOCK, AuditRow
from accounts.requests import signed_in
from desk.trail import DIVISION, FINDING_TYPE, Change, in_words

KEPT_HERE = {ACCOUNT, GRANT, LOCK, DIVISION, FINDING_TYPE}


class ByAction(admin.SimpleListFilter):
    title, parameter_name = _("操作"), "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return [(code, str(words)) for code, words in ACTIONS.items()]

    def queryset(self, request: HttpRequest, rows: QuerySet[AuditRow]) -> QuerySet[AuditRow]:
        return rows.filter(action=self.value()) if self.value() else rows


@admin.register(AuditRow)
class AuditAdmin(ToRead):
    """The audit trail, to read. What changed is shown of what is kept here; of an institution's records only who
    wrote what and when, for an administrator may not see the records themselves."""

    list_display = ["at", "who", "done", "kind", "object_id"]
    list_filter = [ByAction]
    search_fields = ["object_id"]
    list_select_related = ["by"]
    ordering = ["-pk"]

    @admin.display(description=_("操作人"), ordering="by")
    def who(self, row: AuditRow) -> str:
        return str(row.by or _("命令行"))

    @admin.display(description=_("操作"), ordering="action")
    def done(self, row: AuditRow) -> str:
        return action_in_words(row.action)

    @admin.display(description=_("对象"), ordering="object_type")
    def kind(self, row: AuditRow) -> str:
        return str(OBJECTS.get(row.object_type, row.object_type))

    @admin.display(description=_("变化"))
    def changes(self, row: AuditRow) -> str:
        told: list[Change] = row.told.changes  # type: ignore[attr-defined]
        said = ((each.label, " → ".join(filter(None, (each.before, each.after)))) for each in told)
        return format_html_join("", "<p>{}：{}</p>", said)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> AuditRow | None:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            [row.told] = in_words([row], signed_in(request))
        return row

    def get_fields(self, request: HttpRequest, obj: AuditRow | None = None) -> list[Any]:
        who_and_when = ["at", "who", "done", "kind", "object_id", "scope_code"]
        return [*who_and_when, "changes"] if obj and obj.object_type in KEPT_HERE else who_and_when

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A URL that asks for rows by what changed (?after__phone=…) would tell what is not shown."""
        return lookup.split("__")[0] not in ("before", "after") and super().lookup_allowed(lookup, value, request)
