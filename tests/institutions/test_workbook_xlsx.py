"""What a workbook of Excel holds, cell by cell: values with their types, and what cannot be read."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from institutions.imports.reading import xlsx as xlsx_reading
from institutions.imports.reading.frames import Limits, Send
from tests.institutions.workbooks import (
    MAIN,
    RELATIONS,
    by_openpyxl,
    by_xlsxwriter,
    only_sheet,
    read,
    replaced,
    xlsx,
    zipped,
)

STRICT = b"http://purl.oclc.org/ooxml/"
# Day formats: 31 and 27 are of Chinese Excel, without a definition; 58 is 5月3日; 164 and 165 are defined; 46 is [h]:mm:ss.
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/>'
    '<numFmt numFmtId="165" formatCode="[$-804]0.00E+00"/></numFmts><fonts><font/></fonts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="31"/><xf numFmtId="27"/><xf numFmtId="58"/><xf numFmtId="164"/>'
    '<xf numFmtId="165"/><xf numFmtId="46"/><xf numFmtId="20"/><xf numFmtId="22"/></cellXfs>'
)


def test_texts_numbers_and_truths_keep_their_types():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["绘声馆", 120, 28.125, True, False])

    assert only_sheet(by_xlsxwriter(fill)).rows == [["绘声馆", 120, 28.125, True, False]]


def test_rows_are_as_the_spreadsheet_numbers_them():
    rows = '<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>2</v></c></row>'

    assert only_sheet(xlsx(rows)).rows == [[], [], ["", 1, "", 2]]


def test_rows_and_cells_without_a_place_follow_each_other():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"

    assert only_sheet(xlsx(rows)).rows == [[1, 2], [3]]


def test_prefixed_elements_are_read():
    # As some programs on .NET write: every element with a prefix.
    cells = '<x:c r="B2" t="inlineStr"><x:is><x:t>青竹教育</x:t></x:is></x:c><x:c r="C2"><x:v>5</x:v></x:c>'
    rows = f'<x:sheetData><x:row r="2" hidden="1">{cells}</x:row></x:sheetData>'
    sheet = f'<x:worksheet xmlns:x="{MAIN}">{rows}</x:worksheet>'

    prefixed = only_sheet(replaced(xlsx(""), {"xl/worksheets/sheet1.xml": sheet}))

    assert (prefixed.rows, prefixed.hidden_rows) == ([[], ["", "青竹教育", 5]], frozenset({1}))


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", "../xl/worksheets/Sheet1.xml"]
)
def test_parts_are_found_however_they_are_named(target):
    relations = f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="{target}"/></Relationships>'

    data = replaced(xlsx('<row r="1"><c r="A1"><v>1</v></c></row>'), {"xl/_rels/workbook.xml.rels": relations})

    assert only_sheet(data).rows == [[1]]


def test_strict_workbook_is_read():
    # “Strict Open XML”: other namespaces, the same elements.
    data = xlsx('<row r="1"><c r="A1"><v>1</v></c></row>')
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {
            name: package.read(name).replace(b"http://schemas.openxmlformats.org/", STRICT)
            for name in package.namelist()
        }

    assert only_sheet(zipped(parts)).rows == [[1]]


def test_white_space_alone_is_an_empty_cell_however_far_away():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["机构名称", "   ", "\u3000"])
        sheet.write_string(29_999, 3, " ")
        sheet.write_blank(1_000_000, 9_000, None, book.add_format({"bold": True}))

    assert only_sheet(by_xlsxwriter(fill)).rows == [["机构名称"]]


@pytest.mark.parametrize(
    ("style", "stored", "value", "partial"),
    [
        (0, "43346", 43346, None),  # a bare serial: what it means, the column's heading says
        (1, "43346", date(2018, 9, 3), None),  # 1900 system: 43346 is 2018-09-03
        (2, "43344", date(2018, 9, 1), "month"),  # 2018年9月
        (3, "43223", date(2018, 5, 3), "day without year"),  # 5月3日, a house number 5-3 once
        (4, "43346", date(2018, 9, 3), None),
        (8, "43346.5", datetime(2018, 9, 3, 12, 0), None),
        (7, "0.13888888888888889", time(3, 20), None),  # 3:20, a house number once
        (6, "1.0833333333333333", "PT26H0M0S", None),
        (5, "12345", 12345, None),  # 1.23E+04 is no day: its E is no year
        (1, "0", 0, None),  # 1900-01-00 is no day
        (1, "60", 60, None),  # 1900-02-29 was not
        (1, "-1", -1, None),
        (1, "3000000", 3000000, None),
    ],
)
def test_numbers_become_days_by_their_format(style, stored, value, partial):
    sheet = only_sheet(xlsx(f'<row r="1"><c r="A1" s="{style}"><v>{stored}</v></c></row>', styles=STYLES))

    assert sheet.rows == [[value]]
    assert type(sheet.rows[0][0]) is type(value)
    assert sheet.partial_days == ({(0, 0): partial} if partial else {})


def test_days_of_the_1904_system():
    rows = '<row r="1"><c r="A1" s="1"><v>41884</v></c><c r="B1"><v>41884</v></c></row>'

    book = read(xlsx(rows, styles=STYLES, book='<workbookPr date1904="1"/>'))

    # 1904-01-01 + 41884 days = 2018-09-03; the bare serial stays what it is.
    assert (book.epoch_1904, book.sheets[0].rows) == (True, [[date(2018, 9, 3), 41884]])


def test_days_of_strict_workbooks_are_iso_text():
    cells = [("A1", "2018-09-03"), ("B1", "2018-09-03T12:30:00"), ("C1", "T03:20:00")]
    rows = "".join(f'<c r="{place}" t="d"><v>{stored}</v></c>' for place, stored in cells)

    sheet = only_sheet(xlsx(f'<row r="1">{rows}</row>'))

    assert sheet.rows == [[date(2018, 9, 3), datetime(2018, 9, 3, 12, 30), time(3, 20)]]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"])
def test_error_cell_is_not_an_empty_one(error):
    rows = f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><f>VLOOKUP(1,A:A,2,)</f><v>{error}</v></c></row>'

    sheet = only_sheet(xlsx(rows))

    assert (sheet.rows, sheet.unread) == ([[], [1, ""]], {(1, 1): error})


def test_error_pasted_as_text_is_one():
    def fill(book):
        book.add_worksheet().write_row(0, 0, ["#N/A", "#1楼", "＃N/A"])

    sheet = only_sheet(by_xlsxwriter(fill))

    assert (sheet.rows, sheet.unread) == ([["", "#1楼", "＃N/A"]], {(0, 0): "#N/A"})


def test_formula_without_a_stored_value_is_not_an_empty_cell():
    def fill(book):
        book.active.append(["绘声馆", "=A1&B1", "=1+1"])

    sheet = only_sheet(by_openpyxl(fill))

    assert (sheet.rows, sheet.unread) == ([["绘声馆", "", ""]], {(0, 1): "=", (0, 2): "="})


def test_nought_of_a_formula_nobody_has_calculated_is_no_value():
    # XlsxWriter stores 0 as the result of every formula, and asks Excel to calculate when the file is opened.
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=B1&C1")
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write_number(0, 2, 0)

    sheet = only_sheet(by_xlsxwriter(fill))

    assert (sheet.rows, sheet.unread) == ([["", 2, 0]], {(0, 0): "="})


def test_nought_that_excel_calculated_is_a_value():
    assert only_sheet(xlsx('<row r="1"><c r="A1"><f>B1*2</f><v>0</v></c></row>')).rows == [[0]]


def test_formula_with_an_empty_text_is_an_empty_cell():
    sheet = only_sheet(xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>""</f><v></v></c></row>'))

    assert (sheet.rows, sheet.unread) == ([[1]], {})


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ("133038200000011", False),  # 15 digits: a float holds them all
        ("1330382000000117", True),
        ("133038216000117890", True),
        ("1.33038216000118E+17", True),
        ("9.13502E+17", True),
        ("120.96000000000001", False),  # a fraction: the float is what is stored
        ("5.0000000000000001E-3", False),
    ],
)
def test_digits_that_a_float_does_not_tell_are_kept_as_stored(stored, kept):
    sheet = only_sheet(xlsx(f'<row r="1"><c r="A1"><v>{stored}</v></c></row>'))

    assert sheet.numbers == ({(0, 0): stored} if kept else {})


@pytest.mark.parametrize(
    ("code", "stored", "shown"),
    [
        ("000000", "12", "000012"),
        ("0000-00000000", "57762000000", "0577-62000000"),  # a phone that lost its nought, and shows it again
        ("00000000000", "57762000000", None),  # shows what is stored
        ("0000\\-0000000;@", "5776200000", "0577-6200000"),
        ("&quot;教民&quot;000", "1234", "教民1234"),
        ("0", "12", None),
        ("0.00", "12", None),
        ("#,##0", "1200", None),
    ],
)
def test_noughts_that_a_format_shows_are_kept(code, stored, shown):
    styles = f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>'

    sheet = only_sheet(xlsx(f'<row r="1"><c r="A1" s="0"><v>{stored}</v></c></row>', styles=styles))

    assert (sheet.rows, sheet.padded) == ([[int(stored)]], {(0, 0): shown} if shown else {})


def test_escapes_of_excel_are_characters_and_control_characters_are_dropped():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>甲_x000D_乙_x0007_丙_x005F_x0041_</t></is></c></row>'

    assert only_sheet(xlsx(rows)).rows == [["甲\r乙丙_x0041_"]]


def test_reading_aids_are_no_part_of_a_text():
    strings = "<si><t>乐清</t><rPh sb='0' eb='2'><t>lèqīng</t></rPh></si>"

    assert only_sheet(xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=strings)).rows == [["乐清"]]


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=8),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: float(f"{number:.6f}")),
    st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_what_another_library_wrote_is_read(rows):
    def fill(book):
        for index, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                text = isinstance(cell, str)
                place = book.active.cell(index, column, cell)
                place.data_type = "s" if text else place.data_type

    frames: list[tuple] = []
    limits = Limits()

    xlsx_reading.read(io.BytesIO(by_openpyxl(fill)), limits, Send(frames.append, limits))

    sent = [row for what, *content in frames if what == "rows" for row in content[0]]
    assert sent == trimmed([[plain(cell) for cell in row] for row in rows])


def plain(cell):
    if isinstance(cell, str):
        return "" if cell.isspace() else cell
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def trimmed(rows: list[list]) -> list[list]:
    """Without what is blank at the end."""
    for line in [*rows, rows]:
        while line and line[-1] in ("", []) and line[-1] is not False:
            line.pop()
    return rows
