from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.errors import Refusal
from accounts.id_numbers import check_texts
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from institutions import actions
from institutions.actions.merging import later_than
from institutions.duplicates.questions import Found, matches_of, pair_of, shown
from institutions.duplicates.side_by_side import Pair
from institutions.forms import ReasonField, refuse
from institutions.models import ON_REGISTER, Institution, InstitutionQuerySet
from institutions.places import County
from institutions.views.duplicates import in_hand
from institutions.views.shared import editable, page, saved, version_of

MOST_FOUND, MOST_OFFERED = 20, 10
_WHAT_TAKING_APART_DOES = gettext_lazy(
    "只用于并错了的：拆分后两家各自登记、各自统计，拆分以前的统计不变。合并以后登记在保留一家的内容分不清属于哪一家，有这样的内容就不能拆分。"
)


class MergeForm(forms.Form):
    """Which of two registrations stays, and why they are one."""

    into = forms.ChoiceField(label=gettext_lazy("保留哪一家"), widget=forms.RadioSelect)
    reason = ReasonField(label=gettext_lazy("为什么是同一家"))

    def __init__(self, *args: Any, pair: Pair, **kwargs: Any):
        super().__init__(*args, **kwargs)
        both = (pair.first, pair.second)
        field: Any = self.fields["into"]
        field.choices = [(str(each.pk), f"{each.name}（{each.division.name}）") for each in both]
        self.initial.setdefault("into", str(both[0 if pair.stays_first else 1].pk))


class ApartForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("为什么不是同一家"))


@asks("other", "q")
def merge_institution(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """合并: choose the other registration, look at both side by side, say which stays and why."""
    institution = editable(request, pk)
    given = request.POST.get("other") or request.GET.get("other", "")
    county = County.of(institution.division)
    if not given:
        return _choose(request, institution, county)
    other = _other(request, given)
    if other.pk == institution.pk:
        raise Http404
    pair = pair_of(institution, other, Institution.objects.visible_to(request.user), county)
    form = MergeForm(request.POST or None, pair=pair)
    seen = {"one": institution.version, "two": other.version}
    if request.method == "POST" and form.is_valid():
        both = {str(each.pk): each for each in (institution, other)}
        into = both.pop(form.cleaned_data["into"])
        (merged,) = both.values()
        versions = {
            each.pk: version_of(request.POST.get(name, "")) for each, name in ((institution, "one"), (other, "two"))
        }
        try:
            actions.merge_institutions(
                into=into,
                merged=merged,
                by=request.user,
                reason=form.cleaned_data["reason"],
                versions=(versions[into.pk], versions[merged.pk]),
            )
        except Refusal as refusal:
            refuse(form, refusal)
            return _compare(request, institution, pair, form, seen, refusal.status)
        return saved(request, into, _("已将“%(merged)s”并入“%(into)s”。") % {"merged": merged.name, "into": into.name})
    return _compare(request, institution, pair, form, seen, 422 if form.errors else 200)


def take_apart(request: SignedInRequest, pk: UUID, merge: int) -> HttpResponse:
    """拆分, with a reason."""
    institution = editable(request, pk)
    found = get_object_or_404(institution.merges_here.standing().select_related("merged", "through"), pk=merge)
    if not Institution.objects.visible_to(request.user).filter(pk=found.merged_id).exists():
        raise Http404
    require(request.user, Permission.EDIT_REGISTRY, found.merged.scope_code)
    form = ApartForm(request.POST or None)
    asked: dict[str, Any] = {
        "institution": institution,
        "submit": _("拆分"),
        "about": found.merged.name,
        "warning": _WHAT_TAKING_APART_DOES,
    }
    if why := later_than(found, institution):
        asked["note"] = _("现在不能拆分：%(why)s。") % {"why": why}
    if request.method == "POST" and form.is_valid():
        try:
            apart = actions.take_apart(found, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
            return page(request, form, _("拆分"), refusal.status, **asked)
        return saved(request, apart, _("已拆分：“%(name)s”恢复单独登记。") % {"name": apart.name})
    return page(request, form, _("拆分"), **asked)


def _other(request: SignedInRequest, given: str) -> Institution:
    try:
        return editable(request, UUID(given))
    except ValueError as problem:
        raise Http404 from problem


def _choose(request: SignedInRequest, institution: Institution, county: County) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    check_texts({"q": words})
    here = in_hand(request.user).in_division(county.division.pk)
    others = here.filter(ON_REGISTER).exclude(pk=institution.pk)
    offered: list[Found] = matches_of(institution, here, county)[:MOST_OFFERED]
    found = _named(others, words) if words else []
    divisions = [county.division.pk]
    audit.searched(by=request.user, words=words, where="institution_merge", found=len(found), divisions=divisions)
    context = {
        "institution": institution,
        "q": words,
        "found": found,
        "pairs": [_turned(each, institution) for each in shown(offered, here)],
        "most": MOST_FOUND,
    }
    return render(request, "institutions/merge_choose.html", context)


def _named(others: InstitutionQuerySet, words: str) -> list[Institution]:
    for word in words.split():
        others = others.filter(
            Q(name__icontains=word) | Q(operating_address__icontains=word) | Q(credit_code__icontains=word)
        )
    return list(others.select_related("division").order_by("scope_code", "name", "pk")[:MOST_FOUND])


def _turned(pair: Pair, institution: Institution) -> Pair:
    """With the institution first."""
    if pair.first.pk == institution.pk:
        return pair
    return Pair(pair.second, pair.first, pair.match, pair.decision)


def _compare(
    request: SignedInRequest, institution: Institution, pair: Pair, form: MergeForm, seen: dict[str, int], status: int
) -> HttpResponse:
    errors = [(each.name, f"{each.label}{_('：')}{reason}") for each in form for reason in each.errors]
    errors += [("", reason) for reason in form.non_field_errors()]
    context = {"institution": institution, "pair": pair, "form": form, "seen": seen, "errors": errors}
    return render(request, "institutions/merge.html", context, status=status)
