"""The words of a ledger (排查整治台账): its headings, outcomes as bureaus write them, short forms of the catalogue.

The earlier a word stands, the better it says what the column is, as in institutions/imports/vocabulary.py.
"""

import re

from inspections.models import Outcome

PREFIX = "ledger."


def _set(written: str) -> frozenset[str]:
    return frozenset(written.split())


_WORDS = {
    "problems": """
        存在问题 问题 主要问题 发现问题 存在的问题 存在主要问题 检查发现问题 排查发现问题 检查发现的问题 发现的问题
        问题描述 问题情况 存在问题及隐患 存在问题描述 问题清单 检查问题 违规问题 问题隐患 隐患问题 存在隐患 违规情况
        违规行为 违法违规行为 存在问题情况 具体问题 主要存在问题 排查发现的问题 排查存在问题 排查存在的问题
        检查存在问题 检查存在的问题 巡查发现问题 巡查发现的问题 核查发现问题 现场发现问题 现场检查问题 发现主要问题
    """,
    "visited_on": """
        检查日期 检查时间 排查日期 排查时间 巡查日期 巡查时间 走访日期 走访时间 核查日期 核查时间 现场检查日期
        现场检查时间 现场排查时间 检查日 排查日
    """,
    "inspectors": """
        检查人 检查人员 排查人员 排查人 巡查人员 巡查人 走访人员 走访人 核查人员 核查人 执法人员 检查组成员 现场检查人员
        检查人姓名 参与检查人员 检查组
    """,
    "found": "检查情况 排查情况 现场检查情况 现场情况 检查结果 排查结果 巡查情况",
    "demand": "整改要求 整改内容 整改意见 处理意见 整改建议 处置意见",
    "measures": "整改措施 处理措施 处置措施 整改办法 整治措施",
    "due_on": """
        整改期限 整改时限 整改限期 限期整改时间 限期整改日期 限改日期 整改截止日期 整改截止时间 要求完成时间
        要求整改期限 整改完成期限 整改完成时限 完成期限 完成时限 应完成日期
    """,
    "progress": "整改情况 整改进展 整改进展情况 整改落实情况 落实情况 处理情况 查处情况 整改进度 处置情况 整改情况说明",
    "outcome": """
        整改结果 处理结果 处置结果 查处结果 完成情况 整改完成情况 整改状态 整改成效 是否整改到位 整改是否到位
        是否完成整改 是否整改 是否完成 是否已整改
    """,
    "done_on": """
        完成日期 完成时间 整改完成日期 整改完成时间 整改到位日期 整改到位时间 实际完成时间 实际完成日期
        办结日期 办结时间 整改日期 整改时间 查处时间 查处日期
    """,
    "rechecked_on": "复查日期 复查时间 复核日期 复核时间 复检日期 回头看日期 回头看时间 验收日期 验收时间",
    "recheckers": "复查人 复查人员 复核人 复核人员 复检人 验收人 验收人员 回头看人员",
    "recheck": "复查情况 复查结果 复查意见 复核情况 复核结果 验收情况 验收结果 回头看情况",
    "struck_off": "销号 是否销号 是否已销号 销号情况 销号状态",
    "struck_off_on": "销号日期 销号时间 销号日",
    "operating": "经营状态 办学状态 机构状态 营业状态 办学现状 运营状态 经营状况 现状",
    "owner": "责任人 整改责任人 责任人姓名 责任人员 责任单位 整改责任单位 责任部门 责任领导 包联责任人",
    "remark": "备注 说明 其他说明 备注说明",
}
HEADINGS: dict[str, tuple[str, int]] = {
    word: (PREFIX + key, rank) for key, words in _WORDS.items() for rank, word in enumerate(words.split())
}
TITLES = {PREFIX + key: words.split()[0] for key, words in _WORDS.items()}
# What a column under a group says: 整改情况 over 措施, 期限, 结果 and 完成时间.
_OF_CHECK = {
    "visited_on": "时间 日期 检查时间 检查日期",
    "inspectors": "人员 检查人 检查人员 排查人员 人",
    "problems": "问题 存在问题 主要问题",
    "found": "情况 基本情况",
}
_OF_RECTIFICATION = {
    "demand": "要求 内容 意见",
    "measures": "措施",
    "due_on": "期限 时限 限期 截止时间",
    "progress": "情况 进展 落实情况",
    "outcome": "结果 状态 是否完成 是否到位 完成情况",
    "done_on": "完成日期 完成时间 时间 日期",
}
_OF_RECHECK = {"rechecked_on": "时间 日期", "recheckers": "人员 复查人 人", "recheck": "情况 结果 意见"}
_OF_STRIKE_OFF = {"struck_off": "是否 是否销号 情况 状态", "struck_off_on": "时间 日期"}
_GROUPS = {
    "检查情况 排查情况 检查 排查 现场检查 现场检查情况 排查整治情况 检查信息 排查信息 巡查情况": _OF_CHECK,
    "整改情况 整改 整治情况 整改落实情况 整改信息 整改进展 处理情况": _OF_RECTIFICATION,
    "复查情况 复查 复核情况 复核 回头看 验收情况 验收": _OF_RECHECK,
    "销号 销号情况 销号信息": _OF_STRIKE_OFF,
}
UNDER: dict[str, dict[str, str]] = {
    group: {leaf: PREFIX + key for key, leaves in under.items() for leaf in leaves.split()}
    for groups, under in _GROUPS.items()
    for group in groups.split()
}
# Columns in which the outcome is ticked: 取缔 | 办证 | 整改, with √ in one of them.
TICKED_PREFIX = PREFIX + "ticked_"
TICKED: dict[str, str] = {
    word: TICKED_PREFIX + outcome
    for outcome, words in {
        Outcome.CLOSED: "取缔 已取缔 关停 已关停 取缔关停 关停取缔 依法取缔 停办 已停办 关闭",
        Outcome.LICENSED: "办证 已办证 补办证照 已补办证照 完善证照 办理证照 补证 办照 证照已办",
        Outcome.CORRECTED: "整改 已整改 整改到位 已整改到位 整改完成 完成整改 规范 规范到位 规范办学",
        "open": "正在整改 整改中 未整改 未完成 限期整改 正在办证 待整改",
    }.items()
    for word in words.split()
}
# What a tick says, in words of OUTCOMES; and how its column is called.
SAID_BY_TICK = {Outcome.CLOSED: "已取缔", Outcome.LICENSED: "已办证", Outcome.CORRECTED: "整改完成", "open": "正在整改"}
TITLES |= {TICKED_PREFIX + outcome: f"{said}（打勾）" for outcome, said in SAID_BY_TICK.items()}
# One of these makes a table a ledger. Days, names, remarks and a result alone do not: a list of those that were closed
# has 查处时间 and 处理结果, our own list of institutions has 整改期限.
TELLING = frozenset(PREFIX + key for key in ("problems", "progress", "demand", "struck_off", "struck_off_on"))
# Of these a row below an institution says another thing: its next problem, and how that one was put right.
OF_EACH_ROW = frozenset(PREFIX + key for key in ("problems", "demand", "progress", "outcome", "done_on"))
# How it was put right is often filled down to the end of the sheet, beside no institution.
OF_UNNAMED_ROWS = frozenset(PREFIX + key for key in ("problems", "demand"))
# The ledger that the system itself hands out: its rounds are on record.
OUR_OWN = frozenset({"通知书编号", "Noticenumber"})
# And beside 排摸时证照情况 the annex of its reports.
OF_AN_ANNEX = frozenset({"责令日期", "Orderedon"})

