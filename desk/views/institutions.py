from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Field, Prefetch
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import AuditRow, User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest
from accounts.roles import Permission
from figures.conditions import UNVISITED, Condition, in_words
from figures.drilldown import Drilldown
from figures.exports import INSTITUTION_LIST, csv_lines, heads, institution_lines, with_list_columns
from figures.statistics import FIGURE_NAMES, Standing, with_standing
from inspections.models import Finding, FindingType, Outcome, Photo, RectificationEvent
from institutions.former import former_names, former_places
from institutions.models import Division, Institution, InstitutionQuerySet, LicenceStatus
from institutions.moments import EARLIEST, Moment, day_of, today
from institutions.past import Listed, as_called, as_listed

PAGE_SIZE, LARGEST_PAGE = 50, 200
TIMELINE_SHOWN = 200
SAID_WHEN = {"visit", "event", "place", "name", "revoked"}  # entries that say when they became known, if later
AUDITED = {
    "institution.registered": gettext_lazy("登记机构"),
    "institution.edited": gettext_lazy("编辑"),
    "institution.surveyed": gettext_lazy("首次排摸"),
    "institution.ceased": gettext_lazy("停办"),
    "institution.operating_again": gettext_lazy("恢复办学"),
    "institution.moved": gettext_lazy("迁址"),
    "institution.renamed": gettext_lazy("更名"),
    "institution.survey_withdrawn": gettext_lazy("撤回排摸"),
    "institution.withdrawn": gettext_lazy("已撤销登记"),
    "import.rolled_back": gettext_lazy("撤销导入"),
}
# Columns that follow from others, or that the action says in words.
UNTOLD = {
    "cell", "version", "scope_code", "recorded_at", "surveyed_recorded_at", "merged_into_id", "merged_at",
    "withdrawn_at", "moved", "renamed", "survey_withdrawn",
}  # fmt: skip


@require_safe
def institution_list(request: SignedInRequest) -> HttpResponseBase:
    """机构: the institutions behind a question of the drill-down grammar, as a page or as CSV."""
    question = Drilldown.from_query(request.GET, request.user)
    moment = question.shown
    found = question.institutions(request.user, moment).in_list_order(moment)
    if request.GET.get("format") == "csv":
        return _as_csv(found, moment)
    pages: Paginator[Any] = Paginator(found.values_list("pk", flat=True), _page_size(request))
    page = pages.get_page(request.GET.get("page"))
    page.object_list = _rows(page, moment)
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    finding_types = list(FindingType.objects.all())
    asked = in_words(question, {each.code: str(each) for each in finding_types})
    return render(
        request,
        "desk/institutions.html",
        {
            "question": question,
            "asked": asked,
            "division_name": next(
                (each.name for each in divisions if each.code == question.division), question.division
            ),
            "what": _named(question, asked),
            "moment": moment,
            "today": today(),
            "page": page,
            "rows": [(each, _principal(request.user, each.institution)) for each in page],
            "divisions": divisions,
            "figures": FIGURE_NAMES.items(),
            "standings": Standing.choices,
            "licence_statuses": LicenceStatus.choices,
            "outcomes": Outcome.choices,
            "spans": UNVISITED.items(),
            "finding_types": finding_types,
            "may_edit": has_permission(request.user, Permission.EDIT_REGISTRY),
        },
    )


def _named(question: Drilldown, asked: Sequence[Condition]) -> str:
    """What the heading counts: a figure only when nothing but the figure was asked for."""
    alone = len(asked) == 1 and question.figure
    return str(FIGURE_NAMES[question.figure] if alone else _("符合条件的机构") if asked else "")


def _principal(user: User, institution: Institution) -> str:
    """The principal's name as this user may read it at this institution."""
    seen = has_permission(user, Permission.SEE_PERSONAL_DATA, institution.scope_code)
    return institution.principal if seen else institution.masked_principal


def _rows(pks: Iterable[UUID], moment: Moment) -> list[Listed]:
    """The institutions of one page, in its order: what they show is worked out for these alone."""
    order = {pk: place for place, pk in enumerate(pks)}
    shown = with_list_columns(with_standing(Institution.objects.filter(pk__in=order), moment), moment)
    return as_listed(sorted(shown, key=lambda each: order[each.pk]), moment)


def _page_size(request: SignedInRequest) -> int:
    asked = request.GET.get("page_size", "")[:9]
    given = int(asked) if asked.isascii() and asked.isdecimal() else 0
    return min(given, LARGEST_PAGE) or PAGE_SIZE


def _as_csv(found: InstitutionQuerySet, moment: Moment) -> StreamingHttpResponse:
    """The list as shown, without a page limit; text that a spreadsheet would take for a formula is quoted."""
    lines = institution_lines(with_list_columns(found, moment), moment, INSTITUTION_LIST)
    table = chain([heads(INSTITUTION_LIST)], lines)
    response = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="institutions-{moment.on}.csv"'
    return response


