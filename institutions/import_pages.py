"""导入名册: hand a file in, look at what each row would do, confirm, take it back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.errors import Refusal
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.scope import within_prefixes
from institutions.forms import sure_field
from institutions.imports.files import (
    PlanMovedOn,
    answer_questions,
    answers_to,
    commit_file,
    plan_digest,
    plan_of,
    receive_file,
)
from institutions.imports.marked import marked_workbook
from institutions.imports.plan import Plan, PlannedRow
from institutions.imports.rollback import CannotRollBack, roll_back
from institutions.imports.workbook import MAX_BYTES, read_workbook
from institutions.models import Division, ImportBatch, RegisterFile
from institutions.positions import Datum

LISTED = 200  # rows shown of each kind; the workbook with marked cells has every error
FILES_LISTED = 20
ANSWER, DAY = "answer:", ":day"  # how the fields of the form of questions are called
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


class UndoForm(forms.Form):
    """Taking a batch back is not taken back itself."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, prefix="undo", **kwargs)
        self.fields["sure"] = sure_field(_("整批撤销"))


def counties_of(user: User) -> Any:
    """Counties that lie in, or hold, a division in which the user may edit the registry: township grants do not do."""
    return Division.objects.filter(within_prefixes("code", user.prefixes(Permission.EDIT_REGISTRY)), level="county")


def import_start(request: SignedInRequest) -> HttpResponse:
    """The form, and the files handed in last with what became of them."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = FileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            file = receive_file(
                sent.read(),
                file_name=sent.name,
                division=form.cleaned_data["division"],
                datum=form.cleaned_data["datum"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("import_file", pk=file.pk)
    files = RegisterFile.objects.visible_to(request.user).defer("content").select_related("division", "by")
    context = {
        "form": form,
        "errors": [(name, reason) for name, reasons in form.errors.items() for reason in reasons],
        "files": files.prefetch_related("batches")[:FILES_LISTED],
        "counties": counties_of(request.user).exists(),
    }
    return render(request, "institutions/import.html", context, status=422 if form.errors else 200)


@asks("marked")
@require_safe
def import_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What each row would do; of a file that was imported, what was done. `?marked` is the workbook with wrong cells
    marked."""
    file = _file(request, pk)
    if "marked" in request.GET:
        audit.exported(
            by=request.user, what="import-marked", question="", rows=1, divisions=[file.division_id], personal=True
        )
        answer = HttpResponse(
            marked_workbook(read_workbook(bytes(file.content), file.file_name), plan_of(file)), content_type=XLSX
        )
        answer["Content-Disposition"] = 'attachment; filename="marked.xlsx"'
        return answer
    return _shown(request, file)


@require_POST
def import_answers(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep what was answered to the questions of a file, and show what follows."""
    file = _file(request, pk)
    given = {
        key.removeprefix(ANSWER): str(value).strip() for key, value in request.POST.items() if key.startswith(ANSWER)
    }
    # The day beside a choice counts where nothing is chosen.
    days = {key.removesuffix(DAY): value for key, value in given.items() if key.endswith(DAY) and value}
    answers = days | {key: value for key, value in given.items() if value and not key.endswith(DAY)}
    before = answers_to(file)
    new = {key: value for key, value in answers.items() if before.get(key) != value}
    if new:
        answer_questions(file, new, by=request.user)
    return redirect("import_file", pk=file.pk)


@require_POST
def import_confirm(request: SignedInRequest, pk: UUID) -> HttpResponse:
    file = _file(request, pk)
    try:
        batch = commit_file(file, looked_at=request.POST.get("plan", ""), by=request.user)
    except PlanMovedOn as refusal:
        return _shown(request, file, refusal)
    done = _("已导入：新增 %(new)s，变更 %(changed)s。有误时可以整批撤销。")
    messages.success(request, done % {"new": batch.summary["new"], "changed": batch.summary["changed"]})
    return redirect("import_file", pk=file.pk)


@require_POST
def import_undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a batch back, while nothing later depends on it."""
    file = _file(request, pk)
    batch = get_object_or_404(ImportBatch, file=file, rolled_back_at=None)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _shown(request, file, undo=form)
    try:
        roll_back(batch, by=request.user)
    except CannotRollBack as refusal:
        return _shown(request, file, refusal)
    messages.success(request, _("已整批撤销。撤销以前的统计不变。"))
    return redirect("import_file", pk=file.pk)


def _file(request: SignedInRequest, pk: UUID) -> RegisterFile:
    file = get_object_or_404(RegisterFile.objects.visible_to(request.user).select_related("division", "by"), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, file.division.scope_code)
    return file


def _shown(
    request: SignedInRequest, file: RegisterFile, refusal: Refusal | None = None, undo: UndoForm | None = None
) -> HttpResponse:
    """`undo` is one that was not ticked."""
    batches = list(file.batches.select_related("by"))
    imported = next((each for each in batches if each.rolled_back_at is None), None)
    context: dict[str, Any] = {"file": file, "batches": batches, "imported": imported, "refusal": refusal}
    context["undo"] = undo or UndoForm()
    context["errors"] = [("undo-sure", reason) for reason in undo.errors["sure"]] if undo else []
    if imported is None:
        plan = plan_of(file)
        context |= _of_plan(plan)
        changed = [row.institution for row in plan.of_kind("changed") if row.institution is not None]
        audit.people_shown(changed, by=request.user, where="import", question="", divisions=[file.division_id])
    status = refusal.status if refusal else 422 if undo else 200
    return render(request, "institutions/import_file.html", context, status=status)


def _of_plan(plan: Plan) -> dict[str, Any]:
    listed = ((_("错误"), plan.errors), (_("可能重复"), plan.duplicates), (_("提醒"), plan.warnings))
    return {
        "plan": plan,
        "plan_digest": plan_digest(plan),
        "counts": [
            (_("新增"), plan.count("new")),
            (_("变更"), plan.count("changed")),
            (_("无变化"), plan.count("unchanged")),
            *((title, len(remarks)) for title, remarks in listed),
        ],
        "questions": plan.questions[:LISTED],
        "not_read": plan.not_read[:LISTED],
        "not_read_left_out": max(0, len(plan.not_read) - LISTED),
        "remarks": [(title, remarks[:LISTED], len(remarks) - LISTED) for title, remarks in listed if remarks],
        "changed": _first(plan.of_kind("changed")),
        "new": _first(plan.of_kind("new")),
        "most": LISTED,
        "to_do": plan.count("new") + plan.count("changed"),
    }


def _first(rows: Iterable[PlannedRow]) -> dict[str, Any]:
    rows = list(rows)
    return {"rows": rows[:LISTED], "left_out": max(0, len(rows) - LISTED), "count": len(rows)}
