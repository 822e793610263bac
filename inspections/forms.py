"""Forms of the visit and of the moves: they read what was typed; the rules are in the actions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refusal
from accounts.id_numbers import NOT_HERE
from inspections.actions import NewFinding
from inspections.actions.notices import usual_due_on
from inspections.colleagues import usernames
from inspections.history import History
from inspections.models import Finding, FindingType, Notice, Outcome, QuarantinedVisit, Rectification, Visit
from inspections.moves import Field, Move
from institutions.forms import SureField, sure_field
from institutions.models import Institution, LicenceStatus
from institutions.moments import day_of, today
from institutions.positions import MOST_ACCURACY_M

USUAL_DUE = _("留空即按 %(severity)s 类：%(due)s")
MOST_DIGITS = 18  # of an id that a database takes


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Any number of files, as they came: each is looked at when it is stored."""

    widget = ManyFilesInput(attrs={"accept": "image/*,.heic,.heif,.avif", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return list(data or [])


class IdsField(forms.Field):
    """Ids of rows that were ticked; cleaned to a tuple of int."""

    widget = forms.SelectMultiple

    def clean(self, value: list[str]) -> tuple[int, ...]:
        if not all(each.isascii() and each.isdecimal() and len(each) <= MOST_DIGITS for each in value):
            raise forms.ValidationError(_("所选的问题编号不可用，请重新勾选。"))
        return tuple(int(each) for each in value)


class FindingsInput(forms.SelectMultiple):
    """Codes that were ticked, each with the note typed beside it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        return [(code, data.get(f"note_{code}", "")) for code in data.getlist(name)]


class FindingsField(forms.Field):
    """Cleaned to a list of NewFinding; what is too long is refused, not cut."""

    widget = FindingsInput
    code = forms.CharField(max_length=FindingType._meta.get_field("code").max_length)
    note = forms.CharField(max_length=Finding._meta.get_field("note").max_length, required=False)

    def clean(self, value: list[tuple[str, str]]) -> list[NewFinding]:
        findings, reasons = [], []
        for code, note in value:
            try:
                findings.append(NewFinding(self.code.clean(code), self.note.clean(note)))
            except forms.ValidationError as problem:
                reasons += [f"{code[: self.code.max_length]}：{reason}" for reason in problem.messages]
        if reasons:
            raise forms.ValidationError(reasons)
        return findings


class NamesField(forms.Field):
    """User names that were ticked. Who may be named is for the action to say; whether anybody was, for the form, which
    knows what was typed beside them."""

    widget = forms.SelectMultiple

    def clean(self, value: list[str]) -> tuple[str, ...]:
        return tuple(value or ())


class DateField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SettleForm(forms.Form):
    """What a person decides of a visit that cannot be counted as it stands. `happened_at` is asked for where the
    device's clock was wrong, and proposed where it can be worked out; it may be given for one of two contents of an id,
    which nobody has judged yet."""

    settle = forms.ChoiceField(
        label=_("处理"),
        choices=[("count", _("计入：按这次走访登记")), ("keep", _("不计入：留存备查"))],
        widget=forms.RadioSelect,
        initial="count",
    )
    happened_at = forms.DateTimeField(
        label=_("实际检查时间"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    note = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=300,
        help_text=_("不计入须写明原因。不要写身份证号、个人姓名和电话。"),
    )

    def __init__(self, *args: Any, copy: QuarantinedVisit, **kwargs: Any):
        is_of_the_clock = copy.reason == QuarantinedVisit.Reason.CLOCK
        proposed = {"happened_at": copy.happened_at_by_our_clock} if is_of_the_clock else {}
        super().__init__(*args, initial=proposed, **kwargs)
        if not is_of_the_clock and copy.reason != QuarantinedVisit.Reason.OTHER_COPY:
            del self.fields["happened_at"]


class VisitForm(forms.Form):
    """What an inspector types on the spot. The page draws the boxes of `findings` and `put_right` itself."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    round = forms.UUIDField(widget=forms.HiddenInput, required=False)
    purpose = forms.ChoiceField(label=_("检查类型"), choices=Visit.Purpose.choices, initial="routine")
    result = forms.ChoiceField(
        label=_("现场情况"), choices=Visit.Result.choices, initial="inspected", widget=forms.RadioSelect
    )
    happened_at = forms.DateTimeField(
        label=_("检查时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    inspectors = NamesField(label=_("检查人员"))
    more_inspectors = forms.CharField(label=_("其他检查人员"), required=False, max_length=500)
    findings = FindingsField(label=_("发现的问题"), required=False)
    longitude = forms.FloatField(label=_("经度"), required=False)
    latitude = forms.FloatField(label=_("纬度"), required=False)
    accuracy_m = forms.FloatField(label=_("精度（米）"), required=False, min_value=0, max_value=MOST_ACCURACY_M)
    photos = PhotosField(label=_("照片"), required=False)
    order = forms.BooleanField(label=_("责令限期整改"), required=False)
    due_on = DateField(label=_("整改期限"), required=False)
    submit_round = forms.BooleanField(label=_("提交整改，等待核验"), required=False)
    outcome = forms.ChoiceField(label=_("拟办结果"), required=False)
    registered_scope = forms.CharField(label=_("登记范围"), required=False, max_length=200, help_text=NOT_HERE)
    put_right = IdsField(label=_("已整改到位的问题"), required=False)
    licence_status = forms.ChoiceField(
        label=_("排摸时证照情况"),
        required=False,
        choices=[("", _("按登记的问题和在册证照")), *LicenceStatus.choices],
        help_text=_("首次排摸时填写，记入统计后不再改写"),
    )
    note = forms.CharField(
        label=_("备注"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NOT_HERE,
    )

    sure = forms.CharField(label=_("请核对日期"), required=False)  # the doubts that were read, ticked

    def __init__(self, *args: Any, institution: Institution, open_round: Rectification | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.institution = institution
        self.fields["round"].initial = open_round.pk if open_round else None
        self.fields["outcome"].choices = outcomes_of(open_round)  # type: ignore[attr-defined]
        if open_round is None or not open_round.takes_registered_scope:
            del self.fields["registered_scope"]
        self.fields["happened_at"].initial = timezone.localtime().replace(second=0, microsecond=0)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        visited_on = day_of(typed["happened_at"]) if typed.get("happened_at") else today()
        named = usernames(self.institution.scope_code, visited_on, typed.get("more_inspectors", ""))
        typed["inspectors"] = tuple(dict.fromkeys([*typed.get("inspectors", ()), *named]))
        if not typed["inspectors"]:
            self.add_error("inspectors", self.fields["inspectors"].error_messages["required"])
        if (typed.get("longitude") is None) != (typed.get("latitude") is None):
            self.add_error("latitude", _("经度和纬度要么都填，要么都不填。"))
        if typed.get("submit_round") and not typed.get("outcome"):
            self.add_error("outcome", _("提交整改须选择拟办结果。"))
        return typed


def outcomes_of(rectification: Rectification | None) -> list[tuple[str, Any]]:
    """The outcomes the institution's licence status allows."""
    legal = rectification.legal_outcomes if rectification else []
    return [("", _("请选择")), *((name, Outcome(name).label) for name in legal)]


def refuse_visit(form: VisitForm, refusal: Refusal) -> None:
    """What `record_visit` refused, beside its field: "order.due_on" is of due_on, "findings.0.type" of findings."""
    for path, reasons in (refusal.errors or {"": [refusal.message]}).items():
        whole, part = path.split(".")[0], path.split(".")[-1]
        beside = {"position": "longitude", "findings": "findings"}.get(whole, part)
        form.add_error(next((name for name in (beside, whole) if name in form.fields), None), reasons)


def summary_of(form: forms.BaseForm, *, linked: bool = True) -> list[tuple[str, str]]:
    """(id of the field without "id_", label and reason) of everything refused; no id for a form that is not shown."""
    return [
        (form.add_prefix(name) if linked and name in form.fields else "", _named(form.fields.get(name), str(reason)))
        for name, reasons in form.errors.items()
        for reason in reasons
    ]


def _named(field: forms.Field | None, reason: str) -> str:
    """The reason with the field's label before it, unless it begins with it."""
    if field is None or isinstance(field, SureField) or reason.startswith(str(field.label)):
        return reason
    return gettext("%(label)s：%(reason)s") % {"label": field.label, "reason": reason}


@dataclass(frozen=True)
class _Asked:
    """What a field of a move is made for."""

    round_: Rectification
    history: History
    findings: Iterable[Finding]


def _outcome(field: Field, asked: _Asked) -> forms.Field:
    """What was submitted stands first where it may be confirmed, and nothing where it has to be chosen."""
    choices = outcomes_of(asked.round_)
    if field.required:
        return forms.ChoiceField(label=str(field.label), choices=choices)
    return forms.ChoiceField(label=str(field.label), choices=choices[1:], initial=asked.round_.submitted_outcome)


def _put_right(field: Field, asked: _Asked) -> forms.Field:
    return forms.TypedMultipleChoiceField(
        label=str(field.label),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(each.pk, str(each.type)) for each in asked.findings],
    )


def _notice(field: Field, asked: _Asked) -> forms.Field:
    """One of the round's notices in force; where none has to be named, the round's own stands first."""
    listed = asked.history.demanding(field.among)
    choices = [(str(each.notice.pk), f"{each.notice.number} {each.notice.get_kind_display()}") for each in listed]
    if not field.required:
        choices = [("", f"{asked.round_.number} {Notice.Kind.ORDER.label}"), *choices]
    return forms.TypedChoiceField(
        label=str(field.label), choices=choices, coerce=UUID, empty_value=None, required=field.required
    )


def _text(most: int) -> Callable[[Field, _Asked], forms.Field]:
    return lambda field, _asked: forms.CharField(
        label=str(field.label), required=field.required, max_length=most, help_text=NOT_HERE
    )


def _sure(move: Move) -> forms.Field:
    if not move.final:
        return SureField(label=_("证据随后补齐，现在仍要提交"), required=False)
    return sure_field(str(move.title))


# The words of the vocabulary as they are typed.
MOVE_FIELDS: dict[str, Callable[[Field, _Asked], forms.Field]] = {
    "outcome": _outcome,
    "put_right": _put_right,
    "registered_scope": _text(200),
    "note": _text(300),
    "reason": _text(300),
    "measure": _text(300),
    "due_on": lambda field, asked: DateField(label=str(field.label), initial=asked.round_.due_on + timedelta(days=15)),
    "notice": _notice,
}


class MoveForm(forms.Form):
    """The form of one move of the table. `sure` is ticked for what cannot be undone, and for a submission that could
    not be verified as it stands."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = DateField(label=_("日期"), initial=today)

    def __init__(
        self,
        *args: Any,
        move: Move,
        rectification: Rectification,
        history: History,
        findings: Iterable[Finding],
        **kwargs: Any,
    ):
        """`findings` are those of the round, with their type."""
        super().__init__(*args, prefix=move.name, **kwargs)
        self.fields["version"].initial = rectification.version
        for field in move.fields:
            if field.name != "registered_scope" or rectification.takes_registered_scope:
                self.fields[field.name] = MOVE_FIELDS[field.name](field, _Asked(rectification, history, findings))
        if move.final or move.name == "submit":
            self.fields["sure"] = _sure(move)

    def is_sure(self) -> bool:
        """Whether it was ticked; after `is_valid`. It is for the page alone: the action does not ask."""
        return bool(self.cleaned_data.pop("sure", False))


class WithdrawVisitForm(forms.Form):
    reason = forms.CharField(label=_("撤回原因"), max_length=300, help_text=NOT_HERE)


class OrderForm(forms.Form):
    """An order from the office; `types` are of the findings it would put right, `on` the day of the order."""

    due_on = DateField(label=_("整改期限"), required=False)
    measure = forms.CharField(label=_("整改措施"), required=False, max_length=300, help_text=NOT_HERE)

    def __init__(self, *args: Any, types: Iterable[FindingType], on: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].help_text = usual_due_in_words(types, on)


def usual_due_in_words(types: Iterable[FindingType], on: date) -> str:
    """Until when an order of the day is due that names no day itself, and by the worst of which problems."""
    types = list(types)
    if not types:
        return usual_terms_in_words()
    return str(USUAL_DUE) % {"severity": min(each.severity for each in types), "due": usual_due_on(types, on)}


def usual_terms_in_words() -> str:
    """The usual terms by severity, while nothing says which of them applies."""
    named = {severity.lower(): days for severity, days in settings.RECTIFICATION_TERM_DAYS.items()}
    return gettext("留空按最严重问题的常用期限：A 类 %(a)s 天，B 类 %(b)s 天，C 类 %(c)s 天") % named
