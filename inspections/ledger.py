"""The ledger rebuilt from its events, and compared with its rows: the events are the truth, the rows a cache."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from inspections.models import TRANSITIONS, Rectification, RectificationEvent, State
from inspections.moves import MOVES

Kind = RectificationEvent.Kind
LEADS_TO = {move.event: move.to for move in MOVES.values() if move.to is not None}
REBUILT = [
    "state", "version", "ordered_on", "ordered_recorded_at", "ordered_by_id", "first_due_on", "due_on",
    "submitted_on", "submitted_by_id", "submitted_outcome",
    "verified_on", "verified_recorded_at", "verified_by_id", "outcome", "voided_at", "voided_by_id", "void_reason",
]  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A column of a round whose row does not say what its events say."""

    rectification: Rectification
    column: str
    row: Any
    events: Any

    def __str__(self) -> str:
        return f"{self.rectification.number} {self.column}: row {self.row!r}, events {self.events!r}"


def rebuilt(events: list[RectificationEvent]) -> dict[str, Any]:
    """The columns of REBUILT from a round's events, oldest first."""
    columns: dict[str, Any] = dict.fromkeys(REBUILT)
    columns |= {"state": "", "submitted_outcome": "", "outcome": "", "void_reason": ""}
    for event in events:
        if event.kind == Kind.ORDERED:
            columns |= {
                "state": State.ORDERED,
                "ordered_on": event.happened_on,
                "ordered_recorded_at": event.recorded_at,
                "ordered_by_id": event.by_id,
                "first_due_on": event.due_on,
                "due_on": event.due_on,
            }
        elif event.kind == Kind.EXTENDED:
            columns["due_on"] = event.due_on
        elif event.kind == Kind.SUBMITTED:
            columns |= {
                "submitted_on": event.happened_on,
                "submitted_by_id": event.by_id,
                "submitted_outcome": event.outcome,
            }
        elif event.kind == Kind.VERIFIED:
            columns |= {
                "verified_on": event.happened_on,
                "verified_recorded_at": event.recorded_at,
                "verified_by_id": event.by_id,
                "outcome": event.outcome,
            }
        elif event.kind == Kind.VOIDED:
            columns |= {
                "voided_at": event.recorded_at,
                "voided_by_id": event.by_id,
                "void_reason": event.note,
            }
        columns["state"] = LEADS_TO.get(event.kind, columns["state"])
        columns["version"] = event.sequence
    return columns


def differences(rectification: Rectification, events: list[RectificationEvent]) -> Iterator[Difference]:
    """Where a row and its events disagree, and events that do not follow from one another."""
    for column, value in rebuilt(events).items():
        if getattr(rectification, column) != value:
            yield Difference(rectification, column, getattr(rectification, column), value)
    state = ""
    for place, event in enumerate(events, start=1):
        legal = event.to_state == state or (event.to_state in TRANSITIONS[state] if state else place == 1)
        if event.sequence != place or event.from_state != state or not legal:
            yield Difference(rectification, f"event {place}", f"{event.from_state} -> {event.to_state}", state)
        state = event.to_state
    eyes = {event.by_id for event in events if event.kind in (Kind.SUBMITTED, Kind.EVIDENCE)}
    if rectification.verified_by_id in eyes:
        yield Difference(rectification, "verified_by_id", rectification.verified_by_id, "somebody else")


def check() -> Iterator[tuple[Rectification, list[Difference]]]:
    """Every round with its differences, an empty list where row and events agree."""
    events = RectificationEvent.objects.order_by("sequence")
    rounds = Rectification.objects.prefetch_related(Prefetch("events", events))
    for rectification in rounds.order_by("pk").iterator(chunk_size=2000):
        yield rectification, list(differences(rectification, list(rectification.events.all())))
