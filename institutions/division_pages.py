"""设立辖区: a county and its townships, typed or pasted at once, by an administrator of a new bureau."""

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from accounts.id_numbers import reasons_of
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from institutions.actions import add_divisions
from institutions.models import Division

LINE = re.compile(r"^(\d+)[\s,，、\t]*(.*)$")
FULL_CODE = 12  # digits; statistics print the code of a township with three zeros behind


class CountyForm(forms.Form):
    county_code = forms.CharField(
        label=gettext_lazy("县（市、区）代码"), help_text=gettext_lazy("6 位行政区划代码，例如 330382。")
    )
    county = forms.CharField(label=gettext_lazy("县（市、区）名称"), max_length=60)
    city = forms.CharField(label=gettext_lazy("所属市"), max_length=60)
    province = forms.CharField(label=gettext_lazy("所属省"), max_length=60)
    townships = forms.CharField(
        label=gettext_lazy("乡镇（街道）"),
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "一行一个，先代码后名称，例如“330382114 柳市镇”；"
            "从国家统计局区划代码表复制的 12 位代码也可以。已在册的不变。"
        ),
    )

    def clean_county_code(self) -> str:
        """In the digits that codes are kept in, however they were typed: ３３９９０１ is 339901."""
        code = unicodedata.normalize("NFKC", self.cleaned_data["county_code"])
        if not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError(_("县（市、区）代码是 6 位数字。"))
        return code

    def clean(self) -> dict[str, Any]:
        """Before anything that was typed is repeated: an ID-card number in a name, or in a line."""
        typed = super().clean() or {}
        texts = {name: typed.get(name, "") for name in ("county", "city", "province")}
        found = reasons_of(texts)
        for line in typed.get("townships", "").splitlines():
            found |= reasons_of({"townships": line})
        for name, reasons in found.items():
            self.add_error(name, reasons)
        return typed

    def named(self) -> dict[str, str]:
        """Every division typed, name by code. Raises Invalid for a line that is none."""
        typed = self.cleaned_data
        code: str = typed["county_code"]
        named = {code[:2]: typed["province"], code[:4]: typed["city"], code: typed["county"]}
        wrong = []
        for number, line in enumerate(unicodedata.normalize("NFKC", typed["townships"]).splitlines(), start=1):
            found = LINE.match(line.strip())
            if found is None:
                if line.strip():
                    wrong.append(_("第 %(number)s 行没有代码：“%(line)s”。") % {"number": number, "line": line.strip()})
                continue
            below, name = found[1], found[2].strip()
            if len(below) == FULL_CODE and below.endswith("000"):
                below = below[:9]
            if below == code:
                continue
            if len(below) != 9 or not below.startswith(code):
                said = _("第 %(number)s 行的代码 %(code)s 不是 %(county)s 的乡镇（街道）代码。")
                wrong.append(said % {"number": number, "code": below, "county": code})
            named[below] = name
        if wrong:
            raise Invalid({"townships": wrong})
        return named


def set_up(request: SignedInRequest) -> HttpResponse:
    require(request.user, Permission.MANAGE_ACCOUNTS)
    form = CountyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_divisions(form.named(), by=request.user)
        except Invalid as refusal:
            for reason in refusal.errors["townships"]:
                form.add_error("townships", reason)
        else:
            messages.success(request, _("已设立 %(count)s 个行政区划。") % {"count": len(made)})
            return redirect("first_steps")
    context: dict[str, Any] = {
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "counties": Division.objects.filter(level="county"),
    }
    return render(request, "institutions/divisions_new.html", context, status=422 if form.errors else 200)
