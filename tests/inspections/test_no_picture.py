"""What is no picture is refused in words: what was received, and what is taken instead."""

import io
import struct
import zipfile
import zlib

import pytest
from django.utils import translation
from PIL import Image

from accounts.errors import Invalid
from inspections.decoding.decode import MOST_PIXELS, MOST_PROGRESSIVE, _size_of_webp
from inspections.photos import original_file, sha256_of, store_photo
from tests.inspections import phone_pictures
from tests.inspections.phone_pictures import VIDEO, saved, scene

TAKEN = "。可用的照片：JPEG（动态照片、一张里有几幅的也可以）、HEIC、AVIF、PNG、WebP，至多 100 MB。"
PIXELS = "。JPEG 至多 2.5 亿像素，渐进式的 1 亿，PNG 9000 万，HEIC 7000 万，AVIF 和 WebP 5500 万。"
DAMAGED = "收到的照片不完整或已损坏，解不开"


def archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("photo.jpg", saved(scene(), "JPEG"))
    return written.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of one pixel that says it is larger."""
    data = bytearray(saved(Image.new("1", (1, 1)), "PNG"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    canvas = (
        struct.pack("<4sII", b"VP8X", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas


def half(kind: str, **given) -> bytes:
    data = saved(scene((1280, 960)), kind, **given)
    return data[: len(data) // 2]


NO_PICTURE = {
    "nothing": (b"", "收到的是空文件"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "收到的是 PDF 文件"),
    "video": (VIDEO, "收到的是视频"),
    "old video": (b"RIFF\x10\0\0\0AVI LIST", "收到的是视频"),
    "page": (b"<!DOCTYPE html><script>alert(1)</script>", "收到的是网页（HTML）"),
    "script": (b"<script>alert(1)</script>", "收到的是网页（HTML）"),
    "drawing": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "收到的是 SVG 图形"),
    "text": ("照片明天补".encode(), "收到的是文本"),
    "zip": (archive(), "收到的是压缩包或 Office 文件"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "收到的是旧版 Office 文件"),
    "gif": (saved(scene().quantize(8), "GIF"), "收到的是 GIF 动图"),
    "bmp": (saved(scene(), "BMP"), "收到的是 BMP 位图"),
    "tiff": (saved(scene(), "TIFF"), "收到的是 TIFF 或相机原始格式（RAW、DNG）"),
    "bytes": (bytes(range(128, 256)) * 4, "收到的文件认不出是什么"),
    "half a jpeg": (half("JPEG", quality=95), DAMAGED),
    "half a progressive jpeg": (saved(scene(), "JPEG", progressive=True)[:700], DAMAGED),
    "half a png": (half("PNG"), DAMAGED),
    "half a heic": (half("HEIF"), DAMAGED),
    "half an avif": (half("AVIF", speed=10), DAMAGED),
    "half a webp": (half("WEBP"), DAMAGED),
    "a jpeg in name only": (b"\xff\xd8\xff\xe0" + b"<script>" * 50, DAMAGED),
    "a heic in name only": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"<script>" * 50, DAMAGED),
}
TOO_LARGE = {
    "png that claims to be": (claiming(60_000, 60_000), "60000 × 60000"),
    "jpeg": (phone_pictures.large(20_000, 16_000), "20000 × 16000"),
    "webp": (webp_claiming(16_000, 12_000), "16000 × 12000"),
}


@pytest.mark.parametrize("name", NO_PICTURE)
def test_what_is_no_picture_is_refused_by_what_it_is(name):
    data, said = NO_PICTURE[name]

    with pytest.raises(Invalid) as refusal:
        store_photo(sha256_of(data), data)

    assert refusal.value.errors == {"photo": [said + TAKEN]}
    assert not original_file(sha256_of(data)).exists()


@pytest.mark.parametrize("name", TOO_LARGE)
def test_picture_of_too_many_pixels_is_refused_with_their_number_before_it_is_decoded(name):
    data, size = TOO_LARGE[name]

    with pytest.raises(Invalid) as refusal:
        store_photo(sha256_of(data), data)

    assert refusal.value.errors == {"photo": [f"收到的照片像素太多：{size}{PIXELS}"]}


@pytest.mark.parametrize("given", [{"lossless": True}, {"lossless": False}, {"exif": phone_pictures.exif()}])
def test_size_of_a_webp_is_read_before_its_reader_begins(given):
    picture = saved(scene((321, 243)), "WEBP", **given)

    assert _size_of_webp(picture) == (321, 243)


def test_file_that_is_too_large_is_refused_before_it_is_looked_at(settings):
    settings.PHOTO_MAX_BYTES = 1024 * 1024
    data = b"%PDF-" + bytes(1024 * 1024)

    with pytest.raises(Invalid) as refusal:
        store_photo(sha256_of(data), data)

    assert refusal.value.errors == {"photo": ["照片超过 1 MB。"]}


def test_sentence_says_the_numbers_that_hold():
    assert MOST_PIXELS == {
        "JPEG": 250_000_000, "PNG": 90_000_000, "HEIC": 70_000_000, "WEBP": 55_000_000, "AVIF": 55_000_000
    }  # fmt: skip
    assert MOST_PROGRESSIVE == 100_000_000


def test_refusal_is_said_in_english_too():
    with translation.override("en"), pytest.raises(Invalid) as refusal:
        store_photo(sha256_of(b"%PDF-1.7"), b"%PDF-1.7")

    assert "PDF" in refusal.value.message
