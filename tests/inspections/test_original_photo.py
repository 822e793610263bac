"""The original of a photo leaves only as a file to be kept, to who may see its visit, and the trail says so."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts import guards
from accounts.models import AuditRow
from inspections.actions import NewPhoto, receive_photo
from inspections.models import Photo, Visit
from inspections.photos import original_file, sha256_of
from tests.inspections.phone_pictures import IN_COLOUR
from tests.urls import body


@pytest.fixture
def photographed(record, inspector):
    """`photographed(data)`: a visit with this photo."""

    def visit(data: bytes) -> Visit:
        found = Visit.objects.get(pk=record(photos=[NewPhoto(sha256_of(data), 1)]).id)
        receive_photo(found, sha256=sha256_of(data), data=data, by=inspector)
        return found

    return visit


def address(visit: Visit, slot: int = 1) -> str:
    return reverse("visit_original", args=[visit.pk, slot])


@pytest.mark.parametrize(
    ("name", "ending"), [("jpeg with its place", "jpg"), ("heic that lies as 6", "heic"), ("webp", "webp")]
)
def test_original_is_downloaded_as_it_came_and_shown_by_no_browser(browse, taskforce, photographed, name, ending):
    data = IN_COLOUR[name]()
    visit = photographed(data)

    answer = browse(taskforce).get(address(visit))

    assert body(answer) == data
    assert answer["Content-Disposition"] == f'attachment; filename="2018-10-01-1-{sha256_of(data)[:16]}.{ending}"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


def test_who_took_the_original_away_is_in_the_trail(browse, taskforce, photographed):
    visit = photographed(IN_COLOUR["webp"]())

    body(browse(taskforce).get(address(visit)))

    row = AuditRow.objects.get(action="export")
    assert row.by == taskforce
    assert row.scope_code.startswith(visit.institution.scope_code[:6])
    assert row.after == {"what": "photo", "question": f"visit={visit.pk}&slot=1", "rows": 1, "personal": True}


def test_original_is_hidden_from_who_does_not_see_the_visit(browse, outsider, photographed):
    visit = photographed(IN_COLOUR["webp"]())

    assert browse(outsider).get(address(visit)).status_code == 404
    assert not AuditRow.objects.filter(action="export").exists()


def test_original_that_is_not_here_is_not_found(browse, taskforce, photographed):
    data = IN_COLOUR["webp"]()
    visit = photographed(data)
    other = browse(taskforce)

    assert other.get(address(visit, 2)).status_code == 404
    original_file(sha256_of(data)).unlink()
    assert other.get(address(visit)).status_code == 404
    guards.drop_all(connection)
    Photo.objects.update(stored_at=None)
    assert other.get(address(visit)).status_code == 404


def test_page_of_the_visit_leads_to_the_original(browse, taskforce, photographed):
    visit = photographed(IN_COLOUR["webp"]())

    shown = browse(taskforce).get(visit.get_absolute_url()).content.decode()

    assert f'href="{address(visit)}" download>下载原图</a>' in shown