def institution_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """一机构一档: everything known about one institution, newest first."""
    day = today()
    visible = Institution.objects.visible_to(request.user)
    now = Moment.of(day)
    known = with_standing(visible.with_licence_now(now), now).select_related("division")
    institution = get_object_or_404(known, pk=pk)
    may = {
        permission.value: has_permission(request.user, permission, institution.scope_code) for permission in Permission
    }
    rounds = list(institution.rectifications.order_by("-round_no"))
    entries = sorted(_timeline(institution, may), key=lambda entry: (entry["on"], entry["at"]), reverse=True)
    return render(
        request,
        "desk/institution.html",
        {
            "institution": institution,
            "merged_into": visible.filter(pk=institution.merged_into_id).first(),
            "day": day,
            "may": may,
            "licences": institution.licences.standing(),
            "former_names": former_names(institution),
            "former_places": former_places(institution),
            "open_round": next((each for each in rounds if each.is_open), None),
            "rounds": rounds,
            "entries": entries[:TIMELINE_SHOWN],
            "left_out": max(0, len(entries) - TIMELINE_SHOWN),
        },
    )


def _timeline(institution: Institution, may: dict[str, bool]) -> Iterator[dict[str, Any]]:
    """Everything as entries with the day it happened and the moment it became known."""
    visits = (
        institution.visits.defer("content")
        .select_related("recorded_by", "withdrawn_by")
        .prefetch_related(
            "inspectors",
            Prefetch("findings", Finding.objects.select_related("type")),
            Prefetch("photos", Photo.objects.filter(stored_at__isnull=False)),
        )
    )
    for visit in visits[:TIMELINE_SHOWN]:
        yield _entry("visit", visit.happened_on, visit.recorded_at, visit)
    events = RectificationEvent.objects.filter(rectification__institution=institution)
    for event in events.exclude(kind="evidence").select_related("rectification", "by").order_by("-pk")[:TIMELINE_SHOWN]:
        yield _entry("event", event.happened_on, event.recorded_at, event)
    for licence in institution.licences.all():
        yield _entry("licence", licence.valid_from, licence.recorded_at, licence)
        if licence.revoked_on is not None and licence.revoked_recorded_at is not None:
            yield _entry("revoked", licence.revoked_on, licence.revoked_recorded_at, licence)
    yield from _places_and_names(institution)
    if may[Permission.SEE_AUDIT] or may[Permission.EDIT_REGISTRY]:
        changes = AuditRow.objects.filter(object_type="institutions.institution", object_id=str(institution.pk))
        rows = list(changes.select_related("by").order_by("-pk")[:TIMELINE_SHOWN])
        divisions = _divisions_of(rows)
        for row in rows:
            changed = _changed(row, divisions, see_names=may[Permission.SEE_PERSONAL_DATA])
            told = {
                "action": AUDITED.get(row.action, row.action),
                "changed": changed,
                "reason": (row.after or {}).get("reason"),
            }
            yield _entry("audit", day_of(row.at), row.at, row) | told


def _places_and_names(institution: Institution) -> Iterator[dict[str, Any]]:
    """Moves and renames: every place and name but that of the beginning."""
    if institution.moved:
        for place in institution.places.exclude(recorded_by=None, from_on=EARLIEST).select_related("division"):
            yield _entry("place", place.from_on, place.recorded_at, place)
    if institution.renamed:
        for name in institution.names.exclude(recorded_by=None, from_on=EARLIEST):
            yield _entry("name", name.from_on, name.recorded_at, name)


def _divisions_of(rows: list[AuditRow]) -> dict[str, Division]:
    """The divisions that audit rows name, by code."""
    codes = {(columns or {}).get("division_id") for row in rows for columns in (row.before, row.after)}
    return Division.objects.in_bulk(codes - {None})


def _changed(row: AuditRow, divisions: dict[str, Division], *, see_names: bool) -> list[tuple[str, str, str]]:
    """(field in words, old, new) of each column an audit row changed; nothing when the row was written whole."""
    before, after = row.before, row.after
    if before is None or after is None:
        return []

    def shown(field: "Field[Any, Any]", value: Any) -> str:
        if value in (None, ""):
            return "—"
        if field.name in ("principal", "phone") and not see_names:
            return getattr(Institution(**{field.name: value}), f"masked_{field.name}")
        named = divisions if field.attname == "division_id" else dict(field.flatchoices)
        return str(named.get(value, value))

    return [
        (str(field.verbose_name), shown(field, before.get(field.attname)), shown(field, after[field.attname]))
        for field in Institution._meta.concrete_fields
        if field.attname in after and field.attname not in UNTOLD
    ]


def _entry(kind: str, on: date, at: datetime, row: Any) -> dict[str, Any]:
    """One line of the timeline; `late` when it became known on a later day than it happened."""
    return {"kind": kind, "on": on, "at": at, "row": row, "late": kind in SAID_WHEN and day_of(at) > on}
