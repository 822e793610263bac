"""Rows by the million: made without the ORM's looking at each field, written without its making SQL for each batch.

What is written is what `bulk_create` would have written; tests/demonstration/test_bulk.py compares them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connection, models

from accounts import guards
from accounts.watermark import recording
from figures import keeping
from institutions.imports.collecting import no_collecting

Row = TypeVar("Row", bound=models.Model)
ALIKE = (models.CharField, models.TextField, models.IntegerField, models.FloatField)  # a value is what is stored


def made(model: type[Row], **given: Any) -> Row:
    """An instance not yet saved, as `model(**given)` would be, given every field that has no plain default."""
    columns, relations = _blank(model)
    row = model.__new__(model)
    row._state = state = models.base.ModelState()
    values = row.__dict__
    values.update(columns)
    for name, value in given.items():
        if name in relations:
            values[relations[name]] = None if value is None else value.pk
            state.fields_cache[name] = value
        else:
            values[name] = value
    return row


@cache
def _blank(model: type[models.Model]) -> tuple[dict[str, Any], dict[str, str]]:
    """What a row is without being given anything, and the column of each of its relations."""
    fields = model._meta.concrete_fields
    plain = {each.attname: each.get_default() for each in fields if not (each.has_default() and callable(each.default))}
    return dict.fromkeys((each.attname for each in fields), None) | plain, {
        each.name: each.attname for each in fields if each.is_relation
    }


def reserved(model: type[models.Model], count: int) -> Sequence[int]:
    """So many keys of a table that counts them itself, its next ones. Inside a transaction that writes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"nextval(pg_get_serial_sequence('{table}', 'id'))"
            cursor.execute(f"SELECT {sequence} FROM generate_series(1, %s)", [count])  # noqa: S608 (our own names)
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = next((seq for (seq,) in cursor.fetchall()), 0)
        return range(last + 1, last + 1 + count)


def write(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert them all; a key that the table counts itself stays with the table where the rows have none."""
    if not rows:
        return
    meta = model._meta
    fields = [each for each in meta.concrete_fields if not (each.primary_key and rows[0].pk is None)]
    of_row = itemgetter(*(each.attname for each in fields))  # past the ORM's descriptors
    values = zip(*(of_row(row.__dict__) for row in rows), strict=True)
    stored = [_stored(field, column) for field, column in zip(fields, values, strict=True)]
    _insert(meta.db_table, [str(field.column) for field in fields], zip(*stored, strict=True))


def _stored(field: Any, column: Sequence[Any]) -> Iterable[Any]:
    """Values of one field as the engine takes them, each worked out once."""
    kept = field.target_field if field.is_relation else field
    if isinstance(kept, ALIKE):
        return column
    if isinstance(kept, models.UUIDField):
        return column if connection.vendor == "postgresql" else [each and each.hex for each in column]
    if isinstance(kept, models.DateField):
        known: _Known = _days_and_moments(type(kept))
        return map(known.__getitem__, column)
    return [kept.get_db_prep_save(each, connection) for each in column]


class _Known(dict[Any, Any]):
    """Days and moments as the engine takes them, each worked out once: there are few, and they come again and again."""

    def __init__(self, field: type["models.Field[Any, Any]"]):
        super().__init__({None: None})
        self.prepared = field().get_db_prep_save

    def __missing__(self, value: Any) -> Any:
        self[value] = stored = self.prepared(value, connection)
        return stored


_days_and_moments: Callable[[Any], _Known] = cache(_Known)


def _insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{each}"' for each in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cast(Any, cursor).executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608 (our own names)


@contextmanager
def loading(*of: type[models.Model]) -> Iterator[None]:
    """A transaction that fills these tables: triggers, the look-up of each foreign key and the indexes that are there
    for speed alone are away meanwhile. Before it ends the indexes are made of all rows at once, the foreign keys are
    looked up and the triggers are back; what breaks a foreign key takes everything with it.

    Nothing of what is made has a cycle in it, so that the collector has nothing to find among millions of objects.
    """
    with no_collecting():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA cache_size = -524288")  # KiB, until the connection ends
        with connection.constraint_checks_disabled(), recording():
            guards.drop_all(connection)
            keeping.forget()  # no trigger notes what is written; whoever loads makes the counts anew
            indexes = _indexes({each._meta.db_table for each in of})
            with connection.cursor() as cursor:
                for name in indexes:
                    cursor.execute(f'DROP INDEX "{name}"')
                yield
                if connection.vendor == "postgresql":  # which makes no index while a foreign key waits to be looked up
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for made_by in indexes.values():
                    cursor.execute(made_by)
            connection.check_constraints([each._meta.db_table for each in of])
            guards.install(connection)


def analyze() -> None:
    """Let the planner look at our tables again, or it believes them to be empty. Not at those that PostgreSQL shares
    between databases: they stay locked until the transaction ends, and whoever analyzes another database waits."""
    tables = [each._meta.db_table for each in apps.get_models(include_auto_created=True) if each._meta.managed]
    names = ", ".join(map(connection.ops.quote_name, tables)) if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {names}")


def _indexes(tables: set[str]) -> dict[str, str]:
    """The indexes of these tables that hold nothing, with the SQL that makes them."""
    asked = {
        "sqlite": "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%%'",
        "postgresql": "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE schemaname = current_schema() "
        "AND indexdef LIKE 'CREATE INDEX%%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor], [])
        return {name: made_by for name, made_by, table in cursor.fetchall() if table in tables}
