"""A register to fill in, for whoever may import one."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from institutions.imports.example import FILE_NAME, example_register

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@asks()
@require_safe
def import_example(request: SignedInRequest) -> HttpResponse:
    require(request.user, Permission.EDIT_REGISTRY)
    answer = HttpResponse(example_register(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
