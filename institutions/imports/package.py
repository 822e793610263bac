"""An .xlsx or .ods is a zip of XML: its parts, sizes and encodings are bounded before any parser sees it."""

import codecs
import io
import re
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from django.utils.functional import Promise

from accounts.errors import Refusal
from institutions.imports import refusals

MAX_PARTS = 200  # without the pictures, which nobody opens
MAX_WITH_PICTURES = 2_000
PICTURES = ("xl/media/", "Pictures/")
PACKED = (".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".docx", ".pptx", ".rar", ".7z")
MANIFEST = "META-INF/manifest.xml"  # of an .ods: says whether its parts are enciphered
MAX_INFLATED = 100 * 1024 * 1024
MAX_RATIO = 100
XML = {".xml", ".rels", ".vml"}
DOCTYPE = b"<!DOCTYPE"
DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError)


class UnreadableFile(Refusal):
    """The file is not taken; the sentence says why and what is."""

    code = "unreadable_file"

    def __init__(self, message: str | Promise):
        super().__init__(str(message))


def check_package(data: bytes, most_inflated: int = MAX_INFLATED) -> None:
    """Raise UnreadableFile unless the bytes are a plain workbook of a bearable size."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED as problem:
        raise UnreadableFile(refusals.DAMAGED_OR_ENCRYPTED) from problem
    parts = package.infolist()
    names = package.namelist()
    is_workbook = "[Content_Types].xml" in names or "content.xml" in names
    if not is_workbook and any(name.lower().endswith((*PACKED, ".xls", ".csv")) for name in names):
        raise UnreadableFile(refusals.IS_PACKED)
    if sum(not part.filename.startswith(PICTURES) for part in parts) > MAX_PARTS or len(parts) > MAX_WITH_PICTURES:
        raise UnreadableFile(refusals.TOO_MANY_PARTS.format(parts=len(parts), most=MAX_PARTS))
    _check_not_enciphered(package, names)
    inflated = 0
    for part in parts:
        _check_name(part)
        inflated += _check_content(package, part, inflated, most_inflated)
    if not is_workbook:
        raise UnreadableFile(refusals.NOT_A_WORKBOOK)


def _check_not_enciphered(package: zipfile.ZipFile, names: list[str]) -> None:
    if MANIFEST in names:
        try:
            with package.open(MANIFEST) as manifest:
                if b"encryption-data" in manifest.read(1 << 20):
                    raise UnreadableFile(refusals.HAS_PASSWORD)
        except DAMAGED as problem:
            raise UnreadableFile(refusals.DAMAGED_OR_ENCRYPTED) from problem


def _check_name(part: zipfile.ZipInfo) -> None:
    path = PurePosixPath(part.filename)
    if path.is_absolute() or ".." in path.parts:
        raise UnreadableFile(refusals.STRANGE_NAME.format(part=part.filename[:60]))
    if path.suffix.lower() in PACKED:
        raise UnreadableFile(refusals.HOLDS_A_FILE.format(part=path.name[:60]))
    if path.name.lower() == "vbaproject.bin" or (path.parts[:1] in (("Basic",), ("Scripts",)) and not part.is_dir()):
        raise UnreadableFile(refusals.HAS_MACROS)
    if part.flag_bits & 1:
        raise UnreadableFile(refusals.HAS_PASSWORD)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile(refusals.STRANGE_COMPRESSION)


def _check_content(package: zipfile.ZipFile, part: zipfile.ZipInfo, before: int, most_inflated: int) -> int:
    """Bytes a part inflates to, counted while reading: what its header claims is not believed."""
    size, inspector = 0, _Inspector(part.filename)
    try:
        with package.open(part) as file:
            while block := file.read(1 << 16):
                size += len(block)
                if before + size > most_inflated:
                    raise UnreadableFile(refusals.INFLATES_TOO_MUCH.format(most=most_inflated >> 20))
                inspector.feed(block)
    except DAMAGED as problem:
        raise UnreadableFile(refusals.DAMAGED_OR_ENCRYPTED) from problem
    if part.compress_size and size > 1 << 20 and size / part.compress_size > MAX_RATIO:
        raise UnreadableFile(refusals.STRANGE_RATIO)
    return size


class _Inspector:
    """Looks at a part block by block: no DOCTYPE in any, and whatever is XML is UTF-8."""

    def __init__(self, name: str):
        self.name, self.end = name, b""
        self.decoder: codecs.IncrementalDecoder | None = None

    def feed(self, block: bytes) -> None:
        if not self.end:
            self._begin(block)
        if DOCTYPE in (self.end + block).upper():
            is_picture = self.name.startswith(PICTURES)
            raise UnreadableFile(
                refusals.PICTURE_HAS_DOCTYPE.format(part=PurePosixPath(self.name).name[:60])
                if is_picture
                else refusals.HAS_DOCTYPE
            )
        self.end = (self.end + block)[-len(DOCTYPE) :]
        if self.decoder is not None:
            try:
                text = self.decoder.decode(block)
            except UnicodeDecodeError as problem:
                raise self._not_utf8() from problem
            if "\0" in text:
                raise self._not_utf8()

    def _begin(self, block: bytes) -> None:
        start = block.removeprefix(codecs.BOM_UTF8).lstrip()
        is_xml = PurePosixPath(self.name).suffix.lower() in XML or start[:1] == b"<"
        wide = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"<" in block[:8]
        declared = DECLARED.match(start)
        if wide or block[:2] == b"\0<" or (declared and declared[1].upper() not in (b"UTF-8", b"UTF8", b"US-ASCII")):
            raise self._not_utf8()
        if is_xml:
            self.decoder = codecs.getincrementaldecoder("utf-8")()

    def _not_utf8(self) -> UnreadableFile:
        return UnreadableFile(refusals.NOT_UTF8.format(part=self.name[:60]))
