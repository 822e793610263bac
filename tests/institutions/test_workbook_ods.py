"""OpenDocument's .ods, as LibreOffice and WPS write it."""

from datetime import date, datetime, time

import pytest

from institutions.imports.package import UnreadableFile
from tests.institutions.workbooks import ods, only_sheet, read

BLANK = '<table:table-cell table:number-columns-repeated="16384"/>'
STYLES = (
    '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="old"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="older" style:parent-style-name="old"/>'
    '<style:style style:name="new"><style:text-properties style:text-line-through-style="none"/></style:style>'
    '<datastyle:date-style style:name="N1"><datastyle:month/><datastyle:text>月</datastyle:text><datastyle:day/>'
    "</datastyle:date-style>"
    '<datastyle:date-style style:name="N2"><datastyle:year/><datastyle:month/></datastyle:date-style>'
    '<style:style style:name="day" style:data-style-name="N1"/><style:style style:name="month" style:data-style-name="N2"/>'
)


def text(content: str, **attributes: str) -> str:
    return cell("string", f"<text:p>{content}</text:p>", **attributes)


def cell(kind: str, content: str = "", **attributes: str) -> str:
    named = "".join(f' {name.replace("__", ":").replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="{kind}"{named}>{content}</table:table-cell>'


def row(*cells: str, **attributes: str) -> str:
    named = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row{named}>{''.join(cells)}</table:table-row>"


def table(*content: str, name: str = "名册", style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(content)}</table:table>'


def only(*rows: str):
    return only_sheet(ods(table(*rows), STYLES), "名册.ods")


def test_values_keep_their_types():
    sheet = only(
        row(
            text("绘声馆"),
            cell("float", office__value="120"),
            cell("float", office__value="28.5"),
            cell("boolean", office__boolean_value="true"),
            cell("date", office__date_value="2018-09-03"),
            cell("date", office__date_value="2018-09-03T12:30:00"),
            cell("time", office__time_value="PT03H20M00S"),
            cell("time", office__time_value="PT26H00M00S"),
            cell("percentage", office__value="0.94"),
        )
    )

    noon = datetime(2018, 9, 3, 12, 30)
    assert sheet.rows == [["绘声馆", 120, 28.5, True, date(2018, 9, 3), noon, time(3, 20), "PT26H0M0S", 0.94]]


def test_truth_that_is_kept_as_a_number_is_one():
    shown = [
        cell("float", f"<text:p>{said}</text:p>", office__value=value)
        for said, value in (("TRUE", "1"), ("FALSE", "0"), ("1", "1"))
    ]

    assert [type(each) for each in only(row(*shown)).rows[0]] == [bool, bool, int]


def test_lines_spaces_and_tabs_of_a_text():
    content = '柳市镇<text:s text:c="2"/>井巷路<text:tab/>1号</text:p><text:p>二<text:line-break/>层'

    assert only(row(text(content))).rows == [["柳市镇  井巷路\t1号\n二\n层"]]


def test_comments_and_shapes_are_no_text_of_the_cell():
    note = "<office:annotation><text:p>已停办</text:p></office:annotation>"
    shape = "<drawing:frame><drawing:text-box><text:p>图</text:p></drawing:text-box></drawing:frame>"

    book = read(
        ods(
            table(f"<table:shapes>{shape}</table:shapes>", row(cell("string", f"{note}<text:p>绘声馆</text:p>{shape}")))
        )
    )

    assert (book.kind, book.sheets[0].rows) == ("ods", [["绘声馆"]])
    assert book.remarks == ["工作簿中有 1 处批注，批注不读取。"]


def test_repeated_cells_and_rows_are_as_many_as_they_stand_for():
    sheet = only(
        row(BLANK, number_rows_repeated="2"),
        row(text("柳市镇", table__number_columns_repeated="2"), number_rows_repeated="3"),
        row(BLANK, number_rows_repeated="1048571"),
    )

    assert sheet.rows == [[], [], *[["柳市镇", "柳市镇"]] * 3]


def test_merged_and_covered_cells():
    covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    spanned = {"table__number_columns_spanned": "3", "table__number_rows_spanned": "1"}

    sheet = only(row(text("登记表", **spanned), covered, text("右")))

    assert (sheet.rows, sheet.merges) == ([["登记表", "", "", "右"]], [(0, 0, 0, 2)])


def test_hidden_rows_columns_and_sheets():
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    rows = row(text("a"), text("b"), text("c"), text("d")), row(text("e"), visibility="collapse")

    book = read(ods(table(columns, *rows) + table(row(text("x")), name="旧表", style="gone"), STYLES))
    filtered = only(row(text("a")), row(text("b"), visibility="filter"))

    assert [(sheet.name, sheet.state) for sheet in book.sheets] == [("名册", "visible"), ("旧表", "hidden")]
    assert (book.sheets[0].hidden_rows, book.sheets[0].hidden_columns) == (frozenset({1}), frozenset({1, 2}))
    assert (book.sheets[0].filtered, filtered.filtered, filtered.hidden_rows) == (False, True, frozenset({1}))


def test_struck_out_cells_and_parts():
    sheet = only(
        row(text("绘声馆", table__style_name="older"), cell("float", office__value="1", table__style_name="old")),
        row(text('井巷路<text:span text:style-name="old">1号</text:span>2号')),
        row(text('旧<text:span text:style-name="new">新</text:span>', table__style_name="old")),
    )

    assert sheet.struck == {(0, 0): "", (0, 1): "", (1, 0): "井巷路2号", (2, 0): "新"}


def test_style_of_a_column_strikes_out_its_cells():
    column = '<table:table-column/><table:table-column table:default-cell-style-name="old"/>'

    assert only(column, row(text("a"), text("b"))).struck == {(0, 1): ""}


def test_errors_and_formulas_without_a_value():
    sheet = only(
        row(
            text("#N/A", calcext__value_type="error", table__formula="of:=NA()"),
            text("Err:502"),
            cell("float", "<text:p>#REF!</text:p>", office__value="0", table__formula="of:=#REF!"),
            '<table:table-cell table:formula="of:=A1"/>',
            cell("string", "", table__formula="of:=&quot;&quot;"),
            text("绘声馆", table__formula="of:=A1"),
        )
    )

    assert sheet.rows == [["", "", "", "", "", "绘声馆"]]
    assert sheet.unread == {(0, 0): "#N/A", (0, 1): "Err:502", (0, 2): "#REF!", (0, 3): "="}


def test_days_of_which_a_part_is_shown_and_digits_as_stored():
    sheet = only(
        row(
            cell("date", office__date_value="2018-05-03", table__style_name="day"),
            cell("date", office__date_value="2018-09-01", table__style_name="month"),
            cell("float", office__value="133038216000117890"),
            cell("float", "<text:p>0577</text:p>", office__value="577"),
        )
    )

    assert sheet.partial_days == {(0, 0): "day without year", (0, 1): "month"}
    assert sheet.numbers == {(0, 2): "133038216000117890"}
    assert sheet.padded == {(0, 3): "0577"}


def test_1904_system():
    settings = (
        '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    )

    assert read(ods(table(row(text("a"))), settings=settings)).epoch_1904 is True
    assert read(ods(table(row(text("a"))))).epoch_1904 is False


def test_tables_of_other_files_and_old_states_are_no_sheets():
    # LibreOffice keeps copies of the tables that formulas refer to, and what was there before a tracked change.
    copy = table("<table:table-source/>", row(text("x")), name="'file:///c.ods'#表", style="ta_extref")
    change = "<table:tracked-changes><table:cell-content-change><table:table-cell><text:p>x</text:p></table:table-cell>"
    change += "</table:cell-content-change></table:tracked-changes>"

    sheet = only_sheet(ods(change + table(row(text("a"))) + copy))

    assert (sheet.name, sheet.rows) == ("名册", [["a"]])


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (row(text("x"), number_rows_repeated="1048576"), "“名册”在第 1048576 行第 1 列还有内容"),
        (row(text("x", table__number_columns_repeated="16384")), "“名册”在第 1 行第 16384 列还有内容"),
        (row(text("x"), number_rows_repeated="-5"), "读取文件失败"),
        (row(text("x", table__number_columns_repeated="9999999999")), "读取文件失败"),
        (row(cell("float", office__value="x")), "读取文件失败"),
        (row(cell("date", office__date_value="2018-13-45")), "读取文件失败"),
    ],
)
def test_ods_that_stands_for_too_much_or_nothing_is_refused(rows, says):
    with pytest.raises(UnreadableFile, match=says):
        only(rows)


def test_many_full_sheets_in_a_small_file_are_refused():
    full = row(*[text("x")] * 100, number_rows_repeated="20000")

    with pytest.raises(UnreadableFile, match="超过 2000000 个单元格"):
        read(ods("".join(table(full, name=str(number)) for number in range(3))))


def test_ods_with_a_password_or_a_macro_is_refused():
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"

    with pytest.raises(UnreadableFile, match="设有打开密码"):
        read(ods("", **{"META-INF/manifest.xml": manifest, "content.xml": b"\x00\xff\x17enciphered"}))
    with pytest.raises(UnreadableFile, match="带有宏"):
        read(ods("", **{"Basic/Standard/Module1.xml": b"<x/>"}))


def test_text_document_is_no_register():
    with pytest.raises(UnreadableFile, match="不是 Excel 工作簿"):
        read(ods("", mimetype=b"application/vnd.oasis.opendocument.text"))
