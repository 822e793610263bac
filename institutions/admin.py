from django.contrib import admin

from accounts.admin import AuditedAdmin
from institutions.models import Division


@admin.register(Division)
class DivisionAdmin(AuditedAdmin):
    """Divisions; institutions' records are not kept here."""

    list_display = ["code", "name", "level", "parent"]
    list_filter = ["level"]
    search_fields = ["code", "name"]
    raw_id_fields = ["parent"]
