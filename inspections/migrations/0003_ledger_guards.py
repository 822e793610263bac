"""What a check constraint cannot say: events are append-only, a finished round is immutable, four eyes over events."""

from django.db import migrations

from accounts.append_only import make_append_only

GUARDS = {
    "rectification_is_immutable_once_finished": (
        "OLD.state IN ('verified', 'voided')",
        "a verified or voided rectification is immutable",
    ),
    "rectification_is_verified_by_other_eyes": (
        "NEW.state = 'verified' AND EXISTS (SELECT 1 FROM inspections_rectificationevent event "
        "WHERE event.rectification_id = NEW.id AND event.kind IN ('submitted', 'evidence') "
        "AND event.by_id = NEW.verified_by_id)",
        "who submitted or logged evidence in a round cannot verify it",
    ),
}
SQLITE = """
CREATE TRIGGER {name} BEFORE UPDATE ON inspections_rectification WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{message}'); END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER {name} BEFORE UPDATE ON inspections_rectification FOR EACH ROW EXECUTE FUNCTION {name}();
"""


def guard(apps, schema_editor):
    template = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for name, (condition, message) in GUARDS.items():
        schema_editor.execute(template.format(name=name, condition=condition, message=message))


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_catalogue")]
    operations = [
        migrations.RunPython(make_append_only("inspections_rectificationevent")),
        migrations.RunPython(guard),
    ]
