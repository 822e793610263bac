"""Where an address lies: the township it states, or the other county of China."""

import pytest

from institutions import china
from institutions.models import Division
from institutions.places import County


@pytest.fixture
def county(db) -> County:
    return County(Division.objects.get(pk="330382"))


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("福州市鼓楼区五凤街道云琪路19号", "福州市鼓楼区"),
        ("福州鼓楼区五凤街道", "福州鼓楼区"),
        ("上海市浦东新区世纪大道1号", "上海市浦东新区"),
        ("上海浦东世纪大道1号", "上海浦东"),
        ("广东省深圳市南山区1号", "广东省深圳市南山区"),
        ("江苏省苏州工业园区", "江苏省"),
        ("内蒙古包头市昆都仑区", "内蒙古包头市昆都仑区"),
        ("海口市龙华区1号", "海口市龙华区"),  # in Guangdong before 1988, a province of its own since
        ("玉环县楚门镇", "玉环县"),  # a city since 2017
        ("鹿城区五马街", "鹿城区"),
        ("温州瓯海1号", "温州瓯海"),
        ("瑞安塘下镇1号", "瑞安"),
        ("温岭市城西街道", "温岭市"),
        ("325000温州市鹿城区1号", "温州市鹿城区"),
        ("浙江省杭州市", "浙江省杭州市"),
        ("台湾省台北市", "台湾省"),
        ("示例路2号（近瑞安市）", ""),
        ("示例路2号 瑞安市", "瑞安市"),
        ("浙江省台州市路桥区7号", "浙江省台州市路桥区"),  # 路桥 is no road
        ("温州市鹿城区广场路5号", "温州市鹿城区"),
        ("瑞安市场桥街道1号", "瑞安市"),
        ("义乌市商城大道1号", "义乌市"),
        ("浙江省 温州市 永嘉县 桥下镇5号", "浙江省 温州市 永嘉县"),
        ("(瑞安市)塘下镇4号", "瑞安市"),
    ],
)
def test_address_of_another_county(county, address, other):
    assert county.other_county_in(address) == other


@pytest.mark.parametrize(
    "address",
    [
        "福州路12号", "上海路3号", "北京西路2号", "上海大厦3楼", "瑞安市场3号", "永嘉县路1号", "杭州湾大道1号", "东方大厦", "朝阳路1号",
        "上海南京路3号", "北京朝阳路1号", "柳市镇福州路1号", "柳市镇长虹路(瑞安市分校)", "乐清市人民路瑞安大厦", "乐清县柳市镇1号", "城区中心", "台州市路8号",
        "浙江省温州市乐清市柳市镇", "浙江乐清柳市镇", "温州乐清柳市镇", "温州市", "浙江省", "长虹路(总部在杭州市)", "芙蓉镇1号", "",
    ],
)  # fmt: skip
def test_address_of_no_other_county(county, address):
    assert county.other_county_in(address) == ""


@pytest.mark.parametrize(
    ("address", "name", "how"),
    [
        ("柳市镇井巷路1号", "柳市镇", "stated"),
        ("中国浙江省温州市乐清市柳市镇井巷路1号", "柳市镇", "stated"),
        ("柳市镇长虹路12号(原乐成街道分校)", "柳市镇", "stated"),
        ("北白象镇1号", "北白象镇", "stated"),
        ("乐清市旭阳社区3号", "城东街道", "stated"),
        ("柳市井巷路1号", "柳市镇", "short"),
        ("乐清柳市井巷路1号", "柳市镇", "short"),
        ("井巷路1号 柳市镇", "柳市镇", "mentioned"),
        ("翔金路3号（近虹桥镇） 柳市镇", "柳市镇", "mentioned"),
    ],
)
def test_township_of_an_address(county, address, name, how):
    found = county.township_in(address)

    assert (found.township.name, found.how) == (name, how)


@pytest.mark.parametrize(
    "address",
    [
        "长虹路12号(总校在乐成街道)", "车站路8号虹桥镇小学旧址对面", "翔金路3号旭阳社区对面", "柳市路1号", "虹桥东路1号", "城东一路3号", "天成花园3号",
        "柳市镇、虹桥镇", "井巷路1号",
    ],
)  # fmt: skip
def test_address_that_states_no_township(county, address):
    assert county.township_in(address).township is None


def test_two_townships_are_both_named(county):
    assert county.township_in("乐清市柳市镇、虹桥镇").names == ("柳市镇", "虹桥镇")


def test_county_of_another_part_of_the_country_is_asked_alike(db):
    province = Division.objects.create(code="35", name="福建省", level="province")
    city = Division.objects.create(code="3501", name="福州市", level="city", parent=province)
    there = County(Division.objects.create(code="350102", name="鼓楼区", level="county", parent=city))

    assert there.other_county_in("福州市鼓楼区五凤街道") == ""
    assert there.other_county_in("鼓楼区五凤街道") == ""
    assert there.other_county_in("温州市乐清市柳市镇") == "温州市乐清市"


def test_every_province_and_some_former_names_are_known():
    names = china.names()

    assert sum(len(code) == 2 for codes in names.values() for code in codes) == 34
    assert {"330382", "330323"} <= names["乐清市"] | names["乐清县"]
    assert "市辖区" not in names and "城区" not in names
