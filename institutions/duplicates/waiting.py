"""An index of very many entries of which few have anything in common, as the rows of a register are."""

from collections.abc import Callable, Sequence
from typing import Any

from institutions.duplicates.by_hash import ByHash
from institutions.duplicates.index import MOST_AT_A_PLACE, Index, Key, Names
from institutions.duplicates.likeness import Match
from institutions.duplicates.reading import Entry
from institutions.places import County
from institutions.spool import Spool

FEW = 10  # names at one place that are read again whenever somebody asks


class Entries(Spool[Entry]):
    """Entries on disk, as plain tuples."""

    def pack(self, row: Entry) -> Any:
        return (
            row.key, row.name, row.township, row.address, row.credit_code, row.permits, row.phone, row.also_named,
            row.also_at,
        )  # fmt: skip

    def unpack(self, packed: Any) -> Entry:
        return Entry(*packed)


class WaitingIndex(Index):
    """Finds what `Index` finds. Of whatever is added only its number is kept, under hashes of its keys; it is read when
    another has one of them. Entries on file come first, and are gone through when anybody asks for the first time."""

    def __init__(self, county: County, on_file: Callable[[], Sequence[Entry]]):
        super().__init__(county)
        self._ask_for_on_file: Callable[[], Sequence[Entry]] | None = on_file
        self._on_file: Sequence[Entry] = ()
        self._added = Entries()  # their numbers go on behind those on file
        self._under = ByHash()
        self._crowded: dict[int, Names] = {}  # more than a few names at one place, by the hash of its key
        self._changed, self._changes = ByHash(), Entries()  # what rows make of those on file, by their numbers
        self._number_of = ByHash()  # of those on file
        self.near_names = True  # whether names at one place are compared

    def add(self, entry: Entry) -> None:
        """Enter one behind all others; one on file that is there already at its place, to be found by more."""
        self._go_through_on_file()
        number = self._number(entry.key)
        if number is None:
            self._put_under(entry, len(self))
            self._added.append(entry)
        else:
            self._changed.add(number, len(self._changes))
            self._changes.append(entry)
            self._put_under(entry, number)

    def kept(self, number: int) -> Entry:
        """The so-manieth that was added, those on file before all others."""
        if number >= len(self._on_file):
            return self._added[number - len(self._on_file)]
        changed = self._changed.of(number) if self._changes else ()
        return self._changes[changed[-1]] if changed else self._on_file[number]

    def __len__(self) -> int:
        """How many were added, with those on file."""
        self._go_through_on_file()
        return len(self._on_file) + len(self._added)

    def entry(self, key: object) -> Entry:
        """One of those on file, by the id of its institution."""
        self._go_through_on_file()
        number = self._number(key)
        if number is None:
            raise KeyError(key)
        return self.kept(number)

    def _number(self, key: object) -> int | None:
        numbers = self._number_of.of(hash(key))
        return next((each for each in numbers if self._on_file[each].key == key), None)

    def matches(self, entry: Entry) -> list[Match]:
        self._go_through_on_file()
        found: dict[int, None] = {}
        for key in self._exact(entry):
            found |= dict.fromkeys(sorted(self._under.of(hash(key), MOST_AT_A_PLACE)))
        for key in self._places_sought(entry) if self.near_names else ():
            found |= dict.fromkeys(self._near(hash(key), entry))
        others = (each for each in map(self.kept, found) if each.key != entry.key)
        return self.compared_with(entry, others) if found else []

    def _near(self, place: int, entry: Entry) -> list[int]:
        """The numbers of those whose names are near, at the place of this hash."""
        names = self._crowded.get(place)
        if names is None:
            here = self._under.of(place, FEW + 1)
            if not here:
                return []
            names = Names()
            if len(here) > FEW:
                self._crowded[place], here = names, self._under.pop(place)
        else:
            here = self._under.pop(place)
        for number in sorted(set(here)):
            names.add(number, self.reader.name(self.kept(number).name).core, int)
        near, compared = names.near(self.reader.name(entry.name).core)
        self.compared += compared
        return near

    def _go_through_on_file(self) -> None:
        if self._ask_for_on_file is not None:
            self._on_file, self._ask_for_on_file = self._ask_for_on_file(), None
            for number, entry in enumerate(self._on_file):
                self._number_of.add(hash(entry.key), number)
                self._put_under(entry, number)

    def _put_under(self, entry: Entry, number: int) -> None:
        keys: list[Key] = [*self._exact(entry), *(self._places_of(entry) if self.near_names else ())]
        for key in keys:
            self._under.add(hash(key), number)
