"""Forty registers as bureaus send them, made up after real ones, each with what it must give; worked out by hand."""

import pytest

from institutions.actions import rename_institution
from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan
from institutions.models import ImportedRow, Institution, Licence
from tests.factories import day
from tests.institutions.intake_files import FILES, planned_file

HUISHENG, BOYUAN, QINGZHU, ZHIXIN = "绘声馆", "博远慧文化艺术有限公司", "青竹教育", "智芯机器人培训中心"
WELL = "井巷路105号二层"

pytestmark = pytest.mark.django_db


def names(plan: Plan) -> list[str]:
    return [row.columns["name"] for row in plan.rows]


def of(plan: Plan, *columns: str) -> list[tuple]:
    """What each row would set, by column; the township by its name."""
    return [tuple(str(row.columns[name]) for name in columns) for row in plan.rows]


def townships(plan: Plan) -> list[str]:
    return [row.columns["division"].name for row in plan.rows]


def where(remarks) -> list[tuple[int, str]]:
    return [(remark.row, remark.column) for remark in remarks]


def not_read(plan: Plan) -> list[str]:
    return [str(each) for each in plan.not_read]


def asked(plan: Plan) -> list[tuple]:
    return [(each.key, each.default) for each in plan.questions]


def entered(plan: Plan) -> None:
    assert plan.errors == []
    commit_plan(plan, file_name="a.xlsx", sha256="0" * 64, by=None)


def test_every_file_is_here():
    assert len(list(FILES.iterdir())) == 40


# --- K1 What is not read is said


def test_a01_two_tables_under_each_other_are_read_each_by_its_own_header():
    plan = planned_file("A01_first_table_lost.xlsx")

    assert names(plan) == [HUISHENG, BOYUAN, QINGZHU, ZHIXIN, "橙子美术培训", "玛雅少儿美术培训"]
    assert of(plan, "principal", "operating_address")[2:4] == [
        ("", "柳市镇三八路环贸广场6楼"),
        ("王某", "虹桥镇湖景路16号东湖花苑A栋"),
    ]
    assert plan.errors == []
    assert asked(plan) == [("surveyed_on", "none")]  # 一、证照齐全 says a status, nothing says a day
    assert not_read(plan)[-3:] == [
        "未读取：D列“列入黑名单原因”，这一列的内容不导入",
        "未读取：E列“查处时间”，这一列的内容不导入",
        "未读取：F列“处理结果”，这一列的内容不导入",
    ]


def test_a03_all_sheets_are_read_and_their_sums_passed_over():
    plan = planned_file("A03_other_sheets_unsaid.xlsx")

    assert [row.sheet for row in plan.rows] == ["柳市镇"] * 4 + ["虹桥镇"] * 4 + ["北白象镇"] * 4
    assert townships(plan) == ["柳市镇"] * 4 + ["虹桥镇"] * 4 + ["北白象镇"] * 4
    assert not_read(plan)[0] == "未读取：工作表“柳市镇”第7行“合计 4”，合计、小计一类的行"
    assert (plan.errors, plan.warnings) == ([], [])
    entered(plan)
    assert ImportedRow.objects.filter(row_number=3).count() == 3  # one of each sheet
    assert planned_file("A03_other_sheets_unsaid.xlsx").count("unchanged") == 12


def test_a04_hidden_sheet_is_named_and_not_read():
    plan = planned_file("A04_hidden_first_sheet.xlsx")

    assert names(plan) == [HUISHENG]
    assert not_read(plan) == ["未读取：工作表“旧表2017”，工作表是隐藏的（2 行）"]


def test_b04_sheet_name_is_the_township_and_that_is_said():
    plan = planned_file("B04_township_is_the_sheet_name.xlsx")

    assert names(plan) == [HUISHENG, BOYUAN, QINGZHU] * 2
    assert townships(plan) == ["柳市镇"] * 3 + ["虹桥镇"] * 3
    assert [remark.sheet for remark in plan.warnings] == ["柳市镇", "虹桥镇"]
    assert plan.errors == []


def test_b17_section_headings_say_the_status_once_the_day_is_known():
    plan = planned_file("B17_section_says_status.xlsx")
    answered = planned_file("B17_section_says_status.xlsx", {"surveyed_on": "2018-09-03"})

    assert (names(plan), plan.errors) == ([HUISHENG, BOYUAN], [])
    assert asked(plan) == [("surveyed_on", "none")]
    assert not_read(plan) == [
        "未读取：第2行“一、证照齐全”，分组的标题行",
        "未读取：第4行“二、无证无照”，分组的标题行",
    ]
    assert of(plan, "surveyed_on", "licence_status_at_survey") == [("None", "")] * 2
    assert of(answered, "surveyed_on", "licence_status_at_survey") == [("2018-09-03", "full"), ("2018-09-03", "none")]


