"""Cells as bureaus write them. Credit codes are those of GB 32100-2015's published examples."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from institutions.imports import cells
from institutions.imports.cells import BadCell
from institutions.names import bare_permit

DAY = date(2018, 9, 3)


@pytest.mark.parametrize(
    "written",
    [
        "2018.9.3",
        "2018-9-3",
        "2018/9/3",
        "2018年9月3日",
        "20180903",
        "２０１８．９．３",
        "2018-09-03T00:00:00",
        "43346",
        43346.0,
        43346.5,
        "2018-09-03 08:30",
        "2018-09-03T08:30:00.500000",
    ],
)
def test_day_in_every_form(written):
    assert cells.day(written) == DAY  # 43346 days after 1899-12-30


@given(
    st.dates(date(1980, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["{:%Y-%m-%d}", "{:%Y%m%d}", "{:%Y年%m月%d日}", "{:%Y.%m.%d}"]),
)
def test_any_day_is_read_back(day, form):
    assert cells.day(form.format(day)) == day


@pytest.mark.parametrize("written", ["", "长期", "永久"])
def test_no_end_is_no_day(written):
    assert cells.day(written) is None


@pytest.mark.parametrize("written", ["2025/13/01", "2018-02-30", "去年", "2018年", "0018-09-03", "9999-12-31"])
def test_what_is_no_day_is_said_with_an_example(written):
    with pytest.raises(BadCell, match=r"不是日期，例：2025-12-31"):
        cells.day(written)


@pytest.mark.parametrize("written", ["9月3日", "9.3", "09-03"])
def test_day_without_year_is_asked_about(written):
    with pytest.raises(BadCell, match="没有年份"):
        cells.day(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2017-09-01至2020-08-31", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017.9-2020.8", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017.9-2020.2", (date(2017, 9, 1), date(2020, 2, 29))),  # 2020 is a leap year
        ("2017年9月1日到长期", (date(2017, 9, 1), None)),
        ("2017.09.01-2020.08.31", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017/9/1-2020/8/31", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017-9-1-2020-8-31", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017年9月1日-2020年8月31日", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017年9月至2020年8月", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017.9—2020.8", (date(2017, 9, 1), date(2020, 8, 31))),
        ("2017.9～2020.8", (date(2017, 9, 1), date(2020, 8, 31))),
        ("自2017年9月1日起至2020年8月31日止", (date(2017, 9, 1), date(2020, 8, 31))),
    ],
)
def test_period_is_first_and_last_day(written, expected):
    assert cells.period(written) == expected


@pytest.mark.parametrize("written", ["", "三年", "2017.9", "长期", "长期至2020.8", "2017.13-2020.8", "2017.9-9999.12"])
def test_what_is_no_period_is_said(written):
    with pytest.raises(BadCell, match="不是有效期|不是日期"):
        cells.period(written)


def test_period_that_ends_before_it_begins():
    with pytest.raises(BadCell, match="早于起始日期"):
        cells.period("2020-08-31至2017-09-01")


@pytest.mark.parametrize("code", ["91350200MA2YJ1XR9G", "11370000004502323D"])
def test_valid_credit_code(code):
    assert cells.credit_code(f" {code.lower()} ") == (code, "")


@given(st.text(cells.CODE_SIGNS, min_size=17, max_size=17))
def test_check_sign_is_that_of_the_standard(first):
    # GB 32100-2015: weights 3^(place - 1) mod 31; a code may begin with a letter (N2 a farmers' cooperative)
    total = sum(cells.CODE_SIGNS.index(sign) * 3**place for place, sign in enumerate(first))
    right = cells.CODE_SIGNS[-total % 31]

    doubtful = [sign for sign in cells.CODE_SIGNS if _doubted(first + sign)]

    assert doubtful == [sign for sign in cells.CODE_SIGNS if sign != right]


def _doubted(code: str) -> bool:
    """Taken with a warning, or for an ID-card number: all but the one code whose check sign is right."""
    try:
        return bool(cells.credit_code(code)[1])
    except BadCell:
        return True


@pytest.mark.parametrize("code", ["91350100M0001TGQXM", "91350211M0000XUF46"])
def test_real_code_with_wrong_check_sign_warns(code):
    assert cells.credit_code(code) == (code, f"“{code}”的校验位不符，请核对")


@pytest.mark.parametrize("cell", ["9.13502E+17", 9.13502e17])
def test_code_that_became_a_number(cell):
    with pytest.raises(BadCell, match="被表格软件改成了数字"):
        cells.credit_code(cell)


@pytest.mark.parametrize("written", ["91350200MA2YJ1XR9", "91350200MA2YJ1XRIG"])
def test_code_of_wrong_length_or_sign(written):
    with pytest.raises(BadCell, match="应为 18 位"):
        cells.credit_code(written)


@pytest.mark.parametrize(
    ("written", "odd"), [("教民133038200000001号", False), ("教民 133038200000001", False), ("浙教123", True)]
)
def test_permit_number_of_another_shape_warns(written, odd):
    assert bool(cells.permit_number(written)[1]) == odd


@pytest.mark.parametrize(
    "written",
    ["教民133038200000077", "教民133038200000077号", "教民 133038200000077 号", "１３３０３８２００００００７７"],
)
def test_permit_numbers_are_compared_bare(written):
    assert bare_permit(written) == "133038200000077"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 0000 0000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("+8613800000000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("(0577)62000000", "0577-62000000"),
        ("（0577） 62000000", "0577-62000000"),
        ("0577 62000000", "0577-62000000"),
        ("62000000转801", "62000000转801"),
        ("6234567 13800000000", "6234567、13800000000"),  # 18 digits together
        ("", ""),
    ],
)
def test_phone_in_every_form(written, number):
    assert cells.phones(written) == number
    assert cells.phones(number) == number


@pytest.mark.parametrize(
    "written", ["13800000000陈", "1380", "1380000000013900000000", "无电话", "1380000000", "138000000001"]
)
def test_what_is_no_phone_is_said(written):
    with pytest.raises(BadCell, match="不是电话号码"):
        cells.phones(written)


def test_several_phones_in_one_cell():
    assert cells.phones("13800000000/0577-62000000 13900000000") == "13800000000、0577-62000000、13900000000"


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("无证无照", "none"),
        ("有照无证", "registration_only"),
        ("无照有证", "permit_only"),
        ("证照齐全", "full"),
        ("", ""),
    ],
)
def test_licence_status_in_words(written, status):
    assert cells.licence_status(written) == status


def test_text_is_normalised():
    assert cells.text("（甲）\u200b 培训\n中心　１２") == "(甲) 培训 中心 12"


def test_control_characters_are_dropped():
    assert cells.text("甲\x00培\x07训\x9f") == "甲培训"


@pytest.mark.parametrize(
    ("written", "number"),
    [("120人", 120), ("1,200", 1200), (60.0, 60), ("", None), ("0", 0), ("120，", 120), ("1,200,人", 1200)],
)
def test_people_are_whole_numbers(written, number):
    assert cells.people(written) == number


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("12.5", "“12.5”不是整数，例：120"),
        ("99999999999", "“99999999999”过大，最大 1000000"),
        ("9" * 5000, "过大"),
        ("-3", "“-3”不是数字，例：120"),
        ("几十", "不是数字"),
        ("12,5", "不是数字"),
        ("，", "不是数字"),
    ],
)
def test_what_is_no_number_of_people_is_said(written, says):
    with pytest.raises(BadCell, match=says):
        cells.people(written)


def test_area_is_kept_to_one_decimal_and_rounding_is_said():
    assert cells.area("200.5㎡") == (Decimal("200.5"), "")
    assert cells.area("120，㎡") == cells.area("120㎡，") == (Decimal(120), "")
    assert cells.area(200.55) == (Decimal("200.6"), "“200.55”按一位小数记为 200.6")
    with pytest.raises(BadCell, match="“999999999999”过大，最大 10000000"):
        cells.area("999999999999")
