"""The catalogue of findings as a release brings it: what is new is added, what is no more is ended.

`migrate` does it at its end. Source: data/catalogue.csv, every item there ever was. What orders were printed with is
not rewritten, and the bureau's own items and dates are its own (docs/adr/0026-the-catalogue-of-a-release.md).
"""

import csv
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts import audit
from inspections.models import FindingType

SOURCE = Path(__file__).resolve().parent / "data" / "catalogue.csv"


@dataclass
class Loaded:
    """Codes of what was added, ended and punctuated; of lines whose code the bureau has given to an item of its own."""

    added: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    punctuated: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def items(source: Path = SOURCE) -> list[dict[str, str]]:
    with source.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_catalogue(catalogue: Iterable[dict[str, str]]) -> Loaded:
    """Bring the catalogue up to this release. Effects: new items, ends of old ones, the punctuation of a legal basis
    that is otherwise as it was brought, an audit row for each; none where nothing is new. An end that is on file stays
    when it is the earlier one; notices keep what they were served with."""
    on_file, loaded = FindingType.objects.select_for_update().in_bulk(), Loaded()
    for line in catalogue:
        item, end = on_file.get(line["code"]), _day(line["in_force_to"])
        if item is None:
            _add(line, end)
            loaded.added.append(line["code"])
            continue
        if not item.of_release:
            loaded.taken.append(item.code)
            continue
        if end is not None and (item.in_force_to is None or end < item.in_force_to):
            _change(item, in_force_to=max(end, item.in_force_from))
            loaded.ended.append(item.code)
        if item.legal_basis != line["legal_basis"] and _words(item.legal_basis) == _words(line["legal_basis"]):
            _change(item, legal_basis=line["legal_basis"])
            loaded.punctuated.append(item.code)
    return loaded


def _add(line: dict[str, str], end: date | None) -> None:
    columns = line | {"in_force_to": end, "evidence": line["evidence"] or "K"}
    item = FindingType.objects.create(**columns, of_release=True)
    item.refresh_from_db()
    audit.write("findingtype.added", item, by=None, after=audit.snapshot(item))


def _change(item: FindingType, **columns: Any) -> None:
    before = audit.snapshot(item)
    for name, value in columns.items():
        setattr(item, name, value)
    item.save(update_fields=list(columns))
    audit.write("findingtype.edited", item, by=None, before=before, after=audit.snapshot(item))


def _words(text: str) -> str:
    """Without what tells Chinese punctuation from ASCII: （4）； and (4); are the same words."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