# --- Outcomes

OPEN, SUSPENDED, DONE = "open", "suspended", "done"
OUTCOMES: dict[str, str] = {
    word: outcome
    for outcome, words in {
        Outcome.CLOSED: """
            已关停 关停 已取缔 取缔 取缔关停 停办 已停办 已关闭 关闭 已停止办学 停止办学 自行关停 自行停办
            已注销 取缔(停办) 已关停取缔 关停取缔 依法取缔 已依法取缔
        """,
        Outcome.LICENSED: """
            已办证 已办理证照 已补办证照 整改办理证照 已办理办学许可证 已取得办学许可证 已领证 已补证 证照已办
            已办理许可证 办证 已补办 已办照 已完成办证
        """,
        Outcome.CORRECTED: """
            整改完成 已整改到位 整改到位 已完成整改 已规范 规范到位
        """,
        # What says that it is done, but not how: of an institution with a permit there is one way only.
        DONE: "已整改 已完成 完成 已到位 到位 整改完毕 已整改完毕 已整改完成 是 已办结 办结 合格 通过 已落实 √ y yes",
        OPEN: """
            正在整改 整改中 未整改 未完成 未到位 否 未整改到位 正在办证 办证中 正在办理 拒不整改 拒绝整改 待整改
            部分整改 部分完成 × 未办结 进行中 正在办理证照 责令整改 限期整改 已责令整改 未落实 n no
        """,
        SUSPENDED: "暂停营业 停业整顿 停业整改 停课整改 已停课 暂停办学 停业 暂停培训 停课",
    }.items()
    for word in words.split()
}
# Words that say how a round ended when they stand in a sentence in which nothing is denied or still to be done.
IN_A_SENTENCE: dict[str, str] = {
    "已关停": Outcome.CLOSED, "已取缔": Outcome.CLOSED, "已停办": Outcome.CLOSED, "已关闭": Outcome.CLOSED,
    "已停止办学": Outcome.CLOSED, "已办证": Outcome.LICENSED, "已办理证照": Outcome.LICENSED,
    "已取得办学许可证": Outcome.LICENSED, "已办理办学许可证": Outcome.LICENSED, "已整改到位": Outcome.CORRECTED,
    "整改完成": Outcome.CORRECTED, "已完成整改": Outcome.CORRECTED, "已整改": DONE,
}  # fmt: skip
# What is not done, still to be done, done in part or undone since. 应急灯, 教学计划, 承诺书, 预收费 say none of it, and
# 9月底前已整改到位 is done.
DENIED = re.compile(
    r"[未没不拟待尚暂正在限期要求责令部分仍]|(?<!教学)(?<!课程)(?<!培训)(?<!办学)计划|预(?![收付存])|承诺(?!书)|争取|将于"
    r"|(?<![相对反响供适])应(?![急届变对用收])|基本(?!情况|信息)|又(?![名称])|(?<!100)%|([底月年之]|\d[日号])前(?!.*已)"
    r"|(关停|取缔|停办|关闭).{0,6}([一二三四五六七八九十\d][楼层]|教室|校区|分校|宿舍|食堂)"
)
# Where a day should stand on which it was done.
PLANNED = re.compile("计划|拟|预[计期]|争取|力争|承诺|将于")
OPERATING = _set("""
    在营 正常 营业 开业 在办 正常办学 正常经营 经营中 营业中 在业 存续 开办 办学中 正常营业 正常运营
""")
YES = _set("""
    是 已销号 销号 √ 已 y yes 已完成销号 同意销号 予以销号
""")
NO = _set("""
    否 未销号 × 未 n no 不销号 待销号 暂不销号 没有 未完成
""")
NO_PROBLEM = _set("""
    无 无问题 未发现问题 没有发现问题 未发现 没有问题 暂无 正常 合格 未见异常 未发现明显问题 无明显问题 不存在问题
""")

