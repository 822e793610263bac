import json

import django.db.models.deletion
from django.db import migrations, models


def fill_copies(apps, schema_editor):
    """The institution that the sender named; that of the stored visit where it is on file no longer."""
    copies = apps.get_model("inspections", "QuarantinedVisit").objects.select_related("visit")
    there = set(map(str, apps.get_model("institutions", "Institution").objects.values_list("pk", flat=True).iterator()))
    for copy in copies.order_by("pk").iterator(chunk_size=500):
        named = str(json.loads(copy.content).get("institution", ""))
        copy.institution_id = named if named in there else copy.visit.institution_id
        copy.save(update_fields=["institution_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0009_notices_of_earlier_rounds"),
        ("institutions", "0007_divisions_have_a_parent"),
    ]

    operations = [
        migrations.AddField(
            "quarantinedvisit",
            "institution",
            models.ForeignKey(
                "institutions.Institution",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quarantined_visits",
            ),
        ),
        migrations.RunPython(fill_copies, migrations.RunPython.noop),
    ]
