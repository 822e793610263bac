#!/usr/bin/env bash
# pillow-heif (PyPI, 1.8.1): a HEIC saved with exif=Image.Exif lies on its side everywhere, with exif=bytes it does not.
#
# Guess: save(..., exif=picture.getexif()) is the same as with exif.tobytes(), as it is for JPEG, PNG, WebP and AVIF.
# Seen: with the object the tag is written and the rotation of the container ("irot") is not. HEIF readers go by the
# container alone (ISO/IEC 23008-12), so the picture is shown as the sensor lay; read again by pillow-heif the tag is 1.
# With bytes both are written, and the picture is read upright. Pillow's own AVIF writes "irot" for both.
# What to do: pass exif.tobytes().
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet 'pillow==13.0.0' 'pillow-heif==1.8.1'
venv/bin/python - <<'PY'
import io

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def tags():
    """Anew each time: Pillow's AVIF takes the orientation out of an object that it is given."""
    made = Image.Exif()
    made[0x0112] = 6  # the camera was held upright, its sensor lay
    return made


def saved(kind, exif):
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(written, kind, exif=exif)
    return written.getvalue()


for kind, as_object in (("HEIF", False), ("AVIF", True)):
    found = [b"irot" in saved(kind, given) for given in (tags(), tags().tobytes())]
    print(f"{kind}: the rotation is written from an object {found[0]}, from bytes {found[1]}")
    assert found == [as_object, True], found
sizes = [Image.open(io.BytesIO(saved("HEIF", given))).size for given in (tags(), tags().tobytes())]
print(f"HEIF opens as {sizes}")
assert sizes == [(640, 480), (480, 640)], sizes
PY
