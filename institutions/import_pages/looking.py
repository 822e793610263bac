"""A register on its page: how far it is, what each row would do, what was written."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.errors import Refusal
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, one_of, page_asked
from accounts.roles import Permission
from institutions.forms import sure_field
from institutions.import_pages.rows import LABELS, Shower, ShownRow
from institutions.imports import parts
from institutions.imports.files import left_to_take_in, make, plan_of
from institutions.imports.marked import marked_workbook
from institutions.imports.runs import ask_for
from institutions.imports.stored import KINDS, MOVED, NOT_READ, SAYS, Reading, is_of_a_column, moved
from institutions.models import ImportBatch, ImportRun, Institution, RegisterFile, StoredPlan

PAGE = 50
OF_A_RESULT = ("new", "changed", "unchanged")
TABS = ("error", "question", "candidate", "warning", "new", "changed", "unchanged", "fixed", NOT_READ)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UndoForm(forms.Form):
    """Taking a batch back is not taken back itself."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, prefix="undo", **kwargs)
        self.fields["sure"] = sure_field(translation.gettext("整批撤销"))


def file_of(request: SignedInRequest, pk: UUID) -> RegisterFile:
    """A register of a county in which the user may edit the registry; any other is absent."""
    files = RegisterFile.objects.visible_to(request.user).defer("content").select_related("division", "by")
    file = get_object_or_404(files, pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, file.division.scope_code)
    return file


def reading_of(file: RegisterFile) -> Reading:
    """The plan that is to be looked at. Raises Http404 where there is none."""
    plan = plan_of(file)
    if plan is None:
        raise Http404
    plan.file = file
    return Reading(plan)


