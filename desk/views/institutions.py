from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch, QuerySet, Window
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import AuditRow, User
from accounts.permissions import has_permission
from accounts.requests import SignedInRequest, asks, one_of
from accounts.roles import Permission
from accounts.snapshot import one_snapshot
from accounts.templatetags.personal import readable
from desk import trail
from desk.views.lists import PAGE_SIZES, SHAPE, Shape, cells_of, export, to_columns_last_chosen
from figures.columns import (
    INSTITUTION_COLUMNS,
    INSTITUTION_EXPORTED,
    INSTITUTION_LIST,
    Column,
    with_list_columns,
)
from figures.conditions import SURVEYED_AS, UNVISITED, Condition, in_words, named, statuses_to_choose
from figures.drilldown import GRAMMAR, Drilldown
from figures.exports import institution_lines
from figures.statistics import FIGURE_NAMES
from figures.unseen import status_then
from inspections.doubles import perhaps_the_same
from inspections.models import Finding, FindingType, Outcome, Photo, Rectification, RectificationEvent, Visit
from inspections.oddities import odd_of, odd_visits
from inspections.search import note_search
from institutions.former import former_names, former_places
from institutions.merges import merged_names
from institutions.models import (
    ON_REGISTER,
    Division,
    Institution,
    InstitutionQuerySet,
    Licence,
    LicenceStatus,
    Merge,
)
from institutions.moments import EARLIEST, Moment, day_of, today
from institutions.past import Listed, as_called, as_listed
from mapping.models import HandoverLine

SHOWN, SHOWN_WITH_EARLIER = 15, 200  # entries of a timeline
MOST_CAMPUSES = 20
SAID_WHEN = {"visit", "event", "place", "name", "revoked"}  # entries that say when they became known, if later


@require_safe
@asks(*GRAMMAR, *SHAPE)
def institution_list(request: SignedInRequest) -> HttpResponseBase:
    """机构: the institutions behind a question of the drill-down grammar, as a page, as CSV or as a workbook."""
    if led := to_columns_last_chosen(request, "institutions"):
        return led
    question = Drilldown.from_query(request.GET, request.user)
    shape = Shape.from_query(request.GET, INSTITUTION_COLUMNS, INSTITUTION_LIST, "township")
    moment = question.moment_of_page
    own_order = question.institutions(request.user, moment).in_list_order(moment)
    found = shape.ordered(own_order, moment, own_order.query.order_by, INSTITUTION_COLUMNS)
    divisions = as_called(Division.objects.offered_to(request.user, question.division), moment)
    with one_snapshot():
        page = shape.page_of(found.values_list("pk", flat=True))
        count = page.paginator.count
        answer = None if shape.format else _page(request, question, shape, page, divisions)
    where = question.divisions(request.user)
    note_search(request.user, question.q, where="institutions", found=count, divisions=where)
    if answer:
        return answer
    return export(
        request,
        shape,
        name="institutions",
        title=f"{_('机构')}_{named(question, divisions)}_{moment.on}",
        besides=INSTITUTION_EXPORTED,
        question=question.query_string(),
        count=count,
        divisions=where,
        lines=lambda columns, people_in: institution_lines(
            with_list_columns(found, moment, columns), moment, columns, people_in=people_in
        ),
    )


def _page(
    request: SignedInRequest, question: Drilldown, shape: Shape, page: Any, divisions: list[Division]
) -> HttpResponse:
    moment = question.moment_of_page
    page.object_list = _rows(page, moment, shape.columns)
    merged = _merged_names(page.object_list, request.user) if question.q else {}
    for each in page.object_list:
        each.institution.merged_names = merged.get(each.institution.pk, [])
    finding_types = list(FindingType.objects.all())
    asked = in_words(question, {each.code: str(each) for each in finding_types})
    return render(
        request,
        "desk/institutions.html",
        {
            "question": question,
            "asked": asked,
            "list_name": "institutions",
            "shape": shape,
            "heads": shape.column_heads(request.GET, page.paginator.count),
            "offered": shape.offers(INSTITUTION_COLUMNS),
            "page_sizes": PAGE_SIZES,
            "division_name": named(question, divisions),
            "what": _named(question, asked),
            "moment": moment,
            "today": today(),
            "page": page,
            "rows": cells_of(page, shape.columns),
            "divisions": divisions,
            "figures": FIGURE_NAMES.items(),
            "standings": statuses_to_choose(question),
            "licence_statuses": LicenceStatus.choices,
            "surveyed_as": SURVEYED_AS.items(),
            "outcomes": Outcome.choices,
            "spans": UNVISITED.items(),
            "finding_types": finding_types,
            "may_edit": has_permission(request.user, Permission.EDIT_REGISTRY),
        },
    )


