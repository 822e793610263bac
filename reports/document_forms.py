"""Forms for what documents look like."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Permission
from institutions.models import Division
from reports.models import ReportSetting
from reports.template_check import MOST_BYTES


def divisions_of(user: User) -> Any:
    """Those in which the user was granted to prepare reports: what is set for one holds below it."""
    return Division.objects.filter(code__in=user.prefixes(Permission.PREPARE_REPORT)).order_by("code")


class SettingForm(forms.ModelForm):  # type: ignore[type-arg]
    """What stands above and below the text."""

    class Meta:
        model = ReportSetting
        fields = ["red_head", "number_pattern", "next_number", "addressees", "signed"]


class TemplateForm(forms.Form):
    """A Word file and the division whose reports are to be made from it."""

    file = forms.FileField(
        label=gettext_lazy("模板文件（.docx）"),
        help_text=gettext_lazy("用 Word 或 WPS 改好的模板，不超过 5 MB，不带宏。"),
        widget=forms.FileInput(
            attrs={"accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
        ),
    )
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("用于哪个辖区"), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["division"]
        field.queryset = divisions_of(user)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("模板超过 %(most)s MB，请删去图片后再上传。") % {"most": MOST_BYTES >> 20})
        return file
