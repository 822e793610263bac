"""clocks ← divisions, licences ← past ← then ← institutions ← imports: the register, and what it was."""

from institutions.models.clocks import in_force, not_withdrawn
from institutions.models.divisions import LEVELS, SCOPE_DIGITS, Division, DivisionName, DivisionQuerySet, scope_code_of
from institutions.models.imports import Demonstration, ImportBatch, ImportedRow, RegisterFile
from institutions.models.institutions import (
    MOST_AREA_M2,
    MOST_PEOPLE,
    ON_REGISTER,
    Category,
    Institution,
    InstitutionQuerySet,
)
from institutions.models.licences import STATED, Licence, LicenceQuerySet, LicenceStatus
from institutions.models.past import Name, Place, WithdrawnSurvey
from institutions.models.then import (
    division_then,
    known_survey,
    licence_now,
    licence_status_then,
    name_then,
    scope_code_then,
    seen_in_survey,
    surveyed,
    surveyed_on_then,
    was_in,
)

__all__ = [
    "Category",
    "Demonstration",
    "Division",
    "DivisionName",
    "DivisionQuerySet",
    "ImportBatch",
    "ImportedRow",
    "Institution",
    "InstitutionQuerySet",
    "LEVELS",
    "Licence",
    "LicenceQuerySet",
    "LicenceStatus",
    "MOST_AREA_M2",
    "MOST_PEOPLE",
    "Name",
    "ON_REGISTER",
    "Place",
    "RegisterFile",
    "SCOPE_DIGITS",
    "STATED",
    "WithdrawnSurvey",
    "division_then",
    "in_force",
    "known_survey",
    "licence_now",
    "licence_status_then",
    "name_then",
    "not_withdrawn",
    "scope_code_of",
    "scope_code_then",
    "seen_in_survey",
    "surveyed",
    "surveyed_on_then",
    "was_in",
]
