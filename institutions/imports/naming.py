"""What stands where an institution's name should: serials before it, marks and remarks in it, and what is no name."""

import re
from dataclasses import dataclass
from functools import lru_cache

from institutions.imports import cells, headers, wrapped
from institutions.places import County

SERIAL = re.compile(
    r"(?:[(\[【]\s*\d{1,4}\s*[)\]】]|\d{1,4}\s*[、.:)]|[Nn][Oo]\.?\s*\d{1,4}[.:]?|\d{1,4}\s*[-–—]\s*(?=[\u4e00-\u9fa5])|[一二三四五六七八九十]{1,3}\s*、|\([一二三四五六七八九十]{1,3}\))\s*(?=[^\d\s.、])"
)
CIRCLED = re.compile("[①-⑳⑴-⒇⒈-⒛❶-❿]\\s*(?=.)")
_STATE = (
    r"(?:停办|停业|关闭|关停|关门|注销|吊销|取缔|搬迁|搬走|迁出|迁走|撤销|歇业|转让|停课|停招|倒闭|清退|查封|关张|解散|"
    r"暂停(?:营业|办学|招生)?|未营业|不营业|未开业|未办学|不办学|不存在|查无(?:此处)?|找不到|空壳|重复|新增|新办|待定|待核实|"
    r"待确认|筹建中?|筹办中?|整改中|已整改|休眠|转行|改行|合并|并入|拆除|人去楼空|没有?办学|改[为成][^()]{1,6})"
)
_IN_SHORT = "(?:(?:现|目前)?已?(?:关|停|撤|拆|搬|空|不办|不开)了?|拆迁|无证无照|有照无证|有证无照|无证|无照|没人|无人)"
# What a bracket may say at length: (已搬至虹桥), (现为超市), (不再办学); (无人机) is part of a name.
_AT_LENGTH = (
    r"(?!.*(?:更名|改名|改称)[为成:])(?:已|现已|现为|目前|不再|没|无人(?!机)|门关)[^()]{1,10}(?<![店馆部校])(?<!校区)"
)
# What ends a name, and begins none: 朝露画室停办, 停办:春芽托管.
_ENDS = (
    "停办", "停业", "停课", "停招", "关闭", "关停", "关门", "注销", "吊销", "取缔", "搬迁", "搬走", "迁走", "撤销",
    "歇业", "倒闭", "查封", "拆除", "不办了", "不开了", "未营业", "人去楼空",
)  # fmt: skip
REMARK = re.compile(
    rf"\s*[(\[【〔][^()]{{0,10}}{_STATE}[^()]{{0,6}}[)\]】〕]\s*|\s*[(\[【〔](?:{_IN_SHORT}|{_AT_LENGTH})[)\]】〕]\s*"
    rf"|[\s\-—–_,、/]*(?:已|现已|目前已){_STATE}了?$|[\-—–_,/]+{_STATE}$"
    rf"|[\s\-—–_,、/]+(?:不办|不开|没人|关门|停|关|{_STATE})了?$|(?:{'|'.join(_ENDS)})$"
    rf"|^(?:现|目前)?已?{_STATE}了?[\s:\-—–]+"
)
_A_PHONE = r"(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})"
PHONE_IN_NAME = re.compile(rf"\s*\([^()\d]{{0,6}}{_A_PHONE}[^()\d]{{0,6}}\)|[\s:,、]*{_A_PHONE}$")
_SIGNS = "×✗✘✕╳√✓✔☑☒■□▲△●○★☆◆◇※→*?"
MARK = re.compile(rf"^\s*[(\[]?[{_SIGNS}]+[)\]]?\s*|\s*[(\[]?[{_SIGNS}]+[)\]]?\s*$")
NO_NAME = re.compile(
    r"略|[详另]?见(?:附|下|另|后|上|备注).{0,6}|个体户?|个体工商户|(?:已)?(?:删除|作废|待查|待定|待补|待核|待核实|待填|待补充|待补录|待完善|未知|不详|不明|不清楚|未填|未填写|空白|空|重复|取消|测试|test|null|none|nan|n/a|na|"
    r"无名|无名称|未挂牌|没挂牌|没有挂牌|无挂牌|无牌子?|没有牌子|无牌匾|无标牌|无标识|无店招|无字号|无名字|没有名字|没名字|未起名|未营业|未办学|无证|无照|无证无照|无店名|无招牌|无招牌名|无门头|无校名|没有名称|没有招牌|未取名|未命名|名称不详|暂无名称|暂无|无|没有|同上|停办|关闭|注销|取缔|搬迁|停业|"
    r"(?:本|该)?(?:村|镇|乡|街道|社区|辖区|片区|县|校|单位)?(?:暂)?(?:无|没有|零|未发现|未有|没有发现)(?:校外|教育|文化|民办)?"
    r"(?:培训|教育)?(?:机构|学校|点|班|报告|上报)|(?:本|该)(?:村|镇|乡|街道|社区|辖区|片区)(?:无|没有)|"
    r"(?:无名称?|不知名称?|未知名称?)的?(?:校外)?(?:培训|辅导|补习|托管)?(?:班|点|机构)?|"
    r"(?:机构|学校)?(?:名称|名字|校名)(?:未知|不详|不明|不清楚?|未定|暂缺|空缺|待.{1,2})|"
    r"(?:暂时?)?(?:未|没有?|无)[取起命定](?:名称?|名字)|暂?(?:无|没有?)固定(?:名称|名字|校名|招牌)|待填报|"
    r"待(?:命|取|起)名|(?:未|不愿|拒绝)(?:提供|透露)|"
    r"正在(?:核实|核查|调查|排查|确认|申报|办理|办证)|未登记(?:名称)?|无执照|同一机构|"
    r"机构名称|名称|学校|培训|培训机构|教育机构|培训班|培训中心|机构)",
    re.IGNORECASE,
)
SOME = re.compile(r"(?:某+|[XxＸ×*○]{2,}|[Xx×])(?:某)?(?:培训|教育|艺术|学校|机构|中心|公司|辅导|文化|补习)?.{0,8}")
# 乐清市某某培训中心, 柳市××教育: what stands behind the place is none.
SOME_BEHIND = re.compile(r"(?:某+|[XxＸ×*○]{2,}).{0,12}$")
_FEW_DIGITS = re.compile(r"\d{1,5}")
_BETWEEN_NAMES = re.compile(r"\s*[、/;]\s*|\s+(?:\d{1,2}[、.]\s*)?")
_A_NAME = re.compile(
    "[\u4e00-\u9fa5A-Za-z]{2,}(?:馆|教育|书院|学堂|画室|画院|琴行|琴房|棋院|培训|中心|学校|公司|工作室|机构|教室|托管|俱乐部|舞蹈|书法)"
)
_PLAIN = re.compile("[\u4e00-\u5df1\u5df3-\u9fa5]+")  # no serial, no sign, no bracket, and no 已 of a remark
_IN_BRACKETS, _SIGNS_AND_SPACES = re.compile(r"\(.*?\)"), re.compile(r"[\s\W_]")
# A house and no name: 井巷路4号, 三八路6号二楼.
_A_DOOR = re.compile(r"[\u4e00-\u9fa5]{2,12}(?:路|街|巷|弄|大道|村|社区)\d+(?:-\d+)?号(?:.{0,6}(?:楼|室|层))?")
_COUNT = re.compile(r"[\s(:]*共?计?\s*\d+\s*[家所个户间]\)?$")  # 柳市镇(1家)
_NUMBERS = re.compile(r"[\d\s\-.()+/]+")
ALSO_NAMES = re.compile(r"\((?:原名?|曾用名|更名前|原为|旧名|原称|前身[为是]?)[:]?\s*(.+?)\)")
# 童画馆(现更名为绘声馆): the one before the bracket is the former.
NOW_CALLED = re.compile(r"\((?:(?:现|已|现已)?(?:更名|改名|改称)[为成:]|现名[:为]?|现称)\s*(.+?)\)")
SEVERAL_FORMER = re.compile(r"[、,;/]")


