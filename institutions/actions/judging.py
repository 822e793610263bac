"""A round may come before the survey. It is judged by the licence status of then, and the survey says the same: else it
would make an outcome illegal that was legal (docs/statistics.md, by licence status)."""

from typing import Any, NamedTuple
from uuid import UUID

from institutions.models import Institution, InstitutionQuerySet, LicenceStatus


class Judged(NamedTuple):
    """The number of a round, and the licence status by which it was judged."""

    number: str
    status: str

    @property
    def words(self) -> str:
        return str(LicenceStatus(self.status).label)


def judged_before(institution: Institution) -> Judged | None:
    """Of the first round of an institution not surveyed yet; without one of its own of the first of what is merged into
    it. None where there is none, or none that stands. What is merged into another is judged by its own alone: its
    survey stays with it when they are taken apart."""
    first = _rounds().filter(institution=institution).order_by("round_no").first()
    if first is None and institution.merged_into_id is None and institution.has_merges:
        of_all = _rounds().filter(institution__in=institution.histories)
        first = of_all.order_by("ordered_on", "ordered_recorded_at", "pk").first()
    return None if first is None else Judged(first.number, first.judged_as)


def with_rounds(institutions: InstitutionQuerySet) -> set[UUID]:
    """The ids of those on the register for which `judged_before` finds a round."""
    own = _rounds().filter(institution__in=institutions).order_by().values_list("institution")
    merged = _rounds().filter(institution__merged_into__in=institutions).order_by()
    return {pk for (pk,) in own.union(merged.values_list("institution__merged_into"))}


def _rounds() -> Any:
    """Those that stand. They are of a room above."""
    rounds: Any = Institution._meta.get_field("rectifications").related_model._default_manager
    return rounds.standing().select_related("institution")
