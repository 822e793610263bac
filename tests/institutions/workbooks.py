"""Workbooks for tests, part by part: what no writer writes, and what others than Excel write."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import xlsxwriter

from institutions.imports.workbook import Sheet, Workbook, read_workbook

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODF = ("office", "table", "text", "style", "datastyle", "drawing")


def zipped(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def xlsx(rows: str, *, before: str = "", behind: str = "", book: str = "", **parts: str) -> bytes:
    """`rows` are <row> elements of the one sheet; `styles` and `strings` are the inside of those parts."""
    related = {"styles": "styles", "strings": "sharedStrings"}
    relations = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    for name in parts:
        relations += f'<Relationship Id="{name}" Type="{RELATIONS}/{related[name]}" Target="{related[name]}.xml"/>'
    roots = {"styles": "styleSheet", "strings": "sst"}
    main = f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    sheets = '<sheets><sheet name="名册" sheetId="1" r:id="r1"/></sheets>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f"<Relationships>{main}</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{book}{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{behind}</worksheet>'
            ),
            **{f"xl/{related[name]}.xml": f"<{roots[name]}>{inside}</{roots[name]}>" for name, inside in parts.items()},
        }
    )


def replaced(package: bytes, parts: dict[str, str | bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        return zipped({name: old.read(name) for name in old.namelist()} | parts)


def ods(tables: str, styles: str = "", settings: str = "", **more: bytes) -> bytes:
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ODF)
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    body = f"<office:body><office:spreadsheet>{settings}{tables}</office:spreadsheet></office:body>"
    content = f"<office:automatic-styles>{styles}</office:automatic-styles>{body}"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {spaces}>{content}</office:document-content>",
        }
        | more
    )


def by_xlsxwriter(fill: Callable[[Any], None], **options: Any) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True} | options) as book:
        fill(book)
    return written.getvalue()


def by_openpyxl(fill: Callable[[Any], None]) -> bytes:
    written, book = io.BytesIO(), openpyxl.Workbook()
    fill(book)
    book.save(written)
    return written.getvalue()


def read(data: bytes, name: str = "名册.xlsx") -> Workbook:
    return read_workbook(data, name)


def only_sheet(data: bytes, name: str = "名册.xlsx") -> Sheet:
    (sheet,) = read_workbook(data, name).sheets
    return sheet
