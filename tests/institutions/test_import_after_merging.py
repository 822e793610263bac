"""Lists of a past day that hold institutions merged since: nothing changes, and it is said where they went."""

import pytest

from institutions.imports.commit import commit_plan
from institutions.imports.plan import Plan
from institutions.imports.workbook import read_workbook
from institutions.models import Institution
from tests.factories import LIUSHI, NEXT_TO_LIUSHI, institution, licence_of, merge_of, move_of, rename_of
from tests.institutions.intake_files import planned, planned_workbook

CODE, OTHER_CODE = "91350200MA2YJ1XR9G", "11370000004502323D"

pytestmark = pytest.mark.django_db


def kinds(plan: Plan) -> list[tuple[str, str]]:
    assert [str(each) for each in plan.errors] == []
    return [(row.kind, row.institution.name) for row in plan.rows]


def where_they_went(plan: Plan) -> list[str]:
    return [each.message for each in plan.warnings if "已并入" in each.message]


@pytest.fixture
def stays(db) -> Institution:
    school = institution(
        name="甲培训", operating_address="示例路1号", credit_code=CODE, phone="13800000001", status="full"
    )
    licence_of(school, "permit", number="教民133038200000077号")
    licence_of(school, "registration", number=CODE)
    return school


def goes(township: str = LIUSHI, **columns) -> Institution:
    said = {
        "name": "乙培训",
        "operating_address": "示例路2号",
        "credit_code": OTHER_CODE,
        "phone": "13800000002",
    } | columns
    school = institution(township, surveyed_on="2018-05-03", **said)
    licence_of(school, "permit", number="教民133038200000088号")
    return school


@pytest.mark.parametrize(
    "other",
    [
        {}, {"township": NEXT_TO_LIUSHI}, {"credit_code": ""}, {"name": "甲培训"}, {"operating_address": "示例路1号"},
        {"operating_address": ""}, {"credit_code": CODE},
    ],
)  # fmt: skip
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_list_of_a_day_before_the_merge_comes_back_unchanged(browse, taskforce, stays, other, format):
    merged = goes(**other)
    client = browse(taskforce)
    url = f"/institutions/?as_of=2018-06-01&format={format}"
    before = client.get(url)
    data = b"".join(before.streaming_content) if before.streaming else before.content
    merge_of(merged, stays, "2018-06-15")

    plan = planned_workbook(read_workbook(data, "a.xlsx" if format == "xlsx" else "a.csv"))

    assert kinds(plan) == [("unchanged", "甲培训"), ("unchanged", "甲培训")]
    assert where_they_went(plan) == [f"“{merged.name}”已并入“甲培训”，按“甲培训”核对"]


HEAD = ["机构名称", "乡镇", "办学地址", "统一社会信用代码", "电话", "证照情况", "排摸日期"]
OF_STAYS = ["甲培训", "柳市镇", "示例路1号", CODE, "13800000001", "证照齐全", "2018-04-02"]
OF_MERGED = ["乙培训", "柳市镇", "示例路2号", OTHER_CODE, "13800000002", "无证无照", "2018-05-03"]


@pytest.mark.parametrize("rows", [[OF_STAYS, OF_MERGED], [OF_MERGED, OF_STAYS], [OF_MERGED]])
def test_order_of_the_rows_does_not_matter(stays, rows):
    merge_of(goes(), stays)

    plan = planned(HEAD, *rows)

    assert kinds(plan) == [("unchanged", "甲培训")] * len(rows)
    assert len(where_they_went(plan)) == 1


def test_former_name_and_former_place_of_a_merged_one_are_known(stays):
    merged = goes(name="丙培训", operating_address="示例路3号")
    rename_of(merged, "丁培训", "2018-05-20")
    move_of(merged, NEXT_TO_LIUSHI, "2018-05-20", address="示例路4号")
    merge_of(merged, stays)

    plan = planned(HEAD[:4], ["丙培训", "柳市镇", "示例路3号", OTHER_CODE])

    assert kinds(plan) == [("unchanged", "甲培训")]


def test_news_of_a_merged_one_reach_the_one_that_stays(stays):
    merge_of(goes(), stays)

    plan = planned(HEAD, [*OF_MERGED[:4], "13900000000", *OF_MERGED[5:]])

    assert [(row.kind, row.changes) for row in plan.rows] == [("changed", {"phone": ("13800000001", "13900000000")})]


def test_two_rows_with_news_of_one_institution_are_an_error(stays):
    merge_of(goes(), stays)
    news = ["13900000000", *OF_MERGED[5:]], ["13900000009", *OF_STAYS[5:]]

    plan = planned(HEAD, [*OF_MERGED[:4], *news[0]], [*OF_STAYS[:4], *news[1]])

    assert [(each.row, each.column) for each in plan.errors] == [(3, "机构名称")]


def test_merge_that_was_taken_apart_is_none(stays):
    merge_of(goes(), stays, "2018-06-15", ended="2018-07-15")

    plan = planned(HEAD, OF_STAYS, OF_MERGED)

    assert (kinds(plan), where_they_went(plan)) == ([("unchanged", "甲培训"), ("unchanged", "乙培训")], [])


def test_nothing_is_written_of_it(stays):
    merge_of(goes(), stays)
    before = list(Institution.objects.order_by("pk").values())

    commit_plan(planned(HEAD, OF_STAYS, OF_MERGED), file_name="a.csv", sha256="0" * 64, by=None)

    assert list(Institution.objects.order_by("pk").values()) == before
