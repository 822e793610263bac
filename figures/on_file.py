"""What is on file about institutions that stand otherwise at two moments: what `reasons.py` looks for the reason in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Case, CharField, Q, Value, When

from accounts.scope import ranges
from figures.places import Divisions, codes_of
from figures.standing import by_rounds
from inspections.models import LedgerEntry, Rectification, RectificationEvent, Visit
from institutions.models import (
    ImportedRow,
    Institution,
    Merge,
    Place,
    WithdrawnSurvey,
    kept,
    seen_in_survey,
    surveyed_on_then,
    was_between,
)
from institutions.moments import Moment
from institutions.sql_once import as_of


class Round(NamedTuple):
    """A round with its clocks: those of the QuerySet of rounds, for rows that are in memory."""

    pk: UUID
    institution_id: UUID
    ordered_on: date
    ordered_recorded_at: datetime
    verified_on: date | None
    verified_recorded_at: datetime | None
    voided_at: datetime | None

    def counts(self, moment: Moment) -> bool:
        known = self.ordered_on <= moment.on and self.ordered_recorded_at <= moment.known_at
        return known and not by(self.voided_at, moment.known_at)

    def ended(self, moment: Moment) -> bool:
        return by(self.verified_on, moment.on) and by(self.verified_recorded_at, moment.known_at)


def by(when: Any, until: Any) -> bool:
    """Whether it was by then; what never was, was not."""
    return when is not None and when <= until


@dataclass
class File:
    """What is on file about one institution: as of the earlier day as known at the later moment, and what was written
    about it."""

    kept_earlier: bool
    seen_earlier: bool
    by_rounds: str  # where its rounds leave it, as of the earlier day as known at the later moment
    seen: bool
    there: bool
    surveyed_on: date | None  # by the survey that counts at the later moment
    own_surveyed_on: date | None
    own_survey_recorded_at: datetime | None
    withdrawn_at: datetime | None
    surveys: list[WithdrawnSurvey] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)  # of others into it
    merged: list[Merge] = field(default_factory=list)  # of it into others
    rounds: list[Round] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    events: list[RectificationEvent] = field(default_factory=list)
    undone: set[datetime | None] = field(default_factory=set)  # moments at which an import of it was taken back
    visits_withdrawn: set[datetime | None] = field(default_factory=set)


def there(divisions: Divisions, moment: Moment) -> Q:
    """In one of the divisions at the moment, as a condition on an institution."""
    inside = Q(pk__in=[])
    for first, after in ranges(codes_of(divisions)):
        inside |= Q(was_between(first, after, moment))
    return inside


_kept, _seen, standing_by_rounds = (
    as_of(BooleanField())(kept),
    as_of(BooleanField())(seen_in_survey),
    as_of(CharField())(by_rounds),
)


def on_file(pks: list[UUID], divisions: Divisions, earlier: Moment, later: Moment) -> dict[UUID, File]:
    """The files of some hundred institutions, in so many queries for many as for few."""
    between = Moment(earlier.on, later.known_at)
    in_between = Case(When(there(divisions, between), then=Value(True)), default=Value(False))
    asked = (
        Institution.objects.filter(pk__in=pks)
        .order_by()
        .annotate(
            kept_earlier=_kept(earlier),
            seen_earlier=_seen(earlier),
            left_by_rounds=standing_by_rounds(between),
            seen_between=_seen(between),
            there_between=in_between,
            surveyed_then=surveyed_on_then(later),
        )
    )
    columns = ["kept_earlier", "seen_earlier", "left_by_rounds", "seen_between", "there_between", "surveyed_then"]
    columns += ["surveyed_on", "surveyed_recorded_at", "withdrawn_at"]
    files = {pk: File(*told) for pk, *told in asked.values_list("pk", *columns)}
    whose = _with_merges(files)
    rounds = Rectification.objects.filter(institution__in=whose).order_by()
    of_round: dict[UUID, list[File]] = {}
    for row in rounds.values_list(*Round._fields):
        for pk in whose[row[1]]:
            files[pk].rounds.append(Round(*row))
            of_round.setdefault(row[0], []).append(files[pk])
    kinds = RectificationEvent.Kind
    telling = [kinds.EXTENDED, kinds.FULFILLED, kinds.WITHDRAWN]
    for event in RectificationEvent.objects.filter(rectification__in=of_round, kind__in=telling).order_by():
        for file in of_round[event.rectification_id]:
            file.events.append(event)
    for place in Place.objects.filter(institution__in=files).order_by():
        files[place.institution_id].places.append(place)
    for survey in WithdrawnSurvey.objects.filter(institution__in=files).order_by():
        files[survey.institution_id].surveys.append(survey)
    _taken_back(files, of_round, earlier, later)
    return files


def _with_merges(files: dict[UUID, File]) -> dict[UUID, list[UUID]]:
    """Whose each registration is: of itself, and of what it was merged into at some time."""
    whose = {pk: [pk] for pk in files}
    for merge in Merge.objects.filter(Q(into__in=files) | Q(merged__in=files)).order_by("pk"):
        if merge.into_id in files:
            files[merge.into_id].merges.append(merge)
            of = whose.setdefault(merge.merged_id, [])
            if merge.into_id not in of:
                of.append(merge.into_id)
        if merge.merged_id in files:
            files[merge.merged_id].merged.append(merge)
    return whose


def _taken_back(files: dict[UUID, File], of_round: dict[UUID, list[File]], earlier: Moment, later: Moment) -> None:
    """When imports and visits of theirs were taken back in between."""
    since = (earlier.known_at, later.known_at)
    undone = ImportedRow.objects.filter(institution__in=files, batch__rolled_back_at__range=since).order_by()
    for pk, when in undone.values_list("institution", "batch__rolled_back_at"):
        files[pk].undone.add(when)
    entries = LedgerEntry.objects.filter(rectification__in=of_round, taken_back_at__range=since).order_by()
    for pk, when in entries.values_list("rectification", "taken_back_at"):
        for file in of_round[pk]:
            file.undone.add(when)
    visits = Visit.objects.filter(institution__in=files, withdrawn_at__range=since).order_by()
    for pk, when in visits.values_list("institution", "withdrawn_at"):
        files[pk].visits_withdrawn.add(when)
