"""Features as a vector tile (Mapbox Vector Tile 2.1): one layer of points, written as protocol buffers.

Written here: mapbox-vector-tile would bring shapely, pyclipper and protobuf along for what is forty lines of points.
The tests read what is written with it.
"""

from collections.abc import Iterable, Mapping
from struct import pack

EXTENT = 4096  # units of a tile's side
Value = str | int | float | bool
VARINT, LENGTH = 0, 2  # wire types


def encode(layer: str, points: Iterable[tuple[int, int, Mapping[str, Value]]]) -> bytes:
    """A tile of points (x, y from the upper left corner in units of EXTENT, properties); b"" without any."""
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    features = bytearray()
    for x, y, properties in points:
        tags = bytearray()
        for name, value in properties.items():
            tags += _varint(keys.setdefault(name, len(keys)))
            tags += _varint(values.setdefault((type(value), value), len(values)))
        move_to = _varint(1 << 3 | 1) + _varint(_zigzag(x)) + _varint(_zigzag(y))
        features += _field(2, _field(2, bytes(tags)) + _number(3, 1) + _field(4, move_to))
    if not features:
        return b""
    named = b"".join(_field(3, name.encode()) for name in keys)
    valued = b"".join(_field(4, _value(value)) for _type, value in values)
    content = _number(15, 2) + _field(1, layer.encode()) + bytes(features) + named + valued + _number(5, EXTENT)
    return _field(3, content)


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, float):
        return _varint(3 << 3 | 1) + pack("<d", value)
    return _number(6, _zigzag(value))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | LENGTH) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | VARINT) + _varint(value)


def _zigzag(value: int) -> int:
    """Whole numbers without a sign: 0, -1, 1, -2 → 0, 1, 2, 3."""
    return value << 1 if value >= 0 else (-value << 1) - 1


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
