from django.conf import settings
from django.db import migrations, models


def know_the_index(apps, schema_editor):
    """Of an index that ANALYZE has not seen SQLite believes that it leads to few rows, and reads all visits of somebody
    for those of one institution."""
    schema_editor.execute("ANALYZE inspections_visit")


class Migration(migrations.Migration):
    dependencies = [("inspections", "0021_withdrawn_visits_by_index")]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["recorded_by", "recorded_at"], name="visit_of_recorder"),
        ),
        # Remaking the table, as SQLite would for this, takes its triggers and copies every visit.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("DROP INDEX inspections_visit_recorded_by_id_03f3ad3c", migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="visit",
                    name="recorded_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
        ),
        migrations.RunPython(know_the_index, migrations.RunPython.noop),
    ]
