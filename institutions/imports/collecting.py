"""A plan is made of millions of small objects, of which none is garbage: to look through them again and again costs as
much as a sixth of the work. Memory comes back all the same: by its references, as ever."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
