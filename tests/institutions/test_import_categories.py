"""The column 类别 of a register: read by the words lists have, asked about where it is none of them."""

import pytest

from institutions.imports.categories import category_of
from institutions.imports.commit import commit_plan
from institutions.imports.files import answer_questions, make, receive_file
from institutions.imports.plan import make_plan
from institutions.imports.workbook import Sheet
from institutions.models import Division, Institution
from tests.institutions.intake_files import planned, workbook

HEAD = ["机构名称", "乡镇(街道)", "类别"]
USUAL = "没有写类别，按“学科类”登记"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("学科类", "subject"), ("学科", "subject"), ("文化课", "subject"), ("课外辅导", "subject"), ("语文、数学", "subject"),
        ("艺术类", "arts"), ("文化艺术类", "arts"), ("美术", "arts"), ("音乐舞蹈", "arts"), ("非学科类（美术）", "arts"),
        ("体育类", "sports"), ("跆拳道", "sports"), ("科技类", "science"), ("机器人编程", "science"),
        ("语言类", "language"), ("英语", "language"), ("托管类", "care"), ("午托", "care"),
        ("其他", "other"), ("非学科类", "other"), ("非学科", "other"), ("其他（书法）", "arts"), ("综合类", "other"),
        ("学科类、艺术类", ""), ("素质类", ""), ("民办", ""), ("Subjects", "subject"), ("Sports", "sports"),
    ],
)  # fmt: skip
def test_word_of_a_list_is_a_category(word, category):
    assert category_of(word) == category


@pytest.mark.parametrize("title", ["类别", "办学类型", "培训类别", "机构类别", "机构类型", "培训类型", "Category"])
def test_column_is_read_whatever_it_is_called(title):
    plan = planned(["机构名称", "乡镇(街道)", title], ["绘声馆", "柳市镇", "艺术类"], ["青竹教育", "柳市镇", "体育"])

    assert [row.columns["category"] for row in plan.rows] == ["arts", "sports"]
    assert (plan.errors, plan.questions, plan.not_read, plan.warnings) == ([], [], [], [])


def test_unknown_word_is_asked_about_and_left_out_until_it_is_answered():
    rows = [HEAD, ["绘声馆", "柳市镇", "素质类"], ["青竹教育", "柳市镇", "素质类"], ["晨曦教育", "柳市镇", "学科类"]]

    asked, answered = planned(*rows), planned(*rows, answers={"category:素质类": "arts"})

    assert [(each.key, each.rows, each.default) for each in asked.questions] == [("category:素质类", [2, 3], "ignore")]
    assert [row.columns["category"] for row in asked.rows] == [None, None, "subject"]
    assert [row.columns["category"] for row in answered.rows] == ["arts", "arts", "subject"]


def test_answer_holds_for_the_next_file_of_the_layout(taskforce):
    county = Division.objects.get(pk="330382")

    def file_of(name: str):
        data = f"机构名称,乡镇,类别\n{name},柳市镇,素质类\n".encode()
        return receive_file(data, file_name="a.csv", division=county, datum="wgs84", by=taskforce)

    first = file_of("绘声馆")
    answer_questions(first, {"category:素质类": "arts"}, layout=make(first).plan.layout, by=taskforce)

    assert [row.columns["category"] for row in make(file_of("青竹教育")).plan.rows] == ["arts"]


def test_column_of_who_runs_it_is_another_one():
    plan = planned(
        ["机构名称", "乡镇(街道)", "办学类型"], ["绘声馆", "柳市镇", "民办"], ["青竹教育", "柳市镇", "营利性"]
    )

    assert [row.columns["category"] for row in plan.rows] == [None, None]
    assert [each.column for each in plan.not_read] == ["C"]
    assert plan.questions == []


def test_list_without_a_category_says_what_new_ones_are_entered_as():
    rows = [["机构名称", "乡镇(街道)"], ["绘声馆", "柳市镇"], ["青竹教育", "柳市镇"]]

    plan = make_plan(workbook(Sheet("", rows=rows)), Division.objects.get(pk="330382"))

    assert [(each.row, each.message) for each in plan.warnings] == [(0, f"2 家{USUAL}，可在档案中改")]


def test_category_is_written_changed_and_not_emptied():
    def imported(*cells: str) -> list[str]:
        plan = planned(HEAD, ["绘声馆", "柳市镇", *cells])
        commit_plan(plan, file_name="a.csv", sha256="0" * 64, by=None)
        return [row.kind for row in plan.rows]

    kinds = [imported("艺术类"), imported("体育类"), imported(""), imported("体育")]

    assert kinds == [["new"], ["changed"], ["unchanged"], ["unchanged"]]
    assert [each.category for each in Institution.objects.filter(name="绘声馆")] == ["sports"]


def test_change_is_shown_in_words():
    commit_plan(planned(HEAD, ["绘声馆", "柳市镇", "艺术类"]), file_name="a.csv", sha256="0" * 64, by=None)

    plan = planned(HEAD, ["绘声馆", "柳市镇", "体育类"])

    assert [str(effect) for row in plan.rows for effect in row.effects] == ["类别 文化艺术类 → 体育类"]
