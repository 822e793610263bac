"""A form is filled and nothing else in it is touched."""

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from accounts.errors import Invalid
from reports.bindings import Words
from reports.superior.filling import filled
from reports.superior.mapping import Bound, FormChanged, with_words
from reports.superior.workbook import open_form
from tests.reports.superior.forms import city_form, parts_of, with_parts
from tests.reports.superior.reports import D, county, printed_of, table_of

pytestmark = pytest.mark.django_db
WORDS = Words(date(2019, 1, 3), "经办甲")
CACHED = re.compile(rb"(<f\b[^>]*>[^<]*</f>)<v>[^<]*</v>")
SHEET, COVER = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"


def fill(data: bytes, bound: list[Bound] | None = None, printed=None) -> bytes:
    form = open_form(data, "表.xlsx")
    return filled(form, table_of(form) if bound is None else with_words(bound, form), printed or printed_of(), WORDS)


def values(data: bytes, sheet: str = "汇总表") -> dict[str, object]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row if cell.value is not None}


def test_bound_cells_hold_the_figures_as_numbers():
    county()

    made = values(fill(city_form()))

    assert [[made.get(f"{column}{row}") for column in "CDEFG"] for row in (6, 7, 8)] == [
        [3, 2, 2, 1, 1],
        [3, 3, 2, 2, 0.6667],  # 2/3 as the form's 0.00% shows it
        [0, 0, 0, 0, "—"],  # a township with nothing
    ]


def test_every_other_part_of_the_package_keeps_its_bytes():
    county()
    form = city_form()

    before, after = parts_of(form), parts_of(fill(form))

    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {SHEET, COVER, "xl/workbook.xml"}
    # The second sheet and the workbook: only that formulas are to be calculated.
    assert after[COVER] == CACHED.sub(rb"\1", before[COVER])
    assert after["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"") == before["xl/workbook.xml"]
    assert {"xl/media/image1.jpeg", "xl/drawings/drawing1.xml", "xl/styles.xml", "xl/sharedStrings.xml"} < set(before)


def test_every_other_byte_of_the_sheet_stays():
    county()
    form = city_form()
    cell = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)')

    before, after = (CACHED.sub(rb"\1", parts_of(data)[SHEET]) for data in (form, fill(form)))

    bound = {each.cell.encode() for each in table_of(open_form(form, "表.xlsx"))}
    without = [cell.sub(lambda m: b"" if m[1] in bound else m[0], text) for text in (before, after)]
    assert without[0] == without[1]
    assert before != after
    styles = [dict(re.findall(rb'<c r="([A-Z]+\d+)" s="(\d+)"', text)) for text in (before, after)]
    assert styles[0] == styles[1]


