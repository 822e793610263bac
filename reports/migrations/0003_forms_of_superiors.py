import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0020_progress_of_a_ledger"),
        ("reports", "0002_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SuperiorForm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, verbose_name="报表名称")),
                ("made_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.division",
                        verbose_name="辖区",
                    ),
                ),
            ],
            options={
                "verbose_name": "上级报表",
                "verbose_name_plural": "上级报表",
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="SuperiorFormFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("content", models.BinaryField()),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="reports.superiorform",
                    ),
                ),
            ],
            options={
                "verbose_name": "上级报表文件",
                "verbose_name_plural": "上级报表文件",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="SuperiorFormMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="版次")),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="绑定时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="绑定人",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.superiorformfile"
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mappings",
                        to="reports.superiorform",
                    ),
                ),
            ],
            options={
                "verbose_name": "上级报表的绑定",
                "verbose_name_plural": "上级报表的绑定",
                "ordering": ["form_id", "version"],
            },
        ),
        migrations.CreateModel(
            name="FilledForm",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("report_sha256", models.CharField(max_length=64)),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("words", models.JSONField(default=dict)),
                ("file_name", models.CharField(max_length=200, verbose_name="文件名")),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("filled_at", models.DateTimeField(verbose_name="填表时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="填表人",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filled",
                        to="reports.superiorformfile",
                    ),
                ),
                (
                    "mapping",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filled",
                        to="reports.superiorformmapping",
                    ),
                ),
            ],
            options={
                "verbose_name": "填好的上级报表",
                "verbose_name_plural": "填好的上级报表",
                "ordering": ["-filled_at"],
            },
        ),
        migrations.CreateModel(
            name="Collected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("below", models.CharField(max_length=12, verbose_name="下级辖区")),
                ("as_of", models.DateField(verbose_name="截至日期")),
                ("version", models.PositiveIntegerField(verbose_name="版次")),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("ours", models.JSONField(null=True)),
                ("vouched", models.BooleanField()),
                ("source", models.CharField(max_length=300, verbose_name="来源")),
                ("collected_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.division",
                        verbose_name="汇总的辖区",
                    ),
                ),
            ],
            options={
                "verbose_name": "收到的下级报告",
                "verbose_name_plural": "收到的下级报告",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["division", "as_of"], name="collected_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("division", "sha256"), name="collected_report_is_kept_once"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="collected_report_was_submitted"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("none", "不自动编制"),
                            ("week", "每周（截至周日）"),
                            ("half_month", "每半月（截至15日和月末）"),
                            ("month", "每月（截至月末）"),
                        ],
                        max_length=10,
                        verbose_name="周期",
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="设置时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="设置人",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="institutions.division",
                        verbose_name="辖区",
                    ),
                ),
            ],
            options={
                "verbose_name": "报告周期",
                "verbose_name_plural": "报告周期",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["none", "week", "half_month", "month"])),
                        name="report_schedule_is_known",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="superiorformfile",
            constraint=models.UniqueConstraint(fields=("form", "sha256"), name="superior_form_has_a_file_once"),
        ),
        migrations.AddConstraint(
            model_name="superiorformmapping",
            constraint=models.UniqueConstraint(
                fields=("form", "version"), name="superior_form_mapping_has_its_own_version"
            ),
        ),
    ]
