"""A licence is withdrawn with its moment and a reason, and replaces another than itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("institutions", "0008_licences_are_corrected")]

    operations = [
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), models.Q(("withdraw_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="licence_is_withdrawn_with_moment_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaces__isnull", True), models.Q(("replaces", models.F("id")), _negated=True), _connector="OR"
                ),
                name="licence_does_not_replace_itself",
            ),
        ),
    ]
