"""A run says, too, that it records the visits and rounds of a ledger."""

from django.db import migrations, models

PHASES = [
    ("reading", "读取文件"),
    ("planning", "逐行核对"),
    ("writing", "写入"),
    ("recording", "登记走访和整改"),
]


class Migration(migrations.Migration):
    dependencies = [("institutions", "0019_divisions_are_known_from_a_moment_on")]

    operations = [
        migrations.AlterField("importrun", "phase", models.CharField(choices=PHASES, default="reading", max_length=10)),
    ]
