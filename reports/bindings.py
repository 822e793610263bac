"""What a cell of a form can be bound to: every figure of a report under its key, and a few texts, by their names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext_lazy

from figures.statistics import percent
from reports.figure_keys import (
    FIGURES_IN_ORDER,
    OF_A_PART,
    PARTS_IN_ORDER,
    PERCENT,
    full_name,
    has_nothing,
    nought,
    parts_of,
)
from reports.monthly import WHOLE_PERCENT, chinese_day
from reports.printed import Printed

TEXTS = {
    "text.division": gettext_lazy("辖区名称"),
    "text.title": gettext_lazy("通报标题"),
    "text.cut_off": gettext_lazy("截至日期"),
    "text.filled_on": gettext_lazy("填报日期"),
    "text.filled_by": gettext_lazy("填报人（填表时输入）"),
    "text.state": gettext_lazy("草稿标记（未提交的报告写“草稿”）"),
}


@dataclass(frozen=True)
class Bindable:
    """One line of the list that a clerk chooses from; `value` as the report prints it now."""

    key: str
    name: str
    english: str
    value: str

    def as_json(self) -> dict[str, str]:
        return {"key": self.key, "name": self.name, "english": self.english, "value": self.value}


@dataclass(frozen=True)
class Words:
    """What is written where a text is bound, beside what the report says."""

    filled_on: date
    filled_by: str = ""


def bindables(printed: Printed, children: Mapping[str, str]) -> list[Bindable]:
    """Every figure of the report, those of divisions below that have nothing yet (`children`: code -> name), texts."""
    keys = [*TEXTS, *printed.figures]
    known = set(keys)
    of_children = [f"{code}.{name}" for code in children for name in OF_A_PART]
    keys = sorted([*keys, *(key for key in of_children if key not in known)], key=_place)
    chinese, english = (
        {key: str(TEXTS[key]) if key in TEXTS else full_name(printed.content, key, children) for key in keys}
        for _turn in _languages()
    )
    words = Words(printed.as_of)
    return [Bindable(key, chinese[key], english[key], str(value_of(printed, key, words))) for key in keys]


def _place(key: str) -> tuple[int, str, int]:
    """Texts, the whole, then each part, with its figures in the order of a report."""
    if key in TEXTS:
        return 0, "", list(TEXTS).index(key)
    if key in FIGURES_IN_ORDER:
        return 1, "", FIGURES_IN_ORDER.index(key)
    prefix, figure = parts_of(key)
    part = PARTS_IN_ORDER.index(prefix) if prefix in PARTS_IN_ORDER else len(PARTS_IN_ORDER)
    return 2 + part, prefix, FIGURES_IN_ORDER.index(figure) if figure in FIGURES_IN_ORDER else len(FIGURES_IN_ORDER)


def _languages() -> Iterator[str]:
    """Chinese, then English, each for as long as it is looked at."""
    for language in ("zh-hans", "en"):
        with translation.override(language):
            yield language


def value_of(printed: Printed, key: str, words: Words) -> int | str:
    """What stands behind a key. Raises KeyError where the report has no such figure."""
    if key in TEXTS:
        return {
            "text.division": printed["name"],
            "text.title": printed["title"],
            "text.cut_off": printed["cut_off"],
            "text.filled_on": chinese_day(words.filled_on),
            "text.filled_by": words.filled_by,
            "text.state": "" if printed.is_submitted else "草稿",
        }[key]
    if key in printed.figures:
        return printed.figures[key]
    part, figure = parts_of(key)
    if figure in OF_A_PART and has_nothing(printed["division"], part):
        return nought(figure)
    raise KeyError(key)


def is_rate(key: str) -> bool:
    return key == WHOLE_PERCENT or key.rpartition(".")[2] == PERCENT


def is_change(key: str) -> bool:
    return parts_of(key)[0] == "change"


def change(printed: Printed, key: str) -> int:
    """增加3所 as a number that adds up: 3; less than before is below nought."""
    figure = parts_of(key)[1]
    return int(printed.figures[figure]) - int(printed.figures[f"before.{figure}"])


def is_day(key: str) -> bool:
    return key in ("text.cut_off", "text.filled_on")


def day_of(printed: Printed, key: str, words: Words) -> date:
    return words.filled_on if key == "text.filled_on" else printed.as_of


def rate(printed: Printed, key: str, decimals: int) -> Decimal | None:
    """The rate as it is printed with so many decimals (a rate below one is never 100%), as a fraction of one; None for
    nothing ÷ nothing."""
    prefix = key.removesuffix(".whole").removesuffix(PERCENT)
    if f"{prefix}with_problems" not in printed.figures:
        return None
    part, whole = (int(printed.figures[f"{prefix}{name}"]) for name in ("rectified", "with_problems"))
    return Decimal(percent(part, whole, decimals).rstrip("%")) / 100 if whole else None
