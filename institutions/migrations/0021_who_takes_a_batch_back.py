from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

PHASES = [
    ("reading", "读取文件"),
    ("planning", "逐行核对"),
    ("writing", "写入"),
    ("recording", "登记走访和整改"),
    ("undoing", "撤回走访和整改"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0020_progress_of_a_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "importbatch",
            "taken_back_by",
            models.ForeignKey(settings.AUTH_USER_MODEL, PROTECT, null=True, related_name="+", editable=False),
        ),
        migrations.AlterField("importrun", "phase", models.CharField(choices=PHASES, default="reading", max_length=10)),
    ]
