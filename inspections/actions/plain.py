"""Visits that bring nothing about, written together: each table once, however many they are."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts import audit
from accounts.inserting import insert, insert_values
from accounts.models import User
from accounts.put_once import put_once
from inspections.actions.oddities import note_oddities
from inspections.actions.sent_visit import Receipt, SentVisit
from inspections.actions.surveys import status_not_used
from inspections.actions.visit_checks import CheckedVisit
from inspections.actions.visits import (
    already_here,
    new_photo,
    new_row,
    not_counted,
    oddities,
    receipt_for,
    said_in_audit,
    the_same_perhaps,
)
from inspections.models import Finding, Photo, Visit
from inspections.models.visits import DAY, SAME_WITHIN
from institutions.models import Institution

# What storing a plain visit asks of its institution.
OF_AN_INSTITUTION = (
    "scope_code", "moved", "longitude", "latitude", "datum", "location_source", "location_accuracy_m", "merged_at",
    "merged_into", "withdrawn_at", "surveyed_on", "licence_status_at_survey",
)  # fmt: skip
Plain = tuple[SentVisit, CheckedVisit, datetime | None, User]  # with when the device sent it, and who


def store_plain(given: Sequence[Plain], *, at: datetime) -> list[Receipt]:
    """Write visits without order, submission, marks or survey. Effects: as `record_visit`. Inside the caller's
    transaction; raises IntegrityError when one of their ids is taken."""
    asked = sorted({sent.institution.pk for sent, _checked, _sent_at, _by in given})
    locked = {each.pk: each for each in _locked(tuple(asked))}
    visits = [_visit(sent, checked, locked[sent.institution.pk], by, at, on) for sent, checked, on, by in given]
    people = [{by.pk, *(each.pk for each in checked.inspectors)} for _sent, checked, _on, by in given]
    for visit, other in zip(visits, _near_in_time(visits, people), strict=True):
        visit.warnings += the_same_perhaps(other) if other is not None else []
    insert(visits)
    there = [
        (visit.pk, each.pk)
        for visit, (_sent, checked, _on, _by) in zip(visits, given, strict=True)
        for each in checked.inspectors
    ]
    insert_values(Visit.inspectors.through, ("visit_id", "user_id"), there)
    findings = [
        Finding(visit_id=visit.pk, type=checked.findings[each.type], note=each.note)
        for visit, (sent, checked, _on, _by) in zip(visits, given, strict=True)
        for each in sent.findings
    ]
    insert(findings)
    found: dict[UUID, dict[str, Finding]] = defaultdict(dict)
    for finding in findings:
        found[finding.visit_id][finding.type_id] = finding
    had = {
        visit.pk: already_here({photo.sha256 for photo in sent.photos}, by)
        for visit, (sent, _checked, _on, by) in zip(visits, given, strict=True)
    }
    photos = [
        new_photo(visit, photo, found[visit.pk], at, had[visit.pk])
        for visit, (sent, _checked, _on, _by) in zip(visits, given, strict=True)
        for photo in sorted(sent.photos, key=lambda photo: photo.slot)
    ]
    insert(photos)
    photos_of: dict[UUID, list[Photo]] = defaultdict(list)
    for photo in photos:
        photos_of[photo.visit_id].append(photo)
    note_oddities(
        [
            (visit, [each.pk for each in checked.inspectors], photos_of[visit.pk])
            for visit, (_sent, checked, _on, _by) in zip(visits, given, strict=True)
        ]
    )
    told = [said_in_audit(visit, sent) for visit, (sent, _checked, _on, _by) in zip(visits, given, strict=True)]
    scope_codes = [visit.institution.scope_code for visit in visits]
    senders = [by for _sent, _checked, _on, by in given]
    audit.write_first("visit.recorded", visits, scope_codes, by=senders, at=at, after=told)
    missing = {pk: [photo.sha256 for photo in of if photo.stored_at is None] for pk, of in photos_of.items()}
    return [receipt_for(visit, missing.get(visit.pk, []), None, created=True) for visit in visits]


@put_once
def _locked(ids: tuple[UUID, ...]) -> QuerySet[Institution]:
    return Institution.objects.select_for_update().filter(pk__in=ids).only(*OF_AN_INSTITUTION).order_by("pk")


def _visit(
    sent: SentVisit, checked: CheckedVisit, institution: Institution, by: User, at: datetime, sent_at: datetime | None
) -> Visit:
    visit = new_row(sent, institution, None, by, at, sent_at)
    visit.warnings = [
        *checked.warnings,
        *oddities(visit, at),
        *status_not_used(institution, sent.licence_status),
        *not_counted(sent, institution, False),
    ]
    return visit


def _near_in_time(visits: Sequence[Visit], people: Sequence[set[int]]) -> Iterator[Visit | None]:
    """Of each a visit that may be the same: one that is stored, or one before it among these."""
    days = {visit.happened_on + DAY * offset for visit in visits for offset in (-1, 0, 1)}
    places = {visit.institution_id for visit in visits}
    there: dict[UUID, list[tuple[datetime, set[int], UUID]]] = defaultdict(list)
    for pk, of, at, by, was_there in _who_was_where(tuple(places), tuple(days)):
        there[of].append((at, {by, was_there}, pk))
    new = {visit.pk: visit for visit in visits}
    for visit, were_there in zip(visits, people, strict=True):
        others = there[visit.institution_id]
        near = (pk for at, who, pk in others if abs(at - visit.happened_at) <= SAME_WITHIN and who & were_there)
        found = next(near, None)
        yield None if found is None else new.get(found) or Visit.objects.select_related("recorded_by").get(pk=found)
        others.append((visit.happened_at, were_there, visit.pk))


@put_once
def _who_was_where(places: tuple[UUID, ...], days: tuple[date, ...]) -> "QuerySet[Visit, tuple[Any, ...]]":
    visits = Visit.objects.standing().filter(institution__in=places, happened_on__in=days).order_by()
    return visits.values_list("pk", "institution", "happened_at", "recorded_by", "inspectors")
