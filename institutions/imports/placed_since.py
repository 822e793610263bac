"""What a machine filled in after an import: positions it found. Nobody's work rests on them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import AuditRow
from institutions.models import Institution
from institutions.positions import LocationSource

POSITION = ("longitude", "latitude", "datum", "location_source", "location_accuracy_m", "cell")
BY_MACHINE = {LocationSource.GEOCODER, LocationSource.TOWNSHIP_CENTRE}


def placed_since(versions: Iterable[tuple[UUID, int, int]]) -> dict[UUID, dict[str, Any]]:
    """Of institutions with the version they had then and the one they have now: those of which nothing was written
    between but positions that a machine found, each with the columns of its position as they were before."""
    asked = {str(pk): (pk, then, now) for pk, then, now in versions if now > then}
    if not asked:
        return {}
    rows = AuditRow.objects.filter(object_type=Institution._meta.label_lower, object_id__in=asked)
    written: dict[str, list[AuditRow]] = {}
    for row in rows.exclude(after=None).order_by("pk"):
        _, then, now = asked[row.object_id]
        if isinstance(version := (row.after or {}).get("version"), int) and then < version <= now:
            written.setdefault(row.object_id, []).append(row)
    return {
        asked[key][0]: _before(of_it)
        for key, of_it in written.items()
        if len(of_it) == asked[key][2] - asked[key][1] and _are_positions(of_it)
    }


def _are_positions(rows: list[AuditRow]) -> bool:
    """Each sets columns of the position alone, and the last is a machine's as the first is."""
    changed = [set(row.after or {}) for row in rows]
    sources = [row.after["location_source"] for row in rows if row.after and "location_source" in row.after]
    return all(names <= {*POSITION, "version"} for names in changed) and bool(sources) and set(sources) <= BY_MACHINE


def _before(rows: list[AuditRow]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in reversed(rows):
        found |= {name: value for name, value in (row.before or {}).items() if name in POSITION}
    return found
