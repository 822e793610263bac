"""Rows by the thousand, without an instance for each: as tuples for the database, as JSON for the audit trail.

What a row says and which rules it keeps is settled by whoever writes it; here is only how it gets there quickly: COPY
on PostgreSQL, `executemany` on SQLite.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import RawSQL

Row = tuple[Any, ...]
GIVEN = "SELECT value FROM json_each(%s)"
MOST_FORMS, MOST_KNOWN = 8, 2_000  # kept at once; values of a column


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Rows of values as the database takes them (`Form`); `columns` are attribute names."""
    if not rows:
        return
    fields = {field.attname: field.column for field in model._meta.concrete_fields}
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(fields[name] or name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 (our own names)
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def update(model: type[models.Model], columns: Sequence[str], where: Sequence[str], rows: Sequence[Row]) -> int:
    """Rows of the new values of `columns` and, behind them, what `where` compares: how many were found so."""
    if not rows:
        return 0
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quoted = {name: connection.ops.quote_name(fields[name].column or name) for name in (*columns, *where)}
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            sets = ", ".join(f"{quoted[name]} = %s" for name in columns)
            conditions = " AND ".join(f"{quoted[name]} = %s" for name in where)
            cursor.executemany(f"UPDATE {table} SET {sets} WHERE {conditions}", rows)  # noqa: S608 (our own names)
            return int(cursor.rowcount)
        # One statement for all of them: each value as an array of a column's values.
        given = [f"new_{place}" for place in range(len(columns) + len(where))]
        arrays = ", ".join(f"%s::{fields[name].rel_db_type(connection)}[]" for name in (*columns, *where))
        sets = ", ".join(f"{quoted[name]} = given.{new}" for name, new in zip(columns, given, strict=False))
        compared = zip(where, given[len(columns) :], strict=True)
        conditions = " AND ".join(f"{table}.{quoted[name]} = given.{new}" for name, new in compared)
        values = f"unnest({arrays}) AS given({', '.join(given)})"
        sql = f"UPDATE {table} SET {sets} FROM {values} WHERE {conditions}"  # noqa: S608 (our own names)
        cursor.execute(sql, [list(values) for values in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def given(values: Sequence[Any]) -> tuple[str, list[Any]]:
    """What IN asks for, of keys as the database gives them, and its parameters. SQLite gets all as one, so that it
    prepares a statement once, not again for each number of keys: that took longer than to carry it out."""
    if connection.vendor == "sqlite":
        return GIVEN, [json.dumps(list(values))]
    return ", ".join(["%s"] * len(values)), list(values)


def those(keys: Sequence[Any]) -> Any:
    """The same for `__in` of a query: of thousands of keys the ORM takes as long as the database does."""
    if connection.vendor == "sqlite":
        plain = [key.hex if isinstance(key, UUID) else key for key in keys]
        return RawSQL(GIVEN, [json.dumps(plain)])  # noqa: S611 (our own text)
    return list(keys)


def reserved(model: type[models.Model], count: int) -> list[int]:
    """So many numbers of a model's own, which nobody else is given. On SQLite in a transaction that is soon over."""
    if not count:
        return []
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [table, column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        found = cursor.fetchone()
        if found is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        last = count if found is None else int(found[0])
        return list(range(last - count + 1, last + 1))


def ids() -> Iterator[UUID]:
    """Ids in the order in which they are made (RFC 9562, version 7): what is written together lies together in every
    index. Nobody guesses the next one: 62 of the bits are chance."""
    millisecond, number = time.time_ns() // 1_000_000, 0
    while True:
        counted, chance = number & 0xFFF, int.from_bytes(os.urandom(8), "big") >> 2
        yield UUID(int=(millisecond + (number >> 12)) << 80 | 7 << 76 | counted << 64 | 2 << 62 | chance)
        number += 1


class Form:
    """How rows of a model are written: of the columns named first each row says its own, the others are all the same.

    `of(values)` gives what `insert` takes and the JSON that `audit.snapshot` would give of the instance.
    """

    def __init__(self, model: type[models.Model], varied: Sequence[str], same: Mapping[str, Any], *, skip: str = ""):
        self.model = model
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.columns = (*varied, *(name for name in same if name != skip))
        self._varied = [(name, _codec(fields[name])) for name in varied]
        constants = {name: _codec(fields[name])(value) for name, value in same.items()}
        self._same = tuple(constants[name][0] for name in same if name != skip)
        of_same = {name: text for name, (_value, text) in constants.items()}
        ordered = sorted([*varied, *same])
        self._order = [list(varied).index(name) for name in ordered if name not in same]
        parts = [f'"{name}": ' + (of_same[name].replace("%", "%%") if name in same else "%s") for name in ordered]
        self._template = "{" + ", ".join(parts) + "}"

    def of(self, values: Mapping[str, Any]) -> tuple[Row, str]:
        pairs = [codec(values[name]) for name, codec in self._varied]
        row = [value for value, _text in pairs]
        return (*row, *self._same), self._template % tuple([pairs[place][1] for place in self._order])


_forms: dict[tuple[Any, ...], Form] = {}


def form(model: type[models.Model], varied: Sequence[str], same: Mapping[str, Any]) -> Form:
    """`Form`, the same one for those who write slice after slice: what it has prepared is not prepared again."""
    which = (model, tuple(varied), repr(same), connection.vendor)
    found = _forms.get(which)
    if found is None:
        if len(_forms) >= MOST_FORMS:
            _forms.clear()
        found = _forms[which] = Form(model, varied, same)
    return found


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def as_text(content: Mapping[str, Any]) -> str:
    """JSON as the trail's digests cover it: keys in order."""
    return _encode(content)


Pair = tuple[Any, str]


def _codec(field: "models.Field[Any, Any]") -> Callable[[Any], Pair]:
    """How a value of a column goes to the database, and how into JSON. Days and the like are few: each is made once."""
    kept = field
    while isinstance(kept, models.ForeignKey):
        kept = kept.target_field
    if isinstance(kept, models.CharField | models.TextField) and not field.null:
        return _text
    if isinstance(kept, models.IntegerField | models.FloatField):
        return _number
    if isinstance(kept, models.UUIDField):
        return _uuid_as_hex if connection.vendor == "sqlite" else _uuid
    known: dict[Any, Pair] = {}

    def both(value: Any) -> Pair:
        found = known.get(value)
        if found is None:
            if len(known) >= MOST_KNOWN:
                known.clear()
            text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
            found = known[value] = field.get_db_prep_save(value, connection), text
        return found

    return both


NOTHING: Pair = (None, "null")


def _text(value: str) -> Pair:
    return value, encode_basestring(value) if value else '""'


def _uuid(value: UUID | None) -> Pair:
    return NOTHING if value is None else (value, f'"{value}"')


def _uuid_as_hex(value: UUID | None) -> Pair:
    return NOTHING if value is None else (value.hex, f'"{value}"')


def _number(value: int | float | None) -> Pair:
    """As every database gives it back: jsonb knows no -0.0, and 1e16 comes back as a whole number."""
    if value is None:
        return NOTHING
    if type(value) is float:
        whole = value.is_integer() and abs(value) >= 1e15
        return value, str(int(value)) if whole else repr(value + 0.0)
    return value, str(value)
