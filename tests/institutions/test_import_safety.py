"""A hostile or oversized file gets a clear refusal and takes nothing down."""

import io
import random
import zipfile

import pytest
import xlsxwriter

from institutions.imports.package import UnreadableFile, check_package
from institutions.imports.workbook import read_workbook

NOISE = random.Random(1).randbytes(40_000).hex().encode()  # does not compress too well


def read_sheet(data: bytes, name: str) -> list[list]:
    """The rows of the first visible sheet."""
    return next(sheet.rows for sheet in read_workbook(data, name).sheets if sheet.state == "visible")


def made(*cells: tuple[int, int, str]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column, text in cells:
            sheet.write_string(row, column, text)
    return written.getvalue()


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def test_small_workbook_is_read():
    assert read_sheet(made((0, 0, "机构名称"), (1, 0, "甲")), "a.xlsx") == [["机构名称"], ["甲"]]


def test_two_cells_far_apart_do_not_ask_for_all_between():
    with pytest.raises(UnreadableFile, match="第 1048576 行第 16384 列还有内容，超过 20000 行"):
        read_sheet(made((0, 0, "a"), (1_048_575, 16_383, "b")), "bomb.xlsx")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"a.txt": b"x"}, "不是 Excel 工作簿"),
        ({"[Content_Types].xml": b"x", "xl/vbaProject.bin": b"x"}, "宏"),
        ({"[Content_Types].xml": b"x", "../../etc/passwd": b"x"}, "来历不明的内容“../../etc/passwd”"),
        ({"[Content_Types].xml": b"x", "inner.zip": b"x"}, "嵌有另一个文件“inner.zip”"),
        ({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}, "DOCTYPE"),
        ({"[Content_Types].xml": b"x", "big.xml": b"0" * 5_000_000}, "压缩比异常"),
        ({f"part{number}.xml": b"x" for number in range(201)}, "图片、附件和工作表太多（共 201 个，最多 200 个）"),
        ({"[Content_Types].xml": b"<!--" + NOISE[:20_000] + b"--><!DOCTYPE x><x/>"}, "DOCTYPE"),
        (
            {"[Content_Types].xml": b"<!--" + NOISE[: 65_536 - 7 - 4] + b"--><!DOCTYPE x><x/>"},
            "DOCTYPE",
        ),  # in two blocks
        ({"a.xml": "<!DOCTYPE x><x/>".encode("utf-16")}, "不是 UTF-8 编码（a\\."),
        ({"a.xml": "<!DOCTYPE x><x/>".encode("utf-16-le")}, "不是 UTF-8 编码（a\\."),
        ({"a.bin": "<!DOCTYPE x><x/>".encode("utf-16-be")}, "不是 UTF-8 编码（a\\."),
        ({"a.bin": b"<?xml version='1.0' encoding='UTF-7'?><x/>"}, "不是 UTF-8 编码（a\\."),
        ({"a.xml": b"<x>\xff</x>"}, "不是 UTF-8 编码（a\\."),
    ],
)
def test_hostile_package_is_refused(parts, says):
    with pytest.raises(UnreadableFile, match=says):
        read_sheet(zipped(parts), "hostile.xlsx")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_no_workbook_uses_is_refused(compression):
    with pytest.raises(UnreadableFile, match="压缩方式"):
        read_sheet(zipped({"[Content_Types].xml": b"<x/>"}, compression), "odd.xlsx")


@pytest.mark.parametrize("place", range(30, 400, 7))
def test_damaged_workbook_is_refused_in_words(place):
    damaged = bytearray(zipped({"[Content_Types].xml": NOISE[:2000]}))
    damaged[place] ^= 0xFF

    with pytest.raises(UnreadableFile):
        read_sheet(bytes(damaged), "damaged.xlsx")


def test_what_inflates_too_far_is_stopped_while_reading():
    with pytest.raises(UnreadableFile, match="超过 1 MB"):
        check_package(zipped({"[Content_Types].xml": b"0" * 2_000_000}), most_inflated=1 << 20)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"0" * (10 * 1024 * 1024 + 1), "a.xlsx", "超过 10 MB"),
        (b"not a zip", "a.xlsx", "打不开压缩包"),
        (b"x", "a.doc", "不能读取“.doc”"),
        (b"\xff\xfe\x00\xd8\xff", "a.csv", "编码不是"),
        (b'"' + b"a" * 200_000, "a.csv", "CSV 第 1 行读不了：单元格过长"),
        (b"a," * 101, "a.csv", "读到第 1 行，101 列"),
    ],
)
def test_wrong_file_is_refused_in_words(data, name, says):
    with pytest.raises(UnreadableFile, match=says):
        read_sheet(data, name)


def test_csv_is_read_only_to_the_limit():
    with pytest.raises(UnreadableFile, match="读到第 20001 行"):
        read_sheet(b"a\n" * 5_000_000, "a.csv")


def test_control_characters_do_not_come_in():
    assert read_sheet("甲\0乙,\x07丙".encode(), "a.csv") == [["甲乙", "丙"]]
    assert read_sheet(made((0, 0, "甲_x0000_乙_x0007_")), "a.xlsx") in ([["甲乙"]], [["甲_x0000_乙_x0007_"]])
