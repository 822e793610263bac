from django.db import migrations

from accounts.append_only import refuse_truncate


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_is_append_only")]
    operations = [migrations.RunPython(refuse_truncate("accounts_auditrow"))]
