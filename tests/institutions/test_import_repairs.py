"""What spreadsheets do to values, and ditto marks: said, and put right where one reading is possible."""

from datetime import date, datetime, time

import pytest

from institutions.imports import cells, repairs
from institutions.imports.cells import BadCell
from institutions.imports.workbook import Sheet
from tests.institutions.intake_files import planned, planned_workbook, workbook

HEAD = ["机构名称", "乡镇(街道)", "办学地址", "负责人", "注册地址"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (57762000000.0, "0577-62000000"), (5776200000, "0577-6200000"), ("57762000000", "0577-62000000"),
        (2162000000, "021-62000000"), (1062000000, "010-62000000"),
    ],
)  # fmt: skip
def test_zero_of_an_area_code_is_put_back_and_said(cell, number):
    repaired, warning = cells.phones_repaired(cell)

    assert (repaired, number in warning) == (number, True)


@pytest.mark.parametrize(
    ("cell", "number"),
    [(13800000000.0, "13800000000"), ("13800000000.0", "13800000000"), (62000000, "62000000"), (4006200000, "4006200000"),
     ("0577—62000000", "0577-62000000"), ("0577－62000000", "0577-62000000")],
)  # fmt: skip
def test_number_that_lost_nothing_is_taken_without_a_word(cell, number):
    assert cells.phones_repaired(cell) == (number, "")


@pytest.mark.parametrize(
    "cell",
    [date(2018, 5, 3), datetime(2018, 5, 3), time(3, 20), True, "TRUE", "5月3日", "2018-05-03", "2018/5/3 0:00", "May-18",
     "3-May"],
)  # fmt: skip
def test_text_that_became_something_else_is_refused(cell):
    with pytest.raises(BadCell):
        repairs.check_text(cell)


@pytest.mark.parametrize("cell", ["井巷路5-3号", "5-3", "3.5", "E栋10+2", "2018年创办路1号", "TRUE外语"])
def test_text_that_only_looks_alike_is_taken(cell):
    repairs.check_text(cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="晨曦教育"', "晨曦教育"),
        ("'001", "001"),
        ("'=1", "=1"),
        ("’井巷路", "井巷路"),
        ("'小天才'培训", "'小天才'培训"),
        ("晨曦", "晨曦"),
    ],
)
def test_wrapping_is_taken_off(cell, text):
    assert repairs.unwrapped(cell) == text


@pytest.mark.parametrize(
    "number",
    [
        "330382000012345",
        "3303822001234",
        "民证字第010123号",
        "浙温乐民证字第010123号",
        "事证第133038200001号",
        "12345678-9",
    ],
)
def test_registration_number_from_before_the_codes_is_taken_with_a_warning(number):
    code, warning = cells.credit_code(number)

    assert (code, number in warning) == (number, True)


@pytest.mark.parametrize("cell", [9.13502e17, 913502000000000000, "9.13502E+17", "91350200MA2YJ1XR9", "abc"])
def test_what_is_no_code_is_refused(cell):
    with pytest.raises(BadCell):
        cells.credit_code(cell)


def test_serial_of_1904_is_four_years_and_a_day_later():
    assert cells.day(41884, epoch_1904=True) == date(2018, 9, 3)
    assert cells.day(43346) == date(2018, 9, 3)


# --- In a register


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("period", "last"),
    [("2020-8-31", "2020-08-31"), ("长期", "None"), ("2017.9.1-2020.8.31", "2020-08-31"), ("", "None")],
)
def test_end_alone_goes_with_the_day_of_issue_beside_it(period, last):
    head = ["机构名称", "乡镇", "办学许可证号", "发证日期", "有效期"]

    plan = planned(head, ["绘声馆", "柳市镇", "教民133038200000011号", "2017-9-1", period])

    [permit] = plan.rows[0].licences
    assert (str(permit.valid_from), str(permit.valid_to)) == ("2017-09-01", last)


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["有", "√", "×", "已办", "办理中"])
def test_word_where_a_permit_s_number_should_be_is_an_error(word):
    head = ["机构名称", "乡镇", "办学许可证", "排摸日期", "证照情况"]

    errors = planned(head, ["绘声馆", "柳市镇", word, "2018-9-3", "证照齐全"]).errors

    assert [remark.column for remark in errors] == ["办学许可证号"]


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["同上", "〃", "″", "”", '"', "＂", "同", "同前", "々", "，，", "同上行"])
def test_ditto_mark_takes_the_value_above(mark):
    plan = planned(HEAD, ["绘声馆", "柳市镇", "井巷路1号", "王某", ""], ["青竹", mark, "西街2号", mark, ""])

    row = plan.rows[1].columns
    assert (row["division"].name, row["principal"], plan.errors) == ("柳市镇", "王某", [])
    assert [(remark.row, remark.column) for remark in plan.warnings] == [(3, "乡镇(街道)"), (3, "负责人")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["同上", "柳市镇", "西街2号", "李某", ""], "机构名称"),
        (["青竹", "柳市镇", "西街2号", "李某", "同左"], "注册地址"),
        (["青竹", "柳市镇", "西街2号", "李某", "同注册地址"], "注册地址"),
    ],
)
def test_ditto_mark_that_stands_for_nothing_is_an_error(row, column):
    plan = planned(HEAD, ["绘声馆", "柳市镇", "井巷路1号", "王某", ""], row)

    assert [(remark.row, remark.column) for remark in plan.errors] == [(3, column)]


@pytest.mark.django_db
def test_named_column_is_taken_for_the_other_address():
    plan = planned(HEAD, ["绘声馆", "柳市镇", "井巷路1号", "王某", "同办学地址"])

    assert plan.rows[0].columns["registered_address"] == "井巷路1号"


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_cell_that_could_not_be_read_is_an_error_in_any_column(place):
    row = ["绘声馆", "柳市镇", "井巷路1号", "王某", "翔金路1号"]
    row[place] = ""

    errors = planned(HEAD, row, unread={(1, place): "#REF!"}).errors

    assert (errors[0].row, errors[0].column, errors[0].received) == (2, HEAD[place], "#REF!")


@pytest.mark.django_db
def test_address_in_scientific_notation_is_an_error():
    assert [remark.column for remark in planned(HEAD, ["绘声馆", "柳市镇", "1.2E+10", "", ""]).errors] == ["办学地址"]


@pytest.mark.django_db
def test_zero_is_no_name_address_or_person():
    errors = planned(HEAD, [0, "柳市镇", 0, 0, ""]).errors

    assert [remark.column for remark in errors] == ["办学地址", "负责人", "机构名称"]


@pytest.mark.django_db
def test_marked_workbook_has_every_sheet_with_comments():
    import io
    import zipfile

    from python_calamine import CalamineWorkbook

    from institutions.imports.marked import marked_workbook

    book = workbook(
        Sheet("一", rows=[HEAD, ["绘声馆", "无此镇", "", "", ""]]),
        Sheet("二", rows=[HEAD, ["青竹", "柳市镇", True, "", ""]]),
    )

    written = marked_workbook(book, planned_workbook(book))

    read = CalamineWorkbook.from_filelike(io.BytesIO(written))
    assert [read.get_sheet_by_name(name).to_python()[1][-1][:5] for name in ("一", "二")] == ["乡镇(街道", "办学地址："]
    assert len([name for name in zipfile.ZipFile(io.BytesIO(written)).namelist() if "comments" in name]) == 2
