"""Figures from the counts that are kept: of any day, as known at any moment, of divisions that are asked of whole
(docs/adr/0046-counts-that-are-kept.md). None where the counts do not answer; then the definition does."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from operator import add
from typing import Any

from django.db import connection

from accounts.scope import ranges
from figures.models import Change, DaySum, Gap, Kind, SumDay, Touched, aware

MOST = 100  # ranges of places that one statement asks about
LARGE = 2  # digits: divisions of which sums are kept; smaller ones are added up from their changes
CHANGE, SUM, SUMDAY, TOUCHED, GAP = (each._meta.db_table for each in (Change, DaySum, SumDay, Touched, Gap))
# The figures of figures/statistics.py, in the order of Figures, each a sum of the columns that are kept.
FIGURES = (
    "clear + open + overdue + closed + licensed + corrected",
    "open + overdue + closed + licensed + corrected",
    "closed + licensed + corrected",
    "open + overdue",
    "overdue",
    "closed",
    "licensed",
    "corrected",
)
SUMMED, TAKEN_OFF = (", ".join(f"{each}({figure})" for figure in FIGURES) for each in ("SUM", "-SUM"))
# In the statement that reads the counts, so that both are of one moment.
ANSWERS = (
    f"SELECT NULL, NULL, CASE WHEN EXISTS (SELECT 1 FROM {GAP}) AND NOT EXISTS (SELECT 1 FROM {TOUCHED}) "  # noqa: S608
    f"AND NOT EXISTS (SELECT 1 FROM {GAP} WHERE from_at <= %s AND to_at > %s) THEN 1 ELSE 0 END{', 0' * 7}"
)
Counts = tuple[int, ...]  # in the order of FIGURES
Asked = tuple[str, list[Any]]  # a statement, or a part of one, and its parameters


def by_division(codes: Sequence[str], digits: int, on: date, known_at: datetime) -> dict[str, Counts] | None:
    """Of each division below, by the first so many digits of its code; of those in which nothing is counted too,
    perhaps."""
    return _counted(Kind.ALL, codes, f"substr(place, 1, {digits:d})", on, known_at, digits)


def by_licence_status(codes: Sequence[str], on: date, known_at: datetime) -> dict[str, Counts] | None:
    return _counted(Kind.LICENCE_STATUS, codes, "part", on, known_at)


def by_finding_type(codes: Sequence[str], on: date, known_at: datetime) -> dict[str, Counts] | None:
    return _counted(Kind.FINDING_TYPE, codes, "part", on, known_at)


def total(codes: Sequence[str], on: date, known_at: datetime) -> Counts | None:
    found = _counted(Kind.ALL, codes, "''", on, known_at)
    return None if found is None else found.get("", (0,) * len(FIGURES))


def totals(codes: Sequence[str], days: Sequence[date], known_at: datetime) -> list[Counts] | None:
    """Of each of the days, given in their order."""
    bases, early = _bases(codes, days, known_at)
    parts: list[Asked] = []
    if not early:
        parts += _sums(Kind.ALL, codes, "''", bases, by_day=True)
        parts += _since(Kind.LICENCE_STATUS, codes, "''", zip(bases, days, strict=True), by_day=True)
    parts += _folded(Kind.LICENCE_STATUS, codes, "''", days[-1], known_at, early, by_day=True)
    parts += _as_they_came(Kind.LICENCE_STATUS, codes, "''", days[-1], known_at, by_day=True)
    rows = _read(parts, known_at)
    if rows is None:
        return None
    summed = {_as_date(day): tuple(numbers) for source, day, *numbers in rows if source == OF_SUMS}
    changed = sorted((_as_date(day), source, numbers) for source, day, *numbers in rows if source != OF_SUMS)
    found = []
    for base, on in zip(bases, days, strict=True):
        counted = summed.get(base, (0,) * len(FIGURES)) if base else (0,) * len(FIGURES)
        for day, source, numbers in changed:
            if day <= on and (source == OF_ALL or base is None or day > base):
                counted = tuple(map(add, counted, numbers))
        found.append(counted)
    return found


def _counted(
    kind: Kind, codes: Sequence[str], label: str, on: date, known_at: datetime, digits: int = LARGE
) -> dict[str, Counts] | None:
    """Counts by `label`, an expression over `place` (a scope code, or the beginning of one) and `part`."""
    summed_in = next((each for each in (LARGE, 6) if each >= digits), None) if kind == Kind.ALL else LARGE
    bases, early = _bases(codes, [on], known_at)
    if not summed_in:
        bases = [None]
    changes = Kind.LICENCE_STATUS if kind == Kind.ALL else kind
    parts: list[Asked] = []
    if not early:
        parts += _sums(kind, codes, label, bases, summed_in or LARGE)
        parts += _since(changes, codes, label, [(bases[0], on)])
    parts += _folded(changes, codes, label, on, known_at, early)
    parts += _as_they_came(changes, codes, label, on, known_at)
    rows = _read(parts, known_at)
    if rows is None:
        return None
    found: dict[str, Counts] = {}
    for _source, part, *numbers in rows:
        found[part] = tuple(map(add, found[part], numbers)) if part in found else tuple(numbers)
    return found


# Rows of a statement: where from, the label (or the day), the figures.
# Sums; changes since them; changes of places without sums, not folded ones, and what was not known yet.
OF_SUMS, OF_CHANGES, OF_ALL = 1, 2, 3


def _sums(
    kind: Kind,
    codes: Sequence[str],
    label: str,
    bases: Sequence[date | None],
    digits: int = LARGE,
    by_day: bool = False,
) -> list[Asked]:
    days = sorted({base for base in bases if base is not None})
    if not days:
        return []
    label = "day" if by_day else label.replace("place", "area")
    return [
        (
            f"SELECT {OF_SUMS}, {label}, {SUMMED} FROM {SUM} WHERE kind = %s AND digits = %s "  # noqa: S608
            f"AND day IN ({_places(days)}) AND area >= %s AND area < %s GROUP BY 1, 2",
            [int(kind), digits, *map(_day, days), first, after],
        )
        for first, after in ranges(_large(codes))
    ]


def _since(
    kind: Kind, codes: Sequence[str], label: str, pairs: Iterable[tuple[date | None, date]], by_day: bool = False
) -> list[Asked]:
    """What changed after the day of the sums, of places that have any; up to the last of several days that go on from
    the same."""
    last: dict[date | None, date] = {}
    for base, day in pairs:
        last[base] = max(day, last.get(base, day))
    label = "day" if by_day else label.replace("place", "scope_code")
    parts: list[Asked] = []
    for base, day in last.items():
        since, params = ("", []) if base is None else ("AND day > %s ", [_day(base)])
        parts += [
            (
                f"SELECT {OF_CHANGES}, {label}, {SUMMED} FROM {CHANGE} {_by('change_by_day')} "  # noqa: S608
                f"WHERE kind = %s AND folded {since}AND day <= %s AND scope_code >= %s AND scope_code < %s "
                "GROUP BY 1, 2",
                [int(kind), *params, _day(day), first, after],
            )
            for first, after in ranges(_large(codes))
            if base != day
        ]
    return parts


def _as_they_came(
    kind: Kind, codes: Sequence[str], label: str, on: date, known_at: datetime, by_day: bool = False
) -> list[Asked]:
    """The changes that are in no sum: of small divisions all, of large ones those that are not folded yet."""
    label = "day" if by_day else label.replace("place", "scope_code")
    return [
        (
            f"SELECT {OF_ALL}, {label}, {SUMMED} FROM {CHANGE} {_by(index)} WHERE {condition} AND kind = %s "  # noqa: S608
            "AND day <= %s AND known_at <= %s AND scope_code >= %s AND scope_code < %s GROUP BY 1, 2",
            [int(kind), _day(on), _moment(known_at), first, after],
        )
        for index, condition, some in (
            ("change_of_place", "1 = 1", _small(codes)),
            ("change_not_folded", "NOT folded", _large(codes)),
        )
        for first, after in ranges(some)
    ]


def _folded(
    kind: Kind, codes: Sequence[str], label: str, on: date, known_at: datetime, early: bool, by_day: bool = False
) -> list[Asked]:
    """What is in the sums, and in the changes since them, that became known after the moment: taken off again. Of an
    `early` moment, for which no sums are read, what was known instead."""
    label = "day" if by_day else label.replace("place", "scope_code")
    figures, which = (SUMMED, "<=") if early else (TAKEN_OFF, ">")
    return [
        (
            f"SELECT {OF_ALL}, {label}, {figures} FROM {CHANGE} {_by('change_folded')} WHERE folded AND kind = %s "  # noqa: S608
            f"AND known_at {which} %s AND day <= %s AND scope_code >= %s AND scope_code < %s GROUP BY 1, 2",
            [int(kind), _moment(known_at), _day(on), first, after],
        )
        for first, after in ranges(_large(codes))
    ]


def _bases(codes: Sequence[str], days: Sequence[date], known_at: datetime) -> tuple[list[date | None], bool]:
    """For each day the last one up to it of which there are sums; None where they are not needed or there is none. And
    whether the moment is nearer to the first since which anything in them is known than to the last: then less is read
    of what was known than of what was not."""
    if not _large(codes):
        return [None for _day in days], False
    ends = f"(SELECT %s(known_at) FROM {CHANGE} WHERE folded AND kind = {int(Kind.LICENCE_STATUS)})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT day, NULL, NULL FROM {SUMDAY} UNION ALL SELECT NULL, {ends % 'MIN'}, {ends % 'MAX'}"  # noqa: S608
        )
        *rows, (_none, first, last) = sorted(cursor.fetchall(), key=lambda row: (row[0] is None, row[0]))
    kept = [_as_date(day) for day, _first, _last in rows]
    early = first is not None and known_at - aware(first) < aware(last) - known_at
    return [kept[place - 1] if (place := bisect_right(kept, day)) else None for day in days], early


def _read(parts: Sequence[Asked], known_at: datetime) -> list[tuple[Any, ...]] | None:
    """The rows of all parts, read at one moment; None where the counts do not answer."""
    if len(parts) > MOST:
        return None
    asked = _moment(known_at)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([*(part for part, _params in parts), ANSWERS]),
            [*(param for _part, params in parts for param in params), asked, asked],
        )
        rows = cursor.fetchall()
    answers = next(place for place in range(len(rows) - 1, -1, -1) if rows[place][0] is None)  # last but in parallel
    return rows if rows.pop(answers)[2] else None


def _large(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if len(code) <= LARGE]


def _small(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if len(code) > LARGE]


def _by(index: str) -> str:
    """SQLite does not know which of the indexes is the shorter way."""
    return f"INDEXED BY {index}" if connection.vendor == "sqlite" else ""


def _places(listed: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(listed))


def _day(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _as_date(day: Any) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
