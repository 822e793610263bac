"""How institutions stand day by day, as known now and as known at each moment since which more is known: the definition
(figures/standing.py) asked of each of the days on which something may change, the day (and the moment) being columns
instead of parameters. Future days too: when a round is overdue is known in advance."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection

from accounts.many import given
from figures.models import Kind
from figures.standing import standing_of_surveyed
from institutions.models import licence_status_then, scope_code_then, surveyed
from institutions.moments import LAST
from institutions.sql_once import with_day

Spell = list[str]  # [from day, scope code, licence status, standing]; standing "" where it is not counted
Key = tuple[int, str, str, str]  # kind, part, scope code, day
Statement = tuple[str, tuple[Any, ...]]  # and its parameters
FIELDS = ("clear", "open", "overdue", "closed", "licensed", "corrected")
MANY = 1000  # institutions asked about at a time

# Registrations asked about, and those ever merged into them. Looked up with IN: for a join SQLite reads every round
# first, to know which are not there (a Bloom filter).
MEMBERS = """members(it_id) AS (
  SELECT id FROM institutions_institution WHERE id IN ({ids}) UNION ALL
  SELECT merged_id FROM institutions_merge WHERE into_id IN ({ids})
)"""
OF = """COALESCE((SELECT into_id FROM institutions_merge WHERE ended_at IS NULL AND merged_id = {of}), {of})"""
# Every day on which an institution's place or standing may change, whatever is known of it.
DAYS = """own_day(it_id, day) AS (
  SELECT id, surveyed_on FROM institutions_institution WHERE id {members} AND surveyed_on IS NOT NULL
  UNION SELECT institution_id, surveyed_on FROM institutions_withdrawnsurvey WHERE institution_id {members}
  UNION SELECT institution_id, from_on FROM institutions_place WHERE institution_id {members}
  UNION SELECT institution_id, ordered_on FROM {rounds}
  UNION SELECT institution_id, verified_on FROM {rounds} AND verified_on IS NOT NULL
  UNION SELECT institution_id, {after_first_due_on} FROM {rounds}
  UNION SELECT institution_id, happened_on FROM {events}
  UNION SELECT institution_id, {after_event_due_on} FROM {events} AND event.due_on IS NOT NULL
  UNION SELECT institution_id, served_on FROM {notices}
  UNION SELECT institution_id, {after_notice_due_on} FROM {notices}
)"""
CANDIDATES = f"candidate(of_id, day) AS (SELECT DISTINCT {OF.format(of='it_id')}, day FROM own_day)"  # noqa: S608
CANDIDATES_THEN = """candidate(of_id, day) AS (
  SELECT it_id, day FROM own_day UNION
  SELECT into_id, day FROM institutions_merge JOIN own_day ON it_id = merged_id
)"""
# Every moment since which something that its place, standing or findings rest on is known, or is known no more.
MOMENTS = """own_moment(it_id, known_at) AS (
  SELECT id, surveyed_recorded_at FROM institutions_institution WHERE id {members}
  UNION SELECT id, merged_at FROM institutions_institution WHERE id {members}
  UNION SELECT id, withdrawn_at FROM institutions_institution WHERE id {members}
  UNION SELECT institution_id, surveyed_recorded_at FROM institutions_withdrawnsurvey WHERE institution_id {members}
  UNION SELECT institution_id, withdrawn_at FROM institutions_withdrawnsurvey WHERE institution_id {members}
  UNION SELECT institution_id, recorded_at FROM institutions_place WHERE institution_id {members}
  UNION SELECT institution_id, withdrawn_at FROM institutions_place WHERE institution_id {members}
  UNION SELECT institution_id, ordered_recorded_at FROM {rounds}
  UNION SELECT institution_id, verified_recorded_at FROM {rounds}
  UNION SELECT institution_id, voided_at FROM {rounds}
  UNION SELECT institution_id, event.recorded_at FROM {events}
  UNION SELECT institution_id, notice.recorded_at FROM {notices}
  UNION SELECT it_id, recorded_at FROM found
  UNION SELECT it_id, withdrawn_at FROM found
), moments(of_id, known_at) AS (
  SELECT it_id, known_at FROM own_moment UNION
  SELECT into_id, known_at FROM institutions_merge JOIN own_moment ON it_id = merged_id UNION
  SELECT into_id, recorded_at FROM institutions_merge WHERE into_id IN ({ids}) UNION
  SELECT into_id, ended_at FROM institutions_merge WHERE into_id IN ({ids}) UNION
  SELECT merged_id, recorded_at FROM institutions_merge WHERE merged_id IN ({ids}) UNION
  SELECT merged_id, ended_at FROM institutions_merge WHERE merged_id IN ({ids})
), known(of_id, known_at) AS (
  SELECT of_id, known_at FROM moments WHERE known_at IS NOT NULL AND of_id IN ({ids})
)"""
_MEMBERS = "IN (SELECT it_id FROM members)"
FINDINGS = f"""found(it_id, type_id, happened_on, recorded_at, withdrawn_at) AS (
  SELECT visit.institution_id, type_id, happened_on, visit.recorded_at, visit.withdrawn_at
  FROM inspections_visit visit JOIN inspections_finding finding ON finding.visit_id = visit.id
  WHERE visit.institution_id {_MEMBERS}
)"""  # noqa: S608 (our own names)
TABLES = {
    "members": _MEMBERS,
    "rounds": f"inspections_rectification round WHERE round.institution_id {_MEMBERS}",
    "events": "inspections_rectification round JOIN inspections_rectificationevent event "
    f"ON event.rectification_id = round.id WHERE round.institution_id {_MEMBERS} "
    "AND kind IN ('extended', 'withdrawn', 'fulfilled', 'unfulfilled')",
    "notices": "inspections_rectification round JOIN inspections_notice notice "
    f"ON notice.rectification_id = round.id WHERE round.institution_id {_MEMBERS} "
    "AND supplements > 0 AND kind = 'supplement'",
}
_encode = json.JSONEncoder(separators=(",", ":")).encode
DAY_AFTER = {"sqlite": "date({0}, '+1 day')", "postgresql": "({0} + 1)"}
FOUND = f"""
WITH {MEMBERS} SELECT of_id, type_id, MIN(happened_on) FROM (
  SELECT {OF.format(of="visit.institution_id")} AS of_id, type_id, happened_on
  FROM inspections_visit visit JOIN inspections_finding found ON found.visit_id = visit.id
  WHERE visit.institution_id {_MEMBERS} AND withdrawn_at IS NULL
) each_one WHERE of_id IN ({{ids}}) GROUP BY of_id, type_id
"""  # noqa: S608 (our own names)
FOUND_THEN = """
SELECT of_id, known.known_at, type_id, MIN(happened_on) FROM known JOIN (
  SELECT it_id AS institution_id, type_id, happened_on, recorded_at, withdrawn_at, NULL AS begun_at, NULL AS ended_at
  FROM found UNION ALL
  SELECT into_id, type_id, happened_on, found.recorded_at, withdrawn_at, merges.recorded_at, merges.ended_at
  FROM institutions_merge merges JOIN found ON it_id = merged_id
) theirs ON theirs.institution_id = of_id AND theirs.recorded_at <= known.known_at
  AND (withdrawn_at IS NULL OR withdrawn_at > known.known_at)
  AND (begun_at IS NULL OR begun_at <= known.known_at) AND (ended_at IS NULL OR ended_at > known.known_at)
