"""What a file is, by its bytes: its name may say something else, and often does."""

import re
from pathlib import Path

from institutions.imports import refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.reading.encodings import encoding_of
from institutions.imports.reading.text import SEPARATORS

ZIPS, OLE = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
PACKED = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
OTHERS = {b"%PDF": "PDF", b"{\\rtf": "Word", b"MIME-Version": "MHTML", b"SQLite format 3": "SQLite"}
IN_OLE = {"WordDocument": "Word", "PowerPoint Document": "PowerPoint", "__properties": "Outlook"}
TEXT_ENDINGS = (".csv", ".txt", ".tsv", ".tab", ".prn")
_EXCEL_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|!--|html|head|meta|body|table|style|div)\b", re.I)


def kind_of(data: bytes, name: str) -> str:
    """ "xlsx", "xls", "ods", "text", "xml" (Excel 2003) or "html". Raises UnreadableFile for anything else."""
    ending = Path(name).suffix.lower()
    if not data.strip():
        raise UnreadableFile(refusals.EMPTY_FILE)
    if data.startswith(ZIPS):
        return "ods" if b"content.xml" in data and b"[Content_Types].xml" not in data else "xlsx"
    if data.startswith(OLE):
        return _of_ole(data)
    if data.startswith(BIFF):
        return "xls"
    _refuse_what_is_no_table(data)
    return _of_text(data, ending, name)


def _of_ole(data: bytes) -> str:
    """Excel 97-2003, and whatever else Windows keeps in such a file."""
    if _utf16("EncryptedPackage") in data:
        raise UnreadableFile(refusals.HAS_PASSWORD)
    if _utf16("Workbook") in data or _utf16("Book") in data:
        if _utf16("_VBA_PROJECT_CUR") in data:
            raise UnreadableFile(refusals.HAS_MACROS)
        return "xls"
    for stream, program in (
        ("WordDocument", "Word"),
        ("PowerPoint Document", "PowerPoint"),
        ("__properties", "Outlook"),
    ):
        if _utf16(stream) in data:
            raise UnreadableFile(refusals.IS_NO_TABLE.format(what=program))
    raise UnreadableFile(refusals.OLE_NOT_A_WORKBOOK)


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _refuse_what_is_no_table(data: bytes) -> None:
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    bitmap = data.startswith(b"BM") and b"\0" in data[2:14]
    if data.startswith(PICTURES) or webp or bitmap or data[4:12] in (b"ftypheic", b"ftypmif1", b"ftypavif"):
        raise UnreadableFile(refusals.IS_A_PICTURE)
    if data.startswith(PACKED):
        raise UnreadableFile(refusals.IS_PACKED)
    for start, what in OTHERS.items():
        if data.startswith(start):
            raise UnreadableFile(refusals.IS_NO_TABLE.format(what=what))


def _of_text(data: bytes, ending: str, name: str) -> str:
    encoding = encoding_of(data)
    head = data[:4096].decode(encoding, "ignore").lstrip("\ufeff") if encoding else ""
    if head.lstrip().startswith("<"):
        if _EXCEL_2003 in head:
            return "xml"
        if _HTML.match(head):
            return "html"
    if ending in TEXT_ENDINGS or (encoding and any(sign in head for sign in SEPARATORS)):
        return "text"
    if ending in (".xlsx", ".xls", ".ods"):
        raise UnreadableFile(refusals.NOT_A_ZIP.format(ending=ending))
    raise UnreadableFile(refusals.NOT_XLSX_OR_CSV.format(ending=ending or name))
