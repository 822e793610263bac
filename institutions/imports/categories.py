"""类别: what an institution teaches, by the words lists have for it. A word that is none of them is asked about, once a
file, and remembered for the next with the same headings."""

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from django.utils import translation

from institutions.imports import cells, refusals
from institutions.imports.questions import IGNORE, Questions
from institutions.models import Category

if TYPE_CHECKING:
    from institutions.imports.columns import Columns

WORDS = {
    Category.SUBJECT: (
        "学科|文化课|文化补习|文化教育|文化辅导|文化培训|课外辅导|课业辅导|学业辅导|课程辅导|补习|补课|复读|升学|中考|高考|语文|数学|物理|化学|奥数"
    ),
    Category.ARTS: (
        "艺术|文艺|美术|音乐|舞蹈|书法|书画|绘画|画画|国画|素描|声乐|器乐|乐器|钢琴|古筝|吉他|琴行|琴类|主持|表演|播音|戏剧|曲艺|手工|摄影"
    ),
    Category.SPORTS: "体育|运动|跆拳道|武术|散打|篮球|足球|乒乓|羽毛球|游泳|体能|健身|轮滑|棋类|围棋|象棋|击剑|瑜伽",
    Category.SCIENCE: "科技|科创|科普|科学|机器人|编程|航模|创客|信息技术|计算机|电脑|STEAM|STEM",
    Category.LANGUAGE: "语言|外语|英语|日语|韩语|法语|德语|小语种|口语|少儿英文",
    Category.CARE: "托管|午托|晚托|托班|托育|看护|接送",
    Category.OTHER: "其他|其它|综合|职业|技能|早教|学前|幼教|家政|礼仪|成人|考证",
}
# What such a column says where it is another one: who runs it, not what it teaches.
NO_CATEGORY = re.compile(
    r"(非)?(营利|盈利)性?(机构|学校|组织)?|民办|公办|民营|国有|私立|公立|个体(工商户|户)?|企业|(有限)?公司|民非|民办非企业(单位)?|事业单位|社会团体"
    r"|合伙(企业)?|个人独资(企业)?|法人|非法人|[A-D甲乙丙丁一二三四]级?类?|\d+|新办|原有"
)
_PATTERNS = {category: re.compile(words, re.I) for category, words in WORDS.items()}


@cache
def _labels() -> dict[str, str]:
    """The words of our own lists, in both languages."""
    found: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(label).lower(): str(value) for value, label in Category.choices}
    return found


@cache
def category_of(written: str) -> str:
    """学科类 -> subject, 非学科类(美术) -> arts; "" for several kinds at once and for what is none."""
    bare = cells.text(written).lower()
    if bare in _labels():
        return _labels()[bare]
    rest = re.sub("非学科", "", bare)
    said = {str(category) for category, pattern in _PATTERNS.items() if pattern.search(rest)}
    if len(said) > 1:
        said.discard(str(Category.OTHER))  # 其他（美术）
    if len(said) == 1:
        return said.pop()
    return str(Category.OTHER) if not said and rest != bare and re.fullmatch(r"[类\W]*", rest) else ""


def says_no_category(column: Iterable[object]) -> bool:
    """Whether a column tells institutions by who runs them, by class or number."""
    words = filter(None, map(cells.text, column))
    return all(map(NO_CATEGORY.fullmatch, words))


class CategoryReader:
    """The categories of a table's rows; None where the row says none that is known."""

    def __init__(self, columns: "Columns", questions: Questions):
        self.columns, self.questions = columns, questions
        self.written = columns.text("category")

    def of(self, index: int, row: int) -> str | None:
        written = self.written[index]
        if not written:
            return None
        found = category_of(written) or self._ask(written, row)
        return None if found == IGNORE else found

    def _ask(self, written: str, row: int) -> str | None:
        choices = {str(value): str(label) for value, label in Category.choices}
        word = cells.short(written)
        return self.questions.ask(
            f"category:{word}",
            refusals.ASK_CATEGORY.format(given=word),
            choices | {IGNORE: str(refusals.CHOICE_IGNORE_WORD)},
            scope="file",
            row=row,
            column="类别",
            default=IGNORE,
        )
