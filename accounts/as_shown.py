"""A page of the administration carries what it shows of its row and of the rows beside it: what somebody else changed
meanwhile is told to whoever saves it, and not undone."""

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core import signing
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import enumerated

SALT = "accounts.as_shown"
Shown = dict[str, dict[str, Any]]  # "label_lower:pk": the columns on the page, as JSON values


class AsShown(admin.ModelAdmin):  # type: ignore[type-arg]  # takes none when it runs
    """Answers 412 to a page that is older than the rows it shows, with the page as they are now; nothing is written.

    The rows stay locked from the comparison to the end of saving.
    """

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        asked = super().changeform_view
        if object_id is None:
            return asked(request, object_id, form_url, extra_context)
        with transaction.atomic():
            saves = request.method == "POST" and self.has_change_permission(request)
            now = self._shown(request, object_id, lock=saves)
            context = {"version": signing.dumps(now, salt=SALT), **(extra_context or {})}
            if not saves or not now:
                return asked(request, object_id, form_url, context)
            seen = _read(request.POST.get("version", ""))
            if seen == now:
                return asked(request, object_id, form_url, context)
            said = _(
                "您打开以后，这一页的内容已由他人改动，您填写的没有保存。现已显示最新内容，请核对后重新填写。%(changes)s"
            )
            messages.error(request, said % {"changes": "".join(self._changes(seen, now))})
            again = copy(request)
            again.method = "GET"
            answer = asked(again, object_id, form_url, context)
            answer.status_code = 412
            return answer

    def _shown(self, request: HttpRequest, object_id: str, *, lock: bool) -> Shown:
        """Of the row and of those beside it, those columns that the page shows; nothing when there is no such row."""
        found = self.get_object(request, unquote(object_id))
        if found is None:
            return {}
        rows = self.model._base_manager.filter(pk=found.pk)
        fields = flatten_fieldsets(self.get_fieldsets(request, found))
        shown = {_key(row): _columns(row, fields) for row in (rows.select_for_update() if lock else rows)}
        for inline in self.get_inline_instances(request, found):
            formset = inline.get_formset(request, found)
            beside = inline.model._base_manager.filter(**{formset.fk.name: found}).order_by("pk")  # type: ignore[attr-defined]
            fields = list(formset.form.base_fields)
            shown |= {_key(row): _columns(row, fields) for row in (beside.select_for_update() if lock else beside)}
        return shown

    def _changes(self, seen: Shown, now: Shown) -> list[str]:
        """What is otherwise than it was shown, a sentence for each row."""
        told = []
        for key in [key for key in {**seen, **now} if seen.get(key) != now.get(key)]:
            model = self._model_of(key)
            before, after = seen.get(key, {}), now.get(key, {})
            fields = [field for field in model._meta.concrete_fields if field.name in {**before, **after}]
            said = enumerated(
                f"{field.verbose_name} {_in_words(field, before)} → {_in_words(field, after)}"
                for field in fields
                if before.get(field.name) != after.get(field.name)
            )
            told.append(_("%(kind)s：%(changes)s。") % {"kind": model._meta.verbose_name, "changes": said})
        return told

    def _model_of(self, key: str) -> type[models.Model]:
        label = key.partition(":")[0]
        beside = [inline.model for inline in self.inlines]
        return next((model for model in beside if model._meta.label_lower == label), self.model)


def _key(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def _columns(row: models.Model, fields: list[str]) -> dict[str, Any]:
    kept = audit.snapshot(row)
    return {
        field.name: kept[field.attname]
        for field in row._meta.concrete_fields
        if field.name in fields and field.attname in kept
    }


def _read(version: str) -> Shown:
    """What a page says that it showed; nothing when it does not say so."""
    try:
        seen: Shown = signing.loads(version, salt=SALT)
    except signing.BadSignature:
        return {}
    return seen


def _in_words(field: "models.Field[Any, Any]", values: dict[str, Any]) -> str:
    value = values.get(field.name)
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(dict(field.flatchoices).get(value, value))