@dataclass(frozen=True)
class Named:
    """A name as it is to be registered, and what was odd: the `serial` that was taken off, a `mark` to be asked about,
    why it is `none` (and whether it may be one all the same), whether it looks like `several`."""

    name: str
    serial: str = ""
    mark: str = ""
    none: bool = False
    possible: bool = False
    several: bool = False


@lru_cache(maxsize=500)  # of a row it is asked again when the row is checked
def named(cell: str, county: County) -> Named:
    """What a cell says the institution is called. `cell` is the text as it came."""
    if _PLAIN.fullmatch(cell) and not cell.endswith(_ENDS):
        return Named(cell, none=True, possible=_may_be_one(cell, county)) if _is_none(cell, county) else Named(cell)
    cell = wrapped.without_quotes(wrapped.without_blanks(cell))
    circled = CIRCLED.match(cell)
    name = cells.text(cell[circled.end() :] if circled else cell)
    name = name.rstrip("。") or name
    serial = SERIAL.match(name)
    name = name[serial.end() :] if serial else name
    taken = cells.text("".join(found[0] for found in (circled, serial) if found))
    odd = (MARK, REMARK, PHONE_IN_NAME)
    marks = [found[0] for pattern in odd for found in pattern.finditer(name) if found[0].strip()]
    bare = cells.text(PHONE_IN_NAME.sub("", REMARK.sub("", MARK.sub("", name))))
    if _is_none(bare or name, county) or (marks and not bare):  # 人去楼空
        return Named(name, taken, none=True, possible=_may_be_one(name, county))
    if not marks and len(_names_in(name)) > 1:
        return Named(name, taken, several=True)
    return Named(bare if marks else name, taken, mark=cells.text("".join(marks)))