def _merged_names(listed: Iterable[Listed], reader: User) -> dict[UUID, list[str]]:
    return merged_names([each.institution for each in listed], Institution.objects.visible_to(reader))


def _named(question: Drilldown, asked: Sequence[Condition]) -> str:
    """What the heading counts: a figure only when nothing but the figure was asked for."""
    alone = len(asked) == 1 and question.figure
    return str(FIGURE_NAMES[question.figure] if alone else _("符合条件的机构") if asked else "")


def _rows(pks: Iterable[UUID], moment: Moment, columns: Sequence[Column]) -> list[Listed]:
    """The institutions of one page, in its order: what they show is worked out for these alone."""
    order = {pk: place for place, pk in enumerate(pks)}
    shown = with_list_columns(Institution.objects.filter(pk__in=order), moment, columns)
    return as_listed(sorted(shown, key=lambda each: order[each.pk]), moment)


@asks("own", "earlier")
def institution_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """一机构一档: everything known about one institution, newest first, with what was merged into it. One that was
    merged leads to the one that stays; with `own` its own file is shown. With `earlier` more of what happened is."""
    one_of("own", request.GET.get("own", ""), ["1"])
    earlier = one_of("earlier", request.GET.get("earlier", ""), ["1"])
    day = today()
    visible = Institution.objects.visible_to(request.user)
    now = Moment.of(day)
    known = visible.with_licence_now(now).annotate(stands_as=status_then(now))
    institution = get_object_or_404(known.select_related("division"), pk=pk)
    stays = visible.filter(pk=institution.merged_into_id).first() if institution.merged_into_id else None
    if stays is not None and not request.GET.get("own"):
        said = _("“%(name)s”已并入“%(into)s”，以下是保留的一家的档案。")
        messages.info(request, said % {"name": institution.name, "into": stays.name})
        return redirect(stays)
    may = _may(request.user, institution)
    audit.people_shown([institution], by=request.user, where="institution", fields=["principal"])
    merges = _merges(institution, request.user)
    told_here = {each.merged_id: each.merged.name for each in merges if _may(request.user, each.merged) == may}
    pks = [institution.pk, *told_here]
    rounds = list(Rectification.objects.filter(institution__in=pks).order_by("-ordered_on", "-round_no"))
    licences = list(Licence.objects.filter(institution__in=pks).select_related("replaced_by"))
    left_out: list[int] = []
    most = SHOWN_WITH_EARLIER if earlier else SHOWN
    newest = partial(_newest, most, left_out)
    told = _timeline(institution, told_here, licences, request.user, may, newest)
    entries = sorted(told, key=lambda entry: (entry["on"], entry["at"]), reverse=True)
    return render(
        request,
        "desk/institution.html",
        {
            "institution": institution,
            "merged_into": stays,
            "merges": merges,
            "campuses": _campuses(institution, visible),
            "day": day,
            "may": may,
            "licences": [each for each in licences if each.withdrawn_at is None],
            "kept_aside": institution.quarantined_visits.waiting().select_related("by"),
            "former_names": former_names(institution),
            "former_places": former_places(institution),
            "open_round": next((each for each in rounds if each.is_open), None),
            "rounds": rounds,
            "entries": entries[:most],
            "odd_visits": odd_visits(pks)[:SHOWN_WITH_EARLIER],
            "left_out": max(0, len(entries) - most) + sum(left_out),
            "earlier": earlier,
        },
    )


def _may(user: User, institution: Institution) -> dict[str, bool]:
    return {permission.value: has_permission(user, permission, institution.scope_code) for permission in Permission}


def _merges(institution: Institution, reader: User) -> list[Merge]:
    """What was merged into it and the reader may see."""
    if not institution.has_merges:
        return []
    seen = Institution.objects.visible_to(reader).values("pk")
    merges = institution.merges_here.standing().filter(merged__in=seen)
    return list(merges.select_related("merged__division", "recorded_by", "through__merged"))


