from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.requests import SignedInRequest
from inspections.errors import UnknownForm
from inspections.models import Notice, NoticeQuerySet

FORMS = {1: "inspections/notice_form_1.html"}  # a form that was ever served stays as it was


@require_GET
def notice(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One sheet to print, to be sealed and signed for, from what was kept when it was served: it never changes. In
    Chinese whatever the page's language."""
    return _sheet(request, get_object_or_404(_visible(request), pk=pk))


@require_GET
def of_order(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The notice that opened a round."""
    return _sheet(request, get_object_or_404(_visible(request), rectification=pk, kind=Notice.Kind.ORDER))


def _visible(request: SignedInRequest) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.user).select_related("rectification")


def _sheet(request: SignedInRequest, found: Notice) -> HttpResponse:
    sheet = found.sheet
    if sheet["form"] not in FORMS:
        raise UnknownForm(_("这份通知书用的是表样 %(form)s，本版本的系统不能打印。") % {"form": sheet["form"]})
    return render(request, FORMS[sheet["form"]], {"notice": found, "sheet": sheet})