GROUP BY of_id, known.known_at, type_id
"""


@dataclass(frozen=True)
class Standings:
    """Of one institution: its spells in the order of days, and since which day each type of finding was found in it."""

    spells: list[Spell]
    found: dict[str, str]

    @classmethod
    def read(cls, spells: str, found: str) -> "Standings":
        return cls(json.loads(spells), json.loads(found))

    def as_text(self) -> tuple[str, str]:
        return _encode(self.spells), _encode(self.found)

    def add_to(self, changes: dict[Key, list[int]], times: int = 1) -> None:
        """The changes that these make to the counts, `times` (1, or -1 to take them off again)."""
        for place, (day, scope, status, standing) in enumerate(self.spells):
            if not standing:
                continue
            column = FIELDS.index(standing)
            until = self.spells[place + 1][0] if place + 1 < len(self.spells) else ""
            since = [(int(Kind.LICENCE_STATUS), status, day)]
            since += [(int(Kind.FINDING_TYPE), code, max(day, first)) for code, first in self.found.items()]
            for kind, part, begins in since:
                if until and begins >= until:
                    continue
                changes.setdefault((kind, part, scope, begins), [0] * len(FIELDS))[column] += times
                if until:
                    changes.setdefault((kind, part, scope, until), [0] * len(FIELDS))[column] -= times


NOTHING = Standings([], {})


def standings_of(ids: Sequence[Any]) -> dict[Any, Standings]:
    """Of institutions, by ids as the database gives them, as known now; those without any are left out."""
    found: dict[Any, Standings] = {}
    for some in _in_parts(ids):
        spells: dict[Any, list[Spell]] = {}
        for of, rows in groupby(_ask(_spells_sql(connection.vendor), some), key=lambda row: row[0]):
            spells[of] = _joined(row[1:] for row in rows)
        types: dict[Any, dict[str, str]] = {}
        for of, code, day in sorted(_ask((FOUND, ()), some), key=lambda row: str(row[1])):
            types.setdefault(of, {})[code] = str(day)
        found |= {of: Standings(rows, types.get(of, {})) for of, rows in spells.items() if rows}
    return found


def standings_as_known(ids: Sequence[Any]) -> Iterator[tuple[Any, Any, Standings]]:
    """The same at each moment since which more is known of an institution: (id, moment as the database gives it,
    standings), in the order of ids and moments; also where it makes no difference."""
    for some in _in_parts(ids):
        types: dict[Any, dict[str, str]] = {}
        for of, known_at, code, day in sorted(_ask(_found_then_sql(), some), key=lambda row: str(row[2])):
            types.setdefault((of, known_at), {})[code] = str(day)
        rows = _ask(_spells_then_sql(connection.vendor), some)
        for (of, known_at), days in groupby(rows, key=lambda row: row[:2]):
            spells = _joined(row[2:] for row in days)
            yield of, known_at, Standings(spells, types.get((of, known_at), {})) if spells else NOTHING


def _in_parts(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(ids), MANY):
        yield ids[first : first + MANY]


def _ask(statement: Statement, ids: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement in which `{ids}` stand before every parameter."""
    sql, params = statement
    these, of_these = given(ids)
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{ids}", these), [*of_these * sql.count("{ids}"), *params])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def next_days(ids: Sequence[Any], day: date) -> dict[Any, date]:
    """Of institutions, by ids as the database gives them, the first day after `day` on which one may stand otherwise,
    or be seen, with nothing more being written; those that have none are left out. At most MANY at once."""
    rows = _ask(next_days_sql("{ids}", day), ids)
    return {it: date.fromisoformat(str(each)) for it, each in rows}


