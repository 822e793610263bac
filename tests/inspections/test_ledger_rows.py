"""Several rows of a ledger on one institution: a row for each visit, or for each problem."""

import pytest

from inspections.models import LedgerEntry, Visit
from institutions.imports.plan import make_plan
from institutions.imports.workbook import Sheet
from institutions.models import Division, Institution
from tests.factories import institution, licence_of, round_of
from tests.inspections.ledgers import HEAD, import_ledger, planned_ledger, row, words
from tests.institutions.intake_files import workbook

pytestmark = pytest.mark.django_db

M01, S02 = "M01 虚假宣传或违规广告", "S02 消防设施或疏散通道不合格"
S06 = "S06 未购买人身安全保险"
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


@pytest.mark.parametrize("days", [("2018-09-20", "2018-09-25"), ("2018-09-25", "2018-09-20")])
def test_problems_of_a_day_that_have_days_and_no_word_of_how_are_asked_about_as_one_is(days):
    both = [
        SEPTEMBER | {"存在问题": problem, "整改结果": "", "完成日期": day}
        for problem, day in zip(("虚假宣传", "消防通道堵塞"), days, strict=True)
    ]

    asked, answered = planned_ledger(*both), planned_ledger(*both, answers={"how:2": "corrected"})

    assert [each.key for each in asked.questions if each.decided is None] == ["how:2"]
    assert words(answered)["甲馆"][2] == "2018-09-25 提交，拟以“整改完成”办结"


def test_problem_of_a_day_without_a_day_of_its_own_keeps_the_round_open():
    done, other = SEPTEMBER | {"整改结果": "", "完成日期": "2018-09-20"}, {"存在问题": "消防通道堵塞", "整改结果": ""}

    plan = planned_ledger(done, SEPTEMBER | other)

    assert ([str(each) for each in plan.errors], len(words(plan)["甲馆"])) == ([], 2)


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


# --- What stands where a day of completion should, and what is kept of a row that is not done


@pytest.mark.parametrize("planned", ["计划2018年12月底前完成", "拟于2018-12-31完成", "整改中", "未完成"])
def test_plan_in_the_column_of_completion_completes_nothing(planned):
    plan = planned_ledger(row("甲馆", 存在问题="虚假宣传", 整改期限="2018-10-03", 整改情况="整改中", 完成日期=planned))

    said = f"“{planned}”不是已经完成的日子，按没有日期登记"
    assert [str(each) for each in plan.errors] == []
    assert words(plan)["甲馆"][1:] == [f"{M01}，期限 2018-10-03"]
    assert [(each.row, each.column) for each in plan.warnings if each.message == said] == [(2, "完成日期")]


def test_row_that_is_done_on_a_planned_day_is_asked_when_it_was():
    plan = planned_ledger(row("甲馆", 存在问题="虚假宣传", 整改结果="整改完成", 完成日期="预计2018-12-31"))

    assert [each.key for each in plan.questions if each.decided is None] == ["ledger.done_on:2"]


def test_who_answers_for_it_and_how_far_it_is_are_kept_with_the_visit(taskforce):
    more = {"责任人": "孙某", "整改要求": "疏通", "整改措施": "已购材料", "整改情况": "正在施工"}
    import_ledger(
        row("甲馆", 存在问题="消防通道堵塞", 整改期限="2018-10-03", **more),
        by=taskforce, head=[*HEAD, "整改措施", "责任人"],
    )  # fmt: skip

    assert Visit.objects.get().note.splitlines() == [
        "来自台账。", "存在问题：消防通道堵塞", "整改措施：已购材料", "责任人：孙某", "整改情况：正在施工",
    ]  # fmt: skip


def test_how_far_it_is_stands_with_the_recheck_of_what_is_done(taskforce):
    done = {"整改结果": "整改完成", "整改情况": "已清理", "完成日期": "2018-09-20", "是否销号": "否"}
    import_ledger(row("甲馆", 存在问题="消防通道堵塞", 整改期限="2018-10-03", **done), by=taskforce)

    assert ["已清理" in visit.note for visit in Visit.objects.order_by("happened_on")] == [False, True]


# --- The name stands once, the problems below each other

BELOW = ["序号", "机构名称", "乡镇", "办学地址", "证照情况", "检查日期", "存在问题", "整改期限", "整改结果", "完成日期"]
FIRST = [1, "甲馆", "柳市镇", "甲路1号", "证照齐全", "2018.9.3", "虚假宣传", "2018-10-03", "整改完成", "2018-09-20"]
NEXT = ["", "", "", "", "", "", "消防通道堵塞", "", "整改完成", "2018-09-25"]
OTHER = [2, "乙馆", "柳市镇", "乙路1号", "证照齐全", "2018.9.3", "无", "", "", ""]
DOWN = [(1, column, 2, column) for column in range(6)]
BOTH = [
    f"2018-09-03，证照齐全，发现：{M01}、{S02}",
    f"{M01}、{S02}，期限 2018-10-03",
    "2018-09-25 提交，拟以“整改完成”办结",
    "待另一人核验，以核验当天为销号日期",
]
AT_VERIFICATION = {"ledger.struck_off_on": "verification"}


