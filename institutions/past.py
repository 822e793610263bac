"""Institutions as a list of a past day shows them: name, place and survey as they were, as known at the moment."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from institutions.models import (
    Division,
    DivisionName,
    Institution,
    LicenceStatus,
    Name,
    Place,
    WithdrawnSurvey,
    in_force,
    known_survey,
    licence_status_then,
    not_withdrawn,
    surveyed_on_then,
)
from institutions.moments import Moment


class Listed(NamedTuple):
    """An institution as a list of a day shows it, as known at the moment. Not surveyed by then: no day, no status."""

    institution: Institution
    name: str
    division_code: str
    division_name: str
    scope_code: str
    operating_address: str
    surveyed_on: date | None
    licence_status: str

    @property
    def licence_status_label(self) -> str | Promise:
        return LicenceStatus(self.licence_status).label if self.licence_status else ""

    def get_absolute_url(self) -> str:
        return self.institution.get_absolute_url()


def scope_code_on(institution: Institution, day: date) -> str:
    """Where an institution was on a day, as known now."""
    if not institution.moved:
        return institution.scope_code
    places = Place.objects.filter(institution=institution, withdrawn_at__isnull=True, from_on__lte=day)
    last = places.order_by("-from_on", "-recorded_at", "-pk").values_list("scope_code", flat=True).first()
    return last or institution.scope_code


def as_listed(institutions: Iterable[Institution], moment: Moment) -> list[Listed]:
    """Each as it was. Asks for nothing more where nobody moved, was renamed or lost a survey: the rows say so."""
    rows = list(institutions)
    if not rows:
        return []
    names = _last(Name.objects.filter(not_withdrawn(moment)), [each for each in rows if each.renamed], moment)
    places = _last(Place.objects.filter(not_withdrawn(moment)), [each for each in rows if each.moved], moment)
    surveys = _withdrawn_surveys([each for each in rows if each.survey_withdrawn], moment)
    surveys |= _surveys_of_merged([each for each in rows if each.has_merges], moment)
    codes = {each.pk: places[each.pk].division_id if each.pk in places else each.division_id for each in rows}
    called = division_names(codes.values(), moment)
    return [
        _listed(each, names.get(each.pk), places.get(each.pk), surveys.get(each.pk), called[codes[each.pk]], moment)
        for each in rows
    ]


def division_names(codes: Iterable[str], moment: Moment) -> dict[str, str]:
    """What divisions were called on the day, as known at the moment, by code."""
    return {each.code: each.name for each in as_called(Division.objects.filter(pk__in=set(codes)), moment)}


def as_called(divisions: Iterable[Division], moment: Moment) -> list[Division]:
    """Each by its name of the day, as known at the moment. Asks for nothing more where none was renamed."""
    called = list(divisions)
    renamed = [each.code for each in called if each.renamed]
    if renamed:
        last_first = in_force(DivisionName.objects.filter(division__in=renamed), moment)
        names = {row.division_id: row.name for row in reversed(last_first)}
        for each in called:
            each.name = names.get(each.code, each.name)
    return called


def _listed(
    institution: Institution,
    name: Name | None,
    place: Place | None,
    withdrawn: Any,
    division_name: str,
    moment: Moment,
) -> Listed:
    survey: Any = withdrawn or (institution if _survey_counts(institution, moment) else None)
    return Listed(
        institution=institution,
        name=name.name if name else institution.name,
        division_code=place.division_id if place else institution.division_id,
        division_name=division_name,
        scope_code=place.scope_code if place else institution.scope_code,
        operating_address=place.operating_address if place else institution.operating_address,
        surveyed_on=survey.surveyed_on if survey else None,
        licence_status=survey.licence_status_at_survey if survey else "",
    )


def _survey_counts(institution: Institution, moment: Moment) -> bool:
    on, at = institution.surveyed_on, institution.surveyed_recorded_at
    return on is not None and at is not None and on <= moment.on and at <= moment.known_at


def _last(rows: QuerySet[Any], institutions: Sequence[Institution], moment: Moment) -> dict[UUID, Any]:
    """The place or name in force of each institution."""
    if not institutions:
        return {}
    last_first = in_force(rows.filter(institution__in=[each.pk for each in institutions]), moment)
    return {row.institution_id: row for row in reversed(last_first)}


def _surveys_of_merged(institutions: Sequence[Institution], moment: Moment) -> dict[UUID, Any]:
    """The survey that counts of each in which others are merged: its own, or one of theirs."""
    if not institutions:
        return {}
    asked = Institution.objects.filter(pk__in=[each.pk for each in institutions]).order_by()
    found = asked.values_list("pk", surveyed_on_then(moment), licence_status_then(moment))
    return {pk: _Survey(on, status) for pk, on, status in found}


class _Survey(NamedTuple):
    surveyed_on: date | None
    licence_status_at_survey: str


def _withdrawn_surveys(institutions: Sequence[Institution], moment: Moment) -> dict[UUID, Any]:
    if not institutions:
        return {}
    pks = [each.pk for each in institutions]
    found = WithdrawnSurvey.objects.filter(known_survey(moment), institution__in=pks)
    return {survey.institution_id: survey for survey in found}
