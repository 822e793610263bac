"""A picture as a phone made it -> upright, in sRGB, of a bounded size. Without Django: a child process begins at once.

Each kind is opened by its own reader, never by what Pillow guesses: of a JPEG that holds several pictures the first is
the photograph, whatever its index says of the others, and no small picture is shown in the place of the large one.
"""

import io
import struct
from typing import IO, TYPE_CHECKING

from inspections.decoding.kinds import HEAD, USABLE, kind_of

if TYPE_CHECKING:
    from PIL.Image import Exif, Image, Transpose
    from PIL.ImageFile import ImageFile

MEMORY = 1024 * 1024 * 1024  # bytes of address space that a decoder of a large picture has
# As many as fit beside 160 MB of interpreter and libraries. Bytes for each pixel while it is decoded, at most
# (tests/inspections/test_picture_memory.py): HEIC 12, WebP and AVIF 15, PNG 9. A JPEG is made smaller while it is read
# and needs next to nothing; only of one that comes in several scans all is kept until the last: 8 bytes.
MOST_PIXELS = {"JPEG": 250_000_000, "PNG": 90_000_000, "HEIC": 70_000_000, "WEBP": 55_000_000, "AVIF": 55_000_000}
MOST_PROGRESSIVE = 100_000_000


class Refused(Exception):
    """No usable picture: `why` is what it is instead (kinds.py), or "large" or "damaged"; `size` in pixels if known."""

    def __init__(self, why: str, size: tuple[int, int] = (0, 0)):
        super().__init__(why, size)
        self.why, self.size = why, size


def opened(file: IO[bytes]) -> "ImageFile":
    """The picture of a file with its size, its pixels not read yet. Raises Refused, also for one that is too large."""
    file.seek(0)
    kind = kind_of(head := file.read(HEAD))
    file.seek(0)
    if kind not in USABLE:
        raise Refused(kind)
    if kind == "WEBP":  # its reader makes room for the picture at once
        _check(_size_of_webp(head), MOST_PIXELS["WEBP"])
    try:
        picture = _reader(kind)(file)
    except DAMAGED as problem:
        raise Refused("damaged") from problem
    _check(picture.size, MOST_PROGRESSIVE if picture.info.get("progressive") else MOST_PIXELS[kind])
    return picture


def _check(size: tuple[int, int], most: int) -> None:
    if size[0] * size[1] > most:
        raise Refused("large", size)


def _size_of_webp(head: bytes) -> tuple[int, int]:
    """Of its canvas, or of its only picture with loss or without (RFC 9649)."""
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


DAMAGED = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, RuntimeError, MemoryError, struct.error)


def _reader(kind: str) -> "type[ImageFile]":
    from PIL import AvifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    if kind == "HEIC":
        import pillow_heif

        # A preview that is in the file shows what it likes; threads have memory of their own.
        pillow_heif.options.THUMBNAILS = pillow_heif.options.DEPTH_IMAGES = pillow_heif.options.AUX_IMAGES = False
        pillow_heif.options.DECODE_THREADS = 1
        return pillow_heif.HeifImageFile
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    readers: dict[str, type[ImageFile]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "AVIF": AvifImagePlugin.AvifImageFile,
    }
    return readers[kind]


def reduced(picture: "ImageFile", edge: int) -> "Image":
    """Upright RGB in sRGB with a longer side of at most `edge` pixels and nothing else in it. Raises Refused."""
    size = picture.size
    scale = edge / max(size)
    try:
        if picture.format == "JPEG" and scale < 1:
            picture.draft(None, (max(1, int(size[0] * scale)), max(1, int(size[1] * scale))))
        picture.load()  # a PNG may say how it lies after its pixels
        turn = _turn(picture)
        smaller = _plain(picture)
        smaller.thumbnail((edge, edge))
        smaller = _in_srgb(_on_white(smaller), picture.info.get("icc_profile"))
    except DAMAGED as problem:
        raise Refused("damaged") from problem
    upright = smaller if turn is None else smaller.transpose(turn)
    upright.info = {}
    return upright


def encoded(picture: "Image", quality: int = 85) -> bytes:
    """As a JPEG without metadata."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()


def _plain(picture: "Image") -> "Image":
    """In a mode that can be made smaller and keeps its brightness: 16 bits of grey are not cut off at 255."""
    if picture.mode.startswith("I"):
        return picture.point(lambda level: level / 256).convert("L")
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if picture.mode in ("L", "RGB") and picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture
    return picture.convert("RGB")


def _on_white(picture: "Image") -> "Image":
    """As on paper where it is transparent."""
    from PIL import Image

    if picture.mode not in ("LA", "RGBA"):
        return picture
    sheet = Image.new("RGB", picture.size, "white")
    sheet.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return sheet


def _in_srgb(picture: "Image", profile: bytes | None) -> "Image":
    """By the profile in the file, where it has a usable one: a phone's Display P3 would be dull, CMYK too bright."""
    from PIL import ImageCms

    if profile:
        try:
            given, ours = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, given, ours, outputMode="RGB") or picture.convert("RGB")
        except (ImageCms.PyCMSError, *DAMAGED):
            pass
    return picture.convert("RGB")


def _turn(picture: "Image") -> "Transpose | None":
    """What sets it as the camera was held. Of the metadata only this one tag is read: it need not be sound to be
    taken."""
    from PIL import ExifTags
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        exif: Exif = picture.getexif()
        return turns.get(exif.get(ExifTags.Base.Orientation, 1))
    except DAMAGED:
        return None
