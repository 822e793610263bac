"""Pictures as they come, and what people see of them: decoded here where they are small, else in a limited child.

A child has decode.MEMORY bytes of address space, and each process of the server one child at a time; what is decoded
here takes HERE_BYTES at most. What its decoder does, hangs or breaks stays with the child.
"""

import io
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from inspections.decoding import kinds
from inspections.decoding.limits import REFUSED, SECONDS

if TYPE_CHECKING:  # a visit without a photo does not load the library
    from PIL.Image import Image

    from inspections.decoding.decode import Refused

DISPLAY_EDGE = 1600  # pixels of the longer side that people see
HERE = ("JPEG", "PNG")  # whose readers need little before they know the size
HERE_PIXELS = 8_000_000  # a phone sends 5 million
HERE_BYTES = 128 * 1024 * 1024
WAIT_S = 2 * SECONDS

_one_at_a_time = threading.Lock()

TAKEN = gettext_lazy("可用的照片：JPEG（动态照片、一张里有几幅的也可以）、HEIC、AVIF、PNG、WebP，至多 %(most)s MB")
# As decode.MOST_PIXELS has it.
PIXELS = gettext_lazy("JPEG 至多 2.5 亿像素，渐进式的 1 亿，PNG 9000 万，HEIC 7000 万，AVIF 和 WebP 5500 万")
# What came instead of a photo.
INSTEAD = {
    "empty": gettext_lazy("收到的是空文件"),
    "pdf": gettext_lazy("收到的是 PDF 文件"),
    "zip": gettext_lazy("收到的是压缩包或 Office 文件"),
    "office": gettext_lazy("收到的是旧版 Office 文件"),
    "gif": gettext_lazy("收到的是 GIF 动图"),
    "bmp": gettext_lazy("收到的是 BMP 位图"),
    "tiff": gettext_lazy("收到的是 TIFF 或相机原始格式（RAW、DNG）"),
    "video": gettext_lazy("收到的是视频"),
    "svg": gettext_lazy("收到的是 SVG 图形"),
    "html": gettext_lazy("收到的是网页（HTML）"),
    "text": gettext_lazy("收到的是文本"),
    "unknown": gettext_lazy("收到的文件认不出是什么"),
    "damaged": gettext_lazy("收到的照片不完整或已损坏，解不开"),
    "large": gettext_lazy("收到的照片像素太多"),
}


def shown_copy(file: IO[bytes], edge: int = DISPLAY_EDGE) -> bytes:
    """The JPEG that people see of a picture: upright, in sRGB, a longer side of at most `edge` pixels, no metadata.

    Raises Invalid with what was received and what is taken instead.
    """
    from inspections.decoding import decode

    try:
        if _is_small(file):
            return decode.encoded(decode.reduced(decode.opened(file), edge))
        return _by_a_child(file, edge)
    except decode.Refused as refused:
        raise Invalid({"photo": [refusal(refused)]}) from refused


def opened(path: Path, edge: int = DISPLAY_EDGE) -> "Image":
    """A kept picture, original or copy, as people see it: upright RGB with a longer side of at most `edge` pixels.

    Raises FileNotFoundError, and Invalid for what is no picture.
    """
    from PIL import Image

    with path.open("rb") as file:
        return Image.open(io.BytesIO(shown_copy(file, edge)))


def _is_small(file: IO[bytes]) -> bool:
    from inspections.decoding import decode

    file.seek(0)
    kind = kinds.kind_of(file.read(kinds.HEAD))
    if kind in kinds.USABLE and kind not in HERE:
        return False
    picture = decode.opened(file)
    return picture.width * picture.height <= HERE_PIXELS


def _by_a_child(file: IO[bytes], edge: int) -> bytes:
    from inspections.decoding import decode

    command = [sys.executable, "-m", "inspections.decoding", str(edge)]
    with tempfile.TemporaryFile() as given, _one_at_a_time:
        file.seek(0)
        shutil.copyfileobj(file, given, 1024 * 1024)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 (our own interpreter and module)
                command,
                stdin=given,
                capture_output=True,
                cwd=settings.BASE_DIR,
                env={"MALLOC_ARENA_MAX": "1"},
                timeout=WAIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as problem:
            raise decode.Refused("damaged") from problem
    if done.returncode == 0:
        return done.stdout
    if done.returncode == REFUSED:
        why, width, height = done.stdout.decode().split()
        raise decode.Refused(why, (int(width), int(height)))
    raise decode.Refused("damaged")  # out of memory or of time, or its decoder broke down


def refusal(refused: "Refused") -> str:
    """What was received, and what is taken."""
    received = INSTEAD[refused.why]
    if refused.why != "large":
        taken = TAKEN % {"most": settings.PHOTO_MAX_BYTES // 1024 // 1024}
        return _("%(received)s。%(taken)s。") % {"received": received, "taken": taken}
    width, height = refused.size
    return _("%(received)s：%(width)s × %(height)s。%(taken)s。") % {
        "received": received,
        "width": width,
        "height": height,
        "taken": PIXELS,
    }
