"""Pages of 上级报表: the forms of a bureau, one form, its cells to be bound, and what was filled."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.errors import Invalid, Refusal
from accounts.models import User
from accounts.permissions import has_permission, require
from accounts.requests import SignedInRequest, asks, json_sent, whole_number
from accounts.roles import Permission
from institutions.models import Division, scope_code_of
from institutions.moments import today
from reports.bindings import Words, bindables
from reports.models import FilledForm, SuperiorForm, SuperiorFormFile
from reports.superior.actions import bind_form, bound_of, changed_since, fill_form, opened, receive_form
from reports.superior.grid import Grid
from reports.superior.mapping import differences
from reports.superior.proposals import proposed, sides
from reports.superior.sources import children_of, printed_from, sources, to_choose_from
from reports.superior.workbook import MOST_BYTES

LISTED = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FormFile(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("上级发来的报表（.xlsx）"),
        help_text=gettext_lazy("不超过 5 MB，任何版式都可以；除绑定的单元格外，什么都不会改。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
    division = forms.ModelChoiceField(Division.objects.none(), label=gettext_lazy("辖区"), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["division"]
        field.queryset = Division.objects.filter(pk__in=user.prefixes(Permission.PREPARE_REPORT))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 %(most)s MB。") % {"most": MOST_BYTES >> 20})
        return file


def superior_forms(request: SignedInRequest) -> HttpResponse:
    """The forms of one's divisions, and where another is handed in."""
    if not has_permission(request.user, Permission.APPROVE_REPORT):
        require(request.user, Permission.PREPARE_REPORT)
    form = FormFile(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST":
        require(request.user, Permission.PREPARE_REPORT)
        if form.is_valid():
            sent = form.cleaned_data["file"]
            try:
                file = receive_form(sent.read(), sent.name, division=form.cleaned_data["division"], by=request.user)
            except Refusal as refusal:
                form.add_error("file", refusal.message)
            else:
                return _on_with(file)
    listed = SuperiorForm.objects.visible_to(request.user).select_related("division", "by")
    context = {
        "form": form if has_permission(request.user, Permission.PREPARE_REPORT) else None,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "forms": listed.annotate(version=Max("mappings__version"), received_at=Max("files__received_at"))[:LISTED],
    }
    return render(request, "reports/superior/forms.html", context, status=422 if form.errors else 200)


def _on_with(file: SuperiorFormFile) -> HttpResponse:
    """To the form when it is bound, else to where it is bound."""
    if file.form.last_mapping is None:
        return redirect("superior_form_bind", pk=file.form_id)
    return redirect(f"{file.form.get_absolute_url()}?file={file.pk}")


@require_GET
@asks("file")
def superior_form(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One form: filled from a report, its files, its versions of bindings, what was filled."""
    return _shown(request, form_of(request, pk))


def _shown(request: SignedInRequest, form: SuperiorForm, refusal: Refusal | None = None) -> HttpResponse:
    file, mapping = _file(request, form), form.last_mapping
    filled = FilledForm.objects.filter(file__form=form).defer("content").select_related("by", "mapping")
    reasons = refusal.errors or {"": [refusal.message]} if refusal else {}
    context = {
        "form": form,
        "file": file,
        "mapping": mapping,
        "changed": changed_since(file, mapping) if mapping else "",
        "sources": sources(form.division_id),
        "given": request.POST,
        "errors": [(name, reason) for name, listed in reasons.items() for reason in listed],
        "files": form.files.defer("content").select_related("by").order_by("-received_at")[:LISTED],
        "mappings": form.mappings.select_related("by", "file").defer("file__content").order_by("-version")[:LISTED],
        "filled": filled[:LISTED],
        "may_bind": has_permission(request.user, Permission.PREPARE_REPORT, scope_code_of(form.division_id)),
        "today": today(),
        "last_month_end": (today().replace(day=1) - timedelta(days=1)).isoformat(),
    }
    return render(request, "reports/superior/form.html", context, status=refusal.status if refusal else 200)


@require_POST
@asks()
def superior_form_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The next file of this form, as somebody says."""
    form = form_of(request, pk)
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > MOST_BYTES:
        raise Invalid({"file": [_("请选择一个不超过 %(most)s MB 的 .xlsx 文件。") % {"most": MOST_BYTES >> 20}]})
    try:
        file = receive_form(sent.read(), str(sent.name), division=form.division, by=request.user, form=form)
    except Refusal as refusal:
        return _shown(request, form, refusal)
    return _on_with(file)


@asks("file")
@require_http_methods(["GET", "HEAD", "POST"])
def superior_form_bind(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The sheets of a form as grids, in which cells are bound to figures."""
    form = form_of(request, pk)
    require(request.user, Permission.PREPARE_REPORT, scope_code_of(form.division_id))
    file, mapping = _file(request, form), form.last_mapping
    printed = to_choose_from(form.division_id)
    children = children_of(form.division_id, printed.as_of)
    offered = bindables(printed, children)
    refusal, given = None, None
    if request.method == "POST":
        given, version = json_sent(request.POST.get("cells", "") or "[]"), whole_number(request.POST.get("version", ""))
        try:
            bind_form(form, file, given, by=request.user, version=version, keys=[each.key for each in offered])
        except Refusal as refused:
            refusal = refused
        else:
            return redirect(f"{form.get_absolute_url()}?file={file.pk}")
    workbook = opened(file)
    bound = bound_of(mapping) if mapping else []
    context = {
        "form": form,
        "file": file,
        "version": mapping.version if mapping else 0,
        "sheets": [_laid_out(Grid(workbook, sheet), children, printed["name"]) for sheet in workbook.sheets],
        "offered": [each.as_json() for each in offered],
        "bound": _sent_back(given) if refusal else [_plain(each) for each in bound],
        "proposed": [_plain(each) for each in proposed(workbook, children, printed["name"])],
        "as_of": printed["as_of"],
        "changed": differences(bound, workbook),
        "errors": [("", reason) for reasons in _reasons(refusal) for reason in reasons],
    }
    return render(request, "reports/superior/bind.html", context, status=refusal.status if refusal else 200)


def _reasons(refusal: Refusal | None) -> list[list[str]]:
    return list(refusal.errors.values()) or [[refusal.message]] if refusal else []


def _laid_out(grid: Grid, children: dict[str, str], name: str) -> dict[str, Any]:
    """A sheet for the template: its columns, and its rows with each cell and the division it is about."""
    about = sides(grid, children, name)
    rows = [(number, [(cell, about.get(cell.address)) for cell in cells]) for number, cells in grid.rows()]
    return {"name": grid.sheet.name, "columns": grid.columns, "rows": rows}


def _sent_back(given: Any) -> list[dict[str, str]]:
    """What somebody sent and is still to save, as far as it can be shown."""
    listed = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    names = ("sheet", "cell", "key", "written_as")
    return [{name: str(each.get(name, ""))[:100] for name in names} for each in listed]


def _plain(each: Any) -> dict[str, str]:
    return {"sheet": each.sheet, "cell": each.cell, "key": each.key, "written_as": each.written_as}


@require_POST
@asks("file")
def superior_form_fill(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form, filled, to take away."""
    form = form_of(request, pk)
    file, mapping = _file(request, form), form.last_mapping
    try:
        if mapping is None:
            raise Invalid({"": [_("这份报表还没有绑定，请先绑定单元格。")]})
        printed = printed_from(form.division_id, request.POST.get("source", ""), request.POST.get("as_of", ""))
        made = fill_form(file, mapping, printed, by=request.user, words=_words(request))
    except Refusal as refusal:
        return _shown(request, form, refusal)
    return _sent(made)


def _words(request: SignedInRequest) -> Words:
    name = request.POST.get("filled_by", "").strip()
    if len(name) > 60:
        raise Invalid({"filled_by": [_("最多 %(most)s 个字。") % {"most": 60}]})
    try:
        day = forms.DateField(required=False).clean(request.POST.get("filled_on", "")) or today()
    except forms.ValidationError as problem:
        raise Invalid({"filled_on": list(problem.messages)}) from problem
    return Words(day, name)


@require_GET
@asks()
def superior_form_filled(request: SignedInRequest, pk: UUID, filled: UUID) -> HttpResponse:
    """What was filled and kept, byte for byte."""
    form = form_of(request, pk)
    made = get_object_or_404(FilledForm.objects.filter(file__form=form), pk=filled)
    audit.exported(
        by=request.user,
        what="superior_form",
        question=f"form={form.pk}&report={made.report_sha256}&sha256={made.sha256}",
        rows=1,
        divisions=[form.division_id],
    )
    return _sent(made)


def _sent(made: FilledForm) -> HttpResponse:
    disposition = content_disposition_header(True, made.file_name) or ""
    return HttpResponse(bytes(made.content), content_type=XLSX, headers={"Content-Disposition": disposition})


def form_of(request: SignedInRequest, pk: UUID) -> SuperiorForm:
    """The form, or 404; who sees it and may neither prepare nor approve reports gets 403."""
    form = get_object_or_404(SuperiorForm.objects.visible_to(request.user).select_related("division"), pk=pk)
    if not has_permission(request.user, Permission.APPROVE_REPORT, scope_code_of(form.division_id)):
        require(request.user, Permission.PREPARE_REPORT, scope_code_of(form.division_id))
    return form


def _file(request: SignedInRequest, form: SuperiorForm) -> SuperiorFormFile:
    """The file asked for, else the last that came."""
    given = request.GET.get("file", "")
    if not given:
        return form.last_file
    if not (given.isascii() and given.isdecimal() and len(given) < 18):
        raise Invalid({"file": [_("没有这个文件。")]})
    return get_object_or_404(form.files, pk=int(given))
