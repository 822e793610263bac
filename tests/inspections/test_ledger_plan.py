"""What the rows of a ledger would do, written by hand: visits, orders and submissions; what is wrong or asked."""

import pytest

from tests.factories import day, institution, round_of, user_with, visit_of
from tests.inspections.ledgers import HEAD, planned_ledger, row, words
from tests.institutions.intake_files import planned

pytestmark = pytest.mark.django_db

L01, L02, L05 = "L01 无证无照办学", "L02 有照无证办学", "L05 超出许可或登记范围培训"
M01, M02, S02 = "M01 虚假宣传或违规广告", "M02 管理混乱、拒不配合检查或提供虚假材料", "S02 消防设施或疏散通道不合格"
P01, P02, F01 = "P01 聘用在职中小学教师", "P02 教师无资格证或信息未公示", "F01 一次性收费跨度超过3个月"
ROUND = row(
    "甲馆",
    存在问题="虚假宣传",
    整改期限="2018-10-03",
    整改结果="整改完成",
    完成日期="2018-09-28",
    销号日期="2018-10-08",
)
TWELVE = [
    row("甲馆", 存在问题="1.消防通道堵塞\n2、管理混乱；", 整改期限="2018年10月3日前", 整改情况="已清理通道",
        整改结果="已整改", 完成日期="2018.9.28", 是否销号="是", 销号日期="2018/10/8"),
    row("乙馆", 证照情况="无证无照", 存在问题="无证办学", 整改期限="立即", 整改结果="已关停", 完成日期="20180920",
        复查日期="2018-9-21", 是否销号="是", 销号日期="2018-9-25"),
    row("丙馆", 证照情况="有照无证", 存在问题="无证办学；", 整改期限="一个月", 整改结果="已办证", 完成日期="2018年11月2日",
        是否销号="2018-11-10"),
    row("丁馆", 证照情况="无证无照", 存在问题="L01、S02", 整改期限="30日内", 整改结果="正在整改"),
    row("戊馆", 存在问题="无"),
    row("己馆", 存在问题="①虚假宣传②超范围办学", 整改结果="未整改"),
    row("庚馆", 证照情况="", 检查日期=43350, 检查人="王某、 李 某", 存在问题="（1）教师无资格证；（2）聘用在职教师", 整改期限="2018-10-07"),
    row("辛馆", 检查人="赵某", 存在问题="一次性收费跨度超过3个月的", 整改期限="7日"),
    row("壬馆", 存在问题="虚假宣传", 整改期限="2018-09-10", 整改情况="已停业整顿", 整改结果="停业整顿", 备注="九月复课"),
    row("癸馆", 检查日期="", 存在问题="", 备注="暂未检查"),
    row("子馆", 存在问题="教师无资格证", 整改期限="2018-09-20", 整改结果="√", 完成日期="2018-09-12", 是否销号="否"),
    row("丑馆", 证照情况="无证无照", 存在问题="无证无照办学", 整改期限="2018-09-20", 整改结果="已取缔", 复查日期="2018-09-18",
        复查人="王某", 是否销号="已销号", 销号日期="2018-09-18"),
]  # fmt: skip


@pytest.fixture
def named(db):
    """王某 and 李某 are users of the county; 赵某 is two."""
    for username, name in (("wang", "王某"), ("li", "李某"), ("zhao1", "赵某"), ("zhao2", "赵某")):
        user = user_with("inspector", "330382", username)
        user.name = name
        user.save()


def remarks(plan) -> list[str]:
    return [str(each) for each in plan.warnings]


