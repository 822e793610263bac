"""How far a file is, told to whoever watches: rows read, rows planned, rows written. Without a watcher nothing is told.

A context variable, for the readers of cells and rows are the same whether somebody watches or not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[str, int, int | None], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """`watcher(phase, done, total)` is called of every step within; phases are those of ImportRun."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)


def at(phase: str, done: int, total: int | None = None) -> None:
    if (watcher := _watcher.get()) is not None:
        watcher(phase, done, total)
