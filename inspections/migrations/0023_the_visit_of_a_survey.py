"""On which of its visits the survey of an institution rests, as far as the rows tell: the one recorded at its moment;
where it took the place of a visit that was withdrawn at its moment, the one recorded first."""

from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery


def say_which_visit(apps, schema_editor):
    visits = apps.get_model("inspections", "Visit").objects.filter(institution=OuterRef("pk"), purpose="survey")
    standing = visits.filter(
        withdrawn_at=None, result__in=["inspected", "ceased"], happened_on=OuterRef("surveyed_on")
    ).order_by("recorded_at", "pk")
    at_once = standing.filter(recorded_at=OuterRef("surveyed_recorded_at"))
    before = standing.filter(recorded_at__lt=OuterRef("surveyed_recorded_at"))
    withdrawn = visits.filter(withdrawn_at=OuterRef("surveyed_recorded_at"))

    unsaid = apps.get_model("institutions", "Institution").objects.filter(
        surveyed_on__isnull=False, survey_of=None, survey_visit=None
    )
    unsaid.filter(Exists(at_once)).update(survey_visit=Subquery(at_once.values("pk")[:1]))
    instead = unsaid.filter(Exists(withdrawn), Exists(before), survey_withdrawn=True)
    instead.update(survey_visit=Subquery(before.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0022_visits_of_a_recorder"),
        ("institutions", "0023_what_a_survey_rests_on"),
    ]

    operations = [migrations.RunPython(say_which_visit, migrations.RunPython.noop, elidable=True)]
