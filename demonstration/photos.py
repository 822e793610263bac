"""A few drawn pictures, plainly marked as a demonstration, on visits of the last weeks."""

import io

from demonstration.book import Book
from inspections.models import Visit
from inspections.photos import sha256_of, store_photo

COLOURS = ["#dfe7ec", "#e9e2d0", "#dde8da", "#ece0e4"]


def take(book: Book) -> None:
    """One or two pictures on each of the twelve last visits of the book, stored like any photo."""
    recent = [visit for visit in book.visits if visit.result == Visit.Result.INSPECTED]
    recent.sort(key=lambda visit: (visit.happened_at, visit.pk), reverse=True)
    for number, visit in enumerate(recent[:12]):
        for slot in range(1, 2 + number % 2):
            data = _drawn(visit, slot, COLOURS[(number + slot) % len(COLOURS)])
            store_photo(sha256_of(data), data)
            book.photo(visit, slot, sha256_of(data))


def _drawn(visit: Visit, slot: int, colour: str) -> bytes:
    """A doorway with windows, as a JPEG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (960, 720), colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((120, 140, 840, 620), fill="#ffffff", outline="#5b6770", width=4)
    draw.rectangle((420, 360, 560, 620), fill="#8a6d4b", outline="#5b6770", width=4)
    for left in (180, 300, 620, 740):
        draw.rectangle((left, 220, left + 80, 320), fill="#bcd3e0", outline="#5b6770", width=3)
    draw.rectangle((240, 60, 720, 130), fill="#3d5a6c")
    draw.text((270, 78), f"DEMONSTRATION  {visit.happened_on}  {slot}", fill="#ffffff", font_size=28)
    draw.text((140, 650), f"synthetic picture {visit.pk}", fill="#5b6770", font_size=20)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=80)
    return encoded.getvalue()
