"""Excel 97-2003's .xls, and what offices' programs save under that ending."""

import io
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlwt

from institutions.imports.package import UnreadableFile
from tests.institutions.workbooks import only_sheet, read

EXCEL_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">'
)


def by_xlwt(fill: Callable[[Any], None]) -> bytes:
    written, book = io.BytesIO(), xlwt.Workbook()
    fill(book)
    book.save(written)
    return written.getvalue()


def of_2003(table: str, more: str = "", behind: str = "") -> bytes:
    sheet = f'<Worksheet ss:Name="名册"><Table>{table}</Table>{behind}</Worksheet>'
    return f"{EXCEL_2003}{more}{sheet}</Workbook>".encode()


def styled(number_format: str) -> Any:
    return xlwt.easyxf(num_format_str=number_format)


def test_xls_cells_keep_their_types():
    def fill(book):
        sheet = book.add_sheet("名册")
        cells = [("绘声馆", None), (120, None), (28.5, None), (True, None), (13800000000, None)]
        cells += [
            (date(2018, 9, 3), "YYYY-MM-DD"),
            (datetime(2018, 9, 3, 12), "YYYY-MM-DD hh:mm"),
            (time(3, 20), "h:mm"),
        ]
        for column, (value, shown) in enumerate(cells):
            sheet.write(1, column, value, *([styled(shown)] if shown else []))

    book = read(by_xlwt(fill), "名册.xls")

    day, noon = date(2018, 9, 3), datetime(2018, 9, 3, 12)
    assert (book.kind, book.epoch_1904) == ("xls", False)
    assert book.sheets[0].rows == [[], ["绘声馆", 120, 28.5, True, 13800000000, day, noon, time(3, 20)]]


def test_xls_of_the_1904_system():
    def fill(book):
        book.dates_1904 = True
        book.add_sheet("名册").write(0, 0, 41884)

    book = read(by_xlwt(fill), "名册.xls")

    assert (book.epoch_1904, book.sheets[0].rows) == (True, [[41884]])


def test_xls_looks():
    struck = xlwt.easyxf("font: struck_out on")

    def fill(book):
        sheet = book.add_sheet("名册")
        sheet.write_merge(0, 0, 0, 2, "登记表")
        sheet.write(1, 0, "绘声馆", struck)
        sheet.write_rich_text(1, 1, [("井巷路1号", struck.font), "井巷路2号"])
        sheet.write(2, 0, 133038216000117890.0)
        sheet.write(2, 1, date(2018, 5, 3), styled('m"月"d"日"'))
        sheet.write(2, 2, 5, styled("000"))
        sheet.write(30_000, 9, "  ")
        sheet.row(2).hidden = True
        sheet.col(1).hidden = True
        book.add_sheet("旧表").visibility = 2

    sheet, old = read(by_xlwt(fill), "名册.xls").sheets

    assert len(sheet.rows) == 3
    assert (sheet.merges, sheet.struck) == ([(0, 0, 0, 2)], {(1, 0): "", (1, 1): "井巷路2号"})
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({2}), frozenset({1}))
    assert (sheet.numbers, sheet.partial_days) == ({(2, 0): "133038216000117888"}, {(2, 1): "day without year"})
    assert sheet.padded == {(2, 2): "005"}
    assert (old.name, old.state) == ("旧表", "hidden")


def test_xls_formula_with_an_empty_result_is_said():
    # xlwt stores no result of a formula; Excel stores the same for one whose result is an empty text.
    def fill(book):
        sheet = book.add_sheet("名册")
        sheet.write(0, 0, "绘声馆")
        sheet.write(0, 1, xlwt.Formula('A1&"分校"'))

    book = read(by_xlwt(fill), "名册.xls")

    assert book.sheets[0].rows == [["绘声馆"]]
    assert book.remarks == ["工作表“名册”有 1 个公式的结果是空的，也可能是没有计算过，请在 Excel 中打开核对。"]


def test_xls_error_cell_is_not_an_empty_one():
    def fill(book):
        sheet = book.add_sheet("名册")
        sheet.write(0, 0, "绘声馆")
        sheet.row(0).set_cell_error(1, 0x2A)

    sheet = only_sheet(by_xlwt(fill), "名册.xls")

    assert (sheet.rows, sheet.unread) == ([["绘声馆", ""]], {(0, 1): "#N/A"})


def with_second_sheet_as(kind: int) -> bytes:
    """A workbook whose second sheet is of another kind: 1 a sheet of macros, 2 a chart."""

    def fill(book):
        book.add_sheet("名册").write(0, 0, "绘声馆")
        book.add_sheet("统计图")

    data = bytearray(by_xlwt(fill))
    data[data.index("统计图".encode("utf-16-le")) - 3] = kind  # before the length and the flags of its name
    return bytes(data)


def test_xls_chart_is_a_sheet_that_is_not_read_and_macros_are_refused():
    sheets = read(with_second_sheet_as(2), "名册.xls").sheets

    assert [(sheet.name, sheet.state) for sheet in sheets] == [("名册", "visible"), ("统计图", "chart")]
    with pytest.raises(UnreadableFile, match="带有宏"):
        read(with_second_sheet_as(1), "名册.xls")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_xls_that_is_broken_is_refused_in_words(share):
    data = by_xlwt(lambda book: book.add_sheet("名册").write(0, 0, "绘声馆"))

    with pytest.raises(UnreadableFile, match="不是 Excel 工作簿，或已损坏"):
        read(data[: int(len(data) * share)], "名册.xls")


