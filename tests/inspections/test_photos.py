"""Photos: named by their hash, the original kept, a clean copy shown, the row before the bytes or after."""

import io
import struct

import pytest
from PIL import Image

from accounts.errors import Invalid
from accounts.models import AuditRow
from inspections.actions import NewFinding, NewPhoto, receipt_of, receive_photo, record_visit
from inspections.models import Photo, Visit
from inspections.photos import display_file, original_file, sha256_of
from tests.factories import NEXT_TO_LIUSHI, at, institution, picture, sent_visit


@pytest.fixture
def visit_with(inspector):
    """A stored visit that lists the photos given as (slot, sha256)."""
    school = institution()

    def visit(*photos: tuple[int, str], received="2018-10-01") -> Visit:
        receipt = record_visit(
            sent_visit(
                school, findings=[NewFinding("T01")],
                photos=[NewPhoto(sha256, slot, finding="T01") for slot, sha256 in photos],
            ),
            by=inspector, received_at=at(received),
        )  # fmt: skip
        return Visit.objects.get(pk=receipt.id)

    return visit


def refused(visit: Visit, by, sha256: str, data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        receive_photo(visit, sha256=sha256, data=data, by=by)
    assert refusal.value.status == 422
    assert list(refusal.value.errors) == ["photo"]
    assert not Photo.objects.filter(stored_at__isnull=False).exists()
    return refusal.value.message


def test_photo_is_missing_until_its_bytes_arrive(visit_with, inspector):
    first, second = picture("red"), picture("blue")
    visit = visit_with((1, sha256_of(first)), (2, sha256_of(second)))
    before = receipt_of(visit)

    half = receive_photo(visit, sha256=sha256_of(first), data=first, by=inspector)
    whole = receive_photo(visit, sha256=sha256_of(second), data=second, by=inspector)

    assert (before.evidence, before.missing_photos) == ("incomplete", [sha256_of(first), sha256_of(second)])
    assert (half.evidence, half.missing_photos) == ("incomplete", [sha256_of(second)])
    assert (whole.evidence, whole.missing_photos) == ("complete", [])
    assert original_file(sha256_of(first)).read_bytes() == first


def test_photo_sent_twice_is_stored_once(visit_with, inspector):
    data = picture()
    visit = visit_with((1, sha256_of(data)))

    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector, at=at("2018-10-02"))
    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector, at=at("2018-10-03"))

    assert Photo.objects.get().stored_at == at("2018-10-02")
    assert AuditRow.objects.filter(action="photo.stored").count() == 1


def test_same_picture_in_two_slots_arrives_once(visit_with, inspector):
    data = picture()
    visit = visit_with((1, sha256_of(data)), (2, sha256_of(data)))
    assert receipt_of(visit).missing_photos == [sha256_of(data)]

    receipt = receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)

    assert receipt.evidence == "complete"
    assert list(visit.photos.order_by("slot").values_list("slot", "finding__type")) == [(1, "T01"), (2, "T01")]


def test_picture_known_from_another_visit_needs_no_bytes(visit_with, inspector):
    data = picture()
    receive_photo(visit_with((1, sha256_of(data))), sha256=sha256_of(data), data=data, by=inspector)

    again = visit_with((1, sha256_of(data)), received="2018-10-05")

    assert receipt_of(again).evidence == "complete"
    assert again.photos.get().stored_at == at("2018-10-05")


def test_wrong_hash_is_refused_with_the_right_one(visit_with, inspector):
    data, other = picture("red"), picture("blue")
    visit = visit_with((1, sha256_of(data)))

    message = refused(visit, inspector, sha256_of(data), other)

    assert sha256_of(other) in message
    assert not original_file(sha256_of(data)).exists()


def test_photo_the_visit_does_not_list_is_refused(visit_with, inspector):
    data = picture()

    refused(visit_with(), inspector, sha256_of(data), data)


