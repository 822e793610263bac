"""Writing in short transactions, so that others write in between: visits, entries by hand."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from django.db import connection

from accounts.watermark import recording

# About how long one transaction takes: on SQLite all who write wait for it, on PostgreSQL who writes of its rows.
SHORT_S = {"sqlite": 0.03, "postgresql": 0.1}
FIRST, FEWEST, MOST = 50, 10, 2_000  # rows in one transaction
Item = TypeVar("Item")


class Slices:
    """Transactions that write at one moment, each as many rows as take about `SHORT_S`. Inside another transaction
    they are parts of it. `first` and `fewest` are for rows of which a few take that long."""

    def __init__(self, at: datetime, *, first: int = FIRST, fewest: int = FEWEST):
        self.at, self.fewest = at, fewest
        self.rows = first

    def of(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        place = 0
        while place < len(items):
            part = items[place : place + self.rows]
            place += len(part)
            yield part

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction; the next slice is as large as this one tells."""
        if connection.in_atomic_block:
            self.rows = MOST
            with recording(self.at):
                yield
            return
        with recording(self.at):
            began = time.monotonic()
            yield
        took = max(time.monotonic() - began, 0.001)
        self.rows = round(max(self.fewest, min(MOST, self.rows * 2, self.rows * SHORT_S[connection.vendor] / took)))
