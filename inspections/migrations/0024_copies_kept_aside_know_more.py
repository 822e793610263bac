from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0022_visits_of_a_recorder"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A column that may be NULL is added without making the table anew: its triggers stay.
        migrations.AddField(
            model_name="quarantinedphoto",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="发送人",
            ),
        ),
    ]