def hostile() -> dict[str, bytes]:
    gif = io.BytesIO()
    Image.new("P", (2, 2)).save(gif, "GIF")
    return {
        "nothing": b"",
        "text": b"<script>alert(1)</script>",
        "half a jpeg": picture(size=(400, 300))[:200],
        "a jpeg in name only": b"\xff\xd8\xff\xe0" + b"<script>" * 50,
        "gif": gif.getvalue(),
        "too many pixels": _bomb(),
    }


def _bomb() -> bytes:
    """A PNG that says it is 60,000 × 60,000 in its header."""
    png = io.BytesIO()
    Image.new("1", (1, 1)).save(png, "PNG")
    data = bytearray(png.getvalue())
    import struct
    import zlib

    data[16:24] = struct.pack(">II", 60_000, 60_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize("name", hostile())
def test_what_is_no_usable_picture_is_refused(visit_with, inspector, name):
    data = hostile()[name]

    refused(visit_with((1, sha256_of(data))), inspector, sha256_of(data), data)


def test_photo_that_is_too_large_is_refused(visit_with, inspector, settings):
    settings.PHOTO_MAX_BYTES = 500
    data = picture(size=(400, 300))

    refused(visit_with((1, sha256_of(data))), inspector, sha256_of(data), data)


def test_copy_people_see_has_no_metadata_and_no_script(visit_with, inspector):
    exif = Image.Exif()
    exif[0x010E] = "principal's name"  # ImageDescription
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    data = picture(exif=exif) + b"<script>alert(1)</script>"
    visit = visit_with((1, sha256_of(data)))

    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)

    with Image.open(display_file(sha256_of(data))) as seen:
        assert (seen.format, dict(seen.getexif()), seen.info.get("comment")) == ("JPEG", {}, None)
    assert b"script" not in display_file(sha256_of(data)).read_bytes()
    assert original_file(sha256_of(data)).read_bytes() == data  # the evidence stays as it came


def test_copy_people_see_is_upright_and_at_most_1600_pixels(visit_with, inspector):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: rotated by 90°
    data = picture(size=(3200, 1000), exif=exif)
    visit = visit_with((1, sha256_of(data)))

    receive_photo(visit, sha256=sha256_of(data), data=data, by=inspector)

    with Image.open(display_file(sha256_of(data))) as seen:
        assert seen.size == (500, 1600)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63, ""])
def test_name_that_is_no_hash_never_becomes_a_path(name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        original_file(name)


# Numbers written as text, as some cameras do; Pillow cannot write such a tag back.
ODD_TAGS = {"ResolutionUnit": (0x0128, 2, 2, b"2\0\0\0"), "Interoperability": (0xA005, 11, 1, b"\x3f\x80\0\0")}


@pytest.mark.parametrize("odd", ODD_TAGS)
def test_sound_picture_with_an_odd_tag_is_taken_and_upright(visit_with, inspector, odd):
    tags = [(0x0112, 3, 1, b"\0\6\0\0"), ODD_TAGS[odd]]  # Orientation 6: rotated by 90°
    directory = struct.pack(">H", 2) + b"".join(struct.pack(">HHI4s", *tag) for tag in tags) + bytes(4)
    data = picture(size=(40, 30), exif=b"Exif\0\0MM\0*" + struct.pack(">I", 8) + directory)

    receive_photo(visit_with((1, sha256_of(data))), sha256=sha256_of(data), data=data, by=inspector)

    with Image.open(display_file(sha256_of(data))) as seen:
        assert seen.size == (30, 40)


def test_picture_of_a_visit_out_of_sight_is_missing_until_its_bytes_are_shown(visit_with, inspector, outsider):
    data = picture()
    receive_photo(visit_with((1, sha256_of(data))), sha256=sha256_of(data), data=data, by=inspector)

    sent = sent_visit(
        institution(NEXT_TO_LIUSHI), findings=[NewFinding("T01")], photos=[NewPhoto(sha256_of(data), 1, finding="T01")]
    )
    receipt = record_visit(sent, by=outsider, received_at=at("2018-10-05"))

    assert receipt.missing_photos == [sha256_of(data)]
