"""Photos: named by their SHA-256, the original kept as evidence, people see a re-encoded copy without metadata.

The bytes are on stable storage (temporary file, fsync, rename, fsync of the folder) before the row says so.
"""

import base64
import contextlib
import hashlib
import io
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from inspections.decoding.kinds import HEAD, kind_of
from inspections.pictures import shown_copy

SHA256 = re.compile(r"^[0-9a-f]{64}$")
CHUNK = 1024 * 1024  # bytes read at once
# Pixels of the longer side: in a row of photos, beside another to be compared, and both on a screen twice as fine.
THUMBNAIL_EDGES = (240, 480, 960)


def original_file(sha256: str) -> Path:
    return _place("photos/originals", sha256)


def display_file(sha256: str) -> Path:
    """The JPEG people see: upright, at most 1600 pixels, no metadata."""
    return _place("photos/display", sha256).with_suffix(".jpg")


def is_stored(sha256: str) -> bool:
    if not SHA256.match(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    folder, name = f"{settings.DATA_DIR}/photos", f"{sha256[:2]}/{sha256}"  # asked of each photo that is announced
    return os.path.exists(f"{folder}/originals/{name}") and os.path.exists(f"{folder}/display/{name}.jpg")


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for some in iter(lambda: file.read(CHUNK), b""):
        digest.update(some)
    return digest.hexdigest()


def suffix_of(file: IO[bytes]) -> str:
    """How the name of such a picture ends, by what it is; the file is at its beginning afterwards."""
    file.seek(0)
    kind = kind_of(file.read(HEAD))
    file.seek(0)
    return {"JPEG": "jpg"}.get(kind, kind.lower())


def store_photo(sha256: str, data: bytes | IO[bytes]) -> None:
    """Check and keep a photo, its bytes or a file that can be read again; doing it again changes nothing.

    Raises Invalid when the hash differs, the file is too large, or it is no picture of an accepted kind.
    """
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    if file.seek(0, os.SEEK_END) > settings.PHOTO_MAX_BYTES:
        limit = settings.PHOTO_MAX_BYTES // 1024 // 1024
        raise Invalid({"photo": [_("照片超过 %(limit)s MB。") % {"limit": limit}]})
    actual = sha256_of_file(file)
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
    display = shown_copy(file)
    _keep(original_file(sha256), file)
    _keep(display_file(sha256), io.BytesIO(display))


def make_display_again(sha256: str) -> None:
    """The copy people see, of an original that was accepted before."""
    with original_file(sha256).open("rb") as file:
        _keep(display_file(sha256), io.BytesIO(shown_copy(file)))


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
        _keep(kept, io.BytesIO(made))
    return made


def preview(sha256: str) -> str:
    """A stored photo small enough to be written into a page: a data: address of a JPEG."""
    return f"data:image/jpeg;base64,{base64.b64encode(thumbnail(sha256, THUMBNAIL_EDGES[0])).decode()}"


def _smaller(file: Path, edge: int) -> bytes:
    from PIL import Image

    from inspections.decoding.decode import encoded

    with Image.open(file) as picture:
        picture.draft("RGB", (edge, edge))
        picture.thumbnail((edge, edge))
        picture.info = {}
        return encoded(picture, quality=75)


def _place(kind: str, sha256: str) -> Path:
    if not SHA256.match(sha256):
        raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {sha256!r}")
    return Path(settings.DATA_DIR) / kind / sha256[:2] / sha256


def _keep(place: Path, given: IO[bytes]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    given.seek(0)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        try:
            shutil.copyfileobj(given, file, CHUNK)
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
