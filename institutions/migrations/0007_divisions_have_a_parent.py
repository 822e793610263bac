"""A division below a province has a parent: NULL is equal to nothing, and a check that is unknown is not refused."""

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0006_divisions_and_revocations_are_tight"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="division",
            name="division_code_level_and_parent_agree",
        ),
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
                        ("parent__isnull", False),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 4),
                    ),
                    models.Q(
                        ("level", "county"),
                        ("parent", django.db.models.functions.text.Left("code", 4)),
                        ("parent__isnull", False),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 6),
                    ),
                    models.Q(
                        ("level", "township"),
                        ("parent", django.db.models.functions.text.Left("code", 6)),
                        ("parent__isnull", False),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 9),
                    ),
                    models.Q(
                        ("level", "village"),
                        ("parent", django.db.models.functions.text.Left("code", 9)),
                        ("parent__isnull", False),
                        django.db.models.lookups.Exact(django.db.models.functions.text.Length("code"), 12),
                    ),
                    _connector="OR",
                ),
                name="division_code_level_and_parent_agree",
                violation_error_message="代码、层级和上级不一致:上级的代码就是本级代码的前几位。",
            ),
        ),
    ]