def test_c06_sheet_of_notes_is_named_and_the_register_read():
    plan = planned_file("C06_first_sheet_notes.xlsx")

    assert names(plan) == [HUISHENG]
    assert not_read(plan) == ["未读取：工作表“填表说明”，没有认出名册的表头（2 行）"]


# --- K2 Headers by place


def test_a02_columns_in_another_order_under_the_second_header():
    plan = planned_file("A02_second_header_other_order.xlsx")

    assert of(plan, "principal", "operating_address") == [
        ("王某", WELL),
        ("王某", "湖心东路68号宏达大厦公寓楼6C"),
        ("李某", "三八路环贸广场6楼"),
        ("李某", "湖景路16号东湖花苑A栋"),
    ]


def test_b02_two_row_header():
    plan = planned_file("B02_two_row_header.xlsx")

    assert of(plan, "name", "principal", "phone") == [
        (HUISHENG, "王某", "13800000000"),
        (BOYUAN, "李某", "13800000001"),
    ]
    assert [(each.number, str(each.valid_from), str(each.valid_to)) for row in plan.rows for each in row.licences] == [
        ("教民133038200000011号", "2017-09-01", "2020-08-31"),
        ("教民133038200000012号", "2017-09-01", "2020-08-31"),
    ]
    assert plan.errors == []


# --- K3 Rows that are no institution


def test_a06_sums_with_the_township_beside_them_are_passed_over():
    plan = planned_file("A06_subtotal_is_institution.xlsx")

    assert names(plan) == [HUISHENG, BOYUAN, QINGZHU]
    assert not_read(plan) == [
        "未读取：第4行“柳市镇 小计 2家 100”，合计、小计一类的行",
        "未读取：第6行“虹桥镇 本镇合计 50”，合计、小计一类的行",
    ]


def test_b03_twelve_tail_lines_are_passed_over():
    plan = planned_file("B03_tail_lines.xlsx")

    assert (names(plan), plan.errors) == ([HUISHENG, BOYUAN], [])
    assert [(each.first, each.last) for each in plan.not_read] == [(4, 9), (10, 10), (11, 15)]


def test_b14_names_that_are_none_hold_the_rows_up():
    plan = planned_file("B14_names_that_are_none.xlsx")

    assert plan.rows == []
    assert sorted(where(plan.errors)) == [(row, "机构名称") for row in range(2, 13)]


def test_b14_marks_are_asked_about_and_are_no_part_of_the_name():
    rest = {f"name:{row}": "leave_out" for row in range(4, 13)}

    plan = planned_file("B14_names_that_are_none.xlsx", {"mark:(已停办)": "keep", "mark:×": "keep"} | rest)

    assert (names(plan), plan.errors) == ([HUISHENG, QINGZHU], [])
    assert [each.first for each in plan.not_read] == list(range(4, 13))


def test_c01_example_row_is_passed_over():
    plan = planned_file("C01_example_row.xlsx")

    assert names(plan) == [HUISHENG]
    assert [(each.first, each.reason) for each in plan.not_read] == [(2, "填写示例")]


def test_c03_serials_in_names_are_taken_off():
    plan = planned_file("C03_serial_in_name.xlsx")

    assert names(plan) == [HUISHENG, QINGZHU, "晨曦教育"]
    assert [remark.message for remark in plan.warnings] == [
        "名称前的序号“1、”已去掉",
        "名称前的序号“2.”已去掉",
        "名称前的序号“(3)”已去掉",
    ]


# --- K4 Township


@pytest.mark.parametrize("file", ["A09_merged_township_address_misleads.xlsx", "B01_merged_township.xlsx"])
def test_merged_township_holds_of_all_its_rows(file):
    plan = planned_file(file)

    assert townships(plan) == ["柳市镇"] * 4
    assert (plan.errors, plan.questions) == ([], [])


def test_a10_township_that_stands_first_counts():
    assert townships(planned_file("A10_two_townships_in_address.xlsx")) == ["柳市镇"]


def test_a11_column_against_address_is_asked_about_row_by_row():
    plan = planned_file("A11_column_against_address.xlsx")
    answered = planned_file("A11_column_against_address.xlsx", {"township:2": "330382114", "township:3": "330382115"})

    assert asked(plan) == [("township:2", None), ("township:3", None)]
    assert where(plan.errors) == [(2, "乡镇(街道)"), (3, "乡镇(街道)")]
    assert (townships(answered), answered.errors) == (["柳市镇", "北白象镇"], [])


