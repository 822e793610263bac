"""疑点 in words: what is odd about visits, how much, and beside which other, as far as the reader may see that one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import enumerated
from accounts.models import User
from inspections.actions.oddity_rules import FAR_M, PHOTO_APART, PHOTO_FAR_M
from inspections.models import Oddity, Visit

Kind = Oddity.Kind
MOST_OF_A_KIND = 3  # other visits that are named; how many more there are is said
RANKS = {kind: rank for rank, kind in enumerate(Kind.values)}


@dataclass(frozen=True)
class Reason:
    """One reason to ask: what it is called and a sentence; `other` is the visit beside it where the reader sees it."""

    kind: str
    said: str
    other: Visit | None = None

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)


@dataclass
class Odd:
    """What is odd about one visit, and about which of its photos: slot -> what that is called."""

    reasons: list[Reason]
    photos: dict[int, list[str]]


def odd_visits(institutions: Collection[UUID]) -> QuerySet[Visit]:
    """Visits of the institutions with anything to ask about, the newest first; to be named and dated."""
    odd = Exists(Oddity.objects.filter(visit=OuterRef("pk")))
    return Visit.objects.filter(odd, institution__in=institutions).only("happened_on", "purpose")


def odd_of(visits: Collection[UUID], reader: User) -> dict[UUID, Odd]:
    """Of those of the visits that have anything odd. A visit out of the reader's sight is neither named nor dated."""
    rows = list(Oddity.objects.filter(visit__in=visits).order_by("visit", "pk"))
    others = {row.other_id for row in rows if row.other_id}
    seen = Visit.objects.visible_to(reader).filter(pk__in=others).defer("content").select_related("institution")
    known = {each.pk: each for each in seen}
    named = {pk for row in rows for pk in row.facts.get("people", ())}
    people = {each.pk: str(each) for each in User.objects.filter(pk__in=named).only("name", "username")}
    by_visit: dict[UUID, list[Oddity]] = defaultdict(list)
    for row in rows:
        by_visit[row.visit_id].append(row)
    homes = dict(Visit.objects.filter(pk__in=by_visit).values_list("pk", "institution")) if others else {}
    return {pk: Odd(_reasons(of, known, people, homes.get(pk)), _of_photos(of)) for pk, of in by_visit.items()}