def test_twelve_rows_say_what_they_would_do(named):
    institution(name="庚馆", operating_address="庚馆路1号", surveyed_on="2018-04-02", status="full")

    plan = planned_ledger(*TWELVE)

    assert [str(each) for each in plan.errors] == []
    assert words(plan) == {
        "甲馆": [f"2018-09-03，证照齐全，发现：{M02}、{S02}", f"{M02}、{S02}，期限 2018-10-03",
                 "2018-09-28 提交，拟以“整改完成”办结", "2018-10-08 销号，待另一人核验后生效"],
        "乙馆": [f"2018-09-03，无证无照，发现：{L01}", f"{L01}，期限 2018-09-04",
                 "2018-09-21 提交，拟以“取缔（停办）”办结", "2018-09-25 销号，待另一人核验后生效"],
        "丙馆": [f"2018-09-03，有照无证，发现：{L02}", f"{L02}，期限 2018-10-03",
                 "2018-11-02 提交，拟以“整改办理证照”办结", "2018-11-10 销号，待另一人核验后生效"],
        "丁馆": [f"2018-09-03，无证无照，发现：{L01}、{S02}", f"{L01}、{S02}，期限 2018-10-03"],
        "戊馆": ["2018-09-03，证照齐全，没有发现问题"],
        "己馆": [f"2018-09-03，证照齐全，发现：{L05}、{M01}", f"{L05}、{M01}，期限 2018-10-03"],
        "庚馆": [f"2018-09-07，检查人：王某、李某，发现：{P01}、{P02}", f"{P01}、{P02}，期限 2018-10-07"],
        "辛馆": [f"2018-09-03，证照齐全，发现：{F01}", f"{F01}，期限 2018-09-10"],
        "壬馆": [f"2018-09-03，证照齐全，发现：{M01}", f"{M01}，期限 2018-09-10"],
        "癸馆": [],
        "子馆": [f"2018-09-03，证照齐全，发现：{P02}", f"{P02}，期限 2018-09-20",
                 "2018-09-12 提交，拟以“整改完成”办结", "待另一人核验，以核验当天为销号日期"],
        "丑馆": [f"2018-09-03，无证无照，发现：{L01}", f"{L01}，期限 2018-09-20",
                 "2018-09-18 提交，拟以“取缔（停办）”办结", "2018-09-18 销号，待另一人核验后生效"],
    }  # fmt: skip
    assert [(row.row, row.kind) for row in plan.rows] == [
        (number, "changed" if number == 8 else "new") for number in range(2, 14)
    ]
    assert remarks(plan) == [
        "第7行 整改期限：没有整改期限，按最重问题的常用期限定为 2018-10-03",
        "第9行 存在问题：“一次性收费跨度超过3个月的”按“F01 一次性收费跨度超过3个月”登记",
        "第9行 检查人：“赵某”不是本县唯一的用户姓名，只写进检查说明",
        "第10行 整改结果：“停业整顿”不是办结，仍按未完成登记",
        "第13行 完成日期：没有完成日期，按复查日期 2018-09-18 提交",
        "台账：登记检查 11 次，责令整改 10 轮，提交整改 5 轮（须由另一人核验后才算销号）。",
        "这份表写有检查和整改（存在问题、整改情况等列），要登记吗？没有答复，按“登记检查和整改”处理（ledger）",
        "11 家没有写类别，按“学科类”登记，可在档案中改",
    ]


def test_order_of_rows_changes_nothing(named):
    institution(name="庚馆", operating_address="庚馆路1号", surveyed_on="2018-04-02", status="full")

    plans = [planned_ledger(*rows) for rows in (TWELVE, TWELVE[::-1], TWELVE[5:] + TWELVE[:5])]

    assert words(plans[0]) == words(plans[1]) == words(plans[2])


def test_register_without_a_person_is_planned_as_ever():
    plan = planned(HEAD, [ROUND.get(title, "") for title in HEAD])

    assert [(each.kind, each.of_parts, each.columns["surveyed_on"]) for each in plan.rows] == [
        ("new", [], day("2018-09-03"))
    ]
    assert any("存在问题" in each and "须由有权限的人登记" in each for each in map(str, plan.not_read))


def test_register_without_those_columns_is_none():
    plan = planned_ledger(ROUND, head=["机构名称", "乡镇", "办学地址", "证照情况", "检查日期", "备注"])

    assert (plan.rows[0].columns["surveyed_on"], plan.rows[0].of_parts, plan.questions) == (day("2018-09-03"), [], [])


