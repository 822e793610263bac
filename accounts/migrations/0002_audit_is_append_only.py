from django.db import migrations

from accounts.append_only import make_append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(make_append_only("accounts_auditrow"))]
