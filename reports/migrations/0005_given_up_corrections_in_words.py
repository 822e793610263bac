from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_long_annexes")]

    operations = [
        migrations.AlterField(
            model_name="reportevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("begun", "开始编制"),
                    ("edited", "编辑"),
                    ("explained", "说明矛盾"),
                    ("submitted", "提交审批"),
                    ("withdrawn", "撤回提交"),
                    ("sent_back", "退回修改"),
                    ("approved", "批准"),
                    ("handed_over", "报送"),
                    ("corrected", "开始更正"),
                    ("discarded", "作废草稿或放弃更正"),
                ],
                max_length=12,
                verbose_name="事项",
            ),
        ),
    ]
