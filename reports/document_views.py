"""Pages for what documents look like: a bureau's red head and number, its Word templates; and files being made."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from institutions.models import Division, Institution
from institutions.moments import Moment, today
from reports.actions.letterheads import change_setting, receive_template, use_template
from reports.as_docx import TEMPLATE, as_docx
from reports.document_forms import SettingForm, TemplateForm, divisions_of
from reports.formats import FORMATS
from reports.letterheads import heading_of, setting_of, use_of
from reports.models import PreparedFile, ReportTemplate
from reports.models.templates import above
from reports.monthly import chinese_day, monthly_report
from reports.outline import Shown, outline_of
from reports.preparing import place_of
from reports.printed import Printed

LISTED = 20
SHIPPED_NAME = "整改进展情况通报模板.docx"


def _attachment(content: bytes, name: str, kind: str = "docx") -> HttpResponse:
    answer = HttpResponse(content, content_type=FORMATS[kind].content_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def _last_month_end() -> date:
    return today().replace(day=1) - timedelta(days=1)


def _errors(form: Any) -> list[tuple[str, str]]:
    return [(name if name != "__all__" else "", reason) for name, found in form.errors.items() for reason in found]


def _division(user: User, code: str) -> Division:
    """The division asked for, of those the user prepares reports of; without one the first. 404 for any other."""
    require(user, Permission.PREPARE_REPORT)
    offered = divisions_of(user)
    found = offered.filter(code=code).first() if code else offered.first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@asks("division")
def letterhead(request: SignedInRequest) -> HttpResponse:
    """公文格式: red head, number, addressees and signature of a division's reports."""
    division = _division(request.user, request.GET.get("division", ""))
    now = setting_of(division.code)
    form = SettingForm(request.POST or None, instance=None, initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        try:
            change_setting(division=division, by=request.user, **form.cleaned_data)
        except Invalid as refusal:
            for name, reasons in refusal.errors.items():
                form.add_error(name if name in form.fields else None, list(reasons))
        else:
            return redirect(f"{request.path}?division={division.code}")
    context = {
        "last_month_end": _last_month_end().isoformat(),
        "form": form,
        "errors": _errors(form) if request.method == "POST" else [],
        "division": division,
        "divisions": divisions_of(request.user),
        "setting": now,
        "inherited": now is not None and now.division_id != division.code,
        "heading": heading_of(division.code, today()),
        "dated_on": chinese_day(today()),
    }
    return render(request, "reports/letterhead.html", context, status=422 if form.errors else 200)


def _initial(setting: Any) -> dict[str, Any]:
    return {name: getattr(setting, name) for name in SettingForm.Meta.fields} if setting else {}


@require_http_methods(["GET", "HEAD", "POST"])
@asks()
def templates(request: SignedInRequest) -> HttpResponse:
    """The template in use, those handed in, and the form for another."""
    require(request.user, Permission.PREPARE_REPORT)
    form = TemplateForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            template = receive_template(
                sent.read(), file_name=sent.name, division=form.cleaned_data["division"], by=request.user
            )
        except Invalid as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("report_template", pk=template.pk)
    in_use = [(division, use_of(division.code)) for division in divisions_of(request.user)]
    kept = _visible(request.user).order_by("-received_at")[:LISTED]
    context = {"form": form, "errors": _errors(form), "in_use": in_use, "templates": kept}
    context["last_month_end"] = _last_month_end().isoformat()
    return render(request, "reports/templates.html", context, status=422 if form.errors else 200)


def _visible(user: User) -> Any:
    return ReportTemplate.objects.visible_to(user).defer("content").select_related("division", "by")


@require_GET
@asks()
def shipped(request: SignedInRequest) -> HttpResponse:
    """The template of this release, to begin from."""
    require(request.user, Permission.PREPARE_REPORT)
    return _attachment(TEMPLATE.read_bytes(), SHIPPED_NAME)


def _template(request: SignedInRequest, pk: UUID) -> ReportTemplate:
    found: ReportTemplate = get_object_or_404(_visible(request.user), pk=pk)
    require(request.user, Permission.PREPARE_REPORT)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@asks()
def template(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """试填: what is wrong with a template and where, and what it makes of last month's figures. Posted it is used."""
    found = _template(request, pk)
    may = found.division in divisions_of(request.user)
    if request.method == "POST":
        use_template(template=found, division=found.division, by=request.user)
        return redirect("report_templates")
    use = use_of(found.division_id)
    shown: list[Shown] = [] if found.problems else outline_of(_filled(request.user, found)[1])
    context = {"template": found, "shown": shown, "may": may, "in_use": use and use.template_id == found.pk}
    return render(request, "reports/template.html", context)


def _filled(user: User, found: ReportTemplate) -> tuple[Printed, bytes]:
    """Last month's live report of a division of the user's, made from this template."""
    codes = [code for code in user.prefixes(Permission.PREPARE_REPORT) if found.division_id in above(code)]
    division = codes[0] if codes else found.division_id
    report = monthly_report(
        division,
        Moment.of(_last_month_end()),
        within=Institution.objects.visible_to(user),
    )
    printed = Printed.of(report, heading=heading_of(division, today()))
    return printed, as_docx(printed, bytes(found.content))


@require_GET
@asks()
def template_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The template as it was handed in."""
    found = _template(request, pk)
    return _attachment(bytes(found.content), found.file_name)


@require_GET
@asks()
def template_filled(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The template filled with last month's figures, to be looked at in Word."""
    found = _template(request, pk)
    if found.problems:
        raise Http404
    printed, made = _filled(request.user, found)
    audit.exported(
        by=request.user,
        what="report_template",
        question="",
        rows=len(printed["townships"]),
        divisions=[printed["division"]],
    )
    return _attachment(made, f"试填_{printed['name']}_{date.fromisoformat(printed['as_of'])}.docx")


@require_POST
@asks()
def use_shipped(request: SignedInRequest) -> HttpResponse:
    """Back to the template of this release."""
    division = _division(request.user, request.POST.get("division", "")[:12])
    use_template(template=None, division=division, by=request.user)
    return redirect("report_templates")


def _prepared(request: SignedInRequest, pk: UUID) -> PreparedFile:
    files = (
        PreparedFile.objects.visible_to(request.user)
        .defer("content")
        .select_related("division", "requested_by", "version")
    )
    return get_object_or_404(files, pk=pk)


@require_GET
@asks()
def prepared(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How far a file is, and the file when it is done."""
    found = _prepared(request, pk)
    context = {"file": found, "late": found.is_late(timezone.now()), "there": place_of(found).exists()}
    return render(request, "reports/prepared.html", context)


@require_GET
@asks()
def prepared_file(request: SignedInRequest, pk: UUID) -> FileResponse:
    """The file; who takes it away may do so now, whoever asked for it."""
    found = _prepared(request, pk)
    try:
        opened: io.BufferedReader = place_of(found).open("rb")
    except OSError as problem:
        raise Http404 from problem
    audit.exported(
        by=request.user,
        what="prepared",
        question=found.question,
        rows=found.total,
        divisions=[found.division_id],
    )
    return FileResponse(opened, as_attachment=True, filename=found.file_name, content_type=FORMATS["xlsx"].content_type)
