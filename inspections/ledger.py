"""The ledger rebuilt from its events and notices, and compared with its rows: they are the truth, the rows a cache."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch

from accounts.canonical import digest_of
from accounts.models import AuditRow
from inspections.as_sent import agrees
from inspections.history import History
from inspections.models import TRANSITIONS, Finding, Notice, Outcome, Rectification, RectificationEvent, State, Visit
from inspections.moves import MOVES
from institutions.models import Institution
from institutions.moments import start_of

Kind = RectificationEvent.Kind
AT_ONCE = 2000
LEADS_TO = {move.event: move.to for move in MOVES.values() if move.to is not None}
EVIDENCE = [Kind.EVIDENCE, Kind.VISIT_WITHDRAWN]  # events of a visit that was evidence of the round
SERVING = [Kind.ORDERED, Kind.SUPPLEMENTED, Kind.REPLACED, Kind.VOIDED]  # events that name the sheet they served
REBUILT = [
    "number", "state", "version", "ordered_on", "ordered_recorded_at", "ordered_by_id", "opened_by_visit_id", "measure",
    "first_due_on", "due_on", "next_due_on", "supplements",
    "submitted_on", "submitted_by_id", "submitted_outcome", "registered_scope",
    "verified_on", "verified_recorded_at", "verified_by_id", "outcome", "voided_at", "voided_by_id", "void_reason",
]  # fmt: skip
COMPARED = ["institution_id", "round_no", *REBUILT]  # with what the audit trail was told


@dataclass(frozen=True)
class Told:
    """What the audit trail says of a round: its columns, as they were told last; its events by their sequence, each
    with the moment at which it became known; the digests of its notices by their ids. An earlier release told less."""

    columns: dict[str, Any] = field(default_factory=dict)
    events: dict[int, dict[str, Any]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """Something of a round whose row does not say what was kept."""

    rectification: Rectification
    column: str
    row: Any
    kept: Any

    def __str__(self) -> str:
        return f"{self.rectification.number} {self.column}: row {self.row!r}, kept {self.kept!r}"


def rebuilt(rectification: Rectification, events: Sequence[RectificationEvent], history: History) -> dict[str, Any]:
    """The columns of REBUILT from a round's events, oldest first, and its notices. What a release that kept less did
    not keep is taken from the row."""
    columns: dict[str, Any] = dict.fromkeys(REBUILT)
    columns |= dict.fromkeys(["state", "submitted_outcome", "registered_scope", "outcome", "void_reason"], "")
    columns["supplements"] = 0
    for event in events:
        columns |= _said_by(event, rectification)
        columns["state"] = LEADS_TO.get(event.kind, columns["state"])
        columns["version"] = event.sequence
        columns["supplements"] += event.kind == Kind.SUPPLEMENTED
    if columns["due_on"] is not None:
        columns["next_due_on"] = history.next_due_on(columns["due_on"])
    if history.order is not None:
        columns["number"] = history.order.notice.number
        columns["measure"] = history.sheet_of(history.order).notice.sheet["measure"]
    return columns


def _said_by(event: RectificationEvent, rectification: Rectification) -> dict[str, Any]:
    if event.kind == Kind.ORDERED:
        return {
            "state": State.ORDERED,
            "ordered_on": event.happened_on,
            "ordered_recorded_at": event.recorded_at,
            "ordered_by_id": event.by_id,
            "opened_by_visit_id": event.visit_id,
            "first_due_on": event.due_on,
            "due_on": event.due_on,
        }
    if event.kind == Kind.EXTENDED and event.notice_id is None:
        return {"due_on": event.due_on}
    if event.kind == Kind.SUBMITTED:
        return {
            "submitted_on": event.happened_on,
            "submitted_by_id": event.by_id,
            "submitted_outcome": event.outcome,
            "registered_scope": event.handed_in.get("registered_scope", rectification.registered_scope),
        }
    if event.kind == Kind.VERIFIED:
        return {
            "verified_on": event.happened_on,
            "verified_recorded_at": event.recorded_at,
            "verified_by_id": event.by_id,
            "outcome": event.outcome,
        }
    if event.kind == Kind.VOIDED:
        return {"voided_at": event.recorded_at, "voided_by_id": event.by_id, "void_reason": event.note}
    return {}


def differences(rectification: Rectification, told: Told) -> Iterator[Difference]:
    """Where a round's row, its events, findings and notices say anything else than what was kept; and who verified it
    though they had a hand in it. `rectification` is as `check` brings it."""
    events, notices = list(rectification.events.all()), list(rectification.notices.all())
    history = History.of(events, notices)
    yield from _of_columns(rectification, rebuilt(rectification, events, history), told)
    yield from _of_places(rectification, events)
    yield from _of_events(rectification, events)
    yield from _untold(rectification, events, told)
    yield from _sheets_untold(rectification, history, told)
    yield from _of_evidence(rectification, events)
    yield from _of_notices(rectification, events, history)
    yield from _of_findings(rectification, history)
    if rectification.verified_by_id in _hands(rectification, events):
        yield Difference(rectification, "verified_by_id", rectification.verified_by_id, "somebody else")


def _of_columns(rectification: Rectification, kept: dict[str, Any], told: Told) -> Iterator[Difference]:
    """Columns that say otherwise than what they are rebuilt from, or than the trail: whoever rewrites a row and its
    events alike is found by that."""
    for column in COMPARED:
        row = getattr(rectification, column)
        if column in kept and row != kept[column]:
            yield Difference(rectification, column, row, kept[column])
        elif column in told.columns and not agrees(row, told.columns[column]):
            yield Difference(rectification, column, row, told.columns[column])


def _of_places(rectification: Rectification, events: Sequence[RectificationEvent]) -> Iterator[Difference]:
    """A scope code that is not the institution's: somebody would see what they may not, or miss what they may."""
    lies_in = rectification.institution.scope_code
    if rectification.scope_code != lies_in:
        yield Difference(rectification, "scope_code", rectification.scope_code, lies_in)
    for event in events:
        if event.scope_code != lies_in:
            yield Difference(rectification, f"event {event.sequence} scope_code", event.scope_code, lies_in)


