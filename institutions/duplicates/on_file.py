"""What is on the register as entries to compare: with former names, and with all that was merged into each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Prefetch

from institutions.duplicates.reading import Entry
from institutions.models import ON_REGISTER, Institution, InstitutionQuerySet, Licence, Merge, Name

_COLUMNS = ("pk", "name", "division_id", "operating_address", "credit_code", "phone")


def entries_of(institutions: InstitutionQuerySet) -> list[Entry]:
    """Those on the register among the institutions, in the order of their ids. In a few queries, however many."""
    found = institutions.filter(ON_REGISTER).order_by("pk")
    also = _Also(found)
    return [
        Entry(
            key=pk,
            name=name,
            township=division[:9],
            address=address,
            credit_code=code,
            permits=tuple(also.permits[pk]),
            phone=phone,
            also_named=_others(also.names[pk], name),
            also_at=_others(also.addresses[pk], address),
        )
        for pk, name, division, address, code, phone in found.values_list(*_COLUMNS)
    ]


def _others(texts: Iterable[str], present: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each and each != present))


class _Also:
    """Former names and permits, and names and addresses of what was merged, by the institution on the register."""

    def __init__(self, institutions: InstitutionQuerySet):
        self.names: dict[UUID, list[str]] = defaultdict(list)
        self.addresses: dict[UUID, list[str]] = defaultdict(list)
        self.permits: dict[UUID, list[str]] = defaultdict(list)
        pks = institutions.order_by().values("pk")
        names = Name.objects.filter(withdrawn_at__isnull=True, institution__in=pks, institution__renamed=True)
        for pk, name in names.order_by("pk").values_list("institution", "name"):
            self.names[pk].append(name)
        permits = Licence.objects.standing().filter(kind=Licence.Kind.PERMIT, institution__in=pks)
        for pk, number in permits.order_by("pk").values_list("institution", "number"):
            self.permits[pk].append(number)
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
