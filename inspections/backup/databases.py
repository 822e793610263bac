"""A copy of the database as of one moment while others write, and the way back: each engine by its own means."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from inspections.backup.files import chunks_of, sync, write

Ask = Callable[[str], Sequence[tuple[Any, ...]]]
SSL = ["sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "service"]  # of OPTIONS, which libpq reads as PG…


class Failed(Refusal):
    """The database, or the programme that copies it, did not do what was asked."""

    code = "failed"
    status = 500


@dataclass(frozen=True)
class Snapshot:
    """What the database holds at the moment it is copied. `stored`: hashes of photos that rows say are here; `named`:
    these and those that are awaited or that a visit kept aside lists; `reported`: those of files of reports."""

    taken_at: datetime
    version: str
    system: str
    migrations: list[str]
    rows: dict[str, int]
    stored: set[str]
    named: set[str]
    reported: set[str]


def tables() -> list[str]:
    """Of the database in use; none where nothing is yet."""
    with connection.cursor() as cursor:
        return [name for name in connection.introspection.table_names(cursor) if not name.startswith("sqlite_")]


def rows_of(names: Collection[str]) -> dict[str, int]:
    """Rows of each table of the database in use."""
    with connection.cursor() as cursor:
        return _rows(_asking(cursor), names)


def _asking(cursor: Any) -> Ask:
    def ask(sql: str) -> Sequence[tuple[Any, ...]]:
        cursor.execute(sql)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
        return found

    return ask


def _rows(ask: Ask, names: Collection[str]) -> dict[str, int]:
    quote = connection.ops.quote_name
    return {name: ask(f"SELECT count(*) FROM {quote(name)}")[0][0] for name in sorted(names)}  # noqa: S608


def _described(ask: Ask, names: Collection[str], taken_at: datetime, version: str) -> Snapshot:
    migrations = ask("SELECT app, name, applied FROM django_migrations ORDER BY id")
    stored = {each for (each,) in ask("SELECT sha256 FROM inspections_photo WHERE stored_at IS NOT NULL")}
    if "inspections_quarantinedphoto" in names:  # an older release had none
        stored |= {each for (each,) in ask("SELECT sha256 FROM inspections_quarantinedphoto")}
    named = {each for (each,) in ask("SELECT sha256 FROM inspections_photo")}
    for (content,) in ask("SELECT content FROM inspections_quarantinedvisit"):
        named |= {photo["sha256"] for photo in json.loads(content)["photos"]}
    reported = "reports_reportfile" in names  # an older release had none
    return Snapshot(
        taken_at=taken_at,
        version=version,
        system=str(min(applied for _app, _name, applied in migrations)),
        migrations=[f"{app}.{name}" for app, name, _applied in migrations],
        rows=_rows(ask, names),
        stored=stored,
        named=named | stored,
        reported={each for (each,) in ask("SELECT sha256 FROM reports_reportfile")} if reported else set(),
    )


class SQLite:
    vendor, suffix = "sqlite", "sqlite3"

    def ready(self) -> None:
        """Needs nothing besides itself."""

    def save(self, place: Path) -> Snapshot:
        """The online backup, in one step: one read transaction, which in WAL holds up no writer."""
        taken_at, names = timezone.now(), tables()
        with closing(sqlite3.connect(place)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, which nothing beside it belongs to
            if (sound := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
                raise Failed(_("数据库文件本身已损坏，这份副本不能算作备份：%(problem)s") % {"problem": sound})
            snapshot = _described(lambda sql: copy.execute(sql).fetchall(), names, taken_at, sqlite3.sqlite_version)
        sync(place)
        return snapshot

    def load(self, file: Path) -> None:
        connection.close()
        place = Path(connection.settings_dict["NAME"])
        for end in ("-wal", "-shm"):  # of the empty database that was here
            place.with_name(place.name + end).unlink(missing_ok=True)
        write(place, chunks_of(file))


class PostgreSQL:
    vendor, suffix = "postgresql", "dump"

    def ready(self) -> None:
        """Raises Refusal unless PostgreSQL's own programmes are here, as new as the server."""
        for name in ("pg_dump", "pg_restore"):
            self._programme(name)

    def save(self, place: Path) -> Snapshot:
        """pg_dump of a snapshot that this transaction holds and has looked into."""
        taken_at, version = timezone.now(), str(self._version())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (held,) = cursor.fetchone()
            snapshot = _described(_asking(cursor), connection.introspection.table_names(cursor), taken_at, version)
            self._run("pg_dump", f"--snapshot={held}", "--format=custom", f"--file={place}")
        sync(place)
        return snapshot

    def load(self, file: Path) -> None:
        """All or nothing."""
        name = connection.settings_dict["NAME"]
        self._run("pg_restore", "--single-transaction", "--exit-on-error", f"--dbname={name}", str(file))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a dump does not say how its tables are to be read

    def _version(self) -> int:
        """Of the server: 180006 is 18.6."""
        connection.ensure_connection()
        version: int = connection.connection.info.server_version
        return version

    def _run(self, name: str, *arguments: str) -> None:
        command = [self._programme(name), "--no-owner", "--no-privileges", "--no-password", *arguments]
        done = subprocess.run(  # noqa: S603 (a programme of PostgreSQL's, without a shell)
            command, env=os.environ | self._where(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stderr.strip()[-500:] or f"exit {done.returncode}"
            raise Failed(_("%(name)s 失败：%(said)s") % {"name": name, "said": said})

    def _where(self) -> dict[str, str]:
        """The database in use, as libpq reads it from the environment: a password is in no list of processes."""
        connection.ensure_connection()
        here, options = connection.connection.info, connection.settings_dict["OPTIONS"]
        where = {"HOST": here.host, "PORT": str(here.port), "USER": here.user, "DATABASE": here.dbname}
        secrets = {"PASSWORD": here.password} | {name.upper(): options[name] for name in SSL if name in options}
        return {f"PG{name}": str(value) for name, value in (where | secrets).items() if value}

    def _programme(self, name: str) -> str:
        found, wanted = shutil.which(name), self._version() // 10_000
        if found is not None:
            said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
            version = re.search(r"(\d+)", said)
            if version and int(version[1]) >= wanted:
                return found
            there = said.strip() or found
        else:
            there = _("没有")
        raise Failed(
            _(
                "备份和恢复 PostgreSQL 要用它自己的 %(name)s，版本不低于服务器的 %(wanted)s，现在：%(there)s。"
                "请安装 postgresql-client-%(wanted)s（Debian：apt-get install postgresql-client-%(wanted)s，"
                "系统软件源没有这个版本时见 https://apt.postgresql.org/），并确认它在 PATH 里。"
            )
            % {"name": name, "wanted": wanted, "there": there}
        )


def engine() -> SQLite | PostgreSQL:
    """The one in use."""
    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
