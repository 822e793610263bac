"""An institution as it was on a day, as known at a moment: expressions over Institution that ask both clocks."""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.scope import next_prefix
from institutions.models.clocks import Row, in_force, not_withdrawn
from institutions.models.licences import Licence, LicenceStatus
from institutions.models.past import Name, Place, WithdrawnSurvey
from institutions.moments import Moment
from institutions.sql_once import AsOf, as_of


def _first(rows: "models.QuerySet[Row]", column: str) -> Subquery:
    return Subquery(rows.values(column)[:1])


def _of_the_day(column: str, otherwise: When) -> Case:
    """The column as it stands, and `otherwise` where more than what stands is on file about the past."""
    return Case(otherwise, default=F(column), output_field=models.CharField())


def kept(moment: Moment) -> Q:
    """Neither merged nor withdrawn as known at the moment."""
    return (Q(merged_at__isnull=True) | Q(merged_at__gt=moment.known_at)) & not_withdrawn(moment)


@as_of(models.BooleanField())
def surveyed(moment: Moment) -> Q:
    """排摸总数 as a condition on an institution; see InstitutionQuerySet.surveyed_at."""
    return kept(moment) & seen_in_survey(moment)


def seen_in_survey(moment: Moment) -> Q:
    """Surveyed by the day as known at the moment, on the register or not.

    A survey that was withdrawn since is on file beside the institution: what stands today says nothing of it.
    """
    withdrawn = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk"))
    return _standing_survey(moment) | Q(Exists(withdrawn), survey_withdrawn=True)


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
    """The licence status of the survey that counted at the moment; "" when none did."""
    surveys = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk")).order_by()
    return Case(
        When(_standing_survey(moment), then=F("licence_status_at_survey")),
        When(survey_withdrawn=True, then=Coalesce(_first(surveys, "licence_status_at_survey"), Value(""))),
        default=Value(""),
    )


@as_of(models.DateField())
def surveyed_on_then(moment: Moment) -> Case:
    """The day of the survey that counted at the moment; NULL when none did."""
    surveys = WithdrawnSurvey.objects.filter(known_survey(moment), institution=OuterRef("pk")).order_by()
    return Case(
        When(_standing_survey(moment), then=F("surveyed_on")),
        When(survey_withdrawn=True, then=_first(surveys, "surveyed_on")),
        output_field=models.DateField(),
    )


@as_of(models.CharField())
def licence_now(moment: Moment) -> Case:
    """The licence status on the day, from the licences known to be valid on it."""
    valid = Licence.objects.valid_at(moment).filter(institution=OuterRef("pk"))
    permit, registration = (
        Exists(valid.filter(kind=kind)) for kind in (Licence.Kind.PERMIT, Licence.Kind.REGISTRATION)
    )
    return Case(
        When(permit & registration, then=Value(LicenceStatus.FULL)),
        When(registration, then=Value(LicenceStatus.REGISTRATION_ONLY)),
        When(permit, then=Value(LicenceStatus.PERMIT_ONLY)),
        default=Value(LicenceStatus.NONE),
        output_field=models.CharField(),
    )
