"""The editor: sentences moved, dropped and added, numbers inserted or typed over. It saves itself; of two who write at
the same time the second is told, and keeps what he typed."""

from dataclasses import replace
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.audit_words import PARAGRAPHS
from accounts.errors import Invalid, Refusal, as_json
from accounts.permissions import require
from accounts.requests import SignedInRequest, json_sent, whole_number
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from reports import actions
from reports.drafts import (
    MOST_HEADING,
    MOST_TEXT,
    MOST_WHY,
    OWN,
    Draft,
    Edited,
    edited,
    read_sent,
    unexplained_numbers,
    wording_of,
)
from reports.figure_keys import full_name, named
from reports.live import generated
from reports.models import Report
from reports.models.report import State
from reports.printed import Printed
from reports.refusals import IllegalStep, StaleReport
from reports.views.shared import context, visible

HEADING = ["red_head", "number", "addressees", "signed", "dated_on"]


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """编辑. Posted as a whole it goes on to the preview; stale it comes back with what was typed beside the others'."""
    report = visible(request, pk)
    require(request.user, Permission.PREPARE_REPORT, report.scope_code)
    if report.state != State.DRAFT:
        return redirect(report)
    live = _live(report)
    draft = Draft.read(report.draft)
    if request.method == "GET":
        return _page(request, report, live, draft)
    try:
        sent = request.POST.get("draft", "")
        draft = read_sent(_content(sent), live) if sent else _plain(request.POST, draft, live)
        version = whole_number(request.POST.get("version", ""))
        actions.save_draft(report, by=request.user, version=version, draft=draft)
    except StaleReport as refusal:
        report = visible(request, pk)
        theirs = edited(Draft.read(report.draft), live)
        return _page(request, report, live, draft, refusal, theirs=theirs)
    except Refusal as refusal:
        return _page(request, report, live, draft, refusal)
    return redirect("report_preview", report.pk)


@require_POST
def save(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What the editor saves by itself, in JSON; answers with the paragraphs as they were understood."""
    report = visible(request, pk)
    require(request.user, Permission.PREPARE_REPORT, report.scope_code)
    try:
        content = _content(request.body.decode("utf-8", "replace"))
        live = _live(report)
        draft = read_sent(content, live)
        if report.state != State.DRAFT:
            raise IllegalStep(_("这份报告已经提交，不能再改。"))
        version = content.get("version")
        report = actions.save_draft(
            report, by=request.user, version=version if isinstance(version, int) else 0, draft=draft
        )
    except Refusal as refusal:
        return JsonResponse(as_json(refusal), status=refusal.status)
    return JsonResponse({"version": report.version, "paragraphs": _paragraphs(edited(draft, live), live)})


def _plain(given: QueryDict, draft: Draft, live: Printed) -> Draft:
    """What a browser without JavaScript sends: the heading, which sentences are left out, and one of one's own."""
    dropped = given.getlist("dropped")
    paragraphs = [
        {"id": each.id, "key": each.key, "dropped": each.id in dropped, "parts": each.parts}
        for each in edited(draft, live)
    ]
    if own := given.get("own", "").strip():
        paragraphs.append({"id": f"{OWN}.{token_hex(4)}", "key": OWN, "dropped": False, "parts": [own]})
    read = read_sent({"heading": {name: given.get(name, "") for name in HEADING}, "paragraphs": paragraphs}, live)
    for part in read.paragraphs[-1].get("parts", []) if own else []:
        if isinstance(part, dict):
            part["why"] = given.get("own_why", "").strip()[:MOST_WHY]
    return read


def _content(text: str) -> dict[str, Any]:
    content = json_sent(text)
    if not isinstance(content, dict):
        raise Invalid({"draft": [_("发来的草稿不完整，没有保存。")]})
    return content


def _live(report: Report) -> Printed:
    with one_snapshot():
        return generated(report, brief=True)


def _page(
    request: SignedInRequest,
    report: Report,
    live: Printed,
    draft: Draft,
    refusal: Refusal | None = None,
    *,
    theirs: list[Edited] | None = None,
) -> HttpResponse:
    paragraphs = edited(draft, live)
    # Who sees this page reads what is generated now beside what is outdated.
    read = [replace(each, of=wording_of(each.generated)) for each in paragraphs]
    groups = [
        {"label": label, "figures": [{"key": key, "label": name, "value": value} for key, name, value in figures]}
        for label, figures in named(live.content)
    ]
    content = {
        "version": report.version,
        "paragraphs": _paragraphs(read, live),
        "figures": groups,
        "changed": refusal is not None,
    }
    return render(
        request,
        "reports/edit.html",
        context(request, report, "edit")
        | {
            "content": content,
            "cut_off": live["cut_off"],
            "title": live["title"],
            "heading": [(name, draft.heading[name], MOST_HEADING[name]) for name in HEADING],
            "paragraphs": paragraphs,
            "most_text": MOST_TEXT,
            "most_why": MOST_WHY,
            "unexplained": unexplained_numbers(paragraphs),
            "outdated": [each for each in paragraphs if each.is_outdated],
            "errors": [("", refusal.message)] if refusal is not None else [],
            "meanwhile": _meanwhile(paragraphs, theirs) if theirs is not None else [],
            "urls": {"save": reverse("report_draft", args=[report.pk])},
            "words": _words_of_the_editor(),
        },
        status=refusal.status if refusal is not None else 200,
    )


def _words_of_the_editor() -> dict[str, Any]:
    return {
        "keys": {name: str(said) for name, said in PARAGRAPHS.items()},
        "ownNumber": _("手写的数字，没有对应指标"),
        "typed": _("正文中写"),
        "system": _("系统数字"),
        "why": _("为什么："),
        "colon": _("："),
        "open": _("（"),
        "close": _("）"),
    }


def _paragraphs(paragraphs: list[Edited], live: Printed) -> list[dict[str, Any]]:
    """The paragraphs as the editor takes them; each number with what its figure is called."""

    def told(part: Any) -> Any:
        if isinstance(part, str):
            return part
        return part | {"name": full_name(live.content, part["figure"]) if part["figure"] else ""}

    return [
        {
            "id": each.id,
            "key": each.key,
            "dropped": each.dropped,
            "changed": each.changed,
            "parts": [told(part) for part in each.parts],
            "generated": [told(part) for part in each.generated],
            "of": each.of,
        }
        for each in paragraphs
    ]


def _meanwhile(mine: list[Edited], theirs: list[Edited]) -> list[tuple[str, str]]:
    """(what I wrote, what they wrote) of each paragraph that is otherwise."""
    words = {each.id: _words(each) for each in mine}
    others = {each.id: _words(each) for each in theirs}
    return [
        (words.get(name, ""), others.get(name, ""))
        for name in {**others, **words}
        if words.get(name, "") != others.get(name, "")
    ]


def _words(paragraph: Edited) -> str:
    return _("（已删去）") if paragraph.dropped else paragraph.text