def test_a12_addresses_of_other_provinces_are_errors():
    plan = planned_file("A12_other_province.xlsx")

    assert [
        (remark.row, "福州市鼓楼区" in remark.message, "上海市浦东新区" in remark.message) for remark in plan.errors
    ] == [
        (2, True, False),
        (3, False, True),
    ]


# --- K5 A cell that could not be read


def test_a13_error_cells_are_errors():
    plan = planned_file("A13_error_cells_vanish.xlsx")

    assert plan.rows == []
    assert [(remark.column, remark.received) for remark in plan.errors] == [
        ("学生人数", "#N/A"),
        ("联系电话", "#N/A"),
        ("统一社会信用代码", "#N/A"),
        ("办学许可证号", "#N/A"),
        ("许可证有效期", "#N/A"),
    ]


def test_a14_formulas_without_a_value_are_errors():
    plan = planned_file("A14_formula_without_value.xlsx")

    assert where(plan.errors) == [(2, "办学地址"), (2, "联系电话"), (2, "学生人数")]


# --- K6 What the spreadsheet did to values


def test_a15_serial_of_a_workbook_that_counts_from_1904():
    plan = planned_file("A15_1904_bare_serial.xlsx")

    assert of(plan, "surveyed_on") == [("2018-09-03",)]  # 41884 days from 1904-01-01
    assert where(plan.warnings) == [(2, "排摸日期")]


def test_a16_zero_is_put_back_before_a_landline():
    plan = planned_file("A16_phone_zero_lost.xlsx")

    assert of(plan, "phone") == [("0577-62000000",)]
    assert where(plan.warnings) == [(2, "联系电话")]


def test_a17_numbers_of_more_than_15_digits_are_errors():
    plan = planned_file("A17_permit_digits_lost.xlsx")

    assert (plan.rows, where(plan.errors)) == ([], [(2, "办学许可证号"), (3, "办学许可证号")])


def test_a19_days_times_and_true_are_no_texts():
    plan = planned_file("A19_address_became_date.xlsx")

    assert where(plan.errors)[:3] == [(2, "办学地址"), (2, "负责人"), (3, "办学地址")]
    assert plan.rows == []


def test_a20_texts_wrapped_as_formulas_are_unwrapped():
    plan = planned_file("A20_csv_text_formula.csv")

    assert of(plan, "name", "operating_address") == [("晨曦教育", "柳市镇井巷路1号")]
    assert len(plan.warnings) == 1


# --- K7 Ditto marks


def test_a22_ditto_marks_take_the_value_above_or_are_errors():
    plan = planned_file("A22_ditto_marks.xlsx")

    assert of(plan, "operating_address", "principal", "registered_address") == [
        (WELL, "王某", "翔金路1号"),
        (WELL, "王某", WELL),
    ]
    assert where(plan.warnings) == [(3, "办学地址"), (3, "负责人"), (3, "注册地址"), (4, "办学地址"), (4, "负责人")]
    assert where(plan.errors) == [(4, "注册地址")]  # 同左: what stands left of it is a principal


# --- K8 Headings


def test_a23_exact_heading_wins_over_a_synonym_left_of_it():
    plan = planned_file("A23_specific_heading_loses.xlsx")

    assert of(plan, "operating_address", "division", "principal", "phone") == [
        ("柳市镇井巷路1号", "柳市镇", "李某", "62000000")
    ]
    assert [(each.column, each.what) for each in plan.not_read] == [("C", "地址"), ("G", "校长电话"), ("H", "手机")]


def test_a24_period_behind_the_credit_code_is_asked_about():
    plan = planned_file("A24_validity_of_the_registration.xlsx")
    of_permit = planned_file("A24_validity_of_the_registration.xlsx", {"validity:有效期": "permit"})

    assert asked(plan) == [("validity:有效期", "registration")]
    assert [(each.kind, str(each.valid_from), str(each.valid_to)) for each in plan.rows[0].licences] == [
        ("permit", "2017-09-01", "None"),
        ("registration", "2016-03-01", "2036-02-28"),
    ]
    assert [str(each.valid_to) for each in of_permit.rows[0].licences] == ["2036-02-28", "None"]


