"""Pictures of every kind through 登记走访; what is none is named beside the field and costs no other."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import Visit
from inspections.photos import display_file, original_file, sha256_of
from institutions.moments import today
from tests.inspections import phone_pictures
from tests.inspections.phone_pictures import IN_COLOUR, IN_GREY

KINDS = IN_COLOUR | IN_GREY


@pytest.fixture
def send(browse, inspector, school):
    """Post the form as the inspector with these photos."""

    def posted(*photos):
        typed = {
            "id": str(uuid4()), "institution": str(school.pk), "purpose": "routine", "result": "inspected",
            "happened_at": f"{today()}T00:01", "inspectors": ["inspector"],
        }  # fmt: skip
        return browse(inspector).post("/visits/new/", typed | {"photos": list(photos)})

    return posted


def test_pictures_of_every_kind_are_stored_as_they_came(send):
    pictures = {name: make() for name, make in KINDS.items()}

    answer = send(*(SimpleUploadedFile(f"{name}.jpg", data) for name, data in pictures.items()))

    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert [photo.sha256 for photo in visit.photos.all()] == [sha256_of(data) for data in pictures.values()]
    assert [photo.slot for photo in visit.photos.filter(stored_at=None)] == []
    for data in pictures.values():
        assert original_file(sha256_of(data)).read_bytes() == data
        assert display_file(sha256_of(data)).read_bytes().startswith(b"\xff\xd8")


def test_picture_that_was_uploaded_to_the_disk_is_read_from_there(send, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    data = phone_pictures.large(8_192, 6_144)

    answer = send(SimpleUploadedFile("large.jpg", data))

    assert answer.status_code == 302
    assert original_file(sha256_of(data)).read_bytes() == data


def test_what_is_no_picture_is_named_and_the_others_are_kept(send):
    heic = IN_COLOUR["heic in tiles"]()

    answer = send(SimpleUploadedFile("a.heic", heic), SimpleUploadedFile("b.jpg", b"%PDF-1.7"))

    assert answer.status_code == 422
    assert answer.context["form"].errors["photos"] == [
        "b.jpg：收到的是 PDF 文件。可用的照片：JPEG（动态照片、一张里有几幅的也可以）、HEIC、AVIF、PNG、WebP，至多 100 MB。"
    ]
    assert len(answer.context["kept_photos"]) == 1
    assert original_file(sha256_of(heic)).exists()


def test_chooser_offers_the_kinds_that_a_desk_does_not_know_for_pictures(browse, inspector, school):
    shown = browse(inspector).get(f"/visits/new/?institution={school.pk}").content.decode()

    assert 'accept="image/*,.heic,.heif,.avif"' in shown
