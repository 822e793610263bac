"""What a finding means is one of the statuses there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0012_what_a_finding_means")]
    operations = [
        migrations.AddConstraint(
            model_name="findingtype",
            constraint=models.CheckConstraint(
                condition=models.Q(("meaning__in", ["", "none", "registration_only", "permit_only"])),
                name="finding_type_meaning_is_known",
            ),
        ),
    ]
