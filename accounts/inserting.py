"""Rows of one table in one statement. The ORM takes longer to put an INSERT together than the database to do it."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.put_once import adapted

KNOWN = {str, int, float, bool, type(None), UUID, datetime, date}  # a column of these takes them as they are


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, as `bulk_create` does, and give those their ids that the database counts.

    Raises IntegrityError as the database does. No default of a column is made here: a row is made whole.
    """
    if not rows:
        return
    begin, marks, fields, counted = _statement(type(rows[0]))
    values = adapted(_given(getattr(row, name), field) for row in rows for name, field in fields)
    ending = f" RETURNING {counted}" if counted else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{begin} VALUES {', '.join([marks] * len(rows))}{ending}", values)
        ids = cursor.fetchall() if counted else []
    for row, (pk,) in zip(rows, ids, strict=bool(counted)):
        row.pk = pk
    for row in rows:
        row._state.adding, row._state.db = False, "default"


def insert_values(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Rows of which nobody needs an instance: values of the columns of these (attribute) names, which are all there
    are beside what the database counts."""
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = {field.attname: quote(str(field.column)) for field in model._meta.concrete_fields}
    named, mark = ", ".join(columns[name] for name in names), f"({', '.join(['%s'] * len(names))})"
    marks = ", ".join([mark] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({named}) VALUES {marks}",  # noqa: S608 (our own names)
            adapted(value for row in rows for value in row),
        )


@cache
def _statement(model: type[models.Model]) -> tuple[str, str, list[tuple[str, "models.Field[Any, Any]"]], str]:
    """The beginning, the marks of one row, its columns, and the name of the one that the database counts, or ""."""
    quote, meta = connection.ops.quote_name, model._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    counted = quote(str(meta.pk.column)) if isinstance(meta.pk, models.AutoField) else ""
    columns = ", ".join(quote(str(field.column)) for field in fields)
    begin = f"INSERT INTO {quote(meta.db_table)} ({columns})"  # noqa: S608 (our own names)
    named = [(field.attname, field) for field in fields]
    return begin, f"({', '.join(['%s'] * len(fields))})", named, counted


def _given(value: Any, field: "models.Field[Any, Any]") -> Any:
    """What a field would only look at is not shown to it."""
    if type(value) in KNOWN and not isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, connection)
