"""The kinds that cells were made of are kept with them; those there are were made of kinds that nobody wrote down, so
that `migrate` makes them anew at its end, with one of all kinds together for each square."""

from django.db import migrations, models

PARTS = (
    "unseen", "clear", "open", "overdue", "closed", "licensed", "corrected", "unsurveyed",
    "full", "registration_only", "permit_only", "none",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("mapping", "0003_boundaries")]

    operations = [
        migrations.AddField(model_name="cellsmade", name="kinds", field=models.TextField(default="")),
        *(
            migrations.AddField(model_name="cell", name=f"n_{part}", field=models.IntegerField(default=0))
            for part in PARTS
        ),
    ]
