"""What a form must not be: one sentence, within seconds, and nothing read that could do harm."""

import pytest

from accounts.errors import Invalid
from institutions.imports.package import UnreadableFile
from reports.superior.mapping import asked
from reports.superior.workbook import open_form
from tests.reports.superior.forms import city_form, parts_of, repacked, with_parts

SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
KEYS = ["surveyed", "rectified"]


def refusal(data: bytes, name: str = "表.xlsx") -> str:
    with pytest.raises(UnreadableFile) as refused:
        open_form(data, name)
    return refused.value.message


def changed(part: str, old: bytes, new: bytes) -> bytes:
    parts = parts_of(city_form())
    assert old in parts[part]
    return repacked(parts | {part: parts[part].replace(old, new, 1)})


def test_workbook_with_macros_is_refused():
    with_project = repacked(parts_of(city_form()) | {"xl/vbaProject.bin": b"x"})
    said_only = changed(TYPES, b"spreadsheetml.sheet.main+xml", b"macroEnabled.main+xml")
    of_excel_4 = changed(
        TYPES, b"</Types>", b'<Override PartName="/xl/macrosheets/sheet1.xml" ContentType="a/macrosheet+xml"/></Types>'
    )

    assert {refusal(data) for data in (with_project, said_only, of_excel_4)} == {
        "工作簿带有宏，请另存为不带宏的 .xlsx。"
    }


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "表.xls", "另存为 .xlsx。"),
        (b"a,b\n1,2\n", "表.csv", "另存为 .xlsx。"),
        (b"", "表.xlsx", "文件是空的"),
        (city_form()[:2000], "表.xlsx", "工作簿已损坏"),
        (b"x" * (5 * 1024 * 1024 + 1), "表.xlsx", "文件超过 5 MB"),
        (changed(SHEET, b"<sheetData>", b"<sheetData"), "表.xlsx", ""),
        (changed(SHEET, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), "表.xlsx", "DOCTYPE"),
        (changed(SHEET, b'<c r="A1"', b'<c r="B1"'), "表.xlsx", ""),
        (repacked(parts_of(city_form()) | {"_xmlsignatures/sig1.xml": b"<a/>"}), "表.xlsx", "电子签名"),
        (repacked({**parts_of(city_form()), "XL/workbook.xml": b"<a/>"}), "表.xlsx", "工作簿已损坏"),
    ],
    ids=["xls", "csv", "empty", "cut", "large", "no xml", "doctype", "out of order", "signed", "twice"],
)
def test_file_that_is_no_form_is_refused(data, name, says):
    try:
        form = open_form(data, name)
        with pytest.raises(UnreadableFile) as refused:
            form.xml("汇总表")
        message = refused.value.message
    except UnreadableFile as early:
        message = early.message

    assert says in message
    assert message.endswith("。")


def test_sheet_that_reaches_to_the_last_cell_is_refused():
    far = changed(SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')

    assert "超过 2000 行、100 列的上限" in refusal(far)


def test_merges_that_cover_a_form_many_times_over_are_refused():
    merges = b'<mergeCell ref="A1:CV2000"/>' * 500
    form = open_form(changed(SHEET, b"</mergeCells>", merges + b"</mergeCells>"), "表.xlsx")

    with pytest.raises(UnreadableFile):
        asked([{"sheet": "汇总表", "cell": "C6", "key": "surveyed"}], form, KEYS)


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("C9", "汇总表!C9 是公式，会自己算出来"),
        ("B1", "汇总表!B1 在合并单元格里面，请改绑左上角的 A1。"),
        ("C5", "汇总表!C5 在合并单元格里面，请改绑左上角的 C4。"),
        ("7C", "“7C”不是单元格，例：C7。"),
        ("A0", "“A0”不是单元格，例：C7。"),
        ("ZZ9", "汇总表!ZZ9 超出报表范围。"),
        ("A1048576", "汇总表!A1048576 超出报表范围。"),
    ],
)
def test_cell_that_cannot_be_filled_is_refused_with_its_place(cell, says):
    form = open_form(city_form(), "表.xlsx")

    with pytest.raises(Invalid) as refused:
        asked([{"sheet": "汇总表", "cell": cell, "key": "surveyed"}], form, KEYS)

    assert refused.value.message.startswith(says)


def array_form(ref: str) -> bytes:
    """The sums of column C as one formula over several cells: it is written in the first of them."""
    formula = f'<c r="C9"><f t="array" ref="{ref}">C6:C8*1</f><v>7</v></c>'.encode()
    rows = b"".join(
        b'<row r="%d"><c r="C%d"><v>8</v></c></row>' % (row, row) if row > 9 else b'<row r="9">' + formula + b"</row>"
        for row in (9, 10, 11)
    )
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + rows
        + b"</sheetData></worksheet>"
    )
    return with_parts(city_form(), xl__worksheets__sheet1_xml=sheet)


@pytest.mark.parametrize("cell", ["C9", "C10", "D11"])
def test_cell_that_an_array_formula_fills_is_a_formula(cell):
    form = open_form(array_form("C9:D11"), "表.xlsx")

    with pytest.raises(Invalid, match=f"汇总表!{cell} 是公式"):
        asked([{"sheet": "汇总表", "cell": cell, "key": "surveyed"}], form, KEYS)
    assert asked([{"sheet": "汇总表", "cell": "C12", "key": "surveyed"}], form, KEYS)


def test_what_an_array_formula_came_to_is_taken_away_whole():
    made = parts_of(open_form(array_form("C9:D10"), "表.xlsx").with_cells({}))[SHEET]

    assert (made.count(b"<v>7</v>"), made.count(b"<v>8</v>")) == (0, 1)  # C11 is no part of it


def test_array_formula_over_more_than_a_form_has_is_refused():
    form = open_form(array_form("A1:XFD1048576"), "表.xlsx")

    with pytest.raises(UnreadableFile):
        form.xml("汇总表")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "还没有绑定任何单元格"),
        ({"sheet": "汇总表"}, "没有收到要绑定的单元格"),
        ([["C6"]], "没有收到要绑定的单元格"),
        ([{"sheet": 7, "cell": "C6", "key": "surveyed"}], "没有收到要绑定的单元格"),
        ([{"sheet": "汇总表", "cell": "C6", "key": "principal"}], "没有“principal”这个指标"),
        ([{"sheet": "汇总表", "cell": "C6", "key": "surveyed", "written_as": "x"}], "没有“surveyed”这个指标"),
        ([{"sheet": "字典", "cell": "A1", "key": "surveyed"}], "没有工作表“字典”，或已隐藏。"),
        ([{"sheet": "汇总表", "cell": "C6", "key": key} for key in KEYS], "汇总表!C6 绑定了两次。"),
        ([{"sheet": "汇总表", "cell": "C6", "key": "surveyed"}] * 2001, "最多绑定 2000 个单元格"),
    ],
)
def test_binding_that_says_nothing_usable_is_refused(given, says):
    with pytest.raises(Invalid) as refused:
        asked(given, open_form(city_form(), "表.xlsx"), KEYS)

    assert says in refused.value.message


def test_cell_of_a_protected_sheet_is_bound():
    form = open_form(city_form(), "表.xlsx")

    bound = asked([{"sheet": "汇总表", "cell": " $c$6", "key": "surveyed"}], form, KEYS)

    assert [(each.cell, each.above, each.left) for each in bound] == [("C6", ["排摸总数"], ["柳市镇"])]
