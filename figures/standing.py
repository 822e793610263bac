"""Where an institution stands at a moment: the one annotation that every figure, list and map rests on
(docs/adr/0001-standing-is-the-one-definition.md)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Case, CharField, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from inspections.models import Rectification
from institutions.models import InstitutionQuerySet, any_of, of_each, seen_in_survey
from institutions.moments import Moment
from institutions.sql_once import ANY_DAY, ANY_MOMENT, as_of, stand_ins


class Standing(models.TextChoices):
    """Where an institution stands at a moment; every one stands in exactly one place. Figures count the surveyed."""

    CLEAR = "clear", gettext_lazy("未发现问题")
    OPEN = "open", gettext_lazy("整改中")
    OVERDUE = "overdue", gettext_lazy("逾期")
    CLOSED = "closed", gettext_lazy("已取缔")
    LICENSED = "licensed", gettext_lazy("已办证照")
    CORRECTED = "corrected", gettext_lazy("已整改")
    UNSURVEYED = "unsurveyed", gettext_lazy("尚未排摸")


def with_standing(institutions: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """Annotates `standing`: where each institution stands at the moment, those not surveyed by then among them."""
    return institutions.annotate(standing=_standing(moment))


def by_rounds(moment: Moment, otherwise: Any = None) -> Coalesce:
    """Where its rounds leave a surveyed institution; `otherwise` (clear) where it never had one that stands."""
    deciding = any_of(Rectification.objects.deciding_at(moment), moment, _first("standing"), output_field=CharField())
    return Coalesce(deciding, otherwise or Value(Standing.CLEAR), output_field=CharField())


def _first(column: str) -> Callable[["models.QuerySet[Any]"], Subquery]:
    return lambda rows: Subquery(rows.values(column)[:1])


standing_of_surveyed = as_of(CharField())(by_rounds)


@as_of(CharField())
def _standing(moment: Moment) -> Case:
    surveyed = When(seen_in_survey(moment), then=by_rounds(moment))
    return Case(surveyed, default=Value(Standing.UNSURVEYED), output_field=CharField())


@as_of(models.DateField())
def due_on(moment: Moment) -> Case:
    """The earliest deadline in force at the moment of an institution's open round."""
    open_rounds = Rectification.objects.open_at(moment).with_due_at(moment).order_by("due_at_moment")
    return any_of(open_rounds, moment, _first("due_at_moment"))


@as_of(models.UUIDField())
def deciding_round(moment: Moment) -> Case:
    """The id of the round that decides where an institution stands at the moment; NULL where none does."""
    return any_of(Rectification.objects.deciding_at(moment), moment, _first("pk"))


@as_of(models.DateField())
def ceased_on(moment: Moment) -> Case:
    """The day on which an institution was struck off as closed, where that is how its rounds leave it at the moment."""
    closed_on = Case(When(standing=Standing.CLOSED, then=models.F("verified_on")))
    deciding = Rectification.objects.deciding_at(moment).annotate(closed_on=closed_on)
    return any_of(deciding, moment, _first("closed_on"))


def surveyed_with_standing(within: InstitutionQuerySet, moment: Moment) -> InstitutionQuerySet:
    """排摸总数, each institution annotated with its `standing` at the moment. The set behind every figure.

    `within` is any QuerySet of institutions (a scope, a search); nothing outside it is counted.
    """
    return within.surveyed_at(moment).annotate(standing=standing_of_surveyed(moment))


def each_one(within: InstitutionQuerySet, moment: Moment, *columns: str, **more: Any) -> tuple[str, tuple[Any, ...]]:
    """`surveyed_with_standing` as a part of a statement, each_one, to be counted in it: what follows WITH, and its
    parameters. It has the `standing`, the columns named, and `more` expressions.

    Materialized, so that a standing is worked out once, not once for SELECT and again for GROUP BY. PostgreSQL is given
    the same rounds as a set (`_deciding_rounds`): asked of each institution in turn they would take it twice as long.
    """
    if connection.vendor != "postgresql":
        found = surveyed_with_standing(within, moment).annotate(**more).order_by().values(*columns, *more, "standing")
        sql, params = found.query.sql_with_params()
        return f"each_one AS MATERIALIZED ({sql})", params
    more = {"it": models.F("pk"), "of_merged": _of_merged(moment), **more}
    there = within.surveyed_at(moment).annotate(**more).order_by().values(*columns, *more)
    sql, params = there.query.sql_with_params()
    deciding, open_params = _deciding_rounds()
    filled = stand_ins(connection.ops, moment)
    return (
        f"there AS MATERIALIZED ({sql}), deciding AS ({deciding}), each_one AS MATERIALIZED (SELECT there.*, "  # noqa: S608
        f"COALESCE(of_merged, deciding.standing, '{Standing.CLEAR}') AS standing "
        "FROM there LEFT JOIN deciding ON institution_id = it)",
        (*params, *(filled.get(param, param) for param in open_params)),
    )


@as_of(CharField())
def _of_merged(moment: Moment) -> Case:
    """Where its rounds leave an institution with merges, those of what was merged among them; NULL without any."""
    rounds = of_each(Rectification.objects.deciding_at(moment), moment)
    return Case(When(has_merges=True, then=_first("standing")(rounds)), output_field=CharField())


@cache
def _deciding_rounds() -> tuple[str, tuple[Any, ...]]:
    """The round that decides of each institution in `there`, and the `standing` that it gives; the day and the moment
    left open. PostgreSQL alone."""
    rounds = Rectification.objects.deciding_at(Moment(ANY_DAY, ANY_MOMENT))
    rounds = rounds.filter(institution__in=RawSQL("SELECT it FROM there", []))
    rounds = rounds.order_by("institution_id", *rounds.query.order_by).distinct("institution_id")
    return rounds.values("institution_id", "standing").query.sql_with_params()
