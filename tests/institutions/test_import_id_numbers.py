"""ID-card numbers are neither stored nor repeated, in whatever column they stand. Those here are nobody's."""

import json
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.id_numbers import holds_id_number, reasons_of
from institutions.imports import cells
from institutions.imports.cells import BadCell
from institutions.models import ImportedRow
from tests.institutions.test_import_command import run, written

HEAD = [
    "机构名称",
    "乡镇",
    "办学地址",
    "负责人",
    "电话",
    "统一社会信用代码",
    "办学许可证号",
    "许可证有效期",
    "备注",
    "",
]
GOOD = ["甲", "柳市镇", "示例路1号", "陈某", "13800000000", "", "", "", "", ""]
NUMBER = "330382199001011234"
OLD = "330382900101123"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"身份证{NUMBER}电话13800000000",
        "33038219900101123x",
        "330382 19900101 1234",
        "330382-19900101-1234",
        "3303 8219 9001 0112 34",
        "11010519491231002X 13800000000",  # its check digit is right
        "110105 19491231 002X 13800000000",
    ],
)
def test_id_number_is_found(text):
    assert holds_id_number(text)


def test_id_number_that_became_a_number_is_found():
    assert holds_id_number(cells.text(float(NUMBER)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13800000000 13900000000",
        "6234567 13800000000",  # 18 digits together
        "20180903 20190903 20200903",
        "2017-09-01-2020-08-31",
        "6222021001122334455",  # a bank's, of 19
        "教民133038200000077号",
        "523303829458073029",  # a credit code of digits only: nobody is born in 8294
        "622848033038201234",  # an account
        "13857718010 1234567",  # a mobile, and a telephone behind it
        "13857762011 2345",  # with an extension
        "13857720181 0112345",
        OLD,
    ],
)
def test_other_numbers_are_not(text):
    assert not holds_id_number(text)


def test_old_id_number_is_found_where_a_person_is_written_of():
    assert holds_id_number(OLD, old=True)
    assert not holds_id_number("138000000001390", old=True)  # no month of birth


@pytest.mark.parametrize("clean", [cells.phones, cells.person])
@pytest.mark.parametrize("number", [NUMBER, "33038219900101123X", OLD, "330382 19900101 1234", "3303829001 01123"])
def test_id_number_of_a_person_is_refused_and_not_repeated(clean, number):
    with pytest.raises(BadCell, match="系统不存身份证号") as refused:
        clean(number)

    assert "3303" not in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [NUMBER, "330382 19900101 1234", "３３０３８２１９９００１０１１２３４"])
@pytest.mark.parametrize("place", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
def test_id_number_in_any_column_is_an_error_and_comes_back_nowhere(tmp_path, place, number):
    row = [number if at == place else cell for at, cell in enumerate(GOOD)]
    file, out, said = written(tmp_path / "a.csv", row, head=HEAD), tmp_path / "errors.xlsx", StringIO()

    with pytest.raises(CommandError, match="1 处错误"):
        call_command(
            "import_institutions", file, "--division", "330382", "--format", "json", "--errors", out, stdout=said
        )

    from python_calamine import CalamineWorkbook

    errors = json.loads(said.getvalue())["errors"]
    marked = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert errors[0]["column"] == (HEAD[place] or "(J列)").replace("乡镇", "乡镇(街道)").replace("电话", "联系电话")
    assert "系统不存身份证号" in errors[0]["message"]
    assert marked[2][place] == "（身份证号，已删去）"
    for told in (said.getvalue(), str(marked)):
        assert number not in cells.text(told)
        assert NUMBER not in told.replace(" ", "")
    assert ImportedRow.objects.count() == 0


@pytest.mark.django_db
def test_id_number_of_a_note_below_is_not_in_the_marked_workbook(tmp_path):
    rows = ["甲", "无此镇", *GOOD[2:]], [f"填表人:陈某 {NUMBER}"]
    out = tmp_path / "errors.xlsx"

    with pytest.raises(CommandError):
        run(written(tmp_path / "a.csv", *rows, head=HEAD), "--errors", str(out))

    from python_calamine import CalamineWorkbook

    marked = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert marked[3][0] == "（身份证号，已删去）"


@pytest.mark.django_db
def test_old_id_number_is_an_error_for_a_person_and_a_number_elsewhere(tmp_path):
    register = partial(written, tmp_path / "a.csv", head=HEAD)

    assert run(register([*GOOD[:8], OLD, ""]))["new"] == 1
    for place in (3, 4):
        with pytest.raises(CommandError, match="1 处错误"):
            run(register([OLD if at == place else cell for at, cell in enumerate(GOOD)]))


@pytest.mark.django_db
def test_credit_code_that_reads_like_an_id_number_is_taken_when_its_check_sign_is_right(tmp_path):
    # 9133031990010112 and two more digits, the last by GB 32100-2015's weights.
    code = next(
        code
        for code in (f"9133031990010112{tail:02d}" for tail in range(100))
        if cells.CODE_SIGNS.index(code[17])
        == -sum(cells.CODE_SIGNS.index(s) * 3**i for i, s in enumerate(code[:17])) % 31
    )

    assert run(written(tmp_path / "a.csv", [*GOOD[:5], code, *GOOD[6:]], head=HEAD))["new"] == 1


@pytest.mark.parametrize("between", [".", "/", "_", "，", "、", "\u200b", "·"])
def test_id_number_is_found_whatever_stands_between_its_parts(between):
    written = between.join(["330382", "19900101", "1234"])

    assert reasons_of({"note": f"身份证{written}"})
