"""What only the look of a workbook says: struck out, hidden, filtered, merged; what lies on its sheets."""

import io
import random
import zipfile
from copy import copy

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from PIL import Image as Picture

from institutions.imports.reading.frames import OfCells
from tests.institutions.workbooks import by_openpyxl, by_xlsxwriter, only_sheet, read, replaced, xlsx

STRUCK, PLAIN = InlineFont(strike=True), InlineFont()


def test_cell_struck_out_is_said_whatever_it_holds():
    def fill(book):
        book.active.append(["绘声馆", 12, "青竹教育", None])
        for column in (1, 2, 4):
            book.active.cell(1, column).font = Font(strike=True)
        book.active["C1"].font = Font(strike=False, bold=True)

    sheet = only_sheet(by_openpyxl(fill))

    assert (sheet.rows, sheet.struck) == ([["绘声馆", 12, "青竹教育"]], {(0, 0): "", (0, 1): ""})


def test_struck_part_of_a_text_is_told_from_the_rest():
    def fill(book):
        book.active["A1"] = CellRichText("井巷路", TextBlock(STRUCK, "105号"), TextBlock(PLAIN, "107号"))
        book.active["A2"] = CellRichText(TextBlock(InlineFont(b=True), "绘声馆"), "分校")
        book.active["A3"] = CellRichText(TextBlock(STRUCK, "青竹"), TextBlock(STRUCK, "教育"))

    sheet = only_sheet(by_openpyxl(fill))

    assert sheet.rows == [["井巷路105号107号"], ["绘声馆分校"], ["青竹教育"]]
    assert sheet.struck == {(0, 0): "井巷路107号", (2, 0): ""}


def test_runs_of_a_shared_text_take_the_look_of_their_cell():
    # In a struck-out cell a run without a look of its own is struck out, one with a look that does not strike is not.
    strings = "<si><r><t>旧名</t></r><r><rPr><b/></rPr><t>新名</t></r></si><si><t>旧</t></si>"
    styles = '<fonts><font/><font><strike val="1"/></font><font><strike val="0"/></font></fonts>'
    styles += '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/></cellXfs>'
    cells = [("A1", 1, 0), ("B1", 0, 0), ("C1", 1, 1), ("D1", 2, 1)]
    row = "".join(f'<c r="{place}" s="{style}" t="s"><v>{text}</v></c>' for place, style, text in cells)

    sheet = only_sheet(xlsx(f'<row r="1">{row}</row>', strings=strings, styles=styles))

    assert sheet.rows == [["旧名新名", "旧名新名", "旧", "旧"]]
    assert sheet.struck == {(0, 0): "新名", (0, 2): ""}


def test_text_in_runs_inside_its_cell():
    text = "<r><t>井巷路</t></r><r><rPr><strike/></rPr><t>1号</t></r><rPh><t>jǐng</t></rPh>"

    sheet = only_sheet(xlsx(f'<row r="1"><c r="A1" t="inlineStr"><is>{text}</is></c></row>'))

    assert (sheet.rows, sheet.struck) == ([["井巷路1号"]], {(0, 0): "井巷路"})


def test_hidden_rows_and_columns():
    def fill(book):
        for row in range(5):
            book.active.append([row, row, row, row])
        book.active.row_dimensions[2].hidden = True
        book.active.row_dimensions[900].hidden = True  # below everything: nothing is hidden there
        book.active.column_dimensions.group("B", "C", hidden=True)

    sheet = only_sheet(by_openpyxl(fill))

    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({1}), frozenset({1, 2}))
    assert sheet.filtered is False


def test_columns_hidden_to_the_end_of_the_sheet_are_those_that_hold_something():
    before = '<cols><col min="2" max="16384" width="9" hidden="1"/></cols>'

    sheet = only_sheet(xlsx('<row r="1"><c r="C1"><v>1</v></c></row>', before=before))

    assert sheet.hidden_columns == frozenset({1, 2})


