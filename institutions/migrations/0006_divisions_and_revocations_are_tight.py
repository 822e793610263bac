"""Level and parent of a division follow from its code; a licence is revoked with its day and its moment."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0005_divisions_agree"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="division",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("level", "province"),
                        ("parent__isnull", True),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 2),
                    ),
                    models.Q(
                        ("level", "city"),
                        ("parent", django.db.models.functions.text.Left("code", 2)),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 4),
                    ),
                    models.Q(
                        ("level", "county"),
                        ("parent", django.db.models.functions.text.Left("code", 4)),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 6),
                    ),
                    models.Q(
                        ("level", "township"),
                        ("parent", django.db.models.functions.text.Left("code", 6)),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 9),
                    ),
                    models.Q(
                        ("level", "village"),
                        ("parent", django.db.models.functions.text.Left("code", 9)),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 12),
                    ),
                    _connector="OR",
                ),
                name="division_code_level_and_parent_agree",
                violation_error_message="代码、层级和上级不一致:上级的代码就是本级代码的前几位。",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_on__isnull", True), ("revoked_recorded_at__isnull", True)),
                    models.Q(("revoked_on__isnull", False), ("revoked_recorded_at__isnull", False)),
                    _connector="OR",
                ),
                name="licence_is_revoked_with_day_and_moment",
            ),
        ),
    ]
