"""Merges rebuilt from their rows and compared with the columns of the present, which are a cache of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from institutions.models import Institution, InstitutionQuerySet, Merge


def merged_names(institutions: Iterable[Institution], visible: InstitutionQuerySet) -> dict[UUID, list[str]]:
    """What was merged into each of these, as things stand now, was called, as far as it is visible; nothing is asked
    where nothing was."""
    into = [each.pk for each in institutions if each.has_merges]
    found: dict[UUID, list[str]] = {}
    standing = (
        Merge.objects.standing()
        .filter(into__in=into, merged__in=visible.order_by().values("pk"))
        .order_by("recorded_at", "pk")
    )
    for pk, name in standing.values_list("into", "merged__name") if into else ():
        found.setdefault(pk, []).append(name)
    return found


def differences() -> Iterator[str]:
    """What institutions say of their merges that the rows do not."""
    named = Merge.objects.filter(Q(merged=OuterRef("pk")) | Q(into=OuterRef("pk")))
    asked = Institution.objects.filter(Q(has_merges=True) | Q(merged_at__isnull=False) | Exists(named))
    for each in asked.order_by("pk").prefetch_related("merges", "merges_here").iterator(chunk_size=2000):
        rows = sorted(each.merges.all(), key=lambda row: (row.recorded_at, row.pk))
        kept = (*_present(rows), bool(rows or each.merges_here.all()))
        row = (each.merged_into_id, each.merged_at, each.has_merges)
        if row != kept:
            yield f"institution {each.pk} merged: row {row!r}, kept {kept!r}"


def _present(rows: list[Merge]) -> tuple[UUID | None, datetime | None]:
    """Into what it is merged now, and since when it has been merged without a break, from its rows, oldest first."""
    into, since, until = None, None, None
    for row in rows:
        since = since if since is not None and until == row.recorded_at else row.recorded_at
        into, until = row.into_id, row.ended_at
    return (into, since) if into is not None and until is None else (None, None)
