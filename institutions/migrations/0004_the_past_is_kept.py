"""Places, names and surveys keep their past; licences and divisions end instead of going."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from accounts import guards


def drop_guards(apps, schema_editor):
    """SQLite makes tables anew, and guarded rows get new columns; `migrate` puts the guards back at its end."""
    guards.drop_all(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0003_words_of_constraints"),
        ("accounts", "0003_words_of_constraints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.CreateModel(
            name="DivisionName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("from_on", models.DateField(verbose_name="自")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "区划名称",
                "verbose_name_plural": "区划名称",
                "ordering": ["division_id", "from_on", "recorded_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="机构名称")),
                ("from_on", models.DateField(verbose_name="自")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "名称",
                "verbose_name_plural": "名称",
                "ordering": ["institution_id", "from_on", "recorded_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope_code", models.CharField(max_length=12)),
                ("operating_address", models.CharField(blank=True, max_length=200, verbose_name="办学地址")),
                ("from_on", models.DateField(verbose_name="自")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "办学地点",
                "verbose_name_plural": "办学地点",
                "ordering": ["institution_id", "from_on", "recorded_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="WithdrawnSurvey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("surveyed_on", models.DateField(verbose_name="排摸日期")),
                ("surveyed_recorded_at", models.DateTimeField(verbose_name="排摸登记时间")),
                (
                    "licence_status_at_survey",
                    models.CharField(
                        choices=[
                            ("full", "证照齐全"),
                            ("registration_only", "有照无证"),
                            ("permit_only", "有证无照"),
                            ("none", "无证无照"),
                        ],
                        max_length=20,
                        verbose_name="排摸时证照情况",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(verbose_name="撤回时间")),
            ],
            options={
                "verbose_name": "撤回的排摸",
                "verbose_name_plural": "撤回的排摸",
                "ordering": ["institution_id", "withdrawn_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="licence",
            name="licence_is_entered_once",
        ),
        migrations.RemoveIndex(
            model_name="institution",
            name="institution_in_figures",
        ),
        migrations.RemoveIndex(
            model_name="licence",
            name="licence_valid_on",
        ),
        migrations.AddField(
            model_name="division",
            name="in_force_from",
            field=models.DateField(blank=True, help_text="留空为一直存在", null=True, verbose_name="设立日"),
        ),
        migrations.AddField(
            model_name="division",
            name="in_force_to",
            field=models.DateField(blank=True, help_text="最后一天;留空为现存", null=True, verbose_name="撤销日"),
        ),
        migrations.AddField(
            model_name="division",
            name="renamed",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="institution",
            name="moved",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="institution",
            name="renamed",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="institution",
            name="survey_withdrawn",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="licence",
            name="revoked_recorded_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="吊销或注销登记时间"),
        ),
        migrations.AddField(
            model_name="licence",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="撤回时间"),
        ),
        migrations.AlterField(
            model_name="licence",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="licences", to="institutions.institution"
            ),
        ),
        migrations.AddIndex(
            model_name="institution",
            index=models.Index(
                fields=[
                    "scope_code",
                    "surveyed_on",
                    "licence_status_at_survey",
                    "surveyed_recorded_at",
                    "merged_at",
                    "withdrawn_at",
                    "moved",
                    "survey_withdrawn",
                    "id",
                ],
                name="institution_in_figures",
            ),
        ),
        migrations.AddIndex(
            model_name="institution",
            index=models.Index(condition=models.Q(("moved", True)), fields=["scope_code"], name="institution_moved"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(
                fields=[
                    "institution",
                    "kind",
                    "valid_from",
                    "valid_to",
                    "revoked_on",
                    "recorded_at",
                    "withdrawn_at",
                    "revoked_recorded_at",
                ],
                name="licence_valid_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="division",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_force_from__isnull", True),
                    ("in_force_to__isnull", True),
                    ("in_force_to__gte", models.F("in_force_from")),
                    _connector="OR",
                ),
                name="division_ends_after_it_begins",
                violation_error_message="撤销日早于设立日。",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("institution", "kind", "number", "valid_from"),
                name="licence_stands_once",
            ),
        ),
        migrations.AddField(
            model_name="divisionname",
            name="division",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="names", to="institutions.division"
            ),
        ),
        migrations.AddField(
            model_name="divisionname",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="name",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="names", to="institutions.institution"
            ),
        ),
        migrations.AddField(
            model_name="name",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="division",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institutions.division",
                verbose_name="乡镇(街道)",
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="places", to="institutions.institution"
            ),
        ),
        migrations.AddField(
            model_name="place",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="withdrawnsurvey",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawn_surveys",
                to="institutions.institution",
            ),
        ),
        migrations.AddConstraint(
            model_name="divisionname",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="division_name_is_not_empty"
            ),
        ),
        migrations.AddIndex(
            model_name="name",
            index=models.Index(fields=["institution", "from_on", "recorded_at", "id"], name="name_of_institution"),
        ),
        migrations.AddConstraint(
            model_name="name",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="name_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="name",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("withdrawn_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="name_is_withdrawn_after_it_was_recorded",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(
                fields=["institution", "from_on", "recorded_at", "id", "withdrawn_at", "scope_code"],
                name="place_of_institution",
            ),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["scope_code", "institution"], name="place_by_scope"),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("scope_code"), 12),
                name="place_scope_code_has_12_characters",
            ),
        ),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), ("withdrawn_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="place_is_withdrawn_after_it_was_recorded",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawnsurvey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("licence_status_at_survey__in", ["full", "registration_only", "permit_only", "none"])
                ),
                name="withdrawn_survey_has_a_licence_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawnsurvey",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at__gte", models.F("surveyed_recorded_at"))),
                name="survey_is_withdrawn_after_it_was_recorded",
            ),
        ),
    ]
