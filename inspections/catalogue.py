"""The catalogue of findings as a release brings it: what is new is added, what is no more is ended.

`migrate` does it at its end. Source: data/catalogue.csv, every item there ever was. What orders were printed with is
not rewritten, and the bureau's own items and dates are its own (docs/adr/0026-the-catalogue-of-a-release.md).
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import transaction

from accounts import audit
from inspections.models import FindingType

SOURCE = Path(__file__).resolve().parent / "data" / "catalogue.csv"


@dataclass
class Loaded:
    """Codes of what was added and ended, and of lines whose code the bureau has given to an item of its own."""

    added: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def items(source: Path = SOURCE) -> list[dict[str, str]]:
    with source.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_catalogue(catalogue: Iterable[dict[str, str]]) -> Loaded:
    """Bring the catalogue up to this release. Effects: new items, ends of old ones, an audit row for each; none where
    nothing is new. An end that is on file stays when it is the earlier one."""
    on_file, loaded = FindingType.objects.select_for_update().in_bulk(), Loaded()
    for line in catalogue:
        item, end = on_file.get(line["code"]), _day(line["in_force_to"])
        if item is None:
            _add(line, end)
            loaded.added.append(line["code"])
        elif not item.of_release:
            loaded.taken.append(item.code)
        elif end is not None and (item.in_force_to is None or end < item.in_force_to):
            _end(item, max(end, item.in_force_from))
            loaded.ended.append(item.code)
    return loaded


def _add(line: dict[str, str], end: date | None) -> None:
    columns = line | {"in_force_to": end, "evidence": line["evidence"] or "K"}
    item = FindingType.objects.create(**columns, of_release=True)
    item.refresh_from_db()
    audit.write("findingtype.added", item, by=None, after=audit.snapshot(item))


def _end(item: FindingType, end: date) -> None:
    before = audit.snapshot(item)
    item.in_force_to = end
    item.save(update_fields=["in_force_to"])
    audit.write("findingtype.edited", item, by=None, before=before, after=audit.snapshot(item))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
