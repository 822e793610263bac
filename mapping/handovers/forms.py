"""What is sent to hand institutions over, and to take that back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from accounts.id_numbers import NOT_HERE
from mapping.models import Handover

MOST_HANDED = 200


class HandoverForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("完成日期"))
    inspector = forms.CharField(label=gettext_lazy("承办人"), max_length=Handover.LONGEST_NAME)
    ids = forms.CharField(label=gettext_lazy("机构"))
    asked = forms.CharField(required=False)

    def clean_inspector(self) -> str:
        inspector: str = self.cleaned_data["inspector"]
        if not inspector.isprintable():
            raise forms.ValidationError(_("承办人写在一行里。"))
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

    @classmethod
    def checked(cls, sent: Mapping[str, str]) -> dict[str, Any]:
        """Raises Invalid with every field that cannot be taken."""
        form = cls(sent)
        if not form.is_valid():
            raise Invalid({name: [str(reason) for reason in said] for name, said in form.errors.items()})
        return form.cleaned_data


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("撤回的原因"), max_length=Handover.LONGEST_REASON, help_text=NOT_HERE)
