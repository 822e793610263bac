"""Visits with positions and photos for the tests of 疑点, and pictures that look like something."""

import io
import random
from datetime import datetime
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from inspections.actions import NewPhoto, Position, receive_photo, record_visit
from inspections.models import Oddity, Visit
from inspections.photos import sha256_of
from tests.factories import at, sent_visit

HERE = (120.9600, 28.1200)
METRE = 1 / 110_820  # degrees of latitude at Yueqing


def north(metres: float, of: tuple[float, float] = HERE) -> tuple[float, float]:
    return of[0], of[1] + metres * METRE


@cache
def scene(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with shapes in it: another seed, another classroom."""
    chance = random.Random(seed)
    drawn = Image.new("RGB", (640, 480), tuple(chance.randrange(60, 220) for _ in range(3)))
    pen = ImageDraw.Draw(drawn)
    for _ in range(25):
        x, y, width, height = (chance.randrange(most) for most in (600, 440, 300, 300))
        colour = tuple(chance.randrange(256) for _ in range(3))
        (pen.rectangle if chance.random() < 0.6 else pen.ellipse)([x, y, x + width, y + height], fill=colour)
    return drawn.filter(ImageFilter.GaussianBlur(1)).resize(size)


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def photo_of(data: bytes, slot: int = 1, **stated) -> NewPhoto:
    return NewPhoto(sha256_of(data), slot, **stated)


def visited(
    school, by, happened_at: datetime | None = None, *, photos: tuple[bytes, ...] = (), where=None, accuracy_m=None,
    device_sent_at=None, received_at=None, arrive: bool = True, named: tuple[NewPhoto, ...] = (), **stated,
) -> Visit:  # fmt: skip
    """A visit as it is sent and, unless told otherwise, the bytes of its photos after it."""
    happened_at = happened_at or at("2018-10-01", 9)
    position = Position(*where, accuracy_m) if where else None
    named = named or tuple(photo_of(data, slot) for slot, data in enumerate(photos, 1))
    known = received_at or happened_at
    receipt = record_visit(
        sent_visit(school, **{"happened_at": happened_at, "position": position, "photos": named} | stated),
        by=by, received_at=known, device_sent_at=device_sent_at,
    )  # fmt: skip
    visit = Visit.objects.get(pk=receipt.id)
    for data in photos if arrive else ():
        receive_photo(visit, sha256=sha256_of(data), data=data, by=by, at=known)
    return visit


def said_of(visit: Visit) -> dict[str, dict]:
    """What is odd about a visit, by kind."""
    return {each.kind: each.facts for each in Oddity.objects.filter(visit=visit)}


def all_rows() -> set[tuple]:
    rows = Oddity.objects.values_list("visit", "kind", "other", "facts")
    return {(visit, kind, other, str(facts)) for visit, kind, other, facts in rows}
