"""Sheets and columns of a register: what they were read as, and what somebody says they are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from accounts.requests import SignedInRequest
from institutions.import_pages.looking import file_of, reading_of
from institutions.imports import changing, fixes, headers
from institutions.imports.deciding import READ
from institutions.imports.files import answers_to, left_to_take_in
from institutions.imports.questions import IGNORE, LEAVE_OUT
from institutions.imports.stored import Reading
from institutions.models import RegisterFile

COLUMN, SHEET, HEADING = "column:", "sheet:", "heading:"  # how the fields are called


def import_columns(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The form; what is chosen holds for this file and for the county's next of the layout."""
    file = file_of(request, pk)
    if file.batches.imported().exists() or file.runs.unfinished().exists():
        return redirect("import_file", pk=file.pk)
    plan = reading_of(file)
    errors: list[str] = []
    if request.method == "POST":
        columns, sheets = _chosen(request, plan)
        try:
            changed = changing.fix_headings(file, plan, _headings(request, plan), by=request.user)
            if changed and changing.settled(file, by=request.user):  # what is chosen is of the headings as they are now
                plan = reading_of(file)
            if changing.set_up(file, plan, columns, sheets, by=request.user):
                changed = changing.settled(file, by=request.user) or True
            if changed:
                messages.success(request, _("已保存，下面是按新的设定作的预览。同样表头的名册，下次照此读取。"))
            return redirect("import_file", pk=file.pk)
        except Refusal as refusal:
            errors = changing.refusal_words(refusal)
    answers = answers_to(file)
    context = {
        "file": file,
        "plan": plan,
        "tables": _tables(request, file, plan, answers),
        "sheets": _sheets(request, plan, answers),
        "titles": plan.head["titles"],
        "of_parts": headers.OF_PARTS,
        "errors": [("", reason) for reason in errors],
        "pending": left_to_take_in(file, plan.stored),
        "step": 2,
    }
    return render(request, "institutions/import_columns.html", context, status=422 if errors else 200)


def _chosen(request: SignedInRequest, plan: Reading) -> tuple[dict[tuple[str, int], str], dict[str, str]]:
    columns = {
        (table["label"], column["place"]): chosen
        for at, table in enumerate(plan.head["tables"])
        for column in table["columns"]
        if (chosen := request.POST.get(f"{COLUMN}{at}:{column['place']}")) not in (None, column["key"] or IGNORE)
    }
    sheets = {
        sheet["name"]: chosen
        for at, sheet in enumerate(plan.head["sheets"])
        if (chosen := request.POST.get(f"{SHEET}{at}")) is not None
    }
    return columns, sheets


def _headings(request: SignedInRequest, plan: Reading) -> dict[str, str]:
    """What was typed as heading of each column, by the address of the cell."""
    return {
        column["heading_at"]: typed
        for at, table in enumerate(plan.head["tables"])
        for column in table["columns"]
        if (typed := request.POST.get(f"{HEADING}{at}:{column['place']}")) is not None
    }


def _tables(
    request: SignedInRequest, file: RegisterFile, plan: Reading, answers: dict[str, str]
) -> list[dict[str, Any]]:
    """The tables with what each of their columns is chosen to be, and whether somebody said so."""
    tables = []
    standing = fixes.standing(file)
    for at, table in enumerate(plan.head["tables"]):
        columns = []
        for column in table["columns"]:
            name, read_as = f"{COLUMN}{at}:{column['place']}", column["key"] or IGNORE
            said = bool(answers.get(f"heading:{column['known_by']}"))
            chosen = request.POST.get(name, read_as)
            field, fix = f"{HEADING}{at}:{column['place']}", standing.get(column.get("heading_at", ""))
            typed = request.POST.get(field, fix.new if fix else column.get("heading", ""))
            columns.append(
                column | {"name": name, "chosen": chosen, "said": said, "field": field, "typed": typed, "fix": fix}
            )
        tables.append(table | {"columns": columns})
    return tables


def _sheets(request: SignedInRequest, plan: Reading, answers: dict[str, str]) -> list[dict[str, Any]]:
    """The sheets, and what may be said of each: a hidden one may be read, a register left out."""
    registers = {table["sheet"] for table in plan.head["tables"]}
    several = len(plan.head["sheets"]) > 1
    sheets = []
    for at, sheet in enumerate(plan.head["sheets"]):
        name, answered = sheet["name"], answers.get(f"sheet:{sheet['name']}", "")
        choices = {}
        if sheet["state"] == "hidden":
            choices = {"": _("隐藏的，不读取"), READ: _("是名册，读取")}
        elif several and (name in registers or answered == LEAVE_OUT):
            yes = READ if answered == READ else ""  # 已关停: somebody said that it is read all the same
            choices = {yes: _("是名册，读取"), LEAVE_OUT: _("不是名册，不读取")}
        field = f"{SHEET}{at}"
        sheets.append(sheet | {"field": field, "choices": choices, "chosen": request.POST.get(field, answered)})
    return sheets