def below(*rows, merges=(), by_somebody=True, **answers):
    book = workbook(Sheet("", rows=[BELOW, *map(list, rows)], merges=list(merges)))
    county = Division.objects.get(pk="330382")
    return make_plan(book, county, answers=AT_VERIFICATION | answers, by_somebody=by_somebody)


def errors(plan):
    return [(each.row, each.column) for each in plan.errors]


def passed_over(plan):
    return [(each.first, each.last) for each in plan.not_read if each.first > 1]


def test_problems_below_each_other_beside_a_merged_name_are_of_one_round():
    plan = below(FIRST, NEXT, OTHER, merges=DOWN)

    assert (errors(plan), words(plan)["甲馆"], list(words(plan))) == ([], BOTH, ["甲馆", "乙馆"])
    assert passed_over(plan) == []


def test_round_of_a_merged_name_is_open_while_one_of_its_rows_is():
    plan = below(FIRST, [*NEXT[:8], "整改中", ""], merges=DOWN[:3])  # the other cells are left empty, not merged

    assert (errors(plan), words(plan)["甲馆"]) == ([], BOTH[:2])


@pytest.mark.parametrize(("result", "said"), [("", [(3, "整改结果")]), ("整改中", []), ("整改完成", [])])
def test_round_that_is_open_for_want_of_a_result_is_said_to_be(result, said):
    plan = below(FIRST, [*NEXT[:8], result, "2018-09-25" if result == "整改完成" else ""], merges=DOWN[:3])

    assert errors(plan) == []
    warned = [each for each in plan.warnings if "整轮仍按未完成登记" in each.message]
    assert [(each.row, each.column) for each in warned] == said
    assert len(words(plan)["甲馆"]) == (4 if result == "整改完成" else 2)


def test_problems_below_a_name_that_is_not_repeated_are_asked_about_once():
    third = [*NEXT[:6], "未购买保险", *NEXT[7:]]

    plan, above = below(FIRST, NEXT, third, OTHER), below(FIRST, NEXT, third, OTHER, name_above="above")

    (question,) = [each for each in plan.questions if each.decided is None]
    assert (question.key, question.rows) == ("name_above", [3, 4])
    assert list(question.choices) == ["above", "none", "leave_out"]
    assert (errors(above), len(above.rows), passed_over(above)) == ([], 2, [])
    assert words(above)["甲馆"][0] == f"2018-09-03，证照齐全，发现：{M01}、{S02}、{S06}"


def test_problems_below_an_example_are_of_the_example_and_of_none_above_it():
    sample = ["例", *FIRST[1:]]

    plan = below(FIRST, sample, NEXT, ["", *NEXT[1:6], "未购买保险", *NEXT[7:]], OTHER, name_above="above")

    assert ([*errors(plan)], list(words(plan)), passed_over(plan)) == ([], ["甲馆", "乙馆"], [(3, 5)])
    assert words(plan)["甲馆"] == words(below(FIRST))["甲馆"]
    assert (4, "机构名称") in errors(below(FIRST, sample, [2, *NEXT[1:]]))  # it has a number of its own


def test_name_that_was_left_out_is_an_error():
    numbered = [2, *NEXT[1:]]

    assert (3, "机构名称") in errors(below(FIRST, NEXT, name_above="none"))
    assert (3, "机构名称") in errors(below(FIRST, numbered))


def test_problems_below_a_name_are_left_out_where_that_is_answered():
    plan = below(FIRST, NEXT, OTHER, name_above="leave_out")

    assert (errors(plan), list(words(plan)), passed_over(plan)) == ([], ["甲馆", "乙馆"], [(3, 3)])
    assert words(plan)["甲馆"][0] == f"2018-09-03，证照齐全，发现：{M01}"


@pytest.mark.parametrize("serials", [(2, 3), ("", "")])
def test_result_that_was_filled_down_to_empty_rows_makes_no_institutions_of_them(serials):
    prefilled = [[serial, *[""] * 7, "未整改", ""] for serial in serials]

    plan = below(FIRST, *prefilled)

    assert (errors(plan), [each.key for each in plan.questions if each.key == "name_above"]) == ([], [])
    assert words(plan) == {"甲馆": words(below(FIRST))["甲馆"]}
    assert passed_over(plan) == [(3, 4)]


def test_rows_below_one_that_is_not_imported_are_none_of_the_one_before():
    row_of = {"row:3": "leave_out"}

    plan = below(OTHER, FIRST, NEXT, merges=[(2, column, 3, column) for column in range(6)], **row_of)

    assert list(words(plan)) == ["乙馆"]
    assert words(plan)["乙馆"] == ["2018-09-03，证照齐全，没有发现问题"]
    assert {first for first, _ in passed_over(plan)} == {3, 4}


