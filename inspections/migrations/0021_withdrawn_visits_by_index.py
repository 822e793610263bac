from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0020_figures_of_the_past_from_one_index")]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["withdrawn_at", "institution"],
                name="visit_withdrawn",
            ),
        ),
    ]
