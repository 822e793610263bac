"""Where an institution stands at a moment: the one annotation that every figure, list and map rests on
(docs/adr/0001-standing-is-the-one-definition.md)."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Case, CharField, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from inspections.models import Rectification
from institutions.models import InstitutionQuerySet, any_of, seen_in_survey
from institutions.moments import Moment
from institutions.sql_once import as_of


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
