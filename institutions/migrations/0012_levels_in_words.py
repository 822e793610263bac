import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institutions", "0011_no_column_is_indexed_twice")]

    operations = [
        migrations.AlterField(
            model_name="division",
            name="level",
            field=models.CharField(
                choices=[
                    ("province", "省（区、市）"),
                    ("city", "市（州）"),
                    ("county", "县（市、区）"),
                    ("township", "乡镇（街道）"),
                    ("village", "村（社区）"),
                ],
                max_length=10,
                verbose_name="层级",
            ),
        ),
        migrations.AlterField(
            model_name="division",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="institutions.division",
                verbose_name="上级",
            ),
        ),
    ]
