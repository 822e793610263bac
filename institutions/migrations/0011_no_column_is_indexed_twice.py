"""A foreign key has no index of its own where another begins with it; what counts at present is found by index."""

import django.db.models.deletion
from django.db import migrations, models

from accounts import guards


def unguard(apps, schema_editor):
    """SQLite makes the tables anew, and triggers of other tables name them."""
    guards.drop_all(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0010_register_files"),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="importedrow",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="institutions.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="licence",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="licences",
                to="institutions.institution",
            ),
        ),
        migrations.AlterField(
            model_name="name",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="names",
                to="institutions.institution",
            ),
        ),
        migrations.AlterField(
            model_name="place",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="places",
                to="institutions.institution",
            ),
        ),
        migrations.AddIndex(
            model_name="institution",
            index=models.Index(
                condition=models.Q(("merged_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=["scope_code", "surveyed_on", "merged_at", "withdrawn_at"],
                name="institution_on_register",
            ),
        ),
        migrations.AddIndex(
            model_name="institution",
            index=models.Index(
                condition=models.Q(
                    ("surveyed_on__isnull", True),
                    ("merged_at__isnull", False),
                    ("withdrawn_at__isnull", False),
                    _connector="OR",
                ),
                fields=["scope_code", "surveyed_on", "merged_at", "withdrawn_at", "id"],
                name="institution_not_counted",
            ),
        ),
    ]
