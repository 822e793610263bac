"""Writing in short transactions, so that others write in between: visits, entries by hand."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from django.db import connection

from accounts.watermark import recording

# About how long one transaction takes: on SQLite all who write wait for it, on PostgreSQL who writes of its rows.
SHORT_S = {"sqlite": 0.03, "postgresql": 0.1}
# Rows in one transaction: of fewer than FEWEST most of the time goes into what each transaction asks but once.
FIRST, FEWEST, MOST = 100, 100, 2_000
LOOKED_BACK = 5  # slices of which the slowest tells: every fourth or so folds the counts that are kept, too
Item = TypeVar("Item")


class Slices:
    """Transactions that write at one moment, each as many rows as take about `SHORT_S`. Inside another transaction
    they are parts of it. `first` and `fewest` are for rows of which a few take that long."""

    def __init__(self, at: datetime, *, first: int = FIRST, fewest: int = FEWEST):
        self.at, self.fewest = at, fewest
        self.rows = first
        self.row_took_s: deque[float] = deque(maxlen=LOOKED_BACK)
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            # How it looks up a foreign key it decides once: of a table that was empty then, by reading all of it.
            _execute("DISCARD PLANS")

    def of(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        place = 0
        while place < len(items):
            part = items[place : place + self.rows]
            place += len(part)
            yield part

    @contextmanager
    def turn(self, *, last: bool = False) -> Iterator[None]:
        """One transaction; the next slice is as large as the last ones tell. Only the `last` one waits until the disk
        has it, and with it all before it: until then nobody was told that anything is kept."""
        if connection.in_atomic_block:
            self.rows = MOST
            with recording(self.at):
                yield
            return
        with contextlib.nullcontext() if last else _not_waiting_for_the_disk(), recording(self.at):
            if connection.vendor == "postgresql":
                _execute("SET LOCAL enable_seqscan = off")
                if not last:
                    _execute("SET LOCAL synchronous_commit = off")
            began = time.monotonic()
            yield
        self.row_took_s.append(max(time.monotonic() - began, 0.001) / self.rows)
        self.rows = round(max(self.fewest, min(MOST, self.rows * 2, SHORT_S[connection.vendor] / max(self.row_took_s))))


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """What a power cut takes of SQLite's commits inside of this is the last of them, and never the order: the next
    commit outside waits for all before it (SQLite's manual on WAL with its setting synchronous at NORMAL)."""
    if connection.vendor != "sqlite":
        yield
        return
    _execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        _execute("PRAGMA synchronous = FULL")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
