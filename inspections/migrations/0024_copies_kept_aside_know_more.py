from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0023_the_visit_of_a_survey"),
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
        migrations.AlterField(
            model_name="quarantinedvisit",
            name="reason",
            field=models.CharField(
                choices=[
                    ("other_content", "编号已用于另一次走访"),
                    ("other_copy", "编号已用于另一份待核对的走访"),
                    ("grant", "检查当日没有该处的权限"),
                    ("register", "机构不在册"),
                    ("catalogue", "问题已废止"),
                    ("clock", "手机时间不对"),
                ],
                default="other_content",
                max_length=20,
                verbose_name="另存原因",
            ),
        ),
    ]