def _names_in(name: str) -> list[str]:
    """绘声馆、青竹教育, 绘声馆 2.青竹教育 -> each of them; [] where a part could not be a name by itself."""
    parts = [part for part in _BETWEEN_NAMES.split(_IN_BRACKETS.sub("", name)) if part]
    return parts if all(map(_A_NAME.fullmatch, parts)) else []


def _may_be_one(name: str, county: County) -> bool:
    return any(pattern.fullmatch(name) for pattern in (_FEW_DIGITS, SOME, _A_DOOR)) or _is_some(name, county)


def _is_some(name: str, county: County) -> bool:
    """乐清市XXX培训学校, 柳市××教育: a place, and what stands for a name."""
    found = SOME_BEHIND.search(name)
    place = name[: found.start()] if found else ""
    return bool(place) and (county.names_a_division(place) or county.is_here(place))


def _is_none(name: str, county: County) -> bool:
    bare = name if _PLAIN.fullmatch(name) else _SIGNS_AND_SPACES.sub("", _IN_BRACKETS.sub("", name))
    return (
        not bare
        or bool(_NUMBERS.fullmatch(name))
        or bool(NO_NAME.fullmatch(bare))
        or bool(SOME.fullmatch(name))
        or _is_some(name, county)
        or bool(_A_DOOR.fullmatch(name))
        or headers.is_known(name)
        or county.names_a_division(_COUNT.sub("", name))
    )


def without_former(name: str) -> tuple[str, list[str]]:
    """晨曦教育(原绘声馆、童画馆), 绘声馆(现更名为晨曦教育) -> 晨曦教育 and what it was called."""
    if now := NOW_CALLED.search(name):
        return cells.text(now[1]), former_names(NOW_CALLED.sub("", name))
    former = [each for said in ALSO_NAMES.findall(name) for each in former_names(said)]
    return (cells.text(ALSO_NAMES.sub("", name)), former) if former else (name, [])


def former_names(written: str) -> list[str]:
    """童画馆、小太阳 -> each of them."""
    return [name for each in SEVERAL_FORMER.split(written) if (name := cells.text(each))]
