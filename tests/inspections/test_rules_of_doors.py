"""Whose photos the API takes: those of a visit kept aside from its sender, and from who records visits there."""

import pytest
from django.urls import reverse

from inspections.actions import NewPhoto, record_visit
from inspections.errors import VisitConflict
from inspections.photos import sha256_of
from tests.factories import NEXT_TO_LIUSHI, at, institution, picture, sent_visit, user_with


@pytest.mark.parametrize(
    ("role", "prefix", "answer"),
    [("inspector", NEXT_TO_LIUSHI, 200), ("auditor", NEXT_TO_LIUSHI, 403), ("inspector", "330381", 404)],
)
def test_photo_of_a_visit_kept_aside_is_taken_from_who_records_visits_at_its_institution(
    api, inspector, outsider, role, prefix, answer
):
    stored = record_visit(sent_visit(institution()), by=inspector, received_at=at("2018-10-01", 20))
    photos = [NewPhoto(sha256_of(picture()), 1)]
    other = sent_visit(institution(NEXT_TO_LIUSHI), id=stored.id, photos=photos, inspectors=["outsider"])
    with pytest.raises(VisitConflict):
        record_visit(other, by=outsider, received_at=at("2018-10-01", 21))
    path = reverse("api-visit-photo", args=[stored.id, photos[0].sha256])

    said = api(user_with(role, prefix)).put(path, data=picture(), content_type="image/jpeg")

    assert said.status_code == answer
