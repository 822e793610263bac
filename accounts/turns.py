"""Whose turn it is to write: with SQLite one transaction writes at a time, and who waits asks again after a pause of
its own choosing, so that some wait for ever. Here writers stand in line (docs/adr/0039-writers-stand-in-line.md).

Threads of one process queue in the order in which they came; of each process the first in line asks for the file
`next`, then for `turn`, and lets `next` go: whoever has just written cannot overtake who waits in another process. The
system lets go of both when a process is killed. PostgreSQL has its own queues.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

PAUSE_S = 0.0003
PATIENCE_S = 20.0  # as long as SQLite would go on asking (settings.DATABASES)


class _Line:
    """A lock that is given to those who wait in the order in which they came."""

    def __init__(self) -> None:
        self.guard, self.waiting, self.taken = threading.Lock(), deque[threading.Event](), False

    def enter(self, patience_s: float) -> bool:
        """Whether it was had in time."""
        with self.guard:
            if not self.taken:
                self.taken = True
                return True
            mine = threading.Event()
            self.waiting.append(mine)
        if mine.wait(patience_s):
            return True
        with self.guard:
            if mine.is_set():  # it was given at the last moment
                return True
            self.waiting.remove(mine)
            return False

    def leave(self) -> None:
        with self.guard:
            if self.waiting:
                self.waiting.popleft().set()
            else:
                self.taken = False


_line = _Line()


def _after_fork() -> None:
    global _line
    _line = _Line()


os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def turn() -> Iterator[None]:
    """One's turn to begin a transaction that writes. Inside of a transaction it is one's turn already.

    Raises OperationalError, as SQLite would, when it was not one's turn in time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    if not _line.enter(PATIENCE_S):
        raise OperationalError("database is locked")
    try:
        held = _take()
        try:
            yield
        finally:
            os.close(held)
    finally:
        _line.leave()


def _take() -> int:
    """The file `turn`, locked. One process alone asks for it at a time, so that asking again and again is fair."""
    folder = Path(settings.DATA_DIR)
    following = os.open(folder / "next", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(following, fcntl.LOCK_EX)  # who has it gives up, or has its turn, in time
        return _ask_for(folder / "turn")
    finally:
        os.close(following)


def _ask_for(file: Path) -> int:
    held, until = os.open(file, os.O_RDWR | os.O_CREAT, 0o644), time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return held
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(held)
                raise OperationalError("database is locked") from None
            time.sleep(PAUSE_S)
