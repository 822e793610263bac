"""recorded ← cases ← people: what holds until it is taken back; the case; who is concerned and what was done."""

from misconduct.models.cases import OF_SCHOOLS, Case, CaseQuerySet, Conclusion, Kind, Result, Source, State, Statement
from misconduct.models.people import Measure, MeasureKind, MeasureQuerySet, Party, PartyQuerySet, Person, masked_name
from misconduct.models.recorded import Recorded, RecordedQuerySet

__all__ = [
    "OF_SCHOOLS",
    "Case",
    "CaseQuerySet",
    "Conclusion",
    "Kind",
    "Measure",
    "MeasureKind",
    "MeasureQuerySet",
    "Party",
    "PartyQuerySet",
    "Person",
    "Recorded",
    "RecordedQuerySet",
    "Result",
    "Source",
    "State",
    "Statement",
    "masked_name",
]
