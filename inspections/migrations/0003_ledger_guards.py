"""What a check constraint cannot say: events are append-only, and the ledger moves as its rules say.

The moves of a round are those of TRANSITIONS; a finished round is immutable and stays; who submitted or gave evidence
(by logging it, by being there, by entering the licence) does not verify; no event comes after what the row says.

SQLite makes a table anew when a later migration changes it, and the table's triggers are lost: such a migration has to
make them again (tests/test_constraints.py knows them all).
"""

from django.db import migrations

from accounts.append_only import make_append_only

ROUND, EVENT = "inspections_rectification", "inspections_rectificationevent"
LEGAL = [
    ("ordered", "submitted"),
    ("ordered", "voided"),
    ("submitted", "verified"),
    ("submitted", "returned"),
    ("returned", "submitted"),
    ("returned", "voided"),
]
# name: (table, verb, condition, message)
GUARDS = {
    "rectification_is_immutable_once_finished": (
        ROUND,
        "UPDATE",
        "OLD.state IN ('verified', 'voided')",
        "a verified or voided rectification is immutable",
    ),
    "rectification_stays_once_finished": (
        ROUND,
        "DELETE",
        "OLD.state IN ('verified', 'voided')",
        "a verified or voided rectification is not deleted",
    ),
    "rectification_moves_as_is_legal": (
        ROUND,
        "UPDATE",
        "NEW.state <> OLD.state AND NOT ("
        + " OR ".join(f"OLD.state = '{old}' AND NEW.state = '{new}'" for old, new in LEGAL)
        + ")",
        "this move of a rectification is not legal",
    ),
    "rectification_is_verified_as_submitted": (
        ROUND,
        "UPDATE",
        "NEW.state = 'verified' AND (NEW.submitted_by_id <> OLD.submitted_by_id "
        "OR NEW.submitted_on <> OLD.submitted_on OR NEW.ordered_by_id <> OLD.ordered_by_id)",
        "who ordered and who submitted does not change with the verification",
    ),
    "rectification_is_verified_by_other_eyes": (
        ROUND,
        "UPDATE",
        f"NEW.state = 'verified' AND (EXISTS (SELECT 1 FROM {EVENT} event "  # noqa: S608 (our own names)
        "WHERE event.rectification_id = NEW.id AND event.kind IN ('submitted', 'evidence') "
        "AND event.by_id = NEW.verified_by_id) "
        "OR EXISTS (SELECT 1 FROM inspections_visit visit JOIN inspections_visit_inspectors there "
        "ON there.visit_id = visit.id WHERE visit.rectification_id = NEW.id AND visit.result <> 'no_access' "
        "AND there.user_id = NEW.verified_by_id) "
        "OR NEW.outcome = 'licensed' AND EXISTS (SELECT 1 FROM institutions_licence licence "
        "WHERE licence.institution_id = NEW.institution_id AND licence.recorded_by_id = NEW.verified_by_id "
        "AND licence.recorded_at >= NEW.ordered_on))",
        "who submitted or gave evidence in a round cannot verify it",
    ),
    "rectification_event_follows_its_row": (
        EVENT,
        "INSERT",
        f"NEW.sequence > (SELECT version FROM {ROUND} round "  # noqa: S608 (our own names)
        "WHERE round.id = NEW.rectification_id)",
        "an event comes with the version of its rectification, not after it",
    ),
}
SQLITE = """
CREATE TRIGGER {name} {when} {verb} ON {table} WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN {row};
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER {name} {when} {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
"""


def guard(apps, schema_editor):
    for name, guarded in GUARDS.items():
        add_guard(schema_editor, name, *guarded)


def add_guard(schema_editor, name, table, verb, condition, message, when="BEFORE"):
    """A trigger that refuses `verb` on `table` where `condition` holds, with `message`."""
    template = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    row = "OLD" if verb == "DELETE" else "NEW"
    schema_editor.execute(
        template.format(name=name, when=when, verb=verb, table=table, condition=condition, message=message, row=row)
    )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_catalogue")]
    operations = [
        migrations.RunPython(make_append_only(EVENT)),
        migrations.RunPython(guard),
    ]
