"""What an institution was called and where it was before, with the days: for people who know it by that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from institutions.models import Institution, Name, Place
from institutions.moments import EARLIEST

Said = Any  # a name; a division's code and an address


@dataclass(frozen=True)
class Former:
    """A name or place of before, until its last day; `from_on` is None when it is that of the beginning."""

    row: Any  # a Name or a Place
    from_on: date | None
    until: date


def standing(rows: Any) -> Any:
    """An institution's places or names that are not withdrawn, in order of days; of one day the last recorded last."""
    return rows.filter(withdrawn_at__isnull=True).order_by("from_on", "recorded_at", "pk")


def said(row: Place | Name) -> Said:
    return row.name if isinstance(row, Name) else (row.division_id, row.operating_address)


def holding(rows: Iterable[Place] | Iterable[Name]) -> dict[date, Said]:
    """What holds from which day on, in order of days."""
    return {row.from_on: said(row) for row in rows}


def held_on(day: date, held: dict[date, Said], at_present: Said) -> Said:
    """What holds on a day; without any rows, what holds at present."""
    return next((what for from_on, what in reversed(held.items()) if from_on <= day), at_present)


def former_names(institution: Institution) -> list[Former]:
    """Names it had and has no longer, the first one first."""
    return _former(standing(institution.names)) if institution.renamed else []


def former_places(institution: Institution) -> list[Former]:
    """Places where it was and is no longer, the first one first."""
    return _former(standing(institution.places).select_related("division")) if institution.moved else []


def _former(rows: Iterable[Any]) -> list[Former]:
    in_turn: list[Any] = []
    for row in {row.from_on: row for row in rows}.values():
        if not in_turn or said(in_turn[-1]) != said(row):
            in_turn.append(row)
    return [
        Former(row, None if row.from_on == EARLIEST else row.from_on, after.from_on - timedelta(days=1))
        for row, after in zip(in_turn, in_turn[1:], strict=False)
    ]