def test_package_as_excel_for_the_web_writes_it_is_filled_alike():
    """With a prefix on every tag, rows and cells that do not say where they are, and an empty row."""
    county()
    sheet = (
        b'<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<x:sheetData><x:row/><x:row><x:c t="inlineStr"><x:is><x:t>a&gt;b</x:t></x:is></x:c></x:row>'
        b'<x:row r="5" customFormat="1" s="1"/></x:sheetData></x:worksheet>'
    )
    form = with_parts(city_form(), xl__worksheets__sheet1_xml=sheet)
    bound = [Bound("汇总表", cell, "surveyed") for cell in ("A1", "B2", "C4", "B5", "A9")]

    made = parts_of(fill(form, bound))[SHEET]

    assert made == (
        b'<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<x:sheetData><x:row><x:c r="A1"><x:v>6</x:v></x:c></x:row>'
        b'<x:row><x:c t="inlineStr"><x:is><x:t>a&gt;b</x:t></x:is></x:c><x:c r="B2"><x:v>6</x:v></x:c></x:row>'
        b'<x:row r="4"><x:c r="C4"><x:v>6</x:v></x:c></x:row>'
        b'<x:row r="5" customFormat="1" s="1"><x:c r="B5" s="1"><x:v>6</x:v></x:c></x:row>'
        b'<x:row r="9"><x:c r="A9"><x:v>6</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )


def test_texts_arrive_as_text_and_days_as_the_cell_shows_them():
    county()
    bound = [
        Bound("汇总表", "B2", "text.division"),
        Bound("汇总表", "E2", "text.cut_off"),
        Bound("汇总表", "C11", "text.filled_by"),
        Bound("汇总表", "G11", "text.filled_on"),
        Bound("汇总表", "A12", "text.state"),
    ]
    form = open_form(city_form(), "表.xlsx")

    made = values(filled(form, with_words(bound, form), printed_of(), Words(date(2019, 1, 3), '=HYPERLINK("a")<&>')))

    assert [made.get(each.cell) for each in bound] == [
        "乐清市",
        "2018年12月31日",
        '=HYPERLINK("a")<&>',
        "2019年1月3日",
        "草稿",
    ]
    assert openpyxl.load_workbook(io.BytesIO(fill(city_form(), bound)))["汇总表"]["C11"].data_type in ("s", "inlineStr")


@pytest.mark.parametrize(
    ("code", "heading", "written"),
    [
        ("0.00%", "完成率", 0.6667),
        ("0%", "完成率", 0.67),
        ("0.0%", "完成率", 0.667),
        ("General", "完成率", 0.6667),
        ("General", "完成率（%）", 66.67),
        ("0.00", "完成率%", 66.67),
        ("0", "完成率%", 67),
        ("0.0_ ", "完成率%", 66.7),
        ('0"%"', "完成率", 67),
        ("@", "完成率", "66.67%"),
        ('0.00"%"', "完成率(％)", 66.67),  # a sign that is text makes no percent of the number
        ('0.00"%"', "完成率", 66.67),  # and says how much of it is written
        ("0.00\\%", "完成率", 66.67),
    ],
)
def test_rate_is_written_as_the_form_shows_it(code, heading, written):
    county()
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active["A1"], book.active["B1"], book.active["A2"] = "单位", heading, "北白象镇"
    book.active["B2"].number_format = code
    data = io.BytesIO()
    book.save(data)

    made = values(fill(data.getvalue(), [Bound("表", "B2", "330382115.completion_percent")]), "表")

    assert made["B2"] == written


@pytest.mark.parametrize(
    ("code", "written_as", "written"),
    [("General", "", -3), ("0", "", -3), ("@", "", "减少3所"), ("General", "printed", "减少3所")],
)
def test_change_is_a_number_that_adds_up(code, written_as, written):
    printed = printed_of()
    changed = {"surveyed": 4, "before.surveyed": 7, "change.surveyed": "减少3所"}
    book = openpyxl.Workbook()
    book.active["A1"].number_format = code
    data = io.BytesIO()
    book.save(data)

    made = fill(
        data.getvalue(),
        [Bound("Sheet", "A1", "change.surveyed", written_as)],
        printed.but(figures=printed.figures | changed),
    )

    assert values(made, "Sheet")["A1"] == written


def test_month_in_chinese_numerals_is_no_change():
    county()
    heads = ["十二月排摸总数", "存在问题", "已整改", "其中：取缔", "第十二期完成率"]
    bound = table_of(open_form(city_form(heads=heads), "表.xlsx"))
    # As it was bound when such a month was not yet known to be one.
    bound = [replace(each, above=[heads[0]]) if each.cell.startswith("C") else each for each in bound]
    heads[0], heads[-1] = "一月排摸总数", "第一期完成率"

    made = filled(open_form(city_form(heads=heads), "表.xlsx"), bound, printed_of(), WORDS)

    assert values(made)["C6"] == 3


@pytest.mark.parametrize(
    ("code", "written_as", "written"),
    [("0%", "", 0.99), ("0", "points", 99), ('0"%"', "", 99), ("0.0", "points", 99.5)],
)
def test_rate_below_one_is_never_a_hundred_percent(code, written_as, written):
    """199 of 200 under 0%: a spreadsheet would round 0.995 to 100%."""
    printed = printed_of()
    figures = printed.figures | {"rectified": 199, "with_problems": 200, "completion_percent": "99.50%"}
    book = openpyxl.Workbook()
    book.active["A1"].number_format = code
    data = io.BytesIO()
    book.save(data)

    made = values(
        fill(data.getvalue(), [Bound("Sheet", "A1", "completion_percent", written_as)], printed.but(figures=figures)),
        "Sheet",
    )

    assert made["A1"] == written


def test_day_is_a_serial_where_the_cell_shows_days():
    county()
    for epoch, serial in ((1900, 43465), (1904, 42003)):
        book = openpyxl.Workbook()
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904 if epoch == 1904 else book.epoch
        book.active["A1"].number_format = 'yyyy"年"m"月"d"日"'
        data = io.BytesIO()
        book.save(data)

        made = parts_of(fill(data.getvalue(), [Bound("Sheet", "A1", "text.cut_off")]))[SHEET]

        assert f"<v>{serial}</v>".encode() in made


def test_form_filled_last_month_is_filled_again():
    county()

    again = values(fill(fill(city_form()), printed=printed_of(on=date(2018, 5, 31))))

    assert [again[f"{column}6"] for column in "CDEFG"] == [3, 2, 0, 0, 0]
    assert D.month == 12


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"townships": ["柳市镇", "磐石镇", "北白象镇", "盘石镇"]}, "汇总表!C7 左侧原为“北白象镇”，现为“磐石镇”。"),
        ({"heads": ["排摸总数", "已整改", "存在问题", "其中：取缔", "完成率"]}, "汇总表!D6 上方原为“存在问题”，现为“已整改”。"),
        ({"townships": ["柳市镇"]}, "汇总表!C7 是公式"),
    ],
)  # fmt: skip
def test_form_whose_bound_cell_moved_is_refused_with_the_place(changed, says):
    county()
    bound = table_of(open_form(city_form(), "表.xlsx"))
    form = open_form(city_form(**changed), "表.xlsx")

    with pytest.raises(FormChanged) as refused:
        filled(form, bound, printed_of(), WORDS)

    assert refused.value.message.startswith(f"报表改过了，没有填写：{says}")
    assert refused.value.message.endswith("请重新绑定。")


