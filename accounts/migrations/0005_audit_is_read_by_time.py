import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes for the orders in which the trail is read: newest first, of a division, of a person, of an action."""

    dependencies = [
        ("accounts", "0004_second_factor_and_sessions"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="auditrow", name="audit_by_scope"),
        migrations.AlterField(
            model_name="auditrow",
            name="at",
            field=models.DateTimeField(verbose_name="时间"),
        ),
        migrations.AlterField(
            model_name="auditrow",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="操作人",
            ),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["scope_code", "at", "id"], name="audit_by_scope"),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["at", "id"], name="audit_by_time"),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["by", "at", "id"], name="audit_by_person"),
        ),
        migrations.AddIndex(
            model_name="auditrow",
            index=models.Index(fields=["action", "at", "id"], name="audit_by_action"),
        ),
    ]
