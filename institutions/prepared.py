"""Subqueries about each row of another query, whose SQL is made once for a process and asked of many moments.

A figure rests on one deep subquery. To write its SQL takes Django longer than the database takes to answer for a
county, and nothing in it changes from one page to the next but the moment (docs/adr/0018-prepared-subqueries.md).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.db.models import Expression, F

from institutions.moments import Moment

# They stand for the moment and for the row asked about while the SQL is made, and are no values of any column.
_DAY, _KNOWN, _ROW = date(1, 1, 2), datetime(1, 1, 2, tzinfo=UTC), UUID(int=2)
Question = Callable[[Moment, Any], "models.QuerySet[Any]"]


class Prepared(Expression):
    """One column of the first row that `question(moment, row)` finds, as a scalar subquery; NULL when it finds none.

    `question` is a function of a module and gives a QuerySet that depends on nothing but its two arguments. `of` is the
    key of the row it is asked about, a field of the outer query.
    """

    def __init__(self, question: Question, column: str, moment: Moment, *, of: str = "pk"):
        super().__init__(output_field=_field_of(question, column))
        self.question, self.column, self.moment, self.of = question, column, moment, F(of)

    def get_source_expressions(self) -> list[Any]:
        return [self.of]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.of,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        of, of_params = compiler.compile(self.of)
        given = {
            _DAY: connection.ops.adapt_datefield_value(self.moment.on),
            _KNOWN: connection.ops.adapt_datetimefield_value(self.moment.known_at),
        }
        parts, blanks = _sql_of(self.question, self.column, connection.alias)
        sql: list[str] = [parts[0]]
        params: list[Any] = []
        for blank, part in zip(blanks, parts[1:], strict=True):
            sql += [of if blank is _ROW else "%s", part]
            params += of_params if blank is _ROW else [given[blank] if blank is _DAY or blank is _KNOWN else blank]
        return f"({''.join(sql)})", tuple(params)


def _asked(question: Question, column: str) -> Any:
    return question(Moment(_DAY, _KNOWN), _ROW).values(column)[:1].query


@cache
def _field_of(question: Question, column: str) -> Any:
    return _asked(question, column).output_field


@cache
def _sql_of(question: Question, column: str, alias: str) -> tuple[list[str], list[Any]]:
    """The SQL of a question cut where its parameters go, and the parameters; _DAY, _KNOWN and _ROW among them."""
    connection = connections[alias]
    query = _asked(question, column)
    # Names of its own: a table of the outer query that the question reads, too, is not taken for the question's.
    name = question.__name__.strip("_")
    query.change_aliases({alias: f"{name}_{column}_{number}" for number, alias in enumerate(query.alias_map)})
    sql, params = query.get_compiler(connection=connection).as_sql()
    standing_for = {
        connection.ops.adapt_datefield_value(_DAY): _DAY,
        connection.ops.adapt_datetimefield_value(_KNOWN): _KNOWN,
        models.UUIDField().get_db_prep_value(_ROW, connection): _ROW,
        str(_ROW): _ROW,  # a key of text: the code of a division
    }
    return sql.split("%s"), [standing_for.get(param, param) for param in params]
