"""A file is what its bytes are, whatever its name says; what is no table is refused in a sentence for a clerk."""

import io
import random

import pytest
import xlwt
from PIL import Image

from institutions.imports import refusals
from institutions.imports.package import UnreadableFile
from institutions.imports.reading.frames import Limits
from institutions.imports.workbook import FOR_COMMANDS, read_workbook
from tests.institutions.workbooks import by_xlsxwriter, ods, only_sheet, read, xlsx, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
CSV = "机构名称,电话\n绘声馆,1\n".encode()
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
NOISE = random.Random(1).randbytes(50_000)


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 40)).save(written, kind)
    return written.getvalue()


def xls() -> bytes:
    written, book = io.BytesIO(), xlwt.Workbook()
    book.add_sheet("名册").write(0, 0, "绘声馆")
    book.save(written)
    return written.getvalue()


def ole(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods", "a.csv", "a.txt", "a.dat", "a", "A.XLSX"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (xlsx(ROW), "xlsx"),
        (xls(), "xls"),
        (ods('<table:table table:name="a"/>'), "ods"),
        (CSV, "text"),
        ("机构名称\t电话\n绘声馆\t1\n".encode("utf-16"), "text"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>',
            "xml",
        ),
        (b"<table><tr><td>1</td></tr></table>", "html"),
    ],
)
def test_kind_is_that_of_the_bytes(data, kind, name):
    assert read(data, name).kind == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        *((picture(kind), "这是图片，不是表格") for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")),
        (b"%PDF-1.7\n" + NOISE, "这是 PDF 文件"),
        (b"{\\rtf1\\ansi", "这是 Word 文件"),
        (b"Rar!\x1a\x07\x01" + NOISE, "这是压缩包"),
        (zipped({"名册.xlsx": xlsx(ROW)}), "这是压缩包"),
        (zipped({"a.csv": CSV}), "这是压缩包"),
        (ole("WordDocument"), "这是 Word 文件"),
        (ole("EncryptionInfo", "EncryptedPackage"), "设有打开密码"),
        (ole("Workbook", "_VBA_PROJECT_CUR"), "带有宏"),
        (ole("Workbook"), "不是 Excel 工作簿，或已损坏"),
        (ole("Contents"), "不是 Excel 工作簿，或已损坏"),
        (b"", "文件是空的"),
        (b" \r\n\r\n", "文件是空的"),
        (NOISE, "打不开压缩包"),
        (xlsx(ROW)[:400], "已损坏（可能没有传完）"),
        (xlsx(ROW)[:-40], "已损坏（可能没有传完）"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, says):
    with pytest.raises(UnreadableFile, match=says):
        read(data, "名册.xlsx")


def test_binary_workbook_and_document_are_refused_in_words():
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    for part, says in (("xl/workbook.bin", "这是 .xlsb 工作簿"), ("word/document.xml", "不是 Excel 工作簿")):
        relations = f'<Relationships><Relationship Id="r" Type="{kind}" Target="{part}"/></Relationships>'
        with pytest.raises(UnreadableFile, match=says):
            read(zipped({"[Content_Types].xml": "<x/>", "_rels/.rels": relations, part: "<x/>"}))


def test_file_in_a_workbook_and_picture_that_is_a_program_are_named():
    drawing = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>'
    for part, content, says in (
        ("xl/embeddings/Sheet1.xlsx", b"x", "嵌有另一个文件“Sheet1.xlsx”"),
        ("xl/media/image1.svg", drawing, "图片“image1.svg”不能接受"),
    ):
        with pytest.raises(UnreadableFile, match=says):
            read(zipped({"[Content_Types].xml": "<x/>", part: content}))


def test_zip_with_a_password_is_refused_in_words():
    data = bytearray(xlsx(ROW))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # of each part, and of each in the list of parts
        place = data.find(sign)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(sign, place + 1)

    with pytest.raises(UnreadableFile, match="设有打开密码"):
        read(bytes(data))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="0"><c r="A1"><v>1</v></c></row>',
        '<row r="99999999999999999999"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="甲1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',  # a shared text that is not there
        '<row r="1"><c r="A1"><v>x</v></c></row>',
        '<row r="1"><c r="A1"><v>1E999</v></c></row>',
        f"{ROW}{ROW}",  # a row twice
        '<row r="1"><c r="A1"><v>1</v></row>',
        '<row r="1" ' + "a" * 3_000_000 + "/>",
        "<a>" * 100_000,
    ],
)
def test_sheet_that_makes_no_sense_is_refused_in_words(rows):
    with pytest.raises(UnreadableFile, match="读取文件失败|压缩比异常"):
        read(xlsx(rows))


def test_merges_without_end_cost_nothing():
    merges = "".join(f'<mergeCell ref="A1:XFD{row}"/>' for row in range(2, 30_000))

    assert only_sheet(xlsx(ROW, behind=f"<mergeCells>{merges}</mergeCells>")).merges == []


def test_row_of_a_page_that_is_too_wide_is_refused():
    with pytest.raises(UnreadableFile, match="第 1 行第 1001 列还有内容"):
        read(b"<table><tr><td colspan=999999999 rowspan=999999999>x<td>y</table>")


def test_limits_are_the_callers():
    data = by_xlsxwriter(lambda book: book.add_worksheet().write_column(0, 0, range(20_001)))

    with pytest.raises(UnreadableFile, match="在第 20001 行第 1 列还有内容，超过 20000 行、100 列的上限"):
        read(data)
    assert len(read_workbook(data, "a.xlsx", FOR_COMMANDS).sheets[0].rows) == 20_001


def test_time_and_memory_are_bounded_and_the_next_good_file_is_read():
    slow = xlsx("".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 20_001)))

    with pytest.raises(UnreadableFile, match="超过 0 秒"):
        read_workbook(slow, "a.xlsx", Limits(seconds=0))
    with pytest.raises(UnreadableFile, match="读取文件失败"):
        read_workbook(slow, "a.xlsx", Limits(memory=20 * 1024 * 1024))

    assert only_sheet(xlsx(ROW)).rows == [[1]]


def test_sentences_say_nothing_of_parts():
    said = [str(sentence) for name, sentence in vars(refusals).items() if name.isupper()]

    assert [sentence for sentence in said if "部件" in sentence] == []
