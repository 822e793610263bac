"""A licence status that is ticked, under a merged 证照情况 or in columns of their own."""

import pytest

from institutions.imports.plan import Plan
from tests.institutions.intake_files import planned

FOUR = ["有证有照", "有证无照", "有照无证", "无证无照"]
DAY = {"surveyed_on": "2018-09-03"}

pytestmark = pytest.mark.django_db


def statuses(plan: Plan) -> list[str]:
    return [row.columns["licence_status_at_survey"] for row in plan.rows]


def under_a_merged_heading(*rows: list, leaves: list[str] = FOUR, **more) -> Plan:
    """机构名称 and 乡镇 over two rows, 证照情况 over the columns of ticks."""
    width = len(leaves)
    head = ["机构名称", "乡镇(街道)", "证照情况", *[""] * (width - 1), "排摸日期"]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 1 + width), (0, 2 + width, 1, 2 + width)]
    return planned(head, ["", "", *leaves, ""], *rows, merges=merges, **more)


@pytest.mark.parametrize("tick", ["√", "✓", "✔", "○", "是", "有", "1", 1, "Y", "V", " √ "])
def test_each_of_four_columns_under_a_merged_heading_is_a_status(tick):
    rows = [
        [f"绘声馆{place}", "柳市镇", *[tick if place == at else "" for at in range(4)], "2018-09-03"]
        for place in range(4)
    ]

    plan = under_a_merged_heading(*rows)

    assert (plan.errors, [each for each in plan.not_read if each.column]) == ([], [])
    assert statuses(plan) == ["full", "permit_only", "registration_only", "none"]


def test_four_columns_without_a_heading_over_them():
    plan = planned(["机构名称", "乡镇(街道)", *FOUR], ["绘声馆", "柳市镇", "", "", "", "√"], answers=DAY)

    assert (statuses(plan), plan.errors) == (["none"], [])


@pytest.mark.parametrize(
    "titles", [["办学许可证", "营业执照"], ["有无办学许可证", "有无营业执照"], ["是否有证", "是否有照"]]
)
def test_permit_and_registration_that_are_ticked_or_crossed(titles):
    rows = [
        ["甲教育", "柳市镇", "√", "√"],
        ["乙教育", "柳市镇", "√", "×"],
        ["丙教育", "柳市镇", "", "有"],
        ["丁教育", "柳市镇", "无", "无"],
    ]

    plan = planned(["机构名称", "乡镇(街道)", *titles], *rows, answers=DAY)

    assert statuses(plan) == ["full", "permit_only", "registration_only", "none"]
    assert (plan.errors, [each for each in plan.not_read if each.column]) == ([], [])
    assert [(row.licences, row.columns["credit_code"]) for row in plan.rows] == [([], "")] * 4


def test_permit_and_registration_ticked_under_a_merged_heading():
    rows = [["甲教育", "柳市镇", "√", "√", "2018-09-03"], ["乙教育", "柳市镇", "", "√", "2018-09-03"]]

    plan = under_a_merged_heading(*rows, leaves=["办学许可证", "营业执照"])

    assert (statuses(plan), plan.errors) == (["full", "registration_only"], [])


def test_row_without_any_tick_is_asked_about_once():
    rows = [["机构名称", "乡镇(街道)", "办学许可证", "营业执照", "排摸日期"]]
    rows += [["甲教育", "柳市镇", "√", "√", "2018-09-03"], ["乙教育", "柳市镇", "", "", "2018-09-03"]]

    answered = planned(*rows, answers={"blank_ticks": "none"})

    assert [(each.key, each.default) for each in planned(*rows).questions] == [("blank_ticks", "blank")]
    assert statuses(answered) == ["full", "none"]


@pytest.mark.parametrize("ticks", [["√", "", "", "√"], ["教民1号", "", "", ""], ["不清楚", "", "", ""]])
def test_two_ticks_and_what_is_no_tick_are_errors(ticks):
    plan = under_a_merged_heading(["绘声馆", "柳市镇", *ticks, "2018-09-03"])

    assert [(each.row, each.column) for each in plan.errors] == [(3, "证照情况")]


def test_unreadable_tick_is_an_error():
    plan = under_a_merged_heading(["绘声馆", "柳市镇", "", "", "", "", "2018-09-03"], unread={(2, 3): "#REF!"})

    assert [(each.row, each.column) for each in plan.errors] == [(3, "证照情况")]


def test_tick_against_the_column_of_statuses_is_an_error():
    head = ["机构名称", "乡镇(街道)", "证照情况", "排摸日期", *FOUR]

    same = planned(head, ["绘声馆", "柳市镇", "无证无照", "2018-09-03", "", "", "", "√"])
    other = planned(head, ["绘声馆", "柳市镇", "证照齐全", "2018-09-03", "", "", "", "√"])

    assert (statuses(same), same.errors) == (["none"], [])
    assert [(each.row, each.column) for each in other.errors] == [(2, "证照情况")]


def test_numbers_of_licences_are_still_numbers():
    head = ["机构名称", "乡镇(街道)", "办学许可证", "营业执照", "许可证有效期"]

    plan = planned(head, ["绘声馆", "柳市镇", "教民133038200000001号", "91330382MA0000005Y", "2017-09-01至2020-08-31"])

    assert [(len(row.licences), row.columns["credit_code"]) for row in plan.rows] == [(1, "91330382MA0000005Y")]


def test_table_that_counts_by_township_is_no_register():
    head = ["机构名称", "办学地址", "乡镇(街道)"]
    counts = ["乡镇", "机构数", *FOUR]

    plan = planned(head, ["绘声馆", "井巷路1号", "柳市镇"], [], counts, ["柳市镇", 20, 5, 5, 5, 5])

    assert [row.columns["name"] for row in plan.rows] == ["绘声馆"]
