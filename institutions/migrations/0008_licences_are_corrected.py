"""Who withdrew a licence and why, who revoked it, and which row corrects which, are columns.

Of what was withdrawn or revoked before, the audit trail knows who and why; an import taken back gave no reason.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import guards

UNDONE, UNKNOWN = "撤销导入", "未注明"


def drop_guards(apps, schema_editor):
    """Guarded rows get new columns filled; `migrate` puts the guards back at its end."""
    guards.drop_all(schema_editor.connection)


def fill(apps, schema_editor):
    Licence, AuditRow = apps.get_model("institutions", "Licence"), apps.get_model("accounts", "AuditRow")
    rows = AuditRow.objects.filter(object_type="institutions.licence")
    told = {(row.object_id, row.action): row for row in rows.exclude(action="licence.added").order_by("pk")}
    for licence in Licence.objects.exclude(withdrawn_at=None, revoked_on=None).iterator():
        if licence.revoked_on is not None:
            row = told.get((str(licence.pk), "licence.revoked"))
            licence.revoked_by_id = row and row.by_id
        if licence.withdrawn_at is not None:
            row = told.get((str(licence.pk), "licence.withdrawn"))
            licence.withdrawn_by_id = row and row.by_id
            reason = (row.after or {}).get("reason", UNDONE) if row else UNKNOWN
            licence.withdraw_reason = reason[:300]
        licence.save(update_fields=["revoked_by", "withdrawn_by", "withdraw_reason"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("institutions", "0007_divisions_have_a_parent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.AddField(
            model_name="licence",
            name="revoked_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="吊销或注销登记人",
            ),
        ),
        migrations.AddField(
            model_name="licence",
            name="withdrawn_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤回人",
            ),
        ),
        migrations.AddField(
            model_name="licence",
            name="withdraw_reason",
            field=models.CharField(blank=True, default="", editable=False, max_length=300, verbose_name="撤回原因"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="licence",
            name="replaces",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="institutions.licence",
                verbose_name="更正的登记",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
