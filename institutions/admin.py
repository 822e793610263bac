from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import AuditedAdmin
from accounts.errors import Refusal
from accounts.requests import signed_in
from accounts.watermark import recording
from institutions.actions import merge_division, rename_division, wrong_code
from institutions.models import LEVELS, Division
from institutions.moments import today

ABOVE = dict(zip(list(LEVELS)[1:], LEVELS, strict=False))  # digits of a code -> digits of the code above it


class DivisionForm(forms.ModelForm):
    """Level and parent follow from the code. A new name, and another division to go into, hold from a day on."""

    from_on = forms.DateField(
        label=gettext_lazy("自哪天起"),
        required=False,
        widget=AdminDateWidget,
        help_text=gettext_lazy("改名、撤并从这一天起算，不能晚于今天。更正以前登记的，填同一天，以后登记的为准。"),
    )
    into = forms.ModelChoiceField(
        Division.objects.none(),
        label=gettext_lazy("撤并入"),
        required=False,
        help_text=gettext_lazy(
            "本区划到前一天为止，其中的机构自那天起划入所选区划。拆分的，先新增各区划，整体并入其中一个，"
            "再把属于其他区划的机构以同一天迁过去。授权仍在原代码上，请给有关人员另授新代码。"
        ),
    )

    class Meta:
        model = Division
        fields = ["code", "name", "in_force_from", "longitude", "latitude", "approx_error_m"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today
        here: Division = self.instance
        if here._state.adding:
            del self.fields["from_on"], self.fields["into"]
        elif here.in_force_to is None:
            around = Division.objects.in_force_on(today()).filter(level=here.level, code__startswith=here.code[:4])
            into = around.exclude(pk=here.pk).order_by("code")
            self.fields["into"].queryset = into  # type: ignore[attr-defined]
        else:
            del self.fields["into"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        code = typed.get("code")
        if code is not None and wrong_code(code):
            self.add_error("code", wrong_code(code))
        elif code is not None:
            above = code[: ABOVE.get(len(code), 0)]
            if above and not Division.objects.filter(pk=above).exists():
                self.add_error("code", _("没有代码为 %(above)s 的上级区划，请先新增上级。") % {"above": above})
            self.instance.level, self.instance.parent_id = LEVELS[len(code)], above or None
        return typed


@admin.register(Division)
class DivisionAdmin(AuditedAdmin):
    """Divisions; institutions' records are not kept here."""

    form = DivisionForm
    list_display = ["code", "name", "level", "above", "in_force_to"]
    list_filter = ["level"]
    search_fields = ["code", "name", "names__name"]
    list_select_related = ["parent"]

    @admin.display(description=gettext_lazy("上级"), ordering="parent")
    def above(self, division: Division) -> str:
        return str(division.parent or "")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        columns = ["in_force_from", "longitude", "latitude", "approx_error_m"]
        if obj is None:
            return [(None, {"fields": ["code", "name", *columns]})]
        changes = ["from_on"] if obj.in_force_to else ["from_on", "into"]
        return [
            (None, {"fields": ["code", "level", "above", "name", "in_force_to", *columns]}),
            (_("改名与撤并"), {"fields": changes}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Institutions and grants hang on the code; since when a division is there is set once, when it is added: the
        past is answered by it."""
        return ["code", "level", "above", "in_force_from", "in_force_to"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """What holds from a day on is written by its action; the rest as everywhere."""
        if not change:
            with recording() as at:
                obj.begun_recorded_at = at
                return super().save_model(request, obj, form, change)
        name, obj.name = obj.name, form.initial["name"]
        from_on, into = form.cleaned_data.get("from_on") or today(), form.cleaned_data.get("into")
        if set(form.changed_data) - {"name", "from_on", "into"}:
            super().save_model(request, obj, form, change)
        if name != obj.name:
            rename_division(obj, by=signed_in(request), name=name, from_on=from_on)
        if into is not None:
            changed = merge_division(obj, by=signed_in(request), into=into, from_on=from_on)
            said = _("已并入%(into)s，%(count)s 家机构随之划入。") % {"into": into.name, "count": changed}
            self.message_user(request, said, messages.SUCCESS)
        return None

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal is shown on the page; nothing was written."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return redirect(request.path)
