"""An index of very many entries of which few have anything in common, as the rows of a register are."""

from collections.abc import Callable, Iterable
from typing import Protocol

from institutions.duplicates.index import Index, Key
from institutions.duplicates.likeness import Match
from institutions.duplicates.reading import Entry
from institutions.places import County


class Waiting(Protocol):
    """What an entry was read from, and is read from again: it takes less room."""

    def as_entry(self) -> Entry: ...


class WaitingIndex(Index):
    """Finds what `Index` finds. Whatever is added waits under numbers of its keys alone, and is entered when another
    asks for one of them. Entries on file come first, and are read when anybody asks for the first time."""

    def __init__(self, county: County, on_file: Callable[[], Iterable[Entry]]):
        super().__init__(county)
        self._on_file: Callable[[], Iterable[Entry]] | None = on_file
        self._waiting: list[Entry | Waiting | None] = []
        self._under: dict[int, int | list[int]] = {}  # hash of a key -> the places of those that wait under it
        self._place_of: dict[object, int] | None = None
        self.near_names = True  # whether names at one place are compared

    def add(self, entry: Entry) -> None:
        self._read_on_file()
        if entry.key in self.entries:  # what it was before is found as well
            self.enter(entry, len(self._waiting))
        else:
            self._wait(entry)

    def matches(self, entry: Entry) -> list[Match]:
        self._read_on_file()
        exact = list(self._exact(entry))
        places = self._places_sought(entry) if self.near_names else []
        for key in (*exact, *places):
            there = self._under.pop(hash(key), None)
            if there is not None:
                self._enter_all([there] if isinstance(there, int) else there)
        if not any(key in self._shared for key in exact) and not any(place in self._places for place in places):
            return []
        return self._matches(entry, exact, places)

    def entry(self, key: object) -> Entry:
        """One of those on file, by the id of its institution."""
        self._read_on_file()
        if key not in self.entries:
            if self._place_of is None:
                self._place_of = {
                    each.key: place for place, each in enumerate(self._waiting) if isinstance(each, Entry)
                }
            self._enter_all([self._place_of[key]])
        return self.entries[key]  # type: ignore[index]

    def _read_on_file(self) -> None:
        if self._on_file is not None:
            entries, self._on_file = self._on_file(), None
            for entry in entries:
                self._wait(entry)

    def _wait(self, entry: Entry) -> None:
        place = len(self._waiting)
        self._waiting.append(entry if entry.of is None else entry.of)
        for key in (*self._exact(entry), *(self._places_of(entry) if self.near_names else ())):
            self._wait_under(key, place)

    def _wait_under(self, key: Key, place: int) -> None:
        number = hash(key)
        there = self._under.setdefault(number, place)
        if isinstance(there, list):
            there.append(place)
        elif there != place:
            self._under[number] = [there, place]

    def _enter_all(self, places: list[int]) -> None:
        for place in places:
            waiting, self._waiting[place] = self._waiting[place], None
            if waiting is not None:
                self.enter(waiting if isinstance(waiting, Entry) else waiting.as_entry(), place)
