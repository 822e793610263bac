"""What a picture costs: measured in a process of its own, as the system counts it (getrusage)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from django.conf import settings
from PIL import Image

from inspections.decoding.decode import MEMORY, MOST_PIXELS, MOST_PROGRESSIVE
from inspections.decoding.limits import REFUSED
from inspections.pictures import HERE_BYTES, HERE_PIXELS
from tests.inspections.phone_pictures import large, saved

MB = 1024 * 1024
BESIDE = 160 * MB  # interpreter and libraries

# Reads a picture as the server does, and says what it took here and in the child.
MEASURED = """
import json, resource, sys
import django
django.setup()
from pathlib import Path
from inspections.pictures import opened
from inspections.decoding import decode
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = opened(Path(sys.argv[1])).size
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"size": size, "here": (after - before) * 1024, "child": child * 1024}))
"""


def measured(place: Path, data: bytes) -> dict:
    """The size of the copy people see, and bytes of memory: added here, and in all of the child."""
    place.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(place)], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    return json.loads(done.stdout)


def grainy(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Unlike a picture of one colour it is no smaller in a decoder than another."""
    grain = numpy.random.default_rng(1).integers(0, 255, (height // 64, width // 64, len(mode)), dtype=numpy.uint8)
    return Image.fromarray(grain).resize((width, height))


def test_200_megapixels_take_less_than_a_tenth_of_a_gigabyte(tmp_path):
    taken = measured(tmp_path / "photo", large(16_320, 12_240))

    assert taken["size"] == [1600, 1200]
    assert taken["here"] + taken["child"] <= 100 * MB


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG"])
def test_picture_that_is_decoded_in_the_server_stays_within_its_bound(tmp_path, kind):
    width, height = 3_264, 2_448  # all but HERE_PIXELS
    picture = grainy(width, height, "RGBA" if kind == "PNG" else "RGB")
    given = {"progressive": kind == "progressive", "subsampling": 0} if kind != "PNG" else {"compress_level": 1}

    taken = measured(tmp_path / "photo", saved(picture, "PNG" if kind == "PNG" else "JPEG", **given))

    assert width * height <= HERE_PIXELS < width * height * 1.01
    assert taken["child"] == 0
    assert taken["here"] <= HERE_BYTES


# Bytes for each pixel that decode.MOST_PIXELS counts with.
A_PIXEL = {"HEIC": 12, "WEBP": 15, "AVIF": 15, "PNG": 9, "progressive": 8}


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("HEIC", {"quality": 40, "enc_params": {"preset": "ultrafast"}}),
        ("HEIC", {"quality": 40, "enc_params": {"preset": "ultrafast"}, "tile_size": 512}),
        ("HEIC", {"quality": 40, "enc_params": {"preset": "ultrafast"}, "chroma": 444}),
        ("WEBP", {"quality": 40, "method": 0}),
        ("AVIF", {"quality": 40, "speed": 10, "subsampling": "4:4:4"}),
        ("PNG", {"compress_level": 1}),
        ("progressive", {"progressive": True, "subsampling": 0}),
    ],
)
def test_largest_picture_of_each_kind_fits_into_the_memory_of_the_child(tmp_path, kind, given):
    width, height = 3_584, 2_688  # more than HERE_PIXELS
    picture = grainy(width, height, "RGB" if kind in ("HEIC", "AVIF", "progressive") else "RGBA")
    saved_as = {"HEIC": "HEIF", "progressive": "JPEG"}.get(kind, kind)

    taken = measured(tmp_path / "photo", saved(picture, saved_as, **given))

    assert taken["child"] <= BESIDE + A_PIXEL[kind] * width * height
    most = MOST_PIXELS.get(kind, MOST_PROGRESSIVE)
    assert BESIDE + A_PIXEL[kind] * most <= MEMORY


def test_child_that_would_need_more_is_stopped_by_the_system(tmp_path):
    """The bound is the system's, whatever a file says of its size: here it is set to less than a picture needs."""
    place = tmp_path / "photo"
    place.write_bytes(saved(Image.new("RGB", (8_000, 8_000)), "PNG", compress_level=1))
    child = "from inspections.decoding import decode; decode.MEMORY = 200 * 1024 * 1024; "
    child += "import runpy; runpy.run_module('inspections.decoding', run_name='__main__')"

    with place.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-c", child, "1600"], stdin=file, cwd=settings.BASE_DIR, capture_output=True, check=False
        )

    assert (done.returncode, done.stdout) == (REFUSED, b"damaged 0 0")
