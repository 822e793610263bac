"""One look at the database for a page of several figures: what somebody commits meanwhile is in none of them.

K alone does not do that (docs/adr/0013-k-is-a-cut.md): figures of the present are counted from what stands on the rows,
by several queries, and between two of them somebody may commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """What is read within is of one moment; nothing is written. Nobody waits for it, and it waits for nobody.

    Inside a transaction it joins that one.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _deferred(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _deferred() -> Iterator[None]:
    """SQLite's transactions begin as those of writers do (settings.DATABASES), one at a time; this one reads."""
    connection.ensure_connection()
    usual = connection.transaction_mode  # type: ignore[attr-defined]
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = usual  # type: ignore[attr-defined]
