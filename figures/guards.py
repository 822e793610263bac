"""Triggers that note which institution's figures a write touches: raw SQL, imports and migrations cannot forget it
(docs/adr/0046-counts-that-are-kept.md). See accounts/guards.py for how they get into the database."""

from accounts.guards import Guard, changed

TOUCHED = "figures_touched"
INSTITUTION, PLACE, MERGE = "institutions_institution", "institutions_place", "institutions_merge"
VISIT, FINDING = "inspections_visit", "inspections_finding"
ROUND, EVENT, NOTICE = "inspections_rectification", "inspections_rectificationevent", "inspections_notice"
OF_INSTITUTION = [
    "scope_code", "surveyed_on", "surveyed_recorded_at", "licence_status_at_survey", "merged_at", "withdrawn_at",
    "moved", "survey_withdrawn", "has_merges",
]  # fmt: skip
OF_ROUND = [
    "ordered_on", "first_due_on", "due_on", "supplements", "verified_on", "verified_recorded_at", "outcome",
    "voided_at", "round_no",
]  # fmt: skip
_ROUNDS_OWN = f"SELECT institution_id FROM {ROUND} WHERE id = NEW.rectification_id"  # noqa: S608 (our own names)
_VISITS_OWN = f"SELECT institution_id, NEW.type_id, happened_on FROM {VISIT} WHERE id = NEW.visit_id"  # noqa: S608


def _touches(table: str, verb: str, which: str, condition: str = "1 = 1", columns: str = "institution_id") -> Guard:
    return Guard(
        f"{table}_{verb.lower()}_touches_figures",
        table,
        verb,
        condition,
        "",
        when="AFTER",
        then=f"INSERT INTO {TOUCHED} ({columns}) {which}",
    )


GUARDS = [
    _touches(INSTITUTION, "INSERT", "VALUES (NEW.id)", "NEW.surveyed_on IS NOT NULL"),
    _touches(INSTITUTION, "UPDATE", "VALUES (NEW.id)", changed(OF_INSTITUTION)),
    *(_touches(PLACE, verb, "VALUES (NEW.institution_id)") for verb in ("INSERT", "UPDATE")),
    *(_touches(MERGE, verb, "VALUES (NEW.merged_id), (NEW.into_id)") for verb in ("INSERT", "UPDATE")),
    _touches(ROUND, "INSERT", "VALUES (NEW.institution_id)"),
    _touches(ROUND, "UPDATE", "VALUES (NEW.institution_id)", changed(OF_ROUND)),
    _touches(ROUND, "DELETE", "VALUES (OLD.institution_id)"),
    # What a round's deadline rests on.
    _touches(EVENT, "INSERT", _ROUNDS_OWN, "NEW.kind IN ('extended', 'withdrawn', 'fulfilled', 'unfulfilled')"),
    _touches(NOTICE, "INSERT", _ROUNDS_OWN, "NEW.kind = 'supplement'"),
    _touches(FINDING, "INSERT", _VISITS_OWN, columns="institution_id, found, day"),
    _touches(VISIT, "UPDATE", "VALUES (NEW.institution_id)", changed(["withdrawn_at"])),
]
