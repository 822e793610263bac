"""What the database itself holds about boundaries: what was handed in and what was in force is not rewritten."""

from accounts.guards import append_only, facts

ROOM = "mapping"

GUARDS = [
    *append_only(f"{ROOM}_boundaryfile"),
    *facts(
        "boundary_set",
        f"{ROOM}_boundaryset",
        ["file_id", "named_by", "from_on", "by_id", "committed_at"],
        once=["withdrawn_at", "withdrawn_by_id", "withdraw_reason"],
    ),
    *append_only(f"{ROOM}_boundary"),
    *append_only(f"{ROOM}_boundarycopy"),
]