# --- Problems

# Short forms of items of the national catalogue, as ledgers have them; each says one item only.
SHORT_FORMS: dict[str, str] = {
    word: code
    for code, words in {
        "L01": "无证无照 无照无证 无证无照经营 无证无照培训 无照无证办学 证照全无 无任何证照",
        "L02": "有照无证 无证有照 无办学许可证 未取得办学许可证 未办理办学许可证 没有办学许可证 缺办学许可证",
        "L03": "有证无照 无照有证 无营业执照 未办理营业执照 没有营业执照 未办理法人登记",
        "L04": "证照过期 办学许可证过期 许可证过期 许可证已过期 证照已过期 办学许可证已过期",
        "L05": "超范围办学 超范围经营 超出许可范围 超范围培训 超经营范围",
        "L06": "擅自变更办学地址 擅自变更地址 擅自设立分校 擅自设立教学点 未经批准设立分支机构 私设教学点",
        "S01": "重大安全隐患 存在安全隐患(重大)",
        "S02": """
            消防通道堵塞 消防不合格 消防不达标 消防设施不合格 消防设施不全 消防设施不达标 疏散通道堵塞 疏散通道不畅
            消防通道不畅 安全出口堵塞 安全出口不足 灭火器过期 灭火器不足 消防器材不足 消防器材过期 未通过消防验收
            无消防验收 消防验收未通过 消防设施不完善 占用消防通道 缺少消防设施 应急灯损坏
        """,
        "S03": "设在住宅 设在居民楼 在居民楼办学 设在地下室 住宅内办学 民宅办学 设在民宅",
        "S04": "面积不达标 面积不足 生均面积不足 生均面积不达标 办学面积不足 场地面积不足",
        "S05": "无食品经营许可证 供餐不合规 卫生条件差 食品卫生不合格 无卫生许可证",
        "S06": "未购买保险 未购买意外险 未投保 无人身安全保险",
        "T06": "布置作业 留家庭作业",
        "T10": "班次未备案 培训内容未备案 材料未备案 教材未备案 未备案",
        "P01": "聘用在职教师 在职教师兼职 聘请在职教师 使用在职教师",
        "P02": """
            教师无资格证 教师无教师资格证 无教师资格证 教师资格不符 教师信息未公示 教师资质未公示
            无教师证 教师无教师证 教师没有教师证 教师没有资格证 教师没有教师资格证 教师未取得教师资格 教师无证
        """,
        "F01": "收费超过3个月 一次性收费超过三个月 一次性收费超3个月 收费超3个月 超期收费",
        "F02": "预收费未监管 未纳入资金监管 资金未监管",
        "F03": "收费未公示 未公示收费 收费标准未公示 未公示收费标准 收费不公示",
        "F04": "未签合同 未签订合同 无培训合同 未使用示范合同 合同不规范 拒不退费",
        "M01": "虚假宣传 违规广告 虚假广告 夸大宣传",
        "M02": "管理混乱 拒不配合检查 提供虚假材料",
    }.items()
    for word in words.split()
}
# 无证办学 may be either: which it is, the licence status says.
BY_STATUS: dict[str, dict[str, str]] = {
    word: {"none": "L01", "registration_only": "L02"}
    for word in _set("""
        无证办学 无证经营 无证 无证培训 未取得证照 证照不全 无证照 证照不齐 证照不齐全 无许可证 没有许可证 未取得许可证
        未办许可证 无办学证
    """)
}
for _word in ("证照不全", "证照不齐", "证照不齐全"):
    BY_STATUS[_word] = BY_STATUS[_word] | {"permit_only": "L03"}
