"""Which findings a round held at a moment, those of the visits for which its sheets were served by then, and which
measure its order demanded.

`Finding.rectification` says where a finding is now: a void and a second order, or the withdrawal of a supplement, have
moved it since. A notice is served for all that its visit had found and nobody had ordered. A finding without a notice
of its visit in its round joined it in a release that served none, and stays where it is.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from inspections.models import Finding, Notice, NoticeQuerySet, Rectification, RectificationEvent
from institutions.moments import Moment

# Orders and supplements, said by what they are not: SQLite 3.40 answers a list in the middle of an index with rows that
# lie beyond the limit of the column after it (findings/sqlite_list_before_a_limit.sh).
DEMANDING = Notice.objects.exclude(kind__in=[Notice.Kind.REPLACEMENT, Notice.Kind.WITHDRAWAL]).order_by()


def served_at(moment: Moment) -> NoticeQuerySet:
    """Orders and supplements that were served by the day, known at the moment, and not withdrawn then."""
    withdrawn = RectificationEvent.objects.filter(
        notice=OuterRef("pk"),
        kind=RectificationEvent.Kind.WITHDRAWN,
        happened_on__lte=moment.on,
        recorded_at__lte=moment.known_at,
    )
    return DEMANDING.known_at(moment).filter(~Exists(withdrawn))


def in_round(moment: Moment) -> Q:
    """That a finding was held at the moment by the round whose query this is used in, as a condition on the finding."""
    of_it = {"rectification": OuterRef(OuterRef("pk")), "visit": OuterRef("visit")}
    joined = Q(rectification=OuterRef("pk")) & ~Q(Exists(DEMANDING.filter(**of_it)))
    return Q(Exists(served_at(moment).filter(**of_it))) | joined


def held_by(
    rounds: Sequence[Rectification], findings: "QuerySet[Finding]", moment: Moment
) -> dict[UUID, list[Finding]]:
    """Of `findings` those that each of the rounds held, in their order."""
    pks = [each.pk for each in rounds]
    sheets = DEMANDING.filter(rectification__in=pks)
    ever = set(sheets.values_list("rectification", "visit"))
    then = set(served_at(moment).filter(rectification__in=pks).values_list("rectification", "visit"))
    holding: dict[UUID | None, list[UUID]] = defaultdict(list)
    for pk, visit in then:
        holding[visit].append(pk)
    held: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in findings.filter(Q(rectification__in=pks) | Q(visit__in=_visits(then))):
        for pk in holding[finding.visit_id]:
            held[pk].append(finding)
        if finding.rectification_id and (finding.rectification_id, finding.visit_id) not in ever:
            held[finding.rectification_id].append(finding)
    return held


def measures_by(rounds: Sequence[Rectification], moment: Moment) -> dict[UUID, str]:
    """Of those of the rounds whose order was ever put right by another sheet the measure of the sheet that was served
    by the day, as known at the moment. Of all others the measure is still that of the order."""
    replacements = Notice.objects.filter(
        rectification__in=[each.pk for each in rounds], kind=Notice.Kind.REPLACEMENT
    ).select_related("replaces")
    following = {each.replaces_id: each for each in replacements}
    measures = {}
    for sheet in [each.replaces for each in following.values()]:
        if sheet is None or sheet.kind != Notice.Kind.ORDER:
            continue
        while (after := following.get(sheet.pk)) and _was_served(after, moment):
            sheet = after
        measures[sheet.rectification_id] = sheet.sheet["measure"]
    return measures


def _was_served(notice: Notice, moment: Moment) -> bool:
    return notice.served_on <= moment.on and notice.recorded_at <= moment.known_at


def _visits(pairs: Collection[tuple[UUID, UUID | None]]) -> set[UUID | None]:
    return {visit for _round, visit in pairs}
