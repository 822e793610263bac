"""A hostile or oversized file gets a clear refusal and takes nothing down."""

import io
import zipfile

import pytest
import xlsxwriter

from institutions.imports import workbook
from institutions.imports.workbook import UnreadableFile, read_sheet


def made(*cells: tuple[int, int, str]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column, text in cells:
            sheet.write_string(row, column, text)
    return written.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def test_small_workbook_is_read():
    assert read_sheet(made((0, 0, "机构名称"), (1, 0, "甲")), "a.xlsx") == [["机构名称"], ["甲"]]


def test_two_cells_far_apart_do_not_ask_for_all_between():
    with pytest.raises(UnreadableFile, match="读取工作簿失败|超过 20000 行"):
        read_sheet(made((0, 0, "a"), (1_048_575, 16_383, "b")), "bomb.xlsx")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"a.txt": b"x"}, "不是 Excel 工作簿"),
        ({"[Content_Types].xml": b"x", "xl/vbaProject.bin": b"x"}, "宏"),
        ({"[Content_Types].xml": b"x", "../../etc/passwd": b"x"}, "不应有的部件"),
        ({"[Content_Types].xml": b"x", "inner.zip": b"x"}, "不应有的部件"),
        ({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}, "DOCTYPE"),
        ({"[Content_Types].xml": b"x", "big.xml": b"0" * 5_000_000}, "压缩比异常"),
        ({f"part{number}.xml": b"x" for number in range(201)}, "201 个部件"),
    ],
)
def test_hostile_package_is_refused(parts, says):
    with pytest.raises(UnreadableFile, match=says):
        read_sheet(zipped(parts), "hostile.xlsx")


def test_what_inflates_too_far_is_stopped_while_reading(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_INFLATED", 1_000_000)

    with pytest.raises(UnreadableFile, match="超过 100 MB"):
        read_sheet(zipped({"[Content_Types].xml": b"0" * 2_000_000}), "bomb.xlsx")


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"0" * (10 * 1024 * 1024 + 1), "a.xlsx", "超过 10 MB"),
        (b"not a zip", "a.xlsx", "打不开压缩包"),
        (b"x", "a.doc", "不能读取“.doc”"),
        (b"\xff\xfe\x00\xd8\xff", "a.csv", "编码不是"),
    ],
)
def test_wrong_file_is_refused_in_words(data, name, says):
    with pytest.raises(UnreadableFile, match=says):
        read_sheet(data, name)
