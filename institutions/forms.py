from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refusal, enumerated
from accounts.id_numbers import NOT_HERE
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions import rules
from institutions.changes import Change, in_words, licence_in_words
from institutions.former import Former, former_names, former_places
from institutions.imports import cells
from institutions.models import MOST_AREA_M2, STATED, Division, Institution, Licence
from institutions.moments import today
from institutions.places import County
from institutions.positions import Datum, LocationSource, to_wgs84


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


def as_imported(typed: str, read: Callable[[str], Any]) -> Any:
    """Read as the import reads the same column, in which 无 or a stroke says that there is nothing."""
    return read_as_imported("" if cells.text(typed) in cells.NOTHING else typed, read)


def read_as_imported(typed: str, read: Callable[[str], Any]) -> Any:
    """Read as the import reads the same column: one rule for both doors."""
    try:
        return read(typed)
    except cells.BadCell as problem:
        raise forms.ValidationError(str(problem)) from problem


def ask_the_columns(form: forms.ModelForm, model: type[Institution] | type[Licence]) -> None:
    """Add what the columns refuse of what was typed: once it is read, a text may be longer than it was."""
    typed = {name: value for name, value in form.cleaned_data.items() if name in (form._meta.fields or ())}
    others = [field.name for field in model._meta.concrete_fields if field.name not in typed]
    try:
        model(**typed).clean_fields(exclude=others)
    except forms.ValidationError as problem:
        form.add_error(None, problem)


