"""区划边界: an upload, its preview over the institutions, putting it in force, taking it back; and the institutions
whose position does not lie in their township."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Refusal
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks, page_asked, takes
from accounts.roles import Permission
from accounts.scope import within_prefixes
from figures.questions import Question
from institutions.models import Division
from institutions.moments import Moment, today
from mapping.boundaries import matching
from mapping.boundaries.actions import commit_boundaries, receive_boundaries, take_back_boundaries
from mapping.boundaries.files import Reading, limits_now, too_many_bytes
from mapping.boundaries.forms import BoundaryFileForm, CommitForm, TakeBackForm, areas_of
from mapping.boundaries.mismatches import check
from mapping.boundaries.preview import preview_of
from mapping.models import BoundaryFile

FILES_LISTED = 30
PAGE_SIZE = 100


def _most_bytes() -> int:
    return limits_now().most_bytes


@takes(_most_bytes, too_many_bytes)
def boundaries(request: SignedInRequest) -> HttpResponse:
    """The form, and the files received last with what became of them."""
    require(request.user, Permission.EDIT_REGISTRY)
    form = BoundaryFileForm(request.POST or None, request.FILES or None, user=request.user)
    status, begun = 200, now()
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        sent = said.pop("file")
        try:
            file = receive_boundaries(sent.read(), file_name=sent.name, by=request.user, **said)
        except Refusal as refusal:
            _add(form, refusal, "file")
            status = refusal.status
        else:
            if file.received_at < begun:
                said_of = {"at": localtime(file.received_at).strftime("%Y-%m-%d %H:%M"), "by": file.by}
                messages.info(request, _("这个文件已由 %(by)s 于 %(at)s 上传过，没有再存一份。") % said_of)
            return redirect(file)
    elif form.errors:
        status = 422
    files = BoundaryFile.objects.visible_to(request.user).defer("content", "reading").select_related("division", "by")
    context = {
        "form": form,
        "errors": _errors(form),
        "files": files.prefetch_related("sets")[:FILES_LISTED],
        "areas": areas_of(request.user).exists(),
        "most_mb": settings.BOUNDARY_MAX_MB,
    }
    return render(request, "mapping/boundaries/upload.html", context, status=status)


@asks("column")
def boundary_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The preview: what each area is taken for, how it fits the institutions; and putting it in force."""
    file = _file(request, pk)
    made = file.sets.standing().select_related("by").first()
    form = CommitForm(request.POST or None, initial={"from_on": today()})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        try:
            made = commit_boundaries(file, by=request.user, chosen=_chosen(request), **said)
        except Refusal as refusal:
            _add(form, refusal, None)
            return _preview(request, file, form, said["column"], status=refusal.status)
        messages.success(request, _("已启用 %(count)s 个区划的边界。") % {"count": made.boundaries.count()})
        return redirect(file)
    if made is not None:
        return _preview(request, file, form, made.named_by, in_force=made)
    return _preview(request, file, form, request.GET.get("column", ""), status=422 if form.errors else 200)


def _preview(
    request: SignedInRequest,
    file: BoundaryFile,
    form: CommitForm,
    column: str,
    *,
    status: int = 200,
    in_force: Any = None,
) -> HttpResponse:
    chosen = _chosen(request)
    if in_force is not None:
        by_number = _as_committed(file, in_force)
        chosen = by_number
    try:
        preview = preview_of(file, column, chosen, request.user)
    except Refusal as refusal:
        _add(form, refusal, None)
        status, preview = max(status, refusal.status), preview_of(file, "", {}, request.user)
    context = {
        "file": file,
        "preview": preview,
        "form": form,
        "errors": _errors(form),
        "in_force": in_force,
        "taken_back": file.sets.filter(withdrawn_at__isnull=False).select_related("withdrawn_by"),
        "take_back": TakeBackForm(),
        "leave_out": matching.LEAVE_OUT,
        "same": BoundaryFile.objects.visible_to(request.user).with_the_bytes_of(file).defer("content", "reading"),
    }
    return render(request, "mapping/boundaries/preview.html", context, status=status)


def _as_committed(file: BoundaryFile, made: Any) -> dict[int, str]:
    """What each area was taken for, told by where it lies: the boundaries that were put in force say it."""
    kept = {each.area.wkb: each.division_id for each in made.boundaries.all()}
    reading = Reading.unpacked(bytes(file.reading))
    return {each.number: kept.get(each.area.wkb, matching.LEAVE_OUT) for each in reading.features}


def _chosen(request: SignedInRequest) -> dict[int, str]:
    """What was said of areas, by number; an area that nobody answered for is not in it."""
    told = {name.removeprefix("area_"): said for name, said in request.POST.items() if name.startswith("area_")}
    return {
        int(number): said
        for number, said in told.items()
        if number.isascii() and number.isdecimal() and len(number) < 6 and said
    }


@require_safe
def boundary_file_as_received(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The file, byte for byte."""
    file = _file(request, pk, whole=True)
    disposition = content_disposition_header(True, file.file_name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(file.content), content_type="application/octet-stream", headers=headers)


@require_POST
def boundary_set_take_back(request: SignedInRequest, pk: UUID) -> HttpResponse:
    file = _file(request, pk)
    made = get_object_or_404(file.sets.standing())
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        commit = CommitForm(initial={"from_on": today()})
        messages.error(request, _("请写明撤回的原因。"))
        return _preview(request, file, commit, made.named_by, status=422, in_force=made)
    take_back_boundaries(made, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("已撤回。此前启用的边界重新有效。"))
    return redirect(file)


@require_safe
@asks("division", "page")
def mismatches(request: SignedInRequest) -> HttpResponse:
    """所属乡镇与位置不符, of a county or township at a time."""
    question = Question.from_query({"division": request.GET.get("division", "")}, request.user)
    number = page_asked(request.GET)
    codes = question.divisions(request.user)
    counties = Division.objects.filter(within_prefixes("code", codes), level="county").order_by("code")
    asked = codes[0] if len(codes) == 1 and len(codes[0]) >= 6 else ""
    if not asked and len(counties[:2]) == 1:
        asked = counties[0].pk
    checked = check(asked, request.user, Moment.of()) if asked else None
    context: dict[str, Any] = {
        "division": Division.objects.filter(pk=asked).first(),
        "counties": Division.objects.visible_to(request.user).filter(level="county").order_by("code"),
        "checked": checked,
        "page": Paginator(checked.mismatches if checked else [], PAGE_SIZE).get_page(number),
    }
    return render(request, "mapping/boundaries/mismatches.html", context)


def _file(request: SignedInRequest, pk: UUID, *, whole: bool = False) -> BoundaryFile:
    files = BoundaryFile.objects.visible_to(request.user).select_related("division", "by")
    file = get_object_or_404(files if whole else files.defer("content"), pk=pk)
    require(request.user, Permission.EDIT_REGISTRY, file.scope_code)
    return file


def _add(form: forms.Form, refusal: Refusal, otherwise: str | None) -> None:
    if not refusal.errors:
        form.add_error(otherwise, refusal.message)
    for name, reasons in refusal.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else otherwise, reason)


def _errors(form: forms.Form) -> Iterable[tuple[str, Any]]:
    return [("" if name == "__all__" else name, reason) for name, reasons in form.errors.items() for reason in reasons]
