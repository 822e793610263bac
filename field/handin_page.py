"""交文件: the page at a desk that takes the outbox of a phone which cannot send it."""

from collections import Counter
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Invalid
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from field.handin import OUTCOMES, HandedIn, hand_in, read


class HandInForm(forms.Form):
    file = forms.FileField(
        label=_("手机导出的文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。")},
    )


@require_http_methods(["GET", "POST"])
def handin(request: SignedInRequest) -> HttpResponse:
    """GET: the form. POST: stores what is in the file, and says of each visit what became of it."""
    require(request.user, Permission.RECORD_VISIT)
    form = HandInForm(request.POST, request.FILES) if request.method == "POST" else HandInForm()
    found: list[HandedIn] = []
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = hand_in(read(file, file.size), request.user)
        except Invalid as refusal:
            form.add_error("file", refusal.message)
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "counts": _counts(found),
        "photos": sum(each.photos for each in found),
        "refused_photos": sum(len(each.refused) for each in found),
    }
    return render(request, "field/handin.html", context, status=422 if form.errors else 200)


def _counts(found: list[HandedIn]) -> list[tuple[str, Any, int]]:
    held = Counter(each.outcome for each in found)
    return [(outcome, words, held[outcome]) for outcome, words in OUTCOMES.items() if held[outcome]]
