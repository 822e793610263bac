"""The words of ledgers: headings, problems, terms and outcomes as bureaus write them."""

from datetime import date

import pytest

from inspections.imports.part import meaning_of_stack
from inspections.imports.problems import Catalogue, split
from inspections.imports.reading import Term, due, names_in, outcome_of, struck_off
from inspections.models import FindingType
from institutions.imports import headers
from institutions.imports.cells import BadCell
from institutions.imports.plan import make_plan
from institutions.imports.workbook import Sheet
from institutions.models import Division
from tests.inspections.ledgers import planned_ledger, row, words
from tests.institutions.intake_files import workbook

USUAL = {
    "problems": "存在问题 *存在问题 存在问题（逐条填写） 主要问题 发现的问题 问题 排查发现的问题 现场发现问题",
    "visited_on": "检查日期 检查时间 排查时间 检查时间（年月日） 现场检查时间",
    "inspectors": "检查人 检查人员 排查人员",
    "due_on": "整改期限 整改时限 限期整改时间",
    "demand": "整改要求 处理意见",
    "progress": "整改情况 整改落实情况",
    "outcome": "整改结果 处理结果 是否整改到位",
    "done_on": "完成日期 整改完成时间 完成时间 查处时间",
    "rechecked_on": "复查日期 复查时间",
    "struck_off": "是否销号 销号",
    "struck_off_on": "销号日期 销号时间",
    "owner": "责任人 整改责任人 责任单位",
    "remark": "备注",
}


@pytest.mark.parametrize(("key", "title"), [(key, title) for key, titles in USUAL.items() for title in titles.split()])
def test_usual_heading_of_a_ledger_is_known(key, title):
    said = meaning_of_stack((headers.plain(title),))

    assert said is not None and said[0] == f"ledger.{key}"


@pytest.mark.parametrize(
    ("stack", "key"),
    [
        (("排查情况", "时间"), "visited_on"),
        (("排查情况", "人员"), "inspectors"),
        (("排查情况", "存在问题"), "problems"),
        (("整改情况", "措施"), "measures"),
        (("整改情况", "完成时间"), "done_on"),
        (("整改情况", "结果"), "outcome"),
        (("整改情况", "期限"), "due_on"),
        (("复查", "时间"), "rechecked_on"),
        (("销号情况", "日期"), "struck_off_on"),
    ],
)
def test_heading_under_a_group_is_known(stack, key):
    said = meaning_of_stack(stack)

    assert said is not None and said[0] == f"ledger.{key}"


@pytest.mark.parametrize("title", ["排摸日期", "机构名称", "网格员", "通知书编号"])
def test_other_heading_is_none_of_a_ledger(title):
    assert meaning_of_stack((title,)) is None


@pytest.mark.parametrize(
    ("cell", "wordings"),
    [
        ("1.无证办学 2.消防通道堵塞；", ["无证办学", "消防通道堵塞"]),
        ("（1）无证办学；（2）虚假宣传。", ["无证办学", "虚假宣传"]),
        ("①无证办学②虚假宣传", ["无证办学", "虚假宣传"]),
        ("一是无证办学，二是虚假宣传", ["无证办学", "虚假宣传"]),
        ("无证办学\n虚假宣传", ["无证办学", "虚假宣传"]),
        ("L01、S02", ["L01、S02"]),
        ("一次性收费跨度超过3个月", ["一次性收费跨度超过3个月"]),
        ("无", []),
        ("未发现问题。", []),
    ],
)
def test_problems_are_split_as_they_are_listed(cell, wordings):
    assert split(cell) == (wordings, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wording", "status", "codes"),
    [
        ("无证无照办学", "", ["L01"]),
        ("L01 无证无照办学", "", ["L01"]),
        ("L01 S02", "", ["L01", "S02"]),
        ("无证办学", "none", ["L01"]),
        ("无证办学", "registration_only", ["L02"]),
        ("无证办学", "", [""]),
        ("无证办学", "full", [""]),
        ("无许可证", "registration_only", ["L02"]),
        ("无许可证", "none", ["L01"]),
        ("教师没有教师证", "", ["P02"]),
        ("有证无照", "", ["L03"]),
        ("有照无证", "", ["L02"]),
        ("消防通道堵塞、虚假宣传", "", ["S02", "M01"]),
        ("消防通道堵塞、桌椅破旧", "", [""]),
        ("证照过期、注销或吊销后继续办学", "", ["L04"]),
        ("存在超纲教学行为", "", ["T01"]),
        ("门口停车乱", "", [""]),
    ],
)
def test_wording_is_looked_up_in_the_catalogue(wording, status, codes):
    catalogue = Catalogue(FindingType.objects.filter(division_prefix=""))

    assert [each.code for each in catalogue.match(wording, status)] == codes


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("2018-10-31前", date(2018, 10, 31)),
        ("限2018年10月31日之前", date(2018, 10, 31)),
        ("30日内", Term(30)),
        ("7天", Term(7)),
        ("5个工作日内", Term(5, working=True)),
        ("一个月内", Term(30)),
        ("立即整改", Term(1)),
    ],
)
def test_term_is_a_day_or_counts_from_the_visit(cell, said):
    assert due(cell) == (said, "")


