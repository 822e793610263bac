"""What people decided of two registrations, or of one and a row of a register: the last word on each holds."""

import hashlib
from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from institutions.models import DuplicateDecision, ImportAnswer, InstitutionQuerySet

Answer = DuplicateDecision.Answer
APART = "apart:"  # keys of what was said of two rows of one register, which are on file later, perhaps


class Decided:
    """The decisions about institutions of a register."""

    def __init__(self, institutions: InstitutionQuerySet):
        pks = institutions.order_by().values("pk")
        rows = DuplicateDecision.objects.filter(Q(first__in=pks) | Q(second__in=pks)).order_by("recorded_at", "pk")
        self._of_two: dict[tuple[UUID, UUID], DuplicateDecision] = {}
        self._of_rows: dict[tuple[UUID, str], DuplicateDecision] = {}
        for row in rows:
            if row.second_id is not None:
                self._of_two[row.first_id, row.second_id] = row
            else:
                self._of_rows[row.first_id, row.identity] = row

    @cached_property
    def _of_rows_of_a_file(self) -> dict[str, DuplicateDecision]:
        """What was said of two rows of a register before either was on file, by their key."""
        told = ImportAnswer.objects.filter(key__startswith=APART).select_related("by").order_by("answered_at", "pk")
        return {
            each.key: DuplicateDecision(answer=each.value, recorded_at=each.answered_at, recorded_by=each.by)
            for each in told
        }

    @property
    def any_of_rows(self) -> bool:
        """Whether anything was said of rows of registers."""
        return bool(self._of_rows)

    def of_two(self, one: UUID, other: UUID, identities: tuple[str, str] = ("", "")) -> DuplicateDecision | None:
        """Of two institutions; or of either and the row from which the other was registered, by its identity."""
        first, second = in_order(one, other)
        found = [
            self._of_two.get((first, second)),
            self._of_rows.get((one, identities[1])),
            self._of_rows.get((other, identities[0])),
            self._of_rows_of_a_file.get(apart_key(*identities)) if all(identities) else None,
        ]
        return max((each for each in found if each is not None), key=lambda each: each.recorded_at, default=None)

    def of_row(self, institution: UUID, identity: str) -> DuplicateDecision | None:
        """Of an institution and a row that says this."""
        return self._of_rows.get((institution, identity))

    def same_as(self, identity: str) -> Iterable[UUID]:
        """The institutions of which somebody said that a row of this identity is the same."""
        return [pk for (pk, said), row in self._of_rows.items() if said == identity and row.answer == Answer.SAME]


def apart_key(one: str, other: str) -> str:
    """By what it is remembered that two rows of a register, of these identities, are two institutions."""
    return APART + hashlib.sha256("\n".join(sorted((one, other))).encode()).hexdigest()[:32]


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Two ids in the order in which a decision has them: that of their text, on either engine."""
    return (one, other) if one.hex < other.hex else (other, one)


def is_settled(decision: DuplicateDecision | None) -> bool:
    """Nobody is asked again: it was said to be another. "Later" is put at the end, "same" waits to be merged."""
    return decision is not None and decision.answer == Answer.DIFFERENT
