"""What stands where an institution's name should."""

import pytest

from institutions.imports import naming
from institutions.models import Division
from institutions.places import County


@pytest.fixture
def county(db) -> County:
    return County(Division.objects.get(pk="330382"))


@pytest.mark.parametrize(
    ("cell", "name", "serial"),
    [
        ("1、绘声馆", "绘声馆", "1、"),
        ("2.青竹教育", "青竹教育", "2."),
        ("（3）晨曦教育", "晨曦教育", "(3)"),
        ("４）绘声馆", "绘声馆", "4)"),
        ("①绘声馆", "绘声馆", "1"),
        ("12: 绘声馆", "绘声馆", "12:"),
        ("2.0教育", "2.0教育", ""),
        ("101教育", "101教育", ""),
        ("3+2培训", "3+2培训", ""),
    ],
)
def test_serial_is_taken_off(county, cell, name, serial):
    found = naming.named(cell, county)

    assert (found.name, found.serial, found.mark, found.none) == (name, serial, "", False)


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("绘声馆(已停办)", "(已停办)"), ("绘声馆（停办）", "(停办)"), ("绘声馆-已停办", "-已停办"), ("绘声馆已关闭", "已关闭"),
        ("×绘声馆", "×"), ("√绘声馆", "√"), ("绘声馆★", "★"), ("*绘声馆", "*"), ("绘声馆(新增)", "(新增)"), ("绘声馆【已搬迁】", "【已搬迁】"),
    ],
)  # fmt: skip
def test_mark_is_no_part_of_the_name(county, cell, mark):
    found = naming.named(cell, county)

    assert (found.name, found.mark, found.none) == ("绘声馆", mark, False)


@pytest.mark.parametrize(
    "cell",
    [
        "删除",
        "待查",
        "???",
        "？？",
        "12",
        "0",
        "柳市镇",
        "柳市",
        "乐清市",
        "13800000000",
        "0577-62000000",
        "。",
        "-",
        "无名称",
        "某培训机构",
        "XX培训机构",
        "×××",
        "未知",
        "不详",
        "作废",
        "测试",
        "待查(张三)",
        "未营业",
        "null",
        "N/A",
        "培训机构",
        "无证无照",
    ],
)
def test_what_is_no_name(county, cell):
    assert naming.named(cell, county).none


@pytest.mark.parametrize(
    "cell",
    [
        "绘声馆",
        "A×B艺术",
        "乐清市停车培训中心",
        "新增机构培训",
        "合计教育",
        "注册会计师培训",
        "绘声馆(分校)",
        "柳市镇绘声馆",
        "小X老师工作室",
        "3D打印",
        "无界教育",
        "空间美术",
        "重复练习馆",
    ],
)
def test_name_that_looks_odd_is_one(county, cell):
    found = naming.named(cell, county)

    assert (found.name, found.serial, found.mark, found.none) == (cell, "", "", False)


@pytest.mark.parametrize("cell", ["柳市镇（1家）", "柳市镇 12家", "柳市镇(共计3所)", "柳市镇"])
def test_township_with_how_many_it_has_is_no_name(county, cell):
    assert naming.named(cell, county).none