@pytest.mark.parametrize("cell", ["尽快", "10月31日前"])
def test_term_that_names_no_day_is_refused(cell):
    with pytest.raises(BadCell):
        due(cell)


def test_working_days_of_a_term_are_counted_as_such():
    assert Term(5, working=True).after(date(2018, 9, 3)) == date(2018, 9, 10)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("已关停", "closed"), ("取缔（停办）", "closed"), ("已关停，人员遣散", "closed"), ("已办证", "licensed"),
        ("整改到位", "corrected"), ("已整改", "done"), ("√", "done"), ("正在整改", "open"), ("未整改", "open"),
        ("停业整顿", "suspended"), ("要求停止办学", ""), ("尚未关停", ""), ("已约谈", ""), ("", ""),
    ],
)  # fmt: skip
def test_outcome_is_read_where_its_words_are_certain(written, outcome):
    assert outcome_of(written) == outcome


@pytest.mark.parametrize(
    "written",
    [
        "计划9月底整改完成", "预计9月整改完成", "9月底前整改完成", "9月30日前整改完成", "承诺整改完成", "争取月底整改完成", "应于9月整改完成",
        "整改完成50%", "已整改80%", "基本已整改", "已整改，但仍无证", "已关停后又开班", "已关停三楼教室", "已取缔又反弹",
    ],
)  # fmt: skip
def test_what_is_meant_done_in_part_or_undone_since_is_no_outcome(written):
    assert outcome_of(written) == ""


@pytest.mark.parametrize(
    "written",
    [
        "已整改到位，应急灯已更换", "已签承诺书，已整改到位", "已退还预收费，已整改到位", "整改完成100%", "9月底前已整改到位", "日前已整改到位",
        "之前的问题已整改到位", "教学计划已备案，已整改到位", "已作相应整改，整改完成",
    ],
)  # fmt: skip
def test_words_that_only_look_like_an_intention_do_not_hide_an_outcome(written):
    assert outcome_of(written) == "corrected"


@pytest.mark.parametrize("written", ["已关停，教室已清空", "已停办，三楼搬空", "已取缔。原宿舍已改作他用"])
def test_what_became_of_the_rooms_is_another_clause(written):
    assert outcome_of(written) == "closed"


def test_yes_no_or_the_day_of_a_strike_off():
    assert [struck_off(cell)[0] for cell in ("是", "未销号", "2018-10-08")] == [True, False, date(2018, 10, 8)]


def test_names_are_divided():
    assert names_in("王某、李 某,赵某;") == ["王某", "李 某", "赵某"]


@pytest.mark.django_db
def test_two_rows_of_headings_are_read():
    rows = [
        ["机构名称", "乡镇", "地址", "排查情况", "", "", "整改情况", "", "", "备注"],
        ["", "", "", "时间", "人员", "存在问题", "期限", "结果", "完成时间", ""],
        ["甲馆", "柳市镇", "甲馆路1号", "2018-9-3", "王某", "无证无照", "2018-10-3", "已取缔", "2018-9-20", ""],
    ]
    merges = [(0, 3, 0, 5), (0, 6, 0, 8), *((0, place, 1, place) for place in (0, 1, 2, 9))]
    book = workbook(Sheet("", rows=rows, merges=merges))

    plan = make_plan(
        book, Division.objects.get(pk="330382"), answers={"ledger.struck_off_on": "completion"}, by_somebody=True
    )

    assert [str(each) for each in plan.errors] == []
    assert words(plan) == {
        "甲馆": ["2018-09-03，发现：L01 无证无照办学", "L01 无证无照办学，期限 2018-10-03",
                 "2018-09-20 提交，拟以“取缔（停办）”办结", "2018-09-20 销号，待另一人核验后生效"],
    }  # fmt: skip


@pytest.mark.django_db
def test_ledger_that_the_system_hands_out_is_not_read():
    head = ["机构名称", "乡镇", "办学地址", "通知书编号", "存在问题", "整改结果"]

    plan = planned_ledger(row("甲馆", 存在问题="虚假宣传"), head=head)

    assert (plan.rows[0].of_parts, plan.questions) == ([], [])
