"""疑点 worked out when a visit or the bytes of a photo arrive, and again for all on demand. They follow from the visits
and photos that stand, whatever order these came in; no fact is changed (docs/adr/0044-oddities.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from accounts.inserting import insert_values
from accounts.watermark import recording
from inspections.actions.oddity_rules import (
    TRAVEL_WITHIN,
    Seen,
    are_alike,
    fix_of,
    of_itself,
    pairs_alike,
    too_fast,
)
from inspections.likeness import bands_of, prepare
from inspections.models import Likeness, Oddity, Photo, Presence, QuarantinedVisit, Visit
from institutions.models import Place

AT_ONCE = 200  # visits that are worked out again in one transaction
MOST_OTHERS = 50  # visits, the earliest first, that one visit is said to share photos with
MOST_PRESENCES = 200  # of one person, around the visits that are looked at
MOST_ALIKE = 4000  # pictures with a band in common that are looked at
MOST_PAIRS = 10  # of photos that are kept of two visits
Kind = Oddity.Kind
_MOMENT = models.DateTimeField()

Arrived = tuple[Visit, Collection[int], Sequence[Photo]]  # a visit just stored, ids of who was there, its photos


def note_oddities(arrived: Sequence[Arrived]) -> None:
    """What is odd about visits just stored, and about others beside them. Inside the caller's transaction; visits have
    their institution.

    A visit that is in order costs no query without a position, two with one.
    """
    found: list[Oddity] = []
    moved = _moved_since([visit for visit, _people, _photos in arrived])
    for visit, _people, photos in arrived:
        has_moved = visit.pk in moved
        found += of_itself(visit, visit.institution, photos, received_at=visit.recorded_at, has_moved=has_moved)
    there = [(user, visit.happened_at, visit.pk) for visit, user in _there(arrived)]
    insert_values(Presence, ("user_id", "happened_at", "visit_id"), there)
    found += _both_ways(_travels(arrived))
    if found:
        Oddity.objects.bulk_create(found, ignore_conflicts=True)
    for visit, _people, photos in arrived:
        if here := {photo.sha256 for photo in photos if photo.stored_at is not None}:
            note_photos(visit, here)


def note_photos(visit: Visit, arrived: Collection[str]) -> None:
    """What is odd about photos of a visit whose bytes are here now. Inside the caller's transaction.

    Effects: what each looks like is kept; a row for each visit that has one of them, or nearly, and back.
    """
    _keep_likenesses(arrived)
    others = _with_photos_like(visit, arrived)
    found = list(_alike(visit, others))
    for other in others:
        found += _alike(other, [visit])
    if found:
        Oddity.objects.bulk_create(
            found, update_conflicts=True, unique_fields=["visit", "kind", "other"], update_fields=["facts"]
        )


def forget_oddities(visit: Visit) -> None:
    """Of a visit that was withdrawn: it shows nothing any more, and is odd beside no other."""
    Oddity.objects.filter(Q(visit=visit) | Q(other=visit)).delete()


def work_out_again(visits: Sequence[Visit]) -> tuple[int, int]:
    """Everything odd about these visits as if they had just come, measured against the register of today. How many rows
    are new or changed, and how many went. Visits come with institution, inspectors and photos."""
    standing = [visit for visit in visits if visit.withdrawn_at is None]
    _keep_likenesses(
        {photo.sha256 for visit in standing for photo in visit.photos.all() if photo.stored_at is not None}
    )
    arrived = [(visit, [each.pk for each in visit.inspectors.all()], list(visit.photos.all())) for visit in standing]
    Presence.objects.bulk_create(
        [Presence(user_id=user, happened_at=visit.happened_at, visit=visit) for visit, user in _there(arrived)],
        ignore_conflicts=True,
    )
    received, moved = _received(standing), _moved_since(standing)
    wanted: list[Oddity] = []
    for visit, _people, photos in arrived:
        at, has_moved = received.get(visit.pk, visit.recorded_at), visit.pk in moved
        wanted += of_itself(visit, visit.institution, photos, received_at=at, has_moved=has_moved)
    wanted += _travels(arrived)
    for visit, _people, photos in arrived:
        if here := {photo.sha256 for photo in photos if photo.stored_at is not None}:
            wanted += _alike(visit, _with_photos_like(visit, here))
    return _as_wanted(visits, wanted)


def all_worked_out_again(*, since: date | None = None) -> Iterator[tuple[int, int, int]]:
    """Every visit, oldest first, in portions of their own transaction: how many, and what `work_out_again` says. What
    pictures look like is worked out before."""
    asked = Visit.objects.filter(happened_on__gte=since) if since else Visit.objects.all()
    last: tuple[date, UUID] | None = None
    while True:
        after = Q(happened_on__gt=last[0]) | Q(happened_on=last[0], pk__gt=last[1]) if last else Q()
        page = asked.filter(after).order_by("happened_on", "pk")[:AT_ONCE]
        some = list(page.defer("content").select_related("institution").prefetch_related("inspectors", "photos"))
        if not some:
            return
        prepare(photo.sha256 for visit in some for photo in visit.photos.all() if photo.stored_at is not None)
        with recording():
            new, gone = work_out_again(some)
        yield len(some), new, gone
        last = some[-1].happened_on, some[-1].pk


def _as_wanted(visits: Sequence[Visit], wanted: Iterable[Oddity]) -> tuple[int, int]:
    known = {_key(each): each for each in Oddity.objects.filter(visit__in=[visit.pk for visit in visits])}
    now = {_key(each): each for each in wanted}
    gone = [each.pk for key, each in known.items() if key not in now or now[key].facts != each.facts]
    new = [each for key, each in now.items() if key not in known or known[key].facts != each.facts]
    Oddity.objects.filter(pk__in=gone).delete()
    Oddity.objects.bulk_create(new)
    return len(new), len([key for key in known if key not in now])


def _key(oddity: Oddity) -> tuple[UUID, str, UUID | None]:
    return oddity.visit_id, oddity.kind, oddity.other_id


def _there(arrived: Iterable[Arrived]) -> Iterator[tuple[Visit, int]]:
    for visit, people, _photos in arrived:
        if fix_of(visit):
            for user in sorted(people):
                yield visit, user


def _received(visits: Sequence[Visit]) -> dict[UUID, datetime]:
    """When those came that were kept aside first, and counted later."""
    copies = QuarantinedVisit.objects.filter(counted_as__in=[visit.pk for visit in visits])
    return dict(copies.values_list("counted_as", "received_at"))


def _moved_since(visits: Sequence[Visit]) -> set[UUID]:
    """Those whose institution has moved after the day: its registered point is not the one of then."""
    moved = [visit for visit in visits if visit.institution.moved]
    places = Place.objects.filter(institution__in={visit.institution_id for visit in moved}, withdrawn_at__isnull=True)
    last = dict(places.order_by("from_on").values_list("institution", "from_on"))
    return {each.pk for each in moved if last.get(each.institution_id, each.happened_on) > each.happened_on}


# --- Two visits of one person


class _Stay(NamedTuple):
    """That somebody was at a visit, as much of it as is compared."""

    pk: UUID
    happened_at: datetime
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None


def _travels(arrived: Iterable[Arrived]) -> Iterator[Oddity]:
    """Of these visits those that somebody cannot have come to from another, or gone to another from."""
    mine = {visit.pk: visit for visit, people, _photos in arrived if people and fix_of(visit)}
    if not mine:
        return
    users = {user for visit, people, _photos in arrived if visit.pk in mine for user in people}
    facts: dict[tuple[UUID, UUID], dict[str, Any] | None] = {}
    people: dict[tuple[UUID, UUID], set[int]] = defaultdict(set)
    for user, stays in _stays(mine.values(), users).items():
        for one, other in _beside_each_other(stays, mine):
            pair = one.pk, other.pk
            if pair not in facts:
                facts[pair] = too_fast(one, other)
            if facts[pair]:
                people[pair].add(user)
    for pair, there in people.items():
        said = (facts[pair] or {}) | {"people": sorted(there)}
        for pk, other_pk in (pair, pair[::-1]):
            if pk in mine:
                yield Oddity(visit_id=pk, kind=Kind.TRAVEL, other_id=other_pk, facts=said)


def _beside_each_other(stays: Iterable[_Stay], mine: Collection[UUID]) -> Iterator[tuple[_Stay, _Stay]]:
    """Pairs of one person's stays that are compared, one of each being of `mine`: each pair once, the earlier first."""
    in_order = sorted(stays, key=lambda stay: (stay.happened_at, stay.pk))
    ours = [stay.pk in mine for stay in in_order]
    for at, one in enumerate(in_order):
        until = one.happened_at + TRAVEL_WITHIN
        for after in range(at + 1, len(in_order)):
            if in_order[after].happened_at > until:
                break
            if ours[at] or ours[after]:
                yield one, in_order[after]


