"""What is on the register as entries to compare: with former names, and with all that was merged into each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from institutions.duplicates.reading import Entry
from institutions.models import ON_REGISTER, Institution, InstitutionQuerySet, Licence, Merge, Name

_COLUMNS = ("pk", "name", "division_id", "operating_address", "credit_code", "phone")
AT_ONCE = 2_000


def entries_of(institutions: InstitutionQuerySet) -> Iterator[Entry]:
    """Those on the register among the institutions, in the order of their ids. In a few queries, however many."""
    return (entry for entry, _more in entries_with(institutions))


def entries_with(institutions: InstitutionQuerySet, *columns: str) -> Iterator[tuple[Entry, tuple[Any, ...]]]:
    """The same, each with further columns of its row. None is held longer than it is looked at."""
    found = institutions.filter(ON_REGISTER).order_by("pk")
    also = _Also(found)
    for row in found.values_list(*_COLUMNS, *columns).iterator(AT_ONCE):
        pk, name, division, address, code, phone = row[: len(_COLUMNS)]
        entry = Entry(
            key=pk,
            name=name,
            township=division[:9],
            address=address,
            credit_code=code,
            permits=tuple(number for (number,) in also.permits.of(pk)),
            phone=phone,
            also_named=_others(also.names.get(pk, ()), name),
            also_at=_others(also.addresses.get(pk, ()), address),
        )
        yield entry, row[len(_COLUMNS) :]


def _others(texts: Iterable[str], present: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each and each != present)) if texts else ()


class Along:
    """Rows of other tables, read beside institutions in the order of their ids: those of one are held, no more."""

    def __init__(self, rows: "QuerySet[Any, Any]", *columns: str, order: Sequence[str] = ("pk",)):
        ordered = rows.order_by("institution_id", *order).values_list("institution_id", *columns)
        self._rows = ordered.iterator(AT_ONCE)
        self._next = next(self._rows, None)

    def of(self, pk: UUID) -> list[tuple[Any, ...]]:
        """The columns of the rows of this institution, which is behind the one that was asked for before."""
        found = []
        while self._next is not None and self._next[0] <= pk:
            if self._next[0] == pk:
                found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found


class _Also:
    """Former names and permits, and names and addresses of what was merged, by the institution on the register."""

    def __init__(self, institutions: InstitutionQuerySet):
        self.names: dict[UUID, list[str]] = defaultdict(list)
        self.addresses: dict[UUID, list[str]] = defaultdict(list)
        pks = institutions.order_by().values("pk")
        names = Name.objects.filter(withdrawn_at__isnull=True, institution__in=pks, institution__renamed=True)
        for pk, name in names.order_by("pk").values_list("institution", "name"):
            self.names[pk].append(name)
        permits = Licence.objects.standing().filter(kind=Licence.Kind.PERMIT, institution__in=pks)
        self.permits = Along(permits, "number")
        for into, merged in merged_into(institutions):
            self.names[into].append(merged.name)
            self.addresses[into].append(merged.operating_address)


def merged_into(institutions: InstitutionQuerySet) -> Iterator[tuple[UUID, Institution]]:
    """Each registration that was merged into one of these, with the id of that one."""
    merges = Merge.objects.standing().filter(into__in=institutions.filter(has_merges=True).order_by().values("pk"))
    licences = Prefetch("merged__licences", Licence.objects.standing())
    for merge in merges.select_related("merged__division").prefetch_related(
        "merged__names", "merged__places", licences
    ):
        yield merge.into_id, merge.merged
