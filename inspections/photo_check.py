"""Photos compared with their rows: every stored row has its file, every file its row (`manage.py verify_photos`)."""

import heapq
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from inspections.models import Photo, QuarantinedPhoto, QuarantinedVisit
from inspections.photos import display_file, make_display_again, original_file, sha256_of_file

SETTLED_S = 3600  # a younger file may be one whose row is being written
TEMPORARY = re.compile(r"tmp\w+")  # as photos are called while they are written


@dataclass
class Found:
    """`lost`: a sentence for each photo that is missing or is not what its name says. `without_row`: files that no row
    names. `awaited`: rows whose bytes nobody has sent yet."""

    checked: int = 0
    awaited: int = 0
    made_again: int = 0
    swept: int = 0
    lost: list[str] = field(default_factory=list)
    without_row: list[Path] = field(default_factory=list)


def check(*, quick: bool = False) -> Found:
    """Every photo; `quick` looks whether the originals are there and does not read them.

    Effects: temporary files older than an hour are deleted; a copy for people to see that is missing is made again from
    its original. A file without a row is named and left alone: it may be a visit's that is still to come.
    """
    found = Found(awaited=Photo.objects.filter(stored_at__isnull=True).count())
    last = why = ""
    for photo in _stored():
        if photo.sha256 != last:
            last, why = photo.sha256, _fault_of(photo.sha256, quick, found)
            found.checked += 1
        if why:
            found.lost.append(_lost(photo, why))
    _look_at_files(found)
    return found


def _stored() -> Iterator[Photo | QuarantinedPhoto]:
    """Every row that says that the bytes are here, of visits and of those kept aside; by hash."""
    photos = Photo.objects.filter(stored_at__isnull=False).order_by("sha256", "visit_id", "slot")
    aside = QuarantinedPhoto.objects.select_related("copy").order_by("sha256", "pk")
    return heapq.merge(
        photos.iterator(chunk_size=2000), aside.iterator(chunk_size=2000), key=lambda photo: photo.sha256
    )


def _lost(photo: Photo | QuarantinedPhoto, why: str) -> str:
    if isinstance(photo, Photo):
        said = {"visit": photo.visit_id, "slot": photo.slot, "sha256": photo.sha256, "why": why}
        return _("走访 %(visit)s 的照片 %(slot)s（%(sha256)s）：%(why)s") % said
    said = {"visit": photo.copy.sent_as, "sha256": photo.sha256, "why": why}
    return _("待核对的走访 %(visit)s 的照片（%(sha256)s）：%(why)s") % said


def _fault_of(sha256: str, quick: bool, found: Found) -> str:
    """What is wrong with the original, "" when it is as its name says."""
    try:
        if quick:
            return "" if original_file(sha256).stat().st_size else _("文件是空的。")
        with original_file(sha256).open("rb") as file:
            actual = sha256_of_file(file)
    except FileNotFoundError:
        return _("原图不在。")
    except OSError as problem:
        return _("原图读不出来：%(problem)s") % {"problem": problem}
    if actual != sha256:
        return _("原图的内容已不是登记时的内容。")
    if not display_file(sha256).exists():
        make_display_again(sha256)
        found.made_again += 1
    return ""


def _look_at_files(found: Found) -> None:
    named = set(Photo.objects.order_by().values_list("sha256", flat=True).distinct())
    for copy in QuarantinedVisit.objects.iterator():
        named |= {photo["sha256"] for photo in copy.stated["photos"]}
    for place in _files():
        if place.name[:64] in named or not _is_settled(place):
            continue
        if TEMPORARY.fullmatch(place.name):
            place.unlink(missing_ok=True)
            found.swept += 1
        else:
            found.without_row.append(place)


def _files() -> Iterator[Path]:
    for place in sorted((Path(settings.DATA_DIR) / "photos").rglob("*")):
        if place.is_file():
            yield place


def _is_settled(place: Path) -> bool:
    with suppress(FileNotFoundError):  # renamed meanwhile
        return time.time() - place.stat().st_mtime > SETTLED_S
    return False