def _of_events(rectification: Rectification, events: Sequence[RectificationEvent]) -> Iterator[Difference]:
    """Events that do not follow from one another, or whose content is not what their digest was made of."""
    state = ""
    for place, event in enumerate(events, start=1):
        legal = event.to_state == state or (event.to_state in TRANSITIONS[state] if state else place == 1)
        if event.sequence != place or event.from_state != state or not legal:
            yield Difference(rectification, f"event {place}", f"{event.from_state} -> {event.to_state}", state)
        if event.digest != (digest_of(event.content) if event.content else ""):
            yield Difference(rectification, f"event {place} content", event.digest, "another digest")
        state = event.to_state


def _untold(rectification: Rectification, events: Sequence[RectificationEvent], told: Told) -> Iterator[Difference]:
    """Events that say otherwise than the trail."""
    for event in events:
        row = event.told() | {"recorded_at": event.recorded_at}
        for column, kept in told.events.get(event.sequence, {}).items():
            if not agrees(row[column], kept):
                yield Difference(rectification, f"event {event.sequence} {column}", row[column], kept)


def _sheets_untold(rectification: Rectification, history: History, told: Told) -> Iterator[Difference]:
    """Notices that have gone, or another digest than the trail was told when they were served."""
    digests = {str(served.notice.pk): served.notice.digest for served in history.served.values()}
    for pk, digest in told.sheets.items():
        if digests.get(pk) != digest:
            number = history.number_of(UUID(pk)) or pk
            yield Difference(rectification, f"notice {number} as served", digests.get(pk), digest)


def _told_of(rounds: Iterable[Rectification]) -> dict[str, Told]:
    """By the round's id."""
    rows = AuditRow.objects.filter(
        object_type=Rectification._meta.label_lower, object_id__in=[str(each.pk) for each in rounds]
    )
    told: dict[str, Told] = defaultdict(Told)
    for of, at, after in rows.order_by("pk").values_list("object_id", "at", "after"):
        columns = dict(after or {})
        if "events" not in columns:
            continue  # of an earlier release, which told of some columns before they changed
        for event in columns.pop("events"):
            if sheet := event.pop("sheet", None):
                told[of].sheets[sheet["id"]] = sheet["digest"]
            told[of].events[event["sequence"]] = event | {"recorded_at": at}
        told[of].columns.update(columns)
    return told


def _of_evidence(rectification: Rectification, events: Sequence[RectificationEvent]) -> Iterator[Difference]:
    """Visits of which an event tells that they were evidence of the round, and whose rows say otherwise: who was there
    would not be among the hands."""
    for event in events:
        evidence_of = event.evidence_of  # type: ignore[attr-defined]  # as `check` brings it
        if event.kind in EVIDENCE and evidence_of != rectification.pk:
            yield Difference(rectification, f"event {event.sequence} visit", evidence_of, rectification.pk)


