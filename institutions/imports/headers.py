"""The words of a register's headings: which column is what. Where the header stands is found in tables.py.

A heading is looked up as it is written, without its decorations, and without what stands in brackets; the earlier in
its list a word stands, the better it says what the column is: 办学地址 wins over 地址 wherever the two stand.
"""

import re
import unicodedata
from functools import cache

from institutions.imports import cells

# Headings by vocabulary; the first is the one used in messages.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "机构名称", "培训机构名称", "校外培训机构名称", "学校名称", "单位名称", "办学机构名称", "教育机构名称",
        "机构全称", "学校全称", "单位全称", "机构名", "培训机构", "校外培训机构", "企业名称", "公司名称", "主体名称",
        "市场主体名称", "办学单位名称", "办学单位", "培训学校名称", "培训学校", "培训点名称", "办学点名称", "教学点名称",
        "登记名称", "注册名称", "证照名称", "执照名称", "机构(学校)名称", "学校(机构)名称", "名称", "机构", "校名", "Name",
    ),
    "signboard_name": (
        "招牌名称", "门头名称", "店招名称", "招牌", "店招", "门头", "门牌名称", "对外名称", "挂牌名称", "实际名称", "店名", "品牌名称",
        "对外招生名称", "Signboard",
    ),
    "operating_address": (
        "办学地址", "办学地点", "详细地址", "实际经营地址", "实际办学地址", "实际办学地点", "培训地址", "培训地点", "机构地址",
        "学校地址", "单位地址", "经营地址", "教学地址", "教学地点", "办学场所", "办学场所地址", "办学详细地址", "办学具体地址",
        "培训场所", "培训场所地址", "办公地址", "经营场所", "经营场所地址", "实际地址", "具体地址", "所在地址", "现地址", "办学点地址",
        "教学点地址", "通讯地址", "地址", "地点", "Teaching address",
    ),
    "registered_address": (
        "注册地址", "登记地址", "登记住所", "注册地", "工商注册地址", "营业执照地址", "执照地址", "法定住所", "证照地址", "注册住所",
        "住所",
    ),
    "principal": (
        "负责人", "校长", "法定代表人", "举办者", "机构负责人", "负责人姓名", "法人代表", "法人", "法定代表人姓名", "法人姓名",
        "法人代表姓名", "校长姓名", "举办人", "举办者姓名", "投资人", "经营者", "经营者姓名", "业主", "业主姓名", "开办人", "主办人",
        "办学者", "实际负责人", "主要负责人", "学校负责人", "单位负责人", "联系人", "联系人姓名", "店主", "老板", "Principal",
    ),
    "phone": (
        "联系电话", "电话", "手机", "联系方式", "电话号码", "手机号码", "手机号", "联系电话(手机)", "负责人电话", "负责人联系电话",
        "负责人手机", "负责人联系方式", "负责人手机号", "负责人手机号码", "校长电话", "校长手机", "法人电话", "法人联系电话", "法人联系方式",
        "法定代表人电话", "法定代表人联系电话", "举办者电话", "举办者联系电话", "联系人电话", "联系人手机", "固定电话", "办公电话", "座机", "移动电话",
        "联系号码", "咨询电话", "招生电话", "Phone",
    ),
    "permit": (
        "办学许可证号", "许可证编号", "办学许可证", "办学许可证编号", "办学许可证号码", "许可证号", "许可证号码", "民办学校办学许可证",
        "民办学校办学许可证号", "民办学校办学许可证编号", "办学许可证证号", "办学许可证证书编号", "办学证号", "办学许可编号", "办学许可号", "办学许可",
        "教民号", "教民证号", "教育许可证号", "许可证", "办学证", "办证编号", "Permit number",
    ),
    "permit_period": (
        "许可证有效期", "办学许可证有效期", "办学许可证有效期限", "许可证有效期限", "办学许可有效期", "办学许可证期限", "许可证期限",
        "办学有效期", "办学期限", "许可期限", "办学许可证起止日期", "许可证起止日期", "办学许可证有效期起止", "许可证起止时间", "Permit valid",
    ),
    "permit_from": (
        "许可证有效期自", "许可证发证日期", "办学许可证有效期自", "办学许可证有效期起", "办学许可证发证日期", "办学许可证发证时间",
        "许可证有效期起", "许可证发证时间", "办学许可证颁发日期", "办学许可证颁发时间", "办学许可证核发日期", "许可证核发日期", "许可证起始日期",
        "办学许可证起始日期", "许可证开始日期", "办学许可证批准日期", "许可日期", "许可时间", "办学许可日期", "办证日期", "批准办学日期", "批准办学时间",
    ),
    "permit_to": (
        "许可证有效期至", "办学许可证有效期至", "办学许可证有效期止", "许可证有效期止", "办学许可证到期日期", "许可证到期日期",
        "办学许可证到期时间", "许可证到期时间", "办学许可证截止日期", "许可证截止日期", "办学许可证终止日期", "许可证终止日期", "许可证到期日",
        "办学许可证到期日",
    ),
    "registration": (
        "营业执照/登记证号", "营业执照号", "登记证号", "营业执照编号", "营业执照号码", "营业执照注册号", "营业执照", "工商注册号", "注册号",
        "工商登记号", "执照号", "执照编号", "执照号码", "民非登记证号", "民非登记号", "民办非企业单位登记证号", "民办非企业单位登记证书号",
        "民办非企业单位登记证书编号", "民办非企业登记证号", "民办非企业单位登记证书", "民办非企业登记证", "民办非企业单位登记证", "民非登记证",
        "法人登记证号", "法人登记证书号", "法人登记证编号", "法人登记证", "法人证书号", "事业单位法人证书号", "事业单位法人证书", "登记证书号",
        "登记证书编号", "登记证编号", "登记证", "登记证书", "登记号", "证照编号", "证照号", "证照号码", "证件号码", "组织机构代码",
        "组织机构代码证号", "Registration number",
    ),
    "registration_period": (
        "营业执照/登记证有效期", "营业执照有效期", "执照有效期", "登记证有效期", "营业执照有效期限", "营业期限", "经营期限", "登记证书有效期",
        "民非登记证有效期", "法人登记证有效期", "营业执照期限", "执照期限", "Registration valid",
    ),
    "registration_from": (
        "登记证照日期", "营业执照日期", "成立日期", "成立时间", "注册日期", "注册时间", "登记日期", "登记时间", "工商登记日期", "工商注册日期",
        "营业执照发证日期", "营业执照登记日期", "营业执照注册日期", "营业执照有效期自", "营业执照有效期起", "执照日期", "登记证发证日期", "核准日期",
        "工商登记时间", "工商注册时间", "营业执照发证时间",
    ),
    "registration_to": (
        "营业执照有效期至", "营业执照有效期止", "登记证有效期至", "登记证有效期止", "营业执照到期日期", "登记证到期日期", "执照有效期至",
    ),
    "credit_code": (
        "统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码号", "社会统一信用代码", "统一社会信用代码(营业执照号)",
        "营业执照统一社会信用代码", "信用代码号", "统一代码", "信用代码证号", "统一社会信用码", "机构代码", "18位信用代码", "Unified social credit code",
    ),
    "township": (
        "乡镇(街道)", "镇街", "所属街道", "乡镇街道", "乡镇", "所属乡镇", "所属镇街", "所在镇街", "所在乡镇", "所在街道", "所属乡镇(街道)",
        "所在乡镇(街道)", "镇(街道)", "街道(乡镇)", "街道(镇)", "镇街道", "街道乡镇", "街镇", "镇乡街道", "镇(街)", "乡(镇)街道", "乡镇(街)",
        "属地", "属地乡镇", "属地镇街", "属地街道", "管辖乡镇", "管辖镇街", "所属区域", "所在区域", "区域", "辖区", "所属辖区", "所在地",
        "所属片区", "街道", "镇别", "地区", "所属地区", "所在地区", "归属地", "归属镇街", "归属乡镇", "Township",
    ),
    "longitude": ("经度", "东经", "地理经度", "经度(东经)", "lng", "lon", "longitude"),
    "latitude": ("纬度", "北纬", "地理纬度", "纬度(北纬)", "lat", "latitude"),
    "licence_at_survey": ("排摸时证照情况", "排摸时证照", "摸排时证照情况", "Licence status at survey"),
    "licence_status": (
        "证照情况", "证照状况", "证照类别", "证照类型", "证照状态", "证照", "有无证照", "证照是否齐全", "办证情况", "持证情况", "证照持有情况",
        "证照办理情况", "证照齐全情况", "机构证照情况", "办学证照情况", "是否证照齐全", "证照分类", "证照种类", "Licence status",
    ),
    "surveyed_on": (
        "排摸日期", "排摸时间", "摸排日期", "摸排时间", "排查日期", "排查时间", "检查日期", "检查时间", "登记排摸日期", "普查日期", "普查时间",
        "调查日期", "调查时间", "摸底日期", "摸底时间", "巡查日期", "巡查时间", "走访日期", "走访时间", "核查日期", "核查时间", "采集日期",
        "采集时间", "Surveyed on",
    ),
    "learners": (
        "学生人数", "学生数", "在读人数", "在校生数", "在校学生数", "在校人数", "在校学生", "在校生人数", "学生总数", "在读学生数", "在读学生人数",
        "学员数", "学员人数", "在册学生数", "在册学生人数", "在训人数", "在训学生数", "培训人数", "培训学生数", "招生人数", "学生数量", "现有学生数",
        "现有学生", "参训人数", "在学人数", "在校生", "学生", "学员",
    ),
    "teachers": (
        "教师人数", "教师数", "教职工数", "教职工人数", "专任教师数", "教师总数", "教师数量", "专职教师数", "专职教师人数", "教职员工数",
        "教职员工人数", "从业人员数", "从业人数", "从业人员", "员工数", "员工人数", "师资人数", "任课教师数", "现有教师数", "教学人员数", "教职工",
        "教师", "师资",
    ),
    "area_m2": (
        "面积(平方米)", "面积", "建筑面积", "办学面积", "场地面积", "办学场地面积", "校舍面积", "使用面积", "培训面积", "教学面积", "用房面积",
        "经营面积", "场所面积", "办学场所面积", "培训场所面积", "教学用房面积", "校舍建筑面积", "占地面积", "总面积", "房屋面积", "营业面积",
    ),
    "serial": ("序号", "编号", "序", "序列", "顺序", "顺序号", "No", "No.", "行号", "号", "#"),
}  # fmt: skip
# Dates and numbers that are of a licence, and of which one the column beside says.
OF_A_LICENCE: dict[str, tuple[str, ...]] = {
    "period": ("有效期", "有效期限", "证书有效期", "有效期间", "有效期起止", "起止日期", "起止时间", "有效时间", "期限", "证照有效期"),
    "from": (
        "发证日期", "发证时间", "颁发日期", "颁发时间", "颁证日期", "颁证时间", "核发日期", "批准日期", "批准时间", "有效期自", "有效期起", "起始日期",
        "开始日期", "生效日期", "有效期开始", "起始时间", "有效期始", "取得日期", "取得时间", "领证日期", "领证时间",
    ),
    "to": (
        "有效期至", "有效期止", "到期日期", "到期时间", "到期日", "截止日期", "终止日期", "失效日期", "有效期截止", "有效期截止日期", "有效期到",
        "有效期结束", "届满日期",
    ),
}  # fmt: skip
# What a column under a group says: 负责人 over 姓名 and 电话, 办学许可证 over 编号 and 有效期, 有效期 over 起 and 止.
UNDER: dict[str, dict[str, str]] = {
    "principal": {"姓名": "principal", "名字": "principal", "电话": "phone", "手机": "phone", "联系电话": "phone",
                  "联系方式": "phone", "手机号": "phone", "手机号码": "phone", "电话号码": "phone"},
    "permit": {"编号": "permit", "号码": "permit", "证号": "permit", "号": "permit", "证书编号": "permit", "证书号": "permit",
               "许可证号": "permit", "起": "permit_from", "止": "permit_to", "自": "permit_from", "至": "permit_to"},
    "registration": {"编号": "registration", "号码": "registration", "证号": "registration", "号": "registration",
                     "注册号": "registration", "代码": "credit_code", "起": "registration_from", "止": "registration_to"},
    "permit_period": {"起": "permit_from", "止": "permit_to", "自": "permit_from", "至": "permit_to", "开始": "permit_from",
                      "截止": "permit_to", "起始": "permit_from", "结束": "permit_to", "起始日期": "permit_from",
                      "截止日期": "permit_to", "终止日期": "permit_to", "开始日期": "permit_from"},
    "period": {"起": "from", "止": "to", "自": "from", "至": "to", "开始": "from", "截止": "to", "起始": "from", "结束": "to",
               "起始日期": "from", "截止日期": "to", "终止日期": "to", "开始日期": "from", "起始时间": "from", "截止时间": "to"},
    "learners": {"人数": "learners", "数量": "learners", "总数": "learners"},
    "teachers": {"人数": "teachers", "数量": "teachers", "总数": "teachers"},
    "name": {"名称": "name", "全称": "name"},
    "operating_address": {"详细地址": "operating_address"},
}  # fmt: skip
# Headings one knows and does not take: they make a header, too, and are no misspelt ones of ours.
NOT_TAKEN = frozenset(
    [
        "存在问题",
        "问题",
        "主要问题",
        "发现问题",
        "整改情况",
        "整改措施",
        "整改要求",
        "整改期限",
        "整改结果",
        "整改时间",
        "处理结果",
        "处理情况",
        "处理意见",
        "处理措施",
        "完成日期",
        "完成时间",
        "完成情况",
        "查处时间",
        "查处情况",
        "查处日期",
        "列入黑名单原因",
        "原因",
        "备注",
        "说明",
        "身份证号",
        "身份证号码",
        "身份证",
        "性别",
        "年龄",
        "学历",
        "职务",
        "职称",
        "民族",
        "培训类别",
        "培训项目",
        "培训内容",
        "培训科目",
        "办学内容",
        "办学类别",
        "办学类型",
        "机构类别",
        "机构类型",
        "类别",
        "类型",
        "类",
        "办学项目",
        "办学范围",
        "经营范围",
        "业务范围",
        "培训对象",
        "招生对象",
        "办学层次",
        "办学性质",
        "机构性质",
        "性质",
        "主管部门",
        "审批机关",
        "发证机关",
        "登记机关",
        "发证单位",
        "消防",
        "消防情况",
        "是否消防验收",
        "消防验收",
        "食品经营许可证",
        "是否住宿",
        "是否年检",
        "年检情况",
        "年检结果",
        "收费标准",
        "收费",
        "收费方式",
        "预收费",
        "班级数",
        "教室数",
        "楼层",
        "房屋性质",
        "房屋产权",
        "租赁期限",
        "状态",
        "经营状态",
        "办学状态",
        "最近检查",
        "通知书编号",
        "责令日期",
        "责令人",
        "检查人员",
        "检查人",
        "排摸人",
        "摸排人",
        "填表人",
        "期限",
        "剩余",
        "提交日期",
        "销号日期",
        "是否合格",
        "村居",
        "村社区",
        "村(居)",
        "社区",
        "所在村居",
        "所在社区",
        "村(社区)",
        "村",
        "邮编",
        "邮政编码",
        "邮箱",
        "电子邮箱",
        "微信",
        "QQ",
        "网址",
        "照片",
        "签字",
        "签名",
        "责任人",
        "责任单位",
        "网格员",
        "网格",
        "是否整改",
        "是否存在问题",
        "Status",
        "Category",
        "Duedate",
        "Lastvisit",
        "Noticenumber",
        "Findings",
        "Measure",
        "Orderedon",
        "Orderedby",
        "Inspectors",
        "Due",
        "Left",
        "Submittedon",
        "Struckoffon",
        "Outcome",
    ]
)
MISSPELT = 66  # of rapidfuzz's ratio: 办学地扯, 联糸电话 (one sign of four is another) is 75


