"""Columns of a ledger by what somebody says: headings that are nearly ours are proposed, any column may be named."""

import pytest

from institutions.imports.plan import Plan
from tests.inspections.ledgers import planned_ledger, row

pytestmark = pytest.mark.django_db
NEARLY = ["机构名称", "乡镇", "办学地址", "证照情况", "检查日期", "存在问题", "整改情祝", "整改完成日其"]


def nearly(head: list[str], answers: dict[str, str] | None = None) -> Plan:
    said = {
        "存在问题": "消防通道堵塞",
        "整改情祝": "已整改到位",
        "整改完成日其": "2018.9.20",
        "存在的主要问题": "消防通道堵塞",
    }
    return planned_ledger(row("绘声馆", **said), answers=answers, head=head)


def asked(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {each.key: tuple(each.choices) for each in plan.questions if each.key.startswith("heading:")}


def test_misspelt_heading_of_a_ledger_is_proposed_and_taken_when_somebody_says_so():
    keys = {"heading:整改情祝": "ledger.progress", "heading:整改完成日其": "ledger.done_on"}

    plan, answered = nearly(NEARLY), nearly(NEARLY, keys)

    assert asked(plan) == asked(answered) == {key: (said, "ignore") for key, said in keys.items()}
    assert [effect.field for effect in plan.rows[0].of_parts] == ["ledger.visit", "ledger.order"]
    assert answered.tables[0].places["ledger.done_on"] == 7
    assert [each.key for each in answered.questions if each.decided is None] == ["ledger.struck_off_on"]


def test_misspelt_heading_alone_makes_no_ledger_unless_somebody_says_so():
    head = ["机构名称", "乡镇", "办学地址", "证照情况", "检查日期", "存在的主要问题"]

    plan, answered = nearly(head), nearly(head, {"heading:存在的主要问题": "ledger.problems"})

    assert asked(plan) == {"heading:存在的主要问题": ("ledger.problems", "ignore")}
    assert plan.rows[0].of_parts == []
    assert [effect.field for effect in answered.rows[0].of_parts] == ["ledger.visit", "ledger.order"]


def test_column_of_a_ledger_that_is_to_be_ignored_is_not_read():
    head = [*NEARLY[:6], "整改期限"]

    plan = planned_ledger(
        row("绘声馆", 存在问题="消防通道堵塞", 整改期限="不详"), answers={"heading:整改期限": "ignore"}, head=head
    )

    assert "整改期限" in [each.what for each in plan.not_read]
    assert plan.errors == []


def test_any_column_is_taken_for_one_of_a_ledger_when_somebody_says_so():
    head = [*NEARLY[:6], "镇里意见"]

    plan = planned_ledger(
        row("绘声馆", 存在问题="消防通道堵塞", 镇里意见="限十日内疏通"),
        answers={"heading:镇里意见": "ledger.measures"},
        head=head,
    )

    assert plan.rows[0].read.said["ledger.measures"] == "限十日内疏通"
    assert plan.errors == []
