"""Forms of the visit and of the moves: they read what was typed; the rules are in the actions."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inspections.models import Outcome, Rectification, Visit
from institutions.moments import today


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of pictures; cleaned to a list."""

    widget = ManyFilesInput(attrs={"accept": "image/*", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(PhotosField, self).clean(each, initial) for each in files if each]


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class VisitForm(forms.Form):
    """What an inspector types on the spot. Findings, notes on them and put-right marks are read beside it."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    purpose = forms.ChoiceField(label=_("检查类型"), choices=Visit.Purpose.choices, initial="routine")
    result = forms.ChoiceField(
        label=_("现场情况"), choices=Visit.Result.choices, initial="inspected", widget=forms.RadioSelect
    )
    happened_at = forms.DateTimeField(
        label=_("检查时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    inspectors = forms.MultipleChoiceField(label=_("检查人员"), widget=forms.CheckboxSelectMultiple)
    longitude = forms.FloatField(label=_("经度"), required=False)
    latitude = forms.FloatField(label=_("纬度"), required=False)
    accuracy_m = forms.FloatField(label=_("精度(米)"), required=False, min_value=0)
    photos = PhotosField(label=_("照片"), required=False)
    order = forms.BooleanField(label=_("责令限期整改"), required=False)
    due_on = DateField(label=_("整改期限"), required=False, help_text=_("留空按最严重问题的常用期限"))
    submit_round = forms.BooleanField(label=_("提交整改,等待核验"), required=False)
    outcome = forms.ChoiceField(label=_("拟办结果"), required=False)
    registered_scope = forms.CharField(label=_("登记范围"), required=False, max_length=200)
    note = forms.CharField(label=_("备注"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, inspectors: list[tuple[str, str]], open_round: Rectification | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].choices = inspectors  # type: ignore[attr-defined]
        self.fields["outcome"].choices = outcomes_of(open_round)  # type: ignore[attr-defined]
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if (typed.get("longitude") is None) != (typed.get("latitude") is None):
            self.add_error("latitude", _("经度和纬度要么都填,要么都不填。"))
        if typed.get("submit_round") and not typed.get("outcome"):
            self.add_error("outcome", _("提交整改须选择拟办结果。"))
        return typed


def outcomes_of(rectification: Rectification | None) -> list[tuple[str, Any]]:
    """The outcomes the institution's licence status allows."""
    legal = rectification.legal_outcomes if rectification else []
    return [("", _("请选择")), *((name, Outcome(name).label) for name in legal)]


class MoveForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    on = DateField(label=_("日期"), initial=today)

    def __init__(self, *args: Any, rectification: Rectification, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = rectification.version
        self.rectification = rectification


class SubmitForm(MoveForm):
    outcome = forms.ChoiceField(label=_("拟办结果"))
    put_right = forms.TypedMultipleChoiceField(
        label=_("已整改到位的问题"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    registered_scope = forms.CharField(label=_("登记范围(有照无证整改完成时必填)"), required=False, max_length=200)
    note = forms.CharField(label=_("说明"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes_of(self.rectification)  # type: ignore[attr-defined]
        findings = self.rectification.findings.select_related("type")
        self.fields["put_right"].choices = [(each.pk, str(each.type)) for each in findings]  # type: ignore[attr-defined]


class ReturnForm(MoveForm):
    reason = forms.CharField(label=_("退回原因"), max_length=300)


class ExtendForm(MoveForm):
    due_on = DateField(label=_("新期限"))
    reason = forms.CharField(label=_("延期原因"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = self.rectification.due_on + timedelta(days=15)


class VerifyForm(MoveForm):
    outcome = forms.ChoiceField(label=_("整改结果"))
    note = forms.CharField(label=_("核验意见"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes_of(self.rectification)[1:]  # type: ignore[attr-defined]
        self.fields["outcome"].initial = self.rectification.submitted_outcome


class VoidForm(MoveForm):
    reason = forms.CharField(label=_("作废原因"), max_length=300)


class OrderForm(forms.Form):
    due_on = DateField(label=_("整改期限"), required=False, help_text=_("留空按最严重问题的常用期限"))
    measure = forms.CharField(label=_("整改措施"), required=False, max_length=300)
