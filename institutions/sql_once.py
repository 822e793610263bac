"""Expressions over an institution that depend on nothing but a moment, put into SQL once a process.

Where it was, how it stood, what it was called: each is a few nested subqueries, in which the ORM spends more time than
the database spends on the answer. Their SQL is the same for every day: it is kept, the day and the moment left
open.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, wraps
from typing import Any

from django.apps import apps
from django.db import connection as default_connection
from django.db.models import Expression, F, Field
from django.db.models.expressions import Combinable

from institutions.moments import Moment

# Stand for the day and the moment in a query that is made once: nothing happened on this day.
ANY_DAY, ANY_MOMENT = date(1, 1, 1), datetime(1, 1, 1, tzinfo=UTC)
TABLE = '"institutions_institution"'
INNER_ALIAS = re.compile(r"\b([T-Z]\d+)\b")  # what the ORM calls tables of subqueries: a caller's may be called so, too

Build = Callable[[Moment], Any]  # the expression, over the columns of Institution and OuterRef("pk")


def as_of(output_field: "Field[Any, Any]") -> Callable[[Build], Callable[[Moment], "AsOf"]]:
    """Decorates a function of a moment that builds an expression or a condition over Institution.

    Nothing in it may be worked out from the day (a week before it, say): only the day and the moment themselves are
    filled in.
    """

    def decorated(build: Build) -> Callable[[Moment], AsOf]:
        @wraps(build)
        def at(moment: Moment) -> AsOf:
            return AsOf(build, moment, output_field)

        return at

    return decorated


class AsOf(Expression):
    """`also` are (stand-in, value) of what else was left open."""

    def __init__(
        self, build: Build, moment: Moment, output_field: "Field[Any, Any]", also: tuple[tuple[str, str], ...] = ()
    ):
        super().__init__(output_field=output_field)
        self.build, self.moment, self.also = build, moment, also
        self.institution: Combinable = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.institution]

    def set_source_expressions(self, exprs: Any) -> None:
        [self.institution] = exprs

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, Any]:
        sql, params = _made_once(self.build, connection.vendor)
        table = compiler.quote_name_unless_alias(self.institution.alias)  # type: ignore[attr-defined]
        filled = _open(connection.ops, self.moment) | dict(self.also)
        # Its columns alone: a subquery may be over institutions, too, under an alias of its own.
        return sql.replace(f"{TABLE}.", f"{table}."), [filled.get(param, param) for param in params]


def _open(ops: Any, moment: Moment) -> dict[Any, Any]:
    return {
        ops.adapt_datefield_value(ANY_DAY): ops.adapt_datefield_value(moment.on),
        ops.adapt_datetimefield_value(ANY_MOMENT): ops.adapt_datetimefield_value(moment.known_at),
    }


@cache
def _made_once(build: Build, _vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The SQL of the expression over TABLE and its parameters, as the ORM makes them."""
    institutions = apps.get_model("institutions", "Institution")._default_manager.order_by()
    made = institutions.annotate(made=build(Moment(ANY_DAY, ANY_MOMENT))).values_list("made")
    sql, params = made.query.get_compiler(connection=default_connection).as_sql()
    before, after = "SELECT ", f' AS "made" FROM {TABLE}'
    if not (sql.startswith(before) and sql.endswith(after)):
        raise ValueError(f"not one expression over {TABLE}: {sql}")
    return INNER_ALIAS.sub(r"then_\1", sql[len(before) : -len(after)]), params
