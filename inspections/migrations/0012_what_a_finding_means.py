"""What a finding says of the licence status is a column, and so is which items came with a release."""

from django.db import migrations, models

OF_RELEASES = [
    "L01", "L02", "L03", "L04", "L05", "L06", "S01", "S02", "S03", "S04", "S05", "S06", "T01", "T02", "T03",
    "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11", "P01", "P02", "P03", "P04", "F01", "F02", "F03",
    "F04", "M01", "M02",
]  # fmt: skip
MEANINGS = {"L01": "none", "L02": "registration_only", "L03": "permit_only"}


def fill(apps, schema_editor):
    FindingType = apps.get_model("inspections", "FindingType")
    FindingType.objects.filter(pk__in=OF_RELEASES).update(of_release=True)
    for code, meaning in MEANINGS.items():
        FindingType.objects.filter(pk=code).update(meaning=meaning)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0011_quarantined_visits_belong_to_an_institution_always")]
    operations = [
        migrations.AddField(
            model_name="findingtype",
            name="meaning",
            field=models.CharField(
                blank=True,
                choices=[("none", "无证无照"), ("registration_only", "有照无证"), ("permit_only", "有证无照")],
                default="",
                help_text="登记此项即表明机构的证照情况，首次排摸据此记录；与证照无关的留空。",
                max_length=20,
                verbose_name="表明的证照情况",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="findingtype",
            name="of_release",
            field=models.BooleanField(default=False, editable=False, verbose_name="随系统发布"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
