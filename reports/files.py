"""Files of submitted reports: kept under DATA_DIR by their SHA-256, on stable storage before a row names them."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

KIND = "reports"  # the folder under DATA_DIR; inspections/backup takes what lies in it along
CHUNK = 1024 * 1024  # bytes read at once


def kept_file(sha256: str) -> Path:
    return Path(settings.DATA_DIR) / KIND / sha256[:2] / sha256


def keep(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a file from its pieces, (SHA-256, bytes); one that is there already is left as it is.

    Temporary file, fsync, rename, fsync of the folder: whoever reads the row afterwards finds the file.
    """
    folder = Path(settings.DATA_DIR) / KIND
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            place = kept_file(digest.hexdigest())
            place.parent.mkdir(exist_ok=True)
            os.replace(file.name, place)
        except BaseException:  # a full disk, say: nothing half written stays behind
            with contextlib.suppress(FileNotFoundError):
                os.unlink(file.name)
            raise
    for each in (place.parent, folder):
        _sync(each)
    return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
