"""What the database itself holds about the register. See accounts/guards.py for how it gets there.

Columns of an institution are the present and change; what the past rests on is added to and withdrawn.
"""

from accounts.guards import Guard, append_only, facts

ROOM = "institutions"
PLACE = ["institution_id", "division_id", "scope_code", "operating_address", "from_on", "recorded_at", "recorded_by_id"]
NAME = ["institution_id", "name", "from_on", "recorded_at", "recorded_by_id"]
LICENCE = [
    "institution_id",
    "kind",
    "number",
    "issued_by",
    "valid_from",
    "valid_to",
    "recorded_at",
    "recorded_by_id",
    "replaces_id",
]
REVOCATION = " OR ".join(
    f"NEW.{column} {{is_not}} OLD.{column}" for column in ("revoked_on", "revoked_recorded_at", "revoked_by_id")
)
MERGE = ["merged_id", "into_id", "through_id", "recorded_at", "recorded_by_id", "reason"]
MERGED = f"{ROOM}_merge"
_STANDING = f"SELECT 1 FROM {MERGED} other WHERE other.ended_at IS NULL AND other."  # noqa: S608 (our own names)
_INTO = f"EXISTS ({_STANDING}merged_id = NEW.id AND other.into_id = NEW.merged_into_id)"
BATCH = ["division_id", "file_name", "sha256", "file_id", "by_id", "recorded_at"]
ROW = [
    "batch_id",
    "sheet",
    "row_number",
    "institution_id",
    "kind",
    "original",
]  # `before` says how far it can be rolled back

GUARDS = [
    *facts("institution", f"{ROOM}_institution", ["id", "recorded_at"]),
    *facts("place", f"{ROOM}_place", PLACE, once=["withdrawn_at"]),
    *facts("name", f"{ROOM}_name", NAME, once=["withdrawn_at"]),
    *append_only(f"{ROOM}_withdrawnsurvey"),
    *append_only(f"{ROOM}_divisionname"),
    *facts("licence", f"{ROOM}_licence", LICENCE, once=["withdrawn_at", "withdrawn_by_id", "withdraw_reason"]),
    Guard(
        "licence_is_revoked_once",
        f"{ROOM}_licence",
        "UPDATE",
        f"OLD.revoked_on IS NOT NULL AND ({REVOCATION})",
        "a revocation is not rewritten",
    ),
    *facts("merge", MERGED, MERGE, once=["ended_at", "ended_by_id", "end_reason"]),
    # What was merged is found from its row alone: what it was merged into is itself merged into nothing.
    Guard(
        "merge_leads_to_what_is_not_merged",
        MERGED,
        "INSERT",
        f"NEW.ended_at IS NULL AND (EXISTS ({_STANDING}merged_id = NEW.into_id) "
        f"OR EXISTS ({_STANDING}into_id = NEW.merged_id))",
        "an institution is merged into one that is not merged itself, and takes along what was merged into it",
    ),
    # After, so that what breaks a constraint as well is refused with the constraint's name.
    *(
        Guard(
            f"institution_is_merged_as_its_row_says_at_{verb.lower()}",
            f"{ROOM}_institution",
            verb,
            f"NEW.merged_into_id IS NOT NULL AND NOT {_INTO}",
            "what an institution is merged into is what its merge says",
            when="AFTER",
        )
        for verb in ("INSERT", "UPDATE")
    ),
    *append_only(f"{ROOM}_duplicatedecision"),
    *append_only(f"{ROOM}_registerfile"),
    *append_only(f"{ROOM}_importanswer"),
    *append_only(f"{ROOM}_cellfix"),
    *append_only(f"{ROOM}_storedplan"),
    *facts("import_batch", f"{ROOM}_importbatch", BATCH, once=["rolled_back_at"]),
    *facts("imported_row", f"{ROOM}_importedrow", ROW),
]
