"""Line breaks and blanks that stand in a cell only for its look: a name in two lines, 绘 声 馆."""

import re

DOOR_OF_A_ROAD = re.compile(r"(?:路|街|巷|弄|大道|村)\w{0,8}?\d+(?:-\d+)?号")
_CHINESE = "[\u4e00-\u9fa5()（）]"
_SPREAD = re.compile(r"[\u4e00-\u9fa5](?: [\u4e00-\u9fa5])+")
# What ends a name and is none: of 乐清市绘声馆文化 above 有限公司 the second line goes on.
_ENDS_A_NAME = re.compile(
    r"[\u4e00-\u9fa5]{1,2}|[(（].*|(?:文化|教育|艺术|体育|科技|信息|咨询|培训|发展|传媒|技术|服务){0,4}"
    r"(?:有限公司|有限责任公司|分公司|培训中心|培训学校|培训部|培训班|学校|中心|工作室|俱乐部|分校|校区|分部)"
)


def name_in_one_line(cell: str) -> str:
    """翰墨 above 书院 -> 翰墨书院; two lines that may be two names keep a blank between them."""
    first, *others = [line.strip() for line in cell.splitlines() if line.strip()] or [""]
    for line in others:
        first += line if _ENDS_A_NAME.fullmatch(line) and re.match(_CHINESE, line) else f" {line}"
    return first


def address_in_one_line(cell: str) -> str:
    """柳市镇 above 井巷路1号 -> 柳市镇井巷路1号; two houses of two roads are parted by a semicolon: it is asked."""
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    if len(lines) > 1 and all(map(DOOR_OF_A_ROAD.search, lines)):
        return "；".join(lines)
    return re.sub(rf"(?<={_CHINESE})\n|\n(?={_CHINESE})", "", "\n".join(lines))


def without_blanks(text: str) -> str:
    """绘 声 馆, 王 某 -> 绘声馆, 王某: signs one by one, apart for the look."""
    return text.replace(" ", "") if _SPREAD.fullmatch(text) else text


def without_quotes(name: str) -> str:
    """“绘声馆”, 绘声馆。 -> 绘声馆: a name in quotes as a whole, a stop behind it."""
    bare = name.strip().rstrip("。．、，,；;.") or name
    quoted = re.fullmatch(r"[“\"'‘《「]([^“”\"'‘’《》「」]+)[”\"'’》」]", bare)
    return quoted[1] if quoted else bare
