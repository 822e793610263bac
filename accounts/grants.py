"""A grant as an administrator types and reads it: the division by its name or its code. Divisions are kept one room
above: their model is asked for by its name."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import enumerated
from accounts.models import Grant, GrantQuerySet

MOST_OFFERED = 3000  # a country has more townships than a page should carry: then counties and above
MOST_NAMED = 5
ABOVE_TOWNSHIPS = ["province", "city", "county"]


class DivisionField(forms.CharField):
    """“柳市镇”, “330382114” or “330382114 柳市镇”: kept is the code. A name that several have is not guessed at."""

    def prepare_value(self, value: Any) -> Any:
        named = divisions().filter(code=value).first() if value else None
        return in_words(named) if named else value

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        code = unicodedata.normalize("NFKC", typed.partition(" ")[0])
        if not typed or code.isascii() and code.isdigit():
            return code
        found = list(divisions().filter(name=typed, in_force_to__isnull=True)[: MOST_NAMED + 1])
        if len(found) == 1:
            return str(found[0].code)
        if not found:
            raise ValidationError(_("没有叫“%(name)s”的区划。请从列表中选，或填代码。") % {"name": typed})
        several = enumerated(in_words(each) for each in found[:MOST_NAMED])
        raise ValidationError(
            _("叫“%(name)s”的区划不止一个：%(several)s。请填代码。") % {"name": typed, "several": several}
        )


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none when it runs
    division_prefix = DivisionField(
        label=gettext_lazy("辖区"),
        help_text=gettext_lazy("从列表中选，或填名称、代码。系统管理员留空。"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "divisions", "autocomplete": "off", "size": 28}),
    )

    class Meta:
        model = Grant
        fields = ["role", "division_prefix", "valid_from", "valid_to"]


def divisions() -> QuerySet[Any]:
    return apps.get_model("institutions.Division").objects.select_related("parent")


def in_words(division: Any) -> str:
    """330382114 柳市镇（乐清市）"""
    above = f"（{division.parent.name}）" if division.parent else ""
    return f"{division.code} {division.name}{above}"


def offered_divisions() -> list[str]:
    """To choose from: down to the townships, where there are not too many."""
    offered = divisions().filter(in_force_to__isnull=True).exclude(level="village").order_by("code")
    if offered.count() > MOST_OFFERED:
        offered = offered.filter(level__in=ABOVE_TOWNSHIPS)
    return [in_words(each) for each in offered]


def with_divisions(grants: GrantQuerySet) -> GrantQuerySet:
    """With the name of each one's division as `division_name`."""
    names = divisions().filter(code=OuterRef("division_prefix")).values("name")
    return grants.annotate(division_name=Subquery(names)).order_by("valid_from", "pk")


def in_words_of(grants: Iterable[Any]) -> str:
    """整治专班 乐清市；巡查员 柳市镇（已过期）. Of grants `with_divisions`."""
    return "；".join(map(_said, grants)) or _("没有授权")


def _said(grant: Any) -> str:
    today = timezone.localdate()
    said = f"{grant.get_role_display()} {grant.division_name or grant.division_prefix}".strip()
    if grant.valid_from > today:
        return _("%(grant)s（%(day)s 起）") % {"grant": said, "day": grant.valid_from}
    return _("%(grant)s（已过期）") % {"grant": said} if grant.valid_to and grant.valid_to < today else said
