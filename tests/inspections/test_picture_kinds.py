"""Pictures of every kind a phone makes, through the API: kept byte for byte, shown upright, in sRGB, without metadata."""

import io

import pytest
from PIL import Image

from inspections.actions import NewPhoto
from inspections.models import Visit
from inspections.photos import display_file, original_file, sha256_of, thumbnail
from tests.inspections import phone_pictures
from tests.inspections.phone_pictures import CORNERS, GREYS, IN_COLOUR, IN_GREY, LARGE, SIZE

URL = "/api/v1/visits/{}/photos/{}/"


@pytest.fixture
def send(api, inspector, record):
    """`send(data)`: the answer to a photo of a visit that lists it."""

    def sent(data: bytes, kind: str = "image/jpeg"):
        visit = Visit.objects.get(pk=record(photos=[NewPhoto(sha256_of(data), 1)]).id)
        return api(inspector).put(URL.format(visit.pk, sha256_of(data)), data, content_type=kind)

    return sent


def seen(data: bytes) -> Image.Image:
    """The copy people see; it is a plain JPEG in RGB without anything beside its pixels."""
    copy = Image.open(display_file(sha256_of(data)))
    copy.load()
    assert (copy.format, copy.mode, dict(copy.getexif())) == ("JPEG", "RGB", {})
    assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return copy


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours a quarter of the way in from each corner, row by row."""
    places = [(across, down) for down in (1, 3) for across in (1, 3)]
    return [picture.getpixel((picture.width * x // 4, picture.height * y // 4)) for x, y in places]


def differs(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]]) -> int:
    """By how much of 255, where it is most."""
    return max(abs(one - other) for pair in zip(found, wanted, strict=True) for one, other in zip(*pair, strict=True))


@pytest.mark.parametrize("name", IN_COLOUR)
def test_picture_of_a_phone_is_kept_as_it_came_and_shown_upright(send, name):
    data = IN_COLOUR[name]()

    answer = send(data)

    assert (answer.status_code, answer.json()["missing_photos"]) == (200, [])
    assert original_file(sha256_of(data)).read_bytes() == data
    assert seen(data).size == SIZE
    assert differs(corners(seen(data)), list(CORNERS.values())) <= 12


@pytest.mark.parametrize("name", IN_GREY)
def test_grey_picture_keeps_its_brightness(send, name):
    data = IN_GREY[name]()

    assert send(data).status_code == 200

    assert differs(corners(seen(data)), [(grey,) * 3 for grey in GREYS.values()]) <= 4


@pytest.mark.parametrize("name", LARGE)
def test_picture_of_many_pixels_is_taken_and_shown_small(send, name):
    size = LARGE[name]
    data = phone_pictures.large(*size)

    assert send(data).status_code == 200

    assert max(seen(data).size) == 1600
    assert abs(seen(data).width / seen(data).height - size[0] / size[1]) < 0.01
    assert differs([seen(data).getpixel((800, 600))], [CORNERS["green"]]) <= 3
    assert max(Image.open(io.BytesIO(thumbnail(sha256_of(data), 240))).size) == 240


@pytest.mark.parametrize("kind", ["JPEG", "HEIF", "PNG"])
def test_colours_of_a_phone_screen_become_those_of_every_screen(send, kind):
    """Display P3 (0.784, 0.157, 0.157) at gamma 2.2 is sRGB (0.86, 0.04, 0.10): P3's red reaches further."""
    red = Image.new("RGB", SIZE, (200, 40, 40))
    data = phone_pictures.saved(red, kind, icc_profile=phone_pictures.display_p3())

    assert send(data).status_code == 200

    level = seen(data).getpixel((320, 240))
    assert level[0] >= 212
    assert level[1] <= 24


def test_transparent_picture_lies_on_white(send):
    data = phone_pictures.transparent()

    assert send(data, "image/png").status_code == 200

    assert seen(data).getpixel((10, 10)) == (255, 255, 255)
    assert differs([seen(data).getpixel((170, 130))], [CORNERS["red"]]) <= 8


def test_what_a_phone_calls_its_picture_does_not_matter(send):
    assert send(phone_pictures.saved(phone_pictures.scene(), "HEIF"), "application/octet-stream").status_code == 200
