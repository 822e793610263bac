"""What is passed between the readers: limits, refusals, a layer as it is in its file."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """Bytes, seconds and numbers beyond which a boundary file is not read on."""

    most_bytes: int = 30 * 1024 * 1024
    most_inflated: int = 200 * 1024 * 1024
    most_features: int = 5_000
    most_vertices: int = 500_000
    most_attributes: int = 40
    most_characters: int = 100  # of an attribute's value
    most_overlaps: int = 50  # pairs that are told of
    seconds: int = 60
    memory: int = 1536 * 1024 * 1024


class Refused(Exception):
    """`key` names the sentence in refusals.py, `values` go into it."""

    def __init__(self, key: str, **values: Any):
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Layer:
    """Features as (attributes, GeoJSON-like geometry or None), in the file's own system of coordinates."""

    name: str
    features: list[tuple[dict[str, str], dict[str, Any] | None]]
    system: str = ""  # the .prj, or "EPSG:4490"; "" where the file does not say
    encoding: str = "utf-8"


def as_text(value: Any, most: int) -> str:
    """An attribute as a text; whole numbers without ".0": codes are often kept as numbers."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    whole = str(value).encode("utf-8", "replace").decode()  # JSON may hold half a character
    return " ".join(whole.replace("\0", "").split())[:most]
