"""What is known while a register is planned: institutions on file and rows read before, by code, permit, name, place.

What may be the same is found by `institutions/duplicates/`; here is what the plan asks of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from accounts.errors import enumerated
from institutions.actions.judging import Judged, judged_before, with_rounds
from institutions.duplicates.by_hash import ByHash
from institutions.duplicates.decided import Decided, apart_key, is_settled
from institutions.duplicates.likeness import Match, Reason
from institutions.duplicates.on_file import merged_into
from institutions.duplicates.reading import Entry
from institutions.duplicates.waiting import WaitingIndex
from institutions.imports import refusals
from institutions.imports.on_file import InstitutionsOnFile, LicenceOnFile, OnFile
from institutions.models import ON_REGISTER, Division, Institution, Licence, Name
from institutions.names import bare_permit, normal_name
from institutions.places import County
from institutions.spool import Records

MOST_COMPARED = 200_000
SAME_NAME = {Reason.SAME_NAME, Reason.FORMER_NAME}
AT_DOOR = {Reason.SAME_ADDRESS, Reason.SAME_DOOR}


@dataclass(frozen=True, slots=True)
class Known:
    """An institution on file, or a row before this one that enters a new one (`row`)."""

    name: str
    address: str
    credit_code: str
    institution: Institution | None = None
    row: int = 0
    sheet: str = ""
    township: str = ""  # nine digits

    def as_entry(self) -> Entry:
        """A row as it is compared with others."""
        return Entry(f"{self.sheet}!{self.row}", self.name, self.township, self.address, self.credit_code)

    @classmethod
    def of_a_row(cls, entry: Entry) -> "Known":
        """What `as_entry` made an entry of."""
        sheet, _, row = str(entry.key).rpartition("!")
        return cls(entry.name, entry.address, entry.credit_code, row=int(row), sheet=sheet, township=entry.township)

    def __str__(self) -> str:
        which = refusals.ROW_BEFORE if self.row else refusals.ON_FILE
        if self.row and self.sheet:
            which = refusals.ROW_BEFORE_OF_A_SHEET
        said = {"row": self.row, "sheet": self.sheet, "name": self.name}
        return which.format(address=self.address or refusals.NO_ADDRESS, **said)


class Register:
    """The county's institutions, with all that was merged into them; rows that enter new ones are added as they are
    read. Those on file are on disk; what finds them are hashes, and whatever is found is compared."""

    def __init__(self, county: County):
        self.county = county
        self._merged: dict[UUID, list[Institution]] = defaultdict(list)
        self._of_merged: dict[tuple[str, str], list[int]] = defaultdict(list)  # numbers, by code or permit of merged
        self._former_places: dict[UUID, set[tuple[str, str]]] = defaultdict(set)  # of those into which some were merged
        self._own_names: dict[UUID, set[str]] = defaultdict(set)  # former ones, without those of what was merged
        self._called_too: dict[UUID, set[str]] = defaultdict(set)  # by rows of which somebody said that they are it
        self._under = ByHash()  # numbers of those on file, by code, permit, name, and by township, name and address
        self._more_under, self._more = ByHash(), Records()  # places of what was merged, and what rows make of some
        self._exact_rows = ByHash()  # numbers in the index of rows, by township, name and address
        here = Institution.objects.in_division(county.division.pk)
        on_file = here.filter(ON_REGISTER)
        self.on_file = InstitutionsOnFile(here, self._put_under)
        self._index, self._decided = WaitingIndex(county, self.on_file.entries), Decided(on_file)
        names = Name.objects.filter(withdrawn_at=None, institution__in=on_file.filter(renamed=True, has_merges=True))
        for pk, name in names.values_list("institution", "name"):
            self._own_names[pk].add(name)
        for into, merged in merged_into(on_file):
            self._add_merged(into, merged)
        self._with_rounds = with_rounds(on_file.filter(surveyed_on__isnull=True))

    def _put_under(self, number: int, entry: Entry, permits: Iterable[str]) -> None:
        put = self._under.add
        if entry.credit_code:
            put(hash(("code", entry.credit_code)), number)
        for permit in permits:
            put(hash(("permit", bare_permit(permit))), number)
        for name in entry.names:
            put(hash(("name", name)), number)
            for address in entry.addresses or ("",):
                put(self._said(entry.township, name, address), number)

    def _add_merged(self, into: UUID, merged: Institution) -> None:
        number = self.on_file.number_of(into)
        if number is None:
            return
        self._merged[into].append(merged)
        for division, address in _places_of(merged):
            self._former_places[into].add((division, address))
            for name in _names_of(merged):
                self._add_exact(name, address, merged.credit_code, division[:9], into)
        for licence in merged.licences.all():
            if licence.kind == Licence.Kind.PERMIT:
                self._of_merged["permit", bare_permit(licence.number)].append(number)
        if merged.credit_code:
            self._of_merged["code", merged.credit_code].append(number)

    def by_code(self, code: str) -> list[Institution]:
        """Those on file that have a credit code, or into which one was merged that had it."""
        found = [self.on_file[number] for number in self._numbers("code", code)]
        return [each.institution for each in found if self._is_under(each, "code", code, each.institution.credit_code)]

    def by_permit(self, number: str) -> list[Institution]:
        """Those on file that hold a permit, or into which one was merged that held it; `number` as `bare_permit`."""
        found = [self.on_file[each] for each in self._numbers("permit", number)]
        return [each.institution for each in found if self._is_under(each, "permit", number, *each.permits)]

    def _numbers(self, what: str, key: str) -> dict[int, None]:
        numbers = dict.fromkeys(self._under.of(hash((what, key))))
        return numbers | dict.fromkeys(self._of_merged.get((what, key), ()))

    def _is_under(self, found: OnFile, what: str, key: str, *own: str) -> bool:
        return key in own or found.number in self._of_merged.get((what, key), ())

    def former_names(self, institution: Institution) -> set[str]:
        """What an institution is or was called beside its name, and what was merged into it."""
        also = self._called_too.get(institution.pk, set())
        return also.union(self._of(institution).entry.also_named)

    def former_places(self, institution: Institution) -> set[tuple[str, str]]:
        """Where an institution was, and what was merged into it: divisions and addresses."""
        return self._former_places.get(institution.pk, set()).union(self._of(institution).places)

    def judged_before(self, institution: Institution) -> Judged | None:
        """By what a round was judged that came before a survey."""
        return judged_before(institution) if institution.pk in self._with_rounds else None

    def corrected(self, institution: Institution) -> list[LicenceOnFile]:
        """Its licences that were replaced by others."""
        return self._of(institution).corrected

    def _of(self, institution: Institution) -> OnFile:
        found = self.on_file.of(institution.pk)
        assert found is not None, "it was found here"
        return found

    def add(self, known: Known) -> None:
        """A row that enters a new institution, or what a row makes of one on file."""
        if known.institution is None:
            said = self._said(known.township, known.name, known.address)
            if not self._is_exact(said) and not self._exact_rows.of(said, 1):
                self._exact_rows.add(said, len(self._index))
            self._index.add(known.as_entry())
            return
        self._add_exact(known.name, known.address, known.credit_code, known.township, known.institution.pk)
        entry = self._index.entry(known.institution.pk)
        self._index.add(
            replace(
                entry,
                name=known.name,
                address=known.address,
                also_named=tuple(sorted({*entry.names} - {known.name})),
                also_at=tuple(sorted({*entry.addresses} - {known.address})),
            )
        )

    def _add_exact(self, name: str, address: str, credit_code: str, township: str, institution: UUID) -> None:
        said = self._said(township, name, address)
        if not self._exact_rows.of(said, 1) and not self._is_exact(said):
            self._more_under.add(said, len(self._more))
            self._more.append((name, address, credit_code, township, institution))

    def _is_exact(self, said: int) -> bool:
        return bool(self._under.of(said, 1) or self._more_under.of(said, 1))

    def _said(self, township: str, name: str, address: str) -> int:
        return hash((township, normal_name(name), self.county.local(address)))

    def same_name_and_address(self, name: str, address: str, division: Division) -> Known | None:
        said = division.pk[:9], normal_name(name), self.county.local(address)
        for known in self._known_under(hash(said)):
            if (known.township, normal_name(known.name), self.county.local(known.address)) == said:
                return known
        return None

    def _known_under(self, said: int) -> Iterator[Known]:
        """Institutions on file and rows that may be called and placed so: the first of each is meant."""
        for number in self._under.of(said, 1):
            found = self.on_file[number]
            entry = found.entry
            for name in entry.names:
                for address in entry.addresses or ("",):
                    yield Known(name, address, entry.credit_code, found.institution, township=entry.township)
        for number in self._more_under.of(said, 1):
            name, address, code, township, pk = self._more[number]
            more = self.on_file.of(pk)
            assert more is not None
            yield Known(name, address, code, more.institution, township=township)
        for number in self._exact_rows.of(said, 1):
            yield Known.of_a_row(self._index.kept(number))

    def has_name(self, name: str) -> bool:
        """Whether an institution is, or was, called just so: then it is a name, however odd."""
        return any(name in self.on_file[number].entry.names for number in self._under.of(hash(("name", name))))

    def called(self, name: str) -> list[Institution]:
        """Those on file that are, or were, called just so."""
        found = [self.on_file[number] for number in self._under.of(hash(("name", name)))]
        return [each.institution for each in found if name in each.entry.names]

    def has_place(self, name: str, address: str, division: Division) -> bool:
        """Whether an institution of this name is on file at this address in this township."""
        same = self.same_name_and_address(name, address, division)
        return same is not None and same.institution is not None

    def alike(self, entry: Entry) -> list[Match]:
        """What a new row may be, the most alike first; without what somebody said it is not, and of several places of
        one code only what else speaks for it. Gives up on near names when a file makes it compare too many, which
        `gave_up` then says."""
        found = self._index.matches(entry)
        if self.gave_up:
            self._index.near_names = False
            found = [each for each in found if SAME_NAME & set(each.reasons)]
        identity = self._index.reader.identity(entry) if found else ""
        return [each for each in found if not self._is_apart(each, identity)]

    def entry_of(self, columns: dict[str, Any]) -> Entry:
        """A row as it is compared."""
        return Entry(
            "",
            columns["name"],
            columns["division"].pk[:9],
            columns["operating_address"],
            columns["credit_code"],
            phone=columns.get("phone", ""),
        )

    def identity(self, entry: Entry) -> str:
        """By what a decision about a row of a register is remembered."""
        return self._index.reader.identity(entry)

    def apart_key(self, match: Match, identity: str) -> str:
        """By what it is remembered that a row and another of the file are two; "" for one that is on file."""
        row = not isinstance(match.entry.key, UUID)
        return apart_key(identity, self._index.reader.identity(match.entry)) if row else ""

    @property
    def has_decisions(self) -> bool:
        """Whether anybody has said anything of rows of registers."""
        return self._decided.any_of_rows

    def decided_same(self, identity: str, name: str) -> Institution | None:
        """The institution on file of which somebody said that this row is the same; the name it has here renames
        nobody."""
        same = (self.on_file.of(pk) for pk in self._decided.same_as(identity))
        found = next((each.institution for each in same if each is not None), None)
        if found is not None and name != found.name:
            self._called_too[found.pk].add(name)
        return found

    def _is_apart(self, match: Match, identity: str) -> bool:
        key = match.entry.key
        return isinstance(key, UUID) and is_settled(self._decided.of_row(key, identity))

    def question(self, match: Match) -> str:
        """Why a row is asked about, in words."""
        known = self._known(match)
        reasons = set(match.reasons)
        if reasons & SAME_NAME:
            return refusals.SAME_NAME.format(known=known)
        if reasons & AT_DOOR and Reason.NEAR_NAME in reasons:
            return refusals.NEAR_NAME_SAME_DOOR.format(known=known)
        return refusals.ALIKE.format(known=known, reasons=enumerated(match.words))

    def _known(self, match: Match) -> Known:
        entry = match.entry
        if not isinstance(entry.key, UUID):
            return Known.of_a_row(entry)
        return Known(entry.name, entry.address, entry.credit_code)

    def merged_of(self, found: Institution, columns: dict[str, Any]) -> Institution | None:
        """The registration that a row is of, where that was merged into `found`: by name and place, and not by those
        of the one that stays."""
        for merged in self._merged.get(found.pk, ()):
            names = set(map(normal_name, _names_of(merged)))
            places = {(division[:9], self.county.local(address)) for division, address in _places_of(merged)}
            here = (columns["division"].pk[:9], self.county.local(columns["operating_address"]))
            own = {normal_name(found.name), *map(normal_name, self._own_names.get(found.pk, ()))}
            is_there = here in places or (not here[1] and here[0] in {division for division, _ in places})
            if normal_name(columns["name"]) in names and is_there:
                stays = (found.division_id[:9], self.county.local(found.operating_address))
                if normal_name(columns["name"]) not in own or here != stays or _says_more_of(merged, found, columns):
                    return merged
        return None

    def licences_of(self, institution: Institution) -> list[Licence | LicenceOnFile]:
        """The standing licences of an institution and of what was merged into it."""
        of_merged = [licence for each in self._merged.get(institution.pk, ()) for licence in each.licences.all()]
        return [*self._of(institution).licences, *of_merged]

    def is_of_merged(self, found: Institution, column: str, value: Any) -> bool:
        """Whether a row says what one that was merged into the institution says: no news of it."""
        merged = self._merged.get(found.pk, ())
        return any(getattr(each, column, None) == value for each in merged) or (
            column == "operating_address" and any(value == there for each in merged for _, there in _places_of(each))
        )

    @property
    def gave_up(self) -> bool:
        return self._index.compared > MOST_COMPARED


def _names_of(merged: Institution) -> list[str]:
    """What a merged registration is and was called."""
    return [merged.name, *(row.name for row in merged.names.all() if row.withdrawn_at is None)]


def _places_of(merged: Institution) -> list[tuple[str, str]]:
    """Where it is and was: township and address."""
    rows = [(row.division_id, row.operating_address) for row in merged.places.all() if row.withdrawn_at is None]
    return [(merged.division_id, merged.operating_address), *rows]


def _says_more_of(merged: Institution, found: Institution, columns: dict[str, Any]) -> bool:
    """Of two that are called the same at one place: whether the row says what only the merged one has."""
    told = [name for name in ("surveyed_on", "credit_code", "phone", "principal") if columns.get(name)]
    of_merged = sum(columns[name] == getattr(merged, name) for name in told)
    return of_merged > sum(columns[name] == getattr(found, name) for name in told)
