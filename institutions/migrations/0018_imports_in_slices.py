"""Imports are written in many transactions: a batch says when it was finished. Those before were written in one."""

from django.db import migrations, models
from django.db.models import F


def finished_when_recorded(apps, schema_editor):
    apps.get_model("institutions", "ImportBatch").objects.update(finished_at=F("recorded_at"))


class Migration(migrations.Migration):
    dependencies = [("institutions", "0017_import_wizard")]

    operations = [
        migrations.AddField("importbatch", "finished_at", models.DateTimeField(null=True, verbose_name="写完时间")),
        migrations.AddField("importbatch", "taken_back_to", models.BigIntegerField(editable=False, null=True)),
        migrations.RunPython(finished_when_recorded, migrations.RunPython.noop, elidable=True),
    ]
