"""The divisions a new database knows: the counties around Yueqing and its 25 townships."""

import csv
from pathlib import Path

from django.db import migrations

PROVINCE = {"code": "33", "name": "浙江省", "level": "province"}


def load(apps, schema_editor):
    Division = apps.get_model("institutions", "Division")
    source = Path(__file__).resolve().parent.parent / "data" / "yueqing_divisions.csv"
    with source.open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: len(row["code"]))
    Division.objects.create(**PROVINCE)
    for row in rows:
        if row["level"] == "county":
            Division.objects.get_or_create(
                code=row["parent_code"],
                defaults={"name": row["parent_name"], "level": "city", "parent_id": "33"},
            )
        located = bool(row["lon_wgs84"])
        Division.objects.create(
            code=row["code"],
            name=row["name"],
            level="county" if row["level"] == "county" else "township",
            parent_id=row["parent_code"],
            longitude=float(row["lon_wgs84"]) if located else None,
            latitude=float(row["lat_wgs84"]) if located else None,
            approx_error_m=int(row["approx_error_m"]) if row["approx_error_m"] else None,
        )


class Migration(migrations.Migration):
    dependencies = [("institutions", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
