"""Writing the counts that are kept: what a transaction touched is worked out anew at its end, and what that changes is
added to the counts, in the same transaction (docs/adr/0046-counts-that-are-kept.md)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from operator import add
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.db.models import Count

from accounts.many import given
from accounts.watermark import EPOCH, clock, cut, recording
from figures.guards import GUARDS
from figures.models import Change, DaySum, Gap, History, Kind, SumDay, Touched, aware
from figures.spells import FIELDS, NOTHING, Key, Standings, standings_as_known, standings_of
from institutions.models import Institution
from institutions.moments import today

FOLD_EVERY = 5000  # changes: as many are added up by each question until they are folded into the sums
SUMS = {Kind.ALL: (2, 6), Kind.LICENCE_STATUS: (2,), Kind.FINDING_TYPE: (2,)}  # kind -> digits of the places summed
MANY = 500  # rows written by a statement
FEW = 1000  # one in so many changes may lie before the first sums
HISTORY, CHANGE, SUM, TOUCHED = (each._meta.db_table for each in (History, Change, DaySum, Touched))
_NAMES = ", ".join(FIELDS)
_CHANGED = f"kind, part, scope_code, day, {_NAMES}"
_MERGED_INTO = (
    "SELECT institution_id, found, day FROM {taken} taken UNION SELECT merges.into_id, found, day FROM {taken} taken "
    "JOIN institutions_merge merges ON merges.merged_id = taken.institution_id AND merges.ended_at IS NULL"
)
# What others have touched and not worked out is left to them while they do.
TAKE = {
    "sqlite": _MERGED_INTO.format(taken=TOUCHED),
    "postgresql": f"WITH given AS (DELETE FROM {TOUCHED} WHERE id IN (SELECT id FROM {TOUCHED} FOR UPDATE SKIP LOCKED) "  # noqa: S608
    f"RETURNING institution_id, found, day) {_MERGED_INTO.format(taken='given')}",
}

Numbers = tuple[int, ...]  # in the order of FIELDS
Sums = dict[tuple[int, int, str, str], dict[date, Numbers]]  # kind, digits, area, part -> day -> numbers
_ZERO: Numbers = (0,) * len(FIELDS)


class Row(NamedTuple):
    """A change as it is read to be folded."""

    kind: int
    part: str
    scope_code: str
    day: date
    numbers: Numbers


# --- At the ends of a transaction that writes (accounts/watermark.py)


def left_over() -> bool:
    """Whether something was touched outside of a transaction that says so, and not worked out since."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TOUCHED} LIMIT 1")  # noqa: S608 (our own names)
        return cursor.fetchone() is not None


