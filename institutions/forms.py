from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.models import Division, Institution, Licence
from institutions.moments import today
from institutions.positions import Datum, LocationSource, to_wgs84


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs, format="%Y-%m-%d")


class InstitutionForm(forms.ModelForm):
    """What a clerk types about an institution; where it lies is limited to where they may edit."""

    class Meta:
        model = Institution
        fields = [
            "name", "signboard_name", "division", "operating_address", "registered_address", "category", "credit_code",
            "principal", "phone", "learners", "teachers", "area_m2", "longitude", "latitude", "datum",
        ]  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        editable = within_prefixes("code", user.prefixes(Permission.EDIT_REGISTRY))
        self.fields["division"].queryset = Division.objects.filter(editable, level="township")  # type: ignore[attr-defined]
        self.fields["datum"].initial = self.initial["datum"] = Datum.WGS84
        self.fields["datum"].required = False
        self.fields["datum"].label = gettext_lazy("以上经纬度的坐标系")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        longitude, latitude = typed.get("longitude"), typed.get("latitude")
        if (longitude is None) != (latitude is None):
            self.add_error("latitude", _("经度和纬度要么都填,要么都不填。"))
        elif longitude is not None and not (-180 <= longitude <= 180 and -90 <= (latitude or 0) <= 90):
            self.add_error("longitude", _("经度应在 -180 至 180、纬度应在 -90 至 90 之间。"))
        return typed

    def _post_clean(self) -> None:
        """The row is written by the action, not by the form: nothing is set on the instance here."""

    def columns(self) -> dict[str, Any]:
        """What was typed, as columns for the registry's actions."""
        typed = dict(self.cleaned_data)
        moved = (typed["longitude"], typed["latitude"]) != (self.instance.longitude, self.instance.latitude)
        if not moved:
            for name in ("longitude", "latitude", "datum"):
                typed.pop(name)
        elif typed["longitude"] is not None:
            datum = typed["datum"] or Datum.WGS84
            longitude, latitude = to_wgs84(typed["longitude"], typed["latitude"], datum)
            typed |= {"longitude": longitude, "latitude": latitude, "datum": datum}
            typed |= {"location_source": LocationSource.MAP_PIN, "location_accuracy_m": None}
        return typed


class LicenceForm(forms.ModelForm):
    class Meta:
        model = Licence
        fields = ["kind", "number", "issued_by", "valid_from", "valid_to"]
        widgets = {"valid_from": DateInput, "valid_to": DateInput}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        start, end = typed.get("valid_from"), typed.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("有效期至 %(end)s 早于有效期自 %(start)s。") % {"end": end, "start": start})
        if start and start > today():
            self.add_error("valid_from", _("有效期自 %(start)s 在今天之后。") % {"start": start})
        return typed
