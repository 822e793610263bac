"""A few drawn pictures, plainly marked as a demonstration, on visits of the last weeks. No two look alike but one that
was taken before and is used again, and one is of the day before its visit: both are asked about (疑点)."""

import io
import random
from datetime import timedelta

from demonstration.book import Book
from inspections.models import Visit
from inspections.photos import sha256_of, store_photo

MOST = 12  # visits with pictures, the last ones
USED_AGAIN, AT = 8, 3  # the first picture of this visit, counted from the last, stands at that later one, too
OLD, BEFORE = 5, timedelta(hours=26)  # a visit whose first picture was taken so long before it
SIZE = (960, 720)
WALLS = ["#dfe7ec", "#e9e2d0", "#dde8da", "#ece0e4", "#b9c4cb", "#cdbf9f", "#8fa3ad"]
DARK = ["#3d5a6c", "#8a6d4b", "#5b6770", "#2f4a3c", "#6c3d4a"]


def take(book: Book) -> None:
    """One or two pictures on each of the last visits of the book, stored like any photo."""
    recent = [visit for visit in book.visits if visit.result == Visit.Result.INSPECTED]
    recent.sort(key=lambda visit: (visit.happened_at, visit.pk), reverse=True)
    for number, visit in enumerate(recent[:MOST]):
        for slot in range(1, 2 + number % 2):
            data = _drawn(visit, slot)
            if (number, slot) == (AT, 1):
                data = _drawn(recent[USED_AGAIN], 1, quality=60)
            store_photo(sha256_of(data), data)
            book.photo(visit, slot, sha256_of(data))
            if (number, slot) == (OLD, 1):
                book.photos[-1].taken_at = visit.happened_at - BEFORE


def _drawn(visit: Visit, slot: int, *, quality: int = 80) -> bytes:
    """The front of a house, another for each visit and slot, as a JPEG."""
    from PIL import Image, ImageDraw

    rng = random.Random(f"{visit.pk} {slot}")
    wall, dark, light = rng.choice(WALLS), rng.choice(DARK), rng.choice(["#ffffff", "#f4efe2", "#e2ecf2"])
    picture = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(picture)
    left, right, top = rng.randrange(30, 300), rng.randrange(620, 930), rng.randrange(90, 330)
    draw.rectangle((left, top, right, 640), fill=light, outline=dark, width=6)
    columns, rows = rng.randrange(2, 6), rng.randrange(1, 4)
    wide, high = (right - left) / columns, (640 - top) / rows
    for column in range(columns):
        for row in range(rows):
            if rng.random() < 0.75:
                x, y = left + column * wide + wide * 0.2, top + row * high + high * 0.2
                draw.rectangle((x, y, x + wide * 0.6, y + high * 0.6), fill=rng.choice(DARK), outline="#5b6770")
    door = rng.randrange(left, right - 120)
    draw.rectangle((door, 430, door + rng.randrange(80, 200), 640), fill=dark)
    sign = rng.randrange(left, right - 300)
    draw.rectangle((sign, top - 60, sign + rng.randrange(200, 420), top), fill=rng.choice(DARK))
    draw.rectangle((0, 0, SIZE[0], 44), fill="#3d5a6c")
    draw.text((16, 8), f"DEMONSTRATION  {visit.happened_on}  {slot}", fill="#ffffff", font_size=26)
    draw.text((16, 680), f"synthetic picture {visit.pk}", fill="#1d2429", font_size=20)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=quality)
    return encoded.getvalue()
