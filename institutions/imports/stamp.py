"""Whether the register of a county is as it was when a plan was made: then the plan need not be made again."""

from typing import Any

from django.db.models import Count, Max, Sum

from accounts.scope import within_prefixes
from institutions.models import (
    Division,
    DivisionName,
    DuplicateDecision,
    ImportAnswer,
    ImportBatch,
    Institution,
    Licence,
    Merge,
)

Stamp = tuple[Any, ...]


def stamp_of(division: Division) -> Stamp:
    """What every write that a plan goes by changes: entries, versions, licences, merges, decisions, divisions, and
    what was answered about headings. A few numbers of the county, whatever its size."""
    county = division.pk[:6]
    here = Institution.objects.in_division(county).order_by()
    dated = ("surveyed_on", "ceased_on", "merged_at", "withdrawn_at")
    licences = Licence.objects.filter(institution__in=here.values("pk")).order_by()
    merges = Merge.objects.filter(merged__in=here.values("pk")).order_by()
    return (
        here.aggregate(Count("pk"), Sum("version"), *map(Count, dated)),
        licences.aggregate(Count("pk"), Count("withdrawn_at"), Count("revoked_on")),
        merges.aggregate(Count("pk"), Count("ended_at")),
        DuplicateDecision.objects.filter(first__in=here.values("pk")).order_by().aggregate(Count("pk")),
        ImportBatch.objects.filter(division=county).order_by().aggregate(Count("pk"), Count("rolled_back_at")),
        Division.objects.filter(within_prefixes("code", [county]))
        .order_by()
        .aggregate(Count("pk"), Count("in_force_to")),
        DivisionName.objects.filter(within_prefixes("division_id", [county])).order_by().aggregate(Count("pk")),
        ImportAnswer.objects.filter(file__division=county).order_by().aggregate(Max("pk")),
    )
