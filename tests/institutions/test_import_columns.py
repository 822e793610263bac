"""Sheets and columns as they were read, and what a clerk says they are."""

import pytest

from institutions.models import ImportAnswer, Institution
from tests.institutions.registers import HEAD, SHEETS, clerk_of, confirm, csv, handed_in, keys_of, plan_of, workbook

PLACE = "机构名称,乡镇(街道),场所说明,联系电话"


@pytest.fixture
def clerk(client, db):
    return clerk_of(client)


def test_columns_are_shown_with_what_they_were_taken_as_and_a_sample(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,13800000001", head=PLACE))

    (table,) = clerk.get(f"{page}columns/").context["tables"]

    assert [(each["letter"], each["title"], each["key"], each["sample"]) for each in table["columns"]] == [
        ("A", "机构名称", "name", "青竹书画社"),
        ("B", "乡镇(街道)", "township", "柳市镇"),
        ("C", "场所说明", "", "前街1号"),
        ("D", "联系电话", "phone", "13800000001"),
    ]


def test_column_is_mapped_and_the_next_file_of_the_layout_is_read_so(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,", head=PLACE))

    answer = clerk.post(f"{page}columns/", {"column:0:2": "operating_address"})

    assert answer.url == page
    confirm(clerk, page)
    next_page = handed_in(clerk, csv("晨曦琴房,柳市镇,前街3号,", head=PLACE), "十二月.csv")
    confirm(clerk, next_page)
    assert dict(Institution.objects.values_list("name", "operating_address")) == {
        "青竹书画社": "前街1号",
        "晨曦琴房": "前街3号",
    }


def test_heading_of_several_sheets_is_mapped_in_each(clerk):
    head = [title.replace("办学地址", "场所说明") for title in HEAD]
    sheets = {name: [head if row == HEAD else row for row in rows] for name, rows in SHEETS.items()}
    page = handed_in(clerk, workbook(sheets))

    clerk.post(f"{page}columns/", {"column:0:3": "operating_address", "column:1:3": "operating_address"})

    keys = [column["key"] for table in plan_of(page).head["tables"] for column in table["columns"]]
    assert keys.count("operating_address") == 2


def test_column_is_not_taken_when_it_is_said_so_and_again_when_that_is_taken_back(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,见门口"))
    assert keys_of(page, "error") == ["2"]

    clerk.post(f"{page}columns/", {"column:0:3": "ignore"})
    without = keys_of(page, "error")
    clerk.post(f"{page}columns/", {"column:0:3": ""})

    assert (without, keys_of(page, "error")) == ([], ["2"])
    assert list(ImportAnswer.objects.values_list("key", "value")) == [
        ("heading:联系电话", "ignore"),
        ("heading:联系电话", ""),
    ]


def test_column_without_a_heading_is_mapped_by_its_letter(clerk):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,13800000001", head="机构名称,乡镇(街道),办学地址,"))

    clerk.post(f"{page}columns/", {"column:0:3": "phone"})

    plan = plan_of(page)
    assert ["phone", "联系电话", "", "13800000001"] in plan.row(plan.find()[0])["changes"]


def test_meaning_is_taken_from_the_column_that_had_it(clerk):
    head = "机构名称,乡镇(街道),办学地址,场所说明"
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,后街8号", head=head))

    clerk.post(f"{page}columns/", {"column:0:3": "operating_address"})

    keys = [column["key"] for column in plan_of(page).head["tables"][0]["columns"]]
    assert keys == ["name", "township", "", "operating_address"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"column:0:0": "ignore"}, "每张名册都要有“机构名称”一列"),
        ({"column:0:2": "phone", "column:0:0": "phone"}, "选了两次"),
        ({"column:0:2": "nonsense"}, "“nonsense”不是可选的列"),
    ],
)
def test_columns_that_cannot_be_are_refused_in_words(clerk, chosen, said):
    page = handed_in(clerk, csv("青竹书画社,柳市镇,前街1号,", head=PLACE))

    answer = clerk.post(f"{page}columns/", chosen)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ImportAnswer.objects.exists()


def test_sheet_that_is_no_register_is_left_out_and_named(clerk):
    page = handed_in(clerk, workbook())

    clerk.post(f"{page}columns/", {"sheet:1": "leave_out"})

    assert keys_of(page) == ["柳市镇!3", "柳市镇!4"]
    plan = plan_of(page)
    assert ("虹桥镇", "按答复不导入") in [
        (line["sheet"], line["reason"]) for line in map(plan.row, plan.find("not_read"))
    ]


def test_hidden_sheet_is_read_when_it_is_said_to_be_a_register(clerk):
    page = handed_in(clerk, workbook(hidden="虹桥镇"))
    assert keys_of(page) == ["3", "4"]

    clerk.post(f"{page}columns/", {"sheet:1": "read"})

    assert keys_of(page) == ["柳市镇!3", "柳市镇!4", "虹桥镇!2", "虹桥镇!3"]


def test_one_sheet_has_to_be_a_register(clerk):
    page = handed_in(clerk, workbook())

    answer = clerk.post(f"{page}columns/", {"sheet:0": "leave_out", "sheet:1": "leave_out"})

    assert answer.status_code == 422
    assert "至少要有一张工作表是名册" in answer.content.decode()


def test_answer_about_a_sheet_holds_for_the_next_file_of_the_layout(clerk):
    page = handed_in(clerk, workbook())
    clerk.post(f"{page}columns/", {"sheet:1": "leave_out"})

    assert keys_of(handed_in(clerk, workbook(), "十二月.xlsx")) == ["柳市镇!3", "柳市镇!4"]
