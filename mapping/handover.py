"""交办单: what was selected on the map and by when somebody is to have been there, on paper or as a workbook.

Nothing of it is kept: there is no record of who was sent where before there are tasks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.errors import Invalid
from accounts.id_numbers import reasons_of
from accounts.models import User
from accounts.requests import SignedInRequest, asks
from figures.columns import (
    ADDRESS,
    DUE_ON,
    LAST_VISIT_ON,
    LICENCE_AT_SURVEY,
    NAME,
    STANDING,
    TOWNSHIP,
    heads,
    with_list_columns,
)
from figures.drilldown import GRAMMAR, Drilldown
from figures.exports import XLSX, institution_lines, table_workbook
from institutions.models import Institution, InstitutionQuerySet
from institutions.moments import Moment, today
from institutions.past import as_listed

MOST_HANDED = 200
COLUMNS = [NAME, TOWNSHIP, ADDRESS, STANDING, LICENCE_AT_SURVEY, DUE_ON, LAST_VISIT_ON]
LONGEST_QUESTION = 2000  # characters


class HandoverForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("完成日期"))
    inspector = forms.CharField(label=gettext_lazy("承办人"), max_length=50)
    ids = forms.CharField(label=gettext_lazy("机构"))

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < today():
            raise forms.ValidationError(_("完成日期不能早于今天。"))
        return due_on

    def clean_inspector(self) -> str:
        inspector: str = self.cleaned_data["inspector"]
        if not inspector.isprintable():
            raise forms.ValidationError(_("承办人写在一行里。"))
        if reasons := reasons_of({"inspector": inspector}):
            raise forms.ValidationError(reasons["inspector"])
        return inspector

    def clean_ids(self) -> list[UUID]:
        try:
            ids = list(dict.fromkeys(UUID(each) for each in self.cleaned_data["ids"].split(",")))
        except ValueError as problem:
            raise forms.ValidationError(_("所选机构的编号不可用，请重新选择。")) from problem
        if len(ids) > MOST_HANDED:
            raise forms.ValidationError(
                _("一次至多 %(most)s 家，收到 %(n)s 家。") % {"most": MOST_HANDED, "n": len(ids)}
            )
        return ids


@dataclass(frozen=True)
class Handover:
    """Institutions that somebody sees, in the order of the list, at the moment of the map they were selected on."""

    question: Drilldown
    moment: Moment
    due_on: date
    inspector: str
    found: InstitutionQuerySet

    @classmethod
    def from_post(cls, sent: Mapping[str, str], user: User) -> Self:
        """Raises Invalid with every field that cannot be taken; what is out of sight is not among the found."""
        asked = QueryDict(sent.get("asked", "")[:LONGEST_QUESTION].replace("%00", ""))
        question = Drilldown.from_query({name: asked[name] for name in asked if name in GRAMMAR}, user)
        form = HandoverForm(sent)
        if not form.is_valid():
            raise Invalid({name: [str(reason) for reason in said] for name, said in form.errors.items()})
        moment, said = question.moment, form.cleaned_data
        chosen = Institution.objects.visible_to(user).filter(pk__in=said["ids"]).in_list_order(moment)
        return cls(question, moment, said["due_on"], said["inspector"], with_list_columns(chosen, moment))


@require_POST
@asks()
def handover(request: SignedInRequest) -> HttpResponseBase:
    """交办单 to print, or with `as=xlsx` as a workbook."""
    made = Handover.from_post(request.POST.dict(), request.user)
    if request.POST.get("as") == "xlsx":
        return _workbook(request.user, made)
    return _page(request, made)


def _page(request: SignedInRequest, made: Handover) -> HttpResponse:
    return render(
        request,
        "mapping/handover.html",
        {
            "made": made,
            "rows": as_listed(made.found, made.moment),
            "printed_at": timezone.now(),
            "known_at": made.question.known_at and made.moment.known_at,
        },
    )


def _workbook(user: User, made: Handover) -> HttpResponseBase:
    # What is handed out is what was selected: the trail names each, and the places where they are.
    there = list(made.found.values_list("pk", "scope_code"))
    asked = f"{made.question.query_string()}&ids={','.join(str(pk) for pk, _code in there)}"
    divisions = sorted({code for _pk, code in there})
    audit.exported(by=user, what="institutions", question=asked, rows=len(there), divisions=divisions)
    title = f"{_('交办单')}_{made.inspector}_{made.due_on}"
    lines = [heads(COLUMNS), *institution_lines(made.found, made.moment, COLUMNS)]
    answer = FileResponse(table_workbook(str(_("交办单")), lines), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{title}.xlsx") or ""
    return answer
