"""A round and its events repeat the scope code of their institution (docs/adr/0027-where-a-round-lies.md), and a
foreign key has no index of its own where another begins with it.

The triggers that keep the scope codes equal are put in place after the last migration, as all are.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from accounts import guards

EVENTS, ROUNDS = "inspections_rectificationevent", "inspections_rectification"


def unguard(apps, schema_editor):
    guards.drop_all(schema_editor.connection)


def fill(apps, schema_editor):
    schema_editor.execute(
        f"UPDATE {ROUNDS} SET scope_code = (SELECT school.scope_code FROM institutions_institution school "  # noqa: S608
        f"WHERE school.id = {ROUNDS}.institution_id)"
    )
    schema_editor.execute(
        f"UPDATE {EVENTS} SET scope_code = (SELECT round.scope_code FROM {ROUNDS} round "  # noqa: S608
        f"WHERE round.id = {EVENTS}.rectification_id)"
    )


def look_again(apps, schema_editor):
    """A table that SQLite made anew has lost what ANALYZE knew of it, and the planner walks it from end to end."""
    schema_editor.execute("ANALYZE")


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0013_meanings_are_known"),
        ("institutions", "0011_no_column_is_indexed_twice"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name="rectification",
            name="rectification_by_verified",
        ),
        migrations.RemoveIndex(
            model_name="rectification",
            name="rectification_by_next_due",
        ),
        migrations.AddField(
            model_name="rectification",
            name="scope_code",
            field=models.CharField(default="", editable=False, max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rectificationevent",
            name="scope_code",
            field=models.CharField(default="", editable=False, max_length=12),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # On PostgreSQL a key that loses its index takes a partial unique constraint of the same column with it, unsaid:
        # both are taken away before, and put back after.
        migrations.RemoveConstraint(model_name="rectification", name="institution_has_one_open_rectification"),
        migrations.RemoveConstraint(model_name="notice", name="rectification_has_one_order_notice"),
        migrations.AlterField(
            model_name="finding",
            name="type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="inspections.findingtype",
                verbose_name="问题",
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="inspections.visit",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="rectification",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="inspections.rectification",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="inspections.notice",
                verbose_name="所替代或撤回的通知",
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="inspections.visit",
            ),
        ),
        migrations.AlterField(
            model_name="quarantinedvisit",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quarantined",
                to="inspections.visit",
            ),
        ),
        migrations.AlterField(
            model_name="rectification",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rectifications",
                to="institutions.institution",
            ),
        ),
        migrations.AlterField(
            model_name="rectificationevent",
            name="rectification",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="inspections.rectification",
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="institutions.institution",
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="rectification",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="inspections.rectification",
                verbose_name="所查整改",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["ordered", "submitted", "returned"])),
                fields=("institution",),
                name="institution_has_one_open_rectification",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "order")),
                fields=("rectification",),
                name="rectification_has_one_order_notice",
            ),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(
                condition=models.Q(("verified_on__isnull", True), ("voided_at__isnull", True)),
                fields=[
                    "scope_code",
                    "next_due_on",
                    "number",
                    "state",
                    "submitted_on",
                    "verified_on",
                    "voided_at",
                    "id",
                ],
                name="rectification_open",
            ),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(fields=["verified_on", "scope_code"], name="rectification_struck_off"),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(fields=["scope_code", "state"], name="rectification_in_scope"),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(
                condition=models.Q(("round_no__gt", 1)),
                fields=["scope_code", "institution", "round_no", "state"],
                name="rectification_again",
            ),
        ),
        migrations.AddIndex(
            model_name="rectificationevent",
            index=models.Index(fields=["recorded_at", "id", "scope_code"], name="rectification_event_by_known"),
        ),
        migrations.AddIndex(
            model_name="quarantinedvisit",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["received_at"],
                name="quarantined_visit_unsettled",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectification",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("scope_code"), 12),
                name="rectification_scope_code_has_12_characters",
            ),
        ),
        migrations.AddConstraint(
            model_name="rectificationevent",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("scope_code"), 12),
                name="rectification_event_scope_code_has_12_characters",
            ),
        ),
        migrations.RunPython(look_again, migrations.RunPython.noop),
    ]