def _reasons(
    rows: Iterable[Oddity], known: Mapping[UUID, Visit], people: Mapping[int, str], home: UUID | None
) -> list[Reason]:
    by_kind: dict[str, list[Oddity]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    reasons = []
    for kind in sorted(by_kind, key=RANKS.__getitem__):
        of = sorted(by_kind[kind], key=lambda row: _order(row, known))
        reasons += [_reason(row, known, people, home) for row in of[:MOST_OF_A_KIND]]
        if (more := len(of) - MOST_OF_A_KIND) > 0:
            said = ngettext("另有 %(n)s 次走访也是如此。", "另有 %(n)s 次走访也是如此。", more) % {"n": more}
            reasons.append(Reason(kind, said))
    return reasons


def _order(row: Oddity, known: Mapping[UUID, Visit]) -> tuple[bool, str, int]:
    """Those that the reader sees first, as they happened."""
    other = known.get(row.other_id) if row.other_id else None
    return other is None, other.happened_at.isoformat() if other else "", row.pk


def _reason(row: Oddity, known: Mapping[UUID, Visit], people: Mapping[int, str], home: UUID | None) -> Reason:
    other = known.get(row.other_id) if row.other_id else None
    if row.kind in (Kind.SAME_PHOTO, Kind.LIKE_PHOTO):
        return Reason(row.kind, _of_two_photos(row, other, home), other)
    if row.kind == Kind.TRAVEL:
        return Reason(row.kind, _of_travel(row.facts, other, people), other)
    return Reason(row.kind, _SAID[row.kind](row.facts))


def _of_two_photos(row: Oddity, other: Visit | None, home: UUID | None) -> str:
    mine = enumerated(sorted({slot for slot, _other in row.facts["pairs"]}))
    theirs = enumerated(sorted({slot for _slot, slot in row.facts["pairs"]}))
    said = {"mine": mine, "theirs": theirs}
    same = row.kind == Kind.SAME_PHOTO
    if other is None:
        return (
            _("照片 %(mine)s 与辖区以外一家机构的照片相同。")
            if same
            else _("照片 %(mine)s 与辖区以外一家机构的照片几乎一样。")
        ) % said
    if other.institution_id == home:
        return (
            _("照片 %(mine)s 与本机构另一天走访的照片 %(theirs)s 相同。")
            if same
            else _("照片 %(mine)s 与本机构另一天走访的照片 %(theirs)s 几乎一样。")
        ) % said
    return (
        _("照片 %(mine)s 与另一家机构的照片 %(theirs)s 相同。")
        if same
        else _("照片 %(mine)s 与另一家机构的照片 %(theirs)s 几乎一样。")
    ) % said


def _of_travel(facts: Mapping[str, Any], other: Visit | None, people: Mapping[int, str]) -> str:
    said = {
        "people": enumerated(people[pk] for pk in facts["people"] if pk in people),
        "apart": span_in_words(facts["minutes"]),
        "away": length_in_words(facts["m"]),
    }
    if other is None:
        return _("%(people)s 另在辖区以外有一次走访，前后相隔 %(apart)s，相距 %(away)s。") % said
    return _("%(people)s 另有一次走访，前后相隔 %(apart)s，相距 %(away)s。") % said


def _far(facts: Mapping[str, Any]) -> str:
    said = {
        "away": length_in_words(facts["m"]),
        "limit": FAR_M,
        "accuracy": facts["accuracy_m"],
        "of_point": facts["point_accuracy_m"],
    }
    return (
        _("距登记地点 %(away)s，减去走访的精度 %(accuracy)s 米和登记地点的精度 %(of_point)s 米，仍超过 %(limit)s 米。")
        % said
    )


def _photo_place(facts: Mapping[str, Any]) -> str:
    photos = enumerated(
        _("照片 %(slot)s（%(away)s）") % {"slot": slot, "away": length_in_words(m)} for slot, m in facts["photos"]
    )
    return _("%(photos)s的拍摄位置离走访位置超过 %(limit)s 米。") % {"photos": photos, "limit": PHOTO_FAR_M}


def _photo_time(facts: Mapping[str, Any]) -> str:
    photos = enumerated(
        (_("照片 %(slot)s（早 %(apart)s）") if minutes < 0 else _("照片 %(slot)s（晚 %(apart)s）"))
        % {"slot": slot, "apart": span_in_words(abs(minutes))}
        for slot, minutes in facts["photos"]
    )
    hours = int(PHOTO_APART.total_seconds() // 3600)
    return _("%(photos)s的拍摄时间与检查时间相差超过 %(hours)s 小时。") % {"photos": photos, "hours": hours}


def _clock(facts: Mapping[str, Any]) -> str:
    said = {"apart": span_in_words(abs(facts["minutes"]))}
    return (_("手机时间比服务器慢 %(apart)s。") if facts["minutes"] < 0 else _("手机时间比服务器快 %(apart)s。")) % said


_SAID: dict[str, Callable[[Mapping[str, Any]], str]] = {
    Kind.FAR: _far,
    Kind.PHOTO_PLACE: _photo_place,
    Kind.PHOTO_TIME: _photo_time,
    Kind.CLOCK: _clock,
}


def _of_photos(rows: Iterable[Oddity]) -> dict[int, list[str]]:
    marks: dict[int, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: RANKS[each.kind]):
        label = str(Kind(row.kind).label)
        for slot, _beside in [*row.facts.get("pairs", ()), *row.facts.get("photos", ())]:
            if label not in marks[slot]:
                marks[slot].append(label)
    return dict(marks)


def length_in_words(metres: int) -> str:
    """812 米, 41.7 公里."""
    if metres < 2000:
        return _("%(m)s 米") % {"m": metres}
    return _("%(km)s 公里") % {"km": f"{metres / 1000:.1f}"}


def span_in_words(minutes: int) -> str:
    """7 分钟, 3 小时, 12 天: as exact as one asks."""
    if minutes < 120:
        return ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = round(minutes / 60)
        return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    days = round(minutes / (24 * 60))
    return ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
