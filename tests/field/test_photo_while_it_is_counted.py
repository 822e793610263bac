"""A photo that arrives while a person counts its visit, kept aside until then: it is the visit's, and not asked for again."""

import uuid

from inspections.actions import count_aside, receive_photo_aside
from inspections.models import Photo, QuarantinedVisit, Visit
from inspections.photos import sha256_of
from tests.factories import institution, picture
from tests.field.test_nothing_true_is_refused import no_grant_on_the_day, put  # noqa: F401 (a fixture)


def test_photo_of_a_visit_counted_meanwhile_is_the_visit_s(put, inspector, taskforce):  # noqa: F811
    school, pk, photo = institution(), uuid.uuid4(), sha256_of(picture())
    stated = no_grant_on_the_day(inspector, school, taskforce) | {"photos": [{"sha256": photo, "slot": 1}]}
    put(school, pk, **stated)
    as_it_was_found = QuarantinedVisit.objects.get()  # by the request that brings the photo
    count_aside(QuarantinedVisit.objects.get(), by=taskforce)

    receipt = receive_photo_aside(as_it_was_found, sha256=photo, data=picture(), by=inspector)

    assert (receipt.id, receipt.missing_photos, receipt.kept_aside) == (pk, [], "")
    assert Photo.objects.get(visit=Visit.objects.get(pk=pk)).stored_at is not None
    assert put(school, pk, **stated).json()["missing_photos"] == []
