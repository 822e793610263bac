"""The doors through which positions are looked for and written."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Invalid, Refusal
from accounts.models import AuditRow, User
from accounts.watermark import NOW, recorded
from institutions.actions import edit_institution
from institutions.models import Division, Institution
from institutions.positions import Datum, LocationSource
from mapping.models import GeocodingAnswer, GeocodingOutcome, GeocodingRun, RunState

# What nobody typed or measured and a machine may put right.
OURS = Q(longitude__isnull=True) | Q(location_source__in=[LocationSource.TOWNSHIP_CENTRE, LocationSource.GEOCODER])


class RunUnderWay(Refusal):
    """Institutions of this division are being placed already; `run` says in which run."""

    code = "run_under_way"
    status = 409

    def __init__(self, run: GeocodingRun):
        super().__init__(_("这个辖区的自动定位正在进行，请等它结束或先停止。"))
        self.run = run


@recorded
def start_run(
    division: Division,
    *,
    by: User | None,
    provider: str,
    limit: int | None = None,
    taken_on: bool = False,
    at: datetime = NOW,
) -> GeocodingRun:
    """Ask for the institutions of a division to be placed: a worker takes the run on, unless the caller has `taken_on`
    it. `by` is None for a command.

    Effects: the run, an audit row. Raises RunUnderWay (409), Invalid (422) for a limit of less than one.
    """
    Division.objects.select_for_update().get(pk=division.pk)  # of two clicks the second finds the first
    under_way = GeocodingRun.objects.unfinished().filter(division=division).first()
    if under_way is not None:
        raise RunUnderWay(under_way)
    if limit is not None and limit < 1:
        raise Invalid({"limit": [_("至少 1 家。")]})
    run = GeocodingRun.objects.create(
        division=division, provider=provider, limit=limit, requested_by=by, requested_at=at,
        state=RunState.RUNNING if taken_on else RunState.QUEUED, alive_at=at if taken_on else None,
    )  # fmt: skip
    told = {"provider": provider, "limit": limit}
    audit.write("geocoding.started", run, by=by, at=at, after=told, scope_code=run.scope_code, first=True)
    return run


@recorded
def stop_run(run: GeocodingRun, *, by: User, at: datetime = NOW) -> GeocodingRun:
    """Ask a run to stop: at once when nobody is at it, else after the institution it is at. What was placed stays.

    Effects: the moment, the end of a run that nobody is at, an audit row. A run that has ended is left as it is.
    """
    current = GeocodingRun.objects.select_for_update().select_related("division").get(pk=run.pk)
    if not current.unfinished or current.stop_requested_at is not None:
        return current
    current.stop_requested_at = at
    if current.state == RunState.QUEUED or current.is_left(at):
        current.state, current.finished_at = RunState.STOPPED, at
    current.save(update_fields=["stop_requested_at", "state", "finished_at"])
    audit.write("geocoding.stopped", current, by=by, at=at, scope_code=current.scope_code)
    return current


@recorded
def note_outcome(
    run: GeocodingRun,
    institution: Institution,
    *,
    by: User | None,
    kind: str,
    position: dict[str, Any] | None = None,
    reason: str = "",
    told: dict[str, Any] | None = None,
    answer: GeocodingAnswer | None = None,
    at: datetime = NOW,
) -> GeocodingOutcome | None:
    """Write what became of an institution in a run, and its position where there is a new one.

    `institution` is as it was when the position was looked for. Effects: columns, version and audit row of
    edit_institution; the outcome. None, and nothing is written, when the position on file is not a machine's any more.
    Raises StaleInstitution (412), OffRegister (409), Invalid (422) as edit_institution does.
    """
    if position is not None and _differs(institution, position):
        if not Institution.objects.select_for_update().filter(OURS, pk=institution.pk).exists():
            return None
        edit_institution(institution, by=by, version=institution.version, columns=position, at=at)
    return GeocodingOutcome.objects.create(
        run=run, institution=institution, kind=kind, reason=reason, told=told or {},
        address=institution.operating_address, township=institution.division_id, answer=answer, at=at,
    )  # fmt: skip


def _differs(institution: Institution, position: dict[str, Any]) -> bool:
    return any(getattr(institution, name) != value for name, value in position.items())


class AlreadyPlaced(Refusal):
    """Somebody or something has given the institution a position meanwhile."""

    code = "already_placed"
    status = 409


class NotPlaced(Refusal):
    """There is no position given on the map to take back."""

    code = "not_placed"
    status = 409


POSITION = ("longitude", "latitude", "datum", "location_source", "location_accuracy_m")


@recorded
def place_on_map(
    institution: Institution, *, by: User, longitude: float, latitude: float, at: datetime = NOW
) -> Institution:
    """Give an institution without a position the one pointed at on the map, in WGS-84 degrees.

    Effects: columns, version and audit row of edit_institution. Raises AlreadyPlaced (409) for one that has a position
    (a township's centre is none), OffRegister (409), Invalid (422) as edit_institution does.
    """
    current = Institution.objects.select_for_update().get(pk=institution.pk)
    if current.position is not None:
        raise AlreadyPlaced(_("“%(name)s”已有位置，请刷新后再看。") % {"name": current.name})
    columns = {
        "longitude": longitude, "latitude": latitude, "datum": Datum.WGS84, "location_source": LocationSource.MAP_PIN,
        "location_accuracy_m": None,
    }  # fmt: skip
    return edit_institution(current, by=by, version=current.version, columns=columns, at=at)


@recorded
def take_back_place(institution: Institution, *, by: User, version: int, at: datetime = NOW) -> Institution:
    """Put back what was on file before `place_on_map` gave the institution a position.

    Effects: columns, version and audit row of edit_institution. Raises NotPlaced (409) when its last change was no
    position given on the map, StaleInstitution (412) when it is another version by now, OffRegister (409).
    """
    changes = AuditRow.objects.filter(object_type="institutions.institution", object_id=str(institution.pk))
    last = changes.filter(action="institution.edited").order_by("-pk").first()
    if last is None or (last.after or {}).get("location_source") != LocationSource.MAP_PIN:
        raise NotPlaced(_("“%(name)s”最近一次更改不是在地图上标注位置，没有可撤销的。") % {"name": institution.name})
    before = last.before or {}
    columns = {name: before.get(name, getattr(institution, name)) for name in POSITION}
    return edit_institution(institution, by=by, version=version, columns=columns, at=at)