def test_rows_hidden_by_a_filter():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["乡镇", "柳市镇", "虹桥镇"])
        sheet.autofilter(0, 0, 2, 0)
        sheet.filter_column(0, "x == 柳市镇")
        sheet.set_row(2, options={"hidden": True})

    sheet = only_sheet(by_xlsxwriter(fill))

    assert (sheet.filtered, sheet.hidden_rows, len(sheet.rows)) == (True, frozenset({2}), 3)


def test_filter_that_hides_nothing_is_none():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["乡镇", "柳市镇"])
        sheet.autofilter(0, 0, 1, 0)

    assert only_sheet(by_xlsxwriter(fill)).filtered is False


def test_filter_of_a_table_counts_too():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.add_table(0, 0, 2, 0, {"data": [["柳市镇"], ["虹桥镇"]], "columns": [{"header": "乡镇"}]})

    data = by_xlsxwriter(fill)
    filtered = data_with(data, "xl/tables/table1.xml", b'<autoFilter ref="A1:A3"/>', FILTER)

    assert (only_sheet(data).filtered, only_sheet(filtered).filtered) == (False, True)


FILTER = b'<autoFilter ref="A1:A3"><filterColumn colId="0"><filters/></filterColumn></autoFilter>'


def data_with(package: bytes, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        content = opened.read(part)
    assert old in content
    return replaced(package, {part: content.replace(old, new)})


def test_merged_cells_inside_what_is_filled():
    def fill(book):
        book.active.append(["登记表", None, None])
        book.active.append(["柳市镇", 1, 2])
        book.active.append([None, 3, 4])
        for area in ("A1:C1", "A2:A3", "B2:B1000", "E9:F10"):
            book.active.merge_cells(area)

    sheet = only_sheet(by_openpyxl(fill))

    # B2:B1000 ends with the last filled row; where nothing is filled nothing is merged.
    assert sheet.merges == [(0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 2, 1)]


def test_every_sheet_is_there_with_its_state():
    def fill(book):
        for name, state in (("旧表", "hidden"), ("名册", "visible"), ("底稿", "veryHidden"), ("空表", "visible")):
            sheet = book.create_sheet(name)
            sheet.sheet_state = state
            if name != "空表":
                sheet.append([name])
        book.create_chartsheet("统计图")
        del book["Sheet"]

    sheets = read(by_openpyxl(fill)).sheets

    assert [(sheet.name, sheet.state, sheet.rows) for sheet in sheets] == [
        ("旧表", "hidden", [["旧表"]]),
        ("名册", "visible", [["名册"]]),
        ("底稿", "hidden", [["底稿"]]),
        ("空表", "visible", []),
        ("统计图", "chart", []),
    ]


def test_hidden_sheet_that_is_too_long_is_cut_and_said():
    # A list of codes behind the drop-downs, as forms of a bureau have it.
    def fill(book):
        book.add_worksheet("名册").write_string(0, 0, "绘声馆")
        codes = book.add_worksheet("代码")
        codes.write_column(0, 0, range(20_005))
        codes.hide()

    book = read(by_xlsxwriter(fill))

    assert [len(sheet.rows) for sheet in book.sheets] == [1, 20_000]
    assert book.remarks == ["隐藏的工作表“代码”过大，只读到上限为止。"]


def test_hidden_sheet_that_is_too_wide_is_cut_and_said():
    def fill(book):
        book.add_worksheet("名册").write_string(0, 0, "绘声馆")
        sheet = book.add_worksheet("底稿")
        sheet.write_row(0, 0, range(120))
        sheet.hide()

    book = read(by_xlsxwriter(fill))

    assert book.sheets[1].rows == [list(range(100))]
    assert book.remarks == ["隐藏的工作表“底稿”过大，只读到上限为止。"]


def test_row_of_no_height_and_column_of_no_width_are_hidden():
    rows = '<row r="1" ht="0" customHeight="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'

    sheet = only_sheet(xlsx(rows, before='<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'))

    assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset({0}), frozenset({1}))


