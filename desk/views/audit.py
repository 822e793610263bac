from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.audit_words import GROUPS
from accounts.errors import Invalid
from accounts.models import AuditRow
from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from accounts.scope import within_prefixes
from desk.audit_question import BY_COMMAND, COMMAND, MOST_NAMED, AuditQuestion, QuestionForm
from desk.trail import ACCOUNT, INSTITUTION, Change, Names, Told, account_name, in_words
from desk.verification import Verification
from figures.columns import Line
from figures.exports import csv_lines
from institutions.models import Division, DivisionQuerySet
from institutions.moments import today

MOST_EXPORTED = 50_000
LEVELS_OFFERED = {2: 6, 4: 9}  # digits of a grant's prefix: digits of the smallest divisions offered


@require_safe
@asks(*QuestionForm.base_fields)
def audit_page(request: SignedInRequest) -> HttpResponseBase:
    """审计: who did what, newest first, in words, as this auditor may read it; or the same as CSV."""
    require(request.user, Permission.SEE_AUDIT)
    question = AuditQuestion(request.GET, request.user)
    if "q" in question.asked and not question.is_turned:
        found = sum(map(len, question.named))
        what = {"q": question.asked["q"], "where": "audit", "found": found}
        audit.note("search", by=request.user, what=what, divisions=question.divisions)
    if question.asked.get("format") == "csv":
        return _as_csv(request, question)
    page = question.page()
    divisions = list(_divisions(question.prefixes))
    return render(
        request,
        "desk/audit.html",
        {
            "question": question,
            "asked": question.conditions(_object_name(question), _division_name(question, divisions)),
            "page": page,
            "rows": in_words(page.rows, request.user),
            "groups": [(code, label, actions.items()) for code, (label, actions) in GROUPS.items()],
            "divisions": divisions,
            "by_command": BY_COMMAND,
            "command": COMMAND,
            "today": today(),
            "too_many": "q" in question.asked and max(map(len, question.named)) >= MOST_NAMED,
            "most_named": MOST_NAMED,
            "most_exported": MOST_EXPORTED,
            "verified": _last_verified(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: SignedInRequest) -> HttpResponse:
    """核对: every digest computed again, a bounded number of rows for each request; the result is an audit row."""
    require(request.user, Permission.SEE_AUDIT)
    running = Verification.of(request.session)
    if request.method == "POST":
        running = running.go_on()
        if running.is_done:
            audit.note("audit.verified", by=request.user, what=running.result())
            running.forget()
            _say(request, running)
        else:
            running.keep()
        return redirect("audit_verify")
    return render(request, "desk/audit_verify.html", {"running": running, "verified": _last_verified()})


def _say(request: SignedInRequest, done: Verification) -> None:
    if done.broken:
        messages.error(request, _("核对完毕：有 %(n)s 条记录与校验码不符。") % {"n": done.broken})
    else:
        messages.success(request, _("核对完毕：%(n)s 条记录全部相符。") % {"n": done.checked})


def _last_verified() -> AuditRow | None:
    return AuditRow.objects.filter(action="audit.verified").order_by("-at", "-pk").first()


def _divisions(prefixes: list[str]) -> DivisionQuerySet:
    """Divisions to choose from: down to the townships, of a whole province down to the counties."""
    offered = Q(pk__in=[])
    for prefix in prefixes:
        smallest = LEVELS_OFFERED.get(len(prefix), 12)
        levels = [
            level
            for level, digits in (("province", 2), ("city", 4), ("county", 6), ("township", 9))
            if digits <= smallest
        ]
        offered |= within_prefixes("code", [prefix]) & Q(level__in=levels)
    return Division.objects.filter(offered).order_by("code")


def _division_name(question: AuditQuestion, divisions: list[Division]) -> str:
    code = question.asked.get("division", "")
    return next((each.name for each in divisions if each.code == code), code)


def _object_name(question: AuditQuestion) -> str:
    """What the object asked for is called, where this auditor may know."""
    if "about" not in question.asked:
        return ""
    kind, pk = question.asked["about"].split(":")
    names = Names(question.reader)
    label = INSTITUTION if kind == "institution" else ACCOUNT
    if kind == "institution" or question.reads_account(int(pk)):
        names.want(label, pk)
    names.read()
    return names.of(label, pk).name


# --- Export


def _as_csv(request: SignedInRequest, question: AuditQuestion) -> StreamingHttpResponse:
    """Every row that answers, newest first; that it was exported is a row of the trail, too."""
    rows = question.count_to(MOST_EXPORTED)
    if rows > MOST_EXPORTED:
        reason = _("符合条件的记录多于 %(most)s 条，请用日期或其他条件缩小范围后再导出。") % {"most": MOST_EXPORTED}
        raise Invalid({"since": [reason]})
    asked = question.query_string()
    audit.exported(by=request.user, what="audit", question=asked, rows=rows, divisions=question.divisions)
    response = StreamingHttpResponse(csv_lines(_lines(question)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{today()}.csv"'
    return response


def _lines(question: AuditQuestion) -> Iterator[Line]:
    """In the language now in force, whenever they are sent."""
    language = translation.get_language()
    heads = [
        _("时间"), _("操作人"), _("操作"), _("对象类型"), _("对象"), _("辖区"), _("内容"),
        _("操作代码"), _("对象编号"), _("记录号"),
    ]  # fmt: skip

    def written() -> Iterator[Line]:
        for rows in question.all_rows():
            with translation.override(language):
                some = [_line(told) for told in in_words(rows, question.reader)]
            yield from some

    return chain([heads], written())


def _line(told: Told) -> Line:
    row = told.row
    return [
        f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
        account_name(row.by) if row.by else str(BY_COMMAND),
        told.action,
        told.kind,
        told.object.name,
        told.place,
        _("；").join(map(_as_text, told.changes)),
        row.action,
        row.object_id,
        row.pk,
    ]


def _as_text(change: Change) -> str:
    values = " → ".join(value for value in (change.before, change.after) if value)
    return f"{change.label} {values}"
