import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0018_what_never_ended_is_taken_back_by_anybody"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Likeness",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("band_0", models.IntegerField(null=True)),
                ("band_1", models.IntegerField(null=True)),
                ("band_2", models.IntegerField(null=True)),
                ("band_3", models.IntegerField(null=True)),
            ],
            options={
                "verbose_name": "粗略图样",
                "verbose_name_plural": "粗略图样",
                "indexes": [
                    models.Index(fields=["band_0"], name="likeness_by_band_0"),
                    models.Index(fields=["band_1"], name="likeness_by_band_1"),
                    models.Index(fields=["band_2"], name="likeness_by_band_2"),
                    models.Index(fields=["band_3"], name="likeness_by_band_3"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("band_0__isnull", True),
                                ("band_1__isnull", True),
                                ("band_2__isnull", True),
                                ("band_3__isnull", True),
                            ),
                            models.Q(
                                ("band_0__isnull", False),
                                ("band_1__isnull", False),
                                ("band_2__isnull", False),
                                ("band_3__isnull", False),
                                ("band_0__range", (0, 65535)),
                                ("band_1__range", (0, 65535)),
                                ("band_2__range", (0, 65535)),
                                ("band_3__range", (0, 65535)),
                            ),
                            _connector="OR",
                        ),
                        name="likeness_is_whole_or_of_a_flat_picture",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Oddity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("same_photo", "照片相同"),
                            ("like_photo", "照片近似"),
                            ("travel", "行程过快"),
                            ("far", "位置偏远"),
                            ("photo_place", "照片位置不符"),
                            ("photo_time", "照片时间不符"),
                            ("clock", "手机时间不准"),
                        ],
                        max_length=20,
                        verbose_name="疑点",
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.visit",
                        verbose_name="另一次走访",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="oddities",
                        to="inspections.visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "疑点",
                "verbose_name_plural": "疑点",
                "ordering": ["visit_id", "kind", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("visit", "kind", "other"), name="oddity_of_two_visits_is_said_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("other__isnull", True)),
                        fields=("visit", "kind"),
                        name="oddity_of_a_visit_is_said_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["same_photo", "like_photo", "travel"]), ("other__isnull", False)),
                            models.Q(
                                ("kind__in", ["far", "photo_place", "photo_time", "clock"]), ("other__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="oddity_is_of_one_visit_or_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("other__isnull", True),
                            models.Q(("other", models.F("visit")), _negated=True),
                            _connector="OR",
                        ),
                        name="oddity_is_of_two_different_visits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_at", models.DateTimeField(verbose_name="检查时间")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inspections.visit"
                    ),
                ),
            ],
            options={
                "verbose_name": "在场",
                "verbose_name_plural": "在场",
                "ordering": ["user_id", "happened_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "happened_at", "visit"), name="presence_at_a_visit_is_written_once"
                    )
                ],
            },
        ),
    ]
