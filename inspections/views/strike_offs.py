"""台账销号: rounds that an imported ledger says were struck off, for a second person to confirm in one go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from inspections.actions import confirm_strike_offs
from inspections.models import LedgerEntry, LedgerEntryQuerySet, Rectification
from inspections.moves import MOVES
from institutions.forms import sure_field

LISTED = 100  # confirmed in one go; the next come when these are done


class ConfirmForm(forms.Form):
    """Which of the rounds that wait; a strike-off is not taken back."""

    def __init__(self, *args: Any, waiting: LedgerEntryQuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["entry"] = forms.ModelMultipleChoiceField(
            waiting,
            error_messages={"required": _("请至少勾选一家。"), "invalid_choice": _("名单已有变动，请重新核对。")},
        )
        self.fields["sure"] = sure_field(_("销号"))


@require_http_methods(["GET", "POST"])
def strike_offs(request: SignedInRequest) -> HttpResponse:
    """What waits for this user, with what the ledger says; confirmed, each ends on the day of the ledger. Refused ones
    stay, with the reason."""
    require(request.user, Permission.VERIFY)
    waiting = LedgerEntry.objects.waiting().to_verify_by(request.user)
    waiting = waiting.select_related("rectification__institution", "institution__division", "batch__by")
    refused: dict[int, str] = {}
    form = ConfirmForm(request.POST or None, waiting=waiting)
    if request.method == "POST" and form.is_valid():
        confirmed = confirm_strike_offs(form.cleaned_data["entry"], by=request.user)
        if confirmed.done:
            messages.success(request, _("已销号 %(count)s 家。") % {"count": len(confirmed.done)})
        if not confirmed.refused:
            return redirect("strike_offs")
        refused = {entry.pk: refusal.message for entry, refusal in confirmed.refused}
        form = ConfirmForm(waiting=waiting)
    rows = _rows(request, waiting, refused)
    context = {
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "rows": rows,
        "may_any": any(may for _entry, may, _why in rows),
        "refused": len(refused),
        "count": waiting.count(),
        "most": LISTED,
        "final": MOVES["verify"].final,
    }
    return render(request, "inspections/strike_offs.html", context, status=422 if form.errors or refused else 200)


def _rows(
    request: SignedInRequest, waiting: LedgerEntryQuerySet, refused: dict[int, str]
) -> list[tuple[LedgerEntry, bool, str]]:
    """Entries, those that this user may confirm first; whether they may, and why one was just refused."""
    others = Rectification.objects.by_other_hands_than(request.user).values("pk")
    own = Case(When(rectification__in=others, then=Value(0)), default=Value(1))
    listed = waiting.alias(own=own).annotate(is_own=own).order_by("own", "batch__recorded_at", "row_number")
    whole = listed.prefetch_related("rectification__findings__type")[:LISTED]
    return [(entry, not entry.is_own, refused.get(entry.pk, "")) for entry in whole]  # type: ignore[attr-defined]
