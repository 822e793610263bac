"""An institution as it was on a day, as known at a moment: expressions over Institution that ask both clocks."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.scope import next_prefix
from institutions.models.clocks import Row, in_force, not_withdrawn
from institutions.models.licences import Licence, LicenceStatus
from institutions.models.past import Merge, MergeQuerySet, Name, Place, WithdrawnSurvey
from institutions.moments import Moment
from institutions.sql_once import AsOf, as_of


def _first(rows: "models.QuerySet[Row]", column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def _of_the_day(column: str, otherwise: When) -> Case:
    """The column as it stands, and `otherwise` where more than what stands is on file about the past."""
    return Case(otherwise, default=F(column), output_field=models.CharField())


def kept(moment: Moment) -> Q:
    """Neither merged nor withdrawn as known at the moment.

    `merged_at` says since when what is merged now has been; of a merge that was taken apart only its row tells.
    """
    merged = Merge.objects.known_at(moment.known_at).filter(merged=OuterRef("pk"))
    standing = Q(merged_at__isnull=True) | Q(merged_at__gt=moment.known_at)
    return standing & not_withdrawn(moment) & (Q(has_merges=False) | ~Q(Exists(merged)))


def merged_here(moment: Moment, into: OuterRef | None = None) -> MergeQuerySet:
    """The merges of others into it, as known at the moment."""
    return Merge.objects.known_at(moment.known_at).filter(into=into or OuterRef("pk")).order_by()


def of_each(rows: "models.QuerySet[Row]", moment: Moment, it: OuterRef | None = None) -> "models.QuerySet[Row]":
    """Of rows of an `institution` those of its own and of all that was merged into it, as known at the moment: one
    institution has one history, whichever of its registrations that was written to. `it` is its id, seen from two
    queries further in than where it is."""
    it = it or OuterRef(OuterRef("pk"))
    itself = apps.get_model("institutions", "Institution")._default_manager.filter(pk=it).order_by().values("pk")
    return rows.filter(institution__in=merged_here(moment, it).values("merged").union(itself, all=True))


def any_of(
    rows: "models.QuerySet[Row]", moment: Moment, of: Callable[["models.QuerySet[Row]"], Any] = Exists, **more: Any
) -> Case:
    """An expression `of` the rows of an institution, where it has merges of theirs too (`of_each`)."""
    alone = of(rows.filter(institution=OuterRef("pk")))
    return Case(When(has_merges=True, then=of(of_each(rows, moment))), default=alone, **more)


def whose(institution: str, moment: Moment) -> Coalesce:
    """The id of the institution a row is of: where the one in its column was merged, as known at the moment, the one
    that stays."""
    merges = Merge.objects.known_at(moment.known_at).filter(merged=OuterRef(institution)).order_by()
    return Coalesce(Subquery(merges.values("into")[:1]), F(institution), output_field=models.UUIDField())


@as_of(models.BooleanField())
def surveyed(moment: Moment) -> Q:
    """排摸总数 as a condition on an institution; see InstitutionQuerySet.surveyed_at."""
    return kept(moment) & seen_in_survey(moment)


def seen_in_survey(moment: Moment) -> Q:
    """Surveyed by the day as known at the moment, on the register or not.

    A survey that was withdrawn since is on file beside the institution, and one of what was merged into it with that:
    what stands today says nothing of them.
    """
    merged = _merged_with_survey(moment).values("pk")
    return _own_survey(moment) | Q(Exists(merged), has_merges=True)


def _own_survey(moment: Moment) -> Q:
    withdrawn = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk"))
    return _standing_survey(moment) | Q(Exists(withdrawn), survey_withdrawn=True)


def _merged_with_survey(moment: Moment) -> "models.QuerySet[Any]":
    """Of what was merged into it those with a survey that counts, the last surveyed first."""
    merged = apps.get_model("institutions", "Institution")._default_manager.filter(
        _own_survey(moment), pk__in=merged_here(moment, OuterRef(OuterRef("pk"))).values("merged")
    )
    return merged.annotate(seen_on=_own_surveyed_on(moment)).order_by(F("seen_on").desc(), "pk")


def _standing_survey(moment: Moment) -> Q:
    return Q(surveyed_on__lte=moment.on, surveyed_recorded_at__lte=moment.known_at)


def known_survey(moment: Moment) -> Q:
    """A withdrawn survey that counted at the moment: only one can, the next is recorded when the one before goes."""
    return Q(withdrawn_at__gt=moment.known_at) & _standing_survey(moment)


_FROM, _TO = "from", "to"  # stand for the scope codes of a division, from the first to that after the last


def was_in(code: str, moment: Moment) -> AsOf:
    """In a division, or below it, on the day as known at the moment; as a condition on an institution."""
    return was_between(code, next_prefix(code), moment)


def was_between(first: str, after: str, moment: Moment) -> AsOf:
    """At a scope code from `first` to before `after` (a division, or several that touch) on the day, as known at the
    moment; as a condition on an institution."""
    return AsOf(_was_between, moment, models.BooleanField(), ((_FROM, first), (_TO, after)))


def _was_between(moment: Moment) -> Q:
    """Asked of those that never moved by their own column, and of those that did from the places that lay there: either
    is found by index."""
    inside = Q(scope_code__gte=_FROM, scope_code__lt=_TO)
    places = Place.objects.filter(not_withdrawn(moment))
    last = in_force(places.filter(institution=OuterRef("institution")), moment)
    there = places.filter(inside, pk=_first(last, "pk")).order_by().values("institution")
    return Q(moved=False) & inside | Q(moved=True, pk__in=there)


@as_of(models.CharField())
def scope_code_then(moment: Moment) -> Case:
    """The scope code of the place where an institution was on the day, as known at the moment."""
    return _of_the_day("scope_code", When(moved=True, then=_first(_places_of(moment), "scope_code")))


@as_of(models.CharField())
def division_then(moment: Moment) -> Case:
    """The code of the division in which it was."""
    return _of_the_day("division_id", When(moved=True, then=_first(_places_of(moment), "division_id")))


@as_of(models.CharField())
def operating_address_then(moment: Moment) -> Case:
    """The address at which it was."""
    return _of_the_day("operating_address", When(moved=True, then=_first(_places_of(moment), "operating_address")))


def _places_of(moment: Moment) -> "models.QuerySet[Place]":
    return in_force(Place.objects.filter(not_withdrawn(moment), institution=OuterRef("pk")), moment)


@as_of(models.CharField())
def name_then(moment: Moment) -> Case:
    """What an institution was called on the day, as known at the moment."""
    names = in_force(Name.objects.filter(not_withdrawn(moment), institution=OuterRef("pk")), moment)
    return _of_the_day("name", When(renamed=True, then=Coalesce(_first(names, "name"), F("name"))))


@as_of(models.CharField())
def licence_status_then(moment: Moment) -> Case:
    """The licence status of the survey that counted at the moment, its own before that of what was merged into it; ""
    when none did."""
    own = _of_own_survey("licence_status_at_survey", models.CharField(), moment)
    of_merged = _merged_with_survey(moment).annotate(seen=own).values("seen")[:1]
    theirs = When(has_merges=True, then=Coalesce(own, Subquery(of_merged), Value("")))
    return Case(theirs, default=Coalesce(own, Value("")), output_field=models.CharField())


@as_of(models.DateField())
def surveyed_on_then(moment: Moment) -> Case:
    """The day of the survey that counted at the moment, its own before that of what was merged into it; NULL when none
    did."""
    own = _own_surveyed_on(moment)
    theirs = When(has_merges=True, then=Coalesce(own, Subquery(_merged_with_survey(moment).values("seen_on")[:1])))
    return Case(theirs, default=own, output_field=models.DateField())


def _own_surveyed_on(moment: Moment) -> Case:
    return _of_own_survey("surveyed_on", models.DateField(), moment)


def _of_own_survey(column: str, output_field: "models.Field[Any, Any]", moment: Moment) -> Case:
    """What the survey says that counted at the moment; NULL when none did."""
    surveys = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk")).order_by()
    return Case(
        When(_standing_survey(moment), then=F(column)),
        When(survey_withdrawn=True, then=_first(surveys, column)),
        output_field=output_field,
    )


@as_of(models.CharField())
def licence_now(moment: Moment) -> Case:
    """The licence status on the day, from licences known to be valid on it, its own and those of what was merged."""
    valid = Licence.objects.valid_at(moment)
    permit, registration = (
        Q(any_of(valid.filter(kind=kind), moment, output_field=models.BooleanField()))
        for kind in (Licence.Kind.PERMIT, Licence.Kind.REGISTRATION)
    )
    return Case(
        When(permit & registration, then=Value(LicenceStatus.FULL)),
        When(registration, then=Value(LicenceStatus.REGISTRATION_ONLY)),
        When(permit, then=Value(LicenceStatus.PERMIT_ONLY)),
        default=Value(LicenceStatus.NONE),
        output_field=models.CharField(),
    )
