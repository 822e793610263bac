"""Writing what the map keeps: what a transaction touched is worked out anew at its end, in the same transaction, and
what that changes is added to the cells later, many changes at once (docs/adr/0054-cells-of-the-map.md)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.many import given
from accounts.watermark import recording
from figures.keeping import insert
from figures.spells import MANY, next_days, next_days_sql
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
_SELECT = f"SELECT institution_id, {', '.join(_COLUMNS)} FROM {SPOT}"  # noqa: S608 (our own names)
_THESE = "{ids}"
_Place = tuple[Any, ...]  # the first six of _CHANGED
_Stand = tuple[Any, ...]  # _COLUMNS
_NOT_THERE: _Stand = "", GONE, None, None, None, False, None
KIND = _COLUMNS.index("kind")


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
    held = _held(sorted({each for each, _seen in touched}))
    unseen = STATUSES.index(Status.UNSEEN)
    # Who was there makes a difference where nobody had been.
    _write({of: was for of, was in held.items() if of in others or was[KIND] // len(LICENCES) == unseen})


def turn() -> None:
    """Work out some of what stands otherwise because a day has gone by; in a transaction of its own, so that nobody who
    writes waits for institutions that he has nothing to do with."""
    _write(_turning())


def _write(before: Mapping[Any, _Stand]) -> None:
    """Work these out anew, and keep and count what stands otherwise."""
    changes, written = Counter[_Place](), list[tuple[Any, ...]]()
    day_kept = connection.ops.adapt_datefield_value
    for of, now in _stand_now(list(before)):
        was = before[of]
        if now == was:
            continue
        *columns, turns_on = now
        written.append((of, *columns, day_kept(turns_on)))
        for (scope_code, kind, *place, _turns_on), number in ((was, -1), (now, 1)):
            if kind != GONE:
                changes[scope_code[:2], kind, *place] += number
    for first in range(0, len(written), WRITTEN_AT_ONCE):
        insert(SPOT, ("institution_id", *_COLUMNS), written[first : first + WRITTEN_AT_ONCE], _REPLACING)
    _add(changes)


def _held(ids: Sequence[Any]) -> dict[Any, _Stand]:
    """What is kept of institutions, by ids as the database gives them, held until the transaction ends: who works the
    same one out waits, and then sees what this one wrote."""
    held: dict[Any, _Stand] = {}
    for first in range(0, len(ids), HELD_AT_ONCE):
        some = ids[first : first + HELD_AT_ONCE]
        held |= _locked(some)
        missing = [each for each in some if each not in held]
        if missing and connection.vendor == "postgresql":
            columns = ("institution_id", "scope_code", "kind", "approximate")
            insert(SPOT, columns, [(each, "", GONE, False) for each in missing], "ON CONFLICT DO NOTHING")
            held |= _locked(missing)
            missing = []
        held |= dict.fromkeys(missing, _NOT_THERE)
    return held


def _locked(ids: Sequence[Any]) -> dict[Any, _Stand]:
    these, params = given(ids)
    return _kept(f"institution_id IN ({these}) ORDER BY institution_id {_lock()}", params)


def _turning() -> dict[Any, _Stand]:
    """Those whose day has come; what another transaction is at is left to it."""
    day = connection.ops.adapt_datefield_value(today())
    return _kept(f"turns_on <= %s ORDER BY institution_id LIMIT {TURNED_AT_ONCE} {_lock('SKIP LOCKED')}", [day])


def _lock(others: str = "") -> str:
    return f"FOR UPDATE {others}" if connection.vendor == "postgresql" else ""


def _kept(condition: str, params: Sequence[Any]) -> dict[Any, _Stand]:
    return {of: tuple(stand) for of, *stand in _rows(f"{_SELECT} WHERE {condition}", params)}


def _stand_now(ids: Sequence[Any]) -> Iterator[tuple[Any, _Stand]]:
    """Institutions, by ids as the database gives them, as the definition has them stand now."""
    for first in range(0, len(ids), MANY):
        some = ids[first : first + MANY]
        days = next_days(some, today())
        for of, *columns in _rows(*_defined_of(some)):
            yield of, (*columns, days.get(of))


def _defined_of(ids: Sequence[Any]) -> tuple[str, list[Any]]:
    """`_defined` of institutions, by ids as the database gives them."""
    sql, params = _defined(connection.vendor, today(), of_some=True)
    these, of_these = given(ids)
    before = sql.count("%s", 0, sql.index(_THESE))
    return sql.replace(_THESE, these), [*params[:before], *of_these, *params[before:]]


@lru_cache(maxsize=4)
def _defined(_vendor: str, _today: date, *, of_some: bool = False) -> tuple[str, tuple[Any, ...]]:
    """A statement that gives the columns of Spot up to `turns_on` as the definition has them now, of all institutions,
    or of those asked for with IN (_THESE), in the order of their ids; and its parameters. Of a day it is made once: the
    ORM takes longer for it than the database for those that a transaction touches."""
    moment = Moment.that_stands()
    asked = Institution.objects.all()
    if of_some:
        asked = asked.filter(pk__in=RawSQL(_THESE, []))  # noqa: S611 (our own text)
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
        tuple(params),
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
        last = insert(CHANGE, _CHANGED, rows[first : first + WRITTEN_AT_ONCE], last_id=True)
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
        for statement in _folding(connection.vendor):
            cursor.execute(statement)


@cache
def _folding(_vendor: str) -> list[str]:
    source = f"(SELECT * FROM {CHANGE} WHERE folded)"  # noqa: S608 (our own names)
    return [
        f"UPDATE {CHANGE} SET folded = TRUE WHERE NOT folded",  # noqa: S608 (our own names)
        *(add_up(source, level) for level in (TOTALS, *range(FINEST + 1))),
        *(bounds_again(level) for level in reversed(range(FINEST + 1))),
        f"DELETE FROM {CELL} WHERE number = 0",  # noqa: S608 (our own names)
        f"DELETE FROM {CHANGE} WHERE folded",  # noqa: S608 (our own names)
    ]


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
        spots, of_spots = _defined(connection.vendor, today())
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
    defined, of_defined = _defined(connection.vendor, today())
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
