"""How institutions stand day by day, as known now: the definition (figures/standing.py) asked of each of the days on
which something may change, the day being a column instead of a parameter. Future days too: when a round is overdue is
known in advance."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection

from figures.models import Kind
from figures.standing import standing_of_surveyed
from institutions.models import licence_status_then, scope_code_then, surveyed
from institutions.moments import LAST
from institutions.sql_once import with_day

Spell = list[str]  # [from day, scope code, licence status, standing]; standing "" where it is not counted
Key = tuple[int, str, str, str]  # kind, part, scope code, day
FIELDS = ("clear", "open", "overdue", "closed", "licensed", "corrected")
MANY = 1000  # institutions asked about at a time

# Every day on which an institution's place or standing may change. "it" are the registrations that are "of" it.
DAYS = """
members(of_id, it_id) AS (
  SELECT id, id FROM institutions_institution WHERE id IN ({ids}) UNION ALL
  SELECT into_id, merged_id FROM institutions_merge WHERE ended_at IS NULL AND into_id IN ({ids})
), candidate(of_id, day) AS (
  SELECT of_id, surveyed_on FROM members JOIN institutions_institution each_one ON each_one.id = it_id
  WHERE surveyed_on IS NOT NULL
  UNION SELECT of_id, from_on FROM members JOIN institutions_place place ON place.institution_id = of_id
  WHERE of_id = it_id AND withdrawn_at IS NULL
  UNION SELECT of_id, ordered_on FROM {rounds} UNION SELECT of_id, verified_on FROM {rounds} AND verified_on IS NOT NULL
  UNION SELECT of_id, {after_first_due_on} FROM {rounds}
  UNION SELECT of_id, happened_on FROM {events} UNION SELECT of_id, {after_event_due_on} FROM {events}
  AND event.due_on IS NOT NULL
  UNION SELECT of_id, served_on FROM {notices} UNION SELECT of_id, {after_notice_due_on} FROM {notices}
)
"""
_ROUNDS = "members JOIN inspections_rectification round ON round.institution_id = it_id"
TABLES = {
    "rounds": f"{_ROUNDS} WHERE voided_at IS NULL",
    "events": f"{_ROUNDS} JOIN inspections_rectificationevent event ON event.rectification_id = round.id "
    "WHERE voided_at IS NULL AND kind IN ('extended', 'withdrawn', 'fulfilled', 'unfulfilled')",
    "notices": f"{_ROUNDS} JOIN inspections_notice notice ON notice.rectification_id = round.id "
    "WHERE voided_at IS NULL AND supplements > 0 AND kind = 'supplement'",
}
DAY_AFTER = {"sqlite": "date({0}, '+1 day')", "postgresql": "({0} + 1)"}
FOUND = """
WITH members(of_id, it_id) AS (
  SELECT id, id FROM institutions_institution WHERE id IN ({ids}) UNION ALL
  SELECT into_id, merged_id FROM institutions_merge WHERE ended_at IS NULL AND into_id IN ({ids})
) SELECT of_id, type_id, MIN(happened_on) FROM members
JOIN inspections_visit visit ON visit.institution_id = it_id
JOIN inspections_finding found ON found.visit_id = visit.id
WHERE withdrawn_at IS NULL GROUP BY of_id, type_id
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
        return json.dumps(self.spells, separators=(",", ":")), json.dumps(self.found, separators=(",", ":"))

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
    """Of institutions, by ids as the database gives them; those without any are left out."""
    found: dict[Any, Standings] = {}
    for first in range(0, len(ids), MANY):
        found |= _standings_of(ids[first : first + MANY])
    return found


def _standings_of(ids: Sequence[Any]) -> dict[Any, Standings]:
    these = ", ".join(["%s"] * len(ids))
    sql, params = _spells_sql(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{ids}", these), [*ids, *ids, *params])
        spells = {of: _joined(rows) for of, rows in groupby(cursor.fetchall(), key=lambda row: row[0])}
        cursor.execute(FOUND.replace("{ids}", these), [*ids, *ids])
        found: dict[Any, dict[str, str]] = {}
        for of, code, day in sorted(cursor.fetchall(), key=lambda row: str(row[1])):
            found.setdefault(of, {})[code] = str(day)
    return {of: Standings(rows, found.get(of, {})) for of, rows in spells.items() if rows}


def _joined(rows: Iterable[tuple[Any, ...]]) -> list[Spell]:
    """Without days on which nothing changes."""
    spells: list[Spell] = []
    for _of, day, standing, scope, status in rows:
        now = [scope, status, standing] if standing else ["", "", ""]
        if now != (spells[-1][1:] if spells else ["", "", ""]):
            spells.append([str(day), *now])
    return spells


@cache
def _spells_sql(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement and its parameters after the ids; `{ids}` is left open."""
    after = DAY_AFTER[vendor]
    days = DAYS.format(
        ids="{ids}",
        after_first_due_on=after.format("first_due_on"),
        after_event_due_on=after.format("event.due_on"),
        after_notice_due_on=after.format("notice.due_on"),
        **TABLES,
    )
    columns, params = [], ()
    for expression in (surveyed, standing_of_surveyed, scope_code_then, licence_status_then):
        column, more = with_day(expression, "candidate.day", LAST)
        columns.append(column)
        params += more
    is_surveyed, standing, scope, status = columns
    return (
        f"WITH {days} SELECT of_id, candidate.day, CASE WHEN {is_surveyed} THEN {standing} ELSE '' END, "  # noqa: S608
        f"{scope}, {status} FROM candidate JOIN institutions_institution ON institutions_institution.id = of_id "
        "ORDER BY of_id, candidate.day",
        params,
    )
