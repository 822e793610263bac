"""The vocabulary of headings: what real lists call their columns."""

import pytest

from institutions.imports import headers

USUAL = {
    "name": "机构名称 *机构名称 机构名称（必填） 培训机构名称 校外培训机构名称 学校名称 单位名称 名称 培训机构（学校）名称 办学机构名称",
    "signboard_name": "招牌名称 门头名称 店招名 招牌",
    "operating_address": "办学地址 办学地点 详细地址 机构地址 培训地址 地址 实际办学地址 经营场所 办学地址（详细到门牌号） 教学点地址",
    "registered_address": "注册地址 登记地址 住所",
    "principal": "负责人 校长 法人 法定代表人 法人代表 举办者 负责人姓名 法定代表人（负责人） 校长(负责人) 经营者 联系人",
    "phone": "联系电话 电话 手机 手机号码 联系方式 联系电话（手机） 负责人电话 联系人电话 办公电话 法人联系电话",
    "credit_code": "统一社会信用代码 信用代码 社会信用代码 统一社会信用代码（18位） 统一社会信用代码/注册号",
    "registration": "营业执照号 营业执照编号 营业执照注册号 注册号 民非登记证号 工商注册号 组织机构代码 登记证号",
    "permit": "办学许可证号 许可证号 办学许可证编号 办学许可证 许可证编号 民办学校办学许可证号 办学许可证号码",
    "permit_period": "许可证有效期 办学许可证有效期 办学许可证有效期限 办学许可证起止日期",
    "permit_to": "许可证有效期至 办学许可证到期时间",
    "permit_from": "许可证发证日期 办学许可证发证日期",
    "period": "有效期 有效期限 起止日期",
    "from": "发证日期 发证时间",
    "to": "有效期至 到期日期",
    "township": "乡镇 街道 乡镇（街道） 镇街 所属乡镇 所属乡镇（街道） 所在镇街 镇（街道） 乡镇/街道 属地 所在乡镇街道 镇街名称 乡镇名称",
    "licence_status": "证照情况 证照类别 有无证照 办证情况 证照状况 证照是否齐全 证照情况（证照齐全/有照无证）",
    "surveyed_on": "排摸日期 排摸时间 摸排时间 检查日期 排查时间 核查时间 摸底时间 走访日期 现场检查时间",
    "learners": "学生数 学生人数 在校生数 在读学生数 学员人数 在校学生人数 学生人数（人） 现有学生数 培训人数",
    "teachers": "教师数 教师人数 教职工数 专任教师数 从业人员数 专兼职教师数",
    "area_m2": "面积 建筑面积 办学面积 场地面积 面积（㎡） 建筑面积（平方米） 办学场所面积",
    "county": "县市区 所属区县 县（市、区） 所在县市区 区县 设区市",
    "category": "类别 机构类别 培训类别 办学类型 办学类别",
    "registration_from": "成立时间 成立日期 注册日期 营业执照日期",
}


@pytest.mark.parametrize(("key", "title"), [(key, title) for key, titles in USUAL.items() for title in titles.split()])
def test_usual_heading_is_known(key, title):
    said = headers.meaning(headers.plain(title))

    assert said is not None and said[0] == key


@pytest.mark.parametrize(
    "title",
    [
        "备注",
        "存在问题",
        "整改情况",
        "处理结果",
        "完成日期",
        "查处时间",
        "培训内容",
        "身份证号",
        "性别",
        "审批机关",
        "所在村居",
    ],
)
def test_other_usual_heading_is_known_and_not_taken(title):
    assert (headers.meaning(title), headers.is_known(title), headers.nearest_heading(title)) == (None, True, None)


@pytest.mark.parametrize(
    ("title", "key"),
    [("办学地扯", "operating_address"), ("联糸电话", "phone"), ("机沟名称", "name"), ("法定代表任", "principal"),
     ("宣传语", None), ("合作项目", None)],
)  # fmt: skip
def test_misspelt_heading_is_like_one(title, key):
    assert headers.nearest_heading(title) == key


@pytest.mark.parametrize(
    ("stack", "key"),
    [
        (("负责人", "姓名"), "principal"),
        (("负责人", "电话"), "phone"),
        (("办学许可证", "编号"), "permit"),
        (("办学许可证", "有效期"), "permit_period"),
        (("证照信息", "办学许可证", "有效期", "起"), "permit_from"),
        (("营业执照", "号码"), "registration"),
        (("营业执照", "统一社会信用代码"), "credit_code"),
        (("营业执照", "有效期至"), "registration_to"),
        (("有效期", "止"), "to"),
        (("基本情况", "办学地址"), "operating_address"),
        (("负责人", "性别"), None),
    ],
)
def test_heading_under_a_group(stack, key):
    said = headers.meaning_of_stack(stack)

    assert (said and said[0]) == key


def test_exact_word_is_better_than_a_general_one():
    ranks = [headers.meaning(title)[1] for title in ("办学地址", "详细地址", "地址")]

    assert ranks == sorted(ranks)
