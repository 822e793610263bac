"""自动定位: a run goes through the institutions of a division that have no position of their own, one by one.

Every institution is written for itself, with its outcome in the same transaction; requests are made between. So a run
that is stopped or dies keeps what it did, and goes on where it was.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import CharField, Exists, F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.errors import Invalid
from accounts.permissions import has_permission
from accounts.roles import Permission
from institutions.actions import OffRegister, StaleInstitution
from institutions.models import ON_REGISTER, Division, Institution, InstitutionQuerySet
from institutions.places import County
from institutions.positions import Datum, LocationSource
from mapping import geocoding, reasons
from mapping.actions import note_outcome
from mapping.centres import Centre, centre_of
from mapping.geocoding import Service, ServiceProblem
from mapping.models import GeocodingOutcome, GeocodingRun, RunState
from mapping.providers import OFFLINE, PROVIDERS

Kind = GeocodingOutcome.Kind
MOST_PROBLEMS = 3  # institutions running whose turn the service spoilt: then it is no use to go on
TRIES = 3  # when somebody else writes of the institution meanwhile

logger = logging.getLogger(__name__)


def to_place(division: str, provider: str) -> InstitutionQuerySet:
    """On the register of a division and to be looked for: without a position, or put at a centre; with a map service
    also those that it placed by another address. Without one, of those at a centre only the ones at another centre.

    In turn: those that were never looked for first, then those whose turn is longest ago.
    """
    here = Institution.objects.filter(ON_REGISTER).in_division(division)
    wanted = Q(longitude__isnull=True)
    at_centre = Q(location_source=LocationSource.TOWNSHIP_CENTRE)
    if provider == OFFLINE:
        there = Q(longitude=F("division__longitude"), latitude=F("division__latitude"))
        wanted |= at_centre & ~there
    else:
        placed = GeocodingOutcome.objects.filter(institution=OuterRef("pk"), kind=Kind.PLACED).order_by("-pk")
        here = here.alias(
            placed_address=Subquery(placed.values("address")[:1], output_field=CharField()),
            placed_township=Subquery(placed.values("township")[:1], output_field=CharField()),
        )
        same = Q(placed_address=F("operating_address"), placed_township=F("division_id"))
        moved = Q(location_source=LocationSource.GEOCODER, placed_address__isnull=False) & ~same
        wanted |= at_centre | moved
    looked_for = here.filter(wanted).alias(looked_for_at=Max("geocoding_outcomes__at"))
    return looked_for.order_by(F("looked_for_at").asc(nulls_first=True), "scope_code", "name", "pk")


@dataclass(frozen=True)
class Found:
    """Where an institution is to be put, and what its outcome says."""

    kind: str
    position: dict[str, Any] | None = None
    reason: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    answer: Any = None


class Placer:
    """Finds where institutions are to be put; `service` is None where nothing may be sent."""

    def __init__(self, provider: str, service: Service | None):
        self.provider, self.service = PROVIDERS.get(provider), service
        self._counties: dict[str, County] = {}

    def find(self, institution: Institution) -> Found:
        """Raises ServiceProblem when the map service does not answer."""
        county = self._county(institution.division)
        township = institution.division.parent if institution.division.level == "village" else institution.division
        assert township is not None
        written = county.township_in(institution.operating_address).township
        if written is not None and written.pk != township.pk:
            told = {"where": written.name, "township": township.name}
            return Found(Kind.QUESTION, None, reasons.ADDRESS_ELSEWHERE, told)
        centre = centre_of(institution.division, institution.operating_address)
        if self.provider is None:
            return _at_centre(centre, township, Kind.TOWNSHIP, reasons.OFFLINE)
        if not institution.operating_address:
            return _at_centre(centre, township, Kind.TOWNSHIP, reasons.NO_ADDRESS)
        asked = geocoding.address_of(institution, self.provider.longest)
        try:
            answer = geocoding.answer_about(asked, self.provider, self.service)
        except ServiceProblem as problem:
            if problem.reason != reasons.BAD_QUERY:
                raise
            return _at_centre(centre, township, Kind.TOWNSHIP, reasons.BAD_QUERY)
        if answer is None:
            return _at_centre(centre, township, Kind.TOWNSHIP, reasons.NOT_ASKED)
        match, reason, told = geocoding.judge(answer, institution, county, centre, self.provider)
        if match is None:
            questions = (reasons.OUTSIDE_COUNTY, reasons.OTHER_TOWNSHIP, reasons.FAR_AWAY)
            kind = Kind.QUESTION if reason in questions else Kind.TOWNSHIP
            return _at_centre(centre, township, kind, reason, told, answer)
        longitude, latitude = geocoding.wgs84(match, self.provider)
        position = {
            "longitude": longitude, "latitude": latitude, "datum": self.provider.datum,
            "location_source": LocationSource.GEOCODER, "location_accuracy_m": match.accuracy_m,
        }  # fmt: skip
        return Found(Kind.PLACED, position, answer=answer)

    def _county(self, division: Division) -> County:
        code = division.pk[:6]
        if code not in self._counties:
            self._counties[code] = County.of(division)
        return self._counties[code]


def _at_centre(
    centre: Centre | None, township: Division, kind: str, reason: str, told: dict[str, Any] | None = None,
    answer: Any = None,
) -> Found:  # fmt: skip
    """At the centre for want of better; where there is none, nowhere."""
    if centre is not None:
        position = {
            "longitude": centre.longitude, "latitude": centre.latitude, "datum": Datum.WGS84,
            "location_source": LocationSource.TOWNSHIP_CENTRE, "location_accuracy_m": round(centre.accuracy_m),
        }  # fmt: skip
        return Found(kind, position, reason, told or {}, answer)
    if kind == Kind.QUESTION:
        return Found(kind, None, reason, told or {}, answer)
    if reason in (reasons.OFFLINE, reasons.NO_ADDRESS, reasons.NOT_ASKED):
        reason, told = reasons.NO_CENTRE, {"township": township.name}
    return Found(Kind.NOTHING, None, reason, told or {}, answer)


def take_on_next(stop: Callable[[], bool]) -> bool:
    """Carry out the run that waits longest; False when none does."""
    for run in GeocodingRun.objects.to_take_on(timezone.now()):
        if take_on(run):
            carry_out(run, stop=stop)
            return True
    return False


def take_on(run: GeocodingRun) -> bool:
    """Whether the run is the caller's now: of two that want it one gets it."""
    now = timezone.now()
    waiting = GeocodingRun.objects.to_take_on(now).order_by().filter(pk=run.pk)
    return bool(waiting.update(state=RunState.RUNNING, alive_at=now))