def test_pictures_comments_and_boxes_harm_nothing_and_are_said():
    picture = io.BytesIO()
    Picture.new("RGB", (20, 20)).save(picture, "PNG")

    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "绘声馆")
        sheet.insert_image(5000, 200, "a.png", {"image_data": picture})
        sheet.write_comment(0, 0, "已停办")
        sheet.insert_textbox(3, 3, "截至2018年12月31日")

    book = read(by_xlsxwriter(fill))

    assert book.sheets[0].rows == [["绘声馆"]]
    assert book.remarks == [
        "工作簿中有 1 张图片，图片不读取。",
        "工作簿中有 1 处批注，批注不读取。",
        "工作簿中有 1 个文本框，文本框不读取。",
    ]


def test_many_pictures_are_no_reason_to_refuse():
    book = openpyxl.Workbook()
    book.active["A1"] = "绘声馆"
    book.active["A1"].comment = Comment("已核对", "李某")
    for number in range(250):
        content = io.BytesIO()
        Picture.new("RGB", (number + 1, 1)).save(content, "PNG")
        book.active.add_image(Image(content), f"B{number + 1}")
    written = io.BytesIO()
    book.save(written)

    read_back = read(written.getvalue())

    assert read_back.sheets[0].rows == [["绘声馆"]]
    assert read_back.remarks == ["工作簿中有 250 张图片，图片不读取。", "工作簿中有 1 处批注，批注不读取。"]


def test_picture_inside_a_cell_is_no_value_and_no_error():
    by_wps = '<c r="A1" t="str"><f>DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
    by_excel = '<c r="B1" t="e" vm="1"><v>#VALUE!</v></c>'
    data = xlsx(f'<row r="1">{by_wps}{by_excel}<c r="C1"><v>1</v></c></row>')

    with_pictures = read(replaced(data, {"xl/richData/richValueRel.xml": "<x/>", "xl/media/image1.png": b"x"}))

    assert (with_pictures.sheets[0].rows, with_pictures.sheets[0].unread) == ([["", "", 1]], {})
    assert with_pictures.remarks == ["工作簿中有 1 张图片，图片不读取。"]
    assert only_sheet(data).unread == {(0, 1): "#VALUE!"}


def test_sign_without_a_code_is_said_with_its_place():
    def fill(book):
        sheet = book.add_worksheet("名册")
        sheet.write_column(1, 3, ["李\ue000"] * 7)

    assert read(by_xlsxwriter(fill)).remarks == [
        *(f"工作表“名册”第{row}行 D列有别的电脑显示不出的字（U+E000），请核对并改成正确的字。" for row in range(2, 7)),
        "另有 2 个单元格也有这样的字。",
    ]


def test_what_is_said_of_cells_is_a_mapping_whatever_their_order():
    chance = random.Random(8)  # noqa: S311 (an example)
    plain, marks = {}, OfCells()

    for _time in range(2_000):
        place = chance.randrange(60), chance.randrange(12)
        if chance.random() < 0.3:
            assert marks.pop(place, "-") == plain.pop(place, "-")
        else:
            marks[place] = plain[place] = chance.choice(["", "#N/A", "0577"])
    copied = copy(marks)
    copied[100, 0] = "另一处"

    assert marks == OfCells.unpacked(*marks.packed()) == plain
    assert list(marks) == sorted(plain)
    assert [dict(marks.of_row(row)) for row in range(61)] == [
        {column: text for (at, column), text in plain.items() if at == row} for row in range(61)
    ]
    assert (copied[100, 0], (100, 0) in marks, marks.get((100, 0)), (0, 20) in marks) == ("另一处", False, None, False)


def test_cells_struck_out_by_the_hundred_thousand_take_twelve_bytes_each():
    marks = OfCells()
    for row in range(10_000):
        for column in range(12):
            marks[row, column] = ""

    places, numbers, texts = marks.packed()

    assert (len(places) + len(numbers), texts) == (120_000 * 12, [""])
