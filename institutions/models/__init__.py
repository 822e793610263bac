"""clocks ← divisions, licences ← past ← then ← institutions ← imports, duplicates: the register, and what it was."""

from institutions.models.clocks import in_force, not_withdrawn
from institutions.models.divisions import LEVELS, SCOPE_DIGITS, Division, DivisionName, DivisionQuerySet, scope_code_of
from institutions.models.duplicates import DuplicateDecision
from institutions.models.imports import Demonstration, ImportBatch, ImportedRow, RegisterFile
from institutions.models.institutions import (
    MOST_AREA_M2,
    MOST_PEOPLE,
    ON_REGISTER,
    Category,
    Institution,
    InstitutionQuerySet,
)
from institutions.models.licences import Licence, LicenceQuerySet, LicenceStatus
from institutions.models.past import Merge, Name, Place, WithdrawnSurvey
from institutions.models.then import (
    all_of,
    any_of,
    division_then,
    known_survey,
    licence_now,
    licence_status_then,
    merged_here,
    name_then,
    of_each,
    operating_address_then,
    scope_code_then,
    seen_in_survey,
    surveyed,
    surveyed_on_then,
    was_in,
    whose,
)

__all__ = [
    "Category",
    "Demonstration",
    "Division",
    "DivisionName",
    "DivisionQuerySet",
    "DuplicateDecision",
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
    "Merge",
    "Name",
    "ON_REGISTER",
    "Place",
    "RegisterFile",
    "SCOPE_DIGITS",
    "WithdrawnSurvey",
    "all_of",
    "any_of",
    "division_then",
    "in_force",
    "known_survey",
    "licence_now",
    "licence_status_then",
    "merged_here",
    "name_then",
    "not_withdrawn",
    "of_each",
    "operating_address_then",
    "scope_code_of",
    "scope_code_then",
    "seen_in_survey",
    "surveyed",
    "surveyed_on_then",
    "was_in",
    "whose",
]
