"""Who has something for themselves over several transactions: a county, while a register is imported into it.

A transaction's own locks end with it. So whoever is `alone` with a county holds it elsewhere: on PostgreSQL an advisory
lock of a side connection, on SQLite a lock on a file; the system lets go of either when the process is killed. Whoever
enters something by hand is `beside`: many at once, and never while somebody is alone (docs/adr/0034).
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.errors import Busy
from accounts.watermark import Released

PATIENCE_S, PAUSE_S = 20.0, 0.05  # as long as for any other lock (settings.DATABASES)
SHORT_S = 5.0  # as long as a usual register is written; whoever waits keeps a thread of the server
KEY = 0x5A2  # of the first of the two numbers of PostgreSQL's advisory locks
Had = TypeVar("Had")
_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


@contextmanager
def alone(county: str) -> Iterator[None]:
    """Nobody else is alone with this county (six digits), or beside, in any process. Raises Busy (503) after 20 s.

    Inside a transaction it holds until that ends. Whoever has it already has it.
    """
    if county in _held.get():
        yield
        return
    if connection.in_atomic_block:
        _for_this_transaction(county, exclusive=True)
        yield
        return
    let_go = _taken(county)
    token = _held.set(_held.get() | {county})
    try:
        yield
    finally:
        _held.reset(token)
        let_go()


def wait(county: str) -> None:
    """For a moment, while somebody is alone with the county; called before the transaction that is to be `beside`. On
    SQLite one who waits inside of it keeps the other from writing; on PostgreSQL `beside` waits itself."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or county in _held.get():
        return
    patience = time.monotonic() + SHORT_S
    while (file := _try_file(county, fcntl.LOCK_SH)) is None and time.monotonic() < patience:
        time.sleep(PAUSE_S)
    if file is not None:
        os.close(file)


def beside(county: str) -> None:
    """Until this transaction ends nobody is alone with the county. Raises Busy (503) while somebody is."""
    if county not in _held.get():
        _for_this_transaction(county, exclusive=False)


def _for_this_transaction(county: str, *, exclusive: bool) -> None:
    if connection.vendor == "sqlite":
        # Nobody else writes while this transaction does; who is alone between two of theirs has the file.
        file = _try_file(county, fcntl.LOCK_SH)
        if file is None:
            raise _busy()
        transaction.on_commit(Released(os.close, file))
        return
    kind = "" if exclusive else "_shared"
    _wait_for(lambda: _ask(connection, f"pg_try_advisory_xact_lock{kind}", county))


def _taken(county: str) -> Callable[[], None]:
    """Waits for the county; gives what lets go of it."""
    if connection.vendor == "sqlite":
        file = _wait_for(lambda: _try_file(county, fcntl.LOCK_EX))
        return lambda: os.close(file)
    side = connection.copy()
    try:
        _wait_for(lambda: _ask(side, "pg_try_advisory_lock", county))
    except BaseException:
        side.close()
        raise
    return side.close


def _wait_for(had: Callable[[], Had | None]) -> Had:
    patience = time.monotonic() + PATIENCE_S
    while (found := had()) is None:
        if time.monotonic() > patience:
            raise _busy()
        time.sleep(PAUSE_S)
    return found


def _busy() -> Busy:
    return Busy(_("这个县（市、区）正在导入或撤销名册，这一次什么都没有写入。请过几秒再试。"))


def _ask(to: object, function: str, county: str) -> bool | None:
    """True, or None where somebody else has it."""
    with to.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SELECT {function}(%s, %s)", [KEY, int(county)])
        return cursor.fetchone()[0] or None


def _try_file(county: str, how: int) -> int | None:
    folder = Path(settings.DATA_DIR) / "importing"
    folder.mkdir(exist_ok=True)
    file = os.open(folder / county, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
