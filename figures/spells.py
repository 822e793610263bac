"""How institutions stand day by day, as known now: the definition (figures/standing.py) asked of each of the days on
which something may change, the day being a column instead of a parameter. Future days too: when a round is overdue is
known in advance."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection

from figures.models import Kind
from figures.standing import standing_of_surveyed
from institutions.models import Institution, licence_status_then, scope_code_then, surveyed
from institutions.moments import LAST
from institutions.sql_once import with_day

Spell = list[str]  # [from day, scope code, licence status, standing]; standing "" where it is not counted
Key = tuple[int, str, str, str]  # kind, part, scope code, day
FIELDS = ("clear", "open", "overdue", "closed", "licensed", "corrected")
MANY = 1000  # institutions asked about at a time

# Registrations asked about, and those merged into them. Looked up with IN: for a join SQLite reads every round first,
# to know which are not there (a Bloom filter).
MEMBERS = """members(it_id) AS (
  SELECT id FROM institutions_institution WHERE id IN ({ids}) UNION ALL
  SELECT merged_id FROM institutions_merge WHERE ended_at IS NULL AND into_id IN ({ids})
)"""
OF = """COALESCE((SELECT into_id FROM institutions_merge WHERE ended_at IS NULL AND merged_id = {of}), {of})"""
# Every day on which an institution's place or standing may change.
DAYS = """
candidate(of_id, day) AS (
  SELECT {of_one}, surveyed_on FROM institutions_institution each_one
  WHERE id IN (SELECT it_id FROM members) AND surveyed_on IS NOT NULL
  UNION SELECT institution_id, from_on FROM institutions_place WHERE institution_id IN ({ids}) AND withdrawn_at IS NULL
  UNION SELECT {of_round}, ordered_on FROM {rounds}
  UNION SELECT {of_round}, verified_on FROM {rounds} AND verified_on IS NOT NULL
  UNION SELECT {of_round}, {after_first_due_on} FROM {rounds}
  UNION SELECT {of_round}, happened_on FROM {events}
  UNION SELECT {of_round}, {after_event_due_on} FROM {events} AND event.due_on IS NOT NULL
  UNION SELECT {of_round}, served_on FROM {notices}
  UNION SELECT {of_round}, {after_notice_due_on} FROM {notices}
)
"""
_OF_MEMBERS = "WHERE round.institution_id IN (SELECT it_id FROM members) AND voided_at IS NULL"
TABLES = {
    "of_one": OF.format(of="each_one.id"),
    "of_round": OF.format(of="round.institution_id"),
    "rounds": f"inspections_rectification round {_OF_MEMBERS}",
    "events": "inspections_rectification round JOIN inspections_rectificationevent event "
    f"ON event.rectification_id = round.id {_OF_MEMBERS} "
    "AND kind IN ('extended', 'withdrawn', 'fulfilled', 'unfulfilled')",
    "notices": "inspections_rectification round JOIN inspections_notice notice "
    f"ON notice.rectification_id = round.id {_OF_MEMBERS} AND supplements > 0 AND kind = 'supplement'",
}
DAY_AFTER = {"sqlite": "date({0}, '+1 day')", "postgresql": "({0} + 1)"}
FOUND = f"""
WITH {MEMBERS} SELECT of_id, type_id, MIN(happened_on) FROM (
  SELECT {OF.format(of="visit.institution_id")} AS of_id, type_id, happened_on
  FROM inspections_visit visit JOIN inspections_finding found ON found.visit_id = visit.id
  WHERE visit.institution_id IN (SELECT it_id FROM members) AND withdrawn_at IS NULL
) each_one GROUP BY of_id, type_id
"""  # noqa: S608 (our own names)


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
        cursor.execute(sql.replace("{ids}", these), [*ids, *ids, *ids, *params])
        spells = {of: _joined(rows) for of, rows in groupby(cursor.fetchall(), key=lambda row: row[0])}
        cursor.execute(FOUND.replace("{ids}", these), [*ids, *ids])
        found: dict[Any, dict[str, str]] = {}
        for of, code, day in sorted(cursor.fetchall(), key=lambda row: str(row[1])):
            found.setdefault(of, {})[code] = str(day)
    return {of: Standings(rows, found.get(of, {})) for of, rows in spells.items() if rows}


def next_days(pks: Sequence[Any], day: date) -> dict[Any, date]:
    """Of institutions the first day after `day` on which one may stand otherwise, or be seen, with nothing more being
    written; those that have none are left out. At most MANY at once."""
    ids = [Institution._meta.pk.get_db_prep_value(pk, connection) for pk in pks]
    sql, params = next_days_sql(", ".join(["%s"] * len(ids)), day)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*ids, *ids, *ids, *params])
        of = Institution._meta.pk.to_python
        return {of(it): each if isinstance(each, date) else date.fromisoformat(each) for it, each in cursor.fetchall()}


def next_days_sql(these: str, day: date) -> tuple[str, list[Any]]:
    """The statement for it, of_id and day, and the parameters after those of `these`: what IN asks for, which stands in
    it three times."""
    adapt = connection.ops.adapt_datefield_value
    seen = (
        f"SELECT {OF.format(of='visit.institution_id')}, happened_on FROM inspections_visit visit "  # noqa: S608
        "WHERE visit.institution_id IN (SELECT it_id FROM members) AND happened_on > %s"
    )
    return (
        f"WITH {MEMBERS.format(ids=these)}, {_days(connection.vendor).format(ids=these)} "  # noqa: S608
        "SELECT of_id, MIN(day) AS day FROM (SELECT of_id, day FROM candidate WHERE day > %s UNION ALL "
        f"{seen}) each_one GROUP BY of_id",
        [adapt(day), adapt(day)],
    )


def _joined(rows: Iterable[tuple[Any, ...]]) -> list[Spell]:
    """Without days on which nothing changes."""
    spells: list[Spell] = []
    for _of, day, standing, scope, status in rows:
        now = [scope, status, standing] if standing else ["", "", ""]
        if now != (spells[-1][1:] if spells else ["", "", ""]):
            spells.append([str(day), *now])
    return spells


def _days(vendor: str) -> str:
    """The candidates, with `{ids}` left open."""
    after = DAY_AFTER[vendor]
    return DAYS.format(
        ids="{ids}",
        after_first_due_on=after.format("first_due_on"),
        after_event_due_on=after.format("event.due_on"),
        after_notice_due_on=after.format("notice.due_on"),
        **TABLES,
    )


@cache
def _spells_sql(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement and its parameters after the ids; `{ids}` is left open."""
    days = _days(vendor)
    columns, params = [], ()
    for expression in (surveyed, standing_of_surveyed, scope_code_then, licence_status_then):
        column, more = with_day(expression, "candidate.day", LAST)
        columns.append(column)
        params += more
    is_surveyed, standing, scope, status = columns
    return (
        f"WITH {MEMBERS}, {days} SELECT of_id, candidate.day, CASE WHEN {is_surveyed} THEN {standing} ELSE '' END, "  # noqa: S608
        f"{scope}, {status} FROM candidate JOIN institutions_institution ON institutions_institution.id = of_id "
        "ORDER BY of_id, candidate.day",
        params,
    )
