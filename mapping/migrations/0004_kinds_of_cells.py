"""The kinds that cells were made of are kept with them; those there are were made of kinds nobody wrote down."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mapping", "0003_boundaries")]

    operations = [
        migrations.AddField(model_name="cellsmade", name="kinds", field=models.TextField(default="")),
    ]
