"""What stands where an institution's name should: serials before it, marks and remarks in it, and what is no name."""

import re
from dataclasses import dataclass
from functools import lru_cache

from institutions.imports import cells, headers
from institutions.places import County

SERIAL = re.compile(
    r"(?:[(\[【]\s*\d{1,4}\s*[)\]】]|\d{1,4}\s*[、.:)]|[Nn][Oo]\.?\s*\d{1,4}[.:]?|\d{1,4}\s*[-–—]\s*(?=[\u4e00-\u9fa5])|[一二三四五六七八九十]{1,3}\s*、|\([一二三四五六七八九十]{1,3}\))\s*(?=[^\d\s.、])"
)
CIRCLED = re.compile("[①-⑳⑴-⒇⒈-⒛❶-❿]\\s*(?=.)")
_STATE = (
    r"(?:停办|停业|关闭|关停|关门|注销|吊销|取缔|搬迁|搬走|迁出|迁走|撤销|歇业|转让|停课|停招|倒闭|清退|查封|关张|解散|"
    r"暂停(?:营业|办学|招生)?|未营业|不营业|未开业|未办学|不办学|不存在|查无(?:此处)?|找不到|空壳|重复|新增|新办|待定|待核实|"
    r"待确认|筹建中?|筹办中?|整改中|已整改|休眠|转行|改行|合并|并入)"
)
_IN_SHORT = "(?:关|停|撤|拆|空|拆迁|无证无照|有照无证|有证无照|无证|无照|不办了?|没人|无人)"
REMARK = re.compile(
    rf"\s*[(\[【〔][^()]{{0,10}}{_STATE}[^()]{{0,6}}[)\]】〕]\s*|\s*[(\[【〔]{_IN_SHORT}[)\]】〕]\s*"
    rf"|[\s\-—–_,、/]*(?:已|现已|目前已){_STATE}了?$|[\-—–_,/]+{_STATE}$"
    r"|[\s\-—–_,、/]+(?:不办|不开|没人|关门|停|关)了?$"
)
_SIGNS = "×✗✘✕╳√✓✔☑☒■□▲△●○★☆◆◇※→*?"
MARK = re.compile(rf"^\s*[(\[]?[{_SIGNS}]+[)\]]?\s*|\s*[(\[]?[{_SIGNS}]+[)\]]?\s*$")
NO_NAME = re.compile(
    r"略|[详另]?见(?:附|下|另|后|上).{1,6}|个体户?|个体工商户|(?:已)?(?:删除|作废|待查|待定|待补|待核|待核实|待填|待补充|待补录|待完善|未知|不详|不明|不清楚|未填|未填写|空白|空|重复|取消|测试|test|null|none|nan|n/a|na|"
    r"无名|无名称|未营业|未办学|无证|无照|无证无照|无店名|无招牌|无招牌名|无门头|无校名|没有名称|没有招牌|未取名|未命名|名称不详|暂无名称|暂无|无|没有|同上|停办|关闭|注销|取缔|搬迁|停业|"
    r"(?:本|该)?(?:村|镇|乡|街道|社区|辖区|片区|县|校|单位)?(?:暂)?(?:无|没有|零|未发现|未有|没有发现)(?:校外|教育|文化|民办)?"
    r"(?:培训|教育)?(?:机构|学校|点|班|报告|上报)|(?:本|该)(?:村|镇|乡|街道|社区|辖区|片区)(?:无|没有)|"
    r"机构名称|名称|学校|培训|培训机构|教育机构|培训班|培训中心|机构)",
    re.IGNORECASE,
)
SOME = re.compile(r"(?:某+|[XxＸ×*○]{2,}|[Xx×])(?:某)?(?:培训|教育|艺术|学校|机构|中心|公司|辅导|文化|补习)?.{0,8}")
_PLAIN = re.compile("[\u4e00-\u5df1\u5df3-\u9fa5]+")  # no serial, no sign, no bracket, and no 已 of a remark
_IN_BRACKETS, _SIGNS_AND_SPACES = re.compile(r"\(.*?\)"), re.compile(r"[\s\W_]")
_NUMBERS = re.compile(r"[\d\s\-.()+/]+")
ALSO_NAMES = re.compile(r"\((?:原名?|曾用名|更名前|原为|旧名|原称)[:]?\s*(.+?)\)")


@dataclass(frozen=True)
class Named:
    """A name as it is to be registered, and what was odd: the `serial` that was taken off, a `mark` to be asked about,
    why it is `none` (and whether it may be one all the same)."""

    name: str
    serial: str = ""
    mark: str = ""
    none: bool = False
    possible: bool = False


@lru_cache(maxsize=500)  # of a row it is asked again when the row is checked
def named(cell: str, county: County) -> Named:
    """What a cell says the institution is called. `cell` is the text as it came."""
    if _PLAIN.fullmatch(cell):
        return Named(cell, none=True, possible=bool(SOME.fullmatch(cell))) if _is_none(cell, county) else Named(cell)
    circled = CIRCLED.match(cell)
    name = cells.text(cell[circled.end() :] if circled else cell)
    serial = SERIAL.match(name)
    name = name[serial.end() :] if serial else name
    taken = cells.text("".join(found[0] for found in (circled, serial) if found))
    marks = [found[0] for pattern in (MARK, REMARK) for found in pattern.finditer(name) if found[0].strip()]
    bare = cells.text(REMARK.sub("", MARK.sub("", name)))
    if _is_none(bare or name, county):
        return Named(name, taken, none=True, possible=bool(re.fullmatch(r"\d{1,5}", name) or SOME.fullmatch(name)))
    return Named(bare if marks else name, taken, mark=cells.text("".join(marks)))


def _is_none(name: str, county: County) -> bool:
    bare = name if _PLAIN.fullmatch(name) else _SIGNS_AND_SPACES.sub("", _IN_BRACKETS.sub("", name))
    return (
        not bare
        or bool(_NUMBERS.fullmatch(name))
        or bool(NO_NAME.fullmatch(bare))
        or bool(SOME.fullmatch(name))
        or headers.is_known(name)
        or county.names_a_division(name)
    )


def without_former(name: str) -> tuple[str, list[str]]:
    """晨曦教育(原绘声馆) -> 晨曦教育 and [绘声馆]."""
    former = ALSO_NAMES.findall(name)
    return (cells.text(ALSO_NAMES.sub("", name)), former) if former else (name, [])