def next_days_sql(these: str, day: date) -> Statement:
    """The statement for it, of_id and day, of `these` (what IN asks for), and the parameters after those."""
    adapt = connection.ops.adapt_datefield_value
    seen = (
        f"SELECT {OF.format(of='visit.institution_id')}, happened_on FROM inspections_visit visit "  # noqa: S608
        "WHERE visit.institution_id IN (SELECT it_id FROM members) AND happened_on > %s"
    )
    return (
        f"WITH {MEMBERS.format(ids=these)}, {_days(connection.vendor)}, {CANDIDATES} "  # noqa: S608
        "SELECT of_id, MIN(day) AS day FROM (SELECT of_id, day FROM candidate WHERE day > %s UNION ALL "
        f"{seen}) each_one GROUP BY of_id",
        (adapt(day), adapt(day)),
    )


def _joined(rows: Iterable[tuple[Any, ...]]) -> list[Spell]:
    """Without days on which nothing changes."""
    spells: list[Spell] = []
    for day, standing, scope, status in rows:
        now = [scope, status, standing] if standing else ["", "", ""]
        if now != (spells[-1][1:] if spells else ["", "", ""]):
            spells.append([str(day), *now])
    return spells


def _days(vendor: str) -> str:
    after = DAY_AFTER[vendor]
    return DAYS.format(
        after_first_due_on=after.format("first_due_on"),
        after_event_due_on=after.format("event.due_on"),
        after_notice_due_on=after.format("notice.due_on"),
        **TABLES,
    )


@cache
def _spells_sql(vendor: str) -> Statement:
    """of_id, day, standing, scope code, licence status."""
    columns, params = _columns("asked_of.day", LAST)
    return (
        f"WITH {MEMBERS}, {_days(vendor)}, {CANDIDATES}, "  # noqa: S608 (our own names)
        "asked_of AS (SELECT of_id, day FROM candidate WHERE of_id IN ({ids})) "
        f"SELECT of_id, asked_of.day, {columns} FROM asked_of "
        "JOIN institutions_institution ON institutions_institution.id = of_id ORDER BY of_id, asked_of.day",
        params,
    )


@cache
def _spells_then_sql(vendor: str) -> Statement:
    """of_id, known_at, day, standing, scope code, licence status."""
    columns, params = _columns("asked_of.day", "asked_of.known_at")
    return (
        f"WITH {_known()}, {_days(vendor)}, {CANDIDATES_THEN}, "  # noqa: S608 (our own names)
        "asked_of AS (SELECT known.of_id, known_at, day FROM known JOIN candidate ON candidate.of_id = known.of_id) "
        f"SELECT of_id, known_at, asked_of.day, {columns} FROM asked_of "
        "JOIN institutions_institution ON institutions_institution.id = of_id ORDER BY of_id, known_at, asked_of.day",
        params,
    )


def _columns(day: str, known_at: datetime | str) -> Statement:
    columns, params = [], ()
    for expression in (surveyed, standing_of_surveyed, scope_code_then, licence_status_then):
        column, more = with_day(expression, day, known_at)
        columns.append(column)
        params += more
    is_surveyed, standing, scope, status = columns
    return f"CASE WHEN {is_surveyed} THEN {standing} ELSE '' END, {scope}, {status}", params


def _found_then_sql() -> Statement:
    return f"WITH {_known()} {FOUND_THEN}", ()


def _known() -> str:
    return f"{MEMBERS}, {FINDINGS}, {MOMENTS.format(ids='{ids}', **TABLES)}"
