"""The headline figures as things stand now: of a country in little more than the time of a county.

They are those of figures/statistics.py on this day, as known now. Nothing is recorded of a day to come, so that what
stands on the rows is what both clocks say; then the sets need not be worked out row by row, they are counted by index
(docs/adr/0027-where-a-round-lies.md). tests/figures/test_headline.py holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from accounts.scope import count_within
from figures.drilldown import LACKING
from figures.statistics import percent
from inspections.models import Rectification
from institutions.models import ON_REGISTER, Institution, InstitutionQuerySet, merged_here
from institutions.moments import Moment


@dataclass(frozen=True)
class Headline:
    """Counts of institutions; see FIGURES for what each is."""

    surveyed: int
    with_problems: int
    rectified: int

    @property
    def completion_percent(self) -> str:
        return percent(self.rectified, self.with_problems)


def not_ordered_yet(codes: Sequence[str]) -> int:
    """How many were surveyed without a permit, a registration or both, and never had a round that stands: those of
    `standing=without_problems&licence_status=not_full`. Each such institution is looked at for rounds: for a county,
    not more."""
    there = Rectification.objects.standing().filter(institution=OuterRef("pk"))
    surveyed = Institution.objects.in_divisions(codes).surveyed_at(Moment.that_stands())
    return surveyed.filter(~Exists(there), licence_status_at_survey__in=LACKING).count()


def headline(codes: Sequence[str]) -> Headline:
    """The figures of one division or several, where institutions lie now; they agree with each other within
    `one_snapshot`.

    With problems are as many institutions as there are rounds that stand, but for those after the first of an
    institution; and those whose only rounds are of what was merged into them. Those that are not counted (not surveyed,
    merged, withdrawn) are taken off: they are few, or have few rounds. To look for each institution's rounds, or for
    each round's institution, is what takes time.
    """
    institutions, rounds = Institution.objects.in_divisions(codes), Rectification.objects.in_divisions(codes)
    there = Rectification.objects.standing().filter(institution=OuterRef("pk"))
    apart = institutions.not_counted().aggregate(
        with_problems=Count("pk", filter=Exists(there)), outstanding=Count("pk", filter=Exists(there.open()))
    )
    surveyed = count_within(Institution.objects.surveyed_at(Moment.that_stands()), codes)
    with_problems = count_within(Rectification.objects.standing(), codes) - rounds.again().count()
    with_problems += _problems_of_merged(institutions) - apart["with_problems"]
    outstanding = rounds.open().count() - apart["outstanding"]
    return Headline(surveyed, with_problems, with_problems - outstanding)


def _problems_of_merged(institutions: InstitutionQuerySet) -> int:
    """Those without a round of their own, but with one of what was merged into them; which is never open."""
    there = Rectification.objects.standing()
    theirs = there.filter(institution__in=merged_here(Moment.that_stands(), OuterRef(OuterRef("pk"))).values("merged"))
    counted = institutions.filter(ON_REGISTER, surveyed_on__isnull=False, has_merges=True)
    return counted.filter(~Exists(there.filter(institution=OuterRef("pk"))), Exists(theirs)).count()
