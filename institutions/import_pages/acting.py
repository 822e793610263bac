"""What is done on the page of a register: answered, decided, corrected, planned again, imported, taken back.

Each leads back to where it was done; after a correction to the next cell that is wrong.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from accounts.requests import SignedInRequest, asks
from institutions.import_pages.looking import PAGE, UndoForm, file_of, reading_of, shown
from institutions.imports import changing
from institutions.imports.rollback import roll_back
from institutions.imports.runs import ask_for
from institutions.imports.stored import Reading
from institutions.models import ImportBatch, ImportRun, RegisterFile

ANSWER, DAY = "answer:", ":day"  # how the fields of the form of questions are called
KEPT = ("kind", "q", "page")
Deed = Callable[[SignedInRequest, UUID], HttpResponse]


def deed(act: Deed) -> Deed:
    """Something that is posted. Whoever only asks for its address, from a page that said no, is led to the file."""

    @asks(*KEPT, "marked")
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(act)
    def done(request: SignedInRequest, pk: UUID) -> HttpResponse:
        if request.method == "POST":
            return act(request, pk)
        file = file_of(request, pk)
        return redirect(_url(file, {name: request.GET[name] for name in (*KEPT, "marked") if name in request.GET}))

    return done


@deed
def import_answers(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep what was answered to the questions of a file, and show what follows."""
    file = file_of(request, pk)
    given = {
        key.removeprefix(ANSWER): str(value).strip() for key, value in request.POST.items() if key.startswith(ANSWER)
    }
    # The day beside a choice counts where nothing is chosen.
    days = {key.removesuffix(DAY): value for key, value in given.items() if key.endswith(DAY) and value}
    answers = days | {key: value for key, value in given.items() if value and not key.endswith(DAY)}
    try:
        if changing.answer(file, reading_of(file), answers, by=request.user):
            changing.settled(file, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    return _back(request, file)


@deed
def import_leave_out(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Leave a row out of the import, or take it in again."""
    file, row = file_of(request, pk), request.POST.get("row", "")
    try:
        if changing.leave_out(file, reading_of(file), row, by=request.user, out="in" not in request.POST):
            changing.settled(file, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    return _back(request, file)


@deed
def import_decide(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Whether a row is an institution on file: same, different, later, or open again."""
    file, row = file_of(request, pk), request.POST.get("row", "")
    try:
        institution = UUID(request.POST.get("institution", ""))
    except ValueError as problem:
        raise Http404 from problem
    try:
        decision = changing.decide(
            file, reading_of(file), row, institution, request.POST.get("answer", ""), by=request.user
        )
        changing.settled(file, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    messages.success(request, _("已记下：%(answer)s。") % {"answer": decision.get_answer_display()})
    return _back(request, file, row)


@deed
def import_fix(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Correct a cell, or take a correction back; then to the next cell that is wrong."""
    file, address = file_of(request, pk), request.POST.get("address", "")
    before = reading_of(file)
    try:
        if "back" in request.POST:
            changing.take_back(file, address, by=request.user)
            done = True
        else:
            done = changing.fix(file, before, address, request.POST.get("value", ""), by=request.user)
        if done:
            changing.settled(file, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    row = request.POST.get("row", "")
    if "alone" in request.POST and row:
        return redirect(f"{reverse('import_row', args=[file.pk])}?{urlencode({'row': row})}#{quote('cell-' + address)}")
    return _on(request, file, reading_of(file), row, address)


def _on(request: SignedInRequest, file: RegisterFile, plan: Reading, row: str, address: str) -> HttpResponse:
    """To the first wrong cell from this row on, on whatever page of the list it is; else back to the row."""
    kept = _kept(request)
    found = plan.find(kept.get("kind", ""), kept.get("q", ""))
    here = plan.number_of(row) or 0
    for place, number in enumerate(found):
        line = plan.row(number) if number >= here else None
        if line is None or not line.get("errors"):
            continue
        columns = plan.head["tables"][line["table"]]["columns"]
        for _title, at, _message, _received in line["errors"]:
            column = next((each for each in columns if each["place"] == at), None)
            if column is not None:
                sheet = plan.head["tables"][line["table"]]["sheet"]
                wrong = f"{sheet}!{column['letter']}{line['row']}".lstrip("!")
                kept["page"] = str(place // PAGE + 1)
                return redirect(f"{_url(file, kept)}#{quote('cell-' + wrong)}")
    return _back(request, file, row)


@deed
def import_plan(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Plan again, with all that was answered, corrected and decided since."""
    file = file_of(request, pk)
    try:
        changing.check_open(file)
        ask_for(file, ImportRun.Act.PLAN, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    return _back(request, file)


@deed
def import_confirm(request: SignedInRequest, pk: UUID) -> HttpResponse:
    file = file_of(request, pk)
    try:
        run = ask_for(file, ImportRun.Act.COMMIT, looked_at=request.POST.get("plan", ""), by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    if not run.unfinished and (batch := file.batches.imported().first()):
        done = _("已导入：新增 %(new)s，变更 %(changed)s。有误时可以整批撤销。")
        messages.success(request, done % {"new": batch.summary["new"], "changed": batch.summary["changed"]})
    return redirect("import_file", pk=file.pk)


@deed
def import_undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take a batch back, while nothing later depends on it; then the file is planned anew."""
    file = file_of(request, pk)
    batch = get_object_or_404(ImportBatch, file=file, rolled_back_at=None)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return shown(request, file, undo=form)
    try:
        roll_back(batch, by=request.user)
        messages.success(request, _("已整批撤销。撤销以前的统计不变。"))
        ask_for(file, ImportRun.Act.PLAN, by=request.user)
    except Refusal as refusal:
        return shown(request, file, refusal)
    return redirect("import_file", pk=file.pk)


def _kept(request: SignedInRequest) -> dict[str, str]:
    """Where in the list it was done."""
    return {name: value for name in KEPT if (value := request.POST.get(name, "")[:100])}


def _url(file: RegisterFile, kept: dict[str, str]) -> str:
    page = reverse("import_file", args=[file.pk])
    return f"{page}?{urlencode(kept)}" if kept else page


def _back(request: SignedInRequest, file: RegisterFile, row: str = "") -> HttpResponse:
    row = row or request.POST.get("row", "")
    return redirect(_url(file, _kept(request)) + (f"#{quote('row-' + row)}" if row else ""))
