"""Forms of the boundary pages."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.id_numbers import NOT_HERE
from accounts.models import User
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.forms import DateInput
from institutions.models import Division
from mapping.boundary_models import BOUNDARY_DATUMS, BOUNDARY_LEVELS


def areas_of(user: User) -> Any:
    """Divisions whose boundaries the user may upload: counties and what is above, in which they edit the registry."""
    prefixes = user.prefixes(Permission.EDIT_REGISTRY)
    return Division.objects.filter(
        within_prefixes("code", prefixes), Q(level__in=["county", "city", "province"])
    ).order_by("code")


class BoundaryFileForm(forms.Form):
    """A boundary file, and what whoever sends it declares."""

    file = forms.FileField(
        label=gettext_lazy("边界文件"),
        help_text=gettext_lazy("GeoJSON，或把 .shp、.shx、.dbf、.prj 压成一个 .zip。"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.zip"}),
    )
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("辖区"), empty_label=None)
    level = forms.ChoiceField(label=gettext_lazy("边界的层级"), choices=BOUNDARY_LEVELS)
    datum = forms.ChoiceField(
        label=gettext_lazy("坐标系"),
        choices=[("", gettext_lazy("请选择")), *BOUNDARY_DATUMS],
        help_text=gettext_lazy(
            "自然资源部门和天地图的为 CGCS2000；高德、腾讯地图取的为 GCJ-02，百度地图取的为 BD-09。"
        ),
    )
    source = forms.CharField(label=gettext_lazy("来源"), max_length=200, help_text=NOT_HERE)
    approval_number = forms.CharField(
        label=gettext_lazy("审图号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("例如 浙S（2018）16号；未经审图、只在内部使用的留空。"),
    )
    dated_on = forms.DateField(label=gettext_lazy("现势日期"), widget=DateInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["division"]
        field.queryset = areas_of(user)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        division = told.get("division")
        if division is not None and told.get("level") == "county" and division.level == "county":
            self.add_error(
                "level", _("县（市、区）的边界要在所属的市或省上传；%(name)s请选乡镇（街道）。") % {"name": division}
            )
        return told


class CommitForm(forms.Form):
    """From when on, and what each area is that does not say so itself: fields `area_<number>`."""

    column = forms.CharField(widget=forms.HiddenInput)
    from_on = forms.DateField(label=gettext_lazy("自哪天起启用"), widget=DateInput)
    datum_checked = forms.BooleanField(label=gettext_lazy("已核对坐标系，确实无误"), required=False)


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("撤回的原因"), max_length=300, help_text=NOT_HERE)