class InstitutionForm(forms.ModelForm):
    """What a clerk types about an institution; where it lies is limited to where they may edit.

    `warnings` says what is odd and taken: a check sign that fails, an area that was rounded.
    """

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    apart = forms.BooleanField(label=gettext_lazy("已核对，是另一家机构"), required=False)
    campus = forms.BooleanField(label=gettext_lazy("是同一单位的另一校区"), required=False)
    from_on = forms.DateField(
        label=gettext_lazy("自哪天起"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy(
            "名称、乡镇（街道）或办学地址有变动的，从这一天起算。原来就登记错的，填排摸那天或更早。"
        ),
    )

    class Meta:
        model = Institution
        fields = [
            "name", "signboard_name", "division", "operating_address", "registered_address", "category", "credit_code",
            "principal", "phone", "learners", "teachers", "area_m2", "longitude", "latitude", "datum",
        ]  # fmt: skip

    area_m2 = forms.DecimalField(
        label=gettext_lazy("面积（平方米）"), required=False, min_value=0, max_value=MOST_AREA_M2
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []
        self.order_fields(["name", "signboard_name", "division", "operating_address", "from_on"])
        if self.instance._state.adding:
            del self.fields["from_on"]
        else:
            del self.fields["id"], self.fields["apart"]
            self.initial["from_on"] = today()
            for field in self.fields.values():
                field.show_hidden_initial = True  # what the page was opened with tells what was changed on it
        editable = within_prefixes("code", user.prefixes(Permission.EDIT_REGISTRY))
        # A township, or the village where an import has put it already.
        townships = Division.objects.in_force_on(today()).filter(level="township").values("pk")
        offered = Q(pk__in=townships) | Q(pk=self.instance.division_id)
        self.fields["division"].queryset = Division.objects.filter(editable & offered)  # type: ignore[attr-defined]
        self._tell_of_the_past()
        for name in ("longitude", "latitude"):  # typed in any datum: "WGS-84" would be wrong beside them
            self.fields[name].help_text = ""
        self.fields["datum"].initial = self.initial["datum"] = Datum.WGS84
        self.fields["datum"].required = False
        self.fields["datum"].label = gettext_lazy("以上经纬度的坐标系")

    def _tell_of_the_past(self) -> None:
        """Former names and places beside the fields of the present ones."""
        if names := former_names(self.instance):
            told = enumerated(f"{each.row.name}{_span(each)}" for each in names)
            self.fields["name"].help_text = _("曾用名：%(names)s") % {"names": told}
        if places := former_places(self.instance):
            told = enumerated(
                f"{each.row.division} {each.row.operating_address}".rstrip() + _span(each) for each in places
            )
            self.fields["operating_address"].help_text = _("原址：%(places)s") % {"places": told}

    def clean_name(self) -> str:
        return read_as_imported(self.cleaned_data["name"], cells.without_id_number)

    def clean_principal(self) -> str:
        return as_imported(self.cleaned_data["principal"], cells.person)

    def clean_phone(self) -> str:
        return as_imported(self.cleaned_data["phone"], cells.phones)

    def clean_signboard_name(self) -> str:
        return as_imported(self.cleaned_data["signboard_name"], cells.without_id_number)

    def clean_operating_address(self) -> str:
        return as_imported(self.cleaned_data["operating_address"], cells.without_id_number)

    def clean_registered_address(self) -> str:
        return as_imported(self.cleaned_data["registered_address"], cells.without_id_number)

    def clean_credit_code(self) -> str:
        code, odd = as_imported(self.cleaned_data["credit_code"], cells.credit_code)
        self.warnings += [odd] if odd else []
        return code

    def clean_area_m2(self) -> Decimal | None:
        if self.cleaned_data["area_m2"] is None:
            return None
        area, odd = as_imported(str(self.cleaned_data["area_m2"]), cells.area)
        self.warnings += [odd] if odd else []
        return area

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("longitude") is not None and typed.get("datum") == Datum.UNKNOWN:
            self.warnings.append(_("坐标系不明，位置可能偏差数百米；问明后请改正。"))
        if "division" in typed:
            if other := County.of(typed["division"]).may_be_in(typed.get("operating_address", "")):
                self.warnings.append(_("办学地址像在%(other)s，请核对。") % {"other": other})
            for name, reasons in rules.institution_reasons(self._news(typed), typed["division"], today()).items():
                self.add_error(name, reasons)
        return typed

    def _news(self, typed: dict[str, Any]) -> dict[str, Any]:
        """What the rules are asked about: all of a new one; of one on file what is changed, as the action does."""
        asked = {"name", "operating_address", "longitude", "latitude"}
        if not self.instance._state.adding and typed["division"].pk == self.instance.division_id:
            position = {"longitude", "latitude"} if {"longitude", "latitude"} & set(self.changed_data) else set()
            asked &= set(self.changed_data) | position
        return {name: typed[name] for name in asked if name in typed}

    def _post_clean(self) -> None:
        """The row is written by the action, not by the form: the columns' own rules are asked of a row of no table."""
        ask_the_columns(self, Institution)

    def take_over(self, current: Institution, changes: list[Change]) -> list[Change]:
        """Go on from the institution as somebody else has left it: every field that was not changed on this page shows
        what is on file now, those that were keep what was typed. The changes, each beside what was typed here."""
        typed = {name: self.cleaned_data.get(name) for name in self.changed_data}
        self.instance = current
        self.initial.update(forms.model_to_dict(current, [name for name in self.fields if name != "datum"]))
        data = cast(QueryDict, self.data).copy()
        for name in [name for name in self.fields if name not in ("datum", "from_on")]:
            on_file = self.get_initial_for_field(self.fields[name], name)
            now = "" if on_file is None else str(self.fields[name].prepare_value(on_file))
            if name not in typed:
                data[self[name].html_name] = now
            data[self[name].html_initial_name] = now
        self.data = data
        mine = {name: in_words(name, value) for name, value in typed.items() if name in self.Meta.fields}
        return [replace(each, mine=mine.get(each.field)) for each in changes]

    def columns(self) -> dict[str, Any]:
        """What was typed, as columns for the registry's actions."""
        typed = {name: self.cleaned_data[name] for name in self.Meta.fields}
        moved = (typed["longitude"], typed["latitude"]) != (self.instance.longitude, self.instance.latitude)
        if typed["longitude"] is not None:  # what is on file is shown in WGS-84: said to be in another, it moves
            moved |= typed["datum"] not in ("", Datum.WGS84)
        if not moved:
            for name in ("longitude", "latitude", "datum"):
                typed.pop(name)
        elif typed["longitude"] is not None:
            datum = typed["datum"] or Datum.WGS84
            longitude, latitude = to_wgs84(typed["longitude"], typed["latitude"], datum)
            typed |= {"longitude": longitude, "latitude": latitude, "datum": datum}
            typed |= {"location_source": LocationSource.MAP_PIN, "location_accuracy_m": None}
        return typed


def _span(former: Former) -> str:
    """In brackets, as it goes behind a name: （2018-01-01 至 2018-04-30）, （至 2018-04-30）."""
    if former.from_on is None:
        return _("（至 %(last)s）") % {"last": former.until}
    return _("（%(first)s 至 %(last)s）") % {"first": former.from_on, "last": former.until}


def refuse(form: forms.BaseForm, refusal: Refusal) -> None:
    """What an action refused, beside the fields it names; the rest above the form."""
    for name, reasons in (refusal.errors or {"": [refusal.message]}).items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)


class SureField(forms.BooleanField):
    """The tick below what an act leaves behind; a reason beside it is a sentence of its own."""


def sure_field(act: str) -> SureField:
    """The tick that an act takes which cannot be undone."""
    return SureField(
        label=_("我已核对，确认%(act)s") % {"act": act},
        error_messages={"required": gettext_lazy("请先勾选确认：办理后不能撤销。")},
    )


class ReasonField(forms.CharField):
    """Why, in a sentence; an ID-card number in it is refused."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=300, help_text=NOT_HERE, **kwargs)

    def clean(self, value: Any) -> str:
        return as_imported(super().clean(value), cells.without_id_number)


class WithdrawForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("撤销原因"))


class RevokeForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("吊销或注销日期"), widget=DateInput)


class EndForm(forms.Form):
    on = forms.DateField(
        label=gettext_lazy("新的有效期至"),
        widget=DateInput,
        help_text=gettext_lazy("最后一天有效的日期，早于原有效期至。"),
    )
    reason = ReasonField(label=gettext_lazy("提前终止的原因"))


class LicenceForm(forms.ModelForm):
    """A licence as it is typed; `warnings` says what is odd about its number and taken."""

    shared = forms.BooleanField(label=gettext_lazy("已核对，两家共用一证"), required=False)

    class Meta:
        model = Licence
        fields = ["kind", "number", "issued_by", "valid_from", "valid_to"]
        widgets = {"valid_from": DateInput, "valid_to": DateInput}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def clean_issued_by(self) -> str:
        return as_imported(self.cleaned_data["issued_by"], cells.without_id_number)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("kind") and typed.get("number"):
            read = cells.permit_number if typed["kind"] == Licence.Kind.PERMIT else cells.registration_number
            try:
                typed["number"], odd = as_imported(typed["number"], read)
                self.warnings += [odd] if odd else []
            except forms.ValidationError as problem:
                self.add_error("number", problem)
            else:
                if not typed["number"]:
                    self.add_error("number", _("请填写证号。"))
        if typed.get("valid_from"):
            for name, reasons in rules.licence_reasons(typed, today()).items():
                self.add_error(name, reasons)
        return typed

    def _post_clean(self) -> None:
        """Written by the action, which knows the institution: the columns' own rules are asked of a row of no table."""
        ask_the_columns(self, Licence)

    def columns(self) -> dict[str, Any]:
        """What was typed, as columns for the registry's actions."""
        return {name: self.cleaned_data[name] for name in self.fields if name in STATED}


class CorrectLicenceForm(LicenceForm):
    """A licence as it ought to have been entered, and why; the day of a revocation, too, where there is one."""

    revoked_on = forms.DateField(
        label=gettext_lazy("吊销或注销日期"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("误登记吊销或注销的，清空即可。"),
    )
    reason = ReasonField(label=gettext_lazy("更正原因"))

    class Meta(LicenceForm.Meta):
        fields = [*LicenceForm.Meta.fields, "revoked_on"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.revoked_on is None:
            del self.fields["revoked_on"]

    def taken_over(self, current: Licence, changes: list[Change]) -> tuple["CorrectLicenceForm", list[Change]]:
        """The form of the row that somebody else has left: every field that was not changed on this page shows what is
        on file now, the others what was typed. And the changes, each beside what was typed here."""
        stated = {name: value for name, value in self.cleaned_data.items() if name in STATED and name in self.data}
        mine = {name: value for name, value in stated.items() if value != getattr(self.instance, name)}
        on_file = {name: getattr(current, name) for name in STATED}
        form = type(self)(on_file | mine | {"reason": self.cleaned_data["reason"]}, instance=current)
        told = {name: licence_in_words(name, value) for name, value in mine.items()}
        return form, [replace(each, mine=told.get(each.field)) for each in changes]
