"""A column 县市区: the county itself is fine, another is an error for that row."""

import pytest

from institutions.models import Division
from institutions.places import County
from tests.institutions.intake_files import planned

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "title", ["县市区", "所属区县", "县（市、区）", "所在县市区", "区县", "市县区", "设区市", "省份"]
)
@pytest.mark.parametrize("cell", ["乐清市", "乐清", "温州市乐清市", "浙江省温州市", "温州", "浙江", "乐清县"])
def test_own_county_and_what_it_lies_in_are_fine(title, cell):
    plan = planned(["机构名称", title, "乡镇(街道)"], ["绘声馆", cell, "柳市镇"])

    assert ([row.columns["name"] for row in plan.rows], plan.errors) == (["绘声馆"], [])
    assert [each for each in plan.not_read if each.column] == []


@pytest.mark.parametrize(
    "cell",
    [
        "鹿城区",
        "鹿城",
        "温州市鹿城区",
        "温州鹿城",
        "瑞安市",
        "瑞安",
        "永嘉县",
        "台州市",
        "福建省",
        "浙江省台州市温岭市",
    ],
)
def test_another_county_is_an_error_of_its_row(cell):
    rows = [["机构名称", "所属区县", "乡镇(街道)"], ["绘声馆", cell, "柳市镇"], ["青竹教育", "乐清市", "柳市镇"]]

    plan = planned(*rows)

    assert [(each.row, each.column) for each in plan.errors] == [(2, "县(市、区)")]
    assert [row.columns["name"] for row in plan.rows] == ["青竹教育"]


def test_word_that_is_no_place_is_said():
    plan = planned(["机构名称", "县市区", "乡镇(街道)"], ["绘声馆", "市直", "柳市镇"])

    assert [(each.row, each.column) for each in plan.warnings if each.row] == [(2, "县(市、区)")]
    assert plan.errors == []


def test_column_of_areas_that_names_the_county_leaves_the_township_to_the_address():
    plan = planned(["机构名称", "所属区域", "办学地址"], ["绘声馆", "乐清市", "柳市镇井巷路1号"])

    assert ([row.columns["division"].name for row in plan.rows], plan.errors) == (["柳市镇"], [])


def test_county_elsewhere_knows_its_own(db):
    province = Division.objects.create(code="35", name="福建省", level="province")
    city = Division.objects.create(code="3501", name="福州市", level="city", parent=province)
    there = County(Division.objects.create(code="350102", name="鼓楼区", level="county", parent=city))

    assert [there.other_named(each) for each in ("鼓楼", "福州鼓楼区", "福建", "乐清市")] == ["", "", "", "乐清市"]
