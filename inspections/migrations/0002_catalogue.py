"""The catalogue of findings with its dates in force."""

import csv
from pathlib import Path

from django.db import migrations


def load(apps, schema_editor):
    FindingType = apps.get_model("inspections", "FindingType")
    source = Path(__file__).resolve().parent.parent / "data" / "findings_catalogue.csv"
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            row["in_force_to"] = row["in_force_to"] or None
            row["evidence"] = row["evidence"] or "K"
            FindingType.objects.create(**row)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
