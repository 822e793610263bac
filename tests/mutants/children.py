"""Work that is done in forked children, a few at a time: whatever a change brings about ends a child alone."""

import json
import os
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

AT_ONCE = int(os.environ.get("MUTANTS_AT_ONCE") or os.cpu_count() or 1)
SHARED_MEMORY = Path("/dev/shm")
MOST_MEMORY = 6 * 2**30
WAITS_AT_MOST = 90  # seconds of the clock
Work = Callable[[], dict[str, Any]]


def folder(pid: int) -> Path:
    """Of one process alone."""
    return Path(SHARED_MEMORY if SHARED_MEMORY.is_dir() else tempfile.gettempdir()) / f"mutants-{pid}"


def spent() -> float:
    """Seconds of the processor, those of the processes that were waited for among them."""
    return sum(os.times()[:4])


def in_children(work: Iterator[tuple[Any, Work, float]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """(name, function, seconds it should take) -> (name, what it returned)."""
    running: dict[int, tuple[Any, int]] = {}
    more = True
    while more or running:
        while more and len(running) < AT_ONCE:
            following = next(work, None)
            if following is None:
                more = False
                break
            name, function, seconds = following
            pid, pipe = _fork(function, seconds)
            running[pid] = (name, pipe)
        if running:
            pid, status = os.wait()
            name, pipe = running.pop(pid)
            with os.fdopen(pipe, "rb") as end:
                said = end.read()
            # One that says nothing has run out of time or memory: the change did not go unnoticed.
            yield name, json.loads(said) if said else {"verdict": "killed", "by": f"died ({status})"}


def _fork(function: Work, seconds: float) -> tuple[int, int]:
    end, start = os.pipe()
    pid = os.fork()
    if pid:
        os.close(start)
        return pid, end
    confine(seconds)
    with os.fdopen(start, "wb") as pipe:
        pipe.write(json.dumps(or_not_judged(function)).encode())
    os._exit(0)


def or_not_judged(function: Work) -> dict[str, Any]:
    """What it returns; an error is one of ours, for tests catch theirs: it is no verdict, and said in MUTANTS_LOG."""
    try:
        return function()
    except BaseException as error:
        traceback.print_exc()
        return {"verdict": "unjudged", "by": repr(error)}


def confine(seconds: float) -> None:
    """Of this process: what it says goes to MUTANTS_LOG, and neither time nor memory without end."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nowhere = os.open(os.environ.get("MUTANTS_LOG", os.devnull), os.O_RDWR | os.O_APPEND | os.O_CREAT)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    # What tests start may take limits of its own above these.
    for what, most in ((resource.RLIMIT_CPU, int(20 + 4 * seconds)), (resource.RLIMIT_AS, MOST_MEMORY)):
        resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
    # Threads that wait for each other take no time of the processor: an alarm ends them, late enough for a busy machine.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(WAITS_AT_MOST + 10 * seconds))