def test_answered_to_leave_it_the_columns_are_not_read():
    plan = planned_ledger(ROUND, answers={"ledger": "ignore"})

    assert (plan.rows[0].columns["surveyed_on"], plan.rows[0].of_parts) == (day("2018-09-03"), [])
    assert "存在问题" in [each.what for each in plan.not_read]


# --- What is wrong


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"完成日期": "2018-09-01"}, "完成日期：完成日期 2018-09-01 早于检查日期 2018-09-03"),
        ({"整改期限": "2018-09-01"}, "整改期限：整改期限 2018-09-01 早于检查日期 2018-09-03"),
        ({"存在问题": "无"}, "整改结果：写着“整改完成”，但没有存在问题；请补写问题，或清空整改结果"),
        ({"整改结果": "未整改"}, "完成日期：写着“未整改”，却填了完成日期 2018-09-28"),
        ({"整改结果": "整改中", "完成日期": "", "是否销号": "是"}, "是否销号：已销号，整改结果却是“整改中”"),
        ({"整改结果": "已关停", "经营状态": "在营"}, "经营状态：写着“已关停”，经营状态却是“在营”"),
        ({"销号日期": "2018-09-20"}, "销号日期：销号日期 2018-09-20 早于 2018-09-28 的完成或复查日期"),
        ({"复查日期": "2018-09-20"}, "复查日期：复查日期 2018-09-20 早于完成日期 2018-09-28"),
        ({"检查日期": "2099-01-01"}, "检查日期：日期 2099-01-01 在今天之后"),
        ({"整改期限": "尽快"}, "整改期限：“尽快”不是期限，例：2025-12-31 或 30日内"),
        ({"是否销号": "看情况"}, "是否销号：“看情况”不是销号情况，可填：是、否或销号日期"),
        ({"证照情况": "有照无证", "存在问题": "无证无照", "整改结果": "", "完成日期": "", "销号日期": ""}, "存在问题：证照情况“有照无证”与存在问题“L01 无证无照办学”不符"),
    ],
)  # fmt: skip
def test_contradiction_is_an_error(said, error):
    plan = planned_ledger(ROUND | said)

    assert [str(each) for each in plan.errors] == [f"第2行 {error}"]
    assert plan.rows == []


def test_closed_and_seen_operating_since_is_an_error():
    school = institution(name="甲馆", operating_address="甲馆路1号", status="full")
    visit_of(school, "2018-12-01")

    plan = planned_ledger(ROUND | {"整改结果": "已关停", "证照情况": ""})

    assert [str(each) for each in plan.errors] == ["第2行 整改结果：写着“已关停”，而 2018-12-01 的检查仍见在办学"]


# --- What is asked


def asked(plan) -> dict[str, list[str]]:
    return {each.key: list(each.choices) for each in plan.questions if each.default is None}


def test_wording_in_doubt_is_asked_once_with_the_nearest_first():
    one, other = ROUND | {"存在问题": "教师资质问题"}, row("乙馆", 存在问题="教师资质问题")

    plan = planned_ledger(one, other)

    (question,) = [each for each in plan.questions if each.default is None]
    assert (question.key, question.rows, list(question.choices)[0]) == (
        "finding:教师资质问题@2018-08-06",
        [2, 3],
        "P02",
    )
    assert {"words", "hold"} <= question.choices.keys() and "F03" not in question.choices  # from 2021 on
    assert plan.rows == []
    answered = planned_ledger(one, other, answers={"finding:教师资质问题@2018-08-06": "P02"})
    assert words(answered)["乙馆"][0] == f"2018-09-03，证照齐全，发现：{P02}"


def test_wording_is_asked_again_where_other_items_are_in_force():
    then, now = ROUND | {"存在问题": "收费太乱"}, row("乙馆", 检查日期="2022-03-01", 存在问题="收费太乱")

    for rows in ([then, now], [now, then]):
        plan = planned_ledger(*rows, answers={"finding:收费太乱@2021-10-21": "F03"})

        asked_now = {each.key: each.answer for each in plan.questions if each.default is None}
        assert asked_now == {"finding:收费太乱@2018-08-06": None, "finding:收费太乱@2021-10-21": "F03"}
        assert list(words(plan)) == ["乙馆"]


