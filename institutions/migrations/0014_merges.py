"""Merges become rows with both ends: what was merged, and was taken apart again, is known as of then."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import guards


def unguard(apps, schema_editor):
    """SQLite makes the tables anew, and triggers of other tables name them."""
    guards.drop_all(schema_editor.connection)


def write_merges(apps, schema_editor):
    """What was merged before merges were rows has one from then on; a chain leads to its end."""
    Institution, Merge = apps.get_model("institutions", "Institution"), apps.get_model("institutions", "Merge")
    merged = {each.pk: each for each in Institution.objects.filter(merged_into__isnull=False)}
    for each in merged.values():
        into, passed = each.merged_into_id, {each.pk}
        while into in merged and into not in passed:
            passed.add(into)
            into = merged[into].merged_into_id
        if into in passed:
            continue
        Merge.objects.create(merged_id=each.pk, into_id=into, recorded_at=each.merged_at, reason="重复登记")
        Institution.objects.filter(pk=each.pk).update(merged_into_id=into)
        Institution.objects.filter(pk__in=[each.pk, into]).update(has_merges=True)


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0013_words_of_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(unguard, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("reason", models.CharField(max_length=300, verbose_name="原因")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="拆分时间")),
                ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="拆分原因")),
            ],
            options={
                "verbose_name": "机构合并",
                "verbose_name_plural": "机构合并",
                "ordering": ["recorded_at", "id"],
            },
        ),
        migrations.RemoveIndex(
            model_name="institution",
            name="institution_in_figures",
        ),
        migrations.AddField(
            model_name="institution",
            name="has_merges",
            field=models.BooleanField(default=False, editable=False),
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
                    "has_merges",
                    "id",
                ],
                name="institution_in_figures",
            ),
        ),
        migrations.AddIndex(
            model_name="institution",
            index=models.Index(
                condition=models.Q(("has_merges", True)), fields=["scope_code"], name="institution_with_merges"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="拆分人",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="into",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges_here",
                to="institutions.institution",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="merged",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merges",
                to="institutions.institution",
                verbose_name="并入的登记",
            ),
        ),
        migrations.AddField(
            model_name="merge",
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
            model_name="merge",
            name="through",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried",
                to="institutions.merge",
                verbose_name="随之并入",
            ),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["into", "recorded_at", "ended_at", "merged"], name="merge_into"),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(fields=["merged", "recorded_at", "ended_at"], name="merge_of"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged", models.F("into")), _negated=True), name="merge_is_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="merge_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(
                        ("ended_at__gte", models.F("recorded_at")),
                        ("ended_at__isnull", False),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="merge_ends_after_it_was_recorded_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("merged",),
                name="institution_is_merged_into_one",
            ),
        ),
        migrations.RunPython(write_merges, migrations.RunPython.noop),
    ]
