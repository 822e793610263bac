"""The form for a register, and the registers handed in last."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.imports.runs import hand_in
from institutions.imports.workbook import MAX_BYTES
from institutions.models import Division, RegisterFile
from institutions.positions import Datum

FILES_LISTED = 20


class FileForm(forms.Form):
    """A register and the county it is of: one of those in which the user may edit the registry."""

    file = forms.FileField(
        label=gettext_lazy("名册文件"),
        help_text=gettext_lazy("Excel（.xlsx、.xls）、WPS、.ods 或 CSV，不超过 10 MB。表头不必改动，认得常见的叫法。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.et,.ods,.csv,.txt"}),
    )
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("县（市、区）"), empty_label=None)
    datum = forms.ChoiceField(
        label=gettext_lazy("表中经纬度的坐标系"),
        choices=Datum.choices,
        initial=Datum.WGS84,
        help_text=gettext_lazy("没有经纬度列的不用管。高德、腾讯地图为 GCJ-02，百度地图为 BD-09。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["division"]
        field.queryset = counties_of(user)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过 10 MB 的上限。请只保留名册所在的工作表。"))
        return file


def counties_of(user: User) -> Any:
    """Counties that lie in, or hold, a division in which the user may edit the registry: township grants do not do."""
    return Division.objects.filter(within_prefixes("code", user.prefixes(Permission.EDIT_REGISTRY)), level="county")


def import_start(request: SignedInRequest) -> HttpResponse:
    """The form, and the files handed in last with what became of them."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = FileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        said = {"division": form.cleaned_data["division"], "datum": form.cleaned_data["datum"]}
        try:
            file = hand_in(sent.read(), file_name=sent.name, by=request.user, **said)
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("import_file", pk=file.pk)
    files = RegisterFile.objects.visible_to(request.user).defer("content").select_related("division", "by")
    context = {
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "files": files.prefetch_related("batches", "runs")[:FILES_LISTED],
        "counties": counties_of(request.user).exists(),
    }
    return render(request, "institutions/import.html", context, status=422 if form.errors else 200)
