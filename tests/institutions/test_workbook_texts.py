"""Text files as Excel, WPS and people write them."""

import pytest

from institutions.imports.package import UnreadableFile
from institutions.imports.reading.text import unwrapped
from tests.institutions.workbooks import only_sheet, read

ROWS = [
    ["序号", "机构名称", "办学地址", "联系电话"],
    ["1", "绘声馆", "柳市镇井巷路105号", "0577-62000000"],
    ["2", "青竹教育", "柳市镇，三八路6楼", "13800000000"],
]
NAMES = {"\t": "制表符", ";": "分号", "|": "竖线"}


def divided(separator: str) -> str:
    return "".join(separator.join(row) + "\r\n" for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_columns_are_found_in_every_encoding(separator, encoding):
    book = read(divided(separator).encode(encoding), "名册.csv")

    assert (book.kind, book.sheets[0].name, book.sheets[0].rows) == ("text", "", ROWS)
    said = [] if encoding.startswith("utf-8") else [f"文字按 {encoding.upper()} 编码读取。"]
    assert book.remarks == said + ([f"各列按{NAMES[separator]}分开读取。"] if separator in NAMES else [])


def test_unicode_text_of_excel_is_read_under_any_name():
    # “Unicode 文本(*.txt)”: UTF-16 with its mark, columns divided by tabs.
    for name in ("名册.txt", "名册.xls", "名册"):
        assert only_sheet(divided("\t").encode("utf-16"), name).rows == ROWS


def test_big_endian_unicode_with_its_mark():
    assert only_sheet(b"\xfe\xff" + divided("\t").encode("utf-16-be"), "名册.txt").rows == ROWS


def test_sign_that_divides_is_the_one_that_divides_most_rows():
    text = "机构名称;办学地址;电话\n绘声馆;柳市镇,井巷路,1号;1\n青竹教育;柳市镇,湖心东路,2号,二楼;2\n"

    assert only_sheet(text.encode(), "a.csv").rows[1] == ["绘声馆", "柳市镇,井巷路,1号", "1"]


def test_phones_divided_by_semicolons_do_not_divide_columns():
    text = "机构名称,电话\n绘声馆,13800000000;13900000000\n青竹教育,13800000001;13900000001;0577-62000000\n"

    assert only_sheet(text.encode(), "a.csv").rows[2] == ["青竹教育", "13800000001;13900000001;0577-62000000"]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_line_that_names_the_separator_is_obeyed_and_is_no_row(line):
    # As the spreadsheet numbers them: the line is not row 1.
    assert only_sheet(f"{line}\r\na;b,c\r\n1;2\r\n".encode(), "a.csv").rows == [["a", "b,c"], ["1", "2"]]


def test_one_column_needs_no_separator():
    assert only_sheet("机构名称\n绘声馆\n".encode(), "a.csv").rows == [["机构名称"], ["绘声馆"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="0577"', "0577"),
        ('="绘声""馆"""', '绘声"馆"'),
        ("'0577", "0577"),
        ("'=1+1", "=1+1"),  # our own exports write what begins with = like this
        ("'", "'"),
        ("'绘声馆'分校", "'绘声馆'分校"),
        ("绘声馆", "绘声馆"),
        ('="a"&B1', '="a"&B1'),
    ],
)
def test_signs_that_keep_a_text_from_becoming_a_number_are_taken_off(cell, text):
    assert unwrapped(cell) == text


def test_signs_taken_off_are_said():
    book = read('机构名称,电话\n绘声馆,"=""0577"""\n\'青竹教育,1\n'.encode(), "a.csv")

    assert book.sheets[0].rows == [["机构名称", "电话"], ["绘声馆", "0577"], ["青竹教育", "1"]]
    assert book.remarks == ['有 2 个单元格写成 ="…" 或以 \' 开头（从第2行起），只取其中的文字。']


def test_errors_and_formulas_in_a_text_are_not_values():
    # A column too narrow for its days is saved as ######## by Excel.
    sheet = only_sheet("a,b,c,d\n#N/A,=A1&B1,########,#1楼\n".encode(), "a.csv")

    assert sheet.rows[1] == ["", "", "", "#1楼"]
    assert sheet.unread == {(1, 0): "#N/A", (1, 1): "=", (1, 2): "########"}


def test_quoted_cells_hold_separators_and_lines():
    text = '机构名称,地址\n"绘声馆,分校","柳市镇\n井巷路""1""号"\n"绘声馆"柳市分校,x\n'

    assert only_sheet(text.encode(), "a.csv").rows == [
        ["机构名称", "地址"],
        ["绘声馆,分校", '柳市镇\n井巷路"1"号'],
        ["绘声馆柳市分校", "x"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        '名称\t地址\n绘声馆\t井巷路\n青竹教育\t"\n晨曦教育\t翔金路\n博远慧\t"\n智芯\t湖景路\n',  # swallows rows 4 and 5
        '名称\t地址\n绘声馆\t井巷路\n青竹教育\t"\n晨曦教育\t翔金路\n博远慧\t湖景路\n',  # swallows the rest
    ],
)
def test_quotation_mark_that_means_ditto_swallows_no_rows(text):
    book = read(text.encode(), "a.txt")

    assert book.sheets[0].rows == [line.split("\t") for line in text.splitlines()]
    assert "文件中的引号没有配对，按普通字读取。" in book.remarks


def test_quote_without_a_second_among_quoted_cells_is_refused_with_its_row():
    text = '名称,地址\n"绘声馆,分校",井巷路\n"青竹教育,翔金路\n晨曦教育,湖景路\n'

    with pytest.raises(UnreadableFile, match="CSV 第 3 行读不了"):
        read(text.encode(), "a.csv")


def test_utf8_with_a_damaged_sign_is_not_read_as_another_encoding():
    damaged = divided(",").encode().replace("绘".encode(), b"\xe7\xbb", 1)

    with pytest.raises(UnreadableFile, match="CSV 第 2 行有损坏的字"):
        read(damaged, "a.csv")


def test_blank_rows_and_columns_cost_nothing():
    text = "机构名称,,\n\n,,\n绘声馆, ,\u3000\n" + ",,,\n" * 50_000

    assert only_sheet(text.encode(), "a.csv").rows == [["机构名称"], [], [], ["绘声馆"]]


def test_sign_without_a_code_is_said():
    book = read("机构名称,负责人\n绘声馆,李\ue000\n青竹教育,\ufffd某\n".encode("gb18030"), "a.csv")

    assert book.remarks == [
        "文字按 GB18030 编码读取。",
        "第2行 B列有别的电脑显示不出的字（U+E000），请核对并改成正确的字。",
        "第3行 B列有别的电脑显示不出的字（U+FFFD），请核对并改成正确的字。",
    ]
