"""What is on the register as entries to compare: with former names, and with all that was merged into each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts import many
from institutions.duplicates.reading import Entry
from institutions.models import ON_REGISTER, Institution, InstitutionQuerySet, Licence, Merge, Name

_COLUMNS = ("pk", "name", "division_id", "operating_address", "credit_code", "phone")
AT_ONCE = 2_000


def entries_of(institutions: InstitutionQuerySet) -> Iterator[Entry]:
    """Those on the register among the institutions, in the order of their ids."""
    return (entry for some in entries_with(institutions) for entry, _more in some)


def entries_with(institutions: InstitutionQuerySet, *columns: str) -> Iterator[list[tuple[Entry, tuple[Any, ...]]]]:
    """The same, each with further columns of its row, and so many together as are read with a few queries: no more of
    them are held, here or by the database, which would sort them all in memory."""
    found = institutions.filter(ON_REGISTER).order_by("pk")
    names_of_merged: dict[UUID, list[str]] = defaultdict(list)
    addresses_of_merged: dict[UUID, list[str]] = defaultdict(list)
    for into, merged in merged_into(found):
        names_of_merged[into].append(merged.name)
        addresses_of_merged[into].append(merged.operating_address)
    ids = found.values_list("pk", flat=True).iterator(AT_ONCE)
    while some := list(islice(ids, AT_ONCE)):
        names = by_institution(Name.objects.filter(withdrawn_at=None, institution__renamed=True), some, "name")
        standing = Licence.objects.standing().filter(kind=Licence.Kind.PERMIT)
        permits = by_institution(standing, some, "number")
        read = []
        for row in found.filter(pk__in=many.those(some)).values_list(*_COLUMNS, *columns):
            pk, name, division, address, code, phone = row[: len(_COLUMNS)]
            also_named = [*(former for (former,) in names.get(pk, ())), *names_of_merged.get(pk, ())]
            entry = Entry(
                key=pk,
                name=name,
                township=division[:9],
                address=address,
                credit_code=code,
                permits=tuple(number for (number,) in permits.get(pk, ())),
                phone=phone,
                also_named=_others(also_named, name),
                also_at=_others(addresses_of_merged.get(pk, ()), address),
            )
            read.append((entry, row[len(_COLUMNS) :]))
        yield read


def by_institution(
    rows: "QuerySet[Any, Any]", institutions: Sequence[UUID], *columns: str, order: Sequence[str] = ("pk",)
) -> dict[UUID, list[tuple[Any, ...]]]:
    """The columns of the rows of some institutions, by institution."""
    of: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    found = rows.filter(institution__in=many.those(institutions)).order_by(*order)
    asked = found.values_list("institution_id", *columns)
    for pk, *values in asked:
        of[pk].append(tuple(values))
    return of


def _others(texts: Iterable[str], present: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each and each != present)) if texts else ()


def merged_into(institutions: InstitutionQuerySet) -> Iterator[tuple[UUID, Institution]]:
    """Each registration that was merged into one of these, with the id of that one."""
    merges = Merge.objects.standing().filter(into__in=institutions.filter(has_merges=True).order_by().values("pk"))
    licences = Prefetch("merged__licences", Licence.objects.standing())
    for merge in merges.select_related("merged__division").prefetch_related(
        "merged__names", "merged__places", licences
    ):
        yield merge.into_id, merge.merged
