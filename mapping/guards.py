"""What the database holds about the map itself: what was handed in as a boundary and was in force is not rewritten,
and which institution a write moves on the map is noted, so that raw SQL, imports and migrations cannot forget it
(docs/adr/0054-cells-of-the-map.md). See accounts/guards.py for how they get into the database."""

from accounts.guards import Guard, append_only, changed, facts
from figures.guards import EVENT, INSTITUTION, MERGE, NOTICE, OF_INSTITUTION, OF_ROUND, PLACE, ROUND, VISIT

ROOM = "mapping"
TOUCHED = f"{ROOM}_maptouched"
OF_POSITION = ["longitude", "latitude", "cell", "location_source"]
_ROUNDS_OWN = f"SELECT institution_id FROM {ROUND} WHERE id = NEW.rectification_id"  # noqa: S608 (our own names)


def _touches(table: str, verb: str, which: str, condition: str = "1 = 1", columns: str = "institution_id") -> Guard:
    return Guard(
        f"{table}_{verb.lower()}_touches_map",
        table,
        verb,
        condition,
        "",
        when="AFTER",
        then=f"INSERT INTO {TOUCHED} ({columns}) {which}",
    )


TOUCHING = [
    _touches(INSTITUTION, "INSERT", "VALUES (NEW.id)"),
    _touches(INSTITUTION, "UPDATE", "VALUES (NEW.id)", changed([*OF_INSTITUTION, *OF_POSITION])),
    *(_touches(PLACE, verb, "VALUES (NEW.institution_id)") for verb in ("INSERT", "UPDATE")),
    *(_touches(MERGE, verb, "VALUES (NEW.merged_id), (NEW.into_id)") for verb in ("INSERT", "UPDATE")),
    _touches(ROUND, "INSERT", "VALUES (NEW.institution_id)"),
    _touches(ROUND, "UPDATE", "VALUES (NEW.institution_id)", changed(OF_ROUND)),
    _touches(ROUND, "DELETE", "VALUES (OLD.institution_id)"),
    _touches(EVENT, "INSERT", _ROUNDS_OWN, "NEW.kind IN ('extended', 'withdrawn', 'fulfilled', 'unfulfilled')"),
    _touches(NOTICE, "INSERT", _ROUNDS_OWN, "NEW.kind = 'supplement'"),
    _touches(
        VISIT, "INSERT", "VALUES (NEW.institution_id, TRUE)", "NEW.result IN ('inspected', 'ceased')",
        "institution_id, seen",
    ),
    _touches(VISIT, "UPDATE", "VALUES (NEW.institution_id)", changed(["withdrawn_at"])),
]  # fmt: skip
GUARDS = [
    *TOUCHING,
    *append_only(f"{ROOM}_boundaryfile"),
    *facts(
        "boundary_set",
        f"{ROOM}_boundaryset",
        ["file_id", "named_by", "from_on", "by_id", "committed_at"],
        once=["withdrawn_at", "withdrawn_by_id", "withdraw_reason"],
    ),
    *append_only(f"{ROOM}_boundary"),
    *append_only(f"{ROOM}_boundarycopy"),
    *facts(
        "handover",
        f"{ROOM}_handover",
        ["scope_code", "inspector", "due_on", "as_of", "known_at", "digest", "by_id", "handed_on", "handed_at"],
        once=["withdrawn_at", "withdrawn_by_id", "withdraw_reason"],
    ),
    *append_only(f"{ROOM}_handoverline"),
    *facts(
        "wall_pass",
        f"{ROOM}_wallpass",
        ["user_id", "name", "secret_sha256", "session_hash", "opened_at", "expires_at"],
        once=["ended_at"],
    ),
]
