"""Figures from the counts that are kept: of any day, as known now, of divisions that are asked of whole
(docs/adr/0046-counts-that-are-kept.md). None where the counts do not answer; then the definition does."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from accounts.scope import ranges
from figures.models import Change, DaySum, Gap, Kind, SumDay, Touched

MOST = 100  # ranges of places that one statement asks about
LARGE = 2  # digits: divisions of which sums are kept; smaller ones are added up from their changes
CHANGE, SUM, TOUCHED, GAP = (each._meta.db_table for each in (Change, DaySum, Touched, Gap))
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
SUMMED = ", ".join(f"SUM({figure})" for figure in FIGURES)
COLUMNS = "clear, open, overdue, closed, licensed, corrected"
# In the statement that reads the counts, so that they are of one moment.
ANSWERS = (
    f"EXISTS (SELECT 1 FROM {GAP}) AND NOT EXISTS (SELECT 1 FROM {TOUCHED}) "  # noqa: S608 (our own names)
    f"AND NOT EXISTS (SELECT 1 FROM {GAP} WHERE from_at <= %s AND to_at > %s)"
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
    bases = _bases(codes, days)
    parts: list[Asked] = []
    for first, after in ranges(_large(codes)):
        needed = sorted({base for base in bases if base is not None})
        if needed:
            parts.append(
                (
                    f"SELECT 0 AS source, day, {SUMMED} FROM {SUM} WHERE kind = %s AND digits = %s "  # noqa: S608
                    f"AND day IN ({_places(needed)}) AND area >= %s AND area < %s GROUP BY day",
                    [int(Kind.ALL), LARGE, *map(_day, needed), first, after],
                )
            )
        between = [(base, day) for base, day in zip(bases, days, strict=True) if base != day]
        if between:
            changed = f"{CHANGE} {_by('change_by_day')}"
            some = " OR ".join("day <= %s" if base is None else "day > %s AND day <= %s" for base, _end in between)
            params = [_day(each) for pair in between for each in pair if each is not None]
            parts.append(
                (
                    f"SELECT 1, day, {SUMMED} FROM {changed} WHERE kind = %s AND folded AND ({some}) "  # noqa: S608
                    "AND scope_code >= %s AND scope_code < %s GROUP BY day",
                    [int(Kind.LICENCE_STATUS), *params, first, after],
                )
            )
    for index, condition, some_codes in _as_they_came(codes):
        for first, after in ranges(some_codes):
            parts.append(
                (
                    f"SELECT 2, day, {SUMMED} FROM {CHANGE} {index} WHERE {condition} AND kind = %s AND day <= %s "  # noqa: S608
                    "AND known_at <= %s AND scope_code >= %s AND scope_code < %s GROUP BY day",
                    [int(Kind.LICENCE_STATUS), _day(days[-1]), _moment(known_at), first, after],
                )
            )
    rows = _read(parts, known_at)
    if rows is None:
        return None
    found = []
    for base, day in zip(bases, days, strict=True):
        counted = [0] * len(FIGURES)
        for source, kept, *numbers in rows:
            of = _as_date(kept)
            if (
                source == 0
                and of == base
                or source == 1
                and (base is None or base < of)
                and of <= day
                or (source == 2 and of <= day)
            ):
                counted = [a + b for a, b in zip(counted, numbers, strict=True)]
        found.append(tuple(counted))
    return found


def _counted(
    kind: Kind, codes: Sequence[str], label: str, on: date, known_at: datetime, digits: int = LARGE
) -> dict[str, Counts] | None:
    """Counts by `label`, an expression over `place` (a scope code, or the beginning of one) and `part`."""
    [base] = _bases(codes, [on])
    changes = int(Kind.LICENCE_STATUS if kind == Kind.ALL else kind)
    kept_digits = 6 if kind == Kind.ALL and digits > LARGE else LARGE
    fits = digits <= 6 or not _large(codes)
    if not fits:
        base = None
    parts: list[Asked] = []
    for first, after in ranges(_large(codes)):
        if base is not None:
            parts.append(
                (
                    f"SELECT area AS place, part, {COLUMNS} FROM {SUM} "  # noqa: S608 (our own names)
                    "WHERE kind = %s AND digits = %s AND day = %s AND area >= %s AND area < %s",
                    [int(kind), kept_digits, _day(base), first, after],
                )
            )
        if base != on:
            since, params = ("", []) if base is None else ("day > %s AND ", [_day(base)])
            parts.append(
                (
                    f"SELECT scope_code AS place, part, {COLUMNS} FROM {CHANGE} {_by('change_by_day')} "  # noqa: S608
                    f"WHERE kind = %s AND folded AND {since}day <= %s AND scope_code >= %s AND scope_code < %s",
                    [changes, *params, _day(on), first, after],
                )
            )
    for index, condition, some_codes in _as_they_came(codes):
        for first, after in ranges(some_codes):
            parts.append(
                (
                    f"SELECT scope_code AS place, part, {COLUMNS} FROM {CHANGE} {index} WHERE {condition} "  # noqa: S608
                    "AND kind = %s AND day <= %s AND known_at <= %s AND scope_code >= %s AND scope_code < %s",
                    [changes, _day(on), _moment(known_at), first, after],
                )
            )
    if not 0 < len(parts) <= MOST:
        return None
    union = " UNION ALL ".join(part for part, _params in parts)
    rows = _read(
        [
            (
                f"SELECT label, {SUMMED} FROM (SELECT {label} AS label, {COLUMNS} FROM ({union}) each_one) labelled "  # noqa: S608
                "GROUP BY label",
                [param for _part, params in parts for param in params],
            )
        ],
        known_at,
    )
    return None if rows is None else {row[0]: row[1:] for row in rows}


def _bases(codes: Sequence[str], days: Sequence[date]) -> list[date | None]:
    """For each day the last one up to it of which there are sums; None where they are not needed or there is none."""
    if not _large(codes):
        return [None for _day in days]
    kept = list(SumDay.objects.order_by("day").values_list("day", flat=True))
    return [kept[place - 1] if (place := bisect_right(kept, day)) else None for day in days]


def _read(parts: Iterable[Asked], known_at: datetime) -> list[tuple[Any, ...]] | None:
    """The rows of all parts, read at one moment; None where the counts do not answer."""
    parts = list(parts)
    if len(parts) > MOST:
        return None
    union = " UNION ALL ".join(part for part, _params in parts)
    asked = _moment(known_at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT answers, counted.* FROM (SELECT {ANSWERS} AS answers) kept LEFT JOIN ({union}) counted "  # noqa: S608
            "ON answers",
            [asked, asked, *(param for _part, params in parts for param in params)],
        )
        rows = cursor.fetchall()
    if not rows[0][0]:
        return None
    return [row[1:] for row in rows if row[2] is not None]


def _large(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if len(code) <= LARGE]


def _small(codes: Sequence[str]) -> list[str]:
    return [code for code in codes if len(code) > LARGE]


def _as_they_came(codes: Sequence[str]) -> list[tuple[str, str, list[str]]]:
    """The changes that are in no sum: by index and condition those of small divisions, and of large ones those that
    are not folded yet."""
    return [
        (_by("change_of_place"), "1 = 1", _small(codes)),
        (_by("change_not_folded"), "NOT folded", _large(codes)),
    ]


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
