"""The statements by which institutions are added up in squares (docs/adr/0054-cells-of-the-map.md)."""

from django.db import connection

from figures.unseen import Status
from institutions.models import LicenceStatus
from mapping.layers import FINELY, shift_of
from mapping.models import Cell, Spot, SpotChange

FINEST = 11  # the closest zoom of which there are cells; closer ones are counted from the spots in view
TOTALS = -1  # the level of sums of everything
LOCATED, NOWHERE, APPROXIMATE = 0, 1, 2  # its squares
GONE, EVERY = -1, -2  # kinds: of what is not on the register; of all others together
# A kind is a status and a licence status at survey in one number: their places in these lists, which are kept with it.
STATUSES, LICENCES = list(Status.values), ["", *LicenceStatus.values]
KINDS = f"{','.join(STATUSES)};{','.join(LICENCES)}"
PARTS = [f"n_{name}" for name in (*STATUSES, *LICENCES[1:])]  # columns: how many of each status and licence status
CELL, SPOT, CHANGE = (each._meta.db_table for each in (Cell, Spot, SpotChange))
BOUNDS = "west", "south", "eastmost", "northmost"
SPOTS = (
    f"(SELECT substr(scope_code, 1, 2) AS area, kind, 1 AS number, cell, longitude, latitude, approximate FROM {SPOT} "  # noqa: S608
    f"WHERE kind <> {GONE})"
)
ADDED = ("number", "east", "north", *PARTS)


def kind_of(status: str, licence_status: str) -> int:
    return STATUSES.index(status) * len(LICENCES) + LICENCES.index(licence_status)