def carry_out(
    run: GeocodingRun,
    *,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[GeocodingRun, int], None] = lambda run, done: None,
) -> GeocodingRun:
    """Do what is left of a run. `stop` is asked before each institution: then the run waits for the next worker.

    Ends DONE, STOPPED when somebody asked for it, or FAILED with the reason: the map service refuses, or does not
    answer. `tell` is told how many are done. Raises DatabaseError, after which the run can be taken on again.
    """
    GeocodingRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, alive_at=timezone.now())
    run.refresh_from_db()
    if run.requested_by is not None and not has_permission(run.requested_by, Permission.EDIT_REGISTRY, run.scope_code):
        return _end(run, RunState.FAILED, reasons.NO_PERMISSION)
    if run.provider != geocoding.provider_name() and run.provider != OFFLINE:
        return _end(run, RunState.FAILED, reasons.OTHER_PROVIDER)
    try:
        return _go_through(run, stop, tell)
    except ServiceProblem as problem:
        logger.warning("geocoding %s: %s", problem.reason, problem)
        return _end(run, RunState.FAILED, problem.reason)
    except DatabaseError:
        raise  # locked for long, or away: the run goes on when it is back
    except Exception:  # whatever it is: the run must not seem to go on for ever; the log has it whole
        logger.exception("a run of 自动定位 broke off")
        return _end(run, RunState.FAILED, reasons.FAULT)


