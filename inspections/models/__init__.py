"""catalogue ← visits ← rectifications: what may be found, what was found on the spot, what follows from it."""

from inspections.models.aside import QuarantinedPhoto, QuarantinedVisit
from inspections.models.catalogue import GROUPS, FindingType, Meaning, Severity
from inspections.models.notices import Notice, NoticeQuerySet
from inspections.models.rectifications import (
    LEGAL_OUTCOMES,
    NoticeCounter,
    Outcome,
    Rectification,
    RectificationEvent,
    RectificationQuerySet,
    hand_of,
    notice_number,
)
from inspections.models.visits import Finding, Photo, Visit
from inspections.moves import OPEN_STATES, TRANSITIONS, State

__all__ = [
    "GROUPS",
    "LEGAL_OUTCOMES",
    "OPEN_STATES",
    "TRANSITIONS",
    "Finding",
    "FindingType",
    "Meaning",
    "Notice",
    "NoticeCounter",
    "NoticeQuerySet",
    "Outcome",
    "Photo",
    "QuarantinedPhoto",
    "QuarantinedVisit",
    "Rectification",
    "RectificationEvent",
    "RectificationQuerySet",
    "Severity",
    "State",
    "Visit",
    "hand_of",
    "notice_number",
]
