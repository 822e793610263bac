from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.admin import AuditedAdmin
from inspections.models import Finding, FindingType

WORDING = ["name_zh", "legal_basis", "severity", "in_force_from", "division_prefix"]


@admin.register(FindingType)
class FindingTypeAdmin(AuditedAdmin):
    """The catalogue: items are ended, never deleted. 待核实 marks a legal basis nobody has confirmed yet.

    What a visit has found keeps its wording, for orders were printed with it: a new wording is a new item.
    """

    list_display = ["code", "name_zh", "severity", "in_force_from", "in_force_to", "evidence"]
    list_filter = ["severity", "evidence"]
    search_fields = ["code", "name_zh", "legal_basis"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        return ["code", *WORDING] if _was_found(obj) else ["code"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        says = _("已有检查登记过此项,其名称、依据、程度和施行日不再改写;需要新的表述时,填废止日并另立新项。")
        shown = {"fields": self.get_fields(request, obj)}
        return [(None, shown | {"description": says} if obj is not None and _was_found(obj) else shown)]


def _was_found(item: FindingType) -> bool:
    return Finding.objects.filter(type=item).exists()
