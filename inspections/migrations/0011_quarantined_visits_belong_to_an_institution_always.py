import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0010_quarantined_visits_belong_to_an_institution")]

    operations = [
        migrations.AlterField(
            "quarantinedvisit",
            "institution",
            models.ForeignKey(
                "institutions.Institution",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quarantined_visits",
            ),
        ),
    ]
