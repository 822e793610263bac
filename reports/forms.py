"""Forms of a report's life: they read what was typed; the rules are in the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.id_numbers import NOT_HERE
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.forms import DateInput
from institutions.models import Division
from institutions.moments import today
from reports.models.report import Period
from reports.periods import last_ended

MOST_NOTE = 300


class NewReportForm(forms.Form):
    """Of which division and for which period. Offered are the divisions in which somebody prepares reports."""

    division = forms.ChoiceField(label=_("辖区"))
    period = forms.ChoiceField(label=_("周期"), choices=Period.choices, initial=Period.MONTH)
    as_of = forms.DateField(
        label=_("截至日期"),
        widget=DateInput,
        help_text=_("月报截至月末，半月报截至15日或月末，周报从截至日往前七天；往年的也可以。"),
    )
    begins_on = forms.DateField(
        label=_("起始日期"), required=False, widget=DateInput, help_text=_("只有“任意时段”要填。")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [(each.code, each.name) for each in divisions_of(user)]  # type: ignore[attr-defined]
        self.fields["as_of"].initial = last_ended(Period.MONTH, today())
        self.fields["as_of"].widget.attrs["max"] = today().isoformat()


def divisions_of(user: User) -> list[Division]:
    """Where somebody prepares reports: the divisions granted and those right below, the widest first."""
    granted = user.prefixes(Permission.PREPARE_REPORT)
    near = within_prefixes("code", granted)
    found = Division.objects.filter(near).exclude(level="village").order_by("code")
    wide = [each for each in found if any(len(each.code) <= len(prefix) + 3 for prefix in granted)]
    return sorted(wide, key=lambda each: (len(each.code), each.code))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=MOST_NOTE, help_text=NOT_HERE)


class HandOverForm(forms.Form):
    on = forms.DateField(label=_("报送日期"), widget=DateInput, initial=today)
    to = forms.CharField(label=_("报送给"), max_length=120)
    way = forms.CharField(label=_("报送方式"), max_length=60, help_text=_("例：公文系统、机要件、邮件"))
    note = forms.CharField(label=_("说明"), max_length=MOST_NOTE, required=False, help_text=NOT_HERE)


class ExplainForm(forms.Form):
    text = forms.CharField(
        label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=NOT_HERE, strip=True
    )
    code = forms.CharField(widget=forms.HiddenInput, max_length=60)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
