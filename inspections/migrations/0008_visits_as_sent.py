"""What was sent is kept with every visit and every copy kept aside, as canonical JSON.

Of a visit recorded before, the content is put together again from its rows. Where the digest that its sender was given
is the digest of what comes out, that is what was sent, to the letter; else the visit says that it is reconstructed
(docs/adr/0017-visits-as-sent.md).
"""

import json
from itertools import product

from django.db import migrations, models
from django.db.models import Prefetch
from django.utils import timezone

from accounts import guards
from accounts.canonical import canonical, digest_of

BATCH = 1000
STATUSES = ["", "full", "registration_only", "permit_only", "none"]


def drop_guards(apps, schema_editor):
    guards.drop_all(schema_editor.connection)


def fill_copies(apps, schema_editor):
    QuarantinedVisit = apps.get_model("inspections", "QuarantinedVisit")
    for copy in QuarantinedVisit.objects.iterator():
        copy.content = canonical(json.loads(copy.content))
        copy.save(update_fields=["content"])


def fill_visits(apps, schema_editor):
    visits = apps.get_model("inspections", "Visit").objects.filter(content="").order_by("pk")
    Photo, Event = apps.get_model("inspections", "Photo"), apps.get_model("inspections", "RectificationEvent")
    whole = visits.prefetch_related(
        "inspectors",
        "findings",
        "opened_rectifications",
        "findings_put_right",
        Prefetch("photos", Photo.objects.select_related("finding")),
        Prefetch("rectification_events", Event.objects.filter(kind="submitted").select_related("rectification")),
    )
    batch = list(whole[:BATCH])
    while batch:
        for visit in batch:
            visit.content, visit.reconstructed = content_of(visit)
        visits.model.objects.bulk_update(batch, ["content", "reconstructed"], batch_size=200)
        batch = list(whole.filter(pk__gt=batch[-1].pk)[:BATCH])


def content_of(visit):
    """(what was sent as far as the rows tell, whether anything else may have been stated)."""
    rows = stated_in_rows(visit)
    for unknown in what_it_may_have_stated(visit):
        text = canonical(rows | unknown)
        if digest_of(text) == visit.digest:
            return text, False
    return canonical(rows | {"order": None, "submits": None, "licence_status": ""}), True


def stated_in_rows(visit):
    position = None
    if visit.longitude is not None:
        # What came in GCJ-02 or BD-09 is in the row as WGS-84, and the offset is not taken back.
        datum = "wgs84" if visit.datum in ("gcj02", "bd09") else visit.datum
        position = {
            "longitude": visit.longitude,
            "latitude": visit.latitude,
            "accuracy_m": visit.accuracy_m,
            "datum": datum,
        }
    photos = [
        {
            "sha256": photo.sha256,
            "slot": photo.slot,
            "taken_at": photo.taken_at and photo.taken_at.astimezone(timezone.get_default_timezone()),
            "longitude": photo.longitude,
            "latitude": photo.latitude,
            "accuracy_m": photo.accuracy_m,
            "finding": photo.finding.type_id if photo.finding else None,
        }
        for photo in sorted(visit.photos.all(), key=lambda photo: photo.slot)
    ]
    findings = [{"type": found.type_id, "note": found.note} for found in visit.findings.all()]
    return {
        "id": visit.pk,
        "institution": visit.institution_id,
        "purpose": visit.purpose,
        "result": visit.result,
        "happened_at": visit.happened_at.astimezone(timezone.get_default_timezone()),
        "inspectors": sorted(user.username for user in visit.inspectors.all()),
        "position": position,
        "findings": sorted(findings, key=lambda each: each["type"]),
        "photos": photos,
        "note": visit.note,
    }


def what_it_may_have_stated(visit):
    """What no column of a visit holds, each way in which it can have been stated."""
    orders = [None]
    if visit.findings.all():
        orders += [{"due_on": None}, *({"due_on": opened.first_due_on} for opened in visit.opened_rectifications.all())]
    put_right = sorted(found.pk for found in visit.findings_put_right.all())
    submissions = [
        {
            "rectification": event.rectification_id,
            "outcome": event.outcome,
            "put_right": put_right,
            "registered_scope": event.rectification.registered_scope,
        }
        for event in visit.rectification_events.all()
    ]
    for order, submits, status in product(
        orders, [None, *submissions], STATUSES if visit.purpose == "survey" else [""]
    ):
        yield {"order": order, "submits": submits, "licence_status": status}


class Migration(migrations.Migration):
    dependencies = [("inspections", "0007_next_deadlines")]
    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="quarantinedvisit", name="content", field=models.TextField(verbose_name="收到的内容")
        ),
        migrations.RunPython(fill_copies, migrations.RunPython.noop),
        migrations.RunPython(fill_visits, migrations.RunPython.noop),
    ]
