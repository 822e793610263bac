"""The headline figures as things stand now: of a country in little more than the time of a county.

They are those of figures/statistics.py on this day, as known now. Nothing is recorded of a day to come, so that what
stands on the rows is what both clocks say; then the sets need not be worked out row by row, they are counted by index
(docs/adr/0027-where-a-round-lies.md). tests/figures/test_headline.py holds the two equal.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from figures.statistics import percent
from inspections.models import Rectification, RectificationQuerySet
from institutions.models import InstitutionQuerySet


@dataclass(frozen=True)
class Headline:
    """Counts of institutions; see FIGURES for what each is."""

    surveyed: int
    with_problems: int
    rectified: int

    @property
    def completion_percent(self) -> str:
        return percent(self.rectified, self.with_problems)


def headline(institutions: InstitutionQuerySet, rounds: RectificationQuerySet) -> Headline:
    """The figures of `institutions`, of which `rounds` are all the rounds: both of the same divisions, as they lie now.

    Those that are not counted (not surveyed, merged, withdrawn) and their rounds are taken off: they are few, or have
    few rounds, and looking at each institution for its rounds, or at each round for its institution, is what takes
    time.
    """
    standing = Rectification.objects.standing().filter(institution=OuterRef("pk"))
    apart = institutions.not_counted_now().aggregate(
        with_problems=Count("pk", filter=Exists(standing)), outstanding=Count("pk", filter=Exists(standing.open()))
    )
    with_problems = rounds.standing().order_by().values("scope_code", "institution").distinct().count()
    outstanding = rounds.open().count() - apart["outstanding"]
    with_problems -= apart["with_problems"]
    return Headline(institutions.counted_now().count(), with_problems, with_problems - outstanding)
