"""A zipped shapefile -> a layer. Only the five parts that are needed are inflated, each counted while it is."""

import codecs
import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from mapping.boundaries.reading.frames import Layer, Limits, Refused, as_text

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shp", ".shx", ".dbf")
AREAS = {5, 15, 25}  # Polygon, PolygonZ, PolygonM
KINDS = {1: "POINTS", 11: "POINTS", 21: "POINTS", 8: "POINTS", 18: "POINTS", 28: "POINTS",
         3: "LINES", 13: "LINES", 23: "LINES"}  # fmt: skip
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError,
           ValueError, OverflowError)  # fmt: skip


def read(data: bytes, limits: Limits) -> Layer:
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        names = [each for each in package.infolist() if not each.is_dir() and "__MACOSX" not in each.filename]
    except DAMAGED:
        raise Refused("DAMAGED") from None
    layers = [each for each in names if PurePosixPath(each.filename).suffix.lower() == ".shp"]
    if not layers:
        raise Refused("NO_SHP")
    if len(layers) > 1:
        listed = [PurePosixPath(_name(each)).name[:40] for each in layers]
        raise Refused("SEVERAL_LAYERS", names=listed[:5], count=len(layers))
    stem = PurePosixPath(layers[0].filename).with_suffix("")
    parts: dict[str, zipfile.ZipInfo] = {}
    for each in names:
        path = PurePosixPath(each.filename)
        if path.with_suffix("") == stem and path.suffix.lower() in PARTS:
            parts.setdefault(path.suffix.lower(), each)
    if missing := [part for part in NEEDED if part not in parts]:
        raise Refused("PART_MISSING", parts=missing)
    content: dict[str, bytes] = {}
    for suffix, each in parts.items():
        content[suffix] = _inflated(package, each, limits.most_inflated - sum(map(len, content.values())), limits)
    return _layer(PurePosixPath(_name(layers[0])).stem, content, limits)


def _name(part: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 are GBK where Windows packed them in China."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return part.filename


def _inflated(package: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, limits: Limits) -> bytes:
    """What its header says of its size is not believed."""
    if part.flag_bits & 1:
        raise Refused("HAS_PASSWORD")
    found = bytearray()
    try:
        with package.open(part) as file:
            while block := file.read(1 << 16):
                found += block
                if len(found) > most:
                    raise Refused("INFLATES_TOO_MUCH", most=limits.most_inflated >> 20)
    except DAMAGED:
        raise Refused("DAMAGED") from None
    return bytes(found)


def _layer(name: str, content: dict[str, bytes], limits: Limits) -> Layer:
    import shapefile

    # The bytes of texts as they are: what they are in is told once all were seen.
    raw = {"encoding": "ascii", "encodingErrors": "surrogateescape"}
    files = {part[1:]: io.BytesIO(content[part]) for part in NEEDED}
    try:
        with shapefile.Reader(**files, **raw) as reader:
            kind = reader.shapeType
            if kind not in AREAS:
                raise Refused("NOT_AREAS", kind=KINDS.get(kind, "OTHER"), number=0)
            if len(reader) > limits.most_features:
                raise Refused("TOO_MANY_FEATURES", count=len(reader), most=limits.most_features)
            fields = [each.name for each in reader.fields if each.name != "DeletionFlag"][: limits.most_attributes]
            records = [[record[place] for place in range(len(fields))] for record in reader.iterRecords()]
            shapes = [_geometry(each) for each in reader.iterShapes()]
    except (shapefile.ShapefileException, IndexError, KeyError, TypeError, AssertionError, *DAMAGED):
        raise Refused("DAMAGED_SHAPEFILE") from None
    if len(records) != len(shapes):
        raise Refused("UNEQUAL_PARTS", shapes=len(shapes), records=len(records))
    texts = [value for record in records for value in record if isinstance(value, str)]
    encoding = _encoding([*map(_bytes, texts), *map(_bytes, fields)], content.get(".cpg", b""))
    names = [_said(each, encoding, limits) for each in fields]
    rows = [dict(zip(names, (_said(value, encoding, limits) for value in record), strict=True)) for record in records]
    try:
        system = content.get(".prj", b"")[:20_000].decode("utf-8-sig")
    except UnicodeDecodeError:
        system = content[".prj"][:20_000].decode("gb18030", "replace")
    return Layer(name, list(zip(rows, shapes, strict=True)), system.strip(), encoding)


def _geometry(shape: Any) -> dict[str, Any] | None:
    if shape.shapeType == 0 or not shape.points:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = shape.__geo_interface__
        return found


def _bytes(text: str) -> bytes:
    return text.encode("ascii", "surrogateescape")


def _encoding(texts: Iterable[bytes], declared: bytes) -> str:
    """By what the bytes are: many are GBK without a .cpg, and with the language byte 0x57, which says nothing.

    Chinese in GBK is next to never valid UTF-8. A .cpg is asked where neither fits (Big5).
    """
    texts = [each for each in texts if not each.isascii()]
    for encoding in ("utf-8", "gb18030"):
        if all(_decoded(each, encoding) is not None for each in texts):
            return encoding
    said = declared.decode("ascii", "replace").strip().lower()
    try:
        name = codecs.lookup({"950": "big5", "936": "gb18030", "65001": "utf-8"}.get(said, said)).name
    except LookupError:
        raise Refused("ENCODING") from None
    if not all(_decoded(each, name) is not None for each in texts):
        raise Refused("ENCODING")
    return name


def _decoded(text: bytes, encoding: str) -> str | None:
    """A field is as wide as it is: a character that was cut in the middle at its end is left out."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(text)
    except UnicodeDecodeError:
        return None


def _said(value: Any, encoding: str, limits: Limits) -> str:
    if isinstance(value, str):
        value = _decoded(_bytes(value), encoding) or ""
    return as_text(value, limits.most_characters)