def _stays(visits: Iterable[Visit], users: Collection[int]) -> dict[int, list[_Stay]]:
    """Where these people were at these visits and around them, at visits that stand. Asked at every visit, so in as
    many words as it takes: the ORM takes longer to put the question together than the database to answer it."""
    spans = _spans(visit.happened_at for visit in visits)
    moments = [each for first, last in spans for each in (first - TRAVEL_WITHIN, last + TRAVEL_WITHIN)]
    keys = [_MOMENT.get_db_prep_value(each, connection) for each in moments]
    between = "p.happened_at BETWEEN %s AND %s"
    around = (
        f"{between} AND ({' OR '.join([between] * len(spans))})"  # the first, of all spans, is what an index answers
    )
    asked = (
        "SELECT p.user_id, p.visit_id, p.happened_at, v.longitude, v.latitude, v.accuracy_m "  # noqa: S608 (our marks)
        "FROM inspections_presence p JOIN inspections_visit v ON v.id = p.visit_id "
        f"WHERE p.user_id IN ({', '.join(['%s'] * len(users))}) AND {around} AND v.withdrawn_at IS NULL "
        f"LIMIT {MOST_PRESENCES * len(users)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [*users, keys[0], keys[-1], *keys])
        rows = cursor.fetchall()
    found: dict[int, list[_Stay]] = defaultdict(list)
    for user, pk, at, *position in rows:
        known = pk if isinstance(pk, UUID) else UUID(pk)
        found[user].append(_Stay(known, at if isinstance(at, datetime) else _read(at), *position))
    return found


def _read(moment: str) -> datetime:
    """As SQLite keeps it: UTC, without saying so."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def _spans(moments: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """The moments put together where what is looked at around them overlaps: an outbox may hold weeks."""
    spans: list[tuple[datetime, datetime]] = []
    for moment in sorted(moments):
        if spans and moment - spans[-1][1] <= 2 * TRAVEL_WITHIN:
            spans[-1] = spans[-1][0], moment
        else:
            spans.append((moment, moment))
    return spans


def _both_ways(rows: Iterable[Oddity]) -> Iterator[Oddity]:
    for each in rows:
        yield each
        yield Oddity(visit_id=each.other_id, kind=each.kind, other_id=each.visit_id, facts=each.facts)


# --- Photos


def _keep_likenesses(named: Collection[str]) -> None:
    """What each picture looks like, once. Two that come at the same moment wait for each other here, on PostgreSQL."""
    locked = Likeness.objects.select_for_update().filter(sha256__in=named).order_by("sha256")
    known = set(locked.values_list("sha256", flat=True))
    Likeness.objects.bulk_create(_looked_at(sorted(set(named) - known)), ignore_conflicts=True)


def _looked_at(named: Iterable[str]) -> Iterator[Likeness]:
    for sha256 in named:
        try:
            bands = bands_of(sha256) or (None,) * 4
        except OSError:  # its copy is not here: verify_photos says so
            continue
        yield Likeness(sha256=sha256, band_0=bands[0], band_1=bands[1], band_2=bands[2], band_3=bands[3])


def _with_photos_like(visit: Visit, arrived: Collection[str]) -> list[Visit]:
    """Visits that stand, at another institution or on another day (so not itself), with a photo that is here and is one
    of these, or nearly; the earliest first."""
    photos = Photo.objects.filter(sha256__in=_near(arrived), stored_at__isnull=False).order_by()
    others = Visit.objects.standing().filter(pk__in=photos.values("visit"))
    stays = visit.institution.merged_into_id or visit.institution_id
    here = Q(institution=stays) | Q(institution__merged_into=stays)
    others = others.exclude(here, happened_on=visit.happened_on)
    return list(others.only("pk").order_by("happened_at", "pk")[:MOST_OTHERS])


def _near(named: Collection[str]) -> set[str]:
    """The names of these pictures and of those that look alike."""
    own = list(Likeness.objects.filter(sha256__in=named, band_0__isnull=False))
    found = set(named)
    if own:
        bands = Q()
        for number in range(4):
            bands |= Q(**{f"band_{number}__in": {getattr(each, f"band_{number}") for each in own}})
        for other in Likeness.objects.filter(bands).order_by()[:MOST_ALIKE]:
            if any(are_alike(each.bands, other.bands) for each in own):
                found.add(other.sha256)
    return found


def _alike(visit: Visit, others: Sequence[Visit]) -> Iterator[Oddity]:
    """A row for each of the others with a photo that is one of the visit's, or nearly."""
    if not others:
        return
    seen = _seen([visit.pk, *(other.pk for other in others)])
    for other in others:
        for kind, pairs in zip(
            (Kind.SAME_PHOTO, Kind.LIKE_PHOTO), pairs_alike(seen[visit.pk], seen[other.pk]), strict=True
        ):
            if pairs:
                facts = {"pairs": pairs[:MOST_PAIRS], "count": len({slot for slot, _other in pairs})}
                yield Oddity(visit_id=visit.pk, kind=kind, other_id=other.pk, facts=facts)


def _seen(visits: Collection[UUID]) -> dict[UUID, list[Seen]]:
    """The photos of these visits that are here, with what they look like."""
    photos = list(
        Photo.objects.filter(visit__in=visits, stored_at__isnull=False)
        .order_by()
        .values_list("visit", "slot", "sha256")
    )
    likenesses = Likeness.objects.in_bulk({sha256 for _visit, _slot, sha256 in photos})
    found: dict[UUID, list[Seen]] = defaultdict(list)
    for visit, slot, sha256 in photos:
        likeness = likenesses.get(sha256)
        found[visit].append(Seen(slot, sha256, likeness.bands if likeness else None))
    return found
