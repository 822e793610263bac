"""Subqueries about each row of another query, whose SQL is made once for a process and asked of many moments.

A figure rests on one deep subquery. To write its SQL takes Django longer than the database takes to answer for a
county, and nothing in it changes from one page to the next but the moment (docs/adr/0018-prepared-subqueries.md).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.db.models import Expression, F

from institutions.moments import Moment

# They stand for the moment and for the row asked about while the SQL is made, and are no values of any column.
_DAY, _KNOWN, _EACH = date(1, 1, 2), datetime(1, 1, 2, tzinfo=UTC), UUID(int=2)
Question = Callable[[Moment, Any], "models.QuerySet[Any]"]


class Prepared(Expression):
    """`question(moment, row)` as a scalar subquery: a QuerySet of one column and one row about the row with that key.

    `question` is a function of a module, whose query depends on nothing but its two arguments. `of` is the key, a field
    of the outer query. Where it has no answer, NULL.
    """

    def __init__(self, question: Question, moment: Moment, *, of: str = "pk", output_field: "models.Field[Any, Any]"):
        super().__init__(output_field=output_field)
        self.question, self.moment, self.of = question, moment, F(of)

    def get_source_expressions(self) -> list[Any]:
        return [self.of]

    def set_source_expressions(self, exprs: list[Any]) -> None:
        (self.of,) = exprs

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        of, of_params = compiler.compile(self.of)
        day = connection.ops.adapt_datefield_value(self.moment.on)
        known = connection.ops.adapt_datetimefield_value(self.moment.known_at)
        parts, blanks = _sql_of(self.question, connection.alias)
        sql, params = [parts[0]], []
        for blank, part in zip(blanks, parts[1:], strict=True):
            if blank is _EACH:
                sql.append(of)
                params += of_params
            else:
                sql.append("%s")
                params.append(day if blank is _DAY else known if blank is _KNOWN else blank)
            sql.append(part)
        return f"({''.join(sql)})", params


@cache
def _sql_of(question: Question, alias: str) -> tuple[list[str], list[Any]]:
    """The SQL of a question cut where its parameters go, and the parameters; _DAY, _KNOWN and _EACH among them."""
    connection = connections[alias]
    query = question(Moment(_DAY, _KNOWN), _EACH).query
    # Names of its own: a table of the outer query that the question reads, too, is not taken for the question's.
    query.change_aliases({name: f"{question.__name__}_{n}" for n, name in enumerate(query.alias_map)})
    sql, params = query.get_compiler(connection=connection).as_sql()
    standing_for = {
        connection.ops.adapt_datefield_value(_DAY): _DAY,
        connection.ops.adapt_datetimefield_value(_KNOWN): _KNOWN,
        models.UUIDField().get_db_prep_value(_EACH, connection): _EACH,
    }
    return sql.split("%s"), [standing_for.get(param, param) for param in params]
