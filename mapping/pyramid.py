"""Writing what the map keeps: what a transaction touched is worked out anew at its end, in the same transaction, and
what that changes is added to the cells later, many changes at once (docs/adr/0054-cells-of-the-map.md)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils import timezone

from accounts.watermark import recording
from figures.keeping import insert
from figures.spells import next_days, next_days_sql
from figures.unseen import Status, status_then
from institutions.models import Institution, licence_status_then
from institutions.moments import Moment, today
from institutions.positions import LocationSource
from mapping.guards import TOUCHING
from mapping.models import Cell, CellsMade, MapTouched, Spot, SpotChange
from mapping.summing import (
    CELL,
    CHANGE,
    FINEST,
    GONE,
    KINDS,
    LICENCES,
    SPOT,
    SPOTS,
    STATUSES,
    TOTALS,
    add_up,
    bounds_again,
    coarser,
    unequal,
    unequal_bounds,
)  # fmt: skip

HELD_AT_ONCE = WRITTEN_AT_ONCE = 500  # spots in one statement
TURNED_AT_ONCE = 5000  # of those whose day has come; the others by the next question
FOLD_EVERY = 400  # changes: as many are added up by each question until they are folded into the cells
MADE, TOUCHED = (each._meta.db_table for each in (CellsMade, MapTouched))

_MERGED_INTO = (
    "SELECT institution_id, seen FROM {taken} taken UNION SELECT merges.into_id, seen FROM {taken} taken "
    "JOIN institutions_merge merges ON merges.merged_id = taken.institution_id AND merges.ended_at IS NULL"
)
# What others have touched and not worked out is left to them while they do.
TAKE = {
    "sqlite": _MERGED_INTO.format(taken=TOUCHED),
    "postgresql": f"WITH given AS (DELETE FROM {TOUCHED} WHERE id IN (SELECT id FROM {TOUCHED} FOR UPDATE SKIP LOCKED) "  # noqa: S608
    f"RETURNING institution_id, seen) {_MERGED_INTO.format(taken='given')}",
}
# Cells of other kinds than ours are none.
IS_MADE = f"EXISTS (SELECT 1 FROM {MADE} WHERE kinds = '{KINDS}')"  # noqa: S608 (our own names)
_COLUMNS = ("scope_code", "kind", "cell", "longitude", "latitude", "approximate", "turns_on")
_REPLACING = f"ON CONFLICT (institution_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
_CHANGED = ("area", "kind", "cell", "longitude", "latitude", "approximate", "number", "folded")
_Place = tuple[str, int, int | None, float | None, float | None, bool]  # the first six of those


# --- At the end of a transaction that writes (accounts/watermark.py)


def nothing_before() -> None:
    """A Keeper of accounts/watermark.py is asked before something is written; there is nothing to be known."""


def work_out(_before: None, _since: datetime, _known_at: datetime) -> None:
    """Work out anew what was touched. While no cells are made the notes stay for whoever makes them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_MADE}, EXISTS (SELECT 1 FROM {TOUCHED})")  # noqa: S608 (our own names)
        if not all(cursor.fetchone()):
            return
        cursor.execute(TAKE[connection.vendor])
        touched = cursor.fetchall()
        if connection.vendor == "sqlite":
            cursor.execute(f"DELETE FROM {TOUCHED}")  # noqa: S608 (our own names)
    others = {each for each, seen in touched if not seen}
    ids = sorted({each for each, _seen in touched})
    held: dict[Any, Spot] = {}
    for first in range(0, len(ids), HELD_AT_ONCE):
        held |= _held(ids[first : first + HELD_AT_ONCE])
    unseen = STATUSES.index(Status.UNSEEN)
    # Who was there makes a difference where nobody had been.
    again = [of for of, spot in held.items() if of in others or spot.kind // len(LICENCES) == unseen]
    _write({held[of].pk: held[of] for of in again})


def turn() -> None:
    """Work out some of what stands otherwise because a day has gone by; in a transaction of its own, so that nobody who
    writes waits for institutions that he has nothing to do with."""
    _write({spot.pk: spot for spot in _turning()})


def _write(before: dict[Any, Spot]) -> None:
    """Work these out anew, and keep and count what stands otherwise."""
    if not before:
        return
    changes, written = Counter[_Place](), list[tuple[Any, ...]]()
    in_database, day_kept = Institution._meta.pk.get_db_prep_value, connection.ops.adapt_datefield_value
    for spot in spots_of(list(before)):
        was = before[spot.pk]
        if all(getattr(was, name) == getattr(spot, name) for name in _COLUMNS):
            continue
        values = [getattr(spot, name) for name in _COLUMNS[:-1]]
        written.append((in_database(spot.pk, connection), *values, day_kept(spot.turns_on)))
        for each, number in ((was, -1), (spot, 1)):
            if each.kind != GONE:
                place = each.scope_code[:2], each.kind, each.cell, each.longitude, each.latitude, each.approximate
                changes[place] += number
    for first in range(0, len(written), WRITTEN_AT_ONCE):
        insert(SPOT, ("institution_id", *_COLUMNS), written[first : first + WRITTEN_AT_ONCE], _REPLACING)
    _add(changes)


def _held(ids: Sequence[Any]) -> dict[Any, Spot]:
    """What is kept of institutions, by ids as the database gives them, held until the transaction ends: who works the
    same one out waits, and then sees what this one wrote."""
    if not ids:
        return {}
    of = Institution._meta.pk.to_python
    pks = {of(each): each for each in ids}
    new = [Spot(institution_id=pk, scope_code="", kind=GONE) for pk in pks]
    spots = Spot.objects.filter(pk__in=list(pks)).order_by("pk")
    if connection.vendor == "postgresql":
        spots = spots.select_for_update()
    found = list(spots)
    there = {spot.pk for spot in found}
    if missing := [spot for spot in new if spot.pk not in there]:
        if connection.vendor == "sqlite":
            return {pks[spot.pk]: spot for spot in [*found, *missing]}
        Spot.objects.bulk_create(missing, ignore_conflicts=True)
        found = list(spots.all())
    return {pks[spot.pk]: spot for spot in found}


def _turning() -> list[Spot]:
    """Those whose day has come; what another transaction is at is left to it."""
    spots = Spot.objects.filter(turns_on__lte=today()).order_by("pk")
    if connection.vendor == "postgresql":
        spots = spots.select_for_update(skip_locked=True)
    return list(spots[:TURNED_AT_ONCE])


def spots_of(pks: Sequence[Any]) -> Iterator[Spot]:
    """Institutions as the definition has them stand now."""
    of = Institution._meta.pk.to_python
    for first in range(0, len(pks), 1000):
        some = pks[first : first + 1000]
        days = next_days(some, today())
        sql, params = _defined(some)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        for pk, *columns, approximate in rows:
            it = of(pk)
            values = zip(_COLUMNS, (*columns, bool(approximate), days.get(it)), strict=True)
            yield Spot(institution_id=it, **dict(values))


def _defined(pks: Sequence[Any] | None = None) -> tuple[str, list[Any]]:
    """A statement that gives the columns of Spot up to `turns_on` as the definition has them now, of institutions or of
    all, in the order of their ids; and its parameters."""
    moment = Moment.that_stands()
    asked = Institution.objects.all() if pks is None else Institution.objects.filter(pk__in=pks)
    each, params = (
        asked.order_by("pk")
        .annotate(
            at_centre=_holds(Q(location_source=LocationSource.TOWNSHIP_CENTRE)),
            located=_holds(Q(cell__isnull=False) & ~Q(location_source=LocationSource.TOWNSHIP_CENTRE)),
            listed=_holds(Q(merged_at__isnull=True, withdrawn_at__isnull=True)),
            shown=status_then(moment),
            licence=licence_status_then(moment),
        )
        .values(
            "pk", "scope_code", "cell", "longitude", "latitude", "at_centre", "located", "listed", "shown", "licence"
        )
        .query.sql_with_params()
    )
    kind = f"({_place_in(STATUSES, 'shown')}) * {len(LICENCES)} + ({_place_in(LICENCES, 'licence')})"
    own = ", ".join(f"CASE WHEN located THEN {name} END AS {name}" for name in ("cell", "longitude", "latitude"))
    return (
        f"SELECT pk, scope_code, CASE WHEN listed THEN {kind} ELSE {GONE} END AS kind, {own}, at_centre AS approximate "  # noqa: S608
        f"FROM ({each}) each_one",
        list(params),
    )


def _holds(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _place_in(values: Sequence[str], column: str) -> str:
    """The expression for the place of a column's value in a list of ours."""
    places = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values))
    return f"CASE {column} {places} END"


