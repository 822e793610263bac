"""No round has a supplementary notice yet: its next deadline is its due date."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("inspections", "Rectification").objects.update(next_due_on=F("due_on"))


class Migration(migrations.Migration):
    dependencies = [("inspections", "0006_kept_by_value")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