def plain(title: object) -> str:
    """A heading without spaces and line breaks, its signs narrow."""
    return re.sub(r"\s", "", cells.text(title))


def undecorated(title: str) -> str:
    """*机构名称, 1.机构名称, 机构名称:, ★名称 -> without; what stands in brackets stays."""
    bare = re.sub(r"^[*★☆●▲#※√◆■□]+|^[((]?\d{1,2}[))、.．]+(?=[^\d])", "", title)
    return re.sub(r"[*★☆●▲※:：。,，、]+$", "", bare)


@cache
def _words() -> dict[str, tuple[str, int]]:
    """Each word -> what it says, and how well: its place in its list."""
    found: dict[str, tuple[str, int]] = {}
    for words_of in (HEADERS, OF_A_LICENCE):
        for key, words in words_of.items():
            for rank, word in enumerate(words):
                found.setdefault(unicodedata.normalize("NFKC", word).replace(" ", "").lower(), (key, rank))
    return found


@cache
def meaning(title: str) -> tuple[str, int] | None:
    """What a heading says and its rank, the lower the better: ("operating_address", 0) of 办学地址; None when nothing."""
    words = _words()
    bare = undecorated(title).lower()
    unbracketed = re.sub(r"[(【\[〔].*?[)】\]〕]", "", bare)
    tries = [
        title.lower(),
        bare,
        unbracketed,
        re.sub(r"^(培训|办学|校外培训)?(机构|学校|单位)(?=.{2,}$)", "", unbracketed),
    ]
    tries += [f"{each[:-2]}日期" for each in (unbracketed,) if each.endswith("时间")]
    parts = re.split(r"[/、,或及和]", unbracketed)
    for step, written in enumerate([*tries, *(parts if len(parts) > 1 else [])]):
        if written in words and (step == 0 or len(written) > 1):
            key, rank = words[written]
            return key, rank + 100 * step
    return None


