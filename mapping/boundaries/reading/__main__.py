"""The child: takes its limits, reads, and says what it read."""

import json
import resource
import sys
from typing import Any

from mapping.boundaries.reading.frames import Limits, Refused


def main() -> None:
    limits, datum = Limits(**json.loads(sys.argv[1])), sys.argv[2]
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    answers, sys.stdout = sys.stdout, sys.stderr
    said: dict[str, Any]
    try:
        said = {"read": _read(sys.stdin.buffer.read(limits.most_bytes + 1), datum, limits)}
    except Refused as refused:
        said = {"refused": [refused.key, refused.values]}
    except MemoryError:
        said = {"refused": ["TOO_MUCH_MEMORY", {}]}
    json.dump(said, answers, ensure_ascii=True)
    answers.flush()


def _read(data: bytes, datum: str, limits: Limits) -> dict[str, Any]:
    from mapping.boundaries.reading import geojson, shapefile_zip
    from mapping.boundaries.reading.areas import areas_of
    from mapping.boundaries.reading.overlaps import overlapping

    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        layer = shapefile_zip.read(data, limits)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        layer = geojson.read(data, limits)
    else:
        raise Refused("NO_BOUNDARY_FILE")
    system, areas = areas_of(layer, datum, limits)
    return {
        "layer": layer.name,
        "system": system.name,
        "encoding": layer.encoding,
        "features": [
            {"values": values, "wkb": area.wkb_hex}
            for (values, _geometry), area in zip(layer.features, areas, strict=True)
        ],
        "overlaps": overlapping(areas, limits.most_overlaps),
    }


main()
