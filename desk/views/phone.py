from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions.models import Institution
from institutions.phones import numbers_of


@require_POST
def reveal_phone(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The principal's telephone numbers, to be dialled; that they were shown is in the audit trail.

    JSON for the file's own script, else a page: it works without one.
    """
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.SEE_PERSONAL_DATA, institution.scope_code)
    numbers = numbers_of(institution.phone)
    audit.people_shown([institution], by=request.user, where="institution", fields=["phone"])
    if request.accepts("text/html"):
        return render(request, "desk/phone.html", {"institution": institution, "numbers": numbers})
    return JsonResponse({"numbers": numbers}, json_dumps_params={"ensure_ascii": False})
