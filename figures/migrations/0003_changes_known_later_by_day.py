from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("figures", "0002_changes_by_when_they_were_known")]

    operations = [
        migrations.RemoveIndex(model_name="change", name="change_folded"),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("folded", True)), fields=["kind", "known_at", "day"], name="change_folded"
            ),
        ),
    ]
