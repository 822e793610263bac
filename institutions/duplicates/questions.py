"""The pairs of a register that somebody has to decide, and those that were decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from institutions.duplicates.decided import Decided, in_order
from institutions.duplicates.index import Index
from institutions.duplicates.likeness import Match, Verdict
from institutions.duplicates.on_file import entries_of
from institutions.duplicates.side_by_side import Pair, found_of
from institutions.models import DuplicateDecision, Institution, InstitutionQuerySet
from institutions.places import County

MOST_COMPARED = 30_000  # registrations that a page compares; a county's that has more is asked for by township
Answer = DuplicateDecision.Answer


@dataclass(frozen=True)
class Found:
    """Two registrations that may be one, by their ids, and what was decided of them last."""

    one: UUID
    other: UUID
    match: Match
    decision: DuplicateDecision | None

    @property
    def state(self) -> str:
        """What was decided; "" while it is open."""
        decided = self.decision.answer if self.decision else ""
        return "" if decided == Answer.REOPENED else decided


def pairs_of(institutions: InstitutionQuerySet, county: County) -> list[Found]:
    """Every two of the institutions that may be one, the most certain first; places of one operator not among them.

    Raises Invalid (422) for more institutions than a page compares.
    """
    count = institutions.count()
    if count > MOST_COMPARED:
        said = _("这里有 %(count)s 家机构，超过一次比较 %(most)s 家的上限，请选一个乡镇（街道）。")
        raise Invalid({"division": [said % {"count": count, "most": MOST_COMPARED}]})
    index = Index(county, entries_of(institutions))
    decided = Decided(institutions)
    found = [_found(one.key, match, index, decided) for one, match in index.pairs() if match.verdict != Verdict.CAMPUS]
    return sorted(found, key=_by_certainty)


def matches_of(institution: Institution, institutions: InstitutionQuerySet, county: County) -> list[Found]:
    """What one institution may be among the others, campuses of its operator too."""
    index = Index(county, entries_of(institutions))
    decided = Decided(institutions)
    entry = index.entries.get(institution.pk)
    return [_found(entry.key, match, index, decided) for match in index.matches(entry)] if entry else []


def shown(found: Iterable[Found], institutions: InstitutionQuerySet) -> list[Pair]:
    """The pairs with what is shown of either, in their order."""
    listed = list(found)
    there = found_of([pk for each in listed for pk in (each.one, each.other)], institutions)
    return [Pair(there[each.one], there[each.other], each.match, each.decision) for each in listed]


def pair_of(one: Institution, other: Institution, institutions: InstitutionQuerySet, county: County) -> Pair:
    """Two that somebody chose, whatever speaks for it."""
    both = institutions.filter(pk__in=[one.pk, other.pk])
    index = Index(county, entries_of(both))
    matches = index.matches(index.entries[one.pk]) if len(index.entries) > 1 else []
    decision = Decided(both).of_two(one.pk, other.pk)
    there = found_of([one.pk, other.pk], institutions)
    return Pair(there[one.pk], there[other.pk], matches[0] if matches else None, decision)


def _found(one: object, match: Match, index: Index, decided: Decided) -> Found:
    other = match.entry.key
    assert isinstance(one, UUID) and isinstance(other, UUID)
    first, second = in_order(one, other)
    read = index.reader.identity
    identities = read(index.entries[first]), read(index.entries[second])
    return Found(first, second, match, decided.of_two(first, second, identities))


def _by_certainty(each: Found) -> tuple[bool, float, str]:
    return each.match.verdict != Verdict.CERTAIN, -each.match.score, each.one.hex