def _add(changes: Mapping[_Place, int]) -> None:
    """How many more there are, or fewer; what has no place counts together."""
    rows = [(*place, number, False) for place, number in changes.items() if number]
    last = 0
    for first in range(0, len(rows), WRITTEN_AT_ONCE):
        last = insert(CHANGE, _CHANGED, rows[first : first + WRITTEN_AT_ONCE], "RETURNING id")
    if rows and last % FOLD_EVERY < len(rows):
        fold()


# --- Cells


def fold() -> None:
    """Add to the cells what has changed. Who folds already is left alone; nobody waits."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('mapping_cell'))")
            [alone] = cursor.fetchone()
            if not alone:
                return
        cursor.execute(f"UPDATE {CHANGE} SET folded = TRUE WHERE NOT folded")  # noqa: S608 (our own names)
        source = f"(SELECT * FROM {CHANGE} WHERE folded)"  # noqa: S608 (our own names)
        for level in (TOTALS, *range(FINEST + 1)):
            cursor.execute(add_up(source, level))
        for level in reversed(range(FINEST + 1)):
            cursor.execute(bounds_again(level))
        cursor.execute(f"DELETE FROM {CELL} WHERE number = 0")  # noqa: S608 (our own names)
        cursor.execute(f"DELETE FROM {CHANGE} WHERE folded")  # noqa: S608 (our own names)


# --- All anew


def noted_by() -> Iterator[str]:
    """The names of the triggers without which something may be written unnoticed."""
    return (each.name for each in TOUCHING)


def is_made() -> bool:
    return CellsMade.objects.filter(kinds=KINDS).exists()


def forget() -> None:
    """Nothing is kept: every question is answered by the plain query until `rebuild`."""
    for each in (CellsMade, Cell, SpotChange, Spot, MapTouched):
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {each._meta.db_table}")  # noqa: S608 (our own names)


def rebuild() -> None:
    """Make everything that is kept anew. Others who write wait at their end."""
    with recording():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {SPOT} IN EXCLUSIVE MODE")
        forget()
        spots, of_spots = _defined()
        days, of_days = next_days_sql("SELECT id FROM institutions_institution", today())
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {SPOT} (institution_id, {', '.join(_COLUMNS[:-1])}) {spots}",  # noqa: S608 (our own names)
                of_spots,
            )
            cursor.execute(
                f"UPDATE {SPOT} SET turns_on = next_one.day FROM ({days}) next_one WHERE institution_id = of_id",  # noqa: S608
                of_days,
            )
            for level in (TOTALS, FINEST):
                cursor.execute(add_up(SPOTS, level))
            for level in reversed(range(FINEST)):
                cursor.execute(coarser(level))
        CellsMade.objects.create(made_at=timezone.now(), kinds=KINDS)


def differences() -> Iterator[str]:
    """A sentence for each thing that is kept otherwise than the definition has it, spots first."""
    if not is_made():
        yield "No cells are kept for the map: run rebuild_figures."
        return
    if MapTouched.objects.exists():
        yield "Something was written that the map does not show yet: the next thing that is recorded shows it."
        return
    yield from _of_spots()
    yield from _of_cells()


def _of_spots() -> Iterator[str]:
    """Spots, against the definition; the first column in which each differs."""
    defined, of_defined = _defined()
    days, of_days = next_days_sql("SELECT id FROM institutions_institution", today())
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    columns = [(f"kept.{name}", f"defined.{name}") for name in _COLUMNS[:-1]] + [("kept.turns_on", "next_one.day")]
    differs = " OR ".join(f"NOT {kept} {same} {wanted}" for kept, wanted in columns)
    both = ", ".join(f"{kept}, {wanted}" for kept, wanted in columns)
    sql = (
        f"WITH defined AS MATERIALIZED ({defined}), next_one AS MATERIALIZED ({days}) "  # noqa: S608 (our own names)
        f"SELECT defined.pk, kept.institution_id, {both} FROM defined "
        f"LEFT JOIN next_one ON next_one.of_id = defined.pk "
        f"LEFT JOIN {SPOT} kept ON kept.institution_id = defined.pk "
        # Known not to be of today: no map is drawn from it before it has turned.
        f"WHERE (kept.turns_on IS NULL OR kept.turns_on > %s) AND ({differs})"
    )
    for pk, there, *values in _rows(sql, [*of_defined, *of_days, connection.ops.adapt_datefield_value(today())]):
        of = Institution._meta.pk.to_python(pk)
        for name, kept, wanted in zip(_COLUMNS, values[::2], values[1::2], strict=True):
            if there is None or kept != wanted:
                wrong = "nothing" if there is None else _in_words(name, kept)
                yield f"Spot of {of}: {name} kept {wrong}, defined {_in_words(name, wanted)}."
                break


def _in_words(name: str, value: Any) -> Any:
    return bool(value) if name == "approximate" else value


def _of_cells() -> Iterator[str]:
    """Cells and what is not folded yet, against the spots; and, where nothing waits, the degrees between which the
    members of each lie."""
    for level in (TOTALS, *range(FINEST + 1)):
        for square, area, kind, *numbers in _rows(unequal(level)):
            both = [int(number) for number in numbers]
            kept, wanted = both[: len(both) // 2], both[len(both) // 2 :]
            yield f"Cell {(square, area, kind)} of level {level}: kept {kept}, of its spots {wanted}."
    if SpotChange.objects.exists():
        return
    for level in range(FINEST + 1):
        for square, area, kind in _rows(unequal_bounds(level)):
            yield f"Bounds of cell {square}, {area}, {kind} of level {level}: not those of its spots."


def _rows(sql: str, params: Sequence[Any] | None = None) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(1000):
            yield from rows