@require_safe
@asks("kind", "q", "page", "marked")
def import_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What each row would do; of a file that was imported, what was done. `?marked` is the workbook with wrong cells
    marked."""
    file = file_of(request, pk)
    if "marked" in request.GET:
        return _marked(request, file)
    one_of("kind", request.GET.get("kind", ""), [*KINDS, *SAYS, MOVED])
    page_asked(request.GET)
    return shown(request, file)


def _marked(request: SignedInRequest, file: RegisterFile) -> HttpResponse:
    audit.exported(
        by=request.user, what="import-marked", question="", rows=1, divisions=[file.division_id], personal=True
    )
    made = make(file)
    answer = HttpResponse(marked_workbook(made.workbook, made.plan, made.fixed), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="marked.xlsx"'
    return answer


def shown(
    request: SignedInRequest, file: RegisterFile, refusal: Refusal | None = None, undo: UndoForm | None = None
) -> HttpResponse:
    """The page of a file as it stands. `undo` is one that was not ticked."""
    batches = list(file.batches.select_related("by"))
    imported = next((each for each in batches if each.rolled_back_at is None and not each.unfinished), None)
    run = file.runs.order_by("-requested_at").first()
    for batch in batches:
        _count(batch)
    context: dict[str, Any] = {"file": file, "batches": batches, "imported": imported, "refusal": refusal}
    context |= {"undo": undo or UndoForm(), "step": 5 if imported else 3}
    context["errors"] = [("undo-sure", reason) for reason in undo.errors["sure"]] if undo else []
    if run is not None and run.unfinished:
        context |= {"run": run, "late": run.is_late(timezone.now()), "step": 2}
    elif imported is not None:
        context |= _of_result(request, imported)
    elif (problem := _planned(request, file, run)) is not None:
        context["problem"] = problem
    elif (run := file.runs.unfinished().first()) is not None:
        context |= {"run": run, "step": 2}
    else:
        context |= _of_plan(request, file)
        if run_failed := file.runs.order_by("-requested_at").first():
            context["run_failed"] = run_failed if run_failed.problem and refusal is None else None
    status = refusal.status if refusal else 422 if undo else 200
    answer = render(request, "institutions/import_file.html", context, status=status)
    for name, value in refusal.headers.items() if refusal else ():
        answer[name] = value
    return answer


def _count(batch: ImportBatch) -> None:
    """How many institutions a batch wrote, of one that never ended those until then; and what the parts did."""
    batch.counted = batch.summary  # type: ignore[attr-defined]
    if batch.unfinished:
        of_kind = dict(batch.rows.order_by().values_list("kind").annotate(Count("pk")))
        batch.counted = {kind: of_kind.get(kind, 0) for kind in OF_A_RESULT}  # type: ignore[attr-defined]
    batch.done_by_parts = parts.done_of(batch) if batch.rolled_back_at is None else []  # type: ignore[attr-defined]


def _planned(request: SignedInRequest, file: RegisterFile, run: ImportRun | None) -> str | None:
    """See that there is a plan in the language of whoever looks, or a run that makes it; why there cannot be one."""
    if plan_of(file) is not None:
        return None
    if run is not None and run.state == ImportRun.State.FAILED and run.language == translation.get_language():
        return run.problem
    try:
        ask_for(file, ImportRun.Act.PLAN, by=request.user)
    except Refusal as refusal:
        return refusal.message
    return None


def _of_plan(request: SignedInRequest, file: RegisterFile) -> dict[str, Any]:
    plan = reading_of(file)
    kind, q, at = _asked(request)
    before = plan.stored.instead_of
    changed_since = moved(Reading(before), plan) if before is not None else []
    if kind == MOVED:
        page: Any = Paginator(changed_since, PAGE).get_page(at)
        rows: Any = _then_and_now(request, plan, before, list(page))
    else:
        page = Paginator(plan.find(kind, q), PAGE).get_page(at)
        rows = Shower(plan, request.user).rows(map(plan.row, page))
        _people_shown(request, file, rows)
    counts = plan.counts
    head = plan.head
    loose = [each for each in head["questions"] if each["scope"] != "row" and not is_of_a_column(each["key"])]
    columns = [column for table in head["tables"] for column in table["columns"]]
    return {
        "plan": plan,
        "plan_digest": plan.stored.digest,
        "pending": left_to_take_in(file, plan.stored),
        "moved": len(changed_since),
        "counts": [(each, LABELS[each], counts[each]) for each in TABS if counts[each] or each == kind],
        "count": counts,
        "kind": kind,
        "kind_label": LABELS.get(kind, ""),
        "q": q,
        "page": page,
        "rows": rows,
        "questions": loose,
        "open_questions": sum(each["answer"] is None and each["default"] is None for each in head["questions"]),
        "remarks": head["remarks"],
        "tables": head["tables"],
        "columns_taken": sum(bool(column["key"]) for column in columns),
        "columns_left": sum(not column["key"] for column in columns),
        "columns_asked": sum(bool(column["question"]) for column in columns),
        "to_do": counts["new"] + counts["changed"],
        "all_rows": len(plan.find()),
    }


def _asked(request: SignedInRequest) -> tuple[str, str, str]:
    """Kind, words and page of the list; of a deed that was refused, those of the list it was done on."""
    said = request.POST if request.method == "POST" else request.GET
    kind = said.get("kind", "")
    return kind if kind in LABELS else "", said.get("q", "")[:100], said.get("page", "")


def _then_and_now(
    request: SignedInRequest, plan: Reading, before: StoredPlan | None, changed: list[Any]
) -> list[dict[str, Any]]:
    """Rows that moved, as the plan said that was looked at and as it says now."""
    if before is None:
        return []
    before.file = plan.stored.file
    shown_then = Shower(Reading(before), request.user).rows(then for _key, then, _now in changed if then)
    shown_now = Shower(plan, request.user).rows(now for _key, _then, now in changed if now)
    of_then = {row.line["key"]: row for row in shown_then}
    of_now = {row.line["key"]: row for row in shown_now}
    return [
        {"key": key, "name": (now or then)["name"], "then": of_then.get(key), "now": of_now.get(key)}
        for key, then, now in changed
    ]


def _people_shown(request: SignedInRequest, file: RegisterFile, rows: list[ShownRow]) -> None:
    """Who sees which principals and telephones on file beside those of the rows is in the trail."""
    told = {"principal", "phone"}
    pks = [
        row.line["institution"][0]
        for row in rows
        if row.line.get("institution") and told & {change[0] for change in row.changes}
    ]
    if pks:
        institutions = list(Institution.objects.visible_to(request.user).filter(pk__in=pks))
        audit.people_shown(institutions, by=request.user, where="import", question="", divisions=[file.division_id])


def _of_result(request: SignedInRequest, batch: ImportBatch) -> dict[str, Any]:
    """The institutions that were written, a page at a time."""
    kind, q, at = _asked(request)
    kind = kind if kind in OF_A_RESULT else ""
    rows = batch.rows.select_related("institution__division").order_by("pk")
    rows = rows.filter(kind=kind) if kind else rows.exclude(kind="unchanged")
    if q := q.strip():
        rows = (
            rows.filter(row_number=int(q))
            if q.isdecimal() and len(q) < 8
            else rows.filter(institution__name__icontains=q)
        )
    counts = [(each, LABELS[each], batch.summary.get(each, 0)) for each in OF_A_RESULT]
    page = Paginator(rows, PAGE).get_page(at)
    return {"written": page.object_list, "page": page, "counts": counts, "kind": kind, "q": q}


@require_safe
@asks("row", "kind", "q", "page")
def import_row(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """One row with all its cells, each to be corrected. Raises 404 for a row that the plan does not have."""
    file = file_of(request, pk)
    plan = reading_of(file)
    number = plan.number_of(request.GET.get("row", ""))
    if number is None or plan.row(number)["kind"] == NOT_READ:
        raise Http404
    if file.batches.imported().exists():
        return redirect("import_file", pk=file.pk)
    (row,) = Shower(plan, request.user).rows([plan.row(number)])
    _people_shown(request, file, [row])
    return render(request, "institutions/import_row.html", {"file": file, "row": row, "step": 3, "alone": True})
