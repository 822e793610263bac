"""Which figure the words beside a cell mean: proposed to the clerk, who decides."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from institutions.imports.reading.frames import Place
from institutions.models import LicenceStatus
from reports.figure_keys import PERCENT
from reports.superior.grid import Grid
from reports.superior.mapping import Bound
from reports.superior.sheet_xml import address
from reports.superior.workbook import Form

# The first that fits counts: 未完成整改 is no 完成整改, 整改完成率 no count, 逾期未整改 not all 未整改.
FIGURES = (
    (re.compile("完成率|整改率|办结率|销号率"), PERCENT),
    (re.compile("(?<![未非])(逾期|超期)"), "overdue"),
    (re.compile("未完成|未整改|未办结|未销号|正在整改|整改中|尚未|剩余"), "outstanding"),
    (re.compile("取缔|停办|关停|关闭"), "closed"),
    (re.compile("(?<!未)(办理?证|补办|证照办理|办照)"), "licensed"),
    (re.compile("其他整改|整改完成[(（]其他"), "corrected"),
    (re.compile("已整改|完成整改|整改完成|整改到位|已完成|办结|销号"), "rectified"),
    (re.compile("存在问题|有问题|问题机构|问题(?!.*整改).*数|(应|需|须|责令)整改"), "with_problems"),
    (re.compile("^(?!.*(整改|检查|巡查)).*(排摸|摸排|总数|机构数|总量)"), "surveyed"),
)
# A heading that says any of these has no figure of a report's own, whatever else it or the others above a cell say:
# another time or what a period added, a place in an order, a share of something, no institutions.
OTHERS = re.compile(
    "上[期月周旬次季年]|去年|同期|同比|环比|新增|增加|减少|增减|变化|(?<!至)本[期月周旬次季年]"
    "|未逾期|未超期|排名|名次|位次|(?<!完成)(?<!整改)(?<!办结)(?<!销号)率|占比|比例|百分比|比重"
    "|学生|学员|教师|人员|人数|人次|投诉|举报|案件|金额|面积|出动|[(](人|次|人次|万?元|件|条|项|处)[)]"
)
LICENCES = (
    ("无证无照", LicenceStatus.NONE),
    ("有照无证", LicenceStatus.REGISTRATION_ONLY),
    ("有证无照", LicenceStatus.PERMIT_ONLY),
    ("证照齐全", LicenceStatus.FULL),
)
TEXTS = (
    (re.compile("填报单位|上报单位|单位名称|县.*区.*名称|填报地区"), "text.division"),
    (re.compile("截至|截止|统计时间|数据时间"), "text.cut_off"),
    (re.compile("填报日期|上报日期|填报时间|填表日期|报送日期"), "text.filled_on"),
    (re.compile("填报人|填表人|经办人|制表人"), "text.filled_by"),
)
WHOLE = re.compile("合计|总计|全[市县区省镇]|总数")
LABEL = 16  # characters at most
SUFFIX = re.compile("(街道|镇|乡|市|县|区)$")


def proposed(form: Form, children: Mapping[str, str], name: str) -> list[Bound]:
    """Cells without formula or words that stand under a heading of FIGURES in the row of a division below or of the
    whole; those behind the name of a figure, and behind the words of a text. `name` is the report's own division."""
    codes = _by_name(children, name)
    return [each for sheet in form.sheets for each in _in(Grid(form, sheet), codes)]


def _in(grid: Grid, codes: Mapping[str, str]) -> Iterator[Bound]:
    for row in range(grid.height):
        for column in range(grid.width):
            place = (row, column)
            if not grid.is_covered(place) and not grid.has_formula(place) and not grid.words(place):
                above, left = grid.above(place), grid.left(place)
                if key := _meant(grid, place, above, left, codes):
                    yield Bound(grid.sheet.name, address(place), key, "", above, left)


@dataclass(frozen=True)
class Side:
    """What a cell of the grid is about: "row" or "column", and the code of the division named there ("" the whole)."""

    axis: str
    code: str


def sides(grid: Grid, children: Mapping[str, str], name: str) -> dict[str, Side]:
    """By address, of each cell that can be filled and in whose row or column a division stands: with one of them the
    others of its column, or row, are bound at once."""
    codes = _by_name(children, name)
    found: dict[str, Side] = {}
    for row in range(grid.height):
        for column in range(grid.width):
            place = (row, column)
            if grid.is_covered(place) or grid.has_formula(place) or grid.words(place):
                continue
            for axis, words in (("row", grid.left(place)), ("column", grid.above(place))):
                if (code := _row_of(words, codes)) is not None:
                    found[address(place)] = Side(axis, code)
                    break
    return found


def _meant(grid: Grid, place: Place, above: list[str], left: list[str], codes: Mapping[str, str]) -> str:
    beside = _words_beside(grid, place)
    figure, over = next((found for words in above if (found := figure_in(words))), ""), grid.over(place)
    if any(map(OTHERS.search, [*above, *over])):
        figure = ""
    if figure and (row := _row_of(left, codes)) is not None:
        return _key(row, figure, [*above, *over, *left])
    if beside and not any(codes.get(_name(words)) for words in left):
        if text := next((key for pattern, key in TEXTS if pattern.search(beside)), ""):
            return text
        if not any(map(OTHERS.search, left)) and (figure := figure_in(beside)) and not _is_head(grid, place, codes):
            return _key("", figure, left)
    return ""


def _row_of(left: list[str], codes: Mapping[str, str]) -> str | None:
    """The division a row is of: a code, "" for the whole, None where its words say neither."""
    named = [code for words in left if (code := codes.get(_name(words))) is not None]
    whole = named or any(map(WHOLE.search, left))
    return next(filter(None, named), "") if whole else None


def _key(row: str, figure: str, words: list[str]) -> str:
    licences = {status.value for sign, status in LICENCES if any(sign in each for each in words)}
    if row and licences or len(licences) > 1:
        return ""  # no figure is of a township and a licence status at once
    prefix = row or next(iter(licences), "")
    return f"{prefix}.{figure}" if prefix else figure


def figure_in(words: str) -> str:
    if OTHERS.search(words):
        return ""
    return next((figure for pattern, figure in FIGURES if pattern.search(words)), "")


def _words_beside(grid: Grid, place: Place) -> str:
    """The label in the cell right before this one; a sentence is none."""
    words = grid.words((place[0], place[1] - 1)) if place[1] else ""
    return words if len(words) <= LABEL and not words.startswith(("注", "备注", "说明")) else ""


def _is_head(grid: Grid, place: Place, codes: Mapping[str, str]) -> bool:
    """Whether the label before a cell is a heading, which has its value below it: it stands among others, or over a
    blank in a division's row."""
    label = (place[0], place[1] - 1)
    top, left = grid.anchors.get(label, label)
    if left > 0 and figure_in(grid.words((top, left - 1))):
        return True
    below = (grid.merges.get((top, left), (top, left, top, left))[2] + 1, left)
    return not grid.words(below) and _row_of(grid.left(below), codes) is not None


def _by_name(children: Mapping[str, str], own: str) -> dict[str, str]:
    """Codes by the names that forms write, "" that of the whole: in full, and short (柳市 for 柳市镇) where no other is
    called so: 长沙 is 长沙市 as well as its 长沙县."""
    named = [("", own), *children.items()]
    short = Counter(_bare(name) for _code, name in named)
    return {_bare(name): code for code, name in named if short[_bare(name)] == 1} | {name: code for code, name in named}


def _name(words: str) -> str:
    return words.removesuffix("办事处")


def _bare(name: str) -> str:
    return SUFFIX.sub("", name) if len(name) > 2 else name