def test_xls_enciphered_is_refused_in_words():
    # The record behind the first one (BOF, 20 bytes) becomes FILEPASS (0x2F): what follows is enciphered.
    data = bytearray(by_xlwt(lambda book: book.add_sheet("名册").write(0, 0, "绘声馆")))
    second = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    data[second : second + 2] = b"\x2f\x00"

    with pytest.raises(UnreadableFile, match="设有打开密码"):
        read(bytes(data), "名册.xls")


def test_excel_2003_xml_is_read():
    styles = (
        '<Styles><Style ss:ID="old"><Font ss:StrikeThrough="1"/></Style>'
        '<Style ss:ID="day"><NumberFormat ss:Format="m&quot;月&quot;d&quot;日&quot;;@"/></Style></Styles>'
    )
    cells = (
        '<Row ss:Index="3" ss:Hidden="1"><Cell ss:StyleID="old"><Data ss:Type="String">绘声馆</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="Number">120</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell>'
        '<Cell ss:StyleID="day"><Data ss:Type="DateTime">2018-05-03T00:00:00.000</Data></Cell>'
        '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">旧<S>址</S>新</ss:Data></Cell>'
        '<Cell ss:Formula="=A1"/><Cell><Data ss:Type="Error">#N/A</Data></Cell>'
        '<Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Number">1.33E+17</Data></Cell></Row>'
    )
    title = '<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">登记表</Data></Cell><Cell><Data ss:Type="String">右</Data></Cell></Row>'
    hidden = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    column = '<Column ss:Index="2" ss:Span="1" ss:Hidden="1"/>'

    book = read(of_2003(column + title + cells, styles), "名册.xls")
    (sheet,) = book.sheets

    day = date(2018, 5, 3)
    assert book.kind == "xml"
    assert sheet.rows == [["登记表", "", "", "右"], [], ["绘声馆", "", 120, day, "旧址新", "", "", True, 1.33e17]]
    assert (sheet.merges, sheet.struck) == ([(0, 0, 0, 2)], {(2, 0): "", (2, 4): "旧新"})
    assert (sheet.unread, sheet.numbers) == ({(2, 5): "=", (2, 6): "#N/A"}, {(2, 8): "1.33E+17"})
    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({2}), frozenset({1, 2}))
    assert sheet.partial_days == {(2, 3): "day without year"}
    assert only_sheet(of_2003(title, behind=hidden), "名册.xls").state == "hidden"


@pytest.mark.parametrize(
    ("behind", "filtered"),
    [
        ("<WorksheetOptions><FilterOn/></WorksheetOptions>", True),
        ('<x:AutoFilter><x:AutoFilterColumn x:Type="Custom"/></x:AutoFilter>', True),
        ('<x:AutoFilter x:Range="R1C1:R3C1"/>', False),
    ],
)
def test_excel_2003_xml_filter(behind, filtered):
    rows = '<Row><Cell><Data ss:Type="String">绘声馆</Data></Cell></Row>'

    assert only_sheet(of_2003(rows, behind=behind), "名册.xls").filtered is filtered


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_excel_2003_xml_in_the_encodings_of_offices(encoding):
    text = of_2003('<Row><Cell><Data ss:Type="String">绘声馆</Data></Cell></Row>').decode()
    declared = text.replace('version="1.0"', f'version="1.0" encoding="{encoding}"')

    assert only_sheet(declared.encode(encoding), "名册.xls").rows == [["绘声馆"]]


def test_web_page_saved_as_xls_is_read_and_said():
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312">'
        "<style>.old {color:red; text-decoration:line-through}</style></head><body><table border=1>"
        "<tr><th colspan=3>登记表</th></tr>"
        '<tr><td rowspan="2">柳市镇</td><td>绘声馆<br>二层</td><td x:num="43346">2018/9/3</td></tr>'
        "<tr style='display:none'><td class=old>青竹教育</td><td>&nbsp;</td><td><s>旧址</s>新址</td><td x:num>12</td>"
        "<td>#N/A</td><td>330382000012345678</td></tr></table></body></html>"
    )

    book = read(page.encode("gb18030"), "名册.xls")
    (sheet,) = book.sheets

    assert (book.kind, book.remarks) == ("html", ["这是以 .xls 保存的网页，按其中的表格读取；数字和日期都是文字。"])
    assert sheet.rows == [
        ["登记表"],
        ["柳市镇", "绘声馆\n二层", "2018/9/3"],
        ["", "青竹教育", "", "旧址新址", 12, "", "330382000012345678"],
    ]
    assert (sheet.merges, sheet.struck) == ([(0, 0, 0, 2), (1, 0, 2, 0)], {(2, 1): "", (2, 3): "新址"})
    assert (sheet.hidden_rows, sheet.unread) == (frozenset({2}), {(2, 5): "#N/A"})


def test_web_page_without_a_table_is_refused_in_words():
    with pytest.raises(UnreadableFile, match=re.escape("这是网页，里面没有表格")):
        read("<!DOCTYPE html><html><p>请登录</p></html>".encode(), "名册.xls")
