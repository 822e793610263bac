"""What the database itself holds about cases of misconduct. See accounts/guards.py for how it gets there.

Rows are added, and taken back once; a person is only added.
"""

from accounts.guards import Guard, append_only, facts

WITHDRAWN = ["withdrawn_at", "withdrawn_by_id", "withdraw_reason", "corrected"]
RECORDED = ["id", "recorded_at", "recorded_by_id"]
CASE, STATEMENT, CONCLUSION = "misconduct_case", "misconduct_statement", "misconduct_conclusion"
PERSON, PARTY, MEASURE = "misconduct_person", "misconduct_party", "misconduct_measure"
FACTS = {
    CASE: ["number", "division_id", "scope_code"],
    STATEMENT: ["case_id", "kind", "school", "institution_id", "source", "happened_on", "found_on", "note"],
    CONCLUSION: ["case_id", "result", "handled_on", "note"],
    PARTY: ["case_id", "person_id", "post"],
    MEASURE: ["party_id", "kind", "decided_on", "document"],
}


def _below(table: str, of: str, key: str) -> Guard:
    """Nothing is added to what was taken back."""
    return Guard(
        f"{table}_is_of_what_stands",
        table,
        "INSERT",
        f"NEW.withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM {of} above "  # noqa: S608 (our own names)
        f"WHERE above.id = NEW.{key} AND above.withdrawn_at IS NOT NULL)",
        f"a row of {table} is added to what stands",
        when="AFTER",
    )


GUARDS = [
    *(
        guard
        for table, columns in FACTS.items()
        for guard in facts(table, table, [*RECORDED, *columns], once=WITHDRAWN)
    ),
    *append_only(PERSON),
    _below(STATEMENT, CASE, "case_id"),
    _below(CONCLUSION, CASE, "case_id"),
    _below(PARTY, CASE, "case_id"),
    _below(MEASURE, PARTY, "party_id"),
]