def test_wording_that_is_no_item_is_kept_in_words_only():
    plan = planned_ledger(row("甲馆", 存在问题="门口停车乱"), answers={"finding:门口停车乱@2018-08-06": "words"})

    assert words(plan) == {"甲馆": ["2018-09-03，证照齐全，没有发现问题"]}
    assert "第2行 存在问题：“门口停车乱”不是目录中的问题，只写进检查说明" in remarks(plan)


def test_answered_to_wait_the_institution_alone_is_imported():
    plan = planned_ledger(ROUND | {"存在问题": "门口停车乱"}, answers={"finding:门口停车乱@2018-08-06": "hold"})

    assert [(each.kind, each.of_parts) for each in plan.rows] == [("new", [])]
    assert "第2行 存在问题：这一行的检查和整改先不登记：按答复" in remarks(plan)


@pytest.mark.parametrize(
    ("said", "key", "choices"),
    [
        ({"检查日期": ""}, "ledger.visited_on", ["hold"]),
        ({"完成日期": ""}, "ledger.done_on:2", ["hold"]),
        ({"整改结果": ""}, "how:2", ["closed", "corrected", "hold"]),
        ({"整改结果": "已约谈"}, "outcome:已约谈", ["closed", "licensed", "corrected", "open", "hold"]),
        ({"销号日期": "", "是否销号": "是"}, "ledger.struck_off_on", ["completion", "verification", "hold"]),
        ({"证照情况": "无证无照"}, "how:2", ["closed", "licensed", "hold"]),
        ({"证照情况": "有照无证", "整改情况": "只做托管"}, "how:2", ["closed", "licensed", "corrected", "hold"]),
        ({"证照情况": ""}, "ledger.licence_status",
         ["full", "registration_only", "permit_only", "none", "not_surveyed", "hold"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_asked(said, key, choices):
    plan = planned_ledger(ROUND | said)

    assert asked(plan) == {key: choices}


def test_strike_off_without_a_day_counts_on_the_day_of_completion_if_answered_so():
    said = ROUND | {"销号日期": "", "是否销号": "是", "复查日期": "2018-09-30"}

    plan = planned_ledger(said, answers={"ledger.struck_off_on": "completion"})

    assert words(plan)["甲馆"][-1] == "2018-09-30 销号，待另一人核验后生效"


def test_what_was_found_while_a_round_was_submitted_waits():
    school = institution(name="甲馆", operating_address="甲馆路1号", status="full")
    round_of(school, "2018-08-01", submitted_on="2018-08-20", outcome="corrected")

    plan = planned_ledger(ROUND | {"证照情况": ""})

    assert [each.kind for each in plan.rows] == ["unchanged"]
    assert any("还没有核验销号，核验后再导入" in each for each in remarks(plan))


def test_another_licence_status_than_that_of_the_survey_is_said_and_changes_nothing():
    institution(name="甲馆", operating_address="甲馆路1号", status="none", surveyed_on="2018-04-02")

    plan = planned_ledger(ROUND | {"整改结果": "已关停"})

    assert "第2行 证照情况：排摸时证照情况登记在册的是“无证无照”，表中是“证照齐全”，不改" in remarks(plan)
    assert plan.rows[0].changes == {}


def test_end_of_problems_that_are_none_of_the_catalogue_is_kept_in_words():
    said = {"存在问题": "门口堆物", "整改结果": "整改完成", "完成日期": "2018-09-20"}

    asked = planned_ledger(row("绘声馆", **said))
    (question,) = [each.key for each in asked.questions if each.decided is None and each.key.startswith("finding:")]
    plan = planned_ledger(row("绘声馆", **said), answers={question: "words"})

    assert ([str(each) for each in plan.errors], len(words(plan)["绘声馆"])) == ([], 1)
    assert "问题只写进检查说明，没有责令整改，“整改完成”也只写进检查说明" in [each.message for each in plan.warnings]