def is_known(title: str) -> bool:
    """Whether a heading is in the vocabulary, taken or not."""
    return meaning(title) is not None or undecorated(title) in NOT_TAKEN or _unbracketed(title) in NOT_TAKEN


def _unbracketed(title: str) -> str:
    return re.sub(r"[(【\[].*?[)】\]]", "", undecorated(title))


def meaning_of_stack(stack: tuple[str, ...]) -> tuple[str, int] | None:
    """What a column says under the headings above it, the outermost first: 办学许可证 over 编号 is the permit's number."""
    levels = [each for place, each in enumerate(stack) if each and each not in stack[:place]]
    if not levels:
        return None
    if len(levels) == 1:
        return meaning(levels[0])
    *above, leaf = levels
    for group in reversed(above):
        over = meaning(group)
        if over and (key := UNDER.get(_group(over[0]), {}).get(_unbracketed(leaf))):
            return _in_group(key, over[0], above), over[1]
        if over and (known := meaning(leaf)) and known[0] in OF_A_LICENCE:
            return _in_group(known[0], over[0], above), known[1]
        if joined := meaning(undecorated(group) + undecorated(leaf)):
            return joined
    if is_known(leaf):
        return meaning(leaf)
    return None


def _group(key: str) -> str:
    return "registration" if key == "credit_code" else key


def _in_group(key: str, over: str, above: list[str]) -> str:
    """permit over period -> permit_period; period over from under permit -> permit_from."""
    if key not in OF_A_LICENCE:
        return key
    kinds = [_group(said[0]) for said in map(meaning, above) if said]
    owner = next((kind for kind in kinds if kind in ("permit", "registration")), "")
    return f"{owner}_{key}" if owner else key


def nearest_heading(title: str) -> str | None:
    """The key of which a heading may be a misspelt word, None when it is like none."""
    from rapidfuzz import fuzz, process

    bare = _unbracketed(title)
    if len(bare) < 3 or len(bare) > 20 or is_known(title):
        return None
    found = process.extractOne(bare.lower(), _words().keys(), scorer=fuzz.ratio, score_cutoff=MISSPELT)
    if found is None or abs(len(found[0]) - len(bare)) > 2:
        return None
    key = _words()[found[0]][0]
    return key if key in HEADERS and key != "serial" else None