def _of_notices(
    rectification: Rectification, events: Sequence[RectificationEvent], history: History
) -> Iterator[Difference]:
    """Notices whose columns are not their sheet's, whose sheet is not what their digest was made of, or of which no
    event tells."""
    if history.order is None:
        yield Difference(rectification, "notices", "no order", "an order")
    told = {event.notice_id for event in events} - {None}
    serving = {event.notice_id: event for event in events if event.kind in SERVING}
    for served in history.served.values():
        notice, sheet = served.notice, served.notice.sheet
        if notice.digest != digest_of(notice.content):
            yield Difference(rectification, f"notice {notice.number} digest", notice.digest, digest_of(notice.content))
        replaced = sheet["replaces"][0]["number"] if sheet["replaces"] else None
        named = history.served.get(notice.replaces_id) if notice.replaces_id else None
        kept: dict[str, tuple[Any, Any]] = {
            "number": (notice.number, sheet["number"]),
            "kind": (notice.kind, sheet["kind"]),
            "served_on": (notice.served_on, date.fromisoformat(sheet["served_on"])),
            "due_on": (notice.due_on, sheet["due_on"] and date.fromisoformat(sheet["due_on"])),
            "replaces": (named.notice.number if named else None, replaced),
            "reconstructed": (notice.reconstructed, sheet["reconstructed"]),
        }
        if notice.pk in serving and not notice.reconstructed:  # both say when it became known, and by whom
            event = serving[notice.pk]
            kept |= {
                "recorded_at": (notice.recorded_at, event.recorded_at),
                "recorded_by_id": (notice.recorded_by_id, event.by_id),
            }
        for column, (row, value) in kept.items():
            if row != value:
                yield Difference(rectification, f"notice {notice.number} {column}", row, value)
        # The withdrawal of a supplement is told of by the event that names the supplement.
        withdrawn = history.demand_of(named).notice.pk if named and notice.kind == Notice.Kind.WITHDRAWAL else None
        if not notice.reconstructed and not told & {notice.pk, withdrawn}:
            yield Difference(rectification, f"notice {notice.number}", "served", "no event")


def _of_findings(rectification: Rectification, history: History) -> Iterator[Difference]:
    """Findings that the round holds though no notice of it does, or the other way round, and other marks than set."""
    rows = {finding.pk: finding for finding in rectification.findings.all()}
    for pk in sorted(rows.keys() - history.held.keys()):
        yield Difference(rectification, f"finding {pk}", "in the round", "not on its notices")
    absent = history.held.keys() - rows.keys()
    if absent and rectification.state == State.VOIDED:
        absent = _let_go(rectification, absent)
    for pk in sorted(absent):
        yield Difference(rectification, f"finding {pk}", "not in the round", "on its notices")
    for pk in sorted(rows.keys() & history.held.keys()) if history.marks_are_known else ():
        mark, row = history.held[pk], rows[pk]
        kept = (mark.on, mark.visit) if mark else (None, None)
        if (row.put_right_on, row.put_right_visit_id) != kept:
            yield Difference(rectification, f"finding {pk} put right", (row.put_right_on, row.put_right_visit_id), kept)


def _let_go(rectification: Rectification, absent: Any) -> set[int]:
    """Of the findings of a voided round those that no other round has held since."""
    others = Notice.objects.filter(rectification__institution=rectification.institution_id).exclude(
        rectification=rectification
    )
    return set(absent) - {each["id"] for notice in others for each in notice.sheet["findings"]}


def _hands(rectification: Rectification, events: Sequence[RectificationEvent]) -> set[int | None]:
    """Who had a hand in the round before it was verified; see Rectification.hands. A visit that hands it in and has no
    event in it came when it was over, though it may have begun to be written before."""
    until = rectification.verified_recorded_at
    if until is None:
        return set()
    withdrawn = {event.visit_id for event in events if event.kind == Kind.VISIT_WITHDRAWN}  # evidence no more
    hands: set[int | None] = {
        event.by_id
        for event in events
        if event.kind == Kind.SUBMITTED or event.kind == Kind.EVIDENCE and event.visit_id not in withdrawn
    }
    told = {event.visit_id for event in events}
    for visit in rectification.visits.all():
        came_late = visit.pk not in told and visit.stated["submits"] is not None
        if visit.recorded_at <= until and visit.pk not in withdrawn and not came_late:
            hands |= {inspector.pk for inspector in visit.inspectors.all()}
    if rectification.outcome == Outcome.LICENSED:
        since = start_of(rectification.ordered_on)
        for each in _registrations(rectification.institution, until):
            hands |= {one.recorded_by_id for one in each.licences.all() if since <= one.recorded_at <= until}
    return hands - {None}


def _registrations(institution: Institution, until: datetime) -> list[Institution]:
    """Its own, and those that were merged into it at a moment."""
    merges = institution.merges_here.all()
    known = [each for each in merges if each.recorded_at <= until and (each.ended_at is None or each.ended_at > until)]
    return [institution, *(each.merged for each in known)]


def check() -> Iterator[tuple[Rectification, list[Difference]]]:
    """Every round with its differences, an empty list where everything agrees."""
    there = Visit.objects.exclude(result=Visit.Result.NO_ACCESS).order_by().prefetch_related("inspectors")
    rounds = Rectification.objects.select_related("institution").prefetch_related(
        Prefetch(
            "events", RectificationEvent.objects.order_by("sequence").annotate(evidence_of=F("visit__rectification"))
        ),
        Prefetch("notices", Notice.objects.order_by("recorded_at", "number")),
        Prefetch("findings", Finding.objects.order_by("pk")),
        Prefetch("visits", there),
        "institution__licences",
        "institution__merges_here__merged__licences",
    )
    found = rounds.order_by("pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        told = _told_of(some)
        for rectification in some:
            yield rectification, list(differences(rectification, told[str(rectification.pk)]))
