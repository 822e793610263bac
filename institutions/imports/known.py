"""What is known while a register is planned: institutions on file and rows read before, by code, permit, name, door."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from institutions.imports import refusals
from institutions.models import Division, Institution, Licence, Name, Place
from institutions.names import bare_permit, nearest, normal_name
from institutions.places import County

MOST_COMPARED = 200_000


@dataclass(frozen=True)
class Known:
    """An institution on file, or a row before this one that enters a new one (`row`)."""

    name: str
    address: str
    credit_code: str
    institution: Institution | None = None
    row: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        which = refusals.ROW_BEFORE if self.row else refusals.ON_FILE
        if self.row and self.sheet:
            which = refusals.ROW_BEFORE_OF_A_SHEET
        said = {"row": self.row, "sheet": self.sheet, "name": self.name}
        return which.format(address=self.address or refusals.NO_ADDRESS, **said)


class Register:
    """The county's institutions; rows that enter new ones are added as they are read."""

    def __init__(self, county: County):
        self.county = county
        self.by_code: dict[str, list[Institution]] = defaultdict(list)
        self.by_permit: dict[str, list[Institution]] = defaultdict(list)
        self.former_names: dict[UUID, set[str]] = defaultdict(set)
        self.former_places: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
        self.corrected: dict[UUID, list[Licence]] = defaultdict(list)
        self.compared = 0
        self._names: set[str] = set()
        self._by_name: dict[tuple[str, str], Known] = {}
        self._by_name_and_address: dict[tuple[str, str, str], Known] = {}
        self._at_door: dict[tuple[str, str], dict[str, Known]] = defaultdict(dict)
        on_file = Institution.objects.in_division(county.division.pk).filter(
            merged_into__isnull=True, withdrawn_at__isnull=True
        )
        names = Name.objects.filter(institution__in=on_file.filter(renamed=True), withdrawn_at__isnull=True)
        for institution, name in names.values_list("institution", "name"):
            self.former_names[institution].add(name)
        places = Place.objects.filter(institution__in=on_file.filter(moved=True), withdrawn_at__isnull=True)
        for institution, division, address in places.values_list("institution", "division", "operating_address"):
            self.former_places[institution].add((division, address))
        for licence in Licence.objects.filter(institution__in=on_file, replaced_by__isnull=False).order_by("pk"):
            self.corrected[licence.institution_id].append(licence)
        licences = Prefetch("licences", Licence.objects.standing())
        for each in on_file.select_related("division").prefetch_related(licences).order_by("pk"):
            self._add_on_file(each)

    def _add_on_file(self, each: Institution) -> None:
        if each.credit_code:
            self.by_code[each.credit_code].append(each)
        for licence in each.licences.all():
            if licence.kind == Licence.Kind.PERMIT:
                self.by_permit[bare_permit(licence.number)].append(each)
        for name in [each.name, *sorted(self.former_names.get(each.pk, set()) - {each.name})]:
            self._names.add(name)
            self.add(Known(name, each.operating_address, each.credit_code, each), each.division_id)

    def add(self, known: Known, division: str) -> None:
        name, local, township = normal_name(known.name), self.county.local(known.address), division[:9]
        self._by_name.setdefault((township, name), known)
        self._by_name_and_address.setdefault((township, name, local), known)
        if door := self.county.door(known.address):
            self._at_door[township, door].setdefault(self.county.core(known.name), known)

    def has_name(self, name: str) -> bool:
        """Whether an institution is, or was, called just so: then it is a name, however odd."""
        return name in self._names

    def has_place(self, name: str, address: str, division: Division) -> bool:
        """Whether an institution of this name is on file at this address in this township."""
        same = self.same_name_and_address(name, address, division)
        return same is not None and same.institution is not None

    def same_name(self, name: str, division: Division) -> Known | None:
        return self._by_name.get((division.pk[:9], normal_name(name)))

    def same_name_and_address(self, name: str, address: str, division: Division) -> Known | None:
        return self._by_name_and_address.get((division.pk[:9], normal_name(name), self.county.local(address)))

    def near_name_at_door(self, name: str, address: str, division: Division) -> Known | None:
        """An institution at the same door of the township whose name is nearly the same. Gives up when a file makes
        it compare too many, which `gave_up` then says."""
        names = self._at_door.get((division.pk[:9], self.county.door(address)), {})
        self.compared += len(names)
        if self.gave_up:
            return None
        near = nearest(self.county.core(name), names)
        return names[near] if near is not None else None

    @property
    def gave_up(self) -> bool:
        return self.compared > MOST_COMPARED
