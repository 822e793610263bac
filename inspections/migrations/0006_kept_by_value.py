"""Notices are things of their own; visits, submissions and notices keep what was sent and served."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import guards


def drop_guards(apps, schema_editor):
    """SQLite makes tables anew, and guarded rows get new columns; `migrate` puts the guards back at its end."""
    guards.drop_all(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0005_quarantined_visits_are_settled"),
        ("institutions", "0006_divisions_and_revocations_are_tight"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="通知书编号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("order", "责令通知"),
                            ("supplement", "补充通知"),
                            ("replacement", "更正通知"),
                            ("withdrawal", "撤回通知"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="整改期限")),
                ("served_on", models.DateField(verbose_name="送达日期")),
                ("recorded_at", models.DateTimeField(verbose_name="登记时间")),
                ("content", models.TextField(verbose_name="内容")),
                ("digest", models.CharField(max_length=64)),
                ("reconstructed", models.BooleanField(default=False, verbose_name="据登记重建")),
            ],
            options={
                "verbose_name": "通知书",
                "verbose_name_plural": "通知书",
                "ordering": ["recorded_at", "number"],
            },
        ),
        migrations.RemoveIndex(
            model_name="rectification",
            name="rectification_in_figures",
        ),
        migrations.RemoveIndex(
            model_name="rectification",
            name="rectification_by_due",
        ),
        migrations.AddField(
            model_name="quarantinedvisit",
            name="device_sent_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="设备发送时间"),
        ),
        migrations.AddField(
            model_name="rectification",
            name="next_due_on",
            field=models.DateField(default="2000-01-01", verbose_name="最近期限"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rectification",
            name="supplements",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="补充通知数"),
        ),
        migrations.AddField(
            model_name="rectificationevent",
            name="content",
            field=models.TextField(blank=True, verbose_name="提交内容"),
        ),
        migrations.AddField(
            model_name="rectificationevent",
            name="digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="visit",
            name="content",
            field=models.TextField(blank=True, verbose_name="收到的内容"),
        ),
        migrations.AddField(
            model_name="visit",
            name="reconstructed",
            field=models.BooleanField(default=False, verbose_name="据登记重建"),
        ),
        migrations.AddField(
            model_name="visit",
            name="withdraw_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="撤回原因"),
        ),
        migrations.AddField(
            model_name="visit",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="撤回时间"),
        ),
        migrations.AddField(
            model_name="visit",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤回人",
            ),
        ),
        migrations.AlterField(
            model_name="rectificationevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ordered", "责令整改"),
                    ("evidence", "复查取证"),
                    ("supplemented", "补充通知"),
                    ("fulfilled", "补充通知已整改到位"),
                    ("unfulfilled", "补充通知恢复未到位"),
                    ("replaced", "更正通知"),
                    ("withdrawn", "撤回通知"),
                    ("visit_withdrawn", "撤回走访"),
                    ("submitted", "提交整改"),
                    ("returned", "退回"),
                    ("extended", "延期"),
                    ("verified", "核验销号"),
                    ("voided", "作废"),
                ],
                max_length=20,
                verbose_name="事项",
            ),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(
                fields=[
                    "institution",
                    "ordered_on",
                    "ordered_recorded_at",
                    "verified_on",
                    "verified_recorded_at",
                    "voided_at",
                    "due_on",
                    "first_due_on",
                    "outcome",
                    "round_no",
                    "supplements",
                ],
                name="rectification_in_figures",
            ),
        ),
        migrations.AddIndex(
            model_name="rectification",
            index=models.Index(fields=["state", "next_due_on"], name="rectification_by_next_due"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdraw_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="visit_is_withdrawn_with_who_when_and_why",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="rectification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="inspections.rectification"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="inspections.notice",
                verbose_name="所替代或撤回的通知",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="visit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="inspections.visit",
            ),
        ),
        migrations.AddField(
            model_name="rectificationevent",
            name="notice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="inspections.notice"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["rectification", "kind", "served_on"], name="notice_of_rectification"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["order", "supplement", "replacement", "withdrawal"])),
                name="notice_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_on__isnull", True), ("kind", "withdrawal")),
                    models.Q(models.Q(("kind", "withdrawal"), _negated=True), ("due_on__isnull", False)),
                    _connector="OR",
                ),
                name="notice_has_a_deadline_unless_it_withdraws",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["replacement", "withdrawal"]), ("replaces__isnull", False)),
                    models.Q(("kind__in", ["order", "supplement"]), ("replaces__isnull", True)),
                    _connector="OR",
                ),
                name="notice_says_what_it_replaces_or_withdraws",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaces", models.F("id")), _negated=True), name="notice_does_not_replace_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "order")),
                fields=("rectification",),
                name="rectification_has_one_order_notice",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("replaces",), name="notice_is_replaced_or_withdrawn_once"),
        ),
    ]
