"""catalogue ← visits ← rectifications: what may be found, what was found on the spot, what follows from it."""

from inspections.models.aside import QuarantinedPhoto, QuarantinedVisit
from inspections.models.catalogue import GROUPS, FindingType, Meaning, Severity
from inspections.models.events import RectificationEvent
from inspections.models.ledgers import LedgerEntry, LedgerEntryQuerySet
from inspections.models.notices import Notice, NoticeQuerySet
from inspections.models.numbers import NoticeCounter, notice_number
from inspections.models.oddities import Likeness, Oddity, Presence
from inspections.models.outcomes import LEGAL_OUTCOMES, Outcome
from inspections.models.rectifications import Rectification, RectificationQuerySet, hand_of
from inspections.models.visits import Finding, Photo, Visit
from inspections.moves import OPEN_STATES, TRANSITIONS, State

__all__ = [
    "GROUPS",
    "LEGAL_OUTCOMES",
    "OPEN_STATES",
    "TRANSITIONS",
    "Finding",
    "FindingType",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Likeness",
    "Meaning",
    "Notice",
    "NoticeCounter",
    "NoticeQuerySet",
    "Oddity",
    "Outcome",
    "Photo",
    "Presence",
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
