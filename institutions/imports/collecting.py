"""Registers of any length in little memory, and without looking again and again for what is not there.

A plan is made of millions of small objects, of which none is garbage: to look through them again and again costs as
much as a sixth of the work. Memory comes back all the same: by its references, as ever.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_lock = threading.Lock()
_asking = 0  # plans that are being made in this process


@contextmanager
def no_collecting() -> Iterator[None]:
    """Without the collector of cycles, in the whole process, until the last of those that asked for it is done."""
    with _lock:
        _ask(+1)
    try:
        yield
    finally:
        with _lock:
            _ask(-1)


def _ask(more: int) -> None:
    global _asking
    _asking += more
    if _asking:
        gc.disable()
    else:
        gc.enable()


MAPPED = 64 * 1024 * 1024  # bytes


@contextmanager
def little_mapped() -> Iterator[None]:
    """With little of SQLite's file mapped: of a large register all 256 MB of mapped pages would be looked at, and they
    count as the process's own."""
    mapped = _mapped()
    if mapped <= MAPPED:
        yield
        return
    _map(MAPPED)
    try:
        yield
    finally:
        _map(mapped)


def _mapped() -> int:
    """How many bytes of its file SQLite maps: of none where the database is in memory, or is PostgreSQL's."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        found = cursor.execute("PRAGMA mmap_size").fetchone()
    return int(found[0]) if found else 0


def _map(most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA mmap_size = {most}")
