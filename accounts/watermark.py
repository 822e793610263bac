"""One transaction of somebody who writes, and the moments below which nothing more is written.

K is a cut: "as known at K" has the same answer for ever. A writer says from when on it writes before it reads its own
clock; whoever asks reads the clock before looking who writes. So a moment just below the earliest writer in flight is
one that nobody will write below any more, and nobody waits for anybody (docs/adr/0013-k-is-a-cut.md).
"""

import fcntl
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Invalid, Refusal
from accounts.turns import turn

Given = ParamSpec("Given")
Made = TypeVar("Made")
NOW = datetime.max.replace(tzinfo=UTC)  # stands for the clock, which is read when the writer's turn has come
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)  # as fine as both databases keep a moment

PATIENCE_S, PAUSE_S = 5.0, 0.02  # how long, and in which steps, an exact question waits for a writer

# PostgreSQL: a writer holds a lock whose key says since when, in microseconds of the epoch (52 bits last until 2112),
# below a mark of ours in the eleven bits before them.
MARK, BITS = 0x5A1, 52
BEGIN = f"""
SELECT pg_advisory_xact_lock_shared(
  ({MARK}::bigint << {BITS}) + (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
"""  # noqa: S608 (our own numbers)
# The second column refers to the first, so that it is looked up after the clock was read.
LOOK = f"""
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
SELECT clock.now, (
  SELECT min((classid::bigint << 32) + objid::bigint) - ({MARK}::bigint << {BITS}) FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> {BITS - 32} = {MARK} AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND clock.now IS NOT NULL)
FROM clock
"""  # noqa: S608 (our own numbers)


class Unsettled(Refusal):
    """Somebody who began to write at or before the moment asked for has not finished."""

    code = "unsettled"
    status = 503
    headers = {"Retry-After": "5"}


@dataclass(frozen=True)
class Keeper:
    """What a room keeps up to date with what is written, in the same transaction: `begun` is asked before and its
    answer given to `ended` after, with the first and the last moment at which any of it becomes known."""

    begun: Callable[[], Any]
    ended: Callable[[Any, datetime, datetime], None]


KEEPERS: list[Keeper] = []  # each room that has one puts it here when it is loaded


class _Recording(threading.local):
    """The moments of the outermost `recording` of this thread and of those inside of it; None outside."""

    moments: list[datetime] | None = None


_recording = _Recording()


@contextmanager
def recording(at: datetime | None = NOW) -> Iterator[datetime]:
    """A transaction that writes, whole or not at all; gives the moment at which what it writes becomes known.

    NOW (or None) is replaced by the clock once it is the writer's turn; a moment given is kept. Inside another
    transaction it joins that one, and is over when that is. What rooms keep of what is written follows at the end of
    the outermost.
    """
    with turn(), transaction.atomic():
        if not _writes_here():
            _begin()
        moment = clock() if at is None or at == NOW else at
        if _recording.moments is not None:
            _recording.moments.append(moment)
            yield moment
            return
        _recording.moments = moments = [moment]
        try:
            begun = [keeper.begun() for keeper in KEEPERS]
            yield moment
            for keeper, found in zip(KEEPERS, begun, strict=True):
                keeper.ended(found, min(moments), max(moments))
        finally:
            _recording.moments = None