def _go_through(run: GeocodingRun, stop: Callable[[], bool], tell: Callable[[GeocodingRun, int], None]) -> GeocodingRun:
    provider = PROVIDERS.get(run.provider)
    placer = Placer(run.provider, Service(provider) if provider else None)
    left, done = _left_of(run)
    GeocodingRun.objects.filter(pk=run.pk).update(total=done + len(left))
    run.total, problems = done + len(left), 0
    for pk in left:
        if stop():
            GeocodingRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(state=RunState.QUEUED)
            run.refresh_from_db()
            return run
        if _asked_to_stop(run):
            return _end(run, RunState.STOPPED)
        try:
            _place(pk, run, placer)
            problems = 0
        except ServiceProblem as problem:
            problems += 1
            _note_problem(pk, run, problem)
            if problem.fatal or problems >= MOST_PROBLEMS:
                raise
        done += 1
        tell(run, done)
    return _end(run, RunState.DONE)


def _left_of(run: GeocodingRun) -> tuple[list[UUID], int]:
    """Institutions the run has not looked at, and how many it has; those whose turn the service spoilt come again."""
    spoilt = [reasons.TIMEOUT, reasons.UNREACHABLE, reasons.UNREADABLE, reasons.BUSY, reasons.QUOTA]
    run.outcomes.filter(reason__in=spoilt).delete()
    done = run.outcomes.count()
    looked_at = GeocodingOutcome.objects.filter(run=run, institution=OuterRef("pk"))
    found = to_place(run.division_id, run.provider).filter(~Exists(looked_at)).values_list("pk", flat=True)
    return list(found if run.limit is None else found[: max(0, run.limit - done)]), done


def _asked_to_stop(run: GeocodingRun) -> bool:
    """Whether somebody asked for it; says at the same time that the run is alive."""
    alive = GeocodingRun.objects.filter(pk=run.pk, stop_requested_at__isnull=True)
    return not alive.update(alive_at=timezone.now())


def _place(pk: UUID, run: GeocodingRun, placer: Placer) -> None:
    by = run.requested_by
    for _try in range(TRIES):
        institution = Institution.objects.select_related("division__parent__parent__parent__parent").get(pk=pk)
        found = placer.find(institution)
        if _worse(institution, found):
            found = Found(found.kind, None, found.reason, found.told, found.answer)
        told = {"reason": found.reason, "told": found.told, "answer": found.answer}
        try:
            written = note_outcome(run, institution, by=by, kind=found.kind, position=found.position, **told)
        except StaleInstitution:
            continue
        except OffRegister:
            note_outcome(run, institution, by=by, kind=Kind.LEFT, reason=reasons.CHANGED)
            return
        except Invalid as refusal:
            told |= {"reason": reasons.REFUSED, "told": {"why": refusal.message}}
            note_outcome(run, institution, by=by, kind=Kind.QUESTION, **told)
            return
        if written is None:
            note_outcome(run, institution, by=by, kind=Kind.LEFT, reason=reasons.PLACED_MEANWHILE)
        return
    note_outcome(run, institution, by=by, kind=Kind.LEFT, reason=reasons.CHANGED)


def _worse(institution: Institution, found: Found) -> bool:
    """A centre instead of a position that was found by an address: the address has changed, and what it gives now is in
    doubt. Left to a person, with the outcome."""
    return institution.location_source == LocationSource.GEOCODER and found.kind != Kind.PLACED


def _note_problem(pk: UUID, run: GeocodingRun, problem: ServiceProblem) -> None:
    institution = Institution.objects.get(pk=pk)
    note_outcome(run, institution, by=run.requested_by, kind=Kind.NOTHING, reason=problem.reason)


def _end(run: GeocodingRun, state: str, problem: str = "") -> GeocodingRun:
    GeocodingRun.objects.filter(pk=run.pk).update(state=state, problem=problem, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def try_out(division: str, provider: str, limit: int | None) -> Iterator[tuple[Institution, Found]]:
    """What a run would do, without writing anything or asking anybody: only answers on file are used."""
    placer = Placer(provider, None)
    found = to_place(division, provider).select_related("division__parent__parent__parent__parent")
    for institution in found if limit is None else found[:limit]:
        yield institution, placer.find(institution)
