"""Since when a division is known to begin or to end: K is a cut here, too. Of those on file it is not known: they
stand as they did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institutions", "0018_imports_in_slices")]

    operations = [
        migrations.AddField(
            "division",
            "begun_recorded_at",
            models.DateTimeField(editable=False, null=True, verbose_name="设立登记时间"),
        ),
        migrations.AddField(
            "division",
            "ended_recorded_at",
            models.DateTimeField(editable=False, null=True, verbose_name="撤销登记时间"),
        ),
    ]
