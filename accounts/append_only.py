"""Triggers that make a table append-only, for SQLite and PostgreSQL.

Used by migrations that have landed and by nothing else: what holds today is declared in accounts/guards.py.
"""

from collections.abc import Callable
from typing import Any

SQLITE = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_refuses_{verb}() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuses_{verb}();
"""
TRUNCATE = """
CREATE OR REPLACE FUNCTION {table}_refuses_truncate() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses_truncate();
"""


def make_append_only(table: str) -> Callable[[Any, Any], None]:
    """A RunPython operation's function: from now on the table's rows can be neither changed nor deleted.

    On PostgreSQL not by TRUNCATE either, which fires no row's trigger; SQLite has none.
    """

    def forwards(apps: Any, schema_editor: Any) -> None:
        sqlite = schema_editor.connection.vendor == "sqlite"
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute((SQLITE if sqlite else POSTGRESQL).format(table=table, verb=verb))
        if not sqlite:
            schema_editor.execute(TRUNCATE.format(table=table))

    return forwards
