"""Numbers under keys of which only a hash is kept: some 25 bytes for each, where a dict of lists takes ten times that.

Of two keys with the same 64 bits the one finds the other's numbers, too: whoever asks compares what they stand for.
"""

from array import array

FIRST_BUCKETS = 1024
AS_FULL = 2  # numbers to a bucket, on the average, before there are four times as many buckets
TAKEN_OUT = -2


class ByHash:
    """The numbers of a key come in the order in which they were put in."""

    def __init__(self) -> None:
        self._hashes, self._numbers, self._next = array("q"), array("I"), array("i")  # of each number put in
        self._open(FIRST_BUCKETS)

    def _open(self, buckets: int) -> None:
        self._first, self._last = array("i", [-1]) * buckets, array("i", [-1]) * buckets
        self._buckets = buckets - 1

    def add(self, key: int, number: int) -> None:
        place = len(self._hashes)
        if place >= AS_FULL * len(self._first):
            self._spread()
        self._hashes.append(key)
        self._numbers.append(number)
        self._next.append(-1)
        self._hang(key, place)

    def of(self, key: int, most: int | None = None) -> list[int]:
        """The first so many numbers of a key."""
        found: list[int] = []
        place = self._first[key & self._buckets]
        while place >= 0 and len(found) != most:
            if self._hashes[place] == key:
                found.append(self._numbers[place])
            place = self._next[place]
        return found

    def pop(self, key: int) -> list[int]:
        """All numbers of a key, which are taken out."""
        bucket, found = key & self._buckets, []
        place = self._first[bucket]
        self._first[bucket] = self._last[bucket] = -1
        while place >= 0:
            here, place = place, self._next[place]
            if self._hashes[here] == key:
                found.append(self._numbers[here])
                self._next[here] = TAKEN_OUT
            else:
                self._next[here] = -1
                self._hang(self._hashes[here], here)
        return found

    def _hang(self, key: int, place: int) -> None:
        bucket = key & self._buckets
        last = self._last[bucket]
        if last < 0:
            self._first[bucket] = place
        else:
            self._next[last] = place
        self._last[bucket] = place

    def _spread(self) -> None:
        self._open(4 * len(self._first))
        for place, key in enumerate(self._hashes):
            if self._next[place] != TAKEN_OUT:
                self._next[place] = -1
                self._hang(key, place)
