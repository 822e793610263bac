"""What a file is, by its first bytes: its name may say something else."""

from pathlib import Path

from institutions.imports import refusals
from institutions.imports.package import UnreadableFile

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def kind_of(data: bytes, name: str) -> str:
    """ "xlsx", "xls", "ods", "text", "xml" (Excel 2003) or "html". Raises UnreadableFile for anything else."""
    if data.startswith(ZIP):
        return "ods" if _ODS in data[:200] else "xlsx"
    ending = Path(name).suffix.lower()
    if ending in (".xlsx",):
        raise UnreadableFile(refusals.NOT_A_ZIP)
    if ending == ".csv":
        return "text"
    raise UnreadableFile(refusals.NOT_XLSX_OR_CSV.format(ending=ending or name))