@pytest.mark.parametrize("merges", [DOWN, []])
def test_rows_below_a_name_are_not_read_where_nobody_records_visits(merges):
    plan = below(FIRST, NEXT, OTHER, merges=merges, by_somebody=False)

    assert (errors(plan), len(plan.rows), passed_over(plan)) == ([], 2, [(3, 3)])


def test_second_address_below_a_merged_name_is_passed_over_as_ever():
    plan = below(FIRST, ["", "", "", "甲路3号", "", "", "", "", "", ""], merges=[DOWN[1]])

    assert (errors(plan), passed_over(plan)) == ([], [(3, 3)])


def test_row_without_a_name_is_of_none_of_another_section():
    plan = below(FIRST, ["二、虹桥镇"], NEXT, name_above="above")

    assert (4, "机构名称") in errors(plan)


def test_same_as_above_below_a_problem_means_the_institution_above_it():
    names_alone = DOWN[:2]  # the other cells are left empty, not merged
    third = [2, "乙馆", "同上", "乙路1号", "同上", "同上", "无", "", "", ""]

    plan = below(FIRST, NEXT, third, merges=names_alone)

    assert (errors(plan), words(plan)["乙馆"]) == ([], ["2018-09-03，证照齐全，没有发现问题"])
    result = [*third[:2], "柳市镇", *third[3:6], "虚假宣传", "2018-10-03", "同上", ""]
    assert errors(below(FIRST, [*NEXT[:8], "", ""], result, merges=names_alone)) == [(4, "整改结果")]


def test_same_as_above_below_rows_that_are_not_imported_is_an_error():
    third = [3, "丙馆", "同上", "丙路1号", "证照齐全", "2018.9.3", "无", "", "", ""]

    plan = below(OTHER, FIRST, NEXT, third, merges=[(2, 1, 3, 1)], **{"row:3": "leave_out"})

    assert errors(plan) == [(5, "乡镇(街道)")]


def test_problems_below_a_new_name_are_of_the_institution_on_file():
    institution(name="绘声馆", operating_address="甲路1号", status="full")

    plan = below([1, "晨曦画室(原绘声馆)", *FIRST[2:]], NEXT, merges=DOWN[:2])

    assert (errors(plan), [each.kind for each in plan.rows]) == ([], ["changed"])
    assert words(plan)["晨曦画室"] == [BOTH[0].replace("证照齐全，", ""), *BOTH[1:]]


def test_rows_of_one_institution_are_of_it_where_its_survey_says_what_a_round_was_judged_by():
    school = institution(name="甲馆", operating_address="甲馆路1号", surveyed_on=None)
    licence_of(school, "registration", "2018-01-01")
    round_of(school, "2018-05-01", verified_on="2018-06-01", outcome="closed")
    stated = row("甲馆", 排摸日期="2018-08-01", 证照情况="无证无照", 整改期限="2018-10-03")
    head = ["机构名称", "乡镇", "办学地址", "排摸日期", "证照情况", "存在问题", "整改期限"]

    plan = planned_ledger(
        stated | {"存在问题": "虚假宣传"}, stated | {"存在问题": "消防通道堵塞"},
        head=head, answers={"ledger.visited_on": "2018-08-01"},
    )  # fmt: skip

    assert errors(plan) == []
    assert words(plan)["甲馆"] == [f"2018-08-01，发现：{M01}、{S02}", f"{M01}、{S02}，期限 2018-10-03"]


EXAMPLE = ["例", *FIRST[1:]]


def test_rows_below_the_name_of_an_example_are_no_institution():
    plan = below(EXAMPLE, NEXT, OTHER, merges=[DOWN[1]])

    assert (errors(plan), list(words(plan)), passed_over(plan)) == ([], ["乙馆"], [(2, 2), (3, 3)])


def test_rows_below_the_name_of_an_example_are_none_of_the_institution_before():
    plan = below(OTHER, EXAMPLE, NEXT, merges=[(2, 1, 3, 1)])

    assert (errors(plan), passed_over(plan)) == ([], [(3, 3), (4, 4)])
    assert words(plan) == {"乙馆": ["2018-09-03，证照齐全，没有发现问题"]}


def test_row_that_a_ledger_takes_in_leaves_what_stands_beside_it_said():
    rows = [BELOW[1:7] * 2, [*FIRST[1:7], *OTHER[1:7]], [*NEXT[1:7], "合计", "1家", "", "", "", ""]]

    plan = make_plan(
        workbook(Sheet("", rows=rows, merges=[(1, 0, 2, 0)])),
        Division.objects.get(pk="330382"), answers=AT_VERIFICATION, by_somebody=True,
    )  # fmt: skip

    assert (errors(plan), list(words(plan))) == ([], ["甲馆", "乙馆"])
    assert [each.what for each in plan.not_read if each.first == 3] == ["合计 1家"]