def test_b06_usual_headings_are_all_taken():
    plan = planned_file("B06_usual_headings.xlsx")

    columns = (
        "operating_address",
        "principal",
        "phone",
        "credit_code",
        "learners",
        "teachers",
        "area_m2",
        "surveyed_on",
    )
    assert of(plan, *columns, "licence_status_at_survey") == [
        (WELL, "王某", "13800000000", "91330382MA0000001J", "50", "5", "120.0", "2018-09-03", "none")
    ]
    assert (townships(plan), plan.not_read) == (["柳市镇"], [])


def test_b09_survey_day_of_the_title_is_asked_once():
    plan = planned_file("B09_status_without_survey_day.xlsx")
    answered = planned_file("B09_status_without_survey_day.xlsx", {"surveyed_on": plan.questions[0].proposal})

    assert [(each.key, each.scope, each.rows, each.proposal) for each in plan.questions] == [
        ("surveyed_on", "file", [3, 4], "2018-12-31")
    ]
    assert where(plan.errors) == [(0, "排摸日期")]
    assert of(answered, "surveyed_on", "licence_status_at_survey") == [("2018-12-31", "none"), ("2018-12-31", "full")]
    assert answered.errors == []


# --- K9 What only the look says


def test_b10_space_far_away_is_an_empty_cell():
    assert names(planned_file("B10_space_in_row_30000.xlsx")) == [HUISHENG]


def test_b15_row_struck_out_is_left_out_unless_it_is_answered_otherwise():
    plan = planned_file("B15_struck_out_row.xlsx")
    kept = planned_file("B15_struck_out_row.xlsx", {"struck_rows": "keep"})

    assert (names(plan), asked(plan)) == ([HUISHENG, QINGZHU], [("struck_rows", "leave_out")])
    assert [each.first for each in plan.not_read] == [3]
    assert names(kept) == [HUISHENG, BOYUAN, QINGZHU]


# --- K10 One code, several places


def test_a26_another_name_and_address_under_one_code_is_asked_about():
    entered(planned_file("A26_campus_month1.xlsx"))

    plan = planned_file("A26_campus_month2.xlsx")

    assert (plan.rows, asked(plan)) == ([], [("same:2", None)])


def test_a26_answered_as_another_place_there_are_two_institutions_of_one_code():
    entered(planned_file("A26_campus_month1.xlsx"))

    entered(planned_file("A26_campus_month2.xlsx", {"same:2": "other"}))

    assert list(
        Institution.objects.order_by("recorded_at").values_list("name", "operating_address", "credit_code")
    ) == [
        ("晨曦教育(柳市校区)", "井巷路1号", "91330382MA0000005Y"),
        ("晨曦教育(翔金校区)", "翔金路9号", "91330382MA0000005Y"),
    ]
    again = planned_file("A26_campus_month2.xlsx")
    assert (again.count("unchanged"), again.questions) == (1, [])


def test_b07_numbers_from_before_the_credit_code_are_taken_with_a_warning():
    plan = planned_file("B07_old_registration_numbers.xlsx")

    assert of(plan, "credit_code") == [("330382000012345",), ("民证字第010123号",), ("330382000012345",)]
    assert plan.errors == []
    assert {remark.row for remark in plan.warnings} == {2, 3, 4}


# --- K11 Text files and .xls


@pytest.mark.parametrize("file", ["B12_semicolon.csv", "B13_xlwt.xls"])
def test_semicolons_and_xls_are_read(file):
    plan = planned_file(file)

    assert of(plan, "name", "phone") == [(HUISHENG, "0577-62000000"), (BOYUAN, "13800000000")]


def test_c07_sign_without_a_code_is_warned_about():
    plan = planned_file("C07_private_use_sign.csv")

    assert names(plan) == [HUISHENG]
    assert ["U+E000" in remark.message for remark in plan.warnings].count(True) == 1


# --- K12 Former names, K13 our own exports


def test_a29_renamed_since_is_the_same_institution(taskforce):
    entered(planned_file("A29_renamed_since.csv"))
    school = Institution.objects.get(operating_address="东大路4号")
    rename_institution(school, by=taskforce, version=school.version, name="暮光教育", from_on=day("2020-01-01"))

    plan = planned_file("A29_renamed_since.csv")

    assert (plan.count("unchanged"), plan.count("new"), plan.errors) == (4, 0, [])


def test_a30_status_at_survey_of_our_own_list_is_the_survey_s():
    plan = planned_file("A30_own_list_export.csv")

    assert of(plan, "licence_status_at_survey", "surveyed_on") == [("none", "2018-09-03")]
    assert ("E", "证照情况") in [(each.column, each.what) for each in plan.not_read]
    entered(plan)
    assert (Licence.objects.count(), planned_file("A30_own_list_export.csv").count("unchanged")) == (0, 1)