def parts_of(kind: int) -> tuple[str, str]:
    """Status and licence status."""
    return STATUSES[kind // len(LICENCES)], LICENCES[kind % len(LICENCES)]


def square_at(level: int) -> str:
    """The square in which a row of `cell` and `approximate` is counted."""
    if level == TOTALS:
        return f"CASE WHEN approximate THEN {APPROXIMATE} WHEN cell IS NULL THEN {NOWHERE} ELSE {LOCATED} END"
    return f"cell >> {shift_of(level)}"


def counted(source: str, level: int, more: str = "") -> str:
    """The statement that adds up rows like SPOTS in the squares of a level: square, area, kind, ADDED, and `more`.
    Each row is counted with its own kind and with EVERY."""
    columns = "area, number, cell, longitude, latitude, approximate, kind AS its"
    east, north = FINELY % "COALESCE(longitude, 0)", FINELY % "COALESCE(latitude, 0)"
    many = len(LICENCES)
    which = [f"its BETWEEN {place * many} AND {place * many + many - 1}" for place in range(len(STATUSES))]
    which += [f"its % {many} = {place}" for place in range(1, many)]
    parts = ", ".join(f"SUM(CASE WHEN {each} THEN number ELSE 0 END)" for each in which)
    return (
        f"SELECT {square_at(level)} AS square, area, kind, SUM(number), SUM(number * {east}), SUM(number * {north}), "  # noqa: S608
        f"{parts}{more} FROM (SELECT {columns}, kind FROM {source} of_one UNION ALL "
        f"SELECT {columns}, {EVERY} FROM {source} of_every) each_one "
        f"WHERE {'1 = 1' if level == TOTALS else 'cell IS NOT NULL'} GROUP BY 1, 2, 3"
    )


def add_up(source: str, level: int) -> str:
    """Add rows like SPOTS to the cells of a level."""
    sides = zip(("MIN", "MIN", "MAX", "MAX"), ("longitude", "latitude") * 2, (180, 90, -180, -90), strict=True)
    new = ", ".join(f"{of}(CASE WHEN number > 0 THEN COALESCE({it}, 0) ELSE {none} END)" for of, it, none in sides)
    lesser, greater = ("MIN", "MAX") if connection.vendor == "sqlite" else ("LEAST", "GREATEST")
    both = [f"{name} = {CELL}.{name} + excluded.{name}" for name in ADDED]
    both += [
        f"{name} = {of}({CELL}.{name}, excluded.{name})"
        for of, name in zip((lesser, lesser, greater, greater), BOUNDS, strict=True)
    ]
    return (
        f"INSERT INTO {CELL} (level, square, area, kind, {', '.join((*ADDED, *BOUNDS))}) "  # noqa: S608 (our own names)
        f"SELECT {level}, counted_one.* FROM ({counted(source, level, ', ' + new)}) counted_one WHERE 1 = 1 "
        f"ON CONFLICT (level, square, area, kind) DO UPDATE SET {', '.join(both)}"
    )


def unequal(level: int) -> str:
    """The statement that finds the cells of a level that are, with what waits to be folded, otherwise than the spots
    have them: square, area, kind, ADDED as kept, and as the spots have them."""
    columns = f"square, area, kind, {', '.join(ADDED)}"
    both = [f"SUM(CASE WHEN is_kept = {side} THEN {name} ELSE 0 END)" for side in (1, 0) for name in ADDED]
    differs = " OR ".join(f"SUM(CASE WHEN is_kept = 1 THEN {name} ELSE -{name} END) <> 0" for name in ADDED)
    return (
        f"SELECT square, area, kind, {', '.join(both)} FROM (SELECT 1 AS is_kept, {columns} "  # noqa: S608 (our own names)
        f"FROM {CELL} WHERE level = {level} UNION ALL SELECT 1, waiting.* FROM ({counted(CHANGE, level)}) waiting "
        f"UNION ALL SELECT 0, spots.* FROM ({counted(SPOTS, level)}) spots) each_one "
        f"GROUP BY square, area, kind HAVING {differs} ORDER BY square, area, kind"
    )


def unequal_bounds(level: int) -> str:
    """The statement that finds the cells of a level whose bounds are not those of their spots: square, area, kind."""
    names = f"square, area, kind, {', '.join(BOUNDS)}"
    sides = ", ".join(
        f"{of}({degrees}) AS {name}"
        for of, degrees, name in zip(("MIN", "MIN", "MAX", "MAX"), ("longitude", "latitude") * 2, BOUNDS, strict=True)
    )
    kept = f"SELECT {names} FROM {CELL} WHERE level = {level}"  # noqa: S608 (our own names)
    wanted = f"SELECT {names} FROM ({counted(SPOTS, level, ', ' + sides)}) spots"  # noqa: S608 (as above)
    return (
        f"SELECT square, area, kind FROM (SELECT * FROM ({kept} EXCEPT {wanted}) without_spots "  # noqa: S608 (as above)
        f"UNION ALL SELECT * FROM ({wanted} EXCEPT {kept}) without_cells) each_one ORDER BY square, area, kind"
    )


def coarser(level: int) -> str:
    """Make the cells of a level, of which there are none, from those of the next closer one."""
    sums = ", ".join(f"SUM({name})" for name in ADDED)
    return (
        f"INSERT INTO {CELL} (level, square, area, kind, {', '.join((*ADDED, *BOUNDS))}) "  # noqa: S608 (our own names)
        f"SELECT {level}, square >> 2, area, kind, {sums}, MIN(west), MIN(south), MAX(eastmost), MAX(northmost) "
        f"FROM {CELL} WHERE level = {level + 1} GROUP BY 2, 3, 4"
    )


def bounds_again(level: int) -> str:
    """Where one went that lay at the edge: the bounds of those that are left, of the finest squares from the spots, of
    the others from the four squares in each, which are right by then."""
    shift = shift_of(level)
    if level == FINEST:
        left = (
            f"{SPOT} spot WHERE cell BETWEEN {CELL}.square << {shift} AND (({CELL}.square + 1) << {shift}) - 1 "
            f"AND (kind = {CELL}.kind OR {CELL}.kind = {EVERY} AND kind <> {GONE}) "
            f"AND substr(scope_code, 1, 2) = {CELL}.area"
        )
        names = "longitude", "latitude", "longitude", "latitude"
    else:
        left = (
            f"{CELL} finer WHERE level = {level + 1} "
            f"AND square BETWEEN {CELL}.square << 2 AND ({CELL}.square << 2) + 3 "
            f"AND kind = {CELL}.kind AND area = {CELL}.area AND number > 0"
        )
        names = BOUNDS
    edges = ", ".join(
        f"{edge} = COALESCE((SELECT {of}({name}) FROM {left}), {edge})"  # noqa: S608 (our own names)
        for edge, of, name in zip(BOUNDS, ("MIN", "MIN", "MAX", "MAX"), names, strict=True)
    )
    return (
        f"UPDATE {CELL} SET {edges} WHERE number > 0 AND id IN (SELECT held.id FROM {CHANGE} gone JOIN {CELL} held "  # noqa: S608
        f"ON held.level = {level} AND held.square = gone.cell >> {shift} AND held.area = gone.area "
        f"AND held.kind IN (gone.kind, {EVERY}) WHERE gone.folded AND gone.number < 0 AND gone.cell IS NOT NULL "
        "AND (gone.longitude IN (held.west, held.eastmost) OR gone.latitude IN (held.south, held.northmost)))"
    )