def work_out(left: bool, since: datetime, known_at: datetime) -> None:
    """Work out anew what was touched; it becomes known at `known_at`, and between `since` and it the counts do not
    answer. What was `left` over by others was known at some time before."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE[connection.vendor])
        touched = cursor.fetchall()
        if not touched:
            return
        if connection.vendor == "sqlite":
            cursor.execute(f"DELETE FROM {TOUCHED}")  # noqa: S608 (our own names)
    ids = sorted({each for each, _found, _day in touched})
    before = _held(ids)
    only_found = _with_findings(touched, before)
    after = only_found | standings_of([each for each in ids if each not in only_found])
    if left or since < known_at:
        _leave_out(EPOCH if left else since, known_at)
    changes: dict[Key, list[int]] = {}
    rows = []
    for each in ids:
        was, last = before.get(each, (NOTHING, EPOCH))
        now = after.get(each, NOTHING)
        if now == was:
            continue
        was.add_to(changes, -1)
        now.add_to(changes)
        if known_at < last:  # written out of order: who asks of a moment in between is not answered from here
            _leave_out(known_at, last)
        rows.append((each, *now.as_text(), max(known_at, last)))
    _write_histories(rows)
    _write_changes(changes, known_at)


def _with_findings(
    touched: Sequence[tuple[Any, ...]], before: Mapping[Any, tuple[Standings, datetime]]
) -> dict[Any, Standings]:
    """Those of which nothing was written but what was found: how they stand does not change, and since when there is
    something of each type is the earlier of two days."""
    others = {each for each, code, _day in touched if code is None}
    found: dict[Any, Standings] = {}
    for each, code, day in touched:
        if each not in others and each in before and before[each][0].spells:
            was = found.get(each, before[each][0])
            first = min(str(day), was.found.get(code, str(day)))
            found[each] = Standings(was.spells, dict(sorted({**was.found, code: first}.items())))
    return found


def _held(ids: Sequence[Any]) -> dict[Any, tuple[Standings, datetime]]:
    """What is kept of institutions, held until the transaction ends: who works the same one out waits, and then sees
    what this one wrote."""
    found: dict[Any, tuple[Standings, datetime]] = {}
    for some in _in_parts(ids):
        found |= _locked(some)
        missing = [each for each in some if each not in found]
        if missing and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO {HISTORY} (institution_id, spells, found, known_at) SELECT id, '[]', '{{}}', %s "  # noqa: S608
                    "FROM institutions_institution WHERE id = ANY(%s) ON CONFLICT DO NOTHING",
                    [EPOCH, missing],
                )
            found |= _locked(missing)
    return found


def _locked(ids: Sequence[Any]) -> dict[Any, tuple[Standings, datetime]]:
    lock = "FOR UPDATE" if connection.vendor == "postgresql" else ""
    these, params = given(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT institution_id, spells, found, known_at FROM {HISTORY} "  # noqa: S608 (our own names)
            f"WHERE institution_id IN ({these}) ORDER BY institution_id {lock}",
            params,
        )
        return {of: (Standings.read(spells, types), aware(at)) for of, spells, types, at in cursor.fetchall()}


def _write_histories(rows: Sequence[tuple[Any, ...]]) -> None:
    for some in _in_parts(rows):
        insert(
            HISTORY,
            ("institution_id", "spells", "found", "known_at"),
            [(*row[:-1], _moment(row[-1])) for row in some],
            "ON CONFLICT (institution_id) DO UPDATE SET spells = excluded.spells, found = excluded.found, "
            "known_at = excluded.known_at",
        )


def _write_changes(changes: dict[Key, list[int]], known_at: datetime) -> None:
    rows = [(*key, *numbers, _moment(known_at), False) for key, numbers in sorted(changes.items()) if any(numbers)]
    columns = ("kind", "part", "scope_code", "day", *FIELDS, "known_at", "folded")
    last = 0
    for some in _in_parts(rows):
        last = insert(CHANGE, columns, some, last_id=True)
    if last % FOLD_EVERY < len(rows):
        fold()


def _leave_out(since: datetime, to: datetime) -> None:
    """As known at a moment from `since` to before `to` the counts do not answer."""
    Gap.objects.create(from_at=since, to_at=to)


# --- Sums


def fold() -> None:
    """Add to the sums what is known for good; since when it is stays beside it, so that what a past K did not know is
    taken off them. Who folds already is left alone; nobody waits."""
    if connection.vendor == "postgresql" and not _alone():
        return
    known = cut()
    days = list(SumDay.objects.order_by("day").values_list("day", flat=True))
    if days:
        _begin_days(days, known)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {CHANGE} SET folded = %s WHERE NOT folded AND known_at <= %s RETURNING {_CHANGED}",  # noqa: S608
            [True, _moment(known)],
        )
        rows = [row(each) for each in cursor.fetchall()]
    _add(summed(rows, days or _days_of_sums()))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('figures_daysum'))")
        [alone] = cursor.fetchone()
    return bool(alone)


def _begin_days(days: list[date], known: datetime) -> None:
    """Sums of days of which there were none, where something changed with them: those of the day before that has sums,
    and what has been folded of the days since."""
    names = f"kind, digits, area, part, {_NAMES}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT day FROM {CHANGE} WHERE NOT folded AND known_at <= %s AND day > %s AND day <= %s",  # noqa: S608
            [_moment(known), _day_as_kept(days[0]), _day_as_kept(today())],
        )
        for day in sorted({_day(each) for (each,) in cursor.fetchall()} - set(days)):
            place = bisect_left(days, day)
            before = days[place - 1]
            cursor.execute(
                f"INSERT INTO {SUM} (day, {names}) SELECT %s, {names} FROM {SUM} WHERE day = %s",  # noqa: S608
                [_day_as_kept(day), _day_as_kept(before)],
            )
            cursor.execute(
                f"SELECT {_CHANGED} FROM {CHANGE} WHERE folded AND day > %s AND day <= %s",  # noqa: S608
                [_day_as_kept(before), _day_as_kept(day)],
            )
            _add(summed([row(each) for each in cursor.fetchall()], [day]))
            SumDay.objects.create(day=day)
            days.insert(place, day)


def row(each: Sequence[Any]) -> Row:
    kind, part, scope_code, day, *numbers = each
    return Row(kind, part, scope_code, _day(day), tuple(numbers))


def summed(rows: Iterable[Row], days: Sequence[date]) -> Sums:
    """What the rows add to the sums of each of the days on or after theirs."""
    each_day: Sums = defaultdict(dict)
    for row in rows:
        place = bisect_left(days, row.day)
        if place == len(days):
            continue  # of a day after all of these
        for kind in (row.kind, Kind.ALL) if row.kind == Kind.LICENCE_STATUS else (row.kind,):
            for digits in SUMS[Kind(kind)]:
                part = "" if kind == Kind.ALL else row.part
                by_day = each_day[int(kind), digits, row.scope_code[:digits], part]
                by_day[days[place]] = _plus(by_day.get(days[place], _ZERO), row.numbers)
    return {key: _running(by_day, days) for key, by_day in each_day.items()}


def _running(by_day: dict[date, Numbers], days: Sequence[date]) -> dict[date, Numbers]:
    total, sums = _ZERO, {}
    for day in days[bisect_left(days, min(by_day)) :]:
        if day in by_day:
            total = _plus(total, by_day[day])
        sums[day] = total
    return sums


def _plus(one: Numbers, other: Numbers) -> Numbers:
    return tuple(map(add, one, other))


def _add(sums: Sums) -> None:
    kept = {day: _day_as_kept(day) for day in {each for by_day in sums.values() for each in by_day}}
    rows = (
        (kind, digits, area, part, kept[day], *numbers)
        for (kind, digits, area, part), by_day in sums.items()
        for day, numbers in by_day.items()
    )
    more = ", ".join(f"{name} = {SUM}.{name} + excluded.{name}" for name in FIELDS)
    columns = ("kind", "digits", "area", "part", "day", *FIELDS)
    while some := list(islice(rows, MANY)):
        insert(SUM, columns, some, f"ON CONFLICT (kind, digits, day, area, part) DO UPDATE SET {more}")


# --- All anew


class Beside(Protocol):
    """What another room keeps of what is written, made anew and looked through together with the counts."""

    def forget(self) -> None: ...
    def rebuild(self) -> None: ...
    def differences(self) -> Iterator[str]: ...


BESIDE: list[Beside] = []  # each room that has one puts it here when it is loaded


def noted_by() -> Iterator[str]:
    """The names of the triggers without which something may be written unnoticed."""
    return (each.name for each in GUARDS)


def is_made() -> bool:
    return Gap.objects.exists()


def forget() -> None:
    """Nothing is kept: every question is answered by the definition until `rebuild`."""
    for each in (History, Change, DaySum, SumDay, Touched, Gap):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {each._meta.db_table}")  # noqa: S608 (our own names)
    for other in BESIDE:
        other.forget()


def rebuild(*, past: bool = True) -> int:
    """Make everything that is kept anew; how many institutions are counted. Others who write wait at their end. Without
    the `past` all is counted as known now, which takes a fraction of the time: every K before is left out."""
    with recording():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {HISTORY} IN EXCLUSIVE MODE")
        forget()
        counted, known = 0, clock()
        for ids in by_place():
            last: dict[Any, tuple[Standings, Any]] = {}
            changes: dict[Any, dict[Key, list[int]]] = defaultdict(dict)  # by the moment since which they are known
            for of, known_at, now in standings_as_known(ids) if past else _as_known_now(ids):
                was, _since = last.get(of, (NOTHING, None))
                if now != was:
                    was.add_to(changes[known_at], -1)
                    now.add_to(changes[known_at])
                    last[of] = now, known_at
            rows = [(of, *each.as_text(), aware(known_at)) for of, (each, known_at) in last.items()]
            _write_histories(rows)
            _write_folded(changes)
            counted += sum(1 for each, _known_at in last.values() if each.spells)
        days = _days_of_sums()
        _add(summed(_all_changes(), days))
        _leave_out(EPOCH, EPOCH if past else known)  # with the past no moment: they are made
        for other in BESIDE:
            other.rebuild()
    return counted


def _as_known_now(ids: Sequence[Any]) -> Iterator[tuple[Any, Any, Standings]]:
    known_at = _moment(EPOCH)
    return ((of, known_at, each) for of, each in standings_of(ids).items())


def by_place() -> Iterator[list[Any]]:
    """The ids of all institutions as the database gives them, some at a time, neighbours together."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {Institution._meta.db_table} ORDER BY scope_code, id")  # noqa: S608
        ids = [each for (each,) in cursor.fetchall()]
    yield from _in_parts(ids, 20_000)


