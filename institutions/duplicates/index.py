"""Entries found by what they may share with another: never every one against every one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar
from uuid import UUID

from rapidfuzz import fuzz, process

from institutions.duplicates.likeness import Match, Verdict, compare
from institutions.duplicates.reading import Entry, ReadAddress, Reader
from institutions.names import NEAR
from institutions.places import County

MOST_AT_A_PLACE = 200  # names of one street or door that are compared with one; of more those that share two signs
MOST_FOUND = 20  # of one entry
_ORDER = {Verdict.CERTAIN: 0, Verdict.CAMPUS: 1, Verdict.CANDIDATE: 2, Verdict.NEW: 3}

Key = tuple[str, ...]
Id = UUID | int | str
Value = TypeVar("Value")


class Index:
    """Entries of one county, by code, permit, telephone, name and place."""

    def __init__(self, county: County, entries: Iterable[Entry] = ()):
        self.reader = Reader(county)
        self.entries: dict[Id, Entry] = {}
        self.compared = 0  # names with names
        self._order: dict[Id, int] = {}
        self._shared: dict[Key, dict[Id, None]] = defaultdict(dict)
        self._places: dict[Key, Names] = defaultdict(Names)
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        self.enter(entry, len(self.entries))

    def enter(self, entry: Entry, place: int) -> None:
        """Enter one as the so-manieth, in whatever order they come: of several at one place the first are found."""
        self.entries[entry.key] = entry
        self._order.setdefault(entry.key, place)
        for key in self._exact(entry):
            _put(self._shared[key], entry.key, None, self._order.__getitem__)
        core = self.reader.name(entry.name).core
        for at in self._places_of(entry):
            # One name of each is looked through here; by its other names it is found as the same.
            self._places[at].add(entry.key, core, self._order.__getitem__)

    def matches(self, entry: Entry) -> list[Match]:
        """Those that the entry may be, the most certain first; itself not among them."""
        found = {key: None for key in self._candidates(entry) if key != entry.key}
        return self.compared_with(entry, map(self.entries.__getitem__, found))

    def compared_with(self, entry: Entry, others: Iterable[Entry]) -> list[Match]:
        """Which of the others the entry may be."""
        compared = (compare(entry, other, self.reader) for other in others)
        matches = [each for each in compared if each.verdict != Verdict.NEW]
        return sorted(matches, key=lambda each: (_ORDER[each.verdict], -each.score))[:MOST_FOUND]

    def pairs(self) -> Iterator[tuple[Entry, Match]]:
        """Every two entries that may be one, each pair once."""
        number = {key: place for place, key in enumerate(self.entries)}
        for entry in self.entries.values():
            for match in self.matches(entry):
                if number[match.entry.key] < number[entry.key]:
                    yield entry, match

    def _candidates(self, entry: Entry) -> Iterator[Id]:
        for key in self._exact(entry):
            yield from islice(self._shared.get(key, ()), MOST_AT_A_PLACE)
        core = self.reader.name(entry.name).core
        for place in self._places_sought(entry):
            names = self._places.get(place)
            if names is not None:
                near, compared = names.near(core)
                self.compared += compared
                yield from near

    def _exact(self, entry: Entry) -> Iterator[Key]:
        """What an entry shares exactly with those it may be."""
        if entry.credit_code:
            yield ("code", entry.credit_code)
        for permit in entry.bare_permits if entry.permits else ():
            yield ("permit", permit)
        for phone in entry.phones if entry.phone else ():
            yield ("phone", phone)
        for name in entry.names:
            yield ("name", entry.township, self.reader.name(name).whole)

    def _places_of(self, entry: Entry) -> Collection[Key]:
        """Under which an entry is found by those at the same door, at the same number of a street that is spelt
        otherwise, or in the same street where either has no number."""
        found: list[Key] = []
        for read in map(self.reader.address, entry.addresses):
            found += _at_door(entry.township, read)
            if read.road:
                found.append(("street", entry.township, read.road))
                if not read.number:
                    found.append(("street without number", entry.township, read.road))
        return found if len(entry.addresses) < 2 else dict.fromkeys(found)

    def _places_sought(self, entry: Entry) -> Collection[Key]:
        found: list[Key] = []
        for read in map(self.reader.address, entry.addresses):
            found += _at_door(entry.township, read)
            if read.road:
                found.append(("street without number" if read.number else "street", entry.township, read.road))
        return found if len(entry.addresses) < 2 else dict.fromkeys(found)


def _at_door(township: str, read: ReadAddress) -> list[Key]:
    keys: list[Key] = [("door", township, read.door)] if read.door else []
    return [*keys, ("number", township, read.number)] if read.number else keys


class Names:
    """What distinguishes the names at one place, by entry. Of a place with very many, by every two signs too."""

    __slots__ = ("by_pair", "cores")

    def __init__(self) -> None:
        self.cores: dict[Any, str] = {}
        self.by_pair: dict[str, dict[Any, None]] | None = None

    def add(self, key: Any, core: str, order: Callable[[Any], int]) -> None:
        if not _put(self.cores, key, core, order):
            self.by_pair = None
        elif self.by_pair is not None:
            self._add_pairs(key, core)

    def near(self, core: str) -> tuple[list[Any], int]:
        """Whose names are near, and how many were compared."""
        looked_at = self.cores
        if len(looked_at) > MOST_AT_A_PLACE:
            looked_at = {key: self.cores[key] for key in islice(self._sharing(core), MOST_AT_A_PLACE)}
        found = process.extract(core, looked_at, scorer=fuzz.ratio, score_cutoff=100 * NEAR, limit=MOST_FOUND)
        return [key for _core, _score, key in found], len(looked_at)

    def _sharing(self, core: str) -> Iterator[Any]:
        if self.by_pair is None:
            self.by_pair = defaultdict(dict)
            for key, each in self.cores.items():
                self._add_pairs(key, each)
        fewest_first = sorted((self.by_pair.get(pair, {}) for pair in _pairs(core)), key=len)
        return chain.from_iterable(fewest_first)

    def _add_pairs(self, key: Any, core: str) -> None:
        assert self.by_pair is not None
        for pair in _pairs(core):
            self.by_pair[pair][key] = None


def _put(those: dict[Any, Value], key: Any, value: Value, order: Callable[[Any], int]) -> bool:
    """Put one among those at its place by `order`; whether that is behind all others."""
    is_last = not those or key in those or order(next(reversed(those))) < order(key)
    those[key] = value
    if not is_last:
        in_order = sorted(those.items(), key=lambda each: order(each[0]))
        those.clear()
        those.update(in_order)
    return is_last


def _pairs(core: str) -> set[str]:
    """Every two signs that follow one another."""
    return {core[place : place + 2] for place in range(len(core) - 1)} or {core}
