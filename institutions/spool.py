"""Very many rows that are gone through in their order: on disk, all but the last few thousand that were asked for."""

import os
import pickle
import tempfile
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

BLOCK = 500  # rows that are written and read together
IN_MEMORY = 20  # blocks: a register of the page's usual length never touches the disk

Row = TypeVar("Row")


class Spool(Sequence[Row]):
    """A list that grows at its end. What was put in is not changed any more: another look may find another copy of it.

    `pack` and `unpack` are for those whose rows take less room as plain tuples. The file has no name, and goes when
    nobody asks for the rows any more.
    """

    def __init__(self, rows: Iterable[Row] = ()):
        self._blocks: OrderedDict[int, list[Any]] = OrderedDict()  # those in memory, the one asked for last at the end
        self._begins = array("q")  # of every block that is full: where it stands in the file, -1 while it does not
        self._last: list[Any] = []
        self._file: Any = None
        self.extend(rows)

    def pack(self, row: Row) -> Any:
        return row

    def unpack(self, packed: Any) -> Row:
        return packed

    def append(self, row: Row) -> None:
        self._last.append(self.pack(row))
        if len(self._last) == BLOCK:
            self._blocks[len(self._begins)] = self._last
            self._begins.append(-1)
            self._last = []
            self._make_room()

    def extend(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.append(row)

    def __len__(self) -> int:
        return len(self._begins) * BLOCK + len(self._last)

    def __iter__(self) -> Iterator[Row]:
        return map(self.unpack, self.packed())

    def packed(self) -> Iterator[Any]:
        """The rows as `pack` made them."""
        for block in range(len(self._begins)):
            yield from self._block(block)
        yield from self._last

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(place)
        block, row = divmod(at, BLOCK)
        return self.unpack(self._block(block)[row])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self[:5])!r}, {len(self)} rows)"

    def _block(self, block: int) -> list[Any]:
        if block == len(self._begins):
            return self._last
        found = self._blocks.get(block)
        if found is None:
            self._file.seek(self._begins[block])
            found = self._blocks[block] = pickle.load(self._file)  # noqa: S301 (written by this process)
            self._make_room()
        else:
            self._blocks.move_to_end(block)
        return found

    def _make_room(self) -> None:
        while len(self._blocks) > IN_MEMORY:
            block, rows = self._blocks.popitem(last=False)
            if self._begins[block] < 0:
                self._write(block, rows)

    def _write(self, block: int, rows: list[Any]) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115
            weakref.finalize(self, self._file.close)
        self._begins[block] = self._file.seek(0, 2)
        pickle.dump(rows, self._file, pickle.HIGHEST_PROTOCOL)


class Records:
    """Very many plain tuples that are asked for one by one, in any order: on disk, each by itself."""

    def __init__(self) -> None:
        self._begins = array("q", [0])
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._is_written = True

    def append(self, record: tuple[Any, ...]) -> None:
        written = pickle.dumps(record, pickle.HIGHEST_PROTOCOL)
        self._file.write(written)
        self._begins.append(self._begins[-1] + len(written))
        self._is_written = False

    def __len__(self) -> int:
        return len(self._begins) - 1

    def __getitem__(self, place: int) -> Any:
        if not self._is_written:
            self._file.flush()
            self._is_written = True
        if not 0 <= place < len(self):
            raise IndexError(place)
        begins = self._begins[place]
        return pickle.loads(os.pread(self._file.fileno(), self._begins[place + 1] - begins, begins))  # noqa: S301
