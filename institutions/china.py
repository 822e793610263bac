"""The provinces, cities and counties of China by name: which place an address begins with.

Names and codes are those of GB/T 2260 with their changes since 1980, as python-stdnum ships them (`stdnum/cn/loc.dat`,
made from Wikipedia's tables). Codes have 2, 4 or 6 digits, as those of Division.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

# Names of the tables that are no place by themselves, or a word of every town.
NO_PLACES = re.compile(r".*(市辖区|直辖|行政单位|行政区划|县级市)|县|市|市区|城区|郊区|矿区|新区|特区|市郊区|城关区")
PROVINCES = {
    "15": "内蒙古",
    "45": "广西",
    "54": "西藏",
    "64": "宁夏",
    "65": "新疆",
    "71": "台湾",
    "81": "香港",
    "82": "澳门",
}
SIMPLIFIED = {"81": "香港特别行政区", "82": "澳门特别行政区"}  # traditional in the tables
NATIONS = re.compile(
    "壮族|回族|维吾尔|藏族|苗族|土家族|侗族|布依族|彝族|哈尼族|傣族|白族|景颇族|傈僳族|朝鲜族|羌族|蒙古族|蒙古|哈萨克|"
    "柯尔克孜|黎族|瑶族|满族"
)
# What follows a name that is part of a longer one: 瑞安市场, 永嘉县路, 上海大厦; not so 瑞安市场桥 and 鹿城区广场路.
GOES_ON = re.compile(
    r"场(?!桥)|路|街(?!道)|巷|弄|大道|大厦|大楼|广场(?!.?路)|花园|酒店|宾馆|饭店|小区|公寓|商[城厦务](?!大道|路)"
)

# What makes a building or a road of a short name: 温岭大厦, 鹿城南路, 永嘉一村, 瑞安商会; not so 温州鹿城南浦路.
GOES_ON_SHORT = re.compile(
    rf"[东西南北中大江湖山新老前后上下一二三四五六七八九十]{{0,2}}(?:{GOES_ON.pattern})|[东西南北中一二三四五六七八九十新老]村"
    r"|大?(?:酒店|宾馆|饭店|商会|同乡会|小学|中学|学校|幼儿园|医院|银行|车站|桥(?!.{0,2}(?:镇|乡|街道|村)))|家园|苑|名苑|花苑|豪庭|公园|新村|大院|超市|小商品|商贸|人|籍"
)

# What is written before an address: 地址:, 现址:, 位于, 原柳市镇,现搬至.
BEFORE = re.compile(
    r"(?:\s|中国(?=\w)|\d{6}(?!\d)|[现新]?地?址:|地址|位于|地处|坐落[于在]?"
    r"|(?:原[^,;。]{1,20}[,;。]?\s*)?[现已后]*(?:搬迁|迁移|搬|迁)[至到往]了?)*"
)


@dataclass(frozen=True)
class Stated:
    """The place with which an address begins: its codes (several of one name), how it is written, and what follows."""

    codes: frozenset[str]
    written: str
    rest: str


@cache
def names() -> dict[str, frozenset[str]]:
    """Every name, present and former -> the codes that have or had it."""
    from stdnum import numdb

    found: dict[str, set[str]] = defaultdict(set)
    for _, province, _, said, below in numdb.get("cn/loc").prefixes:
        found[SIMPLIFIED.get(province, said["province"])].add(province)
        for _, rest, _, said_below, _ in below:
            code = province + rest.removesuffix("00").removesuffix("00")
            for written in said_below["county"].split(","):
                name = re.sub(r"^\[.*?\]", "", written)
                if not NO_PLACES.fullmatch(name):
                    found[name].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _short_names() -> dict[str, frozenset[str]]:
    """福建, 福州, 内蒙古 -> the codes. Not of counties: too much else is called the same."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, codes in names().items():
        above = {code for code in codes if len(code) < 6}
        if above and len(short := short_name(name)) > 1:
            found[short] |= above
    for code, name in PROVINCES.items():
        found[name].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


@cache
def _beginnings() -> frozenset[str]:
    """The two signs with which a name, full or short, begins: most addresses of a county begin otherwise."""
    return frozenset(name[:2] for name in (*names(), *_short_names()))


@cache
def _short_counties() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, codes in names().items():
        for short in {short_name(name), name.removesuffix("新区")}:
            if 1 < len(short) < len(name):
                found[short] |= {code for code in codes if len(code) == 6}
    return {name: frozenset(codes) for name, codes in found.items()}


def named(written: str) -> frozenset[str]:
    """The codes of the places that a text is the name of, full or short: 鹿城, 温州, 福建省; empty for none."""
    return names().get(written) or _short_names().get(written) or _short_counties().get(written) or frozenset()


def short_name(name: str) -> str:
    """福建省 -> 福建, 乐清市 -> 乐清, 玉环县 -> 玉环, 恩施土家族苗族自治州 -> 恩施."""
    bare = re.sub(r"(省|自治区|特别行政区|自治州|自治县|地区|市|县|区|盟|旗)$", "", name)
    return NATIONS.sub("", bare) or bare


@lru_cache(maxsize=2_000)
def stated(address: str) -> Stated | None:
    """The place with which an address begins, None when it begins with none.

    福建省福州市鼓楼区五凤街道, 福州市鼓楼区, 福州鼓楼区, 上海浦东新区 state one; 福州路8号, 上海大厦, 北京西路 none.
    """
    codes, end = frozenset[str](), len(BEFORE.match(address)[0])  # type: ignore[index]
    if address[end : end + 2] not in _beginnings():
        return None
    while place := _next(address, end, codes):
        codes, end = place
        end += len(address[end:]) - len(address[end:].lstrip())  # 浙江省 温州市 永嘉县
    return Stated(codes, BEFORE.sub("", address[:end], count=1).strip(), address[end:]) if codes else None


def _next(address: str, start: int, above: frozenset[str]) -> tuple[frozenset[str], int] | None:
    """The codes and the end of a name that stands at `start`, under what was named before."""
    for end in range(min(len(address), start + 12), start + 1, -1):
        codes = _under(names().get(address[start:end], frozenset()), above)
        # 台州市路桥区 goes on with a place, 台州市路 with what makes a road of it.
        if codes and (above or end - start > 2) and (not GOES_ON.match(address, end) or _next(address, end, codes)):
            return codes, end
        codes = _under(_short_names().get(address[start:end], frozenset()), above)
        # A short name is a word like any other, unless a place in it follows.
        if codes and (_next(address, end, codes) or _short_county(address, end, codes)):
            return codes, end
    return _short_county(address, start, above) if above else None


def _short_county(address: str, start: int, above: frozenset[str]) -> tuple[frozenset[str], int] | None:
    """The 浦东 of 上海浦东 and the 南山 of 深圳南山: a county by its short name behind its city's."""
    for end in range(min(len(address), start + 4), start + 1, -1):
        codes = _under(_short_counties().get(address[start:end], frozenset()), above)
        if codes and not GOES_ON_SHORT.match(address, end):
            return codes, end
    return None


def _under(codes: frozenset[str], above: frozenset[str]) -> frozenset[str]:
    if not above or not codes:
        return codes
    return frozenset(code for code in codes if any(code != each and code.startswith(each) for each in above))