def _campuses(institution: Institution, visible: InstitutionQuerySet) -> list[Institution]:
    """Other places of the operator: those on the register with its credit code."""
    if not institution.credit_code:
        return []
    others = visible.filter(ON_REGISTER, credit_code=institution.credit_code).exclude(pk=institution.pk)
    return list(others.select_related("division").order_by("scope_code", "name", "pk")[:MOST_CAMPUSES])


def _newest(most: int, left_out: list[int], rows: QuerySet[Any]) -> list[Any]:
    """The first rows, as many as a timeline shows; how many more there are is counted with them."""
    shown = list(rows.annotate(of_all=Window(Count("pk")))[:most])
    left_out.append(shown[0].of_all - len(shown) if shown else 0)
    return shown


def _timeline(
    institution: Institution,
    merged: dict[UUID, str],
    licences: list[Licence],
    reader: User,
    may: dict[str, bool],
    newest: Callable[[QuerySet[Any]], list[Any]],
) -> Iterator[dict[str, Any]]:
    """Everything as entries with the day it happened and the moment it became known, of each kind the `newest`.
    `merged` names what was merged, whose visits, rounds and licences are told with it."""
    pks = [institution.pk, *merged]
    visits = (
        Visit.objects.filter(institution__in=pks)
        .defer("content")
        .select_related("recorded_by", "withdrawn_by")
        .prefetch_related(
            "inspectors",
            Prefetch("findings", Finding.objects.select_related("type")),
            Prefetch("photos", Photo.objects.filter(stored_at__isnull=False)),
        )
    )
    shown = newest(visits)
    doubles, odd = perhaps_the_same(shown), odd_of([visit.pk for visit in shown], reader)
    for visit in shown:
        entry = _entry("visit", visit.happened_on, visit.recorded_at, visit, merged.get(visit.institution_id))
        yield entry | {"double": visit.pk in doubles, "odd": odd.get(visit.pk)}
    events = RectificationEvent.objects.filter(rectification__institution__in=pks)
    moves = events.exclude(kind="evidence").select_related("rectification", "by")
    for event in newest(moves.order_by("-happened_on", "-recorded_at", "-pk")):
        of = merged.get(event.rectification.institution_id)
        yield _entry("event", event.happened_on, event.recorded_at, event, of)
    for licence in licences:
        of = merged.get(licence.institution_id)
        yield _entry("licence", licence.valid_from, licence.recorded_at, licence, of)
        stands = licence.withdrawn_at is None
        if stands and licence.revoked_on is not None and licence.revoked_recorded_at is not None:
            yield _entry("revoked", licence.revoked_on, licence.revoked_recorded_at, licence, of)
    handed = HandoverLine.objects.filter(institution__in=pks).select_related("handover__by")
    for line in newest(handed.order_by("-handover__handed_at", "-pk")):
        of, at = merged.get(line.institution_id), line.handover.handed_at
        yield _entry("handover", line.handover.handed_on, at, line.handover, of)
    yield from _places_and_names(institution)
    if may[Permission.SEE_AUDIT] or may[Permission.EDIT_REGISTRY]:
        changes = AuditRow.objects.filter(object_type="institutions.institution", object_id=str(institution.pk))
        rows = newest(changes.select_related("by").order_by("-pk"))
        see_people = may[Permission.SEE_PERSONAL_DATA]
        for told in trail.in_words(rows, reader, but={"reason"}, see_people=see_people):
            reason = readable((told.row.after or {}).get("reason", ""), see_people)
            said = {"action": told.action, "changed": [] if told.whole else told.changes, "reason": reason}
            yield _entry("audit", day_of(told.row.at), told.row.at, told.row) | said


def _places_and_names(institution: Institution) -> Iterator[dict[str, Any]]:
    """Moves and renames: every place and name but that of the beginning."""
    if institution.moved:
        for place in institution.places.exclude(recorded_by=None, from_on=EARLIEST).select_related("division"):
            yield _entry("place", place.from_on, place.recorded_at, place)
    if institution.renamed:
        for name in institution.names.exclude(recorded_by=None, from_on=EARLIEST):
            yield _entry("name", name.from_on, name.recorded_at, name)


def _entry(kind: str, on: date, at: datetime, row: Any, of: str | None = None) -> dict[str, Any]:
    """One line of the timeline; `late` when it became known on a later day than it happened, `of` names the merged
    registration that it was written to."""
    late = kind in SAID_WHEN and day_of(at) > on
    return {"kind": kind, "on": on, "at": at, "row": row, "late": late, "of": of}
