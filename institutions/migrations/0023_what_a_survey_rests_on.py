"""A survey says what it rests on: a visit (found by inspections 0023), or the survey of what was merged into the
institution, taken over at the moment of the merge, or when the one before was withdrawn. One that came only after the
merge is taken over here, but where a round stands that was judged without it."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Exists, F, OuterRef


def say_whose(apps, schema_editor):
    institutions = apps.get_model("institutions", "Institution").objects
    taken_over = apps.get_model("institutions", "Merge").objects.filter(
        through=None,
        recorded_at=F("into__surveyed_recorded_at"),
        merged__surveyed_on=F("into__surveyed_on"),
        merged__licence_status_at_survey=F("into__licence_status_at_survey"),
    )
    for into, merged in taken_over.order_by("recorded_at", "pk").values_list("into", "merged"):
        took_it_from = institutions.values_list("survey_of", flat=True).get(pk=merged)
        institutions.filter(pk=into).update(survey_of=took_it_from or merged)
    say_whose_instead(apps)


def say_whose_instead(apps):
    """It took the place of one that was withdrawn; a visit to the institution itself would have gone before."""
    institutions = apps.get_model("institutions", "Institution").objects
    withdrawn = apps.get_model("institutions", "WithdrawnSurvey").objects.filter(
        institution=OuterRef("pk"), withdrawn_at=OuterRef("surveyed_recorded_at")
    )
    visits = apps.get_model("inspections", "Visit").objects.filter(
        institution=OuterRef("pk"),
        purpose="survey",
        result__in=["inspected", "ceased"],
        withdrawn_at=None,
        happened_on=OuterRef("surveyed_on"),
        recorded_at__lt=OuterRef("surveyed_recorded_at"),
    )
    unsaid = institutions.filter(Exists(withdrawn), ~Exists(visits), survey_withdrawn=True, survey_of=None)
    for into in unsaid.filter(has_merges=True).order_by("pk"):
        own = institutions.filter(merged_into=into.pk, survey_of=None, surveyed_on=into.surveyed_on)
        same = own.filter(licence_status_at_survey=into.licence_status_at_survey).order_by("pk").first()
        if same is not None:
            institutions.filter(pk=into.pk).update(survey_of=same.pk)


def take_over_what_came_late(apps, schema_editor):
    """Figures counted it already, lists of today did not."""
    institutions = apps.get_model("institutions", "Institution").objects
    merges = apps.get_model("institutions", "Merge").objects.filter(ended_at=None)
    rounds = apps.get_model("inspections", "Rectification").objects.exclude(state="voided")
    unsurveyed = institutions.filter(~Exists(rounds.filter(institution=OuterRef("pk"))), surveyed_on=None)
    late = institutions.filter(surveyed_on__isnull=False, survey_of=None, merged_into__in=unsurveyed)
    for merged in late.order_by("-surveyed_on", "pk"):
        merge = merges.get(merged=merged.pk)
        institutions.filter(pk=merge.into_id, surveyed_on=None).update(
            surveyed_on=merged.surveyed_on,
            surveyed_recorded_at=max(merged.surveyed_recorded_at, merge.recorded_at),
            licence_status_at_survey=merged.licence_status_at_survey,
            survey_of=merged.pk,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0022_visits_of_a_recorder"),
        ("institutions", "0022_index_that_nothing_asks_for"),
    ]

    operations = [
        migrations.AddField("institution", "survey_visit", models.UUIDField(editable=False, null=True)),
        migrations.AddField(
            "institution",
            "survey_of",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="institutions.institution",
            ),
        ),
        migrations.RunPython(say_whose, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(take_over_what_came_late, migrations.RunPython.noop, elidable=True),
    ]
