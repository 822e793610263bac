"""Tiles of a base map: asked of its provider when they are not kept here, bounded in size, time and number.

Nothing of a request goes to the provider but z, x and y: no cookie, no address, no name. The URL comes from the
settings alone and no redirect is followed.
"""

import hashlib
import json
import os
import tempfile
import threading
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from mapping.basemaps import Basemap

TILE_PIXELS = 256
MOST_PIXELS = 1024
MOST_BYTES = 2 * 1024 * 1024  # of one tile as its provider sends it
FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]
TRIMMED_EVERY = 100  # tiles written by a process
TRIMMED_TO = 0.9
PROBLEM_SAID_S = 300
AT_ONCE = 2  # threads of a process that wait for a provider; the others have pages and phones to answer
BUSY = "busy"
RESTS_S = 30  # that a provider who did not answer is not asked again
AGENT = "inspections-tile-proxy"


class NoTile(Exception):
    """The provider gave none; `reason` is what `_says` puts into words, or BUSY: it was not asked, and may be soon."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Tile:
    content: bytes
    content_type: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def _says(reason: str) -> str:
    return {
        "timeout": _("底图服务没有按时答复，暂以空白代替。"),
        "unreachable": _("连不上底图服务，暂以空白代替。"),
        "refused": _("底图服务拒绝了请求，请系统管理员核对密钥和配额；暂以空白代替。"),
        "failed": _("底图服务出错，暂以空白代替。"),
        "no_image": _("底图服务给的不是图片，请系统管理员核对地址和密钥；暂以空白代替。"),
    }[reason]


def tile_of(basemap: Basemap, z: int, x: int, y: int) -> Tile:
    """A tile that is kept and fresh, else as the provider has it now; an old one where the provider fails. Raises
    NoTile with nothing to show."""
    place = _place(basemap, z, x, y)
    kept = _read(place)
    if kept is not None and kept[1].get("fresh_until", 0) > time.time():
        return kept[0]
    try:
        tile, told = _asked(basemap, z, x, y, kept)
    except NoTile as problem:
        if problem.reason != BUSY:  # which is ours, and over in a second
            note_problem(basemap, problem.reason)
        if kept is not None:
            return kept[0]
        raise
    _write(place, tile, told)
    return tile


# --- Asking the provider


class _Allowance:
    """So many requests a second, saved up for two seconds at most; for all threads of a process."""

    def __init__(self) -> None:
        self.lock, self.left, self.at = threading.Lock(), 0.0, 0.0

    def take(self, count: int) -> bool:
        with self.lock:
            now, most = time.monotonic(), max(2 * settings.BASEMAP_PER_SECOND, 2.0)
            self.left = min(most, self.left + (now - self.at) * settings.BASEMAP_PER_SECOND) if self.at else most
            self.at = now
            if self.left < count:
                return False
            self.left -= count
            return True


_allowance = _Allowance()
_waiting = threading.BoundedSemaphore(AT_ONCE)
_rests_until: dict[str, float] = {}  # by base map


def _asked(
    basemap: Basemap, z: int, x: int, y: int, kept: tuple[Tile, dict[str, Any]] | None
) -> tuple[Tile, dict[str, Any]]:
    urls = basemap.urls(z, x, y)
    if not _allowance.take(len(urls)):
        raise NoTile(BUSY)
    # Several layers are one picture here, of which no provider knows whether it has changed.
    validators = kept[1].get("validators", {}) if kept is not None and len(urls) == 1 else {}
    answers = _waited_for(basemap, urls, validators)
    told = {"fresh_until": time.time() + settings.BASEMAP_CACHE_DAYS * 86_400, "validators": answers[0][1]}
    if answers[0][0] is None and kept is not None:
        return kept[0], told | {"validators": validators}
    return _drawn([content for content, _validators in answers if content is not None]), told


def _waited_for(
    basemap: Basemap, urls: list[str], validators: dict[str, str]
) -> list[tuple[bytes | None, dict[str, str]]]:
    """What the provider answers, without letting it hold up the server: by few threads, and not while it rests."""
    if time.monotonic() < _rests_until.get(basemap.key, 0):
        raise NoTile("unreachable")
    if not _waiting.acquire(blocking=False):
        raise NoTile(BUSY)
    try:
        return [_fetched(url, validators) for url in urls]
    except NoTile as problem:
        if problem.reason in ("timeout", "unreachable"):
            _rests_until[basemap.key] = time.monotonic() + RESTS_S
        raise
    finally:
        _waiting.release()


def _fetched(url: str, validators: dict[str, str]) -> tuple[bytes | None, dict[str, str]]:
    """The bytes, None when they have not changed; with what to ask by next time. Raises NoTile."""
    import requests
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    timeout = settings.BASEMAP_TIMEOUT_S
    deadline = time.monotonic() + timeout
    try:
        answer = requests.get(
            url, headers={"User-Agent": AGENT, "Accept": "image/*"} | validators, timeout=timeout, stream=True,
            allow_redirects=False,
        )  # fmt: skip
        with answer:
            if answer.status_code == 304 and validators:
                return None, validators
            if answer.status_code in (401, 403, 418, 429):
                raise NoTile("refused")
            if answer.status_code != 200:
                raise NoTile("failed")
            if not answer.headers.get("Content-Type", "").lower().startswith("image/"):
                raise NoTile("no_image")
            content = bytearray()
            while block := answer.raw.read1(1 << 14, decode_content=True):  # what is there, however little
                content += block
                if len(content) > MOST_BYTES:
                    raise NoTile("no_image")
                if time.monotonic() > deadline:
                    raise NoTile("timeout")
    except (requests.Timeout, ReadTimeoutError):
        raise NoTile("timeout") from None
    except (requests.RequestException, HTTPError):  # the latter in the middle of a body
        raise NoTile("unreachable") from None
    asked_by = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    return bytes(content), {ask: answer.headers[name] for name, ask in asked_by.items() if name in answer.headers}


def _drawn(layers: list[bytes]) -> Tile:
    """Decoded and, where there are several, drawn over each other. Raises NoTile for what is no picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        pictures = []
        for content in layers:
            picture = Image.open(BytesIO(content), formats=FORMATS)
            if max(picture.size) > MOST_PIXELS:
                raise NoTile("no_image")
            picture.load()
            pictures.append(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NoTile("no_image") from None
    if len(pictures) == 1:
        return Tile(layers[0], Image.MIME[pictures[0].format or "PNG"])
    whole = pictures[0].convert("RGBA")
    for above in pictures[1:]:
        whole.alpha_composite(above.convert("RGBA").resize(whole.size))
    written = BytesIO()
    if pictures[0].format == "JPEG":
        whole.convert("RGB").save(written, "JPEG", quality=85)
        return Tile(written.getvalue(), "image/jpeg")
    whole.convert("RGB").quantize(128).save(written, "PNG", optimize=True)
    return Tile(written.getvalue(), "image/png")


# --- Keeping


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "tiles"


def _place(basemap: Basemap, z: int, x: int, y: int) -> Path:
    """A base map with other settings has other tiles; the key is in no path."""
    of = hashlib.sha256("\n".join(basemap.layers).encode()).hexdigest()[:8]
    name = f"{z}-{x}-{y}"  # in few folders, which stay when the tiles go
    return _folder() / f"{basemap.key}-{of}" / hashlib.sha256(name.encode()).hexdigest()[:2] / f"{name}.tile"


def _read(place: Path) -> tuple[Tile, dict[str, Any]] | None:
    """A line of JSON, then the picture."""
    try:
        head, content = place.read_bytes().split(b"\n", 1)
        told: dict[str, Any] = json.loads(head)
        return Tile(content, told["content_type"]), told
    except (OSError, ValueError, KeyError):
        return None


_written = 0


def _write(place: Path, tile: Tile, told: dict[str, Any]) -> None:
    """Whole or not at all; a disk that is full only means that the tile is asked for again."""
    global _written
    head = json.dumps(told | {"content_type": tile.content_type}).encode()
    written = ""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            written = file.name
            file.write(head + b"\n" + tile.content)
        os.replace(written, place)
    except OSError:
        if written:
            Path(written).unlink(missing_ok=True)
        return
    _written += 1
    if _written % TRIMMED_EVERY == 1:
        trim(settings.BASEMAP_CACHE_MB * 1024 * 1024)


def trim(most_bytes: int) -> None:
    """Take away the tiles written longest ago until what is kept is a tenth below the bound, if it is above it."""
    found = []
    for path in _folder().rglob("*.tile"):
        try:
            stat = path.stat()
        except OSError:
            continue  # another process was quicker
        found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _at, size, _path in found)
    if total <= most_bytes:
        return
    for _at, size, path in sorted(found):
        path.unlink(missing_ok=True)
        total -= size
        if total <= most_bytes * TRIMMED_TO:
            return


# --- What is wrong with the provider


def _problem_file(basemap: Basemap) -> Path:
    return _folder() / f"{basemap.key}.problem"


def note_problem(basemap: Basemap, reason: str) -> None:
    """For the page, whichever process it is made by."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        _problem_file(basemap).write_text(reason)
    except OSError:
        return


def problem_of(basemap: Basemap) -> str:
    """A sentence while the last failure is minutes ago; "" else."""
    file = _problem_file(basemap)
    try:
        recent = time.time() - file.stat().st_mtime < PROBLEM_SAID_S
        return _says(file.read_text()) if recent else ""
    except (OSError, KeyError):
        return ""
