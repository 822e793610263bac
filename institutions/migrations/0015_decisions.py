import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0014_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicateDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(blank=True, max_length=300, verbose_name="名册中的一行")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("same", "是同一家"),
                            ("different", "不是同一家"),
                            ("later", "以后再说"),
                            ("reopened", "撤回，重新判断"),
                        ],
                        max_length=10,
                        verbose_name="判断",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="institutions.institution",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions_as_second",
                        to="institutions.institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "是否同一家的判断",
                "verbose_name_plural": "是否同一家的判断",
                "ordering": ["recorded_at", "id"],
                "indexes": [models.Index(fields=["first", "second", "recorded_at"], name="duplicate_decision_of_two")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("identity", ""), ("second__gt", models.F("first")), ("second__isnull", False)),
                            models.Q(("second__isnull", True), models.Q(("identity", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="duplicate_decision_is_of_two_in_order_or_of_a_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["same", "different", "later", "reopened"])),
                        name="duplicate_decision_is_known",
                    ),
                ],
            },
        ),
    ]
