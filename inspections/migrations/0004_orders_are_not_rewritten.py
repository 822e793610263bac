"""What was ordered, where, when, by whom and until when is not rewritten, not even while the round is open.

After the row has changed, so that what breaks a constraint as well is refused with the constraint's name.
"""

from importlib import import_module

from django.db import migrations

guards = import_module("inspections.migrations.0003_ledger_guards")
ORIGIN = ["institution_id", "number", "round_no", "ordered_on", "ordered_recorded_at", "ordered_by_id", "first_due_on"]
NAME = "rectification_keeps_its_origin"


def guard(apps, schema_editor):
    guards.add_guard(
        schema_editor,
        NAME,
        guards.ROUND,
        "UPDATE",
        " OR ".join(f"NEW.{column} <> OLD.{column}" for column in ORIGIN),
        "the order of a rectification is not rewritten",
        when="AFTER",
    )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0003_ledger_guards")]
    operations = [migrations.RunPython(guard)]
