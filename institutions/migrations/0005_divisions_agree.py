"""Level and parent of a division follow from its code; a revocation is known from when its licence was recorded."""

from django.db import migrations
from django.db.models import F

LEVELS = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}
ABOVE = {4: 2, 6: 4, 9: 6, 12: 9}


def agree(apps, schema_editor):
    """The code is what institutions and grants hang on: level and parent follow from it, a missing parent is made."""
    Division = apps.get_model("institutions", "Division")
    codes = set(Division.objects.values_list("code", flat=True))
    missing = {code[: ABOVE[digits]] for code in codes for digits in ABOVE if len(code) >= digits} - codes
    for code in sorted(missing, key=len):
        Division.objects.create(
            code=code, name=code, level=LEVELS[len(code)], parent_id=code[: ABOVE.get(len(code), 0)] or None
        )
    for division in Division.objects.iterator():
        level, parent = LEVELS[len(division.code)], division.code[: ABOVE.get(len(division.code), 0)] or None
        if (division.level, division.parent_id) != (level, parent):
            Division.objects.filter(pk=division.pk).update(level=level, parent_id=parent)


def date_revocations(apps, schema_editor):
    Licence = apps.get_model("institutions", "Licence")
    Licence.objects.filter(revoked_on__isnull=False).update(revoked_recorded_at=F("recorded_at"))


class Migration(migrations.Migration):
    dependencies = [("institutions", "0004_the_past_is_kept")]
    operations = [
        migrations.RunPython(agree, migrations.RunPython.noop),
        migrations.RunPython(date_revocations, migrations.RunPython.noop),
    ]
