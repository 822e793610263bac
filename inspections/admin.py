from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.admin import AuditedAdmin
from inspections.models import Finding, FindingType
from institutions.models import Division

WORDING = ["name_zh", "legal_basis", "severity", "in_force_from", "division_prefix"]


class FindingTypeForm(forms.ModelForm):
    def clean_division_prefix(self) -> str:
        code: str = self.cleaned_data["division_prefix"]
        if code and not Division.objects.filter(pk=code, level__in=["province", "city", "county"]).exists():
            raise forms.ValidationError(_("“%(code)s”不是在册的省、市、县代码；留空为全国。") % {"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        begins, ends = typed.get("in_force_from", self.instance.in_force_from), typed.get("in_force_to")
        if begins and ends and ends < begins:
            self.add_error(
                "in_force_to", _("废止日 %(ends)s 早于施行日 %(begins)s。") % {"ends": ends, "begins": begins}
            )
        return typed


@admin.register(FindingType)
class FindingTypeAdmin(AuditedAdmin):
    """The catalogue: items are ended, never deleted. 待核实 marks a legal basis nobody has confirmed yet.

    What a visit has found keeps its wording, for orders were printed with it: a new wording is a new item. Its meaning
    goes with it: a new wording of 无证无照 says so, too.
    """

    form = FindingTypeForm
    list_display = ["code", "name_zh", "severity", "meaning", "in_force_from", "in_force_to", "evidence"]
    list_filter = ["severity", "evidence"]
    search_fields = ["code", "name_zh", "legal_basis"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        if not _was_found(obj):
            return ["code"]
        return ["code", *WORDING, *(["meaning"] if obj.meaning else [])]  # one from before there were meanings gets its

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        says = _(
            "已有检查登记过此项，其名称、依据、程度和施行日不再改写；需要新的表述时，填废止日并另立新项，表明的证照情况照旧填写。"
        )
        shown = {"fields": self.get_fields(request, obj)}
        return [(None, shown | {"description": says} if obj is not None and _was_found(obj) else shown)]


def _was_found(item: FindingType) -> bool:
    return Finding.objects.filter(type=item).exists()
