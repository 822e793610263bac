"""One credit code at several places is several institutions; none is ever overwritten by another."""

import pytest

from institutions.imports.commit import commit_plan
from institutions.models import Institution
from tests.factories import institution
from tests.institutions.intake_files import planned

CODE = "91350200MA2YJ1XR9G"
HEAD = ["机构名称", "乡镇(街道)", "办学地址", "统一社会信用代码"]
LIUSHI, HONGQIAO = (
    ["晨曦教育(柳市校区)", "柳市镇", "井巷路1号", CODE],
    ["晨曦教育(虹桥校区)", "虹桥镇", "西街2号", CODE],
)

pytestmark = pytest.mark.django_db


def on_file() -> Institution:
    return institution(name=LIUSHI[0], operating_address=LIUSHI[2], credit_code=CODE)


def test_two_places_in_one_file_are_two_institutions_and_that_is_said():
    plan = planned(HEAD, LIUSHI, HONGQIAO)

    assert (plan.count("new"), plan.errors, [remark.row for remark in plan.warnings]) == (2, [], [3])
    commit_plan(plan, file_name="a.csv", sha256="0" * 64, by=None)
    again = planned(HEAD, LIUSHI, HONGQIAO)
    assert (again.count("unchanged"), again.questions, again.warnings) == (2, [], [])


def test_several_places_in_another_order_are_each_their_own():
    commit_plan(planned(HEAD, LIUSHI, HONGQIAO), file_name="a.csv", sha256="0" * 64, by=None)

    plan = planned(HEAD, [*HONGQIAO[:3], CODE], LIUSHI)

    assert [(row.institution.name, row.kind) for row in plan.rows] == [
        (HONGQIAO[0], "unchanged"),
        (LIUSHI[0], "unchanged"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        ["晨曦教育(翔金校区)", "柳市镇", "翔金路9号", CODE],  # another name and another address
        [LIUSHI[0], "柳市镇", "翔金路9号", CODE],  # moved, or another place of the same name
        ["晨曦教育", "柳市镇", "", CODE],  # another name, and no address
    ],
)
def test_other_place_or_name_under_a_code_on_file_is_asked(row):
    school = on_file()

    asked = planned(HEAD, row)
    same = planned(HEAD, row, answers={"same:2": "same"})
    other = planned(HEAD, row, answers={"same:2": "other"})

    assert ([each.key for each in asked.questions], asked.rows) == (["same:2"], [])
    assert [(each.institution, each.kind) for each in same.rows] == [(school, "changed")]
    assert [(each.institution, each.kind) for each in other.rows] == [(None, "new")]


@pytest.mark.parametrize(
    "row",
    [["晨曦教育", *LIUSHI[1:]], [LIUSHI[0], "柳市镇", "柳市镇井巷路1号3楼", CODE], [LIUSHI[0], "柳市镇", "", CODE]],
)
def test_same_place_or_same_name_without_an_address_is_the_same(row):
    school = on_file()

    plan = planned(HEAD, row)

    assert ([each.institution for each in plan.rows], plan.questions) == ([school], [])


def test_code_twice_at_one_place_is_an_error():
    assert [remark.row for remark in planned(HEAD, LIUSHI, ["晨曦教育", *LIUSHI[1:]]).errors] == [3]


def test_row_that_repeats_another_of_an_institution_on_file_counts_once():
    school = on_file()

    plan = planned(HEAD, LIUSHI, LIUSHI)

    assert ([each.institution for each in plan.rows], plan.errors) == ([school], [])
    assert [(each.first, each.reason) for each in plan.not_read] == [(3, "与第2行是同一家机构，内容相同，只算一次")]


def test_former_name_in_brackets_finds_the_institution():
    school = institution(name="绘声馆", operating_address="井巷路1号")

    plan = planned(HEAD[:3], ["绘声馆（原晨曦教育）", "柳市镇", "井巷路1号"])

    assert [(each.institution, each.kind) for each in plan.rows] == [(school, "unchanged")]
