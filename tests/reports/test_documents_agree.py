"""Word file, workbook and PDF of one report say the same: each is read back and compared with what is kept."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from reports.as_docx import TEMPLATE, as_docx
from reports.as_pdf import as_pdf
from reports.as_xlsx import as_xlsx
from reports.printed import Printed
from reports.sample import row, sample
from tests.reports.reading_back import (
    HOSTILE,
    bare,
    converted,
    docx_lines,
    docx_tables,
    pdf_text,
    rows_of_counts,
    said_by,
    sheets,
    shown,
)

SHIPPED = TEMPLATE.read_bytes()


@pytest.fixture(scope="module")
def printed() -> Printed:
    """Every kind of institution, with names and addresses made to break documents."""
    rows = [row(number, name=name, address=name) for number, name in enumerate(HOSTILE, start=1)]
    townships = [each | {"name": HOSTILE[number]} for number, each in enumerate(sample()["townships"])]
    heading = sample()["heading"] | {"signed": "A & B <城东>", "addressees": "{{ 7*7 }}："}
    return sample(rows, townships=townships, heading=heading)


@pytest.fixture(scope="module")
def word(printed) -> bytes:
    return as_docx(printed, SHIPPED)


@pytest.fixture(scope="module")
def converted_word(word) -> str:
    """The text of the Word file as LibreOffice prints it."""
    return pdf_text(converted(word, "pdf"))


def filled(rows: list[list[object]]) -> dict[tuple[int, int], object]:
    """The cells that hold something, by row and column."""
    return {(y, x): cell for y, row in enumerate(rows) for x, cell in enumerate(row) if cell is not None}


def test_word_file_says_every_sentence_and_every_count(printed, word):
    lines, (by_township, *_lists) = docx_lines(word), docx_tables(word)

    assert [text for text in said_by(printed) if text not in lines] == []
    assert by_township[1:] == rows_of_counts(printed)


def test_word_file_lists_every_institution_as_it_is_called(printed, word):
    _counts, outstanding, everybody = docx_tables(word)

    assert [line[1] for line in everybody[1:]] == HOSTILE
    assert [line[3] for line in everybody[1:]] == HOSTILE
    assert [line[1] for line in outstanding[1:]] == [each["name"] for each in printed.outstanding()]


def test_word_file_printed_by_an_office_suite_says_the_same(printed, converted_word):
    assert [text for text in said_by(printed) if bare(text) not in converted_word] == []
    assert [line for line in rows_of_counts(printed) if bare("".join(line)) not in converted_word] == []
    assert [name for name in HOSTILE if converted_word.count(bare(name)) < 2] == []


def test_pdf_says_the_same(printed):
    text = pdf_text(as_pdf(printed))

    assert [said for said in said_by(printed) if bare(said) not in text] == []
    assert [line for line in rows_of_counts(printed) if bare("".join(line)) not in text] == []
    assert [name for name in HOSTILE if text.count(bare(name)) < 2] == []


def test_workbook_says_the_same_in_numbers(printed):
    found = sheets(as_xlsx(printed))

    assert [line[0] for line in found["通报"]][1:] == said_by(printed)[5:]
    assert shown(as_xlsx(printed), "分下级区划")[1:] == rows_of_counts(printed)
    assert [line[1] for line in found["附件"][1:]] == HOSTILE
    assert [line[3] for line in found["附件"][1:]] == HOSTILE


def test_workbook_printed_by_an_office_suite_says_the_same(printed):
    """A name may stand in two lines of its cell; the figures of a row stand in one."""
    text = pdf_text(converted(as_xlsx(printed), "pdf", "xlsx"))

    assert [counts for _rank, _name, *counts in rows_of_counts(printed) if bare("".join(counts)) not in text] == []
    assert [name for name in HOSTILE if text.count(bare(name)) < 2] == []


def test_long_sentence_of_the_workbook_has_a_row_of_two_lines(printed):
    sheet = load_workbook(BytesIO(as_xlsx(printed)))["通报"]

    heights = {sheet.cell(row, 1).value: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)}
    assert {len(text) > 50: height for text, height in heights.items()} == {True: 36, False: 18}


def test_workbook_saved_by_an_office_suite_has_the_same_numbers_days_and_names(printed):
    made = as_xlsx(printed)

    again = sheets(converted(made, "xlsx", "xlsx"))

    assert {name: filled(rows) for name, rows in again.items()} == {
        name: filled(rows) for name, rows in sheets(made).items()
    }


def test_workbook_has_typed_cells(printed):
    found = sheets(as_xlsx(printed))

    overdue = next(line for line in found["附件"] if line[5] == "逾期")
    assert overdue[6:10] == [datetime(2018, 4, 1), datetime(2018, 5, 1), datetime(2018, 6, 1), None]
    assert [type(cell) for cell in found["证照情况"][1]] == [str, *[int] * 8, float]
    assert found["证照情况"][1][-1] == 0.9795
    assert found["趋势"][1] == [datetime(2018, 10, 31), 1400, 1201, 900, 0.7494]
    assert found["汇总"][1] == ["排摸总数", 1495, 1480, 15]
    assert date(2018, 6, 1).isoformat() not in str(overdue)


def test_workbook_holds_no_formula_and_no_link(printed):
    with ZipFile(BytesIO(as_xlsx(printed))) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".xml", ".rels"))}

    signs = ("<f>", "<hyperlink", 'TargetMode="External"')
    assert [name for name, part in parts.items() if any(sign in part for sign in signs)] == []


def test_workbook_lists_what_is_not_done_what_came_back_and_what_contradicts():
    found = sheets(as_xlsx(sample([row(3), row(4)])))

    assert found["未完成名单"][1] == [
        1, "绘声馆3号教学点", "柳市镇", "乐清市柳市镇青竹路3号", "无证无照", "逾期", datetime(2018, 5, 1),
        datetime(2018, 6, 1), "L01 无办学许可证；S03 消防通道堵塞",
    ]  # fmt: skip
    assert [line[1] for line in found["反弹名单"][1:]] == ["绘声馆3号教学点"]
    assert found["核对"][1] == [
        "同一证号登记在几家机构名下", 2, "绘声馆1号教学点", "柳市镇", "发证机关换发时重号，已去函更正。", "taskforce",
    ]  # fmt: skip


def test_workbook_is_ready_to_be_read_and_printed(printed):
    sheet = load_workbook(BytesIO(as_xlsx(printed)))["附件"]

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", f"A1:L{len(HOSTILE) + 1}")
    assert (sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        "$1:$1", "landscape", 0,
    )  # fmt: skip
    assert sheet.column_dimensions["G"].width > 10  # a day fits


def test_one_report_makes_one_file_to_the_byte(printed):
    makes = [lambda: as_docx(printed, SHIPPED), lambda: as_xlsx(printed), lambda: as_pdf(printed)]

    assert [make() == make() for make in makes] == [True, True, True]
