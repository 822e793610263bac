"""The institutions on file of a county, as they were when planning began: on disk, of each all that a row of a register
is compared with; in memory hashes of what it is found by (docs/adr/0061)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, overload
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models.base import ModelState

from institutions.duplicates.by_hash import ByHash
from institutions.duplicates.on_file import by_institution, entries_with
from institutions.duplicates.reading import Entry
from institutions.models import Division, Institution, InstitutionQuerySet, Licence, Place
from institutions.names import bare_permit
from institutions.spool import Records

COLUMNS = [field.attname for field in Institution._meta.concrete_fields]
ENTRY = ("key", "name", "township", "address", "credit_code", "permits", "phone", "also_named", "also_at")
ID, DIVISION = COLUMNS.index("id"), COLUMNS.index("division_id")
MOST_KEPT = 5_000  # of those asked for lately


class LicenceOnFile(NamedTuple):
    kind: str
    number: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class OnFile:
    """One institution, with the number by which it is asked for; `licences` stand, `corrected` were replaced, `places`
    (division, address) are where it was and is."""

    number: int
    entry: Entry
    institution: Institution
    licences: list[LicenceOnFile]
    corrected: list[LicenceOnFile]
    places: list[tuple[str, str]]

    @property
    def permits(self) -> list[str]:
        """The numbers of its permits, as they are compared."""
        return [bare_permit(each.number) for each in self.licences if each.kind == Licence.Kind.PERMIT]


def instance_of(columns: dict[str, Any]) -> Institution:
    """What `Institution.from_db` makes of them, in a fifth of the time: an import asks for every one of a county."""
    institution = Institution.__new__(Institution)
    institution.__dict__.update(columns, _state=ModelState())
    institution._state.adding, institution._state.db = False, DEFAULT_DB_ALIAS
    return institution


def copy_of(institution: Institution) -> Institution:
    """Another instance of the same row."""
    copied = instance_of(institution.__dict__)
    copied._state.fields_cache.update(institution._state.fields_cache)
    return copied


class InstitutionsOnFile(Sequence[OnFile]):
    """In the order of their ids."""

    def __init__(self, here: InstitutionQuerySet, told: Callable[[int, Entry, Iterable[str]], None]):
        """`told` is given each as it is read: its number, how it is compared, the numbers of its permits."""
        self._records, self._by_id = Records(), ByHash()
        self._ids = bytearray()  # 16 bytes each
        self._kept: dict[int, OnFile] = {}
        self._kept_by_id: dict[UUID, OnFile] = {}
        standing, replaced = Licence.objects.standing(), Licence.objects.filter(replaced_by__isnull=False)
        was_there = Place.objects.filter(withdrawn_at=None, institution__moved=True)
        divisions: set[str] = set()
        for some in entries_with(here, *COLUMNS):
            pks = [columns[ID] for _entry, columns in some]
            licences = by_institution(standing, pks, *LicenceOnFile._fields, order=("kind", "valid_from", "pk"))
            corrected = by_institution(replaced, pks, *LicenceOnFile._fields)
            places = by_institution(was_there, pks, "division", "operating_address")
            for entry, columns in some:
                pk = columns[ID]
                divisions.add(columns[DIVISION])
                as_compared = tuple(getattr(entry, name) for name in ENTRY[1:])
                self._by_id.add(hash(pk), len(self._records))
                self._ids += pk.bytes
                told(len(self._records), entry, entry.permits)
                of_it = licences.get(pk, []), corrected.get(pk, []), places.get(pk, [])
                self._records.append((as_compared, columns, *of_it))
        self._divisions = Division.objects.in_bulk(divisions)

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, number: int) -> OnFile: ...

    @overload
    def __getitem__(self, number: slice) -> list[OnFile]: ...

    def __getitem__(self, number: int | slice) -> OnFile | list[OnFile]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        found = self._kept.get(number)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
                self._kept_by_id.clear()
            found = self._kept[number] = self._read(number)
            self._kept_by_id[found.institution.pk] = found
        return found

    def _read(self, number: int) -> OnFile:
        of_entry, columns, licences, corrected, places = self._records[number]
        institution = instance_of(dict(zip(COLUMNS, columns, strict=True)))
        institution._state.fields_cache["division"] = self._divisions[institution.division_id]
        entry = Entry(institution.pk, *of_entry)
        standing = [LicenceOnFile(*each) for each in licences]
        replaced = [LicenceOnFile(*each) for each in corrected]
        return OnFile(number, entry, institution, standing, replaced, places)

    def number_of(self, pk: UUID) -> int | None:
        numbers = self._by_id.of(hash(pk))
        return next((number for number in numbers if self._ids[16 * number : 16 * number + 16] == pk.bytes), None)

    def id_of(self, number: int) -> UUID:
        return UUID(bytes=bytes(self._ids[16 * number : 16 * number + 16]))

    def of(self, pk: UUID) -> OnFile | None:
        found = self._kept_by_id.get(pk)
        if found is None and (number := self.number_of(pk)) is not None:
            found = self[number]
        return found

    def entries(self) -> "Entries":
        return Entries(self._records)


class Entries(Sequence[Entry]):
    """The same as they are compared, read whenever one is asked for."""

    def __init__(self, records: Records):
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, number: int) -> Entry: ...

    @overload
    def __getitem__(self, number: slice) -> list[Entry]: ...

    def __getitem__(self, number: int | slice) -> Entry | list[Entry]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        of_entry, columns, *_more = self._records[number]
        return Entry(columns[ID], *of_entry)