def test_month_in_a_heading_is_no_change():
    county()
    bound = table_of(open_form(city_form(month="2018年12月"), "表.xlsx"))

    made = filled(open_form(city_form(month="2019年1月"), "表.xlsx"), bound, printed_of(), WORDS)

    assert values(made)["A1"] == "校外培训机构整改进展情况表（2019年1月）"


def test_sheet_that_is_gone_is_refused():
    bound = [Bound("旧表", "C6", "surveyed", "", ["排摸总数"], [])]

    with pytest.raises(FormChanged) as refused:
        filled(open_form(city_form(), "表.xlsx"), bound, printed_of(), WORDS)

    assert refused.value.message == "报表改过了，没有填写：没有工作表“旧表”，或已隐藏。请重新绑定。"


def test_figure_that_the_report_does_not_have_is_refused():
    form = open_form(city_form(), "表.xlsx")

    with pytest.raises(FormChanged, match="没有 汇总表!C6 要的指标“unheard_of”"):
        filled(form, with_words([Bound("汇总表", "C6", "unheard_of")], form), printed_of(), WORDS)


def test_id_number_in_the_name_of_the_filler_is_refused():
    form = open_form(city_form(), "表.xlsx")

    with pytest.raises(Invalid, match="身份证号"):
        filled(form, table_of(form), printed_of(), Words(D, "甲 330382199001011234"))


def test_decimals_are_written_without_an_exponent():
    form = open_form(city_form(), "表.xlsx")

    made = form.xml("汇总表").with_cells({(5, 2): Decimal("1E+2"), (5, 3): Decimal("0.9400")})

    assert b"<v>0.9400</v>" in made
