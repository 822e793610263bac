from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import AuditedAdmin
from inspections.models import FindingType


@admin.register(FindingType)
class FindingTypeAdmin(AuditedAdmin):
    """The catalogue: items are ended, never deleted. 待核实 marks a legal basis nobody has confirmed yet."""

    list_display = ["code", "name_zh", "severity", "in_force_from", "in_force_to", "evidence"]
    list_filter = ["severity", "evidence"]
    search_fields = ["code", "name_zh", "legal_basis"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []
