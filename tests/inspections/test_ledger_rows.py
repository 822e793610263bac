"""Several rows of a ledger on one institution: a row for each visit, or for each problem."""

import pytest

from inspections.models import LedgerEntry, Visit
from institutions.models import Institution
from tests.factories import institution
from tests.inspections.ledgers import import_ledger, planned_ledger, row, words

pytestmark = pytest.mark.django_db

M01, S02 = "M01 虚假宣传或违规广告", "S02 消防设施或疏散通道不合格"
MAY = row("甲馆", 检查日期="2018-05-03", 存在问题="无")
SEPTEMBER = row("甲馆", 存在问题="虚假宣传", 整改期限="2018-10-03", 整改结果="整改中")
TWO_VISITS = {
    "甲馆": [
        "2018-05-03，证照齐全，没有发现问题",
        f"2018-09-03，发现：{M01}",
        f"{M01}，期限 2018-10-03",
    ]
}


@pytest.mark.parametrize("rows", [[MAY, SEPTEMBER], [SEPTEMBER, MAY]])
def test_visits_of_one_institution_are_planned_by_their_days(rows):
    plan = planned_ledger(*rows)

    assert ([str(each) for each in plan.errors], words(plan), len(plan.rows)) == ([], TWO_VISITS, 1)
    assert "第3行 机构名称：与第2行是同一家机构，检查和整改列在那一行" in [str(each) for each in plan.warnings]


def test_visits_of_one_new_institution_are_recorded_and_not_again(taskforce):
    import_ledger(SEPTEMBER, MAY, by=taskforce)

    assert [(str(each.happened_on), each.purpose) for each in Visit.objects.order_by("happened_on")] == [
        ("2018-05-03", "survey"),
        ("2018-09-03", "routine"),
    ]
    assert sorted(LedgerEntry.objects.values_list("row_number", flat=True)) == [2, 3]
    assert Institution.objects.count() == 1
    assert [each.kind for each in planned_ledger(MAY, SEPTEMBER).rows] == ["unchanged"]


def test_visits_of_an_institution_on_file_are_planned_too():
    institution(name="甲馆", operating_address="甲馆路1号", status="full", surveyed_on="2018-04-02")

    plan = planned_ledger(MAY, SEPTEMBER)

    assert words(plan)["甲馆"][0] == "2018-05-03，没有发现问题"
    assert ([str(each) for each in plan.errors], len(words(plan)["甲馆"])) == ([], 3)


def test_row_for_each_problem_of_a_day_is_one_visit_done_when_all_are():
    other = SEPTEMBER | {"存在问题": "消防通道堵塞", "整改结果": "整改完成", "完成日期": "2018-09-20"}

    half, whole = (
        planned_ledger(SEPTEMBER, other),
        planned_ledger(
            SEPTEMBER | {"整改结果": "整改完成", "完成日期": "2018-09-25"},
            other,
            answers={"ledger.struck_off_on": "completion"},
        ),
    )

    assert words(half) == {"甲馆": [f"2018-09-03，证照齐全，发现：{M01}、{S02}", f"{M01}、{S02}，期限 2018-10-03"]}
    assert words(whole)["甲馆"][2] == "2018-09-25 提交，拟以“整改完成”办结"


def test_second_round_waits_until_the_first_is_struck_off():
    first = MAY | {"存在问题": "虚假宣传", "整改期限": "2018-06-01", "整改结果": "整改完成", "完成日期": "2018-05-20",
                   "销号日期": "2018-05-30"}  # fmt: skip

    plan = planned_ledger(first, SEPTEMBER)

    assert len(words(plan)["甲馆"]) == 4
    said = "第3行 存在问题：这一行的检查和整改先不登记：上一轮整改 （本表第2行） 还没有核验销号，核验后再导入"
    assert said in [str(each) for each in plan.warnings]


def test_same_row_twice_is_an_error_as_in_any_register():
    plan = planned_ledger(SEPTEMBER, SEPTEMBER)

    assert [str(each) for each in plan.errors] == ["第3行 机构名称：与第2行重复"]


@pytest.mark.parametrize(
    ("status", "said"),
    [("证照齐全", []),
     ("无证无照", ["第3行 证照情况：排摸时证照情况以前面一行的“证照齐全”为准，本行的“无证无照”只作记录"])],
)  # fmt: skip
@pytest.mark.parametrize("on_file", [True, False])
def test_licence_status_of_a_second_row_is_said_not_to_count(on_file, status, said):
    if on_file:
        institution(name="甲馆", operating_address="甲馆路1号", surveyed_on=None)

    plan = planned_ledger(MAY, SEPTEMBER | {"证照情况": status})

    assert [str(each) for each in plan.errors] == []
    assert [str(each) for each in plan.warnings if "排摸时" in str(each)] == said