def recorded(act: Callable[Given, Made]) -> Callable[Given, Made]:
    """An action that writes, in `recording`. It takes `at: datetime = NOW` by keyword and is given the moment."""

    @wraps(act)
    def acting(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        with recording(kwargs.get("at", NOW)) as at:  # type: ignore[arg-type]
            kwargs["at"] = at
            return act(*args, **kwargs)

    return acting


@contextmanager
def recording_in_slices(at: datetime | None = NOW) -> Iterator[datetime]:
    """Several transactions that write as one: all of it becomes known at the moment that is given, and until the last
    of them has ended no K reaches that moment. Each is a `recording(at=…)` of its own, and others write in between.

    Inside another transaction it is `recording`. What was written when this is left by an exception is there: the
    caller takes it back at the same moment, so that nobody ever knows of it.
    """
    if connection.in_atomic_block:
        with recording(at) as moment:
            yield moment
        return
    let_go = _begin_beside()
    try:
        yield clock() if at is None or at == NOW else at
    finally:
        let_go()


def cut() -> datetime:
    """The latest moment of which all is known that ever will be: now, or just below the earliest writer in flight."""
    clock, since = _clock_and_writer()
    return (clock if since is None else min(clock, since)) - TICK


def _said(moment: datetime) -> str:
    """As a reader in Asia/Shanghai has it on the clock."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")


def settled(known_at: datetime) -> datetime:
    """`known_at` once nobody writes at or before it any more.

    Waits a little for a writer in flight. Raises Invalid (422) for a moment in the future, Unsettled (503) when a
    writer that began before it takes longer.
    """
    patience = time.monotonic() + PATIENCE_S
    while True:
        clock, since = _clock_and_writer()
        if known_at >= clock:
            raise Invalid(
                {
                    "known_at": [
                        _("时刻 %(given)s 还没有过去，现在是 %(now)s。")
                        % {"given": _said(known_at), "now": _said(clock)}
                    ]
                }
            )
        if since is None or since > known_at:
            return known_at
        if time.monotonic() > patience:
            raise Unsettled(
                _("%(since)s 开始的写入尚未完成，此刻还不能按 %(given)s 所知回答；请稍后再试。")
                % {"since": _said(since), "given": _said(known_at)}
            )
        time.sleep(PAUSE_S)


# --- Who writes, by engine


class Released:
    """Something held for as long as this transaction lives.

    It stands in the transaction's list of what to do on commit and nowhere else: commit calls it, a rollback (of the
    savepoint it was made in, too) drops it, and either way what it holds is let go.
    """

    def __init__(self, release: Callable[[int], None] | None = None, held: int = -1):
        self.finish = weakref.finalize(self, release, held) if release else None

    def __call__(self) -> None:
        if self.finish:
            self.finish()


class _Writer(Released):
    """Says that this transaction writes."""


def _writes_here() -> bool:
    return any(isinstance(hook, _Writer) for _savepoints, hook, _robust in connection.run_on_commit)


def _begin() -> None:
    """Say from when on this transaction writes. To be followed, not preceded, by reading the clock."""
    if connection.vendor == "sqlite":
        transaction.on_commit(_Writer(_let_go, _take_file()))
    else:
        _read(BEGIN)
        transaction.on_commit(_Writer())


def _begin_beside() -> Callable[[], object]:
    """Say from when on somebody writes in slices; gives what ends it."""
    if connection.vendor == "sqlite":
        _beside().mkdir(exist_ok=True)
        place = _beside() / uuid4().hex
        file = _take_file(place)

        def end() -> None:
            _let_go(file)
            place.unlink(missing_ok=True)

        return end
    side = connection.copy()  # its lock is looked up like that of a transaction
    try:
        with side.cursor() as cursor:
            cursor.execute(BEGIN.replace("_xact_", "_"))
    except BaseException:
        side.close()
        raise
    return side.close


def clock() -> datetime:
    """The clock that every writer and reader shares: the machine's or, as it may be another one, PostgreSQL's."""
    if connection.vendor == "sqlite":
        return timezone.now()
    now: datetime = _read("SELECT clock_timestamp()")[0]
    return now


def _clock_and_writer() -> tuple[datetime, datetime | None]:
    """The clock, and when the earliest writer in flight on another connection began; None when nobody writes."""
    if connection.vendor == "sqlite":
        clock = timezone.now()
        files = list(_beside().iterdir()) if _beside().is_dir() else []
        began = [_began_in_file(each) for each in ([] if _writes_here() else [_file()]) + files]
        return clock, min((each for each in began if each is not None), default=None)
    now, since = _read(LOOK)
    return now, None if since is None else EPOCH + timedelta(microseconds=since)


def _read(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


# SQLite lets one transaction write at a time, across processes (transaction_mode IMMEDIATE). That one holds a lock on
# this file, and its eight bytes say since when; the system lets go when the process is killed.


def _file() -> Path:
    return Path(settings.DATA_DIR) / "writing"


def _beside() -> Path:
    """A file for each writer in slices: they do not wait for each other, nor anybody for them. One that was left by a
    process that was killed is locked by nobody, and says nothing."""
    return Path(settings.DATA_DIR) / "writing_in_slices"


def _take_file(place: Path | None = None) -> int:
    file = os.open(place or _file(), os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(file, fcntl.LOCK_EX)
    os.pwrite(file, ((timezone.now() - EPOCH) // TICK).to_bytes(8, "big"), 0)
    return file


def _let_go(file: int) -> None:
    os.pwrite(file, bytes(8), 0)
    os.close(file)


def _began_in_file(place: Path) -> datetime | None:
    try:
        file = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return None  # nobody has ever written, or it has just ended
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                if began := int.from_bytes(os.pread(file, 8, 0), "big"):
                    return EPOCH + began * TICK
                time.sleep(0)  # it has the lock and is about to say since when, or is letting go
            else:
                return None
    finally:
        os.close(file)
