#!/usr/bin/env bash
# A scalar subquery that takes the first of some rows in an order that depends on a column of the query around it.
#
# Guess: as everywhere else in the subquery, a column of the outer query may be named in ORDER BY (PostgreSQL does).
# Seen: SQLite 3.40 says "no such column". It finds it in WHERE, among the columns, and in a subquery of FROM.
# What to do: bring the column in with FROM: CROSS JOIN (SELECT outer.day AS day) asked ... ORDER BY ... asked.day
set -euo pipefail
python3 - <<'PY'
import sqlite3

base = sqlite3.connect(":memory:")
base.executescript(
    "CREATE TABLE asked_of (day); CREATE TABLE rounds (id, due);"
    "INSERT INTO asked_of VALUES (5), (7); INSERT INTO rounds VALUES (1, 4), (2, 6);"
)
try:
    base.execute("SELECT (SELECT id FROM rounds ORDER BY due < asked_of.day, id LIMIT 1) FROM asked_of")
except sqlite3.OperationalError as problem:
    print(sqlite3.sqlite_version, problem)
    assert "no such column: asked_of.day" in str(problem)
else:
    raise SystemExit(f"SQLite {sqlite3.sqlite_version} finds the column")
found = base.execute(
    "SELECT (SELECT id FROM rounds CROSS JOIN (SELECT asked_of.day AS day) asked ORDER BY due < asked.day, id LIMIT 1) "
    "FROM asked_of ORDER BY day"
).fetchall()
print(found)
assert found == [(2,), (1,)]
PY
echo "as described: SQLite finds no column of an outer query in ORDER BY"
