"""Questions that every request asks, put into SQL once a process.

The ORM takes longer to put a question together than the database to answer it; its SQL is the same each time, only the
values differ.
"""

import copy
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models

Row = TypeVar("Row")
Value = Any  # a text, number, UUID, day or moment, or a tuple of such for an IN


class put_once(Generic[Row]):  # noqa: N801 (a decorator)
    """Decorates a function that makes a queryset of values. Called, it gives the rows of that queryset, by the SQL that
    was made of it the first time.

    Each value has to stand in the SQL as it is given: nothing may be worked out from it (its first six characters, the
    day after it, a pattern around it). Raises ValueError where one does not. A tuple has its SQL by its length, in
    powers of two.
    """

    def __init__(self, build: "Callable[..., models.QuerySet[Any, Row]]"):
        self.build = build
        self.made: dict[Hashable, tuple[models.QuerySet[Any, Row], Any, str, list[tuple[bool, Any]], Any]] = {}
        update_wrapper(self, build)

    def __call__(self, *values: Value) -> list[Row]:
        if () in values:
            return []
        values = tuple(_padded(each) if isinstance(each, tuple) else each for each in values)
        kinds = (connection.vendor, *(len(each) if isinstance(each, tuple) else None for each in values))
        if kinds not in self.made:
            self.made[kinds] = self._make(values)
        queryset, compiler, sql, places, converters = self.made[kinds]
        given = adapted(_flat(values))
        filled = [given[place] if is_value else place for is_value, place in places]
        compiler = copy.copy(compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_given, **_options: (sql, filled)
        compiler.get_converters = lambda _columns: converters
        rows_of: Any = queryset._iterable_class
        return list(rows_of(_Asked(queryset, compiler)))

    def _make(self, values: tuple[Value, ...]) -> Any:
        places = iter(range(len(_flat(values))))
        stand_ins = [
            tuple(_stand_in(each, next(places)) for each in value)
            if isinstance(value, tuple)
            else _stand_in(value, next(places))
            for value in values
        ]
        queryset = self.build(*stand_ins)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, params = compiler.as_sql()
        given = adapted(_flat(stand_ins))
        found = [(True, given.index(param)) if param in given else (False, param) for param in params]
        if {place for is_value, place in found if is_value} != set(range(len(given))):
            raise ValueError(f"a value does not stand in the SQL as it is: {sql} {params}")
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("what is prefetched is another question")
        # Of a column's converters none looks at more of a connection than its time zone.
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return queryset, compiler, sql, found, converters


class _Asked:
    """As much of a queryset as what makes rows of it looks at: a clone of the whole takes longer than the rows."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, queryset: Any, compiler: Any):
        self.db, self._fields, self.query = queryset.db, queryset._fields, _Query(queryset.query, compiler)


class _Query:
    def __init__(self, query: Any, compiler: Any):
        self.extra_select, self.annotation_select = query.extra_select, query.annotation_select
        self.values_select, self._compiler = query.values_select, compiler

    def get_compiler(self, *_given: Any, **_options: Any) -> Any:
        return self._compiler


def _flat(values: Sequence[Value]) -> list[Value]:
    return [each for value in values for each in (value if isinstance(value, tuple) else (value,))]


def _padded(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """As many as the next power of two, the last one several times: the same rows, by few different questions."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


def _stand_in(value: Value, place: int) -> Value:
    """A value of the same kind that no question holds by itself."""
    if isinstance(value, str):
        return f"\x1fstand-in {place}"
    if isinstance(value, int):
        return -9_000_000 - place
    if isinstance(value, UUID):
        return UUID(int=(1 << 127) + place)
    if isinstance(value, datetime):
        return datetime(1, 1, 1, tzinfo=value.tzinfo) + timedelta(days=place)
    if isinstance(value, date):
        return date(1, 1, 1) + timedelta(days=place)
    raise TypeError(f"no value to ask for: {value!r}")


def adapted(values: Iterable[Value]) -> list[Any]:
    """As the database takes them."""
    native, ops = connection.features.has_native_uuid_field, connection.ops
    taken = []
    for value in values:
        if isinstance(value, UUID):
            value = value if native else value.hex
        elif isinstance(value, datetime):
            value = ops.adapt_datetimefield_value(value)
        elif isinstance(value, date):
            value = ops.adapt_datefield_value(value)
        taken.append(value)
    return taken
