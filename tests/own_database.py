"""A database beside that of the tests, in which several connections write and commit.

A test runs inside one transaction on one connection, and the append-only guards refuse the flush that
`transaction=True` ends with. So this database is made for a module and thrown away as a whole: with SQLite a file, with
PostgreSQL one more database of the same server. Who takes part is a `Clerk`: a thread whose own connection leads there.

`manage.py migrate` takes longer than most files of tests: it makes one database for a whole run, of which all others
are copies, that of the tests themselves too.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
RUN = "FOLDER_OF_THE_TEST_RUN"


@contextmanager
def own_database(folder: Path, command: str = "migrate") -> Iterator[str]:
    """Yields the NAME of a migrated database; after `demo` of one with the demonstration."""
    with empty_database(folder) as name:
        migrate(name, command)
        yield name


def migrate(name: str, command: str = "migrate") -> None:
    """Makes of an empty database a migrated one: a copy of the first of this run."""
    first = _first(command)
    if connection.vendor == "sqlite":
        shutil.copyfile(first, name)
    else:
        _on_the_server(f"DROP DATABASE {name}")
        _on_the_server(f"CREATE DATABASE {name} TEMPLATE {first}")


def begin_run() -> None:
    """What the processes of a run share; the first of them calls this, and `end_run`."""
    os.environ[RUN] = tempfile.mkdtemp()


def end_run() -> None:
    if connection.vendor == "postgresql":
        for command in ("migrate", "demo"):
            _on_the_server(f"DROP DATABASE IF EXISTS {_name_of_the_first(command)}")
    shutil.rmtree(os.environ.pop(RUN))


def _run() -> Path:
    return Path(os.environ[RUN])


def _name_of_the_first(command: str) -> str:
    if connection.vendor == "sqlite":
        return str(_run() / command / "inspections.sqlite3")
    return f"own_{command}_{_run().name}"


def _first(command: str) -> str:
    """The NAME of the database of this run that was made by a command, by whoever asks first while the others wait."""
    folder, name = _run() / command, _name_of_the_first(command)
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            if connection.vendor == "postgresql":
                _on_the_server(f"CREATE DATABASE {name}")
            if command != "migrate":
                migrate(name)
            manage(command, **environment_of(name) | {"DATA_DIR": str(folder)})
            (folder / "made").touch()
    return name


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Yields the NAME of a database in which nothing is yet."""
    if connection.vendor == "sqlite":
        yield str(folder / "inspections.sqlite3")
        return
    name = f"own_{uuid4().hex[:12]}"
    _on_the_server(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        _on_the_server(f"DROP DATABASE {name} WITH (FORCE)")


def manage(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process of its own; raises CalledProcessError when it fails."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"ENV_FILE": os.devnull} | environment,
        check=True,
        capture_output=True,
        text=True,
    )


def environment_of(name: str) -> dict[str, str]:
    """The environment in which a process works on this database."""
    if connection.vendor == "sqlite":
        return {"DATA_DIR": str(Path(name).parent), "DATABASE_URL": ""}
    return {"DATA_DIR": str(settings.DATA_DIR), "DATABASE_URL": url_of(name)}


def data_dir_of(name: str) -> Path:
    """Where a process that works on this database keeps its files."""
    return Path(environment_of(name)["DATA_DIR"])


def url_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _on_the_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(statement)


class Clerk:
    """Somebody who works on a connection of their own: `clerk(act, …)` gives a Future of what `act` returns."""

    def __init__(self, name: str):
        self.thread = ThreadPoolExecutor(max_workers=1, initializer=_sit_down, initargs=(name,))

    def __call__(self, act: Callable, *args, **kwargs) -> Future:
        return self.thread.submit(act, *args, **kwargs)

    def leave(self) -> None:
        self.thread.submit(lambda: connection.close()).result()
        self.thread.shutdown()


def _sit_down(name: str) -> None:
    """The connection of this thread, which the tests' own has nothing to do with."""
    connection.settings_dict = connection.settings_dict | {"NAME": name}
