"""The photos of a round before and after, side by side: what was found, and what the rechecks saw since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F

from accounts.models import User
from inspections.models import Finding, Photo, Rectification, Visit
from inspections.oddities import Odd, odd_of


@dataclass
class SideBySide:
    """The photos of one problem, or of no problem in particular (`what` is ""): as found, and as seen since."""

    what: str
    before: list[Photo] = field(default_factory=list)
    after: list[Photo] = field(default_factory=list)


@dataclass(frozen=True)
class Evidence:
    """The rechecks of a round, each with how many photos it lists, and the photos that have arrived."""

    visits: list[tuple[Visit, int]]
    rows: list[SideBySide]
    odd: list[tuple[Visit, Odd]] = field(default_factory=list)  # visits with anything odd, the one that ordered first

    @property
    def seen(self) -> bool:
        """Whether anybody has seen the place, or its absence, in this round."""
        return any(visit.saw_the_place_or_its_absence for visit, _photos in self.visits if visit.withdrawn_at is None)

    def seen_after(self, day: date) -> bool:
        """As RectificationQuerySet.needing_recheck asks: whether anybody saw the place, or its absence, since."""
        standing = (visit for visit, _photos in self.visits if visit.withdrawn_at is None)
        return any(visit.saw_the_place_or_its_absence and visit.happened_on > day for visit in standing)


def evidence_of(found: Rectification, findings: Iterable[Finding], reader: User) -> Evidence:
    """Of visits that were withdrawn the list says so, and nothing is shown; `findings` have their type.

    A photo stands on the left when it was taken of one of the round's problems at the visit that found it, or at a
    visit that found some and is no evidence; each on the line of its kind of problem. Each has as `odd` what its visit
    and it make one ask about.
    """
    findings = list(findings)
    visits = list(found.visits.defer("content").prefetch_related("inspectors").order_by("happened_at"))
    withdrawn = {visit.pk for visit in visits if visit.withdrawn_at is not None}
    seen = {visit.pk for visit in visits} - withdrawn
    found_at = {finding.visit_id for finding in findings}
    if found.opened_by_visit_id is not None:
        found_at.add(found.opened_by_visit_id)
    photos = _photos(seen | withdrawn | found_at)
    listed = [(visit, sum(photo.visit_id == visit.pk for photo in photos)) for visit in visits]
    of_round = {(finding.pk, finding.visit_id) for finding in findings}
    odd = odd_of(seen | found_at, reader)
    rows = {finding.type_id: SideBySide(str(finding.type)) for finding in findings}
    rest = SideBySide("")
    for photo in photos:
        if photo.stored_at is None or photo.visit_id in withdrawn:
            continue
        row = rows.get(photo.finding.type_id, rest) if photo.finding else rest
        photo.odd = odd[photo.visit_id].photos.get(photo.slot, []) if photo.visit_id in odd else []  # type: ignore[attr-defined]
        before = (photo.finding_id, photo.visit_id) in of_round or photo.visit_id not in seen
        (row.before if before else row.after).append(photo)
    asked = Visit.objects.filter(pk__in=odd).defer("content").order_by("happened_at", "pk")
    shown = [row for row in (*rows.values(), rest) if row.before or row.after]
    return Evidence(listed, shown, [(visit, odd[visit.pk]) for visit in asked])


def _photos(visits: Iterable[UUID]) -> Sequence[Photo]:
    """All photos of the visits, as they were taken, each with the day of its visit as `on`."""
    photos = Photo.objects.filter(visit__in=visits).annotate(on=F("visit__happened_on")).select_related("finding")
    return list(photos.order_by("visit__happened_at", "visit", "slot"))
