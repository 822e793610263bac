"""Photos: named by their SHA-256, the original kept as evidence, people see a re-encoded copy without metadata.

The bytes are on stable storage (temporary file, fsync, rename, fsync of the folder) before the row says so.
"""

import base64
import contextlib
import hashlib
import io
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Invalid

if TYPE_CHECKING:  # a visit without a photo does not load the library
    from PIL.Image import Image

SHA256 = re.compile(r"^[0-9a-f]{64}$")
MAX_PIXELS = 50_000_000
DISPLAY_EDGE = 1600  # pixels of the longer side that people see
THUMBNAIL_EDGES = (240, 480)  # pixels of the longer side: in a row of photos, and beside another to be compared
ACCEPTED = {"JPEG", "PNG", "WEBP", "MPO"}


def original_file(sha256: str) -> Path:
    return _place("photos/originals", sha256)


def display_file(sha256: str) -> Path:
    """The JPEG people see: upright, at most 1600 pixels, no metadata."""
    return _place("photos/display", sha256).with_suffix(".jpg")


def is_stored(sha256: str) -> bool:
    return original_file(sha256).exists() and display_file(sha256).exists()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def store_photo(sha256: str, data: bytes) -> None:
    """Check and keep the bytes of a photo; doing it again changes nothing.

    Raises Invalid when the hash differs, the file is too large, or it is no picture of an accepted kind.
    """
    if len(data) > settings.PHOTO_MAX_BYTES:
        limit = settings.PHOTO_MAX_BYTES // 1024 // 1024
        raise Invalid({"photo": [_("照片超过 %(limit)s MB。") % {"limit": limit}]})
    actual = sha256_of(data)
    if actual != sha256:
        raise Invalid(
            {
                "photo": [
                    _("照片内容的 SHA-256 是 %(actual)s，与所给的 %(given)s 不符，请重新上传。")
                    % {"actual": actual, "given": sha256}
                ]
            }
        )
    if is_stored(sha256):
        return
    display = _re_encoded(data)
    _keep(original_file(sha256), data)
    _keep(display_file(sha256), display)


def make_display_again(sha256: str, data: bytes) -> None:
    """The copy people see, of an original that was accepted before."""
    _keep(display_file(sha256), _re_encoded(data))


def thumbnail_file(sha256: str, edge: int) -> Path:
    """Where a small copy is kept: beside the photos and not among them, for it can be made again."""
    return _place(f"thumbnails/{edge}", sha256).with_suffix(".jpg")


def thumbnail(sha256: str, edge: int) -> bytes:
    """The JPEG of a stored photo with a longer side of at most `edge` pixels: made once for each size and kept.

    Raises FileNotFoundError for a photo that is not stored. On a full disk it is made and not kept.
    """
    kept = thumbnail_file(sha256, edge)
    try:
        return kept.read_bytes()
    except OSError:
        made = _smaller(display_file(sha256), edge)
    with contextlib.suppress(OSError):
        _keep(kept, made)
    return made


def preview(sha256: str) -> str:
    """A stored photo small enough to be written into a page: a data: address of a JPEG."""
    return f"data:image/jpeg;base64,{base64.b64encode(thumbnail(sha256, THUMBNAIL_EDGES[0])).decode()}"


def _smaller(file: Path, edge: int) -> bytes:
    from PIL import Image

    encoded = io.BytesIO()
    with Image.open(file) as picture:
        picture.draft("RGB", (edge, edge))
        picture.thumbnail((edge, edge))
        picture.save(encoded, "JPEG", quality=75)
    return encoded.getvalue()


def _re_encoded(data: bytes) -> bytes:
    """Decode and encode again: what is not a picture does not survive, nor does its metadata."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.format not in ACCEPTED or picture.width * picture.height > MAX_PIXELS:
                raise ValueError(f"{picture.format} {picture.size}")
            picture.draft("RGB", (DISPLAY_EDGE, DISPLAY_EDGE))
            picture.load()  # a PNG may say how it lies after its pixels
            upright = _upright(picture).convert("RGB")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as problem:
        raise Invalid({"photo": [_("这不是可用的照片（可用：JPEG、PNG、WebP，至多 5000 万像素）。")]}) from problem
    upright.thumbnail((DISPLAY_EDGE, DISPLAY_EDGE))
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=85, optimize=True)
    return encoded.getvalue()


def _upright(picture: "Image") -> "Image":
    """As the camera was held. Of the metadata only this one tag is read: it need not be sound to be taken."""
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
    turn = turns.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    return picture if turn is None else picture.transpose(turn)


def _place(kind: str, sha256: str) -> Path:
    if not SHA256.match(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    return Path(settings.DATA_DIR) / kind / sha256[:2] / sha256


def _keep(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, place)
        except OSError:  # a full disk, say: nothing half written stays behind
            os.unlink(file.name)
            raise
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
