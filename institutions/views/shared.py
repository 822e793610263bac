"""What the pages on which the register is edited have in common."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions.actions import check_on_register
from institutions.models import Institution

MOST_DIGITS = 9  # of a version


def editable(request: SignedInRequest, pk: UUID) -> Institution:
    """The institution, for whoever may edit it. Raises OffRegister (409) when it is not on the register any more."""
    institution = get_object_or_404(Institution.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, institution.scope_code)
    check_on_register(institution)
    return institution


def version_of(text: str) -> int:
    """The version as posted; 0, which is never current, when it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def page(request: SignedInRequest, form: BaseForm, title: str, status: int = 0, **context: Any) -> HttpResponse:
    status = status or (422 if form.errors else 200)
    return render(request, "institutions/edit.html", {"form": form, "title": title, **context}, status=status)


def saved(
    request: SignedInRequest, institution: Institution, message: str, warnings: Iterable[str] = ()
) -> HttpResponse:
    messages.success(request, message)
    for warning in warnings:
        messages.warning(request, warning)
    return redirect(institution)
