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
OTHER_DAYS = date(1, 1, 2), date(1, 1, 3)  # for the further days of a build that takes some
TABLE = '"institutions_institution"'
INNER_ALIAS = re.compile(r"\b([T-Z]\d+)\b")  # what the ORM calls tables of subqueries: a caller's may be called so, too

Build = Callable[
    ..., Any
]  # of a moment, and of days: the expression, over the columns of Institution and OuterRef("pk")


def as_of(output_field: "Field[Any, Any]") -> Callable[[Build], Callable[..., "AsOf"]]:
    """Decorates a function of a moment, and of further days if it takes some, that builds an expression or a condition
    over Institution.

    Nothing in it may be worked out from a day (a week before it, say): only the days and the moment themselves are
    filled in.
    """

    def decorated(build: Build) -> Callable[..., AsOf]:
        @wraps(build)
        def at(moment: Moment, *days: date) -> AsOf:
            return AsOf(build, moment, output_field, days=days)

        return at

    return decorated


class AsOf(Expression):
    """`also` are (stand-in, value) of what else was left open."""

    def __init__(
        self,
        build: Build,
        moment: Moment,
        output_field: "Field[Any, Any]",
        also: tuple[tuple[str, str], ...] = (),
        days: tuple[date, ...] = (),
    ):
        super().__init__(output_field=output_field)
        self.build, self.moment, self.also, self.days = build, moment, also, days
        self.institution: Combinable = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.institution]

    def set_source_expressions(self, exprs: Any) -> None:
        [self.institution] = exprs

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, Any]:
        sql, params = _made_once(self.build, connection.vendor, len(self.days))
        table = compiler.quote_name_unless_alias(self.institution.alias)  # type: ignore[attr-defined]
        filled = stand_ins(connection.ops, self.moment, self.days) | dict(self.also)
        # Its columns alone: a subquery may be over institutions, too, under an alias of its own.
        return sql.replace(f"{TABLE}.", f"{table}."), [filled.get(param, param) for param in params]


def stand_ins(ops: Any, moment: Moment, days: tuple[date, ...] = ()) -> dict[Any, Any]:
    """What takes the places of ANY_DAY and ANY_MOMENT, and of OTHER_DAYS, among the parameters of SQL made once."""
    on = zip((ANY_DAY, *OTHER_DAYS), (moment.on, *days), strict=False)
    return {ops.adapt_datefield_value(any_day): ops.adapt_datefield_value(day) for any_day, day in on} | {
        ops.adapt_datetimefield_value(ANY_MOMENT): ops.adapt_datetimefield_value(moment.known_at),
    }


def with_day(at: Callable[..., AsOf], day: str, known_at: datetime | str) -> tuple[str, tuple[Any, ...]]:
    """The SQL of such an expression with a column in place of the day, and a column or a moment in place of the moment,
    to be asked of many at once; and its parameters."""
    ops = default_connection.ops
    sql, params = _made_once(at(Moment(ANY_DAY, ANY_MOMENT)).build, default_connection.vendor, 0)
    any_moment = ops.adapt_datetimefield_value(ANY_MOMENT)
    columns = {ops.adapt_datefield_value(ANY_DAY): day}
    if isinstance(known_at, str):
        columns[any_moment] = known_at
    texts = sql.split("%s")
    made = "".join(text + columns.get(param, "%s") for text, param in zip(texts[:-1], params, strict=True)) + texts[-1]
    if default_connection.vendor == "sqlite":
        made = _with_columns_inside(made, list(columns.values()))
    filled = {} if isinstance(known_at, str) else {any_moment: ops.adapt_datetimefield_value(known_at)}
    return made, tuple(filled.get(param, param) for param in params if param not in columns)


def _with_columns_inside(sql: str, columns: list[str]) -> str:
    """The same with the columns named in each outermost subquery: SQLite finds no column of an outer query in an ORDER
    BY (findings/order_by_finds_no_outer_column.sh)."""
    named = ", ".join(f"{column} AS column_{place}" for place, column in enumerate(columns))
    made, rest = "", sql
    while (start := rest.find("(SELECT ")) >= 0:
        depth, end = 0, start
        while end == start or depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        inside = rest[start:end]
        for place, column in enumerate(columns):
            inside = inside.replace(column, f"asked.column_{place}")
        made += rest[:start] + _first_from(inside, rf" FROM (SELECT {named}) asked CROSS JOIN \1")
        rest = rest[end:]
    return made + rest


def _first_from(select: str, replacement: str) -> str:
    """What a parenthesized SELECT reads from, replaced; not that of a subquery among its columns."""
    depth = 0
    for place, sign in enumerate(select):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 1 and select.startswith(" FROM ", place):
            return select[:place] + re.sub(r' FROM ("\w+" \w+)', replacement, select[place:], count=1)
    raise ValueError(f"nothing is read from: {select}")


@cache
def _made_once(build: Build, _vendor: str, days: int) -> tuple[str, tuple[Any, ...]]:
    """The SQL of the expression over TABLE and its parameters, as the ORM makes them."""
    institutions = apps.get_model("institutions", "Institution")._default_manager.order_by()
    made = institutions.annotate(made=build(Moment(ANY_DAY, ANY_MOMENT), *OTHER_DAYS[:days])).values_list("made")
    sql, params = made.query.get_compiler(connection=default_connection).as_sql()
    before, after = "SELECT ", f' AS "made" FROM {TABLE}'
    if not (sql.startswith(before) and sql.endswith(after)):
        raise ValueError(f"not one expression over {TABLE}: {sql}")
    return INNER_ALIAS.sub(r"then_\1", sql[len(before) : -len(after)]), params
