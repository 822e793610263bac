"""交办单: what was selected on the map is handed to somebody with a day, kept, printed, taken away as a workbook."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.requests import SignedInRequest, asks, one_of, page_asked
from figures.columns import heads
from figures.exports import XLSX, table_workbook
from institutions.moments import today
from mapping.handovers.actions import COLUMNS, hand_over, may_take_back, take_back_handover
from mapping.handovers.forms import HandoverForm, TakeBackForm
from mapping.models import Handover, HandoverLine
from mapping.question import question_sent

PAGE_SIZE = 50
WAITING = "waiting"


@require_POST
@asks()
def make_handover(request: SignedInRequest) -> HttpResponse:
    """Keep it, then its sheet, or with `as=xlsx` its workbook."""
    said = HandoverForm.checked(request.POST.dict())
    question = question_sent(said["asked"], request.user)
    made = hand_over(
        said["ids"], by=request.user, inspector=said["inspector"], due_on=said["due_on"], moment=question.moment
    )
    return redirect(reverse("handover_file", args=[made.pk]) if request.POST.get("as") == "xlsx" else made)


@asks()
def handover(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The sheet as it was handed out, with who has been there since; by POST it is taken back."""
    made = _handover(request, pk)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        take_back_handover(made, by=request.user, reason=form.cleaned_data["reason"])
        return redirect(made)
    lines = HandoverLine.objects.visible_to(request.user).filter(handover=made).with_visited()
    context = {
        "made": made,
        "rows": [(each, _shown(each.said)) for each in lines],
        "printed_at": timezone.now(),
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "may_take_back": made.withdrawn_at is None and may_take_back(made, request.user),
        "late": made.withdrawn_at is None and made.due_on < today(),
    }
    return render(request, "mapping/handover.html", context, status=422 if form.errors else 200)


def _shown(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"due_on": parse_date(said.get("due_on", ""))}


@require_safe
@asks()
def handover_file(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """The lines that one sees, as a workbook. What is handed out is what was selected: the trail names each, and the
    places where they are."""
    made = _handover(request, pk)
    lines = list(HandoverLine.objects.visible_to(request.user).filter(handover=made).select_related("institution"))
    asked = f"as_of={made.as_of}&ids={','.join(str(each.institution_id) for each in lines)}"
    divisions = sorted({each.institution.scope_code for each in lines})
    audit.exported(by=request.user, what="institutions", question=asked, rows=len(lines), divisions=divisions)
    table = [heads(COLUMNS), *([_in_words(column, each.said) for column in COLUMNS] for each in lines)]
    answer = FileResponse(table_workbook(str(_("交办单")), table), content_type=XLSX)
    title = f"{_('交办单')}_{made.inspector}_{made.due_on}"
    answer["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx") or ""
    return answer


def _in_words(column: Any, said: dict[str, Any]) -> str:
    value = said.get(column.name, "")
    return str(column.choices(value).label) if value and column.choices else value


@require_safe
@asks("state", "page")
def handovers(request: SignedInRequest) -> HttpResponse:
    """交办记录: who was sent where, the latest first, with how many of them have been visited since."""
    state = one_of("state", request.GET.get("state", ""), [WAITING])
    found = Handover.objects.visible_to(request.user)
    if state:
        found = found.waiting(request.user)
    page = Paginator(found.select_related("by", "withdrawn_by"), PAGE_SIZE).get_page(page_asked(request.GET))
    counts: dict[UUID, list[bool]] = {}
    lines = HandoverLine.objects.visible_to(request.user).filter(handover__in=[each.pk for each in page])
    for pk, visited in lines.with_visited().order_by().values_list("handover", "visited"):
        counts.setdefault(pk, []).append(visited)
    rows = [(each, len(counts[each.pk]), sum(counts[each.pk])) for each in page]
    return render(request, "mapping/handovers.html", {"page": page, "rows": rows, "state": state, "today": today()})


def _handover(request: SignedInRequest, pk: UUID) -> Handover:
    return get_object_or_404(Handover.objects.visible_to(request.user).select_related("by", "withdrawn_by"), pk=pk)
