"""An index of very many entries of which few have anything in common, as the rows of a register are."""

from collections.abc import Callable, Iterable
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
    another has one of them. Entries on file come first, and are read when anybody asks for the first time."""

    def __init__(self, county: County, on_file: Callable[[], Iterable[Entry]]):
        super().__init__(county)
        self._on_file: Callable[[], Iterable[Entry]] | None = on_file
        self._kept = Entries()  # by their numbers
        self._under = ByHash()
        self._crowded: dict[int, Names] = {}  # more than a few names at one place, by the hash of its key
        self._changed: dict[int, Entry] = {}  # those on file of which a row makes something else
        self._number_of: dict[object, int] = {}  # of those on file
        self.near_names = True  # whether names at one place are compared

    def add(self, entry: Entry) -> None:
        """Enter one behind all others; one on file that is there already at its place, to be found by more."""
        self._read_on_file()
        number = self._number_of.get(entry.key)
        if number is None:
            self._keep(entry)
        else:
            self._changed[number] = entry
            self._put_under(entry, number)

    def kept(self, number: int) -> Entry:
        """The so-manieth that was added, those on file before all others."""
        return self._changed.get(number) or self._kept[number]

    def __len__(self) -> int:
        """How many were added, with those on file."""
        self._read_on_file()
        return len(self._kept)

    def entry(self, key: object) -> Entry:
        """One of those on file, by the id of its institution."""
        self._read_on_file()
        return self.kept(self._number_of[key])

    def matches(self, entry: Entry) -> list[Match]:
        self._read_on_file()
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

    def _read_on_file(self) -> None:
        if self._on_file is not None:
            entries, self._on_file = self._on_file(), None
            for entry in entries:
                self._number_of[entry.key] = len(self._kept)
                self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._put_under(entry, len(self._kept))
        self._kept.append(entry)

    def _put_under(self, entry: Entry, number: int) -> None:
        keys: list[Key] = [*self._exact(entry), *(self._places_of(entry) if self.near_names else ())]
        for key in keys:
            self._under.add(hash(key), number)
