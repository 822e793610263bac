"""Ledgers in which the outcome is ticked: 取缔 | 办证 | 整改, a √ in one of them."""

import pytest

from inspections.models import State
from tests.inspections.ledgers import HEAD, import_ledger, planned_ledger, round_at, row, words

pytestmark = pytest.mark.django_db
TICKED = ["机构名称", "乡镇", "办学地址", "证照情况", "检查日期", "存在问题", "取缔", "办证", "整改", "完成日期"]
ANSWERS = {"ledger.struck_off_on": "completion"}


def ticked(name: str, status: str, problems: str, **said: str) -> dict[str, str]:
    return row(name, 证照情况=status, 存在问题=problems, **said)


def endings(*rows, head=TICKED):
    plan = planned_ledger(*rows, head=head, answers=ANSWERS)
    assert [str(each) for each in plan.errors] == []
    return {name: said[2] if len(said) > 2 else "" for name, said in words(plan).items()}


def test_tick_under_each_outcome_ends_the_round_so():
    found = endings(
        ticked("甲馆", "无证无照", "无证办学", 取缔="√", 完成日期="2018.9.20"),
        ticked("乙馆", "有照无证", "无证办学", 办证="√", 完成日期="2018.9.21"),
        ticked("丙馆", "证照齐全", "消防通道堵塞", 整改="√", 完成日期="2018.9.22"),
        ticked("丁馆", "证照齐全", "消防通道堵塞"),
    )

    assert found == {
        "甲馆": "2018-09-20 提交，拟以“取缔（停办）”办结",
        "乙馆": "2018-09-21 提交，拟以“整改办理证照”办结",
        "丙馆": "2018-09-22 提交，拟以“整改完成”办结",
        "丁馆": "",
    }


def test_other_words_signs_and_a_cross_say_the_same():
    head = [{"取缔": "关停取缔", "办证": "补办证照", "整改": "整改到位"}.get(each, each) for each in TICKED]

    found = endings(
        ticked("甲馆", "无证无照", "无证办学", 关停取缔="是", 补办证照="否", 整改到位="×", 完成日期="2018.9.20"),
        ticked("乙馆", "有照无证", "无证办学", 补办证照="✓", 完成日期="2018.9.21"),
        head=head,
    )

    assert found == {
        "甲馆": "2018-09-20 提交，拟以“取缔（停办）”办结",
        "乙馆": "2018-09-21 提交，拟以“整改办理证照”办结",
    }


def test_ticked_round_ends_in_the_same_actions(taskforce):
    import_ledger(
        ticked("甲馆", "无证无照", "无证办学", 取缔="√", 完成日期="2018.9.20"),
        by=taskforce,
        answers=ANSWERS,
        head=TICKED,
    )

    round_ = round_at("甲馆")
    assert (round_.state, round_.submitted_outcome, str(round_.submitted_on)) == (
        State.SUBMITTED,
        "closed",
        "2018-09-20",
    )


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"取缔": "√", "办证": "√"}, "第2行 整改结果：打了不止一个勾（已取缔、已办证），只能有一个"),
        ({"取缔": "九月"}, "第2行 取缔：“九月”不是勾：有的打 √，没有的空着或打 ×"),
    ],
)
def test_ticks_that_cannot_be_are_errors(said, error):
    other = [ticked(f"{name}馆", "无证无照", "无证办学", 取缔="√", 完成日期="2018.9.20") for name in "乙丙"]

    plan = planned_ledger(
        ticked("甲馆", "无证无照", "无证办学", 完成日期="2018.9.20", **said), *other, head=TICKED, answers=ANSWERS
    )

    assert error in [str(each) for each in plan.errors]


def test_tick_against_the_words_of_the_outcome_is_an_error():
    plan = planned_ledger(
        ticked("甲馆", "无证无照", "无证办学", 取缔="√", 整改结果="已办证", 完成日期="2018.9.20"),
        head=[*TICKED, "整改结果"],
        answers=ANSWERS,
    )

    assert [str(each) for each in plan.errors] == ["第2行 整改结果：打勾的是“已取缔”，整改结果写的是“已办证”"]


def test_one_column_alone_is_no_tick():
    head = [each for each in HEAD if each not in ("经营状态",)] + ["整改"]

    plan = planned_ledger(ticked("甲馆", "证照齐全", "消防通道堵塞", 整改="√"), head=head)

    assert "整改" in "".join(map(str, plan.not_read))