def _write_folded(changes: Mapping[Any, Mapping[Key, list[int]]]) -> None:
    rows = [
        (*key, *numbers, known_at, True)
        for known_at, by_key in changes.items()
        for key, numbers in sorted(by_key.items())
        if any(numbers)
    ]
    for some in _in_parts(rows):
        insert(CHANGE, ("kind", "part", "scope_code", "day", *FIELDS, "known_at", "folded"), some)


def _all_changes() -> Iterator[Row]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {_CHANGED} FROM {CHANGE}")  # noqa: S608 (our own names)
        yield from map(row, cursor)


def _days_of_sums() -> list[date]:
    """Those on which sums are kept, written: from where the counts really begin, that a year mistyped makes no thousand
    days."""
    changes = Change.objects.filter(folded=True).order_by()
    total, days, passed = changes.count(), [], 0
    of_days = changes.filter(day__lte=today()).values_list("day").annotate(number=Count("pk")).order_by("day")
    for day, number in of_days:
        passed += number
        if passed * FEW > total:
            days.append(day)
    SumDay.objects.bulk_create([SumDay(day=day) for day in days])
    return days


# --- How the engines take it


def insert(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], after: str = "", *, last_id: bool = False
) -> int:
    """Insert rows; gives the last id if that is asked for."""
    into, place = f"INSERT INTO {table} ({', '.join(columns)})", f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # row by row: prepared once, whatever their number
            cursor.executemany(f"{into} VALUES {place} {after}", rows)
            if last_id:
                cursor.execute(f"SELECT MAX(id) FROM {table}")  # noqa: S608 (our own names)
        else:
            after = "RETURNING id" if last_id else after
            cursor.execute(
                f"{into} VALUES {', '.join([place] * len(rows))} {after}", [value for row in rows for value in row]
            )
        return max(each for (each,) in cursor.fetchall()) if last_id else 0


def _in_parts(rows: Sequence[Any], size: int = MANY) -> Iterator[Sequence[Any]]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


@lru_cache(maxsize=10)  # of all that a transaction changes it is the same
def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _day_as_kept(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _day(day: Any) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
