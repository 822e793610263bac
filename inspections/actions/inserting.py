"""Rows of one table in one statement. The ORM takes longer to put an INSERT together than the database to do it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model, as `bulk_create` does, and give those their ids that the database counts.

    Raises IntegrityError as the database does. No default of a column is made here: a row is made whole.
    """
    if not rows:
        return
    begin, marks, fields, counted = _statement(type(rows[0]))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    ending = f" RETURNING {counted}" if counted else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{begin} VALUES {', '.join([marks] * len(rows))}{ending}", values)
        ids = cursor.fetchall() if counted else []
    for row, (pk,) in zip(rows, ids, strict=bool(counted)):
        row.pk = pk
    for row in rows:
        row._state.adding, row._state.db = False, "default"


@cache
def _statement(model: type[models.Model]) -> tuple[str, str, list["models.Field[Any, Any]"], str]:
    """The beginning, the marks of one row, its columns, and the name of the one that the database counts, or ""."""
    quote, meta = connection.ops.quote_name, model._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    counted = quote(str(meta.pk.column)) if isinstance(meta.pk, models.AutoField) else ""
    columns = ", ".join(quote(str(field.column)) for field in fields)
    begin = f"INSERT INTO {quote(meta.db_table)} ({columns})"  # noqa: S608 (our own names)
    return begin, f"({', '.join(['%s'] * len(fields))})", fields, counted
