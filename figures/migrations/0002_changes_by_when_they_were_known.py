from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_kept_counts")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(condition=models.Q(("folded", True)), fields=["kind", "known_at"], name="change_folded"),
        ),
    ]
