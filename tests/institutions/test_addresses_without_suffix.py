"""Addresses that leave out 市 and 区, each with what a careful clerk of 乐清市 says: in another county, to be asked
about, or here. Written by hand before they were tried."""

import pytest

from institutions.models import Division
from institutions.places import County
from tests.institutions.intake_files import planned

ELSEWHERE = {
    "温州鹿城南浦路1号": "温州鹿城",
    "温州鹿城区南浦路1号": "温州鹿城区",
    "温州瓯海娄桥街道古岸头村": "温州瓯海",
    "温州龙湾永中街道": "温州龙湾",
    "温州永嘉桥头镇1号": "温州永嘉",
    "温州平阳昆阳镇": "温州平阳",
    "浙江温岭大溪镇1号": "浙江温岭",
    "浙江省温岭大溪镇1号": "浙江省温岭",
    "浙江瑞安马屿镇": "浙江瑞安",
    "台州温岭大溪大洋城路8号": "台州温岭",
    "杭州西湖文三路20号": "杭州西湖",
    "福建福鼎秦屿镇": "福建福鼎",
    "金华义乌稠城街道": "金华义乌",
    "上海徐汇漕溪路9号": "上海徐汇",
    "瑞安塘下镇1号": "瑞安",
    "瓯海梧田街道月落垟街": "瓯海",
    "平阳昆阳镇人民路": "平阳",
    "温岭大溪镇大洋城路8号": "温岭",
    "黄岩院桥镇2号": "黄岩",
    "玉环楚门镇南兴路": "玉环",
}
ASKED = {
    "温岭大溪大洋城路8号": "温岭",
    "温岭大溪潘郎村": "温岭",
    "温岭泽国商城路3号": "温岭",
    "鹿城南浦路1号": "鹿城",
    "鹿城五马街12号": "鹿城",
    "瓯海娄桥振瓯路3号": "瓯海",
    "龙湾状元龙腾路5号": "龙湾",
    "瑞安安阳路8号": "瑞安",
    "永嘉瓯北双塔路1号": "永嘉",
    "玉环楚门南兴路7号": "玉环",
    "义乌稠州北路1号": "义乌",
    "桐乡梧桐街道庆丰路": "桐乡",
    "昆山花桥镇1号": "昆山",
}
HERE = [
    "温州路8号", "温州大道100号", "北京路15号", "北京西路2号", "南京鼓楼巷8号", "上海城3幢2号", "杭州湾大道5号", "瑞安大厦3楼", "永嘉路2号",
    "鹿城路12号", "鹿城南路12号", "瓯海大道100号", "温岭商会大厦4楼", "温岭人超市楼上3号", "永康路21号", "长兴花园3幢", "长兴南路6号",
    "平湖小区12号", "东阳街5号", "象山村12号", "三门湾路8号", "江山路9号", "安吉桥头1号", "天台山路9号", "苍南新村1幢2号", "青田商贸城2楼",
    "义乌小商品批发城12号", "文成公主大酒店3楼", "海宁皮革城3楼", "庆元桥东路8号", "柳市镇温岭大溪路1号", "柳市鹿城南浦路1号",
    "城东街道义乌路4号", "乐清鹿城路3号", "乐清市温岭大溪路3号", "温州乐清柳市镇长虹路1号", "浙江乐清虹桥镇1号", "乐清经济开发区纬五路1号",
    "温州商学院旁", "长虹路8号(总部在温州鹿城)",
]  # fmt: skip


@pytest.fixture
def county(db) -> County:
    return County(Division.objects.get(pk="330382"))


def test_there_are_enough():
    assert len(ELSEWHERE) + len(ASKED) + len(HERE) > 60


@pytest.mark.parametrize(("address", "other"), ELSEWHERE.items())
def test_address_of_another_county_is_known_without_its_suffix(county, address, other):
    assert county.other_county_in(address) == other


@pytest.mark.parametrize(("address", "other"), ASKED.items())
def test_address_that_begins_like_another_county_is_asked_about(county, address, other):
    assert (county.other_county_in(address), county.may_be_in(address)) == ("", other)


@pytest.mark.parametrize("address", HERE)
def test_road_or_building_that_is_called_after_another_county_is_here(county, address):
    assert (county.other_county_in(address), county.may_be_in(address)) == ("", "")


HEAD = ["机构名称", "乡镇(街道)", "办学地址"]


def test_address_that_may_be_elsewhere_holds_its_row_up_until_it_is_answered(db):
    rows = [HEAD, ["绘声馆", "柳市镇", "温岭大溪大洋城路8号"], ["青竹教育", "柳市镇", "温岭路8号"]]

    asked = planned(*rows)
    here = planned(*rows, answers={"county:2": "keep"})
    left_out = planned(*rows, answers={"county:2": "leave_out"})

    assert [(each.row, each.column) for each in asked.errors] == [(2, "办学地址")]
    assert [[row.columns["name"] for row in plan.rows] for plan in (asked, here, left_out)] == [
        ["青竹教育"],
        ["绘声馆", "青竹教育"],
        ["青竹教育"],
    ]
    assert [str(each) for each in left_out.not_read] == ["未读取：第2行“绘声馆”，按答复不导入"]


def test_form_says_so_and_takes_it(browse, taskforce):
    typed = {"name": "绘声馆", "division": "330382114", "category": "arts", "datum": "wgs84"}

    answer = browse(taskforce).post(
        "/institutions/new/", typed | {"operating_address": "温岭大溪大洋城路8号"}, follow=True
    )

    assert "办学地址像在温岭，请核对。" in answer.content.decode()


def test_address_in_another_county_is_an_error_whatever_the_column_says(db):
    plan = planned(HEAD, ["绘声馆", "柳市镇", "温州鹿城南浦路1号"])

    assert [each.message for each in plan.errors] == ["地址在温州鹿城，不在乐清市"]
